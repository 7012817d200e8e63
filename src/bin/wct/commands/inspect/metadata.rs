//! What does the metadata look like as text?

use std::io::{self, Write};

use wct::inspect::Kind;
use wct::inspect::metadata::{Metadata, Report, Says};

use crate::render;

/// A block for each binary that says anything.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (at, binary) in report.binaries.iter().enumerate() {
        let lines = lines(&binary.says);
        if at > 0 && lines.is_empty() {
            continue;
        }
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}, {}", title(binary), render::bytes(binary.size))?;
        for (label, value) in lines {
            let value = render::wrap(&value, 100 - INDENT, INDENT);
            writeln!(out, "  {label:<14}{value}")?;
        }
    }
    Ok(())
}

/// Columns before a value.
const INDENT: usize = 16;

fn title(binary: &Metadata) -> String {
    let kind = match binary.kind {
        Kind::Component => "component",
        Kind::CoreModule => "core module",
    };
    if binary.path.is_empty() {
        kind.to_string()
    } else {
        binary.path.join(", ")
    }
}

/// What is said, as labels and values.
pub fn lines(says: &Says) -> Vec<(String, String)> {
    let lines = says.lines(&render::bytes).into_iter();
    let lines = lines.map(|(label, text)| (render::plain(&label), render::plain(&text)));
    lines.collect()
}
