//! What happens when files, disks, pipes and processes fail?
//!
//! An output is there completely, as it was before, or not at all; what went wrong is said.

#[path = "faults/inputs.rs"]
mod inputs;
#[path = "faults/kills.rs"]
mod kills;
#[path = "faults/outputs.rs"]
mod outputs;
#[path = "faults/streams.rs"]
mod streams;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A component that exports a function and has a custom section of a size.
fn component(custom: usize) -> Vec<u8> {
    let text = format!(
        r#"(component
          (import "a:none/x" (instance (export "g" (func))))
          (core module $m (func (export "f") (result i32) i32.const 42)
            (@custom "filler" "{}"))
          (core instance $i (instantiate $m))
          (func (export "f") (result u32) (canon lift (core func $i "f"))))"#,
        "x".repeat(custom)
    );
    binary(&text)
}

fn binary(text: &str) -> Vec<u8> {
    let binary = wct::input::to_binary("input", text.as_bytes());
    binary.expect("the text is right").into_owned()
}

/// A fresh folder.
struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Scratch {
        Scratch(tempfile::tempdir().expect("there is a place for temporary files"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("a temporary file is writable");
        path
    }

    fn folder(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir(&path).expect("a temporary folder is writable");
        path
    }
}

/// The names of what is in a folder, in order.
fn listed(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("it can be read").file_name());
    let mut names: Vec<String> = names.map(|n| n.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn wct<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wct"));
    command
        .args(arguments)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn output(command: &mut Command) -> Output {
    command.output().expect("wct starts")
}

/// The same, of what may wait for ever for something else.
fn output_in_time(command: &mut Command) -> Output {
    let mut child = command.spawn().expect("wct starts");
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let stdout = std::thread::spawn(move || all(stdout));
    let stderr = std::thread::spawn(move || all(stderr));
    let start = Instant::now();
    let status = loop {
        match child.try_wait().expect("it can be waited for") {
            Some(status) => break status,
            None if start.elapsed() > Duration::from_secs(60) => {
                child.kill().expect("it runs");
                panic!("{command:?} waits for ever");
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    Output {
        status,
        stdout: stdout.join().expect("it ends"),
        stderr: stderr.join().expect("it ends"),
    }
}

fn all(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        stream.read_to_end(&mut bytes).expect("a pipe can be read");
    }
    bytes
}

/// Fails unless it ended by itself with this code and said all of this on standard error.
fn assert_said(output: &Output, code: i32, said: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}");
    for words in said {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
}

/// A maker: what it is called, and its arguments for this input and output.
type Maker = (&'static str, fn(&Path, &Path) -> Vec<PathBuf>);

fn words(words: &[&str], rest: [&Path; 3]) -> Vec<PathBuf> {
    let words = words.iter().map(PathBuf::from);
    words.chain(rest.map(Path::to_path_buf)).collect()
}

/// Every command that writes one file from one component.
const MAKERS: [Maker; 5] = [
    ("shrink", |input, output| {
        words(&["shrink"], [input, Path::new("-o"), output])
    }),
    ("compose", |input, output| {
        words(
            &["compose", "--stub", "a:none/*", "-q"],
            [input, Path::new("-o"), output],
        )
    }),
    ("inspect --wit", |input, output| {
        words(
            &["inspect", "--wit", "--wasm"],
            [input, Path::new("-o"), output],
        )
    }),
    ("inspect --print", |input, output| {
        words(&["inspect", "--print"], [input, Path::new("-o"), output])
    }),
    ("inspect --html", |input, output| {
        words(&["inspect"], [input, Path::new("--html"), output])
    }),
];

/// Is this test run by root? Some faults only root can make, others root never meets.
fn is_root() -> bool {
    // SAFETY: the call has no conditions.
    unsafe { libc::geteuid() == 0 }
}
