//! What do a diagnostic, a table and a number of bytes look like as text?

use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use wct::diagnostic::{Diagnostic, Place, Severity};
use wct::inspect::capabilities::Authority;

/// The text of a diagnostic, with color codes; the stream takes them out where they do not belong.
pub fn diagnostic(diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(plain_lines(&diagnostic.message)));
    for (at, label) in diagnostic.labels.iter().enumerate() {
        let kind = if at == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let mut mark = kind.span(label.range.clone());
        if !label.text.is_empty() {
            mark = mark.label(plain_lines(&label.text));
        }
        let snippet = Snippet::source(shown(&label.source.text))
            .path(plain(&label.source.name))
            .annotation(mark);
        group = group.element(snippet);
    }
    let place = diagnostic.place.as_deref().map(|at| plain(&place(at)));
    if let Some(place) = place.as_deref().filter(|place| !place.is_empty()) {
        group = group.element(annotate_snippets::Origin::path(place));
    }
    for cause in &diagnostic.causes {
        group = group.element(Level::NOTE.no_name().message(lines(cause)));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(lines(help)));
    }
    Renderer::styled().render(&[group])
}

/// How wide lines get that are broken, and how wide they may be without.
const BROKEN: usize = 96;
const WHOLE: usize = 116;

/// A text without lines that are too long.
fn lines(text: &str) -> String {
    let lines = plain_lines(text);
    let lines: Vec<String> = lines.split('\n').map(wrapped).collect();
    lines.join("\n")
}

/// A text of several lines without what would steer a terminal.
fn plain_lines(text: &str) -> String {
    let text = text.replace('\t', "    ");
    let lines: Vec<String> = text.lines().map(plain).collect();
    lines.join("\n")
}

/// A source with all its offsets. What stands before a space is shown as a sign by the renderer,
/// but not the second block of control characters, which have two bytes each.
fn shown(source: &str) -> String {
    source.replace(|c| matches!(c, '\u{80}'..='\u{9f}'), "·")
}

/// A long line as several, broken between words; names stay whole.
fn wrapped(line: &str) -> String {
    if line.chars().count() <= WHOLE {
        return line.to_string();
    }
    let mut out = String::new();
    let mut width = 0;
    let mut is_name = false;
    for word in line.split(' ') {
        let long = word.chars().count();
        let breaks = !is_name && width + 1 + long > BROKEN;
        if width > 0 {
            out.push(if breaks { '\n' } else { ' ' });
        }
        width = if breaks { long } else { width + 1 + long };
        out.push_str(word);
        is_name ^= word.matches('`').count() % 2 == 1;
    }
    out
}

/// A place in one line, from the file inwards.
fn place(place: &Place) -> String {
    let mut parts = Vec::new();
    parts.extend(place.file.clone());
    parts.extend(nested(&place.nested));
    if let Some(function) = &place.function {
        parts.push(match &function.name {
            Some(name) => format!("function {} `{name}`", function.index),
            None => format!("function {}", function.index),
        });
    } else if let Some(section) = &place.section {
        parts.push(format!("{section} section"));
    }
    if let Some(instruction) = &place.instruction {
        parts.push(format!("instruction `{instruction}`"));
    }
    if let Some(offset) = place.offset {
        parts.push(format!("offset {offset:#x}"));
    }
    let mut out = parts.join(", ");
    if let Some(source) = &place.source {
        let _ = write!(out, " ({}", source.file);
        for number in [source.line, source.column].into_iter().flatten() {
            let _ = write!(out, ":{number}");
        }
        out.push(')');
    }
    out
}

/// The definitions around a place; of a deep nest its ends.
fn nested(definitions: &[String]) -> Vec<String> {
    match definitions {
        [first, between @ .., last] if between.len() > 4 => vec![
            first.clone(),
            format!("{} levels further in", between.len()),
            last.clone(),
        ],
        _ => definitions.to_vec(),
    }
}

/// `1536` as `1.5 KiB`.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["B", "KiB", "MiB", "GiB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{count} B")
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

/// `1234` milliseconds as `1.2 s`.
pub fn seconds(millis: u64) -> String {
    format!("{:.1} s", millis as f64 / 1000.0)
}

/// Rows as aligned columns, two spaces apart; `right` says which columns hold numbers.
pub fn table(rows: &[Vec<String>], right: &[bool]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = widths[column];
            if right.get(column).copied().unwrap_or(false) {
                let _ = write!(line, "{cell:>width$}  ");
            } else {
                let _ = write!(line, "{cell:<width$}  ");
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// `3` of `item` as `3 items`.
pub fn count(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A share of a whole: `12%`, or `<1%`.
pub fn percent(part: u64, whole: u64) -> String {
    match (part, whole) {
        (0, _) | (_, 0) => "0%".to_string(),
        _ if part.saturating_mul(100) < whole => "<1%".to_string(),
        _ => format!("{:.0}%", part as f64 * 100.0 / whole as f64),
    }
}

/// A text from a binary, on one line and without what would steer a terminal.
pub fn plain(text: &str) -> String {
    let is_plain = |c: char| {
        !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if is_plain(c) { c } else { '\u{fffd}' })
        .collect()
}

/// The text, plain, in at most so many characters; what is cut out of the middle shows as `…`.
pub fn shorten(text: &str, width: usize) -> String {
    let text = plain(text);
    let length = text.chars().count();
    if length <= width {
        return text;
    }
    if width == 0 {
        return String::new();
    }
    let head = width / 2;
    let tail = width - head - 1;
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!("{start}…{end}")
}

/// Breaks a text at spaces into lines of at most `width` characters, each but the first indented.
pub fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let word = shorten(word, width);
        let line = lines.last_mut().expect("there is a first line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word);
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

/// What an authority is called.
pub fn authority(authority: Authority) -> &'static str {
    match authority {
        Authority::Filesystem => "filesystem",
        Authority::Network => "network",
        Authority::Http => "HTTP",
        Authority::Environment => "environment",
        Authority::Clocks => "clocks",
        Authority::Random => "random numbers",
        Authority::Stdio => "standard streams",
        Authority::Exit => "exit",
        Authority::Io => "streams and polling",
        Authority::Custom => "custom",
    }
}

#[cfg(test)]
mod tests {
    use wct::diagnostic::{Label, Source};

    use super::*;

    #[test]
    fn nothing_in_a_diagnostic_steers_the_terminal() {
        let code = "\u{1b}[99m\u{9b}99m";
        let label = Label {
            source: Source {
                name: format!("source {code}"),
                text: format!("text {code}").into(),
            },
            range: 0..4,
            text: format!("label {code}"),
        };
        let mut error = Diagnostic::error("test/code", format!("message {code}"))
            .cause(format!("cause {code}\nand {code}"))
            .help(format!("help {code}"))
            .in_file(&format!("file {code}"));
        error.labels.push(label);
        let text = diagnostic(&error);
        assert!(!text.contains("\u{1b}[99m"), "{text:?}");
        assert!(!text.contains('\u{9b}'), "{text:?}");
    }

    #[test]
    fn a_text_is_shortened_to_any_width() {
        let shortened: Vec<String> = (0..5).map(|width| shorten("abcde", width)).collect();
        assert_eq!(shortened, ["", "…", "a…", "a…e", "ab…e"]);
    }
}
