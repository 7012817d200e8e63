//! `wct init`: what does a new project begin with?

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use serde::Serialize;

use wct::diagnostic::{Diagnostic, Result};
use wct::init::{self, Kind, Options, TEMPLATES, Template};
use wct::progress::Progress;

use super::Run;
use crate::args::Offering;
use crate::render;
use crate::terminal::Stream;

const EXAMPLES: &str = "\
Examples:
  wct init --list
  wct init hello --lang c
  wct init hello --lang rust --kind http";

/// Begin a project that builds as it is
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder to write to, made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Language: rust, c, cpp, js, ts, python, go, zig, assemblyscript
    #[arg(
        long,
        value_name = "LANG",
        default_value = "rust",
        value_parser = Offering(languages),
        hide_possible_values = true
    )]
    lang: String,
    /// What the component is for
    #[arg(long, value_enum, value_name = "KIND", default_value = "library")]
    kind: KindArg,
    /// Version of WASI for `--kind http`: 0.2, 0.3
    #[arg(
        long,
        value_name = "VERSION",
        value_parser = Offering(versions),
        hide_possible_values = true
    )]
    wasi: Option<String>,
    /// Name of the component; that of the folder otherwise
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Print which projects can be begun
    #[arg(long)]
    list: bool,
}

fn languages() -> Vec<String> {
    init::languages().into_iter().map(String::from).collect()
}

fn versions() -> Vec<String> {
    let versions = TEMPLATES.iter().filter_map(|template| template.wasi);
    let versions: BTreeSet<&str> = versions.collect();
    versions.into_iter().map(String::from).collect()
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum KindArg {
    Library,
    Command,
    Http,
}

/// What was written, or what can be.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Report {
    Written(init::Report),
    Listed { templates: &'static [Template] },
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stderr;

    fn run(&self, _progress: &dyn Progress) -> Result<Report> {
        if self.list {
            return Ok(Report::Listed {
                templates: TEMPLATES,
            });
        }
        if self.folder.is_file() {
            let shown = self.folder.display();
            return Err(
                Diagnostic::error("init/exists", format!("`{shown}` is a file"))
                    .help("name a folder"),
            );
        }
        let options = Options {
            lang: self.lang.clone(),
            kind: match self.kind {
                KindArg::Library => Kind::Library,
                KindArg::Command => Kind::Command,
                KindArg::Http => Kind::Http,
            },
            wasi: self.wasi.clone(),
            name: self.name.clone(),
        };
        init::init(&self.folder, &options).map(Report::Written)
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        match report {
            Report::Written(report) => {
                for file in &report.files {
                    writeln!(out, "wrote {}", self.folder.join(file).display())?;
                }
                writeln!(out, "\nnext:")?;
                for command in &report.next {
                    writeln!(out, "  {command}")?;
                }
                Ok(())
            }
            Report::Listed { templates } => write_list(templates, out),
        }
    }

    fn text(&self, report: &Report) -> Stream {
        match report {
            Report::Written(_) => Stream::Stderr,
            Report::Listed { .. } => Stream::Stdout,
        }
    }
}

fn write_list(templates: &[Template], out: &mut dyn Write) -> io::Result<()> {
    let rows = templates.iter().map(|template| {
        let mut options = format!("--lang {} --kind {}", template.lang, template.kind.name());
        if let Some(wasi) = template.wasi {
            options.push_str(&format!(" --wasi {wasi}"));
        }
        vec![options]
    });
    write!(out, "{}", render::table(&rows.collect::<Vec<_>>(), &[]))
}
