//! `wct man`: what do the manual pages say?

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use serde::Serialize;

use wct::diagnostic::{Diagnostic, Result};
use wct::files;
use wct::progress::Progress;

use super::Run;
use crate::args::Offering;
use crate::render;
use crate::terminal::Stream;

const EXAMPLES: &str = "\
Examples:
  wct man compose | man -l -
  wct man -o ~/.local/share/man/man1";

/// Of every command; `wct build` has one more.
const EXIT_CODES: [(&str, &str); 4] = [
    ("0", "done, or the answer is yes"),
    ("1", "the input is at fault, or the answer is no"),
    ("2", "the invocation is at fault"),
    ("101", "wct is at fault"),
];
const INTERRUPTED: (&str, &str) = ("130", "it was interrupted");

/// Print the manual page of wct or of a command
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Command that the page is about; wct itself without it
    #[arg(
        value_name = "COMMAND",
        conflicts_with = "output",
        value_parser = Offering(commands),
        hide_possible_values = true
    )]
    command: Option<String>,
    /// Write all pages to this folder, made if it is not there
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// One page, or the files that all were written to.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Report {
    Page { page: String, text: String },
    Written { written: Vec<File> },
}

/// A file that was written, and its bytes.
#[derive(Serialize)]
pub struct File {
    file: String,
    size: usize,
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stdout;

    fn run(&self, _progress: &dyn Progress) -> Result<Report> {
        let root = definition();
        if let Some(folder) = &self.output {
            return write_all(&root, folder);
        }
        let about = match &self.command {
            None => &root,
            Some(name) => named(&root, name)?,
        };
        let (page, text) = page(about);
        Ok(Report::Page { page, text })
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        match report {
            Report::Page { text, .. } => out.write_all(text.as_bytes()),
            Report::Written { written } => {
                for File { file, size } in written {
                    writeln!(out, "wrote {file} ({})", render::bytes(*size as u64))?;
                }
                Ok(())
            }
        }
    }

    fn text(&self, report: &Report) -> Stream {
        match report {
            Report::Page { .. } => Stream::Stdout,
            Report::Written { .. } => Stream::Stderr,
        }
    }
}

fn commands() -> Vec<String> {
    let definition = super::definition();
    let names = definition.get_subcommands().map(Command::get_name);
    names.map(String::from).collect()
}

/// All commands with their full names, `help` left out.
fn definition() -> Command {
    let mut root = super::definition().disable_help_subcommand(true);
    root.build();
    root
}

fn named<'a>(root: &'a Command, name: &str) -> Result<&'a Command> {
    root.find_subcommand(name).ok_or_else(|| {
        let names = root.get_subcommands().map(|one| format!("`{one}`"));
        let names: Vec<String> = names.collect();
        Diagnostic::invocation(
            "cli/unknown-command",
            format!("there is no command `{name}`"),
        )
        .help(format!("name one of {}", names.join(", ")))
    })
}

fn write_all(root: &Command, folder: &Path) -> Result<Report> {
    files::make_folder(folder)?;
    let mut written = Vec::new();
    for about in std::iter::once(root).chain(root.get_subcommands()) {
        let (name, text) = page(about);
        let path = folder.join(name);
        files::write(&path, text.as_bytes())?;
        written.push(File {
            file: path.display().to_string(),
            size: text.len(),
        });
    }
    Ok(Report::Written { written })
}

/// The file name of a page and its text.
fn page(about: &Command) -> (String, String) {
    let help = about.get_after_help().map(ToString::to_string);
    let source = concat!("wct ", env!("CARGO_PKG_VERSION"));
    // The options have a section of their own, with their values.
    let usage = about.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().to_string();
    let shown = about.clone().after_help(None).override_usage(usage);
    let man = Man::new(shown).source(source);
    let name = man.get_filename();
    let mut text = Vec::new();
    man.render(&mut text).expect("memory takes what is written");
    let mut text = String::from_utf8_lossy(&text).into_owned();
    let mut codes = EXIT_CODES.to_vec();
    codes.extend((about.get_name() == "build").then_some(INTERRUPTED));
    let rest = rest(&help.unwrap_or_default(), &codes).render();
    // How an apostrophe is written was defined at the top.
    let is_definition = |line: &&str| line.starts_with(".ie ") || line.starts_with(".el ");
    for line in rest.lines().skip_while(is_definition) {
        text.push_str(line);
        text.push('\n');
    }
    (name, text)
}

/// What stands behind the options: each heading of the help with its lines as they are, and what
/// the exit codes mean.
fn rest(help: &str, codes: &[(&str, &str)]) -> Roff {
    let mut roff = Roff::new();
    let mut is_open = false;
    for line in help.lines() {
        match line.strip_suffix(':') {
            Some(heading) if !line.starts_with(' ') => {
                if is_open {
                    roff.control("fi", []);
                }
                roff.control("SH", [heading.to_uppercase().as_str()]);
                roff.control("nf", []);
                is_open = true;
            }
            _ => {
                debug_assert!(is_open, "it would run into the options: {line}");
                roff.text([roman(line)]);
            }
        }
    }
    if is_open {
        roff.control("fi", []);
    }
    roff.control("SH", ["EXIT STATUS"]);
    for &(code, meaning) in codes {
        roff.control("TP", []);
        roff.text([bold(code)]);
        roff.text([roman(meaning)]);
    }
    roff
}
