//! In which forms do other programs take the report?

mod github;
mod junit;
mod sarif;

use super::Report;
use crate::diagnostic::Diagnostic;

/// A form that other programs read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Static Analysis Results Interchange Format 2.1.0, of OASIS.
    Sarif,
    /// Workflow commands that annotate a change on GitHub.
    Github,
    /// The XML that test runners write for build servers.
    Junit,
}

impl Report {
    /// The report in another form, with all findings.
    pub fn written_as(&self, format: Format) -> String {
        match format {
            Format::Sarif => sarif::write(self),
            Format::Github => github::write(self),
            Format::Junit => junit::write(self),
        }
    }
}

/// Where a finding is.
struct Spot<'a> {
    file: &'a str,
    text: Option<Mark>,
    /// In a binary.
    offset: Option<u64>,
}

/// A place in a text; all count from 1, columns in characters.
struct Mark {
    line: usize,
    column: usize,
    /// Behind the last character, where that is on the same line.
    end_column: Option<usize>,
}

/// The place of a finding about `file`.
fn spot<'a>(file: &'a str, finding: &'a Diagnostic) -> Spot<'a> {
    if let Some(label) = finding.labels.first() {
        let (line, column) = label.line_column();
        let marked = label.source.text.get(label.range.clone()).unwrap_or("");
        let width = marked.chars().count();
        let is_one_line = !marked.is_empty() && !marked.contains('\n');
        return Spot {
            file: &label.source.name,
            text: Some(Mark {
                line,
                column,
                end_column: is_one_line.then_some(column + width),
            }),
            offset: None,
        };
    }
    let place = finding.place.as_deref();
    Spot {
        file: place
            .and_then(|place| place.file.as_deref())
            .unwrap_or(file),
        text: None,
        offset: place.and_then(|place| place.offset),
    }
}

/// The message with its causes and what to do, a line each.
fn text(finding: &Diagnostic) -> String {
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.causes.iter().cloned());
    lines.extend(finding.help.iter().map(|help| format!("help: {help}")));
    lines.join("\n")
}
