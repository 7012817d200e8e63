//! `wct shrink`: how small can it be and still do the same?

mod wasm_opt;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use wct::diagnostic::{Diagnostic, Result};
use wct::progress::Progress;
use wct::shrink::{self, External, Options, Pass, Strip};

use super::Run;
use crate::args::{Input, Output};
use crate::render;
use crate::terminal::Stream;
use wasm_opt::WasmOpt;

const EXAMPLES: &str = "\
Examples:
  wct shrink app.wasm -o app.min.wasm
  wct shrink app.wasm --keep-names --explain
  wct shrink app.wasm --export example:demo/greet@1.0.0";

/// Make a component smaller that does the same
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
    /// Overwrite the input
    #[arg(long, conflicts_with = "output")]
    in_place: bool,
    /// Keep only this export and what it needs
    #[arg(long = "export", value_name = "NAME")]
    exports: Vec<String>,
    /// Keep the names of functions, for backtraces
    #[arg(long)]
    keep_names: bool,
    /// Keep custom sections of this name; `*` stands for anything
    #[arg(long, value_name = "PATTERN")]
    keep_custom: Vec<String>,
    /// Drop what describes the component: version, licences, dependencies
    #[arg(long)]
    drop_metadata: bool,
    /// Leave out a pass
    #[arg(long, value_name = "PASS", value_delimiter = ',')]
    skip: Vec<String>,
    /// Ask an external wasm-opt, on the path or at PATH, for more
    #[arg(
        long,
        value_name = "PATH",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "wasm-opt"
    )]
    wasm_opt: Option<PathBuf>,
    /// Say what was kept because it is not understood, and why
    #[arg(long)]
    explain: bool,
}

/// What was saved, and where the output went.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    output: String,
    #[serde(flatten)]
    report: shrink::Report,
}

impl Args {
    fn options(&self) -> Result<Options> {
        let skip = self.skip.iter().map(|name| pass(name));
        Ok(Options {
            exports: self.exports.clone(),
            strip: Strip {
                names: self.keep_names,
                customs: self.keep_custom.clone(),
                drop_metadata: self.drop_metadata,
            },
            skip: skip.collect::<Result<_>>()?,
            wasm_opt: match &self.wasm_opt {
                Some(path) => Some(Arc::new(WasmOpt::find(path)?) as Arc<dyn External>),
                None => None,
            },
        })
    }
}

fn pass(name: &str) -> Result<Pass> {
    let found = Pass::ALL.into_iter().find(|pass| pass.name() == name);
    found.ok_or_else(|| {
        let names: Vec<_> = Pass::ALL.iter().map(|pass| pass.name()).collect();
        Diagnostic::invocation("shrink/unknown-pass", format!("there is no pass `{name}`"))
            .help(format!("choose among {}", names.join(", ")))
    })
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stderr;

    fn run(&self, progress: &dyn Progress) -> Result<Report> {
        let name = self.input.name();
        let bytes = self.input.read()?;
        let (output, report) = shrink::shrink(&name, &bytes, &self.options()?, progress)?;
        let path = match self.in_place {
            true => self.input.path.clone(),
            false => self.output.path(&self.input.path, "min"),
        };
        self.output.write(&path, &output)?;
        Ok(Report {
            output: path.display().to_string(),
            report,
        })
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let found = &report.report;
        let (before, after) = (found.bytes_before as u64, found.bytes_after as u64);
        writeln!(
            out,
            "wrote {} ({}, {} of {})",
            report.output,
            render::bytes(after),
            render::percent(after, before),
            render::bytes(before)
        )?;
        let saving = found.passes.iter().filter(|entry| entry.saved > 0);
        let mut rows: Vec<Vec<String>> = saving
            .map(|entry| {
                let saved = format!("-{}", render::bytes(entry.saved as u64));
                vec![format!("  {}", entry.pass.name()), saved]
            })
            .collect();
        let gone = found.functions_before.saturating_sub(found.functions_after);
        if gone > 0 {
            let count = format!("-{gone} of {}", found.functions_before);
            rows.push(vec!["  (functions)".to_string(), count]);
        }
        write!(out, "{}", render::table(&rows, &[false, true]))?;
        for import in &found.imports_removed {
            writeln!(out, "  no longer imports {import}")?;
        }
        if self.explain && found.kept.is_empty() {
            writeln!(out, "  nothing had to be kept for lack of understanding")?;
        }
        for note in found.kept.iter().filter(|_| self.explain) {
            writeln!(out, "  kept with all it reaches: {note}")?;
        }
        Ok(())
    }

    fn takes_stdout(&self) -> bool {
        self.output.is_stdout()
    }
}
