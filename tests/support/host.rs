//! The host that runs components, with arguments and results as text.

#[path = "../../src/run/host.rs"]
mod program;

use std::path::Path;
use std::time::Duration;

use wasmtime::component::{Type, Val};
use wasmtime::{Result, bail};

pub use program::{Instance, Outcome, Program, block_on};

/// For slow machines, and code that is not optimised.
pub const LIMIT: Duration = Duration::from_secs(300);

/// Calls an export of a component with arguments in WAVE text; returns the result in the same.
pub fn call(wasm: &[u8], path: &str, args: &[&str]) -> Result<String> {
    Program::new(wasm, LIMIT)?.call(path, |types| waved(path, types, args))?
}

/// Arguments for these types.
pub fn waved(path: &str, types: &[Type], args: &[&str]) -> Result<Vec<Val>> {
    if types.len() != args.len() {
        bail!("{path} takes {} arguments, not {}", types.len(), args.len());
    }
    let args = types.iter().zip(args);
    args.map(|(ty, arg)| Val::from_wave(ty, arg)).collect()
}

/// Runs a command component.
pub fn run(wasm: &[u8], args: &[&str]) -> Outcome {
    run_in(wasm, args, None)
}

/// Runs a command component with a folder as its root directory.
pub fn run_in(wasm: &[u8], args: &[&str], root: Option<&Path>) -> Outcome {
    let ran = Program::new(wasm, LIMIT).and_then(|program| program.run(args, root));
    ran.unwrap_or_else(|error| Outcome {
        stdout: String::new(),
        stderr: String::new(),
        exit: Err(format!("{error:?}")),
    })
}
