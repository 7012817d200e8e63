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
use wct::progress::{Progress, Silent};

use crate::args::Global;
use crate::commands::Run;
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
                    "`--json` and `-o -` both want standard output",
                )
                .help("name a file with `-o`"),
            );
        }
        let result = if self.json || self.quiet {
            run.run(&Silent)
        } else {
            let progress = Bars::default();
            let result = run.run(&progress);
            progress.clear();
            result
        };
        match result {
            Ok(report) => self.succeed(run, &report),
            Err(diagnostic) => self.fail(&diagnostic),
        }
    }

    fn succeed<R: Run>(&self, run: &R, report: &R::Report) -> ExitCode {
        let code = ExitCode::from(u8::from(!run.is_yes(report)));
        if self.json {
            self.write_json(report);
            return code;
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
                // A closed pipe is silence.
                let _ = run.write_text(report, &mut out).and_then(|()| out.flush());
            }
            Stream::Stderr if self.quiet => {}
            Stream::Stderr => {
                let mut out = AutoStream::new(io::stderr(), self.color);
                let _ = run.write_text(report, &mut out);
            }
        }
        code
    }

    /// Shows an error; the exit code says whose fault it is.
    pub fn fail(&self, diagnostic: &Diagnostic) -> ExitCode {
        if self.json {
            self.write_json(&Failure { error: diagnostic });
        } else {
            self.write_diagnostic(diagnostic);
        }
        ExitCode::from(match diagnostic.fault {
            Fault::Input => 1,
            Fault::Invocation => 2,
            Fault::Ours => 101,
        })
    }

    fn write_json<T: Serialize>(&self, value: &T) {
        let mut out = io::stdout().lock();
        let text = serde_json::to_string_pretty(value).expect("reports have string keys");
        let _ = writeln!(out, "{text}");
    }

    fn write_diagnostic(&self, diagnostic: &Diagnostic) {
        let mut out = AutoStream::new(io::stderr(), self.color);
        let _ = writeln!(out, "{}", render::diagnostic(diagnostic));
    }
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
