//! Real guest programs in Rust, compiled once per test run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn target() -> PathBuf {
    root().join("target/guests")
}

/// The Rust guests as core modules, for `wasm32-wasip1` or `wasm32-unknown-unknown`; for
/// `wasm32-wasip2` as components.
pub fn rust(name: &str, triple: &'static str) -> Vec<u8> {
    static WASIP1: OnceLock<()> = OnceLock::new();
    static WASIP2: OnceLock<()> = OnceLock::new();
    static UNKNOWN: OnceLock<()> = OnceLock::new();
    let (built, packages): (_, &[&str]) = match triple {
        "wasm32-wasip1" => (&WASIP1, &["-p", "documents", "-p", "greet"]),
        "wasm32-wasip2" => (&WASIP2, &["-p", "documents"]),
        "wasm32-unknown-unknown" => (&UNKNOWN, &["--workspace", "--exclude", "greet"]),
        other => panic!("no guest is built for {other}"),
    };
    built.get_or_init(|| {
        let status = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--release",
                "--locked",
                "--target",
                triple,
            ])
            .args(packages)
            .current_dir(root().join("tests/guests"))
            .env("CARGO_TARGET_DIR", target())
            .env_remove("RUSTFLAGS")
            .status()
            .expect("cargo runs");
        assert!(status.success(), "the guests do not build for {triple}");
    });
    let file = target()
        .join(triple)
        .join("release")
        .join(format!("{name}.wasm"));
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
