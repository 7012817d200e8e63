//! What do the smaller views look like on the page?

use super::markup::escape;
use crate::graph::Graph;
use crate::inspect::capabilities::{Authority, Function, Report};
use crate::inspect::metadata;
use crate::shrink::reach;

/// A picture that scrolls where it is wider than the page.
pub(super) fn figure(svg: &str, name: &str) -> String {
    let svg = svg.replacen(
        "<svg ",
        &format!("<svg role=\"img\" aria-label=\"{name}\" "),
        1,
    );
    format!(
        "<div class=\"picture\" tabindex=\"0\" role=\"group\" aria-label=\"{name}\">{svg}</div>\n"
    )
}

/// The boxes of a graph, and what each is given by which.
pub(super) fn boxes(graph: &Graph) -> String {
    let mut out = String::from("<ul class=\"boxes\">\n");
    for (at, node) in graph.nodes.iter().enumerate() {
        let lines = node.lines.iter().map(|line| format!("; {}", escape(line)));
        let lines: String = lines.collect();
        out += &format!("<li><strong>{}</strong>{lines}", escape(&node.title));
        let given = graph.edges.iter().filter(|edge| edge.from == at);
        let given = given.filter_map(|edge| Some((graph.nodes.get(edge.to)?, &edge.labels)));
        let given: Vec<String> = given
            .map(|(from, names)| {
                let (from, names) = (escape(&from.title), escape(&names.join(", ")));
                format!("<li>from <strong>{from}</strong>: {names}</li>")
            })
            .collect();
        if !given.is_empty() {
            out += &format!("<ul>{}</ul>", given.concat());
        }
        out += "</li>\n";
    }
    out + "</ul>\n"
}

pub(super) fn title(authority: Authority) -> &'static str {
    match authority {
        Authority::Filesystem => "Filesystem",
        Authority::Network => "Network",
        Authority::Http => "HTTP",
        Authority::Environment => "Environment",
        Authority::Clocks => "Clocks",
        Authority::Random => "Random numbers",
        Authority::Stdio => "Standard streams",
        Authority::Exit => "Exit",
        Authority::Io => "Streams and polling",
        Authority::Custom => "Custom",
    }
}

/// The imports by authority; each function opens to the way that leads to it.
pub(super) fn capabilities(report: &Report) -> String {
    if report.authorities.is_empty() {
        return "<p class=\"note\">It asks for nothing: no imports.</p>\n".to_string();
    }
    let mut out = String::from("<div class=\"authorities\">\n");
    for granted in &report.authorities {
        out += &format!(
            "<div class=\"authority\"><h3>{}</h3>\n",
            title(granted.authority)
        );
        for import in &granted.imports {
            out += &format!("<h4>{}</h4>\n", escape(&import.name));
            if import.functions.is_empty() {
                out += "<p class=\"quiet\">types only</p>\n";
            }
            out += &import.functions.iter().map(function).collect::<String>();
        }
        out += "</div>\n";
    }
    out + "</div>\n"
}

fn function(function: &Function) -> String {
    let name = escape(function.name.as_deref().unwrap_or("the function itself"));
    let Some(way) = &function.way else {
        return format!(
            "<p class=\"unused\">{name} <span>removable: no export leads to it</span></p>\n"
        );
    };
    let stages = reach::stages(way);
    let table = match function.only_through_table {
        true => " <span>only through a table</span>",
        false => "",
    };
    let stages = stages
        .iter()
        .map(|stage| format!("<li>{}</li>", escape(stage)));
    format!(
        "<details><summary>{name}{table}</summary><ol>{}</ol></details>\n",
        stages.collect::<String>()
    )
}

/// What each binary says about itself; those that say nothing are left out.
pub(super) fn metadata(report: &metadata::Report, bytes: &dyn Fn(u64) -> String) -> String {
    let mut out = String::from(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Metadata\"><table>\n",
    );
    let mut any = false;
    for binary in &report.binaries {
        let rows = binary.says.lines(bytes);
        if rows.is_empty() {
            continue;
        }
        any = true;
        let title = match binary.path.is_empty() {
            true => "The whole".to_string(),
            false => binary.path.join(", "),
        };
        out += &format!(
            "<tbody><tr><th colspan=\"2\" scope=\"rowgroup\">{}, {}</th></tr>\n",
            escape(&title),
            bytes(binary.size)
        );
        for (label, value) in rows {
            out += &format!(
                "<tr><td>{}</td><td>{}</td></tr>\n",
                escape(&label),
                escape(&value)
            );
        }
        out += "</tbody>\n";
    }
    match any {
        true => out + "</table></div>\n",
        false => "<p class=\"note\">It says nothing about itself.</p>\n".to_string(),
    }
}
