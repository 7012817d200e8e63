//! Which plan does a document of the WAC language make?
//!
//! The document is resolved by its own library, which knows all of its rules and marks what breaks
//! them. What was decided there is read off its graph; wiring, merging and writing are ours.

mod nesting;

use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};
use wac_graph::types::BorrowedPackageKey;
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, NodeKind};
use wac_parser::Document;

use super::flags;
use super::plan::{self, Arg, Found};
use crate::diagnostic::{self, Diagnostic, Label, Result, Source};
use crate::input;
use crate::wit;

/// The component that holds what a document declares itself.
const DOCUMENT: &str = "document";

/// Reads the packages that a document names.
pub trait Packages {
    /// Path and bytes of a package, a component or WIT in any form; nothing where there is none.
    fn read(&self, name: &str, version: Option<&str>) -> Result<Option<(String, Vec<u8>)>>;
}

/// Does a text look like a document? It starts with its package, comments aside.
pub fn is_document(text: &str) -> bool {
    let mut rest = text.trim_start();
    while rest.starts_with("//") || rest.starts_with("/*") {
        let end = if rest.starts_with("//") { "\n" } else { "*/" };
        rest = rest
            .split_once(end)
            .map_or("", |(_, rest)| rest)
            .trim_start();
    }
    rest.starts_with("package ")
}

/// The binary form of a WIT package.
pub fn encode(packages: &wit::Packages) -> Result<Vec<u8>> {
    wit_component::encode(&packages.resolve, packages.main, false)
        .map_err(|error| diagnostic::wit_component("compose/package", &error))
}

/// The syntax tree of a document, as wac-parser writes it. `name` is the path as the user typed it.
pub fn syntax(name: &str, text: &str) -> Result<serde_json::Value> {
    let source = Source {
        name: name.to_string(),
        text: text.into(),
    };
    let document = parse(&source)?;
    serde_json::to_value(&document).map_err(|error| {
        Diagnostic::ours("compose/internal", "the syntax tree has no JSON").cause(error.to_string())
    })
}

/// Reads a document and the packages it names. `name` is the path as the user typed it.
pub fn lower(name: &str, text: &str, packages: &dyn Packages) -> Result<Found> {
    let source = Source {
        name: name.to_string(),
        text: text.into(),
    };
    let document = parse(&source)?;
    let wanted = wanted(&document)?;
    let mut read = Vec::new();
    for (name, version) in &wanted {
        if let Some((path, bytes)) = packages.read(name, version.as_deref())? {
            let bytes = input::to_binary(&path, &bytes)?.into_owned();
            let version = version
                .as_deref()
                .and_then(|version| semver::Version::parse(version).ok());
            read.push((name.clone(), version, path, bytes));
        }
    }
    let given = read.iter().map(|(name, version, _, bytes)| {
        let key = BorrowedPackageKey::from_name_and_version(name, version.as_ref());
        (key, bytes.clone())
    });
    let given: IndexMap<_, _> = given.collect();
    let resolution = document
        .resolve(given)
        .map_err(|error| diagnostic::wac(&error, &source))?;
    let graph = resolution.graph();
    let mut lowering = Lowering {
        graph,
        names: BTreeMap::new(),
        found: Found::default(),
    };
    let declares = |node: NodeId| {
        matches!(
            graph[node].kind(),
            NodeKind::Definition | NodeKind::Import(_)
        )
    };
    if graph.node_ids().any(declares) {
        let options = EncodeOptions {
            define_components: true,
            validate: false,
            processor: None,
        };
        let declarations = resolution
            .encode(options)
            .map_err(|error| diagnostic::wac(&error, &source))?;
        lowering.found.keep(DOCUMENT, name, declarations);
        let imports = graph
            .node_ids()
            .filter_map(|node| graph[node].import_name());
        lowering.found.plan.declarations = Some(plan::Declarations {
            component: DOCUMENT.to_string(),
            imports: imports.map(str::to_string).collect(),
        });
    }
    lowering.lower(&read)?;
    Ok(lowering.found)
}

fn parse(source: &Source) -> Result<Document<'_>> {
    if let Some(start) = nesting::too_deep(&source.text) {
        let message = format!("brackets are nested more than {} deep", nesting::MAX_DEPTH);
        return Err(Diagnostic::error("compose/document", message)
            .label(Label::token(source.clone(), start))
            .help("give what stands in them names of their own with `let`"));
    }
    Document::parse(&source.text).map_err(|error| diagnostic::wac(&error, source))
}

/// The packages that a document names, with their versions, in order.
fn wanted(document: &Document<'_>) -> Result<IndexSet<(String, Option<String>)>> {
    let tree = serde_json::to_value(document).map_err(|error| {
        Diagnostic::ours("compose/internal", "a document cannot be read").cause(error.to_string())
    })?;
    let mut found = IndexSet::new();
    let own = document.directive.package.name;
    collect(&tree, &mut found);
    found.retain(|(name, _)| name != own);
    Ok(found)
}

/// Every name of a package in the tree is an object with these fields.
fn collect(tree: &serde_json::Value, found: &mut IndexSet<(String, Option<String>)>) {
    use serde_json::Value;
    match tree {
        Value::Object(fields) => {
            let (name, version) = (fields.get("name"), fields.get("version"));
            if let (Some(Value::String(name)), Some(version)) = (name, version) {
                let version = version.as_str().map(str::to_string);
                found.insert((name.clone(), version));
            }
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

type Read = (String, Option<semver::Version>, String, Vec<u8>);

struct Lowering<'g> {
    graph: &'g CompositionGraph,
    /// What the plan calls each instantiation.
    names: BTreeMap<NodeId, String>,
    found: Found,
}

impl Lowering<'_> {
    fn lower(&mut self, read: &[Read]) -> Result<()> {
        let graph = self.graph;
        for node in graph.node_ids() {
            if matches!(graph[node].kind(), NodeKind::Instantiation(_)) {
                self.name(node, read);
            }
        }
        for (node, name) in self.names.clone() {
            let mut args = IndexMap::new();
            let given: BTreeMap<_, _> = graph.get_instantiation_arguments(node).collect();
            for (import, source) in given {
                args.insert(import.to_string(), self.arg(source)?);
            }
            self.found.plan.instances.entry(name).or_default().args = args;
        }
        for node in graph.node_ids() {
            if let Some(name) = graph[node].export_name() {
                let export = self.export(node, name)?;
                self.found.plan.exports.push(export);
            }
        }
        Ok(())
    }

    /// Names an instantiation after what the document calls it, or its package.
    fn name(&mut self, node: NodeId, read: &[Read]) {
        let graph = self.graph;
        let Some(package) = graph[node].package().map(|package| &graph[package]) else {
            return;
        };
        let version = package.version();
        let component = match version {
            Some(version) => format!("{}@{version}", package.name()),
            None => package.name().to_string(),
        };
        if !self.found.components.contains_key(&component) {
            let known = read
                .iter()
                .find(|(name, found, ..)| name == package.name() && found.as_ref() == version);
            let path = known.map_or(component.as_str(), |(_, _, path, _)| path);
            self.found.keep(&component, path, package.bytes().to_vec());
        }
        let base = graph[node].name().unwrap_or(&component).to_string();
        let taken = |name: &str| name == DOCUMENT || self.found.plan.instances.contains_key(name);
        let name = flags::free(&base, taken);
        let instance = plan::Instance {
            component: (name != component).then_some(component),
            args: IndexMap::new(),
        };
        self.found.plan.instances.insert(name.clone(), instance);
        self.names.insert(node, name);
    }

    fn arg(&self, node: NodeId) -> Result<Arg> {
        let (root, mut path) = self.follow(node);
        Ok(match self.names.get(&root) {
            Some(instance) => Arg {
                instance: Some(instance.clone()),
                whole: path.is_empty(),
                export: (!path.is_empty()).then(|| path.remove(0)),
                path,
                import: None,
            },
            None => Arg {
                import: Some(self.import(root)?),
                path,
                ..Arg::default()
            },
        })
    }

    /// The node that a chain of accesses starts from, and the names from there.
    fn follow(&self, node: NodeId) -> (NodeId, Vec<String>) {
        let (mut node, mut names) = (node, Vec::new());
        while let Some((from, name)) = self.graph.get_alias_source(node) {
            names.push(name.to_string());
            node = from;
        }
        names.reverse();
        (node, names)
    }

    fn import(&self, node: NodeId) -> Result<String> {
        let name = self.graph[node].import_name();
        name.map(str::to_string).ok_or_else(|| {
            Diagnostic::ours(
                "compose/internal",
                "an argument in a document comes from nowhere",
            )
        })
    }

    fn export(&self, node: NodeId, name: &str) -> Result<plan::Export> {
        let (root, mut path) = self.follow(node);
        let Some(instance) = self.names.get(&root) else {
            return Ok(plan::Export {
                instance: DOCUMENT.to_string(),
                export: Some(name.to_string()),
                path: Vec::new(),
                name: None,
            });
        };
        Ok(plan::Export {
            instance: instance.clone(),
            export: (!path.is_empty()).then(|| path.remove(0)),
            path,
            name: Some(name.to_string()),
        })
    }
}
