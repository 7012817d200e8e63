//! Which changes are too much?

use super::Report;
use super::bytes::Bytes;
use crate::diagnostic::{Diagnostic, Result};
use crate::validate::parse_size;

/// What a comparison fails on.
#[derive(Clone, Debug, PartialEq)]
pub enum Limit {
    /// A change that breaks callers or hosts.
    Breaking,
    /// An import that the old side does without.
    Capability,
    /// More growth than this.
    Size(Growth),
}

/// How much larger the new side may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Growth {
    Percent(f64),
    Bytes(u64),
}

impl Limit {
    /// Reads `breaking`, `capability`, `size=+10%`, `size=+20KiB`.
    pub fn parse(text: &str) -> Result<Limit> {
        match text {
            "breaking" => return Ok(Limit::Breaking),
            "capability" => return Ok(Limit::Capability),
            _ => {}
        }
        let unreadable = || {
            Diagnostic::invocation(
                "cli/unreadable-limit",
                format!("`{text}` is nothing to fail on"),
            )
            .help("write `breaking`, `capability`, `size=+10%` or `size=+20KiB`")
        };
        let growth = text.strip_prefix("size=").ok_or_else(unreadable)?;
        let growth = growth.strip_prefix('+').unwrap_or(growth);
        let Some(percent) = growth.strip_suffix('%') else {
            let bytes = parse_size(growth).map_err(|_| unreadable())?;
            return Ok(Limit::Size(Growth::Bytes(bytes)));
        };
        let percent = percent.parse::<f64>().map_err(|_| unreadable())?;
        match percent.is_finite() && percent >= 0.0 {
            true => Ok(Limit::Size(Growth::Percent(percent))),
            false => Err(unreadable()),
        }
    }

    /// What goes beyond this limit, if anything does.
    pub(super) fn finding(&self, report: &Report) -> Option<Diagnostic> {
        match self {
            Limit::Breaking => breaking(report),
            Limit::Capability => capability(report),
            Limit::Size(growth) => size(report.bytes.as_ref()?, *growth),
        }
    }
}

fn breaking(report: &Report) -> Option<Diagnostic> {
    let breaking = report.changes.iter().filter(|change| change.is_breaking());
    let paths: Vec<String> = breaking.map(|change| quoted(&change.full_path())).collect();
    let message = match paths.as_slice() {
        [] => return None,
        [one] => format!("the change of {one} breaks who relies on it"),
        paths => format!("{} changes break who relies on them", paths.len()),
    };
    let finding = Diagnostic::error("diff/breaking", message);
    let finding = match paths.len() {
        1 => finding,
        _ => finding.cause(format!("they are of {}", paths.join(", "))),
    };
    Some(*finding.help("undo what breaks, or release this as a breaking change"))
}

fn capability(report: &Report) -> Option<Diagnostic> {
    let gained = report.capabilities.iter().flat_map(|found| &found.gained);
    let gained: Vec<String> = gained.map(|import| quoted(import)).collect();
    if gained.is_empty() {
        return None;
    }
    let message = format!("it imports what it did without: {}", gained.join(", "));
    let help = "look at what leads there with `wct inspect --capabilities`";
    Some(*Diagnostic::error("diff/capability", message).help(help))
}

fn size(bytes: &Bytes, allowed: Growth) -> Option<Diagnostic> {
    let growth = bytes.new.saturating_sub(bytes.old);
    let (is_over, limit) = match allowed {
        Growth::Bytes(limit) => (growth > limit, format!("{limit} bytes")),
        Growth::Percent(percent) => {
            let limit = bytes.old as f64 * percent / 100.0;
            (growth as f64 > limit, format!("{percent}%"))
        }
    };
    let message = format!("it is {growth} bytes larger, more than the {limit} allowed");
    let finding = Diagnostic::error("diff/size", message)
        .cause(format!("{} bytes became {}", bytes.old, bytes.new))
        .help("make it smaller with `wct shrink`, or allow more");
    is_over.then_some(*finding)
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_they_are_written() {
        let limit = |text| Limit::parse(text).ok();
        assert_eq!(limit("breaking"), Some(Limit::Breaking));
        assert_eq!(limit("capability"), Some(Limit::Capability));
        assert_eq!(limit("size=+10%"), Some(Limit::Size(Growth::Percent(10.0))));
        assert_eq!(limit("size=2.5%"), Some(Limit::Size(Growth::Percent(2.5))));
        assert_eq!(
            limit("size=+20KiB"),
            Some(Limit::Size(Growth::Bytes(20480)))
        );
        for text in [
            "",
            "size",
            "size=",
            "size=%",
            "size=-5%",
            "size=+inf%",
            "Breaking",
        ] {
            assert_eq!(limit(text), None, "{text}");
        }
    }
}
