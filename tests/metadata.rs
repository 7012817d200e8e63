//! What is set is read back, also by other tools, and nothing else changes.

#[path = "support/binaries.rs"]
mod binaries;

use wct::binary::Sections;
use wct::inspect::metadata::{Says, metadata};
use wct::metadata::{Change, write};

const SET: [&str; 8] = [
    "name=shop",
    "version=1.4.0",
    "description=Sells things",
    "authors=A. Author",
    "licenses=MIT",
    "source=https://example.com/shop.git",
    "homepage=https://example.com/",
    "revision=0123abcd",
];

fn changes(texts: &[&str]) -> Vec<Change> {
    let changes = texts.iter().map(|text| Change::parse(text));
    changes.collect::<Result<_, _>>().expect("they are changes")
}

fn says(bytes: &[u8]) -> Says {
    let report = metadata("said", bytes).expect("it is a binary");
    let mut binaries = report.binaries.into_iter();
    binaries.next().expect("the outermost").says
}

fn texts(says: &Says) -> Vec<Option<&str>> {
    [
        &says.name,
        &says.version,
        &says.description,
        &says.authors,
        &says.licenses,
        &says.source,
        &says.homepage,
        &says.revision,
    ]
    .map(Option::as_deref)
    .to_vec()
}

#[test]
fn what_is_set_is_read_back() {
    for (path, bytes) in binaries::all() {
        let (described, report) = write(&path, &bytes, &changes(&SET)).expect("it is described");
        let expected = SET.map(|text| text.split_once('=').map(|(_, value)| value));
        assert_eq!(texts(&says(&described)), expected, "{path}");
        assert_eq!(report.bytes_after, described.len() as u64);
        let again = write(&path, &described, &changes(&SET)).expect("again").0;
        assert!(described == again, "{path}: it says that already");
    }
}

/// The readers of wasm-metadata refuse what they do not understand.
#[test]
fn other_tools_read_it() {
    for (path, bytes) in binaries::all() {
        let (described, _) = write(&path, &bytes, &changes(&SET)).expect("it is described");
        let payload = wasm_metadata::Payload::from_binary(&described);
        let payload = payload.unwrap_or_else(|error| panic!("{path}: {error}"));
        let read = payload.metadata();
        let version = read.version.as_ref().map(ToString::to_string);
        assert_eq!(read.name.as_deref(), Some("shop"), "{path}");
        assert_eq!(version.as_deref(), Some("1.4.0"), "{path}");
    }
}

#[test]
fn nothing_else_changes() {
    for (path, bytes) in binaries::all() {
        let before = says(&bytes);
        let (described, _) = write(&path, &bytes, &changes(&SET)).expect("it is described");
        let kept = |file: &[u8]| -> Vec<Vec<u8>> {
            let sections = Sections::new(file, 0..file.len()).map(|s| s.expect("a section"));
            let others = sections.filter(|section| !is_described(file, section));
            others.map(|s| file[s.range].to_vec()).collect()
        };
        assert!(kept(&bytes) == kept(&described), "{path}");
        if texts(&before).iter().flatten().next().is_some() {
            continue;
        }
        let emptied = SET.map(|text| text.split_inclusive('=').next().unwrap_or(text));
        let (restored, _) = write(&path, &described, &changes(&emptied)).expect("it is restored");
        assert!(
            contents(&bytes) == contents(&restored),
            "{path}: what was set is gone again"
        );
    }
}

/// By section: a section that was changed has the shortest frame, whatever it had before.
fn contents(file: &[u8]) -> Vec<(u8, &[u8])> {
    let sections = Sections::new(file, 0..file.len()).map(|s| s.expect("a section"));
    sections.map(|s| (s.id, &file[s.contents])).collect()
}

/// Is it a section that the keys are in?
fn is_described(file: &[u8], section: &wct::binary::Section) -> bool {
    let mut reader = wasmparser::BinaryReader::new(&file[section.contents.clone()], 0);
    let name = reader.read_string().unwrap_or_default();
    let keys = SET.map(|text| text.split('=').next().unwrap_or(text));
    section.id == 0 && (name == "component-name" || keys.contains(&name))
}

#[test]
fn the_other_names_stay() {
    for (path, bytes) in binaries::all() {
        let names = |bytes: &[u8]| {
            let report = wct::size::size(&path, bytes, Default::default()).expect("sizes");
            let functions = report.owners.iter().filter(|owner| owner.section == "code");
            let names = functions.map(|owner| (owner.part, owner.index, owner.name.clone()));
            names.collect::<std::collections::BTreeSet<_>>()
        };
        let renamed = write(&path, &bytes, &changes(&["name=shop"]))
            .expect("it is renamed")
            .0;
        assert!(names(&bytes) == names(&renamed), "{path}");
    }
}

#[test]
fn what_is_removed_is_gone_however_often_it_is_there() {
    let twice = |section: &str, bytes: [&str; 2]| {
        let [first, second] = bytes.map(|text| format!(r#"(@custom "{section}" "{text}")"#));
        format!("(module {first} (func) {second})").into_bytes()
    };
    let names = [r"\00\04\03abc", r"\00\04\03def"];
    for (set, binary) in [
        ("version=", twice("version", ["1.0.0", "2.0.0"])),
        ("name=", twice("name", names)),
    ] {
        let (removed, report) = write("app.wasm", &binary, &changes(&[set])).expect("it is made");
        assert!(report.changes[0].old.is_some(), "{set}");
        assert_eq!(texts(&says(&removed)), [None; 8], "{set}");
        assert!(!removed.windows(3).any(|bytes| bytes == b"def"), "{set}");
    }
    let binary = twice("version", ["1.0.0", "2.0.0"]);
    let (set, _) = write("app.wasm", &binary, &changes(&["version=3.0.0"])).expect("it is made");
    assert_eq!(says(&set).version.as_deref(), Some("3.0.0"));
}

/// Readers take the last one.
#[test]
fn a_name_that_is_set_is_in_one_section() {
    let named = |name: &str| format!(r#"(@custom "name" "\00\04\03{name}")"#);
    let of_a_function = r#"(@custom "name" "\01\04\01\00\01g")"#;
    for (first, second, was) in [
        (of_a_function, named("def"), Some("def")),
        (&named("abc"), named("def"), Some("def")),
        (&named("abc"), of_a_function.to_string(), Some("abc")),
        (of_a_function, String::new(), None),
    ] {
        let binary = format!("(module {first} (func) {second})").into_bytes();
        for value in ["new", ""] {
            let set = changes(&[&format!("name={value}")]);
            let (set, report) = write("app.wasm", &binary, &set).expect("it is made");
            assert_eq!(report.changes[0].old.as_deref(), was, "{first} {second}");
            let expected = (!value.is_empty()).then_some(value);
            assert_eq!(says(&set).name.as_deref(), expected, "{first} {second}");
            let payload = wasm_metadata::Payload::from_binary(&set).expect("it is read");
            assert_eq!(payload.metadata().name.as_deref(), expected);
            assert!(
                !set.windows(3)
                    .any(|bytes| bytes == b"abc" || bytes == b"def")
            );
            let others = set
                .windows(6)
                .filter(|bytes| bytes == b"\x01\x04\x01\x00\x01g");
            let before = first.matches("01g").count() + second.matches("01g").count();
            assert_eq!(others.count(), before, "{first} {second}");
        }
    }
}

#[test]
fn what_is_read_as_the_name_is_what_is_said_to_be_changed() {
    let [one, two, broken] = [r"\00\04\03one", r"\00\04\03two", r"\00\04\20abc"];
    for names in [[one, two], [one, broken], [broken, one]] {
        for (kind, section) in [("module", "name"), ("component", "component-name")] {
            let text = format!(r#"({kind} (@custom "{section}" "{}"))"#, names.concat());
            let binary = wct::input::to_binary("app.wat", text.as_bytes()).expect("it is text");
            let was = says(&binary).name;
            assert_eq!(was.is_some(), names[0] == one, "{text}");
            for value in ["new", ""] {
                let set = changes(&[&format!("name={value}")]);
                let (set, report) = write("app.wasm", &binary, &set).expect("it is made");
                assert_eq!(report.changes[0].old, was, "{text}");
                let expected = (!value.is_empty()).then_some(value);
                assert_eq!(says(&set).name.as_deref(), expected, "{text}");
            }
        }
    }
}
