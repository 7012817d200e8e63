//! Which tree do the bytes make, with the small owners put together?

use serde_json::{Value, json};

use super::markup;
use crate::inspect::Kind;
use crate::size::{Name, Owner, Report};

/// What draws it.
pub(super) const SCRIPT: &str = include_str!("treemap.js");

/// More owners than this are not told one by one: pages stay small for large files.
const MOST: usize = 5_000;

/// Longer names are cut.
const LONGEST: usize = 200;

/// The tree as data, and the places that the script fills.
pub(super) fn section(report: &Report, bytes: &dyn Fn(u64) -> String) -> String {
    let data = markup::json(&tree(report));
    let mut out = format!("<script type=\"application/json\" id=\"bytes\">{data}</script>\n");
    out += concat!(
        "<div class=\"tools\"><div id=\"crumbs\" role=\"navigation\" aria-label=\"Zoom\"></div>",
        "<input id=\"search\" type=\"search\" placeholder=\"Search names\" aria-label=\"Search names\">",
        "</div>\n",
        "<div id=\"map\" role=\"group\" aria-label=\"Treemap of bytes: arrows move, Enter zooms in, ",
        "Escape zooms out\"></div>\n",
        "<p id=\"legend\"></p>\n",
        "<p id=\"detail\" role=\"status\"></p>\n",
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Largest\">",
        "<table id=\"list\"></table></div>\n",
        "<noscript><p class=\"note\">The treemap needs a script.</p></noscript>\n"
    );
    if let Some(removable) = report.removable {
        let parts = removable.parts();
        let parts = parts.map(|(size, what)| format!("{} {what}", bytes(size)));
        let parts: Vec<String> = parts.collect();
        if !parts.is_empty() {
            out += &format!(
                "<p class=\"note\"><code>wct shrink</code> takes away at least {}: {}.</p>\n",
                bytes(removable.total),
                parts.join(", ")
            );
        }
    }
    out
}

/// A node is name, size, kind, retained size, whether it is unused, and children.
fn tree(report: &Report) -> Value {
    let sizes = report.owners.iter().map(|owner| owner.size);
    // They are sorted: what is as large as the last one that fits is told.
    let least = sizes.clone().nth(MOST).map_or(0, |size| size + 1);
    let mut parts: Vec<Part<'_>> = report.parts.iter().map(|_| Part::default()).collect();
    for owner in &report.owners {
        if let Some(part) = parts.get_mut(owner.part) {
            part.add(owner, least);
        }
    }
    build(report, &parts, 0)
}

/// What a part has of its own.
#[derive(Default)]
struct Part<'r> {
    areas: [Area<'r>; 4],
}

#[derive(Default)]
struct Area<'r> {
    size: u64,
    told: Vec<&'r Owner>,
    rest: u64,
    count: u64,
}

/// Kinds of the script: what colours mean.
const AREAS: [(&str, &str); 4] = [
    ("code", "functions"),
    ("data", "segments"),
    ("custom", "sections"),
    ("structure", "items"),
];

impl<'r> Part<'r> {
    fn add(&mut self, owner: &'r Owner, least: u64) {
        let at = match owner.section {
            "code" => 0,
            "data" => 1,
            "custom" => 2,
            _ => 3,
        };
        let area = &mut self.areas[at];
        area.size += owner.size;
        if owner.size >= least {
            area.told.push(owner);
        } else {
            area.rest += owner.size;
            area.count += 1;
        }
    }
}

fn build(report: &Report, parts: &[Part<'_>], at: usize) -> Value {
    let part = &report.parts[at];
    let mut children = Vec::new();
    for (area, (kind, items)) in parts[at].areas.iter().zip(AREAS) {
        if area.size == 0 {
            continue;
        }
        let mut owners: Vec<Value> = area.told.iter().map(|owner| leaf(owner, kind)).collect();
        if area.rest > 0 {
            let name = format!("{} smaller {items}", area.count);
            owners.push(json!([name, area.rest, kind, 0, 0, []]));
        }
        children.push(json!([kind, area.size, kind, 0, 0, owners]));
    }
    // Nested ones follow, up to the next part that is not deeper.
    let depth = part.path.len();
    let following = report.parts.iter().enumerate().skip(at + 1);
    let nested = following.take_while(|(_, other)| other.path.len() > depth);
    let nested = nested.filter(|(_, other)| other.path.len() == depth + 1);
    children.extend(nested.map(|(at, _)| build(report, parts, at)));
    json!([name(report, at), part.size, "part", 0, 0, children])
}

fn name(report: &Report, at: usize) -> String {
    let part = &report.parts[at];
    let place = part.path.last().map_or(
        match part.kind {
            Kind::Component => "component",
            Kind::CoreModule => "core module",
        },
        String::as_str,
    );
    match &part.name {
        Some(name) => format!("{} ({place})", cut(name)),
        None => place.to_string(),
    }
}

fn leaf(owner: &Owner, kind: &str) -> Value {
    let name = owner.name.as_ref().map(Name::read);
    let name = match (name.as_deref(), owner.index) {
        (Some(name), _) if owner.section == "code" => cut(name),
        (Some(name), Some(index)) => format!("{} {index} {}", owner.section, cut(name)),
        (Some(name), None) => cut(name),
        (None, Some(index)) if owner.section == "code" => format!("function {index}"),
        (None, Some(index)) => format!("{} {index}", owner.section),
        (None, None) => format!("{} section", owner.section),
    };
    json!([
        name,
        owner.size,
        kind,
        owner.retained.unwrap_or(0),
        u8::from(owner.dead),
        []
    ])
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_string(),
    }
}
