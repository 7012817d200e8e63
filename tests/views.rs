//! Every view of every file at hand fits a terminal, and its JSON leaves nothing out.
//!
//! `WCT_CORPUS=FOLDER` adds every `.wasm` of a folder.

#[path = "support/binaries.rs"]
mod binaries;

use std::collections::BTreeSet;
use std::process::{Command, Output};

use serde_json::Value;
use wct::binary::{self, Layer};
use wct::component::Component;

/// What is shown in lines of its own making: not WIT and not the text format.
const VIEWS: &[&[&str]] = &[
    &[],
    &["--size"],
    &["--capabilities"],
    &["--tree"],
    &["--metadata"],
    &["--objdump"],
];

const QUESTIONS: &[&str] = &["module", "section", "function", "crate", "source", "export"];

/// Larger files are not asked every question: the tests are not optimised.
const MANY: usize = 2 << 20;

/// Columns of a terminal.
const WIDTH: usize = 100;

/// A folder with one file, and what is asked of it.
struct Shown {
    folder: tempfile::TempDir,
    path: String,
}

impl Shown {
    fn new(path: &str, bytes: &[u8]) -> Shown {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        std::fs::write(folder.path().join("in.wasm"), bytes).expect("it can be written");
        Shown {
            folder,
            path: path.to_string(),
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_wct"))
            .args([&["inspect", "in.wasm"], arguments].concat())
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1")
            .output()
            .expect("wct starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let path = &self.path;
        assert_eq!(
            output.status.code(),
            Some(0),
            "{path} {arguments:?}: {said}"
        );
        output
    }

    fn fits(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        let text = String::from_utf8(output.stdout).expect("it is text");
        for line in text.lines() {
            let wide = line.chars().count();
            assert!(wide <= WIDTH, "{} {arguments:?}: {wide}: {line}", self.path);
        }
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).expect("it is one value")
    }
}

fn sum(owners: &Value) -> u64 {
    let owners = owners.as_array().into_iter().flatten();
    owners.filter_map(|owner| owner["size"].as_u64()).sum()
}

#[test]
fn every_view_fits_a_terminal() {
    for (path, bytes) in binaries::all() {
        let shown = Shown::new(&path, &bytes);
        for view in VIEWS {
            shown.fits(view);
        }
        let questions = QUESTIONS.iter().filter(|_| bytes.len() <= MANY);
        for question in questions {
            shown.fits(&["--size", "--by", question, "--top", "1000"]);
        }
    }
}

#[test]
fn the_owners_in_the_json_add_up_to_the_file() {
    for (path, bytes) in binaries::all() {
        let report = Shown::new(&path, &bytes).json(&["--size", "--by", "section"]);
        let size = bytes.len() as u64;
        assert_eq!(report["size"].as_u64(), Some(size), "{path}");
        assert_eq!(sum(&report["owners"]), size, "{path}");
        assert_eq!(sum(&report["groups"]), size, "{path}");
    }
}

#[test]
fn every_import_is_in_the_json_of_the_capabilities() {
    let mut compared = 0;
    for (path, bytes) in binaries::all() {
        if binary::layer(&bytes) != Some(Layer::Component) {
            continue;
        }
        let report = Shown::new(&path, &bytes).json(&["--capabilities"]);
        let granted = report["authorities"].as_array().expect("a list");
        let imports = granted
            .iter()
            .filter_map(|found| found["imports"].as_array());
        let told = imports
            .flatten()
            .filter_map(|import| import["name"].as_str());
        let told: BTreeSet<&str> = told.collect();
        let component = Component::parse(&bytes).expect("it is a component");
        for import in &component.imports {
            use wasmparser::ComponentTypeRef::{Func, Instance};
            if matches!(import.ty, Func(_) | Instance(_)) {
                let name = import.name.name;
                assert!(told.contains(name), "{path}: {name}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 5, "only {compared} imports");
}
