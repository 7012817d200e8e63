//! Which comment can wit-parser not read?
//!
//! `/**/` is an empty comment (`WIT.md`, "Comments"); wit-parser 0.263 takes it for documentation
//! that does not end, and panics.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Label, Result, Source};

const EMPTY: &str = "/**/";

/// Fails where a text has such a comment.
pub fn check(name: &str, text: &str) -> Result<()> {
    let Some(range) = empty(text) else {
        return Ok(());
    };
    let label = Label {
        source: Source {
            name: name.to_string(),
            text: text.into(),
        },
        range,
        text: String::new(),
    };
    Err(
        Diagnostic::error("wit/empty-comment", "an empty comment cannot be read")
            .label(label)
            .help("leave it out, or write `/* */`"),
    )
}

/// Checks a file, or all of a package's folder and its `deps`. What cannot be read is told by whoever
/// reads it next.
pub fn check_path(path: &Path) -> Result<()> {
    let mut files = vec![path.to_path_buf()];
    if path.is_dir() {
        files = listed(path);
        for dependency in listed(&path.join("deps")) {
            match dependency.is_dir() {
                true => files.extend(listed(&dependency)),
                false => files.push(dependency),
            }
        }
        files.retain(|file| file.extension().is_some_and(|extension| extension == "wit"));
    }
    for file in files {
        if let Ok(text) = std::fs::read_to_string(&file) {
            check(&file.display().to_string(), &text)?;
        }
    }
    Ok(())
}

/// What is in a folder, in order.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    paths
}

/// Where the first one is. Comments in blocks may be in each other.
fn empty(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    let mut depth = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = match depth {
            0 if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            0 if rest.starts_with(EMPTY) => return Some(at..at + EMPTY.len()),
            _ if rest.starts_with("/*") => {
                depth += 1;
                2
            }
            1.. if rest.starts_with("*/") => {
                depth -= 1;
                2
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        at += step;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_comment_is_one_outside_of_others() {
        assert_eq!(empty("/// a\n/**/ interface i {}"), Some(6..10));
        assert_eq!(empty("/* /**/ */ /**/"), Some(11..15));
        for text in [
            "// /**/",
            "/* /**/ */",
            "/***/",
            "/** */",
            "/* */",
            "é / * /",
            "",
        ] {
            assert_eq!(empty(text), None, "{text}");
        }
    }
}
