//! Does an input get no more memory and time than its size is worth?
//!
//! Inputs that nest deeply, claim huge counts, or mean much more than they say. Each is read by the
//! commands that have to follow it, with a limit of memory, and has to come back in time.

#[path = "limits/binaries.rs"]
mod binaries;
#[path = "limits/texts.rs"]
mod texts;

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Of address space, for all that a run needs.
const MEMORY: u64 = 2 << 30;

/// Far more than any of them needs: debug builds on busy machines are slow.
const TIME: Duration = Duration::from_secs(120);

/// Standard output may have so many times the bytes of the input: a syntax tree has most.
const ANSWER: usize = 200;

/// Commands by what they read; `{}` stands for the file, `{folder}` for the one that it is in, `{out}`
/// for an output.
const BINARY: &[&str] = &[
    "validate {}",
    "inspect {}",
    "inspect --tree {}",
    "inspect --size --by source {}",
    "inspect --capabilities {}",
    "inspect --wit {}",
    "inspect --graph svg --depth 100 {}",
    "inspect --html {out} {}",
    "inspect --plan {}",
    "inspect --objdump {}",
    "inspect --print {}",
    "shrink --explain {} -o {out}",
    "compose {} -d {} -o {out}",
    "new {} -o {out}",
    "diff {} {}",
    "validate --against {} {}",
];
const WIT: &[&str] = &[
    "validate {}",
    "inspect {}",
    "inspect --wit --json {}",
    "inspect --wit --wasm -o {out} {}",
    "diff {} {}",
    "new --dummy --wit {} -o {out}",
];

/// Runs the commands on an input; each has to come back by itself, with an answer or an error of
/// the input.
fn withstands(name: &str, bytes: &[u8], commands: &[&str]) {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let input = folder.path().join(name);
    std::fs::write(&input, bytes).expect("a temporary file is writable");
    for command in commands {
        let found = run(command, &input, &folder.path().join("out"));
        let (code, answer, said, time) = found;
        assert!(
            matches!(code, Some(0 | 1)),
            "{command} of {name}: {code:?} after {time:?}: {said}"
        );
        assert!(
            answer <= (1 << 20) + ANSWER * bytes.len(),
            "{command} of {name}: {answer} bytes"
        );
        if std::env::var_os("TIMES").is_some() && time > Duration::from_secs(2) {
            eprintln!("{command} of {name}: {time:?}");
        }
    }
}

/// Exit code, bytes of the answer, the beginning of what was said, and the time.
fn run(command: &str, input: &Path, out: &Path) -> (Option<i32>, usize, String, Duration) {
    let words = command.split(' ').map(|word| match word {
        "{}" => input.to_path_buf(),
        "{out}" => out.to_path_buf(),
        "{folder}" => input.with_file_name(""),
        word => PathBuf::from(word),
    });
    let mut process = Command::new(env!("CARGO_BIN_EXE_wct"));
    process
        .args(words)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let limit = libc::rlimit {
        rlim_cur: MEMORY,
        rlim_max: MEMORY,
    };
    // SAFETY: the call is allowed between fork and exec.
    unsafe {
        process.pre_exec(move || match libc::setrlimit(libc::RLIMIT_AS, &limit) {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        });
    }
    let start = Instant::now();
    let mut child = process.spawn().expect("wct starts");
    let stdout = child
        .stdout
        .take()
        .map(|out| std::thread::spawn(|| count(out)));
    let stderr = child
        .stderr
        .take()
        .map(|out| std::thread::spawn(|| count(out)));
    let status = loop {
        match child.try_wait().expect("it can be waited for") {
            Some(status) => break status,
            None if start.elapsed() > TIME => {
                child.kill().expect("it runs");
                break child.wait().expect("it ends");
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let time = start.elapsed();
    let joined = [stdout, stderr].map(|reader| match reader {
        Some(reader) => reader.join().expect("it ends"),
        None => (0, String::new()),
    });
    let [(answer, _), (_, said)] = joined;
    (status.code(), answer, said, time)
}

/// How many bytes come, and the first of them.
fn count(mut from: impl Read) -> (usize, String) {
    let (mut all, mut first) = (0, Vec::new());
    let mut buffer = [0; 1 << 16];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        all += read;
        first.extend_from_slice(&buffer[..read.min(2_000usize.saturating_sub(first.len()))]);
    }
    (all, String::from_utf8_lossy(&first).into_owned())
}
