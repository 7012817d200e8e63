//! `wct doctor`: which toolchains are there, and how are the others had?

use std::io::{self, Write};
use std::path::Path;

use wct::diagnostic::Result;
use wct::doctor::{self, Report};
use wct::progress::Progress;

use super::Run;
use super::build::children::Children;
use crate::render;
use crate::terminal::Stream;

const EXAMPLES: &str = "\
Examples:
  wct doctor
  wct doctor --json";

/// Tell which toolchains are there, and how to get the others
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stdout;

    fn run(&self, _progress: &dyn Progress) -> Result<Report> {
        Ok(doctor::doctor(Path::new("."), Children::watched()))
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let mut rows = vec![
            ["tool", "for", "at least", "found"]
                .map(String::from)
                .to_vec(),
        ];
        for tool in &report.tools {
            let version = tool.version.as_deref().unwrap_or("-");
            rows.push(vec![
                tool.name.to_string(),
                tool.purpose.to_string(),
                tool.minimum.clone(),
                render::shorten(version, 40),
            ]);
        }
        write!(out, "{}", render::table(&rows, &[]))?;
        let missing = report.tools.iter().filter(|tool| tool.install.is_some());
        for (at, tool) in missing.enumerate() {
            if at == 0 {
                writeln!(out)?;
            }
            let problem = tool
                .problems
                .first()
                .map_or("it is missing", String::as_str);
            writeln!(out, "{}: {problem}", tool.name)?;
            if let Some(install) = &tool.install {
                writeln!(out, "  {install}")?;
            }
        }
        Ok(())
    }
}
