//! Calls an export of a component in Wasmtime and prints its result:
//! `call FILE 'ns:pkg/interface@1.0.0#function' ARGUMENT… [-- ARGUMENT…]`, arguments in WAVE text,
//! those of the next call after `--`; without a function the component is run as a command.

#[path = "../tests/support/host.rs"]
#[allow(dead_code, unused_imports)]
mod host;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((file, rest)) = arguments.split_first() else {
        eprintln!("usage: call FILE [FUNCTION ARGUMENT… [-- ARGUMENT…]]");
        return ExitCode::from(2);
    };
    let wasm = match std::fs::read(file) {
        Ok(wasm) => wasm,
        Err(error) => {
            eprintln!("cannot read {file}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let Some((function, rest)) = rest.split_first() else {
        let outcome = host::run(&wasm, &[file]);
        print!("{}", outcome.stdout);
        eprint!("{}", outcome.stderr);
        return match outcome.exit {
            Ok(code) => ExitCode::from(code as u8),
            Err(trap) => {
                eprintln!("{trap}");
                ExitCode::FAILURE
            }
        };
    };
    match calls(&wasm, function, rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

/// Calls a function once for each list of arguments, each time in a new instance.
fn calls(wasm: &[u8], function: &str, lists: &[String]) -> wasmtime::Result<()> {
    let program = host::Program::new(wasm, host::LIMIT)?;
    for arguments in lists.split(|argument| argument == "--") {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let result = program.call(function, |types| host::waved(function, types, &arguments))?;
        println!("{}", result?);
    }
    Ok(())
}
