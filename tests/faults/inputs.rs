//! Inputs that are empty, no files, or change while they are read.

use std::ffi::CString;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::{Scratch, assert_said, component, listed, output, wct};

/// Each command with arguments that make it read the file at the end.
const READERS: &[&[&str]] = &[
    &["new", "-o", "-"],
    &["compose", "-o", "-"],
    &["shrink", "-o", "-"],
    &["validate"],
    &["inspect"],
    &["inspect", "--tree"],
    &["inspect", "--size"],
    &["inspect", "--capabilities"],
    &["inspect", "--graph", "dot"],
    &["inspect", "--objdump"],
    &["inspect", "--print"],
    &["inspect", "--metadata"],
    &["inspect", "--wit"],
    &["inspect", "--plan"],
];

pub fn make_pipe(path: &Path) {
    let name = CString::new(path.as_os_str().as_bytes()).expect("the path has no zeros");
    // SAFETY: the path ends with a zero and outlives the call.
    let made = unsafe { libc::mkfifo(name.as_ptr(), 0o600) };
    assert_eq!(made, 0, "a pipe can be made");
}

fn read(arguments: &[&str], path: &Path) -> Output {
    output(wct(arguments).arg(path))
}

#[test]
fn a_file_without_bytes_is_called_empty() {
    let scratch = Scratch::new();
    let empty = scratch.file("empty.wasm", b"");
    for reader in READERS {
        if *reader == ["validate"] {
            let found = read(reader, &empty);
            assert_eq!(found.status.code(), Some(1));
            assert!(String::from_utf8_lossy(&found.stderr).contains("the input is empty"));
        } else {
            assert_said(
                &read(reader, &empty),
                1,
                &["the input is empty", "check the step"],
            );
        }
    }
}

#[test]
fn a_pipe_and_a_link_are_read_like_a_file() {
    let scratch = Scratch::new();
    let bytes = component(100_000);
    let file = scratch.file("file.wasm", &bytes);
    symlink("file.wasm", scratch.path("link.wasm")).expect("a link can be made");
    for reader in READERS {
        let expected = read(reader, &file);
        let linked = read(reader, &scratch.path("link.wasm"));
        let pipe = scratch.path("pipe.wasm");
        make_pipe(&pipe);
        let writer = std::thread::spawn({
            let (pipe, bytes) = (pipe.clone(), bytes.clone());
            move || std::fs::write(pipe, bytes)
        });
        let piped = crate::output_in_time(wct(*reader).arg(&pipe));
        writer.join().expect("it ends").expect("all of it was read");
        std::fs::remove_file(&pipe).expect("the pipe is still there");
        for (found, name) in [(linked, "link.wasm"), (piped, "pipe.wasm")] {
            assert_eq!(found.status, expected.status, "{reader:?} {name}");
            // The name of the file is in the answer.
            let text = String::from_utf8_lossy(&found.stdout).replace(name, "file.wasm");
            assert_eq!(
                text,
                String::from_utf8_lossy(&expected.stdout),
                "{reader:?}"
            );
        }
    }
}

#[test]
fn a_folder_is_no_module() {
    let scratch = Scratch::new();
    let folder = scratch.folder("folder");
    for reader in READERS {
        let result = read(reader, &folder);
        let text = String::from_utf8_lossy(&result.stderr).into_owned();
        assert_eq!(result.status.code(), Some(1), "{reader:?}: {text}");
        assert!(text.contains("folder"), "{reader:?}: {text}");
    }
}

#[test]
fn a_link_to_itself_is_an_error() {
    let scratch = Scratch::new();
    symlink("loop.wasm", scratch.path("loop.wasm")).expect("a link can be made");
    for reader in READERS {
        let result = read(reader, &scratch.path("loop.wasm"));
        assert_said(
            &result,
            1,
            &["loop.wasm", "too many levels of symbolic links"],
        );
    }
}

/// Starts a comparison of a large file with what comes through a pipe, and has `change` done to the
/// file when that is mapped.
fn compared(json: bool, change: impl FnOnce(&Path)) -> Output {
    let scratch = Scratch::new();
    let large = scratch.file("large.wasm", &component(6 << 20));
    let pipe = scratch.path("pipe.wasm");
    make_pipe(&pipe);
    let arguments: &[&str] = if json { &["diff", "--json"] } else { &["diff"] };
    let mut command = wct(arguments);
    let child = command.arg(&large).arg(&pipe).spawn().expect("wct starts");
    // Opening waits until the other side is read, which is after this one.
    let mut writer = std::fs::File::options().write(true).open(&pipe);
    let writer = writer.as_mut().expect("a pipe can be written to");
    change(&large);
    writer.write_all(&component(0)).expect("it is read");
    writer.flush().expect("it is read");
    std::fs::remove_file(&pipe).expect("the pipe is still there");
    drop(std::mem::replace(
        writer,
        std::fs::File::open("/dev/null").expect("it is there"),
    ));
    child.wait_with_output().expect("it ends")
}

#[test]
fn a_file_that_is_cut_short_while_it_is_mapped_is_an_error() {
    let cut = |large: &Path| {
        let file = std::fs::File::options().write(true).open(large);
        file.expect("it is ours").set_len(100).expect("it is ours");
    };
    let result = compared(false, cut);
    assert_said(
        &result,
        1,
        &["while it was read", "run again once it is written"],
    );
    assert!(result.stdout.is_empty());
    let result = compared(true, cut);
    assert_eq!(result.status.code(), Some(1));
    let value: serde_json::Value = serde_json::from_slice(&result.stdout).expect("it is JSON");
    assert_eq!(value["error"]["code"], "file/changed");
    assert!(result.stderr.is_empty());
}

#[test]
fn a_file_that_is_written_to_while_it_is_mapped_is_an_error() {
    let result = compared(false, |large| {
        let mut bytes = std::fs::read(large).expect("it is there");
        *bytes.last_mut().expect("it is not empty") ^= 1;
        let file = std::fs::File::options().write(true).open(large);
        std::thread::sleep(std::time::Duration::from_millis(20));
        file.expect("it is ours")
            .write_all(&bytes)
            .expect("it is ours");
    });
    assert_said(&result, 1, &["large.wasm` changed while it was read"]);
    assert!(result.stdout.is_empty());
}

#[test]
fn a_file_that_is_replaced_while_it_is_mapped_is_read_as_it_was() {
    let result = compared(false, |large| {
        let other = large.with_extension("new");
        std::fs::write(&other, b"other").expect("it is ours");
        std::fs::rename(&other, large).expect("it is ours");
    });
    assert_eq!(result.status.code(), Some(0));
    assert!(!result.stdout.is_empty());
}

#[test]
fn a_large_input_can_be_shrunk_in_place() {
    let scratch = Scratch::new();
    let large = scratch.file("large.wasm", &component(6 << 20));
    let arguments = [PathBuf::from("shrink"), "--in-place".into(), large.clone()];
    assert_said(&output(&mut wct(arguments)), 0, &["wrote"]);
    assert!(std::fs::metadata(&large).expect("it is there").len() < 1_000);
    assert_eq!(listed(scratch.0.path()), ["large.wasm"]);
}
