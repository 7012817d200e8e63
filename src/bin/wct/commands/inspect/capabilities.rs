//! What do the capabilities look like as text?

use std::io::{self, Write};

use wct::inspect::capabilities::{Function, Import, Report};
use wct::shrink::reach::{self, Step};

use crate::render;

/// Columns of a line.
const WIDTH: usize = 100;

/// A name of a function that could be anything.
const NAME: usize = 40;

/// By authority the imports, and for each function what leads to it, in one line.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.authorities.is_empty() {
        return writeln!(out, "it asks for nothing: no imports");
    }
    for (at, granted) in report.authorities.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", render::authority(granted.authority))?;
        for import in &granted.imports {
            writeln!(out, "  {}", render::shorten(&import.name, WIDTH - 2))?;
            write_functions(import, out)?;
        }
    }
    Ok(())
}

/// The whole way to each function.
pub fn write_ways(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let imports = report
        .authorities
        .iter()
        .flat_map(|granted| &granted.imports);
    let mut first = true;
    for import in imports {
        if import.functions.is_empty() {
            writeln!(out, "{}\n  types only", render::plain(&import.name))?;
        }
        for function in &import.functions {
            if !std::mem::take(&mut first) {
                writeln!(out)?;
            }
            let name = function.name.iter().map(|name| format!("#{name}"));
            let name: String = name.collect();
            writeln!(
                out,
                "{}{}",
                render::plain(&import.name),
                render::plain(&name)
            )?;
            match &function.way {
                Some(way) => {
                    for stage in reach::stages(way) {
                        writeln!(out, "  {}", render::plain(&stage))?;
                    }
                }
                None => writeln!(out, "  {UNREACHED}")?,
            }
        }
    }
    Ok(())
}

const UNREACHED: &str = "removable: no export leads to it";

fn write_functions(import: &Import, out: &mut dyn Write) -> io::Result<()> {
    if import.functions.is_empty() {
        return writeln!(out, "    types only");
    }
    let called = |function: &Function| match &function.name {
        Some(name) => render::shorten(name, NAME),
        None => String::new(),
    };
    let width = import.functions.iter().map(|f| called(f).chars().count());
    let width = width.max().unwrap_or(0);
    for function in &import.functions {
        let (name, gap) = (called(function), if width == 0 { "" } else { "  " });
        let way = match &function.way {
            Some(way) => brief(way, WIDTH - DEEP),
            None => UNREACHED.to_string(),
        };
        match 4 + width + gap.len() + way.chars().count() <= WIDTH {
            true => writeln!(out, "    {name:<width$}{gap}{way}")?,
            false => writeln!(out, "    {name}\n{}{way}", " ".repeat(DEEP))?,
        }
    }
    Ok(())
}

/// Columns before a way that has a line of its own.
const DEEP: usize = 8;

/// The way in one line: where it begins, where it ends, and as much in between as there is room
/// for.
fn brief(way: &[Step], room: usize) -> String {
    let stages = reach::stages(reach::meant(way));
    let stages: Vec<String> = stages.iter().map(|stage| render::plain(stage)).collect();
    let Some((first, rest)) = stages.split_first() else {
        return String::new();
    };
    let whole = stages.join(ARROW);
    if whole.chars().count() <= room {
        return whole;
    }
    let first = render::shorten(first, room / 3);
    let length = |text: &str| text.chars().count();
    let mut left = room.saturating_sub(length(&first) + length("(1000 more)") + 2 * length(ARROW));
    let mut ends: Vec<String> = Vec::new();
    for stage in rest.iter().rev() {
        let stage = match ends.is_empty() {
            true => render::shorten(stage, left),
            false => render::shorten(stage, SHORT),
        };
        let Some(rest) = left.checked_sub(length(&stage) + length(ARROW)) else {
            break;
        };
        left = rest;
        ends.push(stage);
    }
    let out = rest.len() - ends.len();
    ends.reverse();
    let between = format!("({out} more)");
    let parts: Vec<&str> = [first.as_str(), &between]
        .into_iter()
        .filter(|part| out > 0 || *part != between)
        .chain(ends.iter().map(String::as_str))
        .collect();
    parts.join(ARROW)
}

/// A stage in the middle of a long way.
const SHORT: usize = 32;

const ARROW: &str = " → ";
