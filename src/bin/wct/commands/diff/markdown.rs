//! What do the changes look like in a pull request?

use std::io::{self, Write};

use wct::diff::{Bytes, Change, Report};

use super::text;
use crate::render;

/// The verdict as a title, then a table of each kind.
pub fn write(report: &Report, top: usize, out: &mut dyn Write) -> io::Result<()> {
    let (old, new) = (code(&report.old.file), code(&report.new.file));
    writeln!(out, "### {old} → {new}\n\n{}", cell(&report.verdict()))?;
    for (title, is_breaking) in [("Breaking", true), ("Compatible", false)] {
        let changes = report.changes.iter();
        let changes: Vec<&Change> = changes.filter(|c| c.is_breaking() == is_breaking).collect();
        if changes.is_empty() {
            continue;
        }
        writeln!(out, "\n#### {title}\n")?;
        writeln!(out, "| where | what | change | breaks |\n|---|---|---|---|")?;
        for change in changes {
            let (path, happened) = (code(&change.full_path()), code(&change.happened()));
            let (place, broken) = (cell(&change.location()), change.breaks());
            writeln!(out, "| {place} | {path} | {happened} | {broken} |")?;
        }
    }
    if !report.capabilities.is_empty() {
        writeln!(out, "\n#### Capabilities\n")?;
        for (held, imports) in report.capabilities.iter().map(text::capability) {
            let imports: Vec<String> = imports.iter().map(|import| code(import)).collect();
            writeln!(out, "- {held}: {}", imports.join(", "))?;
        }
    }
    match &report.bytes {
        Some(bytes) => write_bytes(bytes, top, out),
        None => Ok(()),
    }
}

fn write_bytes(bytes: &Bytes, top: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n#### Bytes\n\n{}", text::total(bytes))?;
    if bytes.owners.is_empty() || top == 0 {
        return Ok(());
    }
    writeln!(out, "\n| change | owner | in |\n|--:|---|---|")?;
    for owner in bytes.owners.iter().take(top) {
        let (name, part) = (code(&owner.name), cell(&owner.part));
        writeln!(out, "| {} | {name} | {part} |", text::signed(owner.change))?;
    }
    let rest = bytes.owners.iter().skip(top).map(|owner| owner.change);
    let (count, sum) = rest.fold((0, 0), |(count, sum), change| (count + 1, sum + change));
    if count > 0 {
        writeln!(out, "| {} | {count} more | |", text::signed(sum))?;
    }
    Ok(())
}

/// Text of a table that is no markup.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in render::plain(text).chars() {
        if matches!(
            c,
            '|' | '<' | '>' | '`' | '*' | '_' | '[' | ']' | '\\' | '#'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Text in the font of code, also in a table.
fn code(text: &str) -> String {
    let text = render::plain(text).replace('|', "\\|");
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}
