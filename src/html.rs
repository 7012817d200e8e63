//! What does a file, or the change of one, look like as a page for a review?
//!
//! Self-contained: styles, script and data are in the page, and nothing is fetched. What a view
//! cannot say of an input is said in its place; the others stand.

mod changes;
mod frame;
mod highlight;
mod markup;
mod parts;
mod treemap;

use crate::diagnostic::{Diagnostic, Result};
use crate::graph::Format;
use crate::input;
use crate::inspect::summary::{self, Summary, What};
use crate::inspect::{capabilities, metadata, wiring, wit};
use crate::size::{self, Report};
use crate::wit::Features;
use frame::Page;
use markup::escape;

pub use changes::changes;

/// Writes the page about a module or component. `name` is the path as the user typed it; `bytes`
/// writes a size.
pub fn page(name: &str, wasm: &[u8], bytes: &dyn Fn(u64) -> String) -> Result<String> {
    let binary = input::to_binary(name, wasm)?;
    let wasm: &[u8] = &binary;
    let summary = summary::summary(name, wasm, &Features::default())?;
    let sizes = size::size(name, wasm, size::Options::default())?;
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let page = Page {
        title: file,
        lead: String::new(),
        facts: facts(&summary, &sizes, bytes),
        tools: "",
        sections: vec![
            ("size", "Bytes", treemap::section(&sizes, bytes)),
            ("instances", "Instances", instances(name, wasm, bytes)),
            ("world", "World", world(name, wasm)),
            ("capabilities", "Capabilities", asked(name, wasm)),
            ("metadata", "Metadata", said(name, wasm, bytes)),
        ],
        script: treemap::SCRIPT,
    };
    Ok(page.html())
}

/// The most important numbers.
fn facts(
    summary: &Summary,
    sizes: &Report,
    bytes: &dyn Fn(u64) -> String,
) -> Vec<(&'static str, String)> {
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
    facts
}

/// The instances as closed boxes, opened where that shows more, and in words.
fn instances(name: &str, wasm: &[u8], bytes: &dyn Fn(u64) -> String) -> String {
    let drawn = |depth: usize| -> Result<(String, String)> {
        let report = wiring::wiring(name, wasm, depth)?;
        let graph = report.graph(bytes);
        Ok((graph.draw(Format::Svg), parts::boxes(&graph)))
    };
    match (drawn(0), drawn(1)) {
        (Ok((closed, _)), Ok((open, boxes))) => {
            let mut out = parts::figure(&closed, "Instances and wiring");
            if closed != open {
                out += &format!(
                    "<details><summary>With the core modules inside</summary>{}</details>\n",
                    parts::figure(&open, "Instances with the core modules inside")
                );
            }
            out + &format!("<details><summary>In words</summary>{boxes}</details>\n")
        }
        (Err(error), _) | (_, Err(error)) => unknown(&error),
    }
}

fn world(name: &str, wasm: &[u8]) -> String {
    let text = wit::read(name, wasm, &Features::default()).and_then(|wit| wit.text());
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
