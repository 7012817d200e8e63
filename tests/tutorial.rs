//! The tutorial is followed to the letter, in an empty folder, and what it made runs.

#[path = "support/host.rs"]
#[allow(dead_code, unused_imports)]
mod host;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the reader of the tutorial does, or sees.
#[derive(Debug)]
enum Step {
    Run(String),
    See(String),
    Write { path: String, text: String },
}

/// The steps of a text: blocks of `sh` are run, a `text` behind one is what is seen, and a block
/// behind ``Write `PATH`:`` is a file.
fn steps(tutorial: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut before = "";
    let mut lines = tutorial.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            if !line.is_empty() {
                before = line;
            }
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let text = block.join("\n") + "\n";
        let path = before.strip_suffix("`:").and_then(|l| l.rsplit('`').next());
        match (language, path) {
            ("sh", _) => steps.push(Step::Run(text)),
            ("text", _) if matches!(steps.last(), Some(Step::Run(_))) => {
                steps.push(Step::See(text));
            }
            ("text", _) => {}
            (_, Some(path)) => steps.push(Step::Write {
                path: path.to_string(),
                text,
            }),
            _ => panic!("what is to be done with this?\n{text}"),
        }
        before = "";
    }
    steps
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn shell(folder: &Path, script: &str) -> String {
    let own = PathBuf::from(env!("CARGO_BIN_EXE_wct"));
    let own = own.parent().expect("it lies in a folder").to_path_buf();
    let given = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(own).chain(std::env::split_paths(&given));
    let path = std::env::join_paths(path).expect("folders of a path can be joined");
    let output = Command::new("sh")
        .args(["-ec", &format!("exec 2>&1\n{script}")])
        .current_dir(folder)
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .env_remove("RUSTFLAGS")
        // Crates are compiled once, whatever the folder.
        .env("CARGO_TARGET_DIR", root().join("target/tutorial"))
        .stdin(Stdio::null())
        .output()
        .expect("there is a shell");
    let seen = String::from_utf8(output.stdout).expect("it prints text");
    assert!(output.status.success(), "{script}\n{seen}");
    seen
}

/// A line with every number as `0`, and single spaces.
fn plain(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut plain = String::new();
    for c in words.join(" ").chars() {
        let is_inside = plain.ends_with('0') && (c.is_ascii_digit() || c == '.');
        match c {
            _ if is_inside => {}
            '0'..='9' => plain.push('0'),
            _ => plain.push(c),
        }
    }
    plain
}

/// Whether all of these lines were printed, in this order, with whatever numbers; `…` is anything.
fn check(expected: &str, seen: &str) {
    let mut lines = seen.lines().map(plain);
    for line in expected.lines().filter(|line| line.trim() != "…") {
        let expected = plain(line);
        let is_printed = lines.any(|printed| match expected.split_once('…') {
            Some((start, end)) => printed.starts_with(start) && printed.ends_with(end),
            None => printed == expected,
        });
        assert!(is_printed, "`{line}` is not printed, or earlier:\n{seen}");
    }
}

#[test]
fn a_reader_of_the_tutorial_ends_up_with_a_program_that_runs() {
    let tutorial = fs::read_to_string(root().join("docs/tutorial.md")).expect("it is there");
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let mut seen = String::new();
    for step in steps(&tutorial) {
        match step {
            Step::Run(script) => seen = shell(folder.path(), &script),
            Step::See(expected) => check(&expected, &seen),
            Step::Write { path, text } => {
                fs::write(folder.path().join(&path), text).expect("its folder was made before");
            }
        }
    }
    let read = |path: &str| fs::read(folder.path().join(path)).expect("it was made");
    let greeting = host::call(
        &read("greeter.wasm"),
        "example:hello/greeter@0.1.0#greet",
        &["\"Ada\""],
    );
    assert_eq!(greeting.expect("it can be called"), "\"Hello, Ada!\"");
    for program in ["hello.wasm", "target/wct/hello.wasm"] {
        let outcome = host::run(&read(program), &["hello", "Ada"]);
        assert_eq!(outcome.exit, Ok(0), "{program}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "Hello, Ada!\n", "{program}");
    }
}
