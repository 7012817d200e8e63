//! `wct compose`: one component from several.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use wct::compose::{self, Components, File, Flags, Options, Outcome, Plan, Report};
use wct::diagnostic::{Diagnostic, Result};
use wct::files::{self, Bytes};
use wct::input;
use wct::progress::Progress;

use super::Run;
use crate::args::{self, Output};
use crate::render;
use crate::terminal::Stream;

/// Compose components into one
#[derive(clap::Args)]
#[command(after_help = "Example:\n  wct compose app.wasm -d store.wasm -d log.wasm -o out.wasm")]
pub struct Args {
    /// Component whose exports are kept, or a plan (TOML)
    #[arg(value_name = "ROOT", required_unless_present = "chain")]
    root: Option<PathBuf>,
    /// Search this component for what others import (repeatable)
    #[arg(long = "dep", short = 'd', value_name = "[NAME=]FILE")]
    deps: Vec<String>,
    /// Let each provide for the one before it
    #[arg(long, value_name = "FILE,FILE…", value_delimiter = ',')]
    chain: Vec<String>,
    /// Provide an import by hand: INSTANCE:IMPORT=INSTANCE[:EXPORT]
    #[arg(long = "wire", value_name = "WIRE")]
    wires: Vec<String>,
    /// Export only this: INSTANCE:EXPORT[=NAME]
    #[arg(long = "export", value_name = "EXPORT")]
    exports: Vec<String>,
    /// Leave these imports to the host: `wasi:*`
    #[arg(long = "import", value_name = "PATTERN")]
    open: Vec<String>,
    /// Refuse other imports that nothing provides
    #[arg(long)]
    closed: bool,
    /// Keep versions of one interface apart
    #[arg(long)]
    separate: bool,
    /// Show what was looked at for each import
    #[arg(long)]
    explain: bool,
    /// Write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the plan with everything decided; `-` is standard output
    #[arg(long, value_name = "FILE")]
    emit_plan: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stderr;

    fn run(&self, progress: &dyn Progress) -> Result<Report> {
        let (plan, base) = self.plan()?;
        let files = read_components(&plan, &base)?;
        let binaries = to_binaries(&plan, &files)?;
        let components: Components<'_> = binaries
            .iter()
            .map(|(id, bytes)| (id.clone(), &**bytes))
            .collect();
        let options = Options {
            dry_run: self.dry_run,
        };
        let composed = compose::compose(&plan, &components, &options, progress)?;
        let mut report = composed.report;
        if let Some(wasm) = composed.wasm {
            let path = self.output.path(&self.named(), "composed");
            self.output.write(&path, &wasm)?;
            report.output = Some(path.display().to_string());
        }
        if let Some(path) = &self.emit_plan {
            for (id, file) in &mut report.plan.components {
                file.sha256 = components.get(id).map(|bytes| compose::sha256(bytes));
            }
            let text = report.plan.to_toml();
            args::write(path, text.as_bytes(), false)?;
        }
        Ok(report)
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if self.explain {
            write_decisions(report, out)?;
        }
        match &report.output {
            Some(path) if path != "-" => {
                write!(out, "wrote {path}: {}, ", render::bytes(report.size))?
            }
            Some(_) => write!(out, "wrote {}, ", render::bytes(report.size))?,
            None => write!(out, "would compose ")?,
        }
        let instances = count(report.instances.len(), "instance");
        let imports = count(report.imports.len(), "import");
        writeln!(out, "{instances}, {imports} left to the host")
    }

    fn text(&self, _report: &Report) -> Stream {
        let free = !self.takes_stdout();
        if self.explain && self.dry_run && free {
            return Stream::Stdout;
        }
        Stream::Stderr
    }

    fn warnings<'a>(&self, report: &'a Report) -> &'a [Diagnostic] {
        &report.warnings
    }

    fn takes_stdout(&self) -> bool {
        self.output.is_stdout() || self.emit_plan.as_deref().is_some_and(args::is_dash)
    }
}

impl Args {
    /// The plan, and the folder that its paths start from.
    fn plan(&self) -> Result<(Plan, PathBuf)> {
        if let Some(root) = &self.root {
            let bytes = files::read(root)?;
            let name = root.display().to_string();
            if let Some(text) = plan_text(&bytes) {
                let plan = Plan::parse(&name, text)?;
                let folder = root.parent().unwrap_or(Path::new(""));
                return Ok((plan, folder.to_path_buf()));
            }
        }
        let flags = Flags {
            root: self.root.as_ref().map(|root| File {
                name: None,
                path: root.display().to_string(),
            }),
            chain: self.chain.iter().map(|text| File::parse(text)).collect(),
            providers: self.deps.iter().map(|text| File::parse(text)).collect(),
            wires: self.wires.clone(),
            exports: self.exports.clone(),
            imports: compose::plan::Imports {
                closed: self.closed,
                open: self.open.clone(),
                separate: self.separate,
            },
        };
        Ok((flags.plan()?, PathBuf::new()))
    }

    /// What an output's name is derived from.
    fn named(&self) -> PathBuf {
        let first = self
            .chain
            .first()
            .map(|text| PathBuf::from(File::parse(text).path));
        self.root.clone().or(first).unwrap_or_default()
    }
}

/// The text of a plan; nothing if this is a component, in either form.
fn plan_text(bytes: &[u8]) -> Option<&str> {
    match input::kind(bytes) {
        Ok(input::Kind::Text) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

fn read_components(plan: &Plan, base: &Path) -> Result<Vec<Bytes>> {
    let files = plan
        .components
        .values()
        .map(|file| match file.source.as_str() {
            "-" => files::read(Path::new("-")),
            source => files::read(&base.join(source)),
        });
    files.collect()
}

fn to_binaries<'a>(plan: &Plan, files: &'a [Bytes]) -> Result<Vec<(String, Cow<'a, [u8]>)>> {
    let pairs = plan.components.iter().zip(files);
    let binaries =
        pairs.map(|((id, file), bytes)| Ok((id.clone(), input::to_binary(&file.source, bytes)?)));
    binaries.collect()
}

fn write_decisions(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Vec::new();
    for decision in &report.decisions {
        let outcome = match &decision.outcome {
            Outcome::Given(from) => format!("{from} (given)"),
            Outcome::Found(from) => from.clone(),
            Outcome::Open(_) => "the host".to_string(),
        };
        rows.push(vec![
            format!("{}.{}", decision.instance, decision.import),
            format!("← {outcome}"),
        ]);
        for candidate in &decision.candidates {
            let shown = format!("  {}.{}", candidate.instance, candidate.export);
            rows.push(vec![shown, candidate.reason.shown().to_string()]);
            for difference in &candidate.differences {
                rows.push(vec![String::new(), format!("  {difference}")]);
            }
        }
    }
    write!(out, "{}", render::table(&rows, &[]))
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
