//! `wct diff`: what changed, and whom does it break?

mod markdown;
mod text;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use wct::diagnostic::{Diagnostic, Result};
use wct::diff::{self, Input, Limit, Options, Report};
use wct::progress::Progress;

use super::Run;
use super::inspect::WrittenFile;
use crate::args::{self, WitFeatures, is_dash};
use crate::render;
use crate::terminal::Stream;

const EXAMPLES: &str = "\
Examples:
  wct diff v1/wit v2/wit
  wct diff released.wasm app.wasm --html changes.html
  wct diff released.wasm app.wasm --fail-on breaking --fail-on size=+10% --format markdown";

/// Show what changed between two modules, components or WIT packages
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// What is released: a module, a component or WIT; `-` is standard input
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// What is to replace it
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Compare this world of WIT, not the whole package
    #[arg(long, value_name = "WORLD")]
    world: Option<String>,
    #[command(flatten)]
    features: WitFeatures,
    /// Fail on `breaking`, `capability` or `size=+10%`; repeatable
    #[arg(long, value_name = "WHAT")]
    fail_on: Vec<String>,
    /// Show so many owners of bytes; 10 without it
    #[arg(long, value_name = "N", default_value_t = TOP, hide_default_value = true)]
    top: usize,
    /// Write the changes as text, json or markdown
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true,
        hide_default_value = true
    )]
    format: Form,
    /// Write one page with all of it, for a browser
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    html: Option<PathBuf>,
}

/// What changed, and where the page about it is.
#[derive(Serialize)]
pub struct Shown {
    #[serde(flatten)]
    report: Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<WrittenFile>,
}

/// Owners where nobody says how many.
const TOP: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    Text,
    Json,
    Markdown,
}

impl Run for Args {
    type Report = Shown;
    const TEXT: Stream = Stream::Stdout;

    fn run(&self, _: &dyn Progress) -> Result<Shown> {
        if is_dash(&self.old) && is_dash(&self.new) {
            return Err(Diagnostic::invocation(
                "cli/stdin-twice",
                "both sides want standard input",
            )
            .help("name a file for one of them"));
        }
        let limits = self.fail_on.iter().map(|text| Limit::parse(text));
        let options = Options {
            world: self.world.clone(),
            fail_on: limits.collect::<Result<_>>()?,
        };
        let load = |path: &Path| Input::load(path, &self.features.get());
        let report = diff::diff(&load(&self.old)?, &load(&self.new)?, &options)?;
        let written = match &self.html {
            Some(path) => Some(write_page(&report, path)?),
            None => None,
        };
        Ok(Shown { report, written })
    }

    fn findings<'a>(&self, shown: &'a Shown) -> Vec<&'a Diagnostic> {
        shown.report.findings.iter().collect()
    }

    fn wants_json(&self) -> bool {
        self.format == Form::Json
    }

    fn text(&self, shown: &Shown) -> Stream {
        match shown.written {
            Some(_) => Stream::Stderr,
            None => Stream::Stdout,
        }
    }

    fn write_text(&self, shown: &Shown, out: &mut dyn Write) -> io::Result<()> {
        if let Some(written) = &shown.written {
            return match self.takes_stdout() {
                true => Ok(()),
                false => written.write(out),
            };
        }
        let report = &shown.report;
        match self.format {
            Form::Markdown => markdown::write(report, self.top, out),
            Form::Text | Form::Json => text::write(report, self.top, out),
        }
    }

    fn is_yes(&self, shown: &Shown) -> bool {
        shown.report.findings.is_empty()
    }

    fn takes_stdout(&self) -> bool {
        self.html.as_deref().is_some_and(is_dash)
    }
}

fn write_page(report: &Report, path: &Path) -> Result<WrittenFile> {
    let page = wct::html::changes(report, &render::bytes);
    args::write(path, page.as_bytes(), false)?;
    Ok(WrittenFile::new(path, page.len()))
}
