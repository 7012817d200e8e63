//! Real components, where `WCT_CORPUS` names a folder: each does the same after it was shrunk.

use std::path::Path;

use wct::progress::Silent;
use wct::shrink::{self, Options};

use crate::host;

/// Calls of interfaces that files in such a folder may export.
const CALLS: &[(&str, &str, &[&str])] = &[
    (
        "example:json-tools/formatter@",
        "minify",
        &[r#""{\"b\": [1, {}], \"a\": null}""#],
    ),
    ("example:json-tools/formatter@", "minify", &[r#""[1,""#]),
    (
        "example:json-tools/formatter@",
        "format",
        &[
            r#""{\"b\": [1], \"a\": 2}""#,
            "some({indent: 1, sort-keys: true})",
        ],
    ),
    ("example:calculator/math", "add", &["1.5", "2"]),
    ("example:calculator/math", "compute-stats", &["[1, 2, 4]"]),
    (
        "example:compress/gzip@",
        "compress",
        &["[1, 1, 1, 1, 2]", "9"],
    ),
    ("example:pipeline/run", "run", &[r#""{\"a\": 1}""#]),
];

/// What can be seen of a component: its calls, and what it does as a command.
fn seen(wasm: &[u8]) -> Vec<String> {
    let component = wct::component::Component::parse(wasm).expect("it is a component");
    let exports: Vec<&str> = component.exports.iter().map(|e| e.name.name).collect();
    let mut seen = Vec::new();
    for (interface, function, args) in CALLS {
        let names = exports.iter().filter(|name| name.starts_with(interface));
        for name in names {
            let outcome = host::call(wasm, &format!("{name}#{function}"), args);
            seen.push(outcome.unwrap_or_else(|error| error.root_cause().to_string()));
        }
    }
    if exports.iter().any(|name| name.starts_with("wasi:cli/run@")) {
        let outcome = host::run(wasm, &["command", "argument"]);
        let exit = outcome
            .exit
            .map_err(|error| error.lines().last().map(str::to_string));
        seen.push(format!("{exit:?} {} {}", outcome.stdout, outcome.stderr));
    }
    seen
}

#[test]
fn components_of_a_folder_do_the_same() {
    let Some(folder) = std::env::var_os("WCT_CORPUS") else {
        eprintln!("skipped: WCT_CORPUS names no folder");
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in &files {
        compare(file);
    }
}

fn compare(file: &Path) {
    let name = file.display().to_string();
    let wasm = std::fs::read(file).expect("it can be read");
    let started = std::time::Instant::now();
    let made = shrink::shrink(&name, &wasm, &Options::default(), &Silent);
    let (output, report) = made.unwrap_or_else(|error| panic!("{name}: {error:#?}"));
    let took = started.elapsed().as_millis();
    let is_component =
        wct::input::kind(&wasm).is_ok_and(|kind| kind == wct::input::Kind::Component);
    let seen = match is_component {
        true => (seen(&wasm), seen(&output)),
        false => Default::default(),
    };
    eprintln!(
        "{name}: {} to {} bytes in {took} ms, {} imports gone, {} calls",
        wasm.len(),
        output.len(),
        report.imports_removed.len(),
        seen.0.len()
    );
    assert_eq!(seen.0, seen.1, "{name}");
    let (again, _) = shrink::shrink(&name, &output, &Options::default(), &Silent)
        .unwrap_or_else(|error| panic!("{name}: {error:#?}"));
    assert!(again == output, "{name}: twice gives something else");
}
