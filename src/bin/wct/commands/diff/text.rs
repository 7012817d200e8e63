//! What do the changes look like as text?

use std::io::{self, Write};

use wct::diff::{Bytes, Capability, Change, Held, Report};

use crate::render;

/// Columns of a line.
const WIDTH: usize = 100;

/// What changed: the verdict, then breaking and compatible changes, capabilities, bytes.
pub fn write(report: &Report, top: usize, out: &mut dyn Write) -> io::Result<()> {
    let (old, new) = (&report.old, &report.new);
    let names = format!(
        "{} → {}",
        render::plain(&old.file),
        render::plain(&new.file)
    );
    let kinds = match old.kind == new.kind {
        true => old.kind.noun().to_string(),
        false => format!("{} and {}", old.kind.noun(), new.kind.noun()),
    };
    writeln!(out, "{names}: {kinds}")?;
    writeln!(out, "{}", report.verdict())?;
    for (title, is_breaking) in [("breaking", true), ("compatible", false)] {
        let changes = report.changes.iter();
        let changes: Vec<&Change> = changes.filter(|c| c.is_breaking() == is_breaking).collect();
        if !changes.is_empty() {
            writeln!(out, "\n{title}")?;
            write_changes(&changes, out)?;
        }
    }
    if !report.capabilities.is_empty() {
        writeln!(out, "\ncapabilities")?;
        let rows = report.capabilities.iter().map(capability);
        let rows: Vec<(String, Vec<String>)> = rows.collect();
        let width = rows.iter().map(|(held, _)| held.len()).max().unwrap_or(0);
        for (held, imports) in &rows {
            let indent = width + 4;
            let imports = render::wrap(&imports.join(" "), WIDTH - indent, indent);
            writeln!(out, "  {held:<width$}  {imports}")?;
        }
    }
    match &report.bytes {
        Some(bytes) => write_bytes(bytes, top, out),
        None => Ok(()),
    }
}

/// A row for each, with what happened on a line of its own where there is no room beside.
fn write_changes(changes: &[&Change], out: &mut dyn Write) -> io::Result<()> {
    let item = |change: &Change| {
        let path = render::shorten(&change.full_path(), PATH);
        format!("{} {path}", change.location())
    };
    let broken_width = changes.iter().map(|change| change.breaks().len()).max();
    let broken_width = broken_width.unwrap_or(0);
    let item_width = changes.iter().map(|change| item(change).chars().count());
    let item_width = item_width.max().unwrap_or(0);
    let gap = if broken_width > 0 { 2 } else { 0 };
    for change in changes {
        let (whom, happened) = (change.breaks(), render::plain(&change.happened()));
        let start = format!("  {whom:<broken_width$}{:gap$}", "");
        let room = WIDTH - start.len();
        let what = render::shorten(&item(change), room);
        match item_width + 2 + happened.chars().count() <= room {
            true => writeln!(out, "{start}{what:<item_width$}  {happened}")?,
            false => {
                let indent = start.len() + 2;
                let lines = render::wrap(&happened, WIDTH - indent, indent);
                writeln!(out, "{start}{what}\n{:indent$}{lines}", "")?;
            }
        }
    }
    Ok(())
}

/// A path, at most.
const PATH: usize = 70;

/// Who has an authority now, and each import that came (`+`) or went (`-`).
pub fn capability(capability: &Capability) -> (String, Vec<String>) {
    let name = render::authority(capability.authority);
    let held = match capability.change {
        Held::Gained => format!("{name} gained"),
        Held::Lost => format!("{name} lost"),
        Held::Changed => name.to_string(),
    };
    let gained = capability.gained.iter().map(|import| format!("+{import}"));
    let lost = capability.lost.iter().map(|import| format!("-{import}"));
    (held, gained.chain(lost).collect())
}

/// `+1.5 KiB`
pub fn signed(change: i64) -> String {
    let sign = if change < 0 { '-' } else { '+' };
    format!("{sign}{}", render::bytes(change.unsigned_abs()))
}

/// The change of the whole, in one line.
pub fn total(bytes: &Bytes) -> String {
    let change = bytes.new as i64 - bytes.old as i64;
    let (old, new) = (render::bytes(bytes.old), render::bytes(bytes.new));
    if change == 0 {
        return format!("{old}, as before");
    }
    let share = render::percent(change.unsigned_abs(), bytes.old);
    let sign = if change < 0 { "-" } else { "+" };
    format!("{old} → {new}, {}, {sign}{share}", signed(change))
}

fn write_bytes(bytes: &Bytes, top: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nbytes  {}", total(bytes))?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    for owner in bytes.owners.iter().take(top) {
        rows.push(vec![
            format!("  {}", signed(owner.change)),
            render::shorten(&owner.name, 48),
            render::shorten(&owner.part, 34),
        ]);
    }
    let rest = bytes.owners.iter().skip(top);
    let (count, sum) = rest.fold((0, 0), |(count, sum), owner| {
        (count + 1, sum + owner.change)
    });
    if count > 0 {
        rows.push(vec![format!("  {}", signed(sum)), format!("{count} more")]);
    }
    write!(out, "{}", render::table(&rows, &[true]))?;
    if bytes.rewritten > 0 {
        let functions = render::count(bytes.rewritten, "function");
        writeln!(out, "  {functions} with another body of the same size")?;
    }
    Ok(())
}
