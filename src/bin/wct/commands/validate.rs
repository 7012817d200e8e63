//! `wct validate`: is it valid?

use std::io::{self, Write};

use wct::diagnostic::{Diagnostic, Result};
use wct::progress::Progress;
use wct::validate::{self, Options, Report};

use super::Run;
use crate::args::Input;
use crate::terminal::Stream;

/// Check that a module or component is valid
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stdout;

    fn run(&self, progress: &dyn Progress) -> Result<Report> {
        let bytes = self.input.read()?;
        validate::validate(&self.input.name(), &bytes, &Options::default(), progress)
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if report.valid {
            writeln!(out, "{}: valid", report.file)?;
        }
        Ok(())
    }

    fn warnings<'a>(&self, report: &'a Report) -> &'a [Diagnostic] {
        &report.findings
    }

    fn is_yes(&self, report: &Report) -> bool {
        report.valid
    }
}
