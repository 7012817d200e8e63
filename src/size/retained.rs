//! What keeps what alive, and what is not kept alive at all?

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::dominators::Dominators;
use super::duplicates::{Copies, Same};
use super::owner::{Found, Owners};
use crate::component::Signature;
use crate::diagnostic::Result;
use crate::inspect::Root;
use crate::module::id;
use crate::shrink::analysis::{
    ComponentId, Def, Depth, Edges, Item, Live, ModuleId, Rules, Space, Tree, export_kind, strips,
};

/// What `wct shrink` takes away for certain, in bytes; nothing is counted twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Removable {
    /// Custom sections that only tools read: names, debugging information.
    pub custom: u64,
    /// What no export leads to.
    pub dead: u64,
    /// Further copies of what is there already.
    pub duplicates: u64,
    pub total: u64,
}

impl Removable {
    /// Each kind of it that there is, in words.
    pub fn parts(&self) -> impl Iterator<Item = (u64, &'static str)> {
        let parts = [
            (self.custom, "custom sections"),
            (self.dead, "unused"),
            (self.duplicates, "duplicate functions"),
        ];
        parts.into_iter().filter(|(size, _)| *size > 0)
    }
}

/// What each owner retains, and on whose behalf it is there.
pub(super) struct References {
    retained: Vec<Option<u64>>,
    dead: Vec<bool>,
    /// Functions that stay though another is the same: the host of a module that stands alone could
    /// compare its exports.
    apart: Vec<bool>,
    /// Custom sections that `shrink` strips.
    stripped: Vec<bool>,
    /// By owner: for which exports it is there.
    pub causes: Vec<Cause>,
}

/// For whom something is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// An export, or a function of one that is an interface.
    Export(Arc<str>, Option<Arc<str>>),
    /// Several exports.
    Shared,
    Instantiation,
    /// Nobody.
    None,
}

/// Where each part is defined: its position among the modules or components of the tree, and the
/// node of its definition.
#[derive(Clone, Copy)]
enum Home {
    Component(ComponentId, u32),
    Module(ModuleId, u32),
}

impl References {
    /// Fails where the structure of the input is not valid.
    pub fn read(file: &[u8], root: &Root<'_>, owners: &Owners) -> Result<References> {
        let tree = match root {
            Root::Component(component) => {
                // Validates all but function bodies: broken structures can lead around for ever.
                Signature::read(file)?;
                Tree::of_component(component, Depth::Bodies)?
            }
            Root::Module(module) => Tree::of_module(module.clone(), Depth::Bodies)?,
        };
        let rules = Rules {
            refine_tables: true,
            exports: None,
        };
        let (edges, live) = rayon::join(|| Live::edges(&tree), || Live::of(&tree, rules));
        let homes = homes(&tree, &edges, owners);
        let nodes = owners
            .list
            .iter()
            .map(|found| node(&tree, &edges, homes[found.part], found));
        let nodes: Vec<(u32, bool)> = nodes.collect();
        let mut weights = vec![0; edges.len()];
        for ((node, _), found) in nodes.iter().zip(&owners.list) {
            weights[*node as usize] += found.size;
        }
        let dominators = Dominators::of(edges.len(), &edges.pairs);
        let causes = causes(&tree, &edges, &dominators);
        let reached: Vec<bool> = causes.iter().map(|cause| *cause != Cause::None).collect();
        let sums = dominators.sums(weights);
        let retained = nodes.iter().map(|(node, is_own)| {
            let node = *node as usize;
            (*is_own && reached[node] && node != 0).then_some(sums[node])
        });
        let dead = owners
            .list
            .iter()
            .map(|found| is_dead(&tree, &live, homes[found.part], found));
        let exported = exported_alone(&tree);
        let apart = owners.list.iter().map(|found| {
            let index = found.index.filter(|_| found.is_function());
            index.is_some_and(|index| exported.contains(&index))
        });
        let stripped = owners
            .list
            .iter()
            .map(|found| is_stripped(file, owners, found));
        Ok(References {
            retained: retained.collect(),
            dead: dead.collect(),
            apart: apart.collect(),
            stripped: stripped.collect(),
            causes: nodes
                .iter()
                .map(|(node, _)| causes[*node as usize].clone())
                .collect(),
        })
    }

    pub fn retained(&self, owner: usize, size: u64) -> u64 {
        self.retained.get(owner).copied().flatten().unwrap_or(size)
    }

    pub fn is_dead(&self, owner: usize) -> bool {
        self.dead.get(owner).copied().unwrap_or(false)
    }

    pub fn removable(&self, owners: &Owners, duplicates: &[Copies]) -> Removable {
        let mut removable = Removable::default();
        for (at, found) in owners.list.iter().enumerate() {
            if self.stripped[at] {
                removable.custom += found.size;
            } else if self.dead[at] {
                removable.dead += found.size;
            }
        }
        let functions = duplicates
            .iter()
            .filter(|copies| copies.kind == Same::Function);
        for copies in functions {
            let alive = copies.which.iter().filter(|at| !self.dead[**at]);
            let merged = alive.skip(1).filter(|at| !self.apart[**at]);
            removable.duplicates += copies.size * merged.count() as u64;
        }
        removable.total = removable.custom + removable.dead + removable.duplicates;
        removable
    }
}

/// The functions that a module exports, where it is no part of a component.
fn exported_alone(tree: &Tree<'_>) -> BTreeSet<u32> {
    let alone = tree.modules.first().filter(|_| tree.components.is_empty());
    let exports = alone.into_iter().flat_map(|module| &module.summary.exports);
    let functions = exports.filter(|export| export_kind(export.kind) == Item::Func);
    functions.map(|export| export.index).collect()
}

fn homes(tree: &Tree<'_>, edges: &Edges<'_>, owners: &Owners) -> Vec<Home> {
    use crate::inspect::Kind;
    let mut modules = vec![0; tree.modules.len()];
    let mut components = vec![0; tree.components.len()];
    for (number, component) in tree.components.iter().enumerate() {
        for (position, line) in component.lines.iter().enumerate() {
            let node = edges.line(ComponentId(number), position);
            match line.def {
                Def::CoreModule(ModuleId(at)) => modules[at] = node,
                Def::Component(ComponentId(at)) => components[at] = node,
                _ => {}
            }
        }
    }
    let (mut module, mut component) = (0, 0);
    let homes = owners.parts.iter().map(|part| match part.kind {
        Kind::CoreModule => {
            module += 1;
            Home::Module(ModuleId(module - 1), modules[module - 1])
        }
        Kind::Component => {
            component += 1;
            Home::Component(ComponentId(component - 1), components[component - 1])
        }
    });
    homes.collect()
}

/// The node that an owner's bytes belong to, and whether that node is the owner itself.
fn node(tree: &Tree<'_>, edges: &Edges<'_>, home: Home, found: &Found) -> (u32, bool) {
    match home {
        Home::Component(at, definition) => match found.line {
            Some(line) => (edges.line(at, line), true),
            None => (definition, false),
        },
        Home::Module(at, definition) => match item(tree, at, found) {
            Some((kind, index)) => (edges.item(at, kind, index), true),
            None => (definition, false),
        },
    }
}

/// The item of a module that an owner is; none for what is there with the module.
fn item(tree: &Tree<'_>, at: ModuleId, found: &Found) -> Option<(Item, u32)> {
    let summary = &tree.modules[at.0].summary;
    let index = found.index?;
    let item = match found.section? {
        id::CODE => (Item::Func, index),
        id::DATA => (Item::Data, index),
        id::ELEMENT => (Item::Elem, index),
        id::IMPORT => summary.imported_item(index as usize)?,
        _ => return None,
    };
    (item.1 < summary.count(item.0)).then_some(item)
}

fn is_dead(tree: &Tree<'_>, live: &Live<'_, '_>, home: Home, found: &Found) -> bool {
    match home {
        Home::Component(at, _) => found.line.is_some_and(|line| {
            let def = tree.components[at.0].lines.get(line).map(|line| &line.def);
            !matches!(def, Some(Def::Other(..)) | None) && !live.line(at, line)
        }),
        Home::Module(at, _) => match (item(tree, at, found), found.section, found.index) {
            (Some((kind, index)), _, _) => !live.modules[at.0].has(kind, index),
            (None, Some(id::EXPORT), Some(index)) => {
                let exports = &live.modules[at.0].exports;
                !exports.get(index as usize).copied().unwrap_or(true)
            }
            _ => !live.modules[at.0].instantiated,
        },
    }
}

fn is_stripped(file: &[u8], owners: &Owners, found: &Found) -> bool {
    if found.section != Some(0) {
        return false;
    }
    // Behind the identifier and the length.
    let Some((_, contents)) = crate::binary::leb_u32(file, found.range.start + 1) else {
        return false;
    };
    let bytes = file.get(contents..found.range.end).unwrap_or_default();
    let name = wasmparser::BinaryReader::new(bytes, 0).read_string();
    let alone = owners.parts.len() == 1 && found.layer == crate::binary::Layer::Module;
    name.is_ok_and(|name| strips(name, found.part == 0, alone))
}

/// By node, for whom it is there.
fn causes(tree: &Tree<'_>, edges: &Edges<'_>, dominators: &Dominators) -> Vec<Cause> {
    let outermost = ComponentId(0);
    let mut exports = vec![None; edges.len()];
    let mut members = vec![None; edges.len()];
    let modules = tree.modules.first().filter(|_| tree.components.is_empty());
    for node in 0..edges.len() as u32 {
        let export = edges
            .export(node)
            .and_then(|at| modules?.summary.exports.get(at));
        exports[node as usize] = export.map(|export| export.name);
    }
    for (number, component) in tree.components.iter().enumerate() {
        let at = ComponentId(number);
        for (position, line) in component.lines.iter().enumerate() {
            let node = edges.line(at, position) as usize;
            match &line.def {
                Def::Export(export) if at == outermost => exports[node] = Some(export.name.name),
                Def::Export(export) if Space::from(export.kind) == Space::Func => {
                    members[node] = Some(export.name.name);
                }
                Def::Instance(wasmparser::ComponentInstance::FromExports(items)) => {
                    let functions = items.iter().filter(|i| Space::from(i.kind) == Space::Func);
                    for item in functions {
                        if let Some(position) = component.position(Space::Func, item.index) {
                            members[edges.line(at, position) as usize] = Some(item.name.name);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    let mut from_outside = vec![false; edges.len()];
    for (_, to) in edges.pairs.iter().filter(|(from, _)| *from == 0) {
        from_outside[*to as usize] = true;
    }
    let mut causes = vec![Cause::None; edges.len()];
    // The outermost binary itself.
    causes[0] = Cause::Shared;
    for &node in dominators.order() {
        let Some(dominator) = dominators.closest(node) else {
            continue;
        };
        let at = node as usize;
        causes[at] = match (exports[at], &causes[dominator as usize]) {
            (Some(export), _) if dominator == 0 => Cause::Export(export.into(), None),
            _ if dominator == 0 && from_outside[at] => Cause::Instantiation,
            _ if dominator == 0 => Cause::Shared,
            (_, Cause::Export(export, None)) => {
                Cause::Export(export.clone(), members[at].map(Arc::from))
            }
            (_, cause) => cause.clone(),
        };
    }
    causes
}
