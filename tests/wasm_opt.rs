//! Is an external wasm-opt asked as it should be, and believed only as far as it can be?
//!
//! Scripts stand in for it; the real one runs where it is on the path, or at `WASM_OPT`.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MODULE: &str = r#"(module
  (memory (export "m") 1)
  (func (export "f") (param i32) (result i32)
    (i32.extend8_s (i32.mul (i32.load (local.get 0)) (i32.load offset=4 (local.get 0))))))"#;

fn binary(text: &str) -> Vec<u8> {
    let buffer = wast::parser::ParseBuffer::new(text).expect("the text can be read");
    let mut module: wast::Wat = wast::parser::parse(&buffer).expect("the text is a module");
    module.encode().expect("the module has an encoding")
}

/// A folder with an input, and a script that notes its arguments and gives `answer`.
fn stage(answer: &[u8], script: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("temporary folders");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("in.wasm"), binary(MODULE)).expect("temporary files");
    std::fs::write(path("answer.wasm"), answer).expect("temporary files");
    let script = format!(
        "#!/bin/sh\nhere='{}'\nif [ \"$1\" = --version ]; then echo 'wasm-opt version 0'; exit; fi\n\
         echo \"$@\" >> \"$here/arguments\"\nfor last; do :; done\n{script}\n",
        folder.path().display()
    );
    std::fs::write(path("fake"), script).expect("temporary files");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path("fake"), mode).expect("own files");
    let fake = path("fake");
    (folder, fake)
}

const GIVES: &str = "cp \"$here/answer.wasm\" \"$last\"";

fn shrink(folder: &Path, options: &[&str]) -> (Output, Vec<u8>) {
    let (from, to) = (folder.join("in.wasm"), folder.join("out.wasm"));
    let output = Command::new(env!("CARGO_BIN_EXE_wct"))
        .arg("shrink")
        .arg(from)
        .arg("-o")
        .arg(&to)
        .args(options)
        .output()
        .expect("wct runs");
    (output, std::fs::read(to).unwrap_or_default())
}

fn with(answer: &[u8], script: &str) -> (String, Vec<u8>, Vec<u8>, String) {
    let (folder, fake) = stage(answer, script);
    let (_, alone) = shrink(folder.path(), &[]);
    let option = format!("--wasm-opt={}", fake.display());
    let (output, helped) = shrink(folder.path(), &[&option, "--explain"]);
    assert!(output.status.success(), "{output:?}");
    let arguments = std::fs::read_to_string(folder.path().join("arguments"));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (text, alone, helped, arguments.unwrap_or_default())
}

#[test]
fn what_is_smaller_and_fits_is_taken() {
    let answer = binary(
        r#"(module (memory (export "m") 1) (func (export "f") (param i32) (result i32) local.get 0))"#,
    );
    let (text, alone, helped, arguments) = with(&answer, GIVES);
    assert!(text.contains("wasm-opt"), "{text}");
    assert!(helped.len() < alone.len());
    // The features that the module uses, and no others.
    assert!(
        arguments.contains("-Oz --mvp-features --enable-sign-ext /"),
        "{arguments}"
    );
}

#[test]
fn what_is_broken_or_exports_otherwise_is_not_taken() {
    let other = r#"(module (func (export "g") (param i32) (result i32) local.get 0))"#;
    let imports = r#"(module (import "a" "m" (memory 1)) (export "m" (memory 0)) (func (export "f") (param i32) (result i32) local.get 0))"#;
    let unknown = r#"(module (memory (export "m") 1) (func (export "f") (param i32) (result i32) (drop (ref.null func)) local.get 0))"#;
    let broken = b"\0asm\x01\0\0\0\x01".to_vec();
    for answer in [binary(other), binary(imports), binary(unknown), broken] {
        let (_, alone, helped, _) = with(&answer, GIVES);
        assert_eq!(alone, helped);
    }
}

#[test]
fn what_is_refused_stays_and_is_told() {
    let (text, alone, helped, _) = with(b"", "echo 'Fatal: no' >&2; exit 1");
    assert_eq!(alone, helped);
    assert!(
        text.contains("a module that wasm-opt refused: Fatal: no"),
        "{text}"
    );
}

#[test]
fn what_is_asked_for_and_missing_is_an_error() {
    let (folder, _) = stage(b"", "");
    let (output, out) = shrink(folder.path(), &["--wasm-opt=/nowhere/wasm-opt"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("install Binaryen"), "{text}");
    assert!(out.is_empty());
}

#[test]
fn the_real_one_makes_nothing_larger() {
    let path = std::env::var("WASM_OPT").unwrap_or_else(|_| "wasm-opt".to_string());
    if Command::new(&path).arg("--version").output().is_err() {
        eprintln!("skipped: there is no wasm-opt; set WASM_OPT to its path");
        return;
    }
    let (folder, _) = stage(b"", "");
    let (_, alone) = shrink(folder.path(), &[]);
    let option = format!("--wasm-opt={path}");
    let (output, helped) = shrink(folder.path(), &[&option, "--explain"]);
    assert!(output.status.success(), "{output:?}");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("refused"));
    assert!(helped.len() <= alone.len());
}
