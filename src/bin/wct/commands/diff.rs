//! `wct diff`: what changed, and whom does it break?

mod markdown;
mod text;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use wct::diagnostic::{Diagnostic, Result};
use wct::diff::{self, Input, Limit, Options, Report};
use wct::progress::Progress;

use super::Run;
use crate::args::{WitFeatures, is_dash};
use crate::terminal::Stream;

const EXAMPLES: &str = "\
Examples:
  wct diff v1/wit v2/wit
  wct diff released.wasm app.wasm --top 30
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
    type Report = Report;
    const TEXT: Stream = Stream::Stdout;

    fn run(&self, _: &dyn Progress) -> Result<Report> {
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
        diff::diff(&load(&self.old)?, &load(&self.new)?, &options)
    }

    fn findings<'a>(&self, report: &'a Report) -> Vec<&'a Diagnostic> {
        report.findings.iter().collect()
    }

    fn wants_json(&self) -> bool {
        self.format == Form::Json
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Form::Markdown => markdown::write(report, self.top, out),
            Form::Text | Form::Json => text::write(report, self.top, out),
        }
    }

    fn is_yes(&self, report: &Report) -> bool {
        report.findings.is_empty()
    }
}
