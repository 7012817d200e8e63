//! `wct build`: from sources in any language to finished components.

pub mod children;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use wct::build::{self, Locking, Made, Options, Outcome, Report, Rounds, Seen};
use wct::diagnostic::{Diagnostic, Result};
use wct::files;
use wct::progress::Progress;

use super::Run;
use super::shrink::wasm_opt::WasmOpt;
use crate::render::{self, bytes};
use crate::terminal::{Stream, Terminal};
use children::Children;

const EXAMPLES: &str = "\
Examples:
  wct build
  wct build examples/pipeline --step compile
  wct build --locked --json";

/// Build the components of a project: compile, wrap, compose, shrink, check
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder with a `wct.toml`, or a manifest
    #[arg(value_name = "DIR", default_value = ".")]
    place: PathBuf,
    /// Do only this step and what it needs: `compile`, `app`, `app/compile`
    #[arg(long = "step", value_name = "NAME")]
    steps: Vec<String>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Refuse what `wct.lock` does not say
    #[arg(long)]
    locked: bool,
    /// Take ready-made files as they are now
    #[arg(long, conflicts_with = "locked")]
    update: bool,
    /// Do so many steps at a time; one for each core otherwise
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// Build again whenever a source changes, until interrupted
    #[arg(long, conflicts_with_all = ["dry_run", "locked"])]
    watch: bool,
}

/// How often sources are looked at.
const PAUSE: Duration = Duration::from_millis(250);

impl Args {
    /// Builds once, or again whenever something changes.
    pub fn watched(&self, terminal: &Terminal) -> ExitCode {
        if !self.watch {
            return terminal.show(self);
        }
        files::expect_changes();
        let mut rounds = Rounds::default();
        loop {
            // What changes meanwhile is a reason to begin again.
            let mut seen = Seen::now(&self.place);
            terminal.show(self);
            let now = Seen::now(&self.place);
            let changed = seen.changed(&now);
            if !rounds.go_on(&changed) {
                if let Some(warning) = rounds.tell(&self.place) {
                    terminal.warn(&warning);
                }
                seen = now;
            }
            loop {
                std::thread::sleep(PAUSE);
                if !seen.changed(&Seen::now(&self.place)).is_empty() {
                    break;
                }
            }
        }
    }

    fn options(&self) -> Options {
        Options {
            only: self.steps.clone(),
            dry_run: self.dry_run,
            locking: match (self.locked, self.update) {
                (true, _) => Locking::Locked,
                (_, true) => Locking::Update,
                _ => Locking::Careful,
            },
            jobs: self.jobs,
            wasm_opt: Some(|path| Arc::new(WasmOpt::at(path))),
        }
    }
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stderr;

    fn run(&self, progress: &dyn Progress) -> Result<Report> {
        build::build(&self.place, &self.options(), Children::watched(), progress)
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if self.dry_run {
            return write_plan(report, out);
        }
        if report.up_to_date {
            let made = report
                .components
                .iter()
                .filter(|made| made.output.is_some());
            // With `--step` there may be none.
            return match made.count() as u64 {
                0 => writeln!(out, "nothing to do"),
                count => {
                    let outputs = render::count(count, "output");
                    writeln!(out, "nothing to do: {outputs} up to date")
                }
            };
        }
        if report.failures.is_empty() {
            write_table(&report.components, out)?;
            write_outputs(report, out)?;
        }
        Ok(())
    }

    fn text(&self, _report: &Report) -> Stream {
        match self.dry_run {
            true => Stream::Stdout,
            false => Stream::Stderr,
        }
    }

    fn findings<'a>(&self, report: &'a Report) -> Vec<&'a Diagnostic> {
        report.failures.iter().collect()
    }

    fn warnings<'a>(&self, report: &'a Report) -> &'a [Diagnostic] {
        &report.warnings
    }

    fn is_yes(&self, report: &Report) -> bool {
        report.failures.is_empty()
    }
}

fn write_plan(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for stage in &report.steps {
        match stage.outcome {
            Outcome::Due => writeln!(out, "{}", stage.step)?,
            Outcome::Fresh => writeln!(out, "{} (up to date)", stage.step)?,
            _ => continue,
        }
        for call in &stage.calls {
            writeln!(out, "  $ {call}")?;
        }
    }
    Ok(())
}

/// What is new; other outputs are as they were.
fn write_outputs(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let ran = report
        .steps
        .iter()
        .filter(|stage| stage.outcome == Outcome::Ran);
    let units: BTreeSet<&str> = ran
        .filter_map(|stage| stage.step.strip_suffix("/metadata"))
        .collect();
    for made in &report.components {
        if let Some(output) = made.output.as_ref().filter(|_| units.contains(&*made.name)) {
            writeln!(out, "wrote {output}")?;
        }
    }
    Ok(())
}

/// What each component weighs on its way, and what it took.
fn write_table(components: &[Made], out: &mut dyn Write) -> io::Result<()> {
    let head = [
        "component",
        "compiled",
        "wrapped",
        "output",
        "gzip",
        "imports",
        "time",
    ];
    let mut rows = vec![head.map(String::from).to_vec()];
    let size = |size: Option<u64>| size.map_or("-".to_string(), bytes);
    // Nothing is known of those that no step was asked for.
    let known = |made: &&Made| made.compiled.or(made.component).is_some();
    for made in components.iter().filter(known) {
        rows.push(vec![
            made.name.clone(),
            size(made.compiled),
            size(made.component),
            size(made.size),
            size(made.gzip),
            made.imports.len().to_string(),
            render::seconds(made.millis),
        ]);
    }
    write!(
        out,
        "{}",
        render::table(&rows, &[false, true, true, true, true, true, true])
    )?;
    Ok(())
}
