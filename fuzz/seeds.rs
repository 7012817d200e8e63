//! Which inputs do the fuzz targets begin with?
//!
//! `seeds CORPUS [FILE…]` writes the texts of the tests, and in binary form those that are modules
//! or components, to a folder for each target; files are added to what reads binaries.

use std::path::{Path, PathBuf};

use wct::diagnostic::Diagnostic;
use wct::input::{self, Kind};

/// Targets that read modules and components.
const BINARY: &[&str] = &[
    "validate", "inspect", "review", "new", "compose", "diff", "shrink",
];

/// Those that read two: see `fuzz_targets/pair.rs`.
const PAIRS: &[&str] = &["compose", "diff"];

/// Larger ones only make each try slower.
const MOST: usize = 60_000;

fn main() -> Result<(), std::io::Error> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let corpus = arguments.next().unwrap_or_else(|| "fuzz/corpus".into());
    let mut files: Vec<PathBuf> = arguments.collect();
    for folder in ["testdata", "wit", "tests/cmd", "docs/commands"] {
        collect(Path::new(folder), &mut files)?;
    }
    files.sort();
    let mut previous = Vec::new();
    for (number, path) in files.iter().enumerate() {
        let bytes = std::fs::read(path)?;
        if bytes.len() > MOST {
            continue;
        }
        for target in targets(path, &bytes) {
            let folder = corpus.join(target);
            std::fs::create_dir_all(&folder)?;
            let mut bytes = seed(target, &bytes).unwrap_or_else(|_| bytes.clone());
            if PAIRS.contains(&target) {
                let before = std::mem::replace(&mut previous, bytes.clone());
                bytes = [&(before.len() as u32).to_le_bytes()[..], &before, &bytes].concat();
            }
            std::fs::write(folder.join(format!("seed-{number}")), bytes)?;
        }
    }
    let names = corpus.join("names");
    std::fs::create_dir_all(&names)?;
    for (number, name) in NAMES.iter().enumerate() {
        std::fs::write(names.join(format!("seed-{number}")), name)?;
    }
    Ok(())
}

/// As compilers of Rust and C++ write them.
const NAMES: &[&str] = &[
    "_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE",
    "_ZN5space3fooEibc",
    "_ZNSt6vectorIiSaIiEE9push_backERKi",
    "_RNvMs_NtC4core3fmtNtB4_9Formatter9write_str",
    "_RINvC1a1fTbBB_EE",
];

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), std::io::Error> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => collect(&path, files)?,
            false => files.push(path),
        }
    }
    Ok(())
}

fn targets(path: &Path, bytes: &[u8]) -> Vec<&'static str> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match (input::kind(bytes), extension) {
        (Ok(Kind::Module | Kind::Component), _) => BINARY.to_vec(),
        (Ok(Kind::Wat), _) => [BINARY, &["text"]].concat(),
        (_, Some("wit")) => vec!["wit"],
        (_, Some("toml")) => vec!["plan", "manifest"],
        (_, Some("wac" | "yaml" | "yml")) => vec!["plan"],
        _ => Vec::new(),
    }
}

/// What a target takes: those of binaries do not take texts.
fn seed(target: &str, bytes: &[u8]) -> Result<Vec<u8>, Box<Diagnostic>> {
    match BINARY.contains(&target) {
        true => Ok(input::to_binary("seed", bytes)?.into_owned()),
        false => Ok(bytes.to_vec()),
    }
}
