//! A command: reads its arguments and a file, writes to both streams, ends with a code.

use std::process::ExitCode;

fn main() -> ExitCode {
    let name = std::env::args().nth(1);
    let Some(name) = name else {
        eprintln!("usage: greet NAME|@FILE");
        return ExitCode::from(3);
    };
    let name = match name.strip_prefix('@') {
        None => name,
        Some(path) => match std::fs::read_to_string(path) {
            Ok(text) => text.trim().to_string(),
            Err(error) => {
                eprintln!("{path}: {}", error.kind());
                return ExitCode::from(4);
            }
        },
    };
    println!("Hello, {name}!");
    ExitCode::SUCCESS
}
