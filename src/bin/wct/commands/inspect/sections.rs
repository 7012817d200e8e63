//! What do the sections look like as text?

use std::io::{self, Write};

use wct::inspect::sections::{Report, Row};

use crate::render;

/// A table; sections of nested binaries stand below the section they are in, indented.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Vec::new();
    add_rows(&report.sections, "", &mut rows);
    write!(
        out,
        "{}",
        render::table(&rows, &[false, true, true, true, true])
    )
}

fn add_rows(sections: &[Row], indent: &str, rows: &mut Vec<Vec<String>>) {
    for row in sections {
        rows.push(cells(indent, row));
        add_rows(&row.sections, &format!("{indent}  "), rows);
    }
}

/// Names in sections can be long, and can be anything.
const NAME: usize = 40;

fn cells(indent: &str, row: &Row) -> Vec<String> {
    let name = match &row.name {
        Some(name) => format!(
            "{indent}{} \"{}\"",
            row.section,
            render::shorten(name, NAME)
        ),
        None => format!("{indent}{}", row.section),
    };
    vec![
        name,
        format!("{:#x}", row.start),
        format!("{:#x}", row.end),
        format!("{} B", row.end - row.start),
        row.count
            .map(|count| render::count(count.into(), "item"))
            .unwrap_or_default(),
    ]
}
