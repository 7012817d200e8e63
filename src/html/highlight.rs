//! Which words of WIT are shown in which way?

use super::markup::escape;

const KEYWORDS: &[&str] = &[
    "as",
    "async",
    "constructor",
    "enum",
    "export",
    "flags",
    "from",
    "func",
    "implements",
    "import",
    "include",
    "interface",
    "package",
    "record",
    "resource",
    "static",
    "type",
    "use",
    "variant",
    "with",
    "world",
];

const TYPES: &[&str] = &[
    "bool",
    "borrow",
    "char",
    "error-context",
    "f32",
    "f64",
    "fixed-list",
    "future",
    "list",
    "map",
    "option",
    "own",
    "result",
    "s16",
    "s32",
    "s64",
    "s8",
    "stream",
    "string",
    "tuple",
    "u16",
    "u32",
    "u64",
    "u8",
];

/// The text with its comments, attributes, keywords and types marked.
pub(super) fn wit(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (class, length) = token(rest, first);
        let (word, after) = rest.split_at(length);
        match class {
            Some(class) => out += &format!("<span class=\"{class}\">{}</span>", escape(word)),
            None => out += &escape(word),
        }
        rest = after;
    }
    out
}

/// What the first token is, and how long.
fn token(rest: &str, first: char) -> (Option<&'static str>, usize) {
    if rest.starts_with("//") {
        let line = rest.find('\n').unwrap_or(rest.len());
        return (Some("w-comment"), line);
    }
    if rest.starts_with("/*") {
        return (
            Some("w-comment"),
            rest.find("*/").map_or(rest.len(), |at| at + 2),
        );
    }
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '%');
    if first == '@' {
        let name = rest[1..]
            .find(|c: char| !is_word(c))
            .map_or(rest.len(), |at| at + 1);
        let is_version = rest[1..].starts_with(|c: char| c.is_ascii_digit());
        return (Some("w-gate").filter(|_| !is_version), name.max(1));
    }
    if !is_word(first) {
        let end = rest.find(|c: char| is_word(c) || matches!(c, '@' | '/'));
        return (None, end.filter(|end| *end > 0).unwrap_or(first.len_utf8()));
    }
    let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
    let word = &rest[..length];
    // A word that is followed by a colon is a name, whatever it is.
    let is_name = rest[length..].starts_with(':');
    let class = match word {
        _ if is_name => None,
        word if KEYWORDS.contains(&word) => Some("w-keyword"),
        word if TYPES.contains(&word) => Some("w-type"),
        _ => None,
    };
    (class, length)
}

#[cfg(test)]
mod tests {
    use super::wit;

    #[test]
    fn names_that_look_like_keywords_stay_names() {
        let html = wit("use: func(type: u8); // <x>\n@since(version = 1.0.0)");
        let expected = "use: <span class=\"w-keyword\">func</span>(type: \
                        <span class=\"w-type\">u8</span>); \
                        <span class=\"w-comment\">// &lt;x&gt;</span>\n\
                        <span class=\"w-gate\">@since</span>(version = 1.0.0)";
        assert_eq!(html, expected);
    }
}
