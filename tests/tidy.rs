//! The rules of this project that a machine can check.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const COMMANDS: &[&str] = &[
    "init", "build", "doctor", "new", "compose", "shrink", "validate", "inspect", "diff",
    "metadata",
];

/// Commands about the arguments themselves, of which the library knows nothing.
const OF_THE_SHELL: &[&str] = &["completions", "man"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below `folder` with this extension, sorted.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                if path.file_name().is_some_and(|name| name != "target") {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    let paths = ["src", "tests", "examples", "benches", "fuzz"].map(|folder| files(folder, "rs"));
    paths.concat().iter().map(|path| read(path)).collect()
}

/// The path as seen from the root, and the text.
fn read(path: &Path) -> (String, String) {
    let text = fs::read_to_string(path).expect("a file of this project is text");
    let shown = path.strip_prefix(root()).unwrap_or(path);
    (shown.display().to_string(), text)
}

fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn no_source_file_is_longer_than_500_lines() {
    let long = sources().into_iter().filter_map(|(path, text)| {
        let lines = text.lines().count();
        (lines > 500).then(|| format!("{path}: {lines} lines"))
    });
    none(
        "too long; split by what it answers",
        &long.collect::<Vec<_>>(),
    );
}

#[test]
fn every_source_file_says_what_it_answers() {
    let silent = sources()
        .into_iter()
        .filter_map(|(path, text)| (!text.starts_with("//! ")).then_some(path));
    none("no module head", &silent.collect::<Vec<_>>());
}

#[test]
fn the_library_knows_no_terminal() {
    let forbidden = [
        "clap",
        "indicatif",
        "anstream",
        "annotate_snippets",
        "std::process::",
    ];
    let mut found = Vec::new();
    for (path, text) in files("src", "rs").iter().map(|path| read(path)) {
        if path.starts_with("src/bin/") {
            continue;
        }
        let names = forbidden.iter().filter(|name| {
            let mut lines = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            lines.any(|line| line.contains(*name))
        });
        found.extend(names.map(|name| format!("{path}: {name}")));
    }
    none("belongs to the shell", &found);
}

#[test]
fn nothing_is_left_unfinished() {
    // Put together so that this file does not find itself.
    let marks = ["TO", "FIX", "XX"].iter().zip(["DO", "ME", "X"]);
    let marks: Vec<String> = marks.map(|(a, b)| format!("{a}{b}")).collect();
    let mut found = Vec::new();
    for (path, text) in sources() {
        for (number, line) in text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark.as_str())) {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    none("unfinished", &found);
}

#[test]
fn every_diagnostic_code_is_in_the_docs_and_every_documented_code_is_used() {
    let mut used = BTreeSet::new();
    for (path, text) in files("src", "rs").iter().map(|path| read(path)) {
        if !path.ends_with(".rs") {
            continue;
        }
        used.extend(
            quoted(&text, '"')
                .filter(|text| is_code(text))
                .map(String::from),
        );
    }
    let (_, docs) = read(&root().join("docs/errors.md"));
    let listed = docs.lines().filter(|line| line.starts_with("| `"));
    let listed: BTreeSet<String> = listed
        .filter_map(|line| quoted(line, '`').next())
        .map(String::from)
        .collect();
    let missing: Vec<String> = used.difference(&listed).cloned().collect();
    let stale: Vec<String> = listed.difference(&used).cloned().collect();
    none("not in docs/errors.md", &missing);
    none("in docs/errors.md, but nowhere used", &stale);
}

/// What stands between two marks, taken in turn.
fn quoted(text: &str, mark: char) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(move |line| line.split(mark).skip(1).step_by(2))
}

/// The areas that codes are grouped by.
const AREAS: &[&str] = &[
    "build",
    "cli",
    "component",
    "compose",
    "diff",
    "file",
    "init",
    "input",
    "inspect",
    "metadata",
    "new",
    "output",
    "run",
    "shrink",
    "stub",
    "validate",
    "wasm",
    "wat",
    "wit",
];

fn is_code(text: &str) -> bool {
    let Some((area, name)) = text.split_once('/') else {
        return false;
    };
    let plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit());
    AREAS.contains(&area) && plain && !name.is_empty()
}

#[test]
fn a_command_is_asked_known_proved_and_told_under_one_name() {
    let mut missing = Vec::new();
    for command in COMMANDS.iter().chain(OF_THE_SHELL) {
        let mut paths = vec![
            format!("src/bin/wct/commands/{command}.rs"),
            format!("docs/commands/{command}.md"),
        ];
        if COMMANDS.contains(command) {
            paths.push(format!("src/{command}.rs"));
        }
        missing.extend(
            paths
                .into_iter()
                .filter(|path| !root().join(path).is_file()),
        );
        if files(&format!("tests/cmd/{command}"), "md").is_empty() {
            missing.push(format!("tests/cmd/{command}/*.md"));
        }
    }
    none("missing", &missing);
}

#[test]
fn every_case_claims_something_and_runs_something() {
    let mut idle = Vec::new();
    for (path, text) in files("tests/cmd", "md").iter().map(|path| read(path)) {
        if path.contains(".in/") || path.contains(".out/") {
            continue;
        }
        if !text.starts_with("# ") {
            idle.push(format!("{path}: no title"));
        }
        if !text.contains("```console\n$ wct") {
            idle.push(format!("{path}: no command"));
        }
    }
    none("not a case", &idle);
}

#[test]
fn the_test_data_are_told_one_by_one() {
    let folder = root().join("testdata");
    let (_, readme) = read(&folder.join("README.md"));
    let entries = fs::read_dir(&folder).expect("the folder is there");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let untold = names.filter(|name| name != "README.md" && !readme.contains(&format!("`{name}`")));
    none("not in testdata/README.md", &untold.collect::<Vec<_>>());
}

#[test]
fn one_version_of_the_wasm_tools_family_goes_into_the_program() {
    let output = std::process::Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "-e",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for name in [
        "wasmparser",
        "wasm-encoder",
        "wit-parser",
        "wit-component",
        "wast",
    ] {
        let versions: BTreeSet<&str> = tree
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix(" v"))
            .filter_map(|rest| rest.split(' ').next())
            // The exception: wac-parser, behind the feature `wac`, brings its own.
            .filter(|version| !version.starts_with("0.258."))
            .collect();
        assert_eq!(versions.len(), 1, "{name}: {versions:?}");
    }
}
