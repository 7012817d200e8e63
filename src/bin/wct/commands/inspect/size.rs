//! What does the list of owners look like as text?

use std::io::{self, Write};

use wct::inspect::Kind;
use wct::inspect::tree::Role;
use wct::size::{self, By, Duplicate, Group, Name, Owner, Part, Report};

use crate::render;

/// What `--size` is asked for.
#[derive(clap::Args)]
#[command(next_help_heading = "With --size")]
pub struct SizeArgs {
    /// Sum up by module, section, function, crate, source, export
    #[arg(
        long,
        value_name = "WHAT",
        requires = "size",
        hide_possible_values = true
    )]
    by: Option<Question>,
    /// Show so many rows; 20 without it
    #[arg(long, value_name = "N", requires = "size")]
    top: Option<usize>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Question {
    Module,
    Section,
    Function,
    Crate,
    Source,
    Export,
}

impl SizeArgs {
    pub fn options(&self) -> size::Options {
        size::Options {
            by: self.by.map(|by| match by {
                Question::Module => By::Module,
                Question::Section => By::Section,
                Question::Function => By::Function,
                Question::Crate => By::Crate,
                Question::Source => By::Source,
                Question::Export => By::Export,
            }),
        }
    }

    /// Rows, the sum of those left out, and what else there is to say.
    pub fn write(&self, name: &str, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let kind = match report.kind {
            Kind::Component => "component",
            Kind::CoreModule => "core module",
        };
        let owners = render::count(report.owners.len() as u64, "owner");
        let size = render::bytes(report.size);
        writeln!(out, "{}: {kind}, {size}, {owners}\n", render::plain(name))?;
        let top = self.top.unwrap_or(TOP);
        match report.by {
            Some(_) => write_groups(report, top, out)?,
            None => write_owners(report, top, out)?,
        }
        writeln!(out)?;
        write_duplicates(&report.duplicates, out)?;
        write_sums(report, out)
    }
}

/// Rows where nobody says how many.
const TOP: usize = 20;

/// Columns of a line.
const WIDTH: usize = 100;

/// Columns of numbers, with the space behind them.
const NUMBERS: usize = 30;

/// A place, at most.
const PLACE: usize = 24;

fn write_owners(report: &Report, top: usize, out: &mut dyn Write) -> io::Result<()> {
    let is_nested = report.parts.len() > 1;
    let mut rows = vec![["size", "", "retained", "owner"].map(String::from).to_vec()];
    if is_nested {
        rows[0].push("in".to_string());
    }
    let room = WIDTH - NUMBERS - if is_nested { PLACE + 2 } else { 0 };
    for owner in report.owners.iter().take(top) {
        let retained = owner.retained.map(render::bytes);
        let mut row = vec![
            render::bytes(owner.size),
            render::percent(owner.size, report.size),
            retained.unwrap_or_default(),
            what(owner, room),
        ];
        if is_nested {
            row.push(report.parts.get(owner.part).map(place).unwrap_or_default());
        }
        rows.push(row);
    }
    let rest = report.owners.iter().skip(top).map(|owner| owner.size);
    rows.extend(more(rest, report.size, 1));
    write!(out, "{}", render::table(&rows, &[true, true, true]))
}

fn write_groups(report: &Report, top: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = vec![["size", "", "owners", "what"].map(String::from).to_vec()];
    let shown = report.groups.iter().take(top).map(|group: &Group| {
        vec![
            render::bytes(group.size),
            render::percent(group.size, report.size),
            group.owners.to_string(),
            render::shorten(&group.name, WIDTH - NUMBERS),
        ]
    });
    rows.extend(shown);
    let rest = report.groups.iter().skip(top).map(|group| group.size);
    rows.extend(more(rest, report.size, 1));
    write!(out, "{}", render::table(&rows, &[true, true, true]))
}

/// A row for those that are left out.
fn more(
    sizes: impl ExactSizeIterator<Item = u64>,
    whole: u64,
    empty: usize,
) -> Option<Vec<String>> {
    let count = sizes.len();
    let sum: u64 = sizes.sum();
    let mut row = vec![render::bytes(sum), render::percent(sum, whole)];
    row.extend(std::iter::repeat_n(String::new(), empty));
    row.push(format!("{count} more"));
    (count > 0).then_some(row)
}

fn what(owner: &Owner, room: usize) -> String {
    let name = owner.name.as_ref().map(Name::read);
    let name = name.as_deref();
    let dead = if owner.dead { ", unused" } else { "" };
    let text = match (owner.section, owner.index, name) {
        ("preamble", _, _) => "preamble".to_string(),
        ("code", Some(_), Some(name)) => name.to_string(),
        ("code", Some(index), None) => format!("function {index}"),
        ("data" | "element", Some(index), name) => match name {
            Some(name) => format!("{} segment {index} {name}", owner.section),
            None => format!("{} segment {index}", owner.section),
        },
        (section, Some(index), Some(name)) => format!("{section} {index} {name}"),
        (section, Some(index), None) => format!("{section} {index}"),
        (section, None, Some(name)) => format!("{section} section {name}"),
        (section, None, None) => format!("{section} section"),
    };
    render::shorten(&text, room - dead.len()) + dead
}

fn place(part: &Part) -> String {
    match (&part.name, part.path.last()) {
        _ if part.role == Some(Role::Adapter) => "adapter".to_string(),
        _ if part.role == Some(Role::Shim) => "shim".to_string(),
        _ if part.role == Some(Role::Fixups) => "fixups".to_string(),
        (Some(name), _) => render::shorten(name, PLACE),
        (None, Some(last)) => last.clone(),
        (None, None) => "outermost".to_string(),
    }
}

/// More duplicates than this are only counted.
const DUPLICATES: usize = 3;

fn write_duplicates(duplicates: &[Duplicate], out: &mut dyn Write) -> io::Result<()> {
    if duplicates.is_empty() {
        return Ok(());
    }
    let wasted: u64 = duplicates.iter().map(|found| found.wasted).sum();
    let room = WIDTH - 34;
    for found in duplicates.iter().take(DUPLICATES) {
        let first = found.names.first().map(Name::read).unwrap_or_default();
        writeln!(
            out,
            "{:>9} wasted  {} times {}",
            render::bytes(found.wasted),
            found.names.len(),
            render::shorten(&first, room)
        )?;
    }
    if duplicates.len() > DUPLICATES {
        let (wasted, count) = (render::bytes(wasted), duplicates.len());
        writeln!(
            out,
            "{wasted:>9} wasted  by all {count} that are there more than once"
        )?;
    }
    writeln!(out)
}

fn write_sums(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if let Some(removable) = report.removable {
        let parts = removable.parts();
        let parts = parts.map(|(size, what)| format!("{} {what}", render::bytes(size)));
        let parts: Vec<String> = parts.collect();
        let share = render::percent(removable.total, report.size);
        let total = render::bytes(removable.total);
        match parts.is_empty() {
            true => writeln!(out, "removable   nothing that is certain")?,
            false => writeln!(out, "removable   {total}, {share}: {}", parts.join(", "))?,
        }
    }
    writeln!(
        out,
        "compressed  about {} with zstd",
        render::bytes(report.compressed)
    )
}
