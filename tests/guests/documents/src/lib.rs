//! Formats JSON documents: records, options, results and strings across the boundary.

wit_bindgen::generate!({ path: "../../../wit/documents", world: "documents" });

use exports::demo::documents::formatter::{Guest, Style, Summary, SyntaxError};
use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};

struct Documents;

export!(Documents);

impl Guest for Documents {
    fn format(text: String, style: Option<Style>) -> Result<String, SyntaxError> {
        let mut value = parse(&text)?;
        let Some(style) = style else {
            return Ok(value.to_string());
        };
        if style.sort_keys {
            value.sort_all_objects();
        }
        let indent = b" ".repeat(usize::from(style.indent));
        let mut out = Vec::new();
        let mut serializer =
            Serializer::with_formatter(&mut out, PrettyFormatter::with_indent(&indent));
        value
            .serialize(&mut serializer)
            .expect("memory takes all that is written");
        Ok(String::from_utf8(out).expect("JSON is UTF-8"))
    }

    fn summarize(text: String) -> Result<Summary, SyntaxError> {
        let value = parse(&text)?;
        let keys = match &value {
            Value::Object(members) => members.keys().cloned().collect(),
            _ => Vec::new(),
        };
        let (depth, values) = measure(&value);
        Ok(Summary {
            depth,
            values,
            keys,
        })
    }
}

fn parse(text: &str) -> Result<Value, SyntaxError> {
    serde_json::from_str(text).map_err(|error| SyntaxError {
        line: error.line() as u32,
        column: error.column() as u32,
        reason: error.to_string(),
    })
}

/// Depth and number of values.
fn measure(value: &Value) -> (u32, u32) {
    let children: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => return (0, 1),
    };
    let measured = children.into_iter().map(measure);
    let (depth, values) =
        measured.fold((0, 1), |(depth, values), (d, v)| (depth.max(d), values + v));
    (depth + 1, values)
}
