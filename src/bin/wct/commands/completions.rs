//! `wct completions`: what makes a shell complete the arguments?

use std::io::{self, Write};

use clap_complete::Shell;
use serde::Serialize;

use wct::diagnostic::Result;
use wct::progress::Progress;

use super::Run;
use crate::terminal::Stream;

const EXAMPLES: &str = "\
Examples:
  wct completions bash > ~/.local/share/bash-completion/completions/wct
  wct completions zsh > ~/.zfunc/_wct
  wct completions fish > ~/.config/fish/completions/wct.fish";

/// Print what makes a shell complete the arguments of wct
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Which shell reads it
    #[arg(value_enum)]
    shell: Shell,
}

/// The script for one shell.
#[derive(Serialize)]
pub struct Report {
    shell: String,
    script: String,
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stdout;

    fn run(&self, _progress: &dyn Progress) -> Result<Report> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::definition(), "wct", &mut script);
        Ok(Report {
            shell: self.shell.to_string(),
            script: String::from_utf8_lossy(&script).into_owned(),
        })
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(report.script.as_bytes())
    }
}
