//! Calls an export of a component in Wasmtime and prints its result:
//! `call FILE 'ns:pkg/interface@1.0.0#function' ARGUMENT…`, arguments in WAVE text; without a
//! function the component is run as a command.

#[path = "../tests/support/host.rs"]
#[allow(dead_code, unused_imports)]
mod host;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((file, rest)) = arguments.split_first() else {
        eprintln!("usage: call FILE [FUNCTION ARGUMENT…]");
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
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match host::call(&wasm, function, &rest) {
        Ok(result) => {
            println!("{result}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}
