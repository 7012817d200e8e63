//! A middleware: asks another formatter, and puts brackets around what it answers.

wit_bindgen::generate!({ path: ["../../../wit/documents", "../wit/shout"], world: "demo:shout/shout", generate_all });

use demo::documents::formatter as inner;
use exports::demo::documents::formatter::{Guest, Style, Summary, SyntaxError};

struct Shout;

export!(Shout);

fn refused(error: inner::SyntaxError) -> SyntaxError {
    SyntaxError {
        line: error.line,
        column: error.column,
        reason: error.reason,
    }
}

impl Guest for Shout {
    fn format(text: String, style: Option<Style>) -> Result<String, SyntaxError> {
        let style = style.map(|style| inner::Style {
            indent: style.indent,
            sort_keys: style.sort_keys,
        });
        let text = inner::format(&text, style).map_err(refused)?;
        Ok(format!("[{text}]"))
    }

    fn summarize(text: String) -> Result<Summary, SyntaxError> {
        let summary = inner::summarize(&text).map_err(refused)?;
        Ok(Summary {
            depth: summary.depth + 1,
            values: summary.values,
            keys: summary.keys,
        })
    }
}
