//! Parse, run, show, and say by the exit code how it went.

mod args;
mod commands;
mod render;
mod terminal;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run(std::env::args_os())
}
