//! `wct validate`: is it valid?

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;

use wct::diagnostic::{Diagnostic, Result};
use wct::features::Features;
use wct::progress::Progress;
use wct::validate::{self, Options, Report, What};

use super::Run;
use crate::args::WitFeatures;
use crate::render;
use crate::terminal::Stream;

/// Check that modules, components and WIT packages are valid
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  wct validate app.wasm
  wct validate --features wasm2,-simd build/*.wasm
  wct validate --json wit/ app.wasm")]
pub struct Args {
    /// Modules, components, WIT files and directories; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    paths: Vec<PathBuf>,
    /// Add (`x`), remove (`-x`) or choose (`wasm2`, `all`) features; `help` lists them
    #[arg(long, short, value_name = "LIST", allow_hyphen_values = true, value_parser = FeatureList)]
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
        files.flat_map(|file| file.findings.iter().take(SHOWN)).collect()
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        for file in &report.files {
            let hidden = file.findings.len().saturating_sub(SHOWN) + file.findings_left_out;
            if hidden > 0 {
                writeln!(out, "{}: {hidden} more; see them with `--json`", file.file)?;
            }
        }
        if let [file] = report.files.as_slice() {
            if file.valid {
                writeln!(out, "{}: valid {}", file.file, noun(file.kind))?;
            }
            return Ok(());
        }
        let valid = report.files.iter().filter(|file| file.valid).count();
        let invalid = report.files.len() - valid;
        writeln!(out, "{} files: {valid} valid, {invalid} invalid", report.files.len())
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

/// Takes a list of features as it is; for `help`, answers with all there are.
#[derive(Clone)]
struct FeatureList;

impl TypedValueParser for FeatureList {
    type Value = String;

    fn parse_ref(
        &self,
        _command: &clap::Command,
        _argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> std::result::Result<String, clap::Error> {
        if value == "help" {
            return Err(clap::Error::raw(ErrorKind::DisplayHelp, all_features()));
        }
        Ok(value.to_string_lossy().into_owned())
    }
}

fn all_features() -> String {
    let rows = Features::list().into_iter().map(|feature| {
        vec![feature.name, (if feature.default { "on" } else { "off" }).to_string()]
    });
    let mut out = String::from("Features and whether they are on by default:\n\n");
    out.push_str(&render::table(&rows.collect::<Vec<_>>(), &[]));
    let groups: Vec<_> = Features::groups().collect();
    let _ = writeln!(out, "\nSets that replace what was chosen before: {}", groups.join(", "));
    out.push_str("`all` adds every feature, `-all` removes every one\n");
    out
}
