//! Standard output that is closed, or full.

use std::fs::File;
use std::process::{Command, Output, Stdio};

use crate::{Scratch, assert_said, component, wct};

/// Each command with arguments that make it answer on standard output.
const ANSWERS: &[&[&str]] = &[
    &["inspect"],
    &["inspect", "--json"],
    &["inspect", "--wit"],
    &["inspect", "--print"],
    &["inspect", "--size"],
    &["validate", "--json"],
    &["shrink", "--quiet", "-o", "-"],
    &["compose", "--quiet", "--stub", "a:none/*", "-o", "-"],
    &[
        "compose",
        "--quiet",
        "--stub",
        "a:none/*",
        "--dry-run",
        "--graph",
        "dot",
    ],
];

fn command(scratch: &Scratch, arguments: &[&str]) -> Command {
    let input = scratch.file("input.wasm", &component(300_000));
    let mut command = wct(arguments);
    command.arg(input);
    command
}

fn into(mut command: Command, stdout: impl Into<Stdio>) -> Output {
    command.stdout(stdout).output().expect("wct starts")
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let scratch = Scratch::new();
    for arguments in ANSWERS {
        let (reader, writer) = std::io::pipe().expect("a pipe can be made");
        drop(reader);
        let result = into(command(&scratch, arguments), writer);
        let text = String::from_utf8_lossy(&result.stderr);
        assert_eq!(result.status.code(), Some(0), "{arguments:?}: {text}");
        assert_eq!(text, "", "{arguments:?}");
    }
}

#[test]
fn half_an_answer_is_an_error() {
    let scratch = Scratch::new();
    let Ok(_) = File::options().write(true).open("/dev/full") else {
        eprintln!("SKIPPED: there is no /dev/full");
        return;
    };
    for arguments in ANSWERS {
        let full = File::options().write(true).open("/dev/full");
        let result = into(command(&scratch, arguments), full.expect("it was there"));
        assert_said(&result, 1, &["cannot write to standard output", "no space"]);
    }
}
