//! What every command promises: its streams, `--json`, exit codes, the same bytes twice, no panic.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// Each command with arguments that make it read the file at the end.
const COMMANDS: &[&[&str]] = &[
    &["new", "-o", "-"],
    &["compose", "-o", "-"],
    &["shrink", "-o", "-"],
    &["metadata", "--set", "name=app", "-o", "-"],
    &["validate"],
    &["inspect"],
    &["inspect", "--wit"],
    &["inspect", "--tree"],
    &["inspect", "--objdump"],
    &["inspect", "--size"],
    &["inspect", "--metadata"],
    &["inspect", "--print"],
    &["diff", "wit/documents"],
];

/// Commands that read no file.
const OTHERS: &[&[&str]] = &[
    &["init"],
    &["build"],
    &["doctor"],
    &["completions"],
    &["man"],
];

fn wct() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wct"));
    command
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    wct().args(arguments).output().expect("wct starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("wct ends by itself")
}

/// A fresh folder with a file of these bytes in it.
struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    fn new() -> Scratch {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        Scratch { folder }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a temporary file is writable");
        path.display().to_string()
    }
}

/// A component that imports, exports and holds a module.
const COMPONENT: &str = r#"(component
  (import "log" (func $log (param "n" u32)))
  (core func $lowered (canon lower (func $log)))
  (core module $m
    (import "" "log" (func (param i32)))
    (func (export "f") i32.const 1 call 0))
  (core instance $i (instantiate $m (with "" (instance (export "log" (func $lowered))))))
  (func (export "f") (canon lift (core func $i "f"))))"#;

#[test]
fn help_is_an_answer_of_one_screen_that_ends_with_an_example() {
    for command in COMMANDS.iter().chain(OTHERS) {
        let output = run(&[command[0], "--help"]);
        let text = String::from_utf8(output.stdout.clone()).expect("help is text");
        assert_eq!(code(&output), 0);
        assert!(output.stderr.is_empty());
        assert!(
            text.lines().count() <= 60,
            "{}: {} lines",
            command[0],
            text.lines().count()
        );
        assert!(
            text.lines().all(|line| line.chars().count() <= 100),
            "{}: too wide",
            command[0]
        );
        let last = text.trim_end().lines().last().unwrap_or_default();
        assert!(
            last.contains(&format!("wct {}", command[0])),
            "{}: no example",
            command[0]
        );
    }
}

#[test]
fn a_wrong_invocation_is_exit_code_2_and_nothing_on_stdout() {
    for command in COMMANDS.iter().chain(OTHERS) {
        let output = run(&[command[0], "--no-such-flag"]);
        assert_eq!(code(&output), 2, "{command:?}");
        assert!(output.stdout.is_empty());
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_missing_file_is_exit_code_1_told_on_stderr() {
    for command in COMMANDS {
        let output = run(&[command, &["/no/such/file.wasm"][..]].concat());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), 1, "{command:?}: {text}");
        assert!(output.stdout.is_empty(), "{command:?}");
        assert!(text.contains("/no/such/file.wasm"), "{command:?}: {text}");
        assert!(text.contains("help: "), "{command:?}: {text}");
    }
}

#[test]
fn json_is_exactly_one_value_also_for_errors_and_misuse() {
    for command in COMMANDS {
        for arguments in [
            vec![command[0], "--json", "/no/such/file.wasm"],
            vec![command[0], "--json", "--no-such-flag"],
        ] {
            let output = run(&arguments);
            let value: serde_json::Value = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
            let reported =
                value.get("error").is_some() || value.to_string().contains("file/unreadable");
            assert!(reported, "{arguments:?}: {value}");
            assert!(output.stderr.is_empty(), "{arguments:?}");
        }
    }
}

#[test]
fn a_report_is_one_json_value() {
    let scratch = Scratch::new();
    let file = scratch.file("app.wat", COMPONENT.as_bytes());
    for command in ["validate", "inspect"] {
        let output = run(&[command, "--json", &file]);
        assert_eq!(
            code(&output),
            0,
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("one JSON value");
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let scratch = Scratch::new();
    let file = scratch.file("app.wat", COMPONENT.as_bytes());
    for command in COMMANDS {
        let arguments = [command, &[file.as_str()][..]].concat();
        let (once, twice) = (run(&arguments), run(&arguments));
        assert_eq!(once.stdout, twice.stdout, "{command:?}");
        assert_eq!(once.stderr, twice.stderr, "{command:?}");
    }
}

#[test]
fn no_input_makes_a_command_panic() {
    let scratch = Scratch::new();
    let module = b"\0asm\x01\0\0\0";
    let inputs: &[&[u8]] = &[
        b"",
        b"\0",
        b"\0asm",
        b"\0asm\x01\0\0",
        module,
        b"\0asm\x0d\0\x01\0",
        b"\0asm\x02\0\0\0",
        b"\0asm\x01\0\0\0\x01\xff\xff\xff\xff\x0f",
        b"\0asm\x0d\0\x01\0\x07\x05\xff\xff\xff\xff\x0f",
        b"\0asm\x0d\0\x01\0\x01\x08\0asm\x01\0\0\0",
        b"(component",
        b"(module (func unreachable",
        b"package a:b; world w { import x: func(",
        "\u{feff}package a:b;".as_bytes(),
        b"\x1f\x8b\x08\0",
        b"\xff\xfe\xfd",
        b"((((((((((((((((((((((((((((((((",
    ];
    for command in COMMANDS {
        for (number, bytes) in inputs.iter().enumerate() {
            let file = scratch.file("input", bytes);
            let output = run(&[command, &[file.as_str()][..]].concat());
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                matches!(code(&output), 0 | 1),
                "{command:?}, input {number}: {text}"
            );
            assert!(
                !text.contains("panicked"),
                "{command:?}, input {number}: {text}"
            );
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let scratch = Scratch::new();
    let file = scratch.file("app.wat", COMPONENT.as_bytes());
    for command in ["inspect", "validate"] {
        let mut child = wct()
            .args([command, "--json", &file])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("wct starts");
        drop(child.stdout.take());
        let mut text = String::new();
        let mut stderr = child.stderr.take().expect("stderr is piped");
        stderr.read_to_string(&mut text).expect("stderr is text");
        assert_eq!(
            child.wait().expect("wct ends").code(),
            Some(0),
            "{command}: {text}"
        );
        assert!(text.is_empty(), "{command}: {text}");
    }
}

#[test]
fn standard_input_serves_as_a_file() {
    let scratch = Scratch::new();
    let module = scratch.file("app.wat", b"(module)");
    for (arguments, input) in [
        (vec!["inspect", "-"], COMPONENT),
        (vec!["validate", "-"], COMPONENT),
        (
            vec!["new", &module, "--wit", "-", "--embed-only", "-o", "-"],
            "package a:b; world w {}",
        ),
    ] {
        let mut child = wct()
            .args(&arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("wct starts");
        let mut stdin = child.stdin.take().expect("stdin is piped");
        stdin.write_all(input.as_bytes()).expect("wct reads");
        drop(stdin);
        let output = child.wait_with_output().expect("wct ends");
        assert_eq!(
            code(&output),
            0,
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn a_failed_maker_leaves_an_existing_file_as_it_was() {
    let scratch = Scratch::new();
    let input = scratch.file("app.wat", COMPONENT.as_bytes());
    let output = scratch.file("out.wasm", b"precious");
    let failed = run(&["new", &input, "-o", &output]);
    assert_eq!(code(&failed), 1);
    assert_eq!(std::fs::read(&output).expect("it is there"), b"precious");
}

/// Both ends of a pseudo-terminal.
#[cfg(unix)]
fn terminal() -> (std::fs::File, std::fs::File) {
    use std::os::fd::FromRawFd;
    let (mut outer, mut inner) = (0, 0);
    let none = std::ptr::null_mut();
    // SAFETY: both places are valid, and nothing else owns what they are filled with.
    unsafe {
        let opened = libc::openpty(&mut outer, &mut inner, none, none.cast(), none.cast());
        assert_eq!(opened, 0, "there are pseudo-terminals");
        (
            std::fs::File::from_raw_fd(outer),
            std::fs::File::from_raw_fd(inner),
        )
    }
}

#[cfg(unix)]
#[test]
fn a_binary_does_not_go_to_a_terminal() {
    let scratch = Scratch::new();
    let module = r#"(module (memory (export "memory") 1) (func (export "_start")))"#;
    let file = scratch.file("app.wat", module.as_bytes());
    for arguments in [
        vec!["new", "-o", "-", &file],
        vec!["metadata", &file, "--set", "name=app", "-o", "-"],
        vec!["inspect", "--wit", "--wasm", "-o", "-", "wit/documents"],
    ] {
        let (_outer, inner) = terminal();
        let output = wct()
            .args(&arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(inner)
            .stderr(Stdio::piped())
            .output()
            .expect("wct starts");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), 2, "{arguments:?}: {text}");
        assert!(
            text.contains("refusing to write a binary to a terminal"),
            "{text}"
        );
        assert!(text.contains("help: "), "{text}");
    }
}
