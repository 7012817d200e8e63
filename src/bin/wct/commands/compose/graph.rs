//! What does a composition look like?

use indexmap::IndexMap;
use wct::compose::Report;
use wct::compose::plan::Arg;
use wct::compose::report::Instance;
use wct::graph::{self, Edge, Graph, Node, Tone, few};

use crate::render;

/// The instances with what each gets from which. What the host gives is told in their boxes: as
/// arrows it would hide the rest.
pub fn graph(report: &Report) -> Graph {
    let mut drawing = Drawing {
        report,
        graph: Graph {
            caption: graph::IMPORTERS.to_string(),
            ..Graph::default()
        },
        labels: IndexMap::new(),
    };
    drawing.draw();
    drawing.graph
}

struct Drawing<'r> {
    report: &'r Report,
    graph: Graph,
    /// By the boxes that an arrow joins.
    labels: IndexMap<(usize, usize), Vec<String>>,
}

impl Drawing<'_> {
    fn draw(&mut self) {
        let report = self.report;
        let names: Vec<String> = report.instances.iter().map(|i| i.name.clone()).collect();
        let of = |name: &str| names.iter().position(|known| known == name);
        // The first box is what the composition shows.
        self.node("exports".to_string(), Vec::new(), Tone::Outside);
        for instance in &report.instances {
            self.instance(instance);
        }
        for export in &report.exports {
            if let Some(at) = of(&export.instance) {
                self.label(0, at + 1, &export.name);
            }
        }
        let mut instances = report.instances.iter();
        let stub = instances.position(|instance| self.is_stub(instance));
        for (consumer, instance) in report.instances.iter().enumerate() {
            let given = report.plan.instances.get(&instance.name);
            for (import, arg) in given.iter().flat_map(|given| &given.args) {
                if let Some(provider) = arg.instance.as_deref().and_then(of) {
                    self.label(consumer + 1, provider + 1, import);
                } else if self.is_stubbed(arg) {
                    self.label(consumer + 1, stub.unwrap_or(consumer) + 1, import);
                }
            }
        }
        let edges = self.labels.iter().map(|((from, to), labels)| Edge {
            from: *from,
            to: *to,
            labels: few(labels.iter()),
        });
        self.graph.edges = edges.collect();
    }

    fn node(&mut self, title: String, lines: Vec<String>, tone: Tone) {
        self.graph.nodes.push(Node { title, lines, tone });
    }

    fn instance(&mut self, instance: &Instance) {
        let size = render::bytes(instance.size);
        let first = match instance.component == instance.name {
            true => size,
            false => format!("{}, {size}", instance.component),
        };
        let given = self.report.plan.instances.get(&instance.name);
        let mut packages: Vec<String> = Vec::new();
        for (import, arg) in given.iter().flat_map(|given| &given.args) {
            let known = |name: &String| self.report.instances.iter().any(|i| i.name == *name);
            let package = import
                .split(['/', '@'])
                .next()
                .unwrap_or(import)
                .to_string();
            let is_inside = arg.instance.as_ref().is_some_and(known) || self.is_stubbed(arg);
            if !is_inside && !packages.contains(&package) {
                packages.push(package);
            }
        }
        let mut lines = vec![first];
        lines.extend(
            few(packages.iter())
                .into_iter()
                .map(|package| format!("host: {package}")),
        );
        let tone = match self.report.plan.root.as_ref() {
            _ if self.is_stub(instance) => Tone::Stub,
            Some(root) if *root == instance.name => Tone::Strong,
            _ => Tone::Plain,
        };
        self.node(instance.name.clone(), lines, tone);
    }

    fn label(&mut self, from: usize, to: usize, label: &str) {
        let labels = self.labels.entry((from, to)).or_default();
        labels.push(label.to_string());
    }

    /// The plan says what is stubbed; the stubs themselves are not in it.
    fn is_stub(&self, instance: &Instance) -> bool {
        !self.report.plan.instances.contains_key(&instance.name)
    }

    fn is_stubbed(&self, arg: &Arg) -> bool {
        let import = arg.import.as_deref().unwrap_or_default();
        self.report.stubs.iter().any(|stub| stub.name == import)
    }
}
