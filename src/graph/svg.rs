//! What does a graph look like as a picture?

use std::fmt::Write;

use super::layout::{Flow, Parts, Route, Size, layout};
use super::{Graph, Node, Tone};

const MARGIN: f64 = 24.0;
/// Font size and line height.
const TITLE: (f64, f64) = (13.0, 19.0);
const SMALL: (f64, f64) = (11.0, 15.0);
/// Every character of a monospaced font is about this much of its size wide.
const ADVANCE: f64 = 0.61;
const PADDING: f64 = 12.0;

/// Longer texts are cut in the middle; the whole is in the tooltip.
const LONGEST: usize = 40;

/// The picture. Writing to a string cannot fail.
pub fn svg(graph: &Graph) -> String {
    let parts = Parts {
        nodes: graph.nodes.iter().map(node_size).collect(),
        edges: graph
            .arrows()
            .map(|edge| (edge.from, edge.to, label_size(&edge.labels)))
            .collect(),
    };
    let layout = layout(&parts);
    let mut caption = graph.caption.clone();
    if layout.edges.len() < parts.edges.len() {
        caption += TOO_MANY;
    }
    let caption = caption.trim_start();
    let caption_width = text_width(caption, SMALL);
    let width = layout.size.0.max(caption_width) + 2.0 * MARGIN;
    let foot = if caption.is_empty() { 0.0 } else { 24.0 };
    let height = layout.size.1 + 2.0 * MARGIN + foot;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\">\n"
    );
    out += STYLE;
    out += "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n";
    let _ = writeln!(out, "<g transform=\"translate({MARGIN} {MARGIN})\">");
    for route in &layout.edges {
        write_line(&mut out, route, layout.flow);
    }
    for (edge, route) in graph.arrows().zip(&layout.edges) {
        let (x, y) = route.label;
        for (at, label) in edge.labels.iter().enumerate() {
            let y = y + SMALL.1 * (at as f64 + 1.0) - 4.0;
            write_text(&mut out, (x + 4.0, y), "label", label);
        }
    }
    for (node, (x, y, size)) in graph.nodes.iter().zip(&layout.nodes) {
        write_node(&mut out, node, (*x, *y), *size);
    }
    out += "</g>\n";
    if !caption.is_empty() {
        write_text(&mut out, (MARGIN, height - 14.0), "caption", caption);
    }
    out + "</svg>\n"
}

const TOO_MANY: &str = " Too many arrows to draw: `--graph dot` writes them all.";

const STYLE: &str = r#"<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0.5 8 4 0 7.5z" fill="context-stroke"/></marker></defs>
<style>
text { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1e293b; }
.paper { fill: #ffffff; }
.title { font-size: 13px; font-weight: 600; }
.line, .label, .caption { font-size: 11px; }
.line, .caption { fill: #64748b; }
.label { fill: #334155; }
.box { stroke-width: 1.3; }
.plain { fill: #f1f5fb; stroke: #7f97bd; }
.strong { fill: #dfeafc; stroke: #3f66a8; stroke-width: 2; }
.outside { fill: #ffffff; stroke: #94a3b8; stroke-dasharray: 5 3; }
.stub { fill: #fdf4e3; stroke: #c79a4b; stroke-dasharray: 2 2; }
.arrow { fill: none; stroke: #8091aa; stroke-width: 1.3; }
</style>
"#;

fn text_width(text: &str, font: (f64, f64)) -> f64 {
    text.chars().count() as f64 * font.0 * ADVANCE
}

fn node_size(node: &Node) -> Size {
    let title = text_width(&short(&node.title), TITLE);
    let lines = node
        .lines
        .iter()
        .map(|line| text_width(&short(line), SMALL));
    let width = lines.fold(title, f64::max) + 2.0 * PADDING;
    let height = TITLE.1 + SMALL.1 * node.lines.len() as f64 + PADDING;
    (width.max(72.0).ceil(), height)
}

fn label_size(labels: &[String]) -> Size {
    let widths = labels.iter().map(|label| text_width(&short(label), SMALL));
    let width = widths.fold(0.0, f64::max);
    ((width + 8.0).ceil(), SMALL.1 * labels.len() as f64 + 2.0)
}

fn write_line(out: &mut String, route: &Route, flow: Flow) {
    let mut path = String::new();
    let mut last = None;
    for (at, (x, y)) in route.points.iter().enumerate() {
        let _ = match last {
            None => write!(path, "M{x:.0} {y:.0}"),
            // Pairs of points are straight; from pair to pair the line bends.
            Some(_) if at % 2 == 1 => write!(path, " L{x:.0} {y:.0}"),
            Some((from_x, from_y)) => {
                let (bend_x, bend_y) = ((from_x + x) / 2.0, (from_y + y) / 2.0);
                match flow {
                    Flow::Right => write!(
                        path,
                        " C{bend_x:.0} {from_y:.0} {bend_x:.0} {y:.0} {x:.0} {y:.0}"
                    ),
                    Flow::Down => write!(
                        path,
                        " C{from_x:.0} {bend_y:.0} {x:.0} {bend_y:.0} {x:.0} {y:.0}"
                    ),
                }
            }
        };
        last = Some((*x, *y));
    }
    let tip = if route.turned { "start" } else { "end" };
    let _ = writeln!(
        out,
        "<path class=\"arrow\" marker-{tip}=\"url(#tip)\" d=\"{path}\"/>"
    );
}

fn write_node(out: &mut String, node: &Node, (x, y): (f64, f64), (width, height): Size) {
    let tone = match node.tone {
        Tone::Plain => "plain",
        Tone::Strong => "strong",
        Tone::Outside => "outside",
        Tone::Stub => "stub",
    };
    let _ = writeln!(
        out,
        "<rect class=\"box {tone}\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" rx=\"7\"/>"
    );
    let (_, text) = node_size(node);
    let top = y + (height - text + PADDING) / 2.0;
    write_text(
        out,
        (x + PADDING, top + TITLE.1 - 6.0),
        "title",
        &node.title,
    );
    for (at, line) in node.lines.iter().enumerate() {
        let y = top + TITLE.1 + SMALL.1 * (at as f64 + 1.0) - 5.0;
        write_text(out, (x + PADDING, y), "line", line);
    }
}

fn write_text(out: &mut String, (x, y): (f64, f64), class: &str, text: &str) {
    let cut = if class == "caption" {
        text.to_string()
    } else {
        short(text)
    };
    let tooltip = match cut == text {
        true => String::new(),
        false => format!("<title>{}</title>", escaped(text)),
    };
    let text = escaped(&cut);
    let _ = writeln!(
        out,
        "<text class=\"{class}\" x=\"{x:.0}\" y=\"{y:.0}\">{tooltip}{text}</text>"
    );
}

/// The text in at most so many characters, with what is in the middle left out.
fn short(text: &str) -> String {
    let count = text.chars().count();
    if count <= LONGEST {
        return text.to_string();
    }
    let start: String = text.chars().take(LONGEST / 2 - 1).collect();
    let end: String = text.chars().skip(count - LONGEST / 2).collect();
    format!("{start}…{end}")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '&' => escaped += "&amp;",
            // XML has no character for these.
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_has_no_character_for_is_a_space() {
        assert_eq!(escaped("a\u{1}\u{fffe}<\u{ffff}b"), "a  &lt; b");
    }
}
