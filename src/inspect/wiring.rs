//! Which instances are there, and who gives what to whom?
//!
//! The component is instantiated on paper, definition by definition. Values are followed through
//! aliases, bundles, lifting and lowering to the box that they come from.

mod scope;
mod value;

use indexmap::{IndexMap, IndexSet};
use serde::Serialize;

use super::parts::Root;
use super::tree::{Role, role};
use crate::component::{Component, Signature};
use crate::diagnostic::Result;
use crate::graph::{self, Edge, Graph, Node, Tone, few};
use crate::input;
use crate::module::Module;
use scope::Scopes;

/// Boxes and what is passed between them.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub instances: Vec<Instance>,
    pub wires: Vec<Wire>,
    /// What is exported, by where it comes from.
    pub exports: Vec<Exported>,
}

/// An instance of a core module, or of a component whose inside is not shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Instance {
    /// The instances around it, and its own name.
    pub path: Vec<String>,
    pub kind: super::Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Of the module or component that it is an instance of; 0 where that is imported.
    pub size: u64,
    /// Core modules inside, at any depth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modules: Option<u64>,
    /// The imports of the outermost component that it gets from the host.
    pub host: IndexSet<String>,
}

/// Names of what one instance gets from another, by their positions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Wire {
    pub to: usize,
    pub from: usize,
    pub names: IndexSet<String>,
}

/// An export of the outermost component.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Exported {
    pub name: String,
    /// Positions of instances; none where the host gets back what is its own.
    pub from: Vec<usize>,
}

/// Draws up who is wired to whom; what is nested deeper than `depth` components is one box. Fails
/// where the structure of the input is not valid.
pub fn wiring(name: &str, bytes: &[u8], depth: usize) -> Result<Report> {
    let binary = input::to_binary(name, bytes)?;
    match Root::parse(&binary)? {
        Root::Module(module) => Ok(of_module(&module)?),
        Root::Component(component) => {
            Signature::read(&binary)?;
            of_component(&component, depth)
        }
    }
}

fn of_module(module: &Module<'_>) -> Result<Report> {
    let imports = module.imports()?;
    let host = imports.iter().map(|import| import.module.to_string());
    let host = host.collect();
    let exports = module.exports()?;
    let exports = exports.iter().map(|export| Exported {
        name: export.name.to_string(),
        from: vec![0],
    });
    Ok(Report {
        instances: vec![Instance {
            path: vec![module.name().unwrap_or("core module").to_string()],
            kind: super::Kind::CoreModule,
            role: module.name().and_then(role),
            size: module.range.len() as u64,
            modules: None,
            host,
        }],
        wires: Vec::new(),
        exports: exports.collect(),
    })
}

fn of_component(component: &Component<'_>, depth: usize) -> Result<Report> {
    let mut scopes = Scopes::new(depth);
    let exports = scopes.outermost(component)?;
    let wires = scopes
        .wires
        .into_iter()
        .map(|((to, from), names)| Wire { to, from, names });
    Ok(Report {
        instances: scopes.boxes,
        wires: wires.collect(),
        exports,
    })
}

impl Report {
    /// The picture. `bytes` writes a size.
    pub fn graph(&self, bytes: &dyn Fn(u64) -> String) -> Graph {
        let mut nodes = vec![Node {
            title: "exports".to_string(),
            lines: Vec::new(),
            tone: Tone::Outside,
        }];
        let largest = self.instances.iter().map(|instance| instance.size).max();
        nodes.extend(self.instances.iter().map(|instance| Node {
            title: instance.path.join(" / "),
            lines: lines(instance, bytes),
            tone: match instance.role {
                None if Some(instance.size) == largest => Tone::Strong,
                _ => Tone::Plain,
            },
        }));
        let mut exported: IndexMap<usize, IndexSet<String>> = IndexMap::new();
        for export in &self.exports {
            for from in &export.from {
                exported
                    .entry(*from)
                    .or_default()
                    .insert(export.name.clone());
            }
        }
        let exported = exported.into_iter().map(|(from, names)| Edge {
            from: 0,
            to: from + 1,
            labels: few(names.iter()),
        });
        let wires = self.wires.iter().map(|wire| Edge {
            from: wire.to + 1,
            to: wire.from + 1,
            labels: few(wire.names.iter()),
        });
        Graph {
            caption: graph::IMPORTERS.to_string(),
            edges: exported.chain(wires).collect(),
            nodes,
        }
    }
}

fn lines(instance: &Instance, bytes: &dyn Fn(u64) -> String) -> Vec<String> {
    let what = match (instance.role, instance.modules) {
        (Some(Role::Adapter), _) => ", adapter".to_string(),
        (Some(Role::Shim), _) => ", shim".to_string(),
        (Some(Role::Fixups), _) => ", fixups".to_string(),
        (None, Some(1)) => ", 1 core module".to_string(),
        (None, Some(count)) => format!(", {count} core modules"),
        (None, None) => String::new(),
    };
    // Nothing is known of what is imported.
    let mut lines = match instance.size {
        0 => vec!["imported".to_string()],
        size => vec![bytes(size) + &what],
    };
    let packages = instance.host.iter();
    let packages = packages.map(|import| import.split(['/', '@']).next().unwrap_or(import));
    let packages: IndexSet<String> = packages.map(str::to_string).collect();
    let told = few(packages.iter()).into_iter();
    lines.extend(told.map(|package| format!("host: {package}")));
    lines
}
