//! What do the sections look like as text?

use std::io::{self, Write};

use wct::inspect::sections::{Report, Row};

use crate::render;

/// A table for each binary, indented as deep as it is nested.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Vec::new();
    for binary in &report.binaries {
        let indent = "  ".repeat(binary.path.len());
        if let Some(step) = binary.path.last() {
            let outer = indent.get(2..).unwrap_or_default();
            rows.push(vec![format!("{outer}{step}:")]);
        }
        rows.extend(binary.sections.iter().map(|row| cells(&indent, row)));
    }
    write!(out, "{}", render::table(&rows, &[false, true, true, true, true]))
}

/// Names in sections can be long, and can be anything.
const NAME: usize = 40;

fn cells(indent: &str, row: &Row) -> Vec<String> {
    let name = match &row.name {
        Some(name) => format!("{indent}{} \"{}\"", row.section, render::shorten(name, NAME)),
        None => format!("{indent}{}", row.section),
    };
    vec![
        name,
        format!("{:#x}", row.start),
        format!("{:#x}", row.end),
        format!("{} B", row.end - row.start),
        row.count.map(|count| render::count(count.into(), "item")).unwrap_or_default(),
    ]
}
