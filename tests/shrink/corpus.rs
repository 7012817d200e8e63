//! Real components, where `WCT_CORPUS` names a folder: each does the same after it was shrunk, alone
//! and composed with others.

use std::path::Path;

use wct::input::{self, Kind};
use wct::new::{self, Wit};
use wct::progress::Silent;
use wct::shrink::{Options, shrink as shrink_with};
use wct::stub::Stub;
use wct::wit;
use wit_component::StringEncoding;

use crate::real::{component, composed, folder};
use crate::{deeds, shrink};

/// Modules that do not say what their world is: the beginning of the name, and the file that has it.
const WORLDS: &[(&str, &str)] = &[("formatter-go", "json-tools.wit"), ("as-comp", "adder.wit")];

#[test]
fn components_of_a_folder_do_the_same() {
    let Some(folder) = folder() else {
        return;
    };
    let entries = std::fs::read_dir(&folder).expect("the folder is there");
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "wasm"));
    files.sort();
    assert!(!files.is_empty());
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if std::env::var("ONLY").is_ok_and(|only| !name.contains(&only)) {
            continue;
        }
        let bytes = std::fs::read(file).expect("it can be read");
        compare(&folder, &name, &bytes);
    }
}

/// A module is shrunk as it is, and once more as the component that it becomes.
fn compare(folder: &Path, name: &str, bytes: &[u8]) {
    let started = std::time::Instant::now();
    let output = shrink(bytes, &Options::default());
    let took = started.elapsed().as_millis();
    assert!(
        shrink(&output, &Options::default()) == output,
        "{name}: again it is another"
    );
    let deeds = match input::kind(bytes) {
        Ok(Kind::Component) => same(name, bytes, &[&output]),
        _ => match (wrapped(folder, name, bytes), wrapped(folder, name, &output)) {
            (Ok(before), Ok(after)) => same(
                name,
                &before,
                &[&after, &shrink(&before, &Options::default())],
            ),
            (Err(before), Err(after)) if before == after => format!("no component: {before}"),
            (before, after) => panic!("{name}: {:?}, {:?}", before.err(), after.err()),
        },
    };
    eprintln!(
        "{name}: {} to {} bytes in {took} ms, {deeds}",
        bytes.len(),
        output.len()
    );
}

fn wrapped(folder: &Path, name: &str, core: &[u8]) -> Result<Vec<u8>, String> {
    let known = WORLDS.iter().find(|(start, _)| name.starts_with(start));
    let wit = known.map(|(_, file)| {
        let file = folder.join("wit").join(file);
        let world = wit::load(&file, &wit::Features::None)
            .and_then(|packages| Wit::new(packages, None, StringEncoding::UTF8));
        world.unwrap_or_else(|error| panic!("{error:?}"))
    });
    let options = new::Options {
        wit,
        ..new::Options::default()
    };
    let made = new::wrap(name, core, &options, &Silent);
    made.map(|(component, _)| component)
        .map_err(|error| error.message.clone())
}

/// Whether what was made does what the input does; how much that was.
fn same(name: &str, input: &[u8], made: &[&[u8]]) -> String {
    match deeds::done(input) {
        Ok(before) => {
            for made in made {
                let after = deeds::done(made).unwrap_or_else(|error| panic!("{name}: {error:?}"));
                assert_eq!(before, after, "{name}");
            }
            // They ask their host for functions of its own, and for HTTP.
            assert!(
                !before.is_empty() || name.starts_with("as-comp") || name.starts_with("http"),
                "{name}"
            );
            format!("{} answers are the same", before.len())
        }
        // It needs others: see the compositions.
        Err(error) => {
            assert!(made.iter().all(|made| deeds::done(made).is_err()), "{name}");
            error.to_string()
        }
    }
}

/// The root, and what is searched for its imports.
const COMPOSITIONS: &[&[&str]] = &[
    &["pipeline.wasip2", "json_tools.wasip2", "compressor.wasip2"],
    &["pipeline.unknown", "json_tools.v105", "compressor.unknown"],
    &[
        "pipeline.unknown",
        "json_tools-debug.wasip2",
        "compressor.unknown",
    ],
    &["pipeline.wasip2", "formatter-qjs", "compressor.wasip2"],
    &["pipeline.wasip2", "formatter-py", "compressor.wasip2"],
    &[
        "pipeline.wasip2",
        "middleware.wasip2",
        "json_tools.wasip2",
        "compressor.wasip2",
    ],
    &[
        "pipeline.unknown",
        "middleware.unknown",
        "middleware.wasip2",
        "json_tools.v105",
        "compressor.wasip2",
    ],
    &["middleware.unknown", "json_tools.v105"],
    &["kv_consumer.wasip2", "kv_provider.wasip2"],
    &["kv_consumer.unknown", "kv_provider.unknown"],
    &["p3-custom", "p3-source"],
];

#[test]
fn compositions_of_a_folder_do_the_same_whenever_they_were_shrunk() {
    for names in COMPOSITIONS {
        let parts = names.iter().map(|name| Some((*name, component(name)?)));
        let Some(parts) = parts.collect::<Option<Vec<_>>>() else {
            return;
        };
        let small = parts
            .iter()
            .map(|(name, part)| (*name, shrink(part, &Options::default())));
        let small: Vec<(&str, Vec<u8>)> = small.collect();
        let composed = |parts: &[_]| composed(parts).unwrap_or_else(|error| panic!("{error}"));
        let whole = composed(&parts);
        let output = shrink(&whole, &Options::default());
        let of_small = composed(&small);
        let twice = shrink(&of_small, &Options::default());
        let said = same(&names.join(" "), &whole, &[&output, &of_small, &twice]);
        assert!(said.ends_with("are the same"), "{said}");
        eprintln!(
            "{}: {} to {} bytes, {} from small parts, {said}",
            names.join(" + "),
            whole.len(),
            output.len(),
            twice.len()
        );
        for made in [&output, &twice] {
            assert!(
                shrink(made, &Options::default()) == *made,
                "{names:?}: again it is another"
            );
        }
    }
}

#[test]
fn what_computes_needs_nothing_of_its_host() {
    const STUBS: &[&str] = &[
        "wasi:random/*=empty",
        "wasi:cli/*=trap",
        "wasi:io/*=trap",
        "wasi:*=trap",
    ];
    for name in ["calculator.wasip2", "json_tools.wasip2"] {
        let Some(whole) = component(name) else {
            return;
        };
        let plain = shrink(&whole, &Options::default());
        let options = Options {
            stubs: STUBS
                .iter()
                .map(|text| Stub::parse(text).expect("it is one"))
                .collect(),
            ..Options::default()
        };
        let made = shrink_with(name, &whole, &options, &Silent);
        let (made, report) = made.unwrap_or_else(|error| panic!("{error:?}"));
        let imports = wct::component::Component::parse(&made)
            .expect("it is a component")
            .imports;
        assert!(imports.is_empty(), "{name}: {imports:?}");
        let traps: Vec<_> = report
            .stubbed
            .iter()
            .filter(|found| !found.traps.is_empty())
            .collect();
        assert!(!traps.is_empty());
        same(name, &whole, &[&made]);
        eprintln!(
            "{name}: {} of {} bytes without imports; {traps:?}",
            made.len(),
            plain.len()
        );
        assert!(
            made.len() * 1000 <= plain.len() * 975,
            "{name}: {} of {}",
            made.len(),
            plain.len()
        );
    }
}
