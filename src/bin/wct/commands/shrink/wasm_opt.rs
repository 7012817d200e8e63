//! How is an external wasm-opt run?

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wct::diagnostic::{Diagnostic, Result};
use wct::shrink::External;

/// A wasm-opt that runs.
#[derive(Clone, Debug)]
pub struct WasmOpt {
    path: PathBuf,
}

impl WasmOpt {
    /// One that is known to run.
    pub fn at(path: &Path) -> WasmOpt {
        WasmOpt {
            path: path.to_path_buf(),
        }
    }

    /// Fails where nothing of this name, or at this path, runs as wasm-opt does.
    pub fn find(path: &Path) -> Result<WasmOpt> {
        let mut command = Command::new(path);
        let output = command.arg("--version").stdin(Stdio::null()).output();
        match output {
            Ok(output) if output.status.success() => Ok(WasmOpt::at(path)),
            Ok(_) => Err(missing(path, "it does not tell its version")),
            Err(error) => Err(missing(path, &error.to_string())),
        }
    }

    fn run(
        &self,
        module: &[u8],
        features: &[&str],
    ) -> std::io::Result<std::result::Result<Vec<u8>, String>> {
        let folder = tempfile::tempdir()?;
        let (from, to) = (
            folder.path().join("in.wasm"),
            folder.path().join("out.wasm"),
        );
        std::fs::write(&from, module)?;
        let mut command = Command::new(&self.path);
        command.args(["-Oz", "--mvp-features"]);
        command.args(features.iter().map(|name| format!("--enable-{name}")));
        command.arg(&from).arg("-o").arg(&to);
        let output = command.stdin(Stdio::null()).output()?;
        if output.status.success() {
            return std::fs::read(&to).map(Ok);
        }
        let text = String::from_utf8_lossy(&output.stderr);
        let line = text.lines().find(|line| !line.trim().is_empty());
        Ok(Err(line
            .unwrap_or("it does not say why")
            .trim()
            .to_string()))
    }
}

impl External for WasmOpt {
    fn optimize(&self, module: &[u8], features: &[&str]) -> std::result::Result<Vec<u8>, String> {
        match self.run(module, features) {
            Ok(outcome) => outcome,
            Err(error) => Err(error.to_string()),
        }
    }
}

fn missing(path: &Path, why: &str) -> Box<Diagnostic> {
    let message = format!("`{}` does not run as wasm-opt", path.display());
    Diagnostic::invocation("shrink/no-wasm-opt", message)
        .cause(why)
        .help("install Binaryen, or pass where its wasm-opt is as `--wasm-opt=PATH`")
}
