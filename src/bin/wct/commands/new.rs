//! `wct new`: a component from a core module.

use std::io::{self, Write};

use wct::diagnostic::Result;
use wct::new::{self, Options, Report};
use wct::progress::Progress;

use super::Run;
use crate::args::{Input, Output};
use crate::render;
use crate::terminal::Stream;

/// Make a component from a core module
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    output: Output,
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stderr;

    fn run(&self, progress: &dyn Progress) -> Result<Report> {
        let bytes = self.input.read()?;
        let options = Options::default();
        let (component, report) = new::wrap(&self.input.name(), &bytes, &options, progress)?;
        let path = self.output.path(&self.input.path, "component");
        self.output.write(&path, &component)?;
        Ok(report)
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "wrote {}", render::bytes(report.size))
    }

    fn takes_stdout(&self) -> bool {
        self.output.is_stdout()
    }
}
