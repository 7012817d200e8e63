//! Is a document nested deeper than its parser follows?
//!
//! The parser calls itself for what stands in brackets, without a limit of its own.

/// How deep brackets may nest. Documents that people write stay below ten.
pub(super) const MAX_DEPTH: usize = 100;

/// Where a bracket is opened that is one too deep.
pub(super) fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(first) = rest.chars().next()
    {
        let length = match first {
            '"' => 2 + until(&rest[1..], "\""),
            '/' if rest.starts_with("//") => until(rest, "\n"),
            '/' if rest.starts_with("/*") => comment(rest),
            '-' if rest.starts_with("->") => 2,
            other => {
                match other {
                    '(' | '{' | '[' | '<' => depth += 1,
                    ')' | '}' | ']' | '>' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth > MAX_DEPTH {
                    return Some(at);
                }
                other.len_utf8()
            }
        };
        at += length;
    }
    None
}

fn until(text: &str, end: &str) -> usize {
    text.find(end).unwrap_or(text.len())
}

/// The length of a comment. They nest.
fn comment(text: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(next) = text[at..].find(['/', '*']) {
        at += next;
        match text[at..].get(..2) {
            Some("/*") => depth += 1,
            Some("*/") => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{MAX_DEPTH, too_deep};

    #[test]
    fn only_brackets_that_open_something_count() {
        let parens = "(".repeat(MAX_DEPTH);
        assert_eq!(too_deep(&parens), None);
        assert_eq!(too_deep(&format!("{parens}(")), Some(MAX_DEPTH));
        let closed = "f: func() -> list<u8>;\n".repeat(2 * MAX_DEPTH);
        assert_eq!(too_deep(&closed), None);
        for aside in ["// (\n", "/* /* ( */ ( */", "\"(\""] {
            assert_eq!(too_deep(&aside.repeat(2 * MAX_DEPTH)), None, "{aside}");
        }
    }
}
