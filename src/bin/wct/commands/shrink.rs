//! `wct shrink`: how small can it be and still do the same?

pub mod wasm_opt;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use wct::diagnostic::{Diagnostic, Result};
use wct::files;
use wct::progress::Progress;
use wct::shrink::{self, Check, External, LEVEL, Objective, Options, Pass, Sizes, Strip, Trial};
use wct::stub::Stub;

use super::Run;
use crate::args::{Offering, Rewrite};
use crate::render;
use crate::terminal::Stream;
use wasm_opt::WasmOpt;

const EXAMPLES: &str = "\
Examples:
  wct shrink app.wasm -o app.min.wasm
  wct shrink app.wasm --keep-names --explain
  wct shrink app.wasm --export example:demo/greet@1.0.0
  wct shrink app.wasm --stub 'wasi:random/*=empty' --stub 'wasi:*=trap'";

/// Make a component smaller that does the same
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Module or component, binary or text; `-` is standard input
    #[arg(value_name = "FILE")]
    path: PathBuf,
    #[command(flatten)]
    output: Rewrite,
    /// Keep only this export and what it needs
    #[arg(long = "export", value_name = "NAME")]
    exports: Vec<String>,
    /// Do without imports: their functions trap, deny or answer nothing
    #[arg(long = "stub", value_name = "PATTERN[=HOW]")]
    stubs: Vec<String>,
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
    #[arg(
        long,
        value_name = "PASS",
        value_delimiter = ',',
        value_parser = Offering(passes),
        hide_possible_values = true
    )]
    skip: Vec<String>,
    /// Which size counts
    #[arg(long, value_enum, value_name = "SIZE", default_value = "raw")]
    optimize_for: Size,
    /// Tell the sizes under gzip, brotli and zstd, too
    #[arg(long)]
    compressed: bool,
    /// Run it before and after, and compare
    #[arg(long)]
    check: bool,
    /// Compare a call, too: `ns:pkg/iface.func(1, "a")`
    #[arg(long = "call", value_name = "CALL")]
    calls: Vec<String>,
    /// End a run that takes longer than this, by default 60
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: Option<u64>,
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

#[derive(Clone, Copy, clap::ValueEnum)]
enum Size {
    Raw,
    Compressed,
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
        let stubs = self.stubs.iter().map(|text| Stub::parse(text));
        Ok(Options {
            exports: self.exports.clone(),
            strip: Strip {
                names: self.keep_names,
                customs: self.keep_custom.clone(),
                drop_metadata: self.drop_metadata,
            },
            skip: skip.collect::<Result<_>>()?,
            stubs: stubs.collect::<Result<_>>()?,
            objective: match self.optimize_for {
                Size::Raw => Objective::Raw,
                Size::Compressed => Objective::Compressed,
            },
            compressed: self.compressed,
            check: match self.check || !self.calls.is_empty() {
                true => Check::Behavior(Trial {
                    calls: self.calls.clone(),
                    limit: self.timeout.map_or(Trial::LIMIT, Duration::from_secs),
                }),
                false => Check::Surface,
            },
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
        Diagnostic::invocation("shrink/unknown-pass", format!("there is no pass `{name}`"))
            .help(format!("choose among {}", passes().join(", ")))
    })
}

fn passes() -> Vec<String> {
    let names = Pass::ALL.iter().map(|pass| pass.name());
    names.map(String::from).collect()
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stderr;

    fn run(&self, progress: &dyn Progress) -> Result<Report> {
        let name = self.path.display().to_string();
        let bytes = files::read(&self.path)?;
        let (output, report) = shrink::shrink(&name, &bytes, &self.options()?, progress)?;
        let path = self.output.write(&self.path, "min", &output)?;
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
        if let (Some(before), Some(after)) = (found.compressed_before, found.compressed_after) {
            write_compressed(before, after, out)?;
        }
        write_passes(found, out)?;
        if found.stopped_early {
            writeln!(out, "  stopped early: another run may save more")?;
        }
        for import in &found.imports_removed {
            writeln!(out, "  no longer imports {import}")?;
        }
        for replaced in &found.stubbed {
            if !replaced.traps.is_empty() {
                let traps = replaced.traps.join(", ");
                writeln!(out, "  would trap: {} ({traps})", replaced.name)?;
            }
            if !found.imports_removed.contains(&replaced.name) {
                writeln!(out, "  still imported for its types: {}", replaced.name)?;
            }
        }
        for ran in &found.ran {
            writeln!(out, "  does the same: {}: {}", ran.call, ran.outcome)?;
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
        self.output.is_stdout(&self.path)
    }
}

fn write_compressed(before: Sizes, after: Sizes, out: &mut dyn Write) -> io::Result<()> {
    let sizes = |sizes: Sizes| {
        [sizes.gzip, sizes.brotli, sizes.zstd].map(|size| u64::try_from(size).unwrap_or(0))
    };
    let rows = ["gzip", "brotli", "zstd"]
        .iter()
        .zip(sizes(before))
        .zip(sizes(after));
    let rows: Vec<Vec<String>> = rows
        .map(|((name, before), after)| {
            vec![
                format!("  {name} -{LEVEL}"),
                render::bytes(after),
                format!(
                    "{} of {}",
                    render::percent(after, before),
                    render::bytes(before)
                ),
            ]
        })
        .collect();
    write!(out, "{}", render::table(&rows, &[false, true, false]))
}

/// What each pass saved, compressed too where that is known.
fn write_passes(found: &shrink::Report, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for entry in &found.passes {
        let sizes = entry.compressed;
        if entry.saved == 0 {
            continue;
        }
        let mut row = vec![format!("  {}", entry.pass), saved(entry.saved)];
        row.extend(
            sizes
                .iter()
                .flat_map(|s| [s.gzip, s.brotli, s.zstd])
                .map(saved),
        );
        rows.push(row);
    }
    if found.compressed_before.is_some() && !rows.is_empty() {
        let head = ["  pass", "raw", "gzip", "brotli", "zstd"];
        rows.insert(0, head.map(String::from).into());
    }
    let gone = found.functions_before.saturating_sub(found.functions_after);
    if gone > 0 {
        let count = format!("-{gone} of {}", found.functions_before);
        rows.push(vec!["  (functions)".to_string(), count]);
    }
    write!(
        out,
        "{}",
        render::table(&rows, &[false, true, true, true, true])
    )
}

fn saved(bytes: i64) -> String {
    let sign = if bytes < 0 { "+" } else { "-" };
    format!("{sign}{}", render::bytes(bytes.unsigned_abs()))
}
