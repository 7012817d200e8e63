//! How does a report read as workflow commands of GitHub?
//!
//! A line for each finding: `::error file=app.wat,line=4,col=8,title=wasm/invalid::message`.

use std::fmt::Write;

use super::{spot, text};
use crate::diagnostic::{Diagnostic, Severity};
use crate::validate::Report;

/// The commands. Writing to a string cannot fail.
pub fn write(report: &Report) -> String {
    let mut out = String::new();
    for file in &report.files {
        for finding in &file.findings {
            let _ = writeln!(out, "{}", command(&file.file, finding));
        }
        if file.findings_left_out > 0 {
            let name = property(&file.file);
            let count = file.findings_left_out;
            let _ = writeln!(
                out,
                "::error file={name}::{count} more findings are left out"
            );
        }
    }
    out
}

fn command(file: &str, finding: &Diagnostic) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let spot = spot(file, finding);
    let mut properties = vec![format!("file={}", property(spot.file))];
    if let Some(mark) = spot.text {
        properties.push(format!("line={}", mark.line));
        properties.push(format!("col={}", mark.column));
        if let Some(end) = mark.end_column {
            properties.push(format!("endColumn={end}"));
        }
    }
    properties.push(format!("title={}", property(finding.code)));
    let properties = properties.join(",");
    format!("::{level} {properties}::{}", data(&text(finding)))
}

/// Escaped as the runner reads the text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escaped as the runner reads a property, which ends at a comma.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
