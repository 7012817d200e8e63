//! How does a result reach the user?
//!
//! The only place that chooses text or JSON, writes, and turns a result into an exit code.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use wct::diagnostic::{Diagnostic, Fault, Severity};
use wct::files;
use wct::progress::{Progress, Silent};

use crate::args::Global;
use crate::commands::Run;
use crate::cut_short;
use crate::render;
use crate::tasks::Tasks;

/// Where a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// How this run speaks.
pub struct Terminal {
    json: bool,
    quiet: bool,
    color: ColorChoice,
}

impl Terminal {
    pub fn new(global: &Global) -> Terminal {
        let color = match global.color {
            clap::ColorChoice::Auto => ColorChoice::Auto,
            clap::ColorChoice::Always => ColorChoice::Always,
            clap::ColorChoice::Never => ColorChoice::Never,
        };
        Terminal {
            json: global.json,
            quiet: global.quiet,
            color,
        }
    }

    /// Speaks JSON alone.
    pub fn json() -> Terminal {
        Terminal {
            json: true,
            quiet: false,
            color: ColorChoice::Never,
        }
    }

    /// Runs a subcommand and shows what came out.
    pub fn show<R: Run>(&self, run: &R) -> ExitCode {
        if run.wants_json() && !self.json {
            return Terminal::json().show(run);
        }
        if self.json && run.takes_stdout() {
            return self.fail(
                &Diagnostic::invocation(
                    "cli/stdout-twice",
                    "`--json` and the answer that was asked for both want standard output",
                )
                .help("leave out `--json` or `--graph`, or name a file in place of `-`"),
            );
        }
        if self.json {
            cut_short::speak_json();
        }
        let result = if self.json || self.quiet {
            run.run(&Silent)
        } else {
            let progress = Bars::default();
            let result = run.run(&progress);
            progress.clear();
            result
        };
        match files::unchanged().and(result) {
            Ok(report) => match self.succeed(run, &report) {
                Ok(()) => ExitCode::from(u8::from(!run.is_yes(&report))),
                // Standard output takes no JSON, either.
                Err(diagnostic) => self.say(&diagnostic),
            },
            Err(diagnostic) => self.fail(&diagnostic),
        }
    }

    fn succeed<R: Run>(&self, run: &R, report: &R::Report) -> Result<(), Box<Diagnostic>> {
        if self.json {
            return files::answered(self.write_json(report));
        }
        if !self.quiet {
            for warning in run.warnings(report) {
                self.write_diagnostic(warning);
                let _ = writeln!(io::stderr());
            }
        }
        for (at, finding) in run.findings(report).into_iter().enumerate() {
            if self.quiet && finding.severity != Severity::Error {
                continue;
            }
            if at > 0 {
                let _ = writeln!(io::stderr());
            }
            self.write_diagnostic(finding);
        }
        match run.text(report) {
            Stream::Stdout => {
                let mut out = io::BufWriter::new(AutoStream::new(io::stdout(), self.color));
                let written = run.write_text(report, &mut out);
                files::answered(written.and_then(|()| out.flush()))?;
            }
            Stream::Stderr if self.quiet => {}
            Stream::Stderr => {
                let mut out = AutoStream::new(io::stderr(), self.color);
                let _ = run.write_text(report, &mut out);
            }
        }
        Ok(())
    }

    /// Shows a warning beside what a subcommand says.
    pub fn warn(&self, warning: &Diagnostic) {
        if !self.quiet {
            self.write_diagnostic(warning);
        }
    }

    /// Shows an error; the exit code says whose fault it is.
    pub fn fail(&self, diagnostic: &Diagnostic) -> ExitCode {
        let failure = Failure { error: diagnostic };
        if self.json && self.write_json(&failure).is_ok() {
            return code(diagnostic);
        }
        self.say(diagnostic)
    }

    /// The same on standard error.
    fn say(&self, diagnostic: &Diagnostic) -> ExitCode {
        self.write_diagnostic(diagnostic);
        code(diagnostic)
    }

    fn write_json<T: Serialize>(&self, value: &T) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let text = serde_json::to_string_pretty(value).expect("reports have string keys");
        writeln!(out, "{text}")?;
        out.flush()
    }

    fn write_diagnostic(&self, diagnostic: &Diagnostic) {
        let mut out = AutoStream::new(io::stderr(), self.color);
        let _ = writeln!(out, "{}", render::diagnostic(diagnostic));
    }
}

fn code(diagnostic: &Diagnostic) -> ExitCode {
    ExitCode::from(match diagnostic.fault {
        Fault::Input => 1,
        Fault::Invocation => 2,
        Fault::Ours => 101,
    })
}

#[derive(Serialize)]
struct Failure<'a> {
    error: &'a Diagnostic,
}

/// Progress bars, from when the work has taken a noticeable time.
#[derive(Default)]
struct Bars {
    bar: Mutex<Option<ProgressBar>>,
    tasks: Tasks,
}

/// Shorter work shows no bar.
pub const NOTICEABLE: Duration = Duration::from_millis(250);

impl Bars {
    fn clear(&self) {
        if let Some(bar) = self.bar.lock().ok().and_then(|mut bar| bar.take()) {
            bar.finish_and_clear();
        }
        self.tasks.clear();
    }
}

impl Progress for Bars {
    fn start(&self, task: &str) {
        self.tasks.start(task);
    }

    fn finish(&self, task: &str, millis: Option<u64>) {
        self.tasks.finish(task, millis);
    }

    fn begin(&self, step: &str, parts: u64) {
        self.clear();
        // Hidden where standard error is no terminal; drawn once the delay is over.
        let bar = ProgressBar::with_draw_target(Some(parts), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
        bar.set_style(style.expect("the template is well formed"));
        bar.set_message(step.to_string());
        if let Ok(mut current) = self.bar.lock() {
            *current = Some(bar);
        }
    }

    fn advance(&self, parts: u64) {
        if let Ok(current) = self.bar.lock()
            && let Some(bar) = current.as_ref()
        {
            if bar.is_hidden() && bar.elapsed() >= NOTICEABLE {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            bar.inc(parts);
        }
    }

    fn end(&self) {
        self.clear();
    }
}
