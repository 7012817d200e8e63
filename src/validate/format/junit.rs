//! How does a report read as the XML of test runners?
//!
//! Each file is a test case; what makes it invalid are its failures, warnings are its output.

use std::fmt::Write;

use super::{spot, text};
use crate::diagnostic::{Diagnostic, Severity};
use crate::validate::{Report, Verdict, What};

/// The document. Writing to a string cannot fail.
pub fn write(report: &Report) -> String {
    let tests = report.files.len();
    let failures = report.files.iter().filter(|file| !file.valid).count();
    let counts = format!("name=\"wct validate\" tests=\"{tests}\" failures=\"{failures}\"");
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_string();
    let _ = writeln!(out, "<testsuites {counts}>");
    let _ = writeln!(out, "  <testsuite {counts} errors=\"0\" skipped=\"0\">");
    for file in &report.files {
        case(file, &mut out);
    }
    out += "  </testsuite>\n</testsuites>\n";
    out
}

fn case(file: &Verdict, out: &mut String) {
    let class = match file.kind {
        Some(What::Module) => "module",
        Some(What::Component) => "component",
        Some(What::WitPackage) => "wit-package",
        None => "unknown",
    };
    let name = escaped(&file.file);
    let _ = write!(out, "    <testcase classname=\"{class}\" name=\"{name}\"");
    if file.findings.is_empty() {
        *out += "/>\n";
        return;
    }
    *out += ">\n";
    let (errors, others): (Vec<_>, Vec<_>) = file
        .findings
        .iter()
        .partition(|f| f.severity == Severity::Error);
    for error in &errors {
        let (code, message) = (escaped(error.code), escaped(&error.message));
        let text = escaped(&told(&file.file, error));
        let _ = writeln!(
            out,
            "      <failure type=\"{code}\" message=\"{message}\">{text}</failure>"
        );
    }
    let mut lines: Vec<String> = others
        .iter()
        .map(|finding| format!("{}: {}", finding.code, told(&file.file, finding)))
        .collect();
    if file.findings_left_out > 0 {
        lines.push(format!(
            "{} more findings are left out",
            file.findings_left_out
        ));
    }
    if !lines.is_empty() {
        let text = escaped(&lines.join("\n"));
        let _ = writeln!(out, "      <system-out>{text}</system-out>");
    }
    *out += "    </testcase>\n";
}

/// The text of a finding, behind its place.
fn told(file: &str, finding: &Diagnostic) -> String {
    let spot = spot(file, finding);
    let place = match (spot.text, spot.offset) {
        (Some(mark), _) => format!("{}:{}:{}", spot.file, mark.line, mark.column),
        (None, Some(offset)) => format!("{}, offset {offset:#x}", spot.file),
        (None, None) => spot.file.to_string(),
    };
    format!("{place}: {}", text(finding))
}

/// Escaped for texts and attributes; what XML cannot hold is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
