//! How is a graph written for the tools that lay it out themselves?

use std::fmt::Write;

use super::{Graph, Node, Tone};

/// A flowchart of Mermaid. Writing to a string cannot fail.
pub fn mermaid(graph: &Graph) -> String {
    let escape = |text: &str| {
        let entity = |c: char| match c {
            '"' => "#quot;".to_string(),
            '<' => "#lt;".to_string(),
            '>' => "#gt;".to_string(),
            '#' => "#35;".to_string(),
            '&' => "#amp;".to_string(),
            c if c.is_control() => " ".to_string(),
            c => c.to_string(),
        };
        text.chars().map(entity).collect::<String>()
    };
    let joined = |lines: &mut dyn Iterator<Item = &String>| {
        lines
            .map(|line| escape(line))
            .collect::<Vec<_>>()
            .join("<br/>")
    };
    let mut out = "flowchart LR\n".to_string();
    for (at, node) in graph.nodes.iter().enumerate() {
        let text = joined(&mut lines(node));
        let (open, close) = match node.tone {
            Tone::Outside => ("([", "])"),
            Tone::Stub => ("{{", "}}"),
            Tone::Plain | Tone::Strong => ("[", "]"),
        };
        let _ = writeln!(out, "  n{at}{open}\"{text}\"{close}");
    }
    for edge in graph.arrows() {
        let text = joined(&mut edge.labels.iter());
        let _ = match text.is_empty() {
            true => writeln!(out, "  n{} --> n{}", edge.from, edge.to),
            false => writeln!(out, "  n{} -- \"{text}\" --> n{}", edge.from, edge.to),
        };
    }
    out
}

/// A graph of Graphviz.
pub fn dot(graph: &Graph) -> String {
    let escape = |text: &str| {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        escaped.replace(|c: char| c.is_control(), " ")
    };
    let joined = |lines: &mut dyn Iterator<Item = &String>| {
        lines
            .map(|line| escape(line))
            .collect::<Vec<_>>()
            .join("\\n")
    };
    let mut out = "digraph {\n  rankdir=LR;\n".to_string();
    out += "  node [shape=box, fontname=monospace, style=\"rounded,filled\", fillcolor=white];\n";
    out += "  edge [fontname=monospace, fontsize=10];\n";
    for (at, node) in graph.nodes.iter().enumerate() {
        let text = joined(&mut lines(node));
        let style = match node.tone {
            Tone::Outside => ", style=\"rounded,dashed\"",
            Tone::Stub => ", style=dashed",
            Tone::Plain => "",
            Tone::Strong => ", penwidth=2",
        };
        let _ = writeln!(out, "  n{at} [label=\"{text}\"{style}];");
    }
    for edge in graph.arrows() {
        let text = joined(&mut edge.labels.iter());
        let _ = writeln!(out, "  n{} -> n{} [label=\"{text}\"];", edge.from, edge.to);
    }
    out + "}\n"
}

fn lines(node: &Node) -> impl Iterator<Item = &String> {
    std::iter::once(&node.title).chain(&node.lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Edge;

    fn graph() -> Graph {
        let node = |title: &str, tone| Node {
            title: title.to_string(),
            lines: vec!["1 B".to_string()],
            tone,
        };
        Graph {
            caption: String::new(),
            nodes: vec![node("a \"b\\", Tone::Strong), node("<c>", Tone::Stub)],
            edges: vec![Edge {
                from: 0,
                to: 1,
                labels: vec!["x".to_string(), "y".to_string()],
            }],
        }
    }

    #[test]
    fn dot_has_a_line_for_each_box_and_arrow() {
        let text = dot(&graph());
        let last: Vec<&str> = text.lines().skip(4).collect();
        let first = r#"  n0 [label="a \"b\\\n1 B", penwidth=2];"#;
        let second = r#"  n1 [label="<c>\n1 B", style=dashed];"#;
        let arrow = r#"  n0 -> n1 [label="x\ny"];"#;
        assert_eq!(last, [first, second, arrow, "}"]);
    }

    #[test]
    fn mermaid_gets_entities() {
        let text = mermaid(&graph());
        assert!(text.contains(r##"n0["a #quot;b\<br/>1 B"]"##), "{text}");
        assert!(text.contains(r##"n1{{"#lt;c#gt;<br/>1 B"}}"##), "{text}");
        assert!(text.contains(r#"n0 -- "x<br/>y" --> n1"#), "{text}");
    }
}
