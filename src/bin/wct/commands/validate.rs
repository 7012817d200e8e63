//! `wct validate`: is it valid?

mod checks;
mod levels;

use std::io::{self, Write};
use std::path::PathBuf;

use wct::diagnostic::{Diagnostic, Result, Severity};
use wct::features::{Feature, Features};
use wct::progress::Progress;
use wct::validate::{self, Format, Options, Report, What};

use super::Run;
use crate::args::WitFeatures;
use crate::render;
use crate::terminal::Stream;

const EXAMPLES: &str = "\
Examples:
  wct validate app.wasm
  wct validate --features wasm2,-simd build/*.wasm
  wct validate app.wasm --world wit#service
  wct validate new.wasm --against released.wasm";

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
    /// Write the findings as text, json, sarif, github or junit
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true,
        hide_default_value = true
    )]
    format: Form,
    #[command(flatten)]
    checks: checks::Checks,
}

/// What findings are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    Text,
    Json,
    Sarif,
    Github,
    Junit,
}

impl Form {
    /// The form for other programs, where it is one.
    fn foreign(self) -> Option<Format> {
        match self {
            Form::Text | Form::Json => None,
            Form::Sarif => Some(Format::Sarif),
            Form::Github => Some(Format::Github),
            Form::Junit => Some(Format::Junit),
        }
    }
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
            checks: self.checks.read(&self.wit_features.get())?,
            found: self.checks.found(&self.paths)?,
        };
        Ok(validate::files(&self.paths, &options, progress))
    }

    fn findings<'a>(&self, report: &'a Report) -> Vec<&'a Diagnostic> {
        if self.format.foreign().is_some() {
            return Vec::new();
        }
        let files = report.files.iter();
        files
            .flat_map(|file| file.findings.iter().take(SHOWN))
            .collect()
    }

    fn warnings<'a>(&self, report: &'a Report) -> &'a [Diagnostic] {
        &report.notes
    }

    fn wants_json(&self) -> bool {
        self.format == Form::Json
    }

    fn text(&self, _: &Report) -> Stream {
        match self.format.foreign() {
            Some(_) => Stream::Stdout,
            None => Self::TEXT,
        }
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if let Some(format) = self.format.foreign() {
            return out.write_all(report.written_as(format).as_bytes());
        }
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
                if !file.findings.is_empty() {
                    writeln!(out)?;
                }
                writeln!(out, "{}: valid {}", file.file, noun(file.kind))?;
            }
            return Ok(());
        }
        if report.files.iter().any(|file| !file.findings.is_empty()) {
            write!(out, "\n{}\n", summary(report))?;
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

/// The files about which there is something to say.
fn summary(report: &Report) -> String {
    let files = report.files.iter();
    let rows = files.filter(|file| !file.findings.is_empty()).map(|file| {
        let is_error = |finding: &&Diagnostic| finding.severity == Severity::Error;
        let errors = file.findings.iter().filter(is_error).count();
        let warnings = file.findings.len() - errors;
        let mut counts = Vec::new();
        if errors > 0 {
            let errors = errors + file.findings_left_out;
            counts.push(render::count(errors as u64, "error"));
        }
        if warnings > 0 {
            counts.push(render::count(warnings as u64, "warning"));
        }
        let verdict = if file.valid { "valid" } else { "invalid" };
        vec![
            file.file.clone(),
            noun(file.kind).to_string(),
            verdict.to_string(),
            counts.join(", "),
        ]
    });
    render::table(&rows.collect::<Vec<_>>(), &[])
}

fn noun(kind: Option<What>) -> &'static str {
    match kind {
        Some(What::Module) => "core module",
        Some(What::Component) => "component",
        Some(What::WitPackage) => "WIT package",
        None => "input",
    }
}

/// Of the lists of features, which manual pages show as they are.
const WIDTH: usize = 78;
const INDENT: usize = 2;

/// The features by name, then what to type.
fn more_help() -> String {
    let (on, off): (Vec<_>, Vec<_>) = Features::list().into_iter().partition(|f| f.default);
    let names = |features: Vec<Feature>| {
        let names: Vec<_> = features.into_iter().map(|feature| feature.name).collect();
        render::wrap(&names.join(" "), WIDTH - INDENT, INDENT)
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
