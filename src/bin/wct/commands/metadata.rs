//! `wct metadata`: what shall it say about itself?

use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use wct::diagnostic::Result;
use wct::files;
use wct::metadata::{self, Change};
use wct::progress::Progress;

use super::Run;
use crate::args::Rewrite;
use crate::render;
use crate::terminal::Stream;

const HELP: &str = "\
Keys:
  name, version, description, authors, licenses, source, homepage, revision
  An empty value removes what is there. `wct inspect --metadata` shows it.

Example:
  wct metadata app.wasm --set name=shop version=1.4.0 licenses=MIT -o shop.wasm";

/// Change what a module or component says about itself
#[derive(clap::Args)]
#[command(
    after_help = HELP,
    override_usage = "wct metadata <FILE> --set <KEY=VALUE>... [OPTIONS]"
)]
pub struct Args {
    /// Module or component, binary or text; `-` is standard input
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// Set these keys; repeatable
    #[arg(long, value_name = "KEY=VALUE", num_args = 1.., required = true)]
    set: Vec<String>,
    #[command(flatten)]
    output: Rewrite,
}

/// What changed, and where the output went.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    output: String,
    #[serde(flatten)]
    report: metadata::Report,
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stderr;

    fn run(&self, _: &dyn Progress) -> Result<Report> {
        let changes = self.set.iter().map(|text| Change::parse(text));
        let changes: Vec<Change> = changes.collect::<Result<_>>()?;
        let bytes = files::read(&self.path)?;
        let name = self.path.display().to_string();
        let (output, report) = metadata::write(&name, &bytes, &changes)?;
        let path = self.output.write(&self.path, "described", &output)?;
        Ok(Report {
            output: path.display().to_string(),
            report,
        })
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let (path, size) = (&report.output, render::bytes(report.report.bytes_after));
        writeln!(out, "wrote {} ({size})", render::plain(path))?;
        for changed in &report.report.changes {
            let label = changed.key.name();
            let text = match (&changed.old, &changed.new) {
                (None, None) => "not there, as before".to_string(),
                (Some(old), Some(new)) if old == new => format!("{new}, as before"),
                (None, Some(new)) => new.clone(),
                (Some(old), None) => format!("removed, was {old}"),
                (Some(old), Some(new)) => format!("{new}, was {old}"),
            };
            let text = render::wrap(&render::plain(&text), 100 - INDENT, INDENT);
            writeln!(out, "  {label:<14}{text}")?;
        }
        Ok(())
    }

    fn takes_stdout(&self) -> bool {
        self.output.is_stdout(&self.path)
    }
}

/// Columns before a value.
const INDENT: usize = 16;
