//! Which subcommands are there, and what is one?

mod build;
mod completions;
mod compose;
mod diff;
mod doctor;
mod init;
mod inspect;
mod man;
mod metadata;
mod new;
mod shrink;
mod validate;

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use serde::Serialize;

use wct::diagnostic::{Diagnostic, Result};
use wct::progress::Progress;

use crate::args::Global;
use crate::terminal::{Stream, Terminal};

/// A subcommand: its arguments, and its report as text.
pub trait Run {
    type Report: Serialize;

    /// An answer goes to standard output, a receipt to standard error.
    const TEXT: Stream;

    fn run(&self, progress: &dyn Progress) -> Result<Self::Report>;

    fn write_text(&self, report: &Self::Report, out: &mut dyn Write) -> io::Result<()>;

    /// What is wrong with the inputs, where the report is a verdict on them.
    fn findings<'a>(&self, _report: &'a Self::Report) -> Vec<&'a Diagnostic> {
        Vec::new()
    }

    /// Whether the report itself is asked for, as `--json` does.
    fn wants_json(&self) -> bool {
        false
    }

    /// Where the text of this report goes, where that depends on what was asked for.
    fn text(&self, _report: &Self::Report) -> Stream {
        Self::TEXT
    }

    /// What the user should know although it stopped nothing.
    fn warnings<'a>(&self, _report: &'a Self::Report) -> &'a [Diagnostic] {
        &[]
    }

    /// Exit code 0 or 1.
    fn is_yes(&self, _report: &Self::Report) -> bool {
        true
    }

    /// Whether an output of this run already takes standard output.
    fn takes_stdout(&self) -> bool {
        false
    }
}

const EXAMPLES: &str = "\
Examples:
  wct init hello
  wct inspect app.wasm
  wct COMMAND --help";

/// The WebAssembly component toolkit
#[derive(Parser)]
#[command(
    name = "wct",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = EXAMPLES
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Args),
    Build(build::Args),
    Doctor(doctor::Args),
    New(new::Args),
    Compose(compose::Args),
    Validate(validate::Args),
    Inspect(inspect::Args),
    Diff(diff::Args),
    Metadata(metadata::Args),
    Shrink(shrink::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// What can be typed, for those who write it down.
fn definition() -> clap::Command {
    Cli::command()
}

/// Parses the arguments, runs the subcommand, shows what came out.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return misuse(&error, &arguments),
    };
    let terminal = Terminal::new(&cli.global);
    match &cli.command {
        Command::Init(args) => terminal.show(args),
        Command::Build(args) => args.watched(&terminal),
        Command::Doctor(args) => terminal.show(args),
        Command::New(args) => terminal.show(args),
        Command::Compose(args) => terminal.show(args),
        Command::Validate(args) => terminal.show(args),
        Command::Inspect(args) => terminal.show(args),
        Command::Diff(args) => terminal.show(args),
        Command::Metadata(args) => terminal.show(args),
        Command::Shrink(args) => terminal.show(args),
        Command::Completions(args) => terminal.show(args),
        Command::Man(args) => terminal.show(args),
    }
}

/// Help and version are answers; everything else that clap says is a wrong invocation, which
/// scripts that asked for JSON get as JSON.
fn misuse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let is_answer = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let wants_json = arguments.iter().any(|argument| argument == "--json");
    if wants_json && !is_answer {
        return Terminal::json().fail(&told(error));
    }
    // A closed pipe is silence.
    let _ = error.print();
    ExitCode::from(if is_answer { 0 } else { 2 })
}

/// What clap says up to how the command is used: what is wrong, and the lines that say more of it.
fn told(error: &clap::Error) -> Box<Diagnostic> {
    let rendered = error.render().to_string();
    let is_about_it = |line: &&str| !line.starts_with("Usage:") && !line.starts_with("For more");
    let mut lines = rendered.lines().take_while(is_about_it).map(str::trim);
    let first = lines.next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first);
    let diagnostic = Diagnostic::invocation("cli/usage", message.trim_end_matches(':'));
    lines
        .filter(|line| !line.is_empty())
        .fold(diagnostic, |diagnostic, line| diagnostic.cause(line))
        .help("run the command with `--help`")
}
