//! What does a file look like as one page for a review?
//!
//! Self-contained: styles, script and data are in the page, and nothing is fetched. What a view
//! cannot say of an input is said in its place; the others stand.

mod highlight;
mod markup;
mod parts;
mod treemap;

use crate::diagnostic::{Diagnostic, Result};
use crate::graph::Format;
use crate::inspect::summary::{self, Summary, What};
use crate::inspect::{capabilities, metadata, wiring, wit};
use crate::size::{self, Report};
use crate::wit::Features;
use markup::escape;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// Writes the page about a module or component. `name` is the path as the user typed it; `bytes`
/// writes a size.
pub fn page(name: &str, wasm: &[u8], bytes: &dyn Fn(u64) -> String) -> Result<String> {
    let features = Features::default();
    let summary = summary::summary(name, wasm, &features)?;
    let sizes = size::size(name, wasm, size::Options::default())?;
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let sections = [
        ("size", "Bytes", treemap::section(&sizes, bytes)),
        ("instances", "Instances", instances(name, wasm, bytes)),
        ("world", "World", world(name, wasm)),
        ("capabilities", "Capabilities", asked(name, wasm)),
        ("metadata", "Metadata", said(name, wasm, bytes)),
    ];
    let mut out = head(file);
    out += &format!("<header><h1>{}</h1>\n", escape(file));
    out += &facts(&summary, &sizes, bytes);
    out += "</header>\n<nav aria-label=\"Views\">";
    for (id, title, _) in &sections {
        out += &format!("<a href=\"#{id}\">{title}</a>");
    }
    out += "<button type=\"button\" id=\"theme\">Dark</button></nav>\n<main>\n";
    for (id, title, body) in &sections {
        out += &format!(
            "<section id=\"{id}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{title}</h2>\n{body}</section>\n"
        );
    }
    out += "</main>\n";
    out += &format!("<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    Ok(out)
}

fn head(file: &str) -> String {
    let title = escape(file);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    )
}

/// The most important numbers.
fn facts(summary: &Summary, sizes: &Report, bytes: &dyn Fn(u64) -> String) -> String {
    let kind = match summary.kind {
        What::Component => "Component",
        What::CoreModule => "Core module",
        What::WitPackage => "WIT package",
    };
    let count =
        |groups: &[summary::Group]| groups.iter().map(|group| group.items.len()).sum::<usize>();
    let mut facts = vec![
        ("Kind", kind.to_string()),
        ("Size", bytes(sizes.size)),
        ("About, with zstd", bytes(sizes.compressed)),
    ];
    if let Some(removable) = sizes.removable {
        facts.push(("Removable", bytes(removable.total)));
    }
    facts.push(("Imports", count(&summary.outside.imports).to_string()));
    facts.push(("Exports", count(&summary.outside.exports).to_string()));
    facts.push(("Core modules", summary.core_modules.len().to_string()));
    facts.push(("Memory at start", bytes(summary.memory)));
    let languages = summary.made_by.get("language").into_iter().flatten();
    let languages: Vec<&str> = languages.map(|(name, _)| name.as_str()).collect();
    if !languages.is_empty() {
        facts.push(("Languages", languages.join(", ")));
    }
    let facts = facts
        .iter()
        .map(|(label, value)| format!("<div><dt>{label}</dt><dd>{}</dd></div>", escape(value)));
    format!("<dl class=\"facts\">{}</dl>\n", facts.collect::<String>())
}

/// The instances as closed boxes, and opened where that shows more.
fn instances(name: &str, wasm: &[u8], bytes: &dyn Fn(u64) -> String) -> String {
    let drawn = |depth: usize| -> Result<String> {
        let report = wiring::wiring(name, wasm, depth)?;
        Ok(report.graph(bytes).draw(Format::Svg))
    };
    match (drawn(0), drawn(1)) {
        (Ok(closed), Ok(open)) if closed == open => parts::figure(&closed, "Instances and wiring"),
        (Ok(closed), Ok(open)) => format!(
            "{}<details><summary>With the core modules inside</summary>{}</details>\n",
            parts::figure(&closed, "Instances and wiring"),
            parts::figure(&open, "Instances with the core modules inside")
        ),
        (Err(error), _) | (_, Err(error)) => unknown(&error),
    }
}

fn world(name: &str, wasm: &[u8]) -> String {
    let text = wit::read(name, wasm, &Features::default()).and_then(|wit| wit.text(true));
    match text {
        Ok(text) => format!(
            "<pre class=\"wit\" tabindex=\"0\"><code>{}</code></pre>\n",
            highlight::wit(&text)
        ),
        Err(error) => unknown(&error),
    }
}

fn asked(name: &str, wasm: &[u8]) -> String {
    match capabilities::capabilities(name, wasm) {
        Ok(report) => parts::capabilities(&report),
        Err(error) => unknown(&error),
    }
}

fn said(name: &str, wasm: &[u8], bytes: &dyn Fn(u64) -> String) -> String {
    match metadata::metadata(name, wasm) {
        Ok(report) => parts::metadata(&report, bytes),
        Err(error) => unknown(&error),
    }
}

fn unknown(error: &Diagnostic) -> String {
    format!(
        "<p class=\"note\">Not known: {}.</p>\n",
        escape(&error.message)
    )
}
