//! Real guest programs, compiled once per test run with the toolchains that are there.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn target() -> PathBuf {
    root().join("target/guests")
}

/// The Rust guests as core modules, for `wasm32-wasip1` or `wasm32-unknown-unknown`.
pub fn rust(name: &str, triple: &'static str) -> Vec<u8> {
    static WASIP1: OnceLock<()> = OnceLock::new();
    static UNKNOWN: OnceLock<()> = OnceLock::new();
    let (built, packages): (_, &[&str]) = match triple {
        "wasm32-wasip1" => (&WASIP1, &["-p", "documents", "-p", "greet"]),
        "wasm32-unknown-unknown" => (&UNKNOWN, &["-p", "documents"]),
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

/// A C guest as a command for preview 1; `None`, loudly, where there is no clang with a WASI libc.
pub fn c(name: &str) -> Option<Vec<u8>> {
    let out = target().join(format!("{name}.c.{}.wasm", std::process::id()));
    std::fs::create_dir_all(target()).expect("the target folder is writable");
    let built = Command::new("clang")
        .args(["--target=wasm32-wasi", "-O2", "-o"])
        .arg(&out)
        .arg(root().join(format!("tests/guests/c/{name}.c")))
        .output();
    match built {
        Ok(output) if output.status.success() => {
            let bytes = std::fs::read(&out).expect("clang wrote it");
            let _ = std::fs::remove_file(&out);
            Some(bytes)
        }
        Ok(output) => missing(
            "clang with a WASI libc",
            &String::from_utf8_lossy(&output.stderr),
        ),
        Err(error) => missing("clang", &error.to_string()),
    }
}

/// A missing tool is a loud skip; with `REQUIRE_TOOLS=1` a failure.
pub fn missing<T>(tool: &str, reason: &str) -> Option<T> {
    assert!(
        std::env::var_os("REQUIRE_TOOLS").is_none_or(|value| value.is_empty() || value == "0"),
        "{tool} is required: {reason}"
    );
    eprintln!("SKIPPED: {tool} is missing: {reason}");
    None
}
