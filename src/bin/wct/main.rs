//! Parse, run, show, and say by the exit code how it went.

// Everything that is said goes through `terminal.rs`; bad input never panics.
#![warn(
    clippy::exit,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used
)]

mod args;
mod commands;
mod cut_short;
mod render;
mod tasks;
mod terminal;

use std::process::ExitCode;

fn main() -> ExitCode {
    cut_short::explain();
    commands::run(std::env::args_os())
}
