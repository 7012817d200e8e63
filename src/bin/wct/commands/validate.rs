//! `wct validate`: is it valid?

use std::io::{self, Write};
use std::path::PathBuf;

use wct::diagnostic::{Diagnostic, Result};
use wct::features::{Feature, Features};
use wct::progress::Progress;
use wct::validate::{self, Options, Report, What};

use super::Run;
use crate::args::WitFeatures;
use crate::terminal::Stream;

const EXAMPLES: &str = "\
Examples:
  wct validate app.wasm
  wct validate --features wasm2,-simd build/*.wasm
  wct validate --json wit/ app.wasm";

/// Check that modules, components and WIT packages are valid
#[derive(clap::Args)]
#[command(after_help = more_help())]
pub struct Args {
    /// Modules, components, WIT files and directories; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<PathBuf>,
    /// Add (`x`), remove (`-x`) or choose (`wasm2`, `all`) features
    #[arg(long, short, value_name = "LIST", allow_hyphen_values = true)]
    features: Vec<String>,
    #[command(flatten)]
    wit_features: WitFeatures,
    /// Report malformed custom sections, too: names and branch hints
    #[arg(long)]
    custom_sections: bool,
}

/// How many findings of one file are shown as text.
const SHOWN: usize = 20;

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stderr;

    fn run(&self, progress: &dyn Progress) -> Result<Report> {
        let options = Options {
            features: Features::parse(&self.features)?,
            wit_features: self.wit_features.get(),
            custom_sections: self.custom_sections,
        };
        Ok(validate::files(&self.paths, &options, progress))
    }

    fn findings<'a>(&self, report: &'a Report) -> Vec<&'a Diagnostic> {
        let files = report.files.iter();
        files
            .flat_map(|file| file.findings.iter().take(SHOWN))
            .collect()
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        for file in &report.files {
            let hidden = file.findings.len().saturating_sub(SHOWN) + file.findings_left_out;
            if hidden > 0 {
                writeln!(
                    out,
                    "\n{}: {hidden} more; see them with `--json`",
                    file.file
                )?;
            }
        }
        if let [file] = report.files.as_slice() {
            if file.valid {
                writeln!(out, "{}: valid {}", file.file, noun(file.kind))?;
            }
            return Ok(());
        }
        if !report.valid {
            writeln!(out)?;
        }
        let valid = report.files.iter().filter(|file| file.valid).count();
        match (report.files.len(), report.files.len() - valid) {
            (files, 0) => writeln!(out, "{files} files, all valid"),
            (files, invalid) => writeln!(out, "{files} files: {valid} valid, {invalid} invalid"),
        }
    }

    fn is_yes(&self, report: &Report) -> bool {
        report.valid
    }
}

fn noun(kind: Option<What>) -> &'static str {
    match kind {
        Some(What::Module) => "core module",
        Some(What::Component) => "component",
        Some(What::WitPackage) => "WIT package",
        None => "input",
    }
}

/// The features by name, then what to type.
fn more_help() -> String {
    let (on, off): (Vec<_>, Vec<_>) = Features::list().into_iter().partition(|f| f.default);
    let names = |features: Vec<Feature>| {
        let names: Vec<_> = features.into_iter().map(|feature| feature.name).collect();
        names.join(" ")
    };
    let groups: Vec<_> = Features::groups().collect();
    format!(
        "Features on by default:\n  {}\nOff:\n  {}\nSets that replace what was chosen before:\n  \
         {}\n\n{EXAMPLES}",
        names(on),
        names(off),
        groups.join(" ")
    )
}
