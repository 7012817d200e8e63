//! What does the metadata look like as text?

use std::io::{self, Write};

use wct::inspect::Kind;
use wct::inspect::metadata::{Dependency, Metadata, Report, Says};

use crate::render;

/// A block for each binary that says anything.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for (at, binary) in report.binaries.iter().enumerate() {
        let lines = lines(&binary.says);
        if at > 0 && lines.is_empty() {
            continue;
        }
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}, {}", title(binary), render::bytes(binary.size))?;
        for (label, value) in lines {
            let value = render::wrap(&value, 100 - INDENT, INDENT);
            writeln!(out, "  {label:<14}{value}")?;
        }
    }
    Ok(())
}

/// Columns before a value.
const INDENT: usize = 16;

fn title(binary: &Metadata) -> String {
    let kind = match binary.kind {
        Kind::Component => "component",
        Kind::CoreModule => "core module",
    };
    if binary.path.is_empty() {
        kind.to_string()
    } else {
        binary.path.join(", ")
    }
}

/// What is said, as labels and values.
pub fn lines(says: &Says) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for (label, text) in says.texts() {
        lines.push((render::plain(label), render::plain(&text)));
    }
    if let Some(size) = says.dependency_list {
        let read = match &says.dependencies {
            Some(packages) => render::count(packages.len() as u64, "package"),
            None => "not readable".to_string(),
        };
        let text = format!(
            "dependency list of {} (.dep-v0), {read}",
            render::bytes(size)
        );
        lines.push(("sbom".to_string(), text));
    }
    if let Some(packages) = says.dependencies.as_ref().filter(|list| !list.is_empty()) {
        let packages: Vec<String> = packages.iter().map(package).collect();
        lines.push(("packages".to_string(), packages.join(", ")));
    }
    if let Some(registry) = &says.registry {
        annotations("", registry, &mut lines);
    }
    lines
}

fn package(package: &Dependency) -> String {
    let mut text = format!("{} {}", package.name, package.version);
    if package.kind.as_deref() == Some("build") {
        text.push_str(" (build)");
    }
    render::plain(&text)
}

/// A line for each value, with the keys that lead to it.
fn annotations(keys: &str, value: &serde_json::Value, lines: &mut Vec<(String, String)>) {
    let text = match value {
        serde_json::Value::Object(fields) => {
            for (field, value) in fields {
                annotations(format!("{keys} {field}").trim_start(), value, lines);
            }
            return;
        }
        serde_json::Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let text = match keys {
        "" => text,
        keys => format!("{keys}: {text}"),
    };
    lines.push(("registry".to_string(), render::plain(&text)));
}
