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
use wct::inspect::text::Detail;
use wct::inspect::{self, summary::Summary};
use wct::progress::Progress;

use super::Run;
use crate::args::{self, Input, Picture, WitFeatures};
use crate::render;
use crate::terminal::Stream;

/// Show what is in a module, component or WIT package
#[derive(clap::Args)]
#[command(after_help = "Example:\n  wct inspect app.wasm --wit -o wit/")]
pub struct Args {
    #[command(flatten)]
    input: Input,
    /// Write to this file; WIT and plans to a folder
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    features: WitFeatures,
    #[command(flatten)]
    views: Views,
    #[command(flatten)]
    graph: graph::GraphArgs,
    /// With --print: leave out function bodies and data
    #[arg(long, requires = "print", help_heading = "Views", display_order = 14)]
    skeleton: bool,
    #[command(flatten)]
    size: size::SizeArgs,
    #[command(flatten)]
    wit: wit::WitArgs,
}

/// Flags of which at most one is given.
#[derive(clap::Args)]
#[group(id = "view", multiple = false)]
#[command(next_help_heading = "Views")]
struct Views {
    /// Show the interface as WIT
    #[arg(long, display_order = 1)]
    wit: bool,
    /// Show what is nested, and what each instance is given
    #[arg(long, display_order = 2)]
    tree: bool,
    /// Show who owns which bytes, what is unused, what is there twice
    #[arg(long, display_order = 3)]
    size: bool,
    /// Show what is imported by authority, and which way leads there
    #[arg(long, display_order = 4)]
    capabilities: bool,
    /// Write one page with all of it, for a browser
    #[arg(long, value_name = "FILE", display_order = 9)]
    html: Option<PathBuf>,
    /// Show the whole way to an import, or to its `#function`
    #[arg(long, value_name = "IMPORT", display_order = 5)]
    why: Option<String>,
    /// Show which sections are where
    #[arg(long, display_order = 12)]
    objdump: bool,
    /// Show the text format
    #[arg(long, display_order = 13)]
    print: bool,
    /// Show name, version, licenses, producers of all parts
    #[arg(long, display_order = 6)]
    metadata: bool,
    /// Show the plan that makes a composition; with -o its parts, too
    #[arg(long, display_order = 10)]
    plan: bool,
    /// Show the syntax tree of a WAC document, as JSON
    #[arg(long, display_order = 11)]
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

    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let (file, size) = (render::plain(&self.file), render::bytes(self.size));
        writeln!(out, "wrote {file} ({size})")
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
        match view {
            View::Wit => return self.wit.run(&self.input, &features, self.output.as_deref()),
            View::Summary if self.input.path.is_dir() => {
                let interface = wct::wit::load(&self.input.path, &features)?.into();
                let summary = inspect::summary::of_wit(&name, &interface);
                Ok(Report::Summary(Box::new(summary)))
            }
            view => self.view(&view, &name, &self.input.read()?),
        }
        .map_err(|error| error.in_file(&name))
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
            Report::Written(receipt) => {
                let mut written = receipt.written.iter();
                written.try_for_each(|written| written.write(out))
            }
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
    fn view(&self, view: &View, name: &str, bytes: &[u8]) -> Result<Report> {
        match view {
            View::Summary | View::Wit => {
                let summary = inspect::summary::summary(name, bytes, &self.features.get())?;
                Ok(Report::Summary(Box::new(summary)))
            }
            View::Tree => inspect::tree::tree(name, bytes).map(Report::Tree),
            View::Size => {
                let report = wct::size::size(name, bytes, self.size.options())?;
                Ok(Report::Size(Box::new(report)))
            }
            View::Capabilities | View::Why => {
                let report = inspect::capabilities::capabilities(name, bytes)?;
                let report = match &self.views.why {
                    Some(asked) => inspect::capabilities::why(report, asked)?,
                    None => report,
                };
                Ok(Report::Capabilities(report))
            }
            View::Graph(picture) => {
                let shown = self.graph.run(name, bytes, *picture)?;
                match &self.output {
                    Some(path) => written(path, &shown.picture),
                    None => Ok(Report::Graph(shown)),
                }
            }
            View::Html => {
                let path = self.views.html.as_deref().unwrap_or(Path::new("-"));
                page::run(name, bytes, path)
            }
            View::Objdump => inspect::sections::sections(name, bytes).map(Report::Objdump),
            View::Metadata => inspect::metadata::metadata(name, bytes).map(Report::Metadata),
            View::Plan => plan::run(name, bytes, self.output.as_deref()),
            View::Syntax => {
                let text = String::from_utf8_lossy(bytes);
                wct::compose::wac::syntax(name, &text).map(Report::Syntax)
            }
            View::Print => {
                let detail = match self.skeleton {
                    true => Detail::Skeleton,
                    false => Detail::Full,
                };
                inspect::text::print(name, bytes, detail).and_then(|text| self.print(text))
            }
        }
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
