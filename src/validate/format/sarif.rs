//! How does a report read as SARIF 2.1.0?
//!
//! One run; each code is a rule, each finding a result, each file an artifact.

use std::fmt::Write;

use indexmap::IndexSet;
use serde_json::{Value, json};

use super::{spot, text};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::validate::{Report, Verdict};

/// The document.
pub fn write(report: &Report) -> String {
    let findings = || report.files.iter().flat_map(|file| &file.findings);
    let codes: IndexSet<&str> = findings().map(|finding| finding.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code })).collect();
    let files = report.files.iter();
    let results = files.flat_map(|file| file.findings.iter().map(|f| result(file, f, &codes)));
    let artifacts = report
        .files
        .iter()
        .map(|file| json!({ "location": { "uri": uri(&file.file) } }));
    let left_out: usize = report.files.iter().map(|file| file.findings_left_out).sum();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "wct",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "artifacts": artifacts.collect::<Vec<_>>(),
            "results": results.collect::<Vec<_>>(),
            "properties": { "findings-left-out": left_out },
        }],
    });
    format!("{document:#}\n")
}

fn result(file: &Verdict, finding: &Diagnostic, codes: &IndexSet<&str>) -> Value {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    json!({
        "ruleId": finding.code,
        "ruleIndex": codes.get_index_of(finding.code),
        "level": level,
        "message": { "text": text(finding) },
        "locations": [location(&file.file, finding)],
    })
}

fn location(file: &str, finding: &Diagnostic) -> Value {
    let spot = spot(file, finding);
    let mut physical = json!({ "artifactLocation": { "uri": uri(spot.file) } });
    if let Some(mark) = spot.text {
        let mut region = json!({ "startLine": mark.line, "startColumn": mark.column });
        if let Some(end) = mark.end_column {
            region["endColumn"] = json!(end);
        }
        physical["region"] = region;
    } else if let Some(offset) = spot.offset {
        physical["region"] = json!({ "byteOffset": offset });
    }
    let mut location = json!({ "physicalLocation": physical });
    if let Some(name) = finding.place.as_deref().and_then(logical) {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": name }]);
    }
    location
}

/// The nested definitions and the function around a place.
fn logical(place: &Place) -> Option<String> {
    let mut parts = place.nested.clone();
    if let Some(function) = &place.function {
        let number = || format!("function {}", function.index);
        parts.push(function.name.clone().unwrap_or_else(number));
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// A path as a reference: what has a meaning there is escaped.
fn uri(path: &str) -> String {
    let mut out = if path.starts_with('/') {
        "file://".to_string()
    } else {
        String::new()
    };
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
