//! `wct inspect`: what is in this file?

use std::io::{self, Write};

use wct::diagnostic::Result;
use wct::inspect::{self, Summary};
use wct::progress::Progress;

use super::Run;
use crate::args::Input;
use crate::terminal::Stream;

/// Show what is in a module, component or WIT package
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    input: Input,
}

impl Run for Args {
    type Report = Summary;
    const TEXT: Stream = Stream::Stdout;

    fn run(&self, _progress: &dyn Progress) -> Result<Summary> {
        let bytes = self.input.read()?;
        inspect::summary(&self.input.name(), &bytes)
    }

    fn write_text(&self, report: &Summary, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "core modules: {}", report.core_modules)
    }
}
