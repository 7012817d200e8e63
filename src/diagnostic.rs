//! What went wrong, where, and what to do about it.
//!
//! One type serves as the fatal error of every verb, as the finding of `validate`, as the warning
//! in a report, and as the JSON of all three.

mod foreign;
mod place;

use std::ops::Range;
use std::sync::Arc;

use serde::{Serialize, Serializer};

#[cfg(feature = "wac")]
pub use foreign::wac;
pub(crate) use foreign::{is_echo, wasm_at};
pub use foreign::{unencodable, wasm, wat, wit, wit_component};
pub(crate) use place::{Dwarf, dwarf};
pub use place::{Function, Locator, Place, SourceLine, demangle, locate};

/// The result of every verb. The diagnostic is boxed: it is large and rare.
pub type Result<T> = std::result::Result<T, Box<Diagnostic>>;

/// One error, warning or note.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Diagnostic {
    pub severity: Severity,
    pub fault: Fault,
    /// Stable name, listed in `docs/errors.md`: `wit/unknown-type`.
    pub code: &'static str,
    /// Lowercase, no period, names the thing in backticks.
    pub message: String,
    /// Where in a binary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Box<Place>>,
    /// Where in texts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// Outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// Each starts with a verb.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<String>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Error,
    Warning,
    Note,
}

/// Who has to act. Decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// What was given is wrong, or the answer is no: exit code 1.
    Input,
    /// How wct was called is wrong: exit code 2.
    Invocation,
    /// wct is wrong: exit code 101.
    Ours,
}

/// A text that labels point into.
#[derive(Clone, Debug)]
pub struct Source {
    /// As the user typed it.
    pub name: String,
    pub text: Arc<str>,
}

/// A marked range of a text.
#[derive(Clone, Debug)]
pub struct Label {
    pub source: Source,
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Empty where the message says it all.
    pub text: String,
}

impl Diagnostic {
    /// An error in what was given.
    pub fn error(code: &'static str, message: impl Into<String>) -> Box<Diagnostic> {
        Self::new(Severity::Error, Fault::Input, code, message.into())
    }

    /// An error in how wct was called.
    pub fn invocation(code: &'static str, message: impl Into<String>) -> Box<Diagnostic> {
        Self::new(Severity::Error, Fault::Invocation, code, message.into())
    }

    /// An error of wct itself.
    pub fn ours(code: &'static str, message: impl Into<String>) -> Box<Diagnostic> {
        Self::new(Severity::Error, Fault::Ours, code, message.into())
            .help("report this with the input that shows it: it is a defect of wct")
    }

    /// Something worth knowing that stops nothing.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Box<Diagnostic> {
        Self::new(Severity::Warning, Fault::Input, code, message.into())
    }

    /// Something that was done without being asked for.
    pub fn note(code: &'static str, message: impl Into<String>) -> Box<Diagnostic> {
        Self::new(Severity::Note, Fault::Input, code, message.into())
    }

    fn new(severity: Severity, fault: Fault, code: &'static str, message: String) -> Box<Self> {
        Box::new(Diagnostic {
            severity,
            fault,
            code,
            message,
            place: None,
            labels: Vec::new(),
            causes: Vec::new(),
            help: Vec::new(),
        })
    }

    #[must_use]
    pub fn at(mut self: Box<Self>, place: Place) -> Box<Self> {
        self.place = Some(Box::new(place));
        self
    }

    #[must_use]
    pub fn label(mut self: Box<Self>, label: Label) -> Box<Self> {
        self.labels.push(label);
        self
    }

    #[must_use]
    pub fn cause(mut self: Box<Self>, cause: impl Into<String>) -> Box<Self> {
        self.causes.push(cause.into());
        self
    }

    #[must_use]
    pub fn help(mut self: Box<Self>, help: impl Into<String>) -> Box<Self> {
        self.help.push(help.into());
        self
    }

    /// Takes out how the command line says what is advised, and advice about nothing else; whether
    /// there was any. Options of the running command are written alone in backticks, those of other
    /// programs after the program's name. A sentence that is advice without its option has that
    /// after a colon.
    pub(crate) fn without_options(mut self: Box<Self>) -> (Box<Self>, bool) {
        let mut had_any = false;
        self.help.retain_mut(|help| {
            let Some(option) = option_in(help) else {
                return true;
            };
            had_any = true;
            help.truncate(option);
            match help.strip_suffix(": ").map(str::len) {
                Some(length) => {
                    help.truncate(length);
                    true
                }
                None => false,
            }
        });
        (self, had_any)
    }

    /// Says which file the place is in, where none was said yet.
    #[must_use]
    pub fn in_file(mut self: Box<Self>, file: &str) -> Box<Self> {
        let place = self.place.get_or_insert_default();
        if place.file.is_none() && self.labels.is_empty() {
            place.file = Some(file.to_string());
        }
        self
    }
}

/// Where the first option stands in an advice.
fn option_in(help: &str) -> Option<usize> {
    let mut quoted = help.match_indices("`-");
    let is_option = |text: &str| {
        let name = text.trim_start_matches(['`', '-']);
        name.starts_with(|c: char| c.is_ascii_alphabetic())
    };
    let found = quoted.find(|(at, _)| help.get(*at..).is_some_and(is_option));
    found.map(|(at, _)| at)
}

impl Label {
    /// Marks the token at `start`, or the end of the text if it is shorter.
    pub(crate) fn token(source: Source, start: usize) -> Label {
        let start = start.min(source.text.len());
        Label {
            range: start..token_end(&source.text, start),
            source,
            text: String::new(),
        }
    }

    /// Line and column of the start, both counted from 1; the column in characters.
    pub fn line_column(&self) -> (usize, usize) {
        let text = &self.source.text;
        let mut start = self.range.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[..start];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            file: &'a str,
            line: usize,
            column: usize,
            start: usize,
            end: usize,
            #[serde(skip_serializing_if = "str::is_empty")]
            text: &'a str,
        }
        let (line, column) = self.line_column();
        Shown {
            file: &self.source.name,
            line,
            column,
            start: self.range.start,
            end: self.range.end,
            text: &self.text,
        }
        .serialize(serializer)
    }
}

/// The end of the token at `start`, for a mark that is wide enough to see.
fn token_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or("");
    let mut chars = rest.char_indices();
    let Some((_, first)) = chars.next() else {
        return start;
    };
    if "()\n".contains(first) {
        return start + first.len_utf8();
    }
    let end = rest.find(|c: char| c.is_whitespace() || "()".contains(c));
    start + end.unwrap_or(rest.len()).max(first.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_without_options_is_what_holds_without_them() {
        for (help, left) in [
            ("name it: `--wit PATH`", Some("name it")),
            (
                "wire it by hand: `--wire A=B`, or `-d`",
                Some("wire it by hand"),
            ),
            ("name a component with `-d NAME=FILE`", None),
            ("leave out `--adapt`: one is bundled", None),
            ("give it with `-d`, or by hand: `--wire`", None),
        ] {
            let (error, had_any) = Diagnostic::error("file/changed", "")
                .help(help)
                .without_options();
            assert!(had_any, "{help}");
            assert_eq!(error.help.first().map(String::as_str), left, "{help}");
        }
        for help in [
            "write letters, digits, `-` and `_`",
            "link without `wasm-ld --gc`",
        ] {
            let (error, had_any) = Diagnostic::error("file/changed", "")
                .help(help)
                .without_options();
            assert!(!had_any && error.help == [help], "{help}");
        }
    }
}
