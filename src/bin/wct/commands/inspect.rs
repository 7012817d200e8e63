//! `wct inspect`: what is in this file?

mod capabilities;
mod graph;
mod metadata;
mod page;
mod plan;
mod sections;
mod size;
mod summary;
mod tree;
mod wit;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use wct::diagnostic::{Diagnostic, Result};
use wct::files::Bytes;
use wct::inspect::text::Detail;
use wct::inspect::{self, summary::Summary};
use wct::progress::Progress;

use super::Run;
use crate::args::{self, Input, Picture, WitFeatures};
use crate::render;
use crate::terminal::Stream;

/// Show what is in a module, component or WIT package
#[derive(clap::Args)]
#[command(after_help = "Example: wct inspect app.wasm --wit -o wit/")]
pub struct Args {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    views: Views,
    #[command(flatten)]
    graph: graph::GraphArgs,
    /// With --print: leave out function bodies and data
    #[arg(long, requires = "print", help_heading = "Views")]
    skeleton: bool,
    #[command(flatten)]
    size: size::SizeArgs,
    #[command(flatten)]
    wit: wit::WitArgs,
    #[command(flatten)]
    features: WitFeatures,
    /// Write WIT or text to this file, or WIT or a plan to this folder
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
}

/// Flags of which at most one is given.
#[derive(clap::Args)]
#[group(id = "view", multiple = false)]
#[command(next_help_heading = "Views")]
struct Views {
    /// Show the interface as WIT
    #[arg(long)]
    wit: bool,
    /// Show what is nested, and what each instance is given
    #[arg(long)]
    tree: bool,
    /// Show who owns which bytes, what is unused and what is there twice
    #[arg(long)]
    size: bool,
    /// Show what is imported by authority, and which way leads there
    #[arg(long)]
    capabilities: bool,
    /// Write all of it into one page that needs no network; `-` is standard output
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Show the whole way to an import, or to one function of it
    #[arg(long, value_name = "IMPORT[#FUNCTION]")]
    why: Option<String>,
    /// Show which sections are where
    #[arg(long)]
    objdump: bool,
    /// Show the text format
    #[arg(long)]
    print: bool,
    /// Show name, version, licenses, producers of all parts
    #[arg(long)]
    metadata: bool,
    /// Show the plan that makes a composition; with -o its parts, too
    #[arg(long)]
    plan: bool,
    /// Show the syntax tree of a WAC document, as JSON
    #[arg(long)]
    syntax: bool,
}

enum View {
    Summary,
    Wit,
    Tree,
    Size,
    Capabilities,
    Why,
    Html,
    Graph(Picture),
    Objdump,
    Print,
    Metadata,
    Plan,
    Syntax,
}

impl Views {
    fn get(&self) -> View {
        match self {
            Views { wit: true, .. } => View::Wit,
            Views { tree: true, .. } => View::Tree,
            Views { size: true, .. } => View::Size,
            Views {
                capabilities: true, ..
            } => View::Capabilities,
            Views { why: Some(_), .. } => View::Why,
            Views { html: Some(_), .. } => View::Html,
            Views { objdump: true, .. } => View::Objdump,
            Views { print: true, .. } => View::Print,
            Views { metadata: true, .. } => View::Metadata,
            Views { plan: true, .. } => View::Plan,
            Views { syntax: true, .. } => View::Syntax,
            _ => View::Summary,
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
pub enum Report {
    Summary(Box<Summary>),
    Wit(Box<wit::Shown>),
    Tree(inspect::tree::Node),
    Size(Box<wct::size::Report>),
    Capabilities(inspect::capabilities::Report),
    Graph(graph::Shown),
    Objdump(inspect::sections::Report),
    Print(inspect::text::Report),
    Metadata(inspect::metadata::Report),
    Plan(Box<plan::Shown>),
    Syntax(serde_json::Value),
    Written(Written),
}

/// A receipt.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Written {
    pub written: Vec<WrittenFile>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Diagnostic>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct WrittenFile {
    pub file: String,
    pub size: u64,
}

impl WrittenFile {
    pub fn new(path: &Path, size: usize) -> WrittenFile {
        WrittenFile {
            file: path.display().to_string(),
            size: size as u64,
        }
    }
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stdout;

    fn run(&self, _progress: &dyn Progress) -> Result<Report> {
        let view = match self.graph.graph {
            Some(picture) => View::Graph(picture),
            None => self.views.get(),
        };
        let can_write = matches!(view, View::Wit | View::Print | View::Plan | View::Graph(_));
        if self.output.is_some() && !can_write {
            return Err(Diagnostic::invocation(
                "inspect/no-output",
                "`-o` needs `--wit`, `--print`, `--plan` or `--graph`",
            )
            .help("redirect standard output, or leave `-o` out"));
        }
        let name = self.input.name();
        let features = self.features.get();
        let report = match view {
            View::Wit => return self.wit.run(&self.input, &features, self.output.as_deref()),
            View::Summary if self.input.path.is_dir() => {
                let interface = wct::wit::load(&self.input.path, &features)?.into();
                Ok(Report::Summary(Box::new(inspect::summary::of_wit(
                    &name, &interface,
                ))))
            }
            View::Summary => {
                let bytes = self.input.read()?;
                let summary = inspect::summary::summary(&name, &bytes, &features);
                summary.map(|summary| Report::Summary(Box::new(summary)))
            }
            View::Tree => inspect::tree::tree(&name, &self.read()?).map(Report::Tree),
            View::Size => {
                let report = wct::size::size(&name, &self.read()?, self.size.options());
                report.map(|report| Report::Size(Box::new(report)))
            }
            View::Capabilities | View::Why => {
                let report = inspect::capabilities::capabilities(&name, &self.read()?);
                match &self.views.why {
                    Some(asked) => report.and_then(|r| inspect::capabilities::why(r, asked)),
                    None => report,
                }
                .map(Report::Capabilities)
            }
            View::Graph(picture) => {
                let shown = self.graph.run(&name, &self.read()?, picture);
                shown.and_then(|shown| match &self.output {
                    Some(path) => written(path, &shown.picture),
                    None => Ok(Report::Graph(shown)),
                })
            }
            View::Html => {
                let path = self.views.html.as_deref().unwrap_or(Path::new("-"));
                page::run(&name, &self.read()?, path)
            }
            View::Objdump => inspect::sections::sections(&name, &self.read()?).map(Report::Objdump),
            View::Metadata => {
                inspect::metadata::metadata(&name, &self.read()?).map(Report::Metadata)
            }
            View::Plan => plan::run(&name, &self.read()?, self.output.as_deref()),
            View::Syntax => {
                let bytes = self.read()?;
                let text = String::from_utf8_lossy(&bytes);
                wct::compose::wac::syntax(&name, &text).map(Report::Syntax)
            }
            View::Print => {
                let detail = if self.skeleton {
                    Detail::Skeleton
                } else {
                    Detail::Full
                };
                inspect::text::print(&name, &self.read()?, detail).and_then(|text| self.print(text))
            }
        };
        report.map_err(|error| error.in_file(&name))
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        match report {
            Report::Summary(report) => summary::write(report, out),
            Report::Wit(report) => out.write_all(report.text().as_bytes()),
            Report::Tree(report) => tree::write(report, out),
            Report::Size(report) => self.size.write(&self.input.name(), report, out),
            Report::Capabilities(report) if self.views.why.is_some() => {
                capabilities::write_ways(report, out)
            }
            Report::Capabilities(report) => capabilities::write(report, out),
            Report::Graph(shown) => out.write_all(shown.picture.as_bytes()),
            Report::Objdump(report) => sections::write(report, out),
            Report::Print(report) => out.write_all(report.text.as_bytes()),
            Report::Metadata(report) => metadata::write(report, out),
            Report::Plan(shown) => out.write_all(shown.text().as_bytes()),
            Report::Syntax(tree) => writeln!(out, "{tree:#}"),
            Report::Written(_) if self.takes_stdout() => Ok(()),
            Report::Written(receipt) => receipt.written.iter().try_for_each(|written| {
                writeln!(
                    out,
                    "wrote {} ({})",
                    written.file,
                    render::bytes(written.size)
                )
            }),
        }
    }

    fn text(&self, report: &Report) -> Stream {
        match report {
            Report::Written(_) => Stream::Stderr,
            _ => Stream::Stdout,
        }
    }

    fn warnings<'a>(&self, report: &'a Report) -> &'a [Diagnostic] {
        match report {
            Report::Summary(report) => &report.warnings,
            Report::Wit(report) => &report.interface().warnings,
            Report::Plan(shown) => &shown.warnings,
            Report::Size(report) => &report.warnings,
            Report::Written(receipt) => &receipt.warnings,
            _ => &[],
        }
    }

    fn takes_stdout(&self) -> bool {
        let written = [&self.output, &self.views.html];
        written
            .into_iter()
            .flatten()
            .any(|path| args::is_dash(path))
    }
}

impl Args {
    fn read(&self) -> Result<Bytes> {
        self.input.read()
    }

    fn print(&self, report: inspect::text::Report) -> Result<Report> {
        match &self.output {
            Some(path) => written(path, &report.text),
            None => Ok(Report::Print(report)),
        }
    }
}

/// Writes a text, and says so.
fn written(path: &Path, text: &str) -> Result<Report> {
    args::write(path, text.as_bytes(), false)?;
    Ok(Report::Written(Written {
        written: vec![WrittenFile::new(path, text.len())],
        warnings: Vec::new(),
    }))
}
