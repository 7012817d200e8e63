//! `wct compose`: one component from several.

mod ask;
mod changes;
mod emit_plan;
mod graph;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use wct::compose::{self, Components, Options, Outcome, Report};
use wct::conform::{self, Terms};
use wct::diagnostic::{Diagnostic, Result};
use wct::pieces::Pieces;
use wct::progress::Progress;
use wct::wit;

use super::Run;
use crate::args::{self, Output};
use crate::render;
use crate::terminal::Stream;

const HELP: &str = "\
Repeatable:
  -d, --wire, --export, --import, --stub, --replace, --interpose

Example:
  wct compose app.wasm -d store.wasm -d log.wasm -o out.wasm";

/// Compose components into one
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub struct Args {
    /// Component whose exports are kept, a plan (TOML) or a document (WAC)
    #[arg(value_name = "ROOT", required_unless_present = "chain")]
    root: Option<PathBuf>,
    /// Search this component for what others import
    #[arg(long = "dep", short = 'd', value_name = "[NAME=]FILE")]
    deps: Vec<String>,
    /// Take packages of a document from here: `a:b` is DIR/a/b.wasm
    #[arg(long, value_name = "DIR")]
    deps_dir: Option<PathBuf>,
    /// Let each provide for the one before it
    #[arg(long, value_name = "FILE,FILE…", value_delimiter = ',')]
    chain: Vec<String>,
    /// Take the configuration of wasm-compose (YAML)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["chain", "deps", "wires", "exports"])]
    config: Option<PathBuf>,
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
    /// Answer imports without a provider: trap, deny or empty
    #[arg(long = "stub", value_name = "PATTERN[=HOW]")]
    stubs: Vec<String>,
    #[command(flatten)]
    changes: changes::Changes,
    /// Refuse a result that does not fit this world
    #[arg(long, value_name = "WIT[#WORLD]")]
    world: Option<String>,
    /// Show what was looked at for each import
    #[arg(long)]
    explain: bool,
    /// Draw the instances on standard output: mermaid, dot, svg
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    graph: Option<args::Picture>,
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
        if self.answers() > 1 {
            return Err(Diagnostic::invocation(
                "cli/stdout-twice",
                "`-o -`, `--emit-plan -` and `--graph` all want standard output",
            )
            .help("name a file with `-o` or `--emit-plan`"));
        }
        let path = self.output.path(&self.named(), "composed");
        self.refuse_one_file(&path)?;
        let read_world = |text| args::read_world(text, &wit::Features::All);
        let world = self.world.as_deref().map(read_world).transpose()?;
        let asked = self.changes.apply(self.ask()?)?;
        let binaries = ask::to_binaries(&asked)?;
        let components: Components<'_> = binaries
            .iter()
            .map(|(id, bytes)| (id.clone(), &**bytes))
            .collect();
        let options = Options {
            dry_run: self.dry_run && world.is_none(),
            bodies_later: false,
        };
        let (mut prepared, mut whole) = (None, None);
        let mut sink = |wasm: &Pieces<'_>| {
            whole = world.is_some().then(|| wasm.to_vec());
            if !self.dry_run {
                prepared = Some(self.output.prepare(&path, wasm)?);
            }
            Ok(())
        };
        let plan = &asked.plan;
        let mut report = compose::compose_into(plan, &components, &options, progress, &mut sink)?;
        report.warnings.splice(0..0, asked.warnings.iter().cloned());
        if let (Some(world), Some(wasm)) = (&world, &whole) {
            let misfits = conform::conform(wasm, world, Terms::default())?;
            conform::expect("the composition", &misfits, world)?;
        }
        // First, since no plan can say what a document declares.
        if let Some(path) = &self.emit_plan {
            emit_plan::write(path, &mut report.plan, &components, &asked.inside)?;
        }
        if let Some(prepared) = prepared {
            self.output.commit(&path, prepared)?;
            report.output = Some(path.display().to_string());
        }
        if let Some(picture) = self.graph {
            let text = graph::graph(&report).draw(picture.into());
            args::write(Path::new("-"), text.as_bytes(), false)?;
        }
        Ok(report)
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if self.explain {
            write_decisions(report, out)?;
        }
        match &report.output {
            Some(path) if path != "-" => {
                write!(out, "wrote {path}: {}, ", render::bytes(report.size))?;
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
        self.answers() > 0
    }
}

impl Args {
    /// Fails where the plan would be written over the composition.
    fn refuse_one_file(&self, path: &Path) -> Result<()> {
        let plan = self.emit_plan.as_deref();
        if self.dry_run || args::is_dash(path) || plan != Some(path) {
            return Ok(());
        }
        let shown = path.display();
        Err(Diagnostic::invocation(
            "cli/one-file",
            format!("`{shown}` is to be both the composition and its plan"),
        )
        .help("name another file with `-o` or `--emit-plan`"))
    }

    /// How many outputs go to standard output.
    fn answers(&self) -> usize {
        let plan = self.emit_plan.as_deref().is_some_and(args::is_dash);
        let wasm = self.output.is_stdout() && !self.dry_run;
        [wasm, plan, self.graph.is_some()]
            .iter()
            .filter(|is| **is)
            .count()
    }
}

/// Each import with what was looked at for it.
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
