//! Modules and components of every kind that is at hand: the texts in `testdata`, real guests
//! before and after wrapping, and with `WCT_CORPUS=FOLDER` every `.wasm` of a folder.

#[path = "guests.rs"]
pub mod guests;

use std::path::{Path, PathBuf};

/// Name and bytes, in the same order every time.
pub fn all() -> Vec<(String, Vec<u8>)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")];
    folders.extend(std::env::var_os("WCT_CORPUS").map(PathBuf::from));
    let mut found = real();
    for folder in folders {
        let entries = std::fs::read_dir(&folder).expect("the folder is there");
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        for path in paths.filter(|path| is_binary(path)) {
            let bytes = std::fs::read(&path).expect("the file is readable");
            let binary = wct::input::to_binary("input", &bytes).expect("it is a binary");
            found.push((path.display().to_string(), binary.into_owned()));
        }
    }
    found.sort();
    assert!(found.len() >= 7, "the test data is there");
    found
}

fn is_binary(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "wasm" || e == "wat")
}

/// A library and a command in Rust, as modules and as components.
fn real() -> Vec<(String, Vec<u8>)> {
    let modules = [
        (
            "documents",
            guests::rust("documents", "wasm32-unknown-unknown"),
        ),
        ("greet", guests::rust("greet", "wasm32-wasip1")),
    ];
    let mut found = Vec::new();
    for (name, core) in modules {
        let options = wct::new::Options::default();
        let wrapped = wct::new::wrap(name, &core, &options, &wct::progress::Silent);
        let (component, _) = wrapped.expect("a guest can be wrapped");
        found.push((format!("{name}.core"), core));
        found.push((format!("{name}.component"), component));
    }
    found
}
