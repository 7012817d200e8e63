//! Which comment can wit-parser not read?
//!
//! `/**/` is an empty comment (`WIT.md`, "Comments"); wit-parser 0.263 takes it for documentation
//! that does not end, and panics.

use std::borrow::Cow;
use std::ops::Range;

const EMPTY: &str = "/**/";

/// The text with blanks in the place of each such comment: all else stays where it is.
pub fn blanked(text: &str) -> Cow<'_, str> {
    if !text.contains(EMPTY) {
        return Cow::Borrowed(text);
    }
    let mut blanked = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(range) = empty(text, at) {
        blanked.push_str(&text[at..range.start]);
        blanked.push_str(&" ".repeat(EMPTY.len()));
        at = range.end;
    }
    blanked.push_str(&text[at..]);
    Cow::Owned(blanked)
}

/// Where the first one is after a place that is in no comment and in no string. Comments in blocks
/// may be in each other.
fn empty(text: &str, mut at: usize) -> Option<Range<usize>> {
    let mut depth = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = match depth {
            0 if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            0 if rest.starts_with('"') => string(rest),
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

/// How long the string is that a text begins with.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_comment_is_one_outside_of_others_and_of_strings() {
        for (text, expected) in [
            ("/// a\n/**/ interface i {}", "/// a\n     interface i {}"),
            ("/**//**/", "        "),
            ("/* /**/ */ /**/", "/* /**/ */     "),
            (r#""//" /**/ "#, r#""//"      "#),
            (r#""/*" /**/ "*/""#, r#""/*"      "*/""#),
            (r#""\"/**/" /**/"#, r#""\"/**/"     "#),
            ("é/**/é", "é    é"),
        ] {
            assert_eq!(blanked(text), expected);
        }
        for text in [
            "// /**/",
            "/* /**/ */",
            "/* \" /**/ */",
            r#""/**/" "\\""#,
            r#""/**/"#,
            "/***/",
            "/** */",
            "/* */",
            "é / * /",
            "",
        ] {
            assert_eq!(blanked(text), text);
        }
    }
}
