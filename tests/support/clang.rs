//! Real guest programs in C, where there is a clang for them.

// Each test needs some of it.
#![allow(dead_code)]

use std::path::Path;
use std::process::Command;

/// A C guest as a command for preview 1, compiled with these definitions of the preprocessor;
/// `None`, loudly, where there is no clang with a WASI libc.
pub fn command(name: &str, definitions: &[&str]) -> Option<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let out = folder.path().join("guest.wasm");
    let built = Command::new("clang")
        .args(["--target=wasm32-wasi", "-O2"])
        .args(definitions.iter().map(|name| format!("-D{name}")))
        .arg("-o")
        .arg(&out)
        .arg(root.join(format!("tests/guests/c/{name}.c")))
        .output();
    match built {
        Ok(output) if output.status.success() => Some(std::fs::read(&out).expect("clang wrote it")),
        Ok(output) => missing(
            "clang with a WASI libc",
            &String::from_utf8_lossy(&output.stderr),
        ),
        Err(error) => missing("clang", &error.to_string()),
    }
}

/// A C guest without a libc, as a library with DWARF; `None`, loudly, where there is no clang for
/// WebAssembly.
pub fn library(name: &str) -> Option<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let out = folder.path().join("guest.wasm");
    let built = Command::new("clang")
        .current_dir(root.join("tests/guests/c"))
        .args(["--target=wasm32", "-g", "-O0", "-nostdlib"])
        .args(["-Wl,--no-entry,--export-all", "-o"])
        .arg(&out)
        .arg(format!("{name}.c"))
        .output();
    match built {
        Ok(output) if output.status.success() => Some(std::fs::read(&out).expect("clang wrote it")),
        Ok(output) => missing("clang for wasm32", &String::from_utf8_lossy(&output.stderr)),
        Err(error) => missing("clang", &error.to_string()),
    }
}

/// A missing tool is a loud skip; with `REQUIRE_TOOLS=1` a failure.
fn missing<T>(tool: &str, reason: &str) -> Option<T> {
    assert!(
        std::env::var_os("REQUIRE_TOOLS").is_none_or(|value| value.is_empty() || value == "0"),
        "{tool} is required: {reason}"
    );
    eprintln!("SKIPPED: {tool} is missing: {reason}");
    None
}
