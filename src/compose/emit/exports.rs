//! What does a composition export, and in which order?
//!
//! An exported interface may use types of an interface that is provided inside. That one is
//! exported before it, so that the types keep their names and identity.

use std::collections::BTreeSet;

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};

use super::{Emitter, extern_name};
use crate::component::each_type;
use crate::component::{Elsewhere, Origin};
use crate::compose::graph::{Arg, At, Export, Graph, Source};
use crate::compose::name::{Spelling, spelling};
use crate::diagnostic::{Diagnostic, Result};

/// The exports of a graph, with those that their types need unless they are `exact`. Fails where a
/// name is given twice.
pub fn exported<'a>(graph: &Graph<'_, 'a>, exact: bool) -> Result<Vec<Export<'a>>> {
    let mut names = BTreeSet::new();
    for export in &graph.exports {
        if !names.insert(spelling(export.shown())) {
            return Err(Diagnostic::error(
                "compose/duplicate-export",
                format!("two exports would be named `{}`", export.shown()),
            )
            .help("give one of them another name, or select only one"));
        }
    }
    let mut order = Order {
        graph,
        exact,
        names,
        done: BTreeSet::new(),
        exported: Vec::new(),
    };
    for export in &graph.exports {
        order.place(export.clone());
    }
    Ok(order.exported)
}

struct Order<'g, 'p, 'a> {
    graph: &'g Graph<'p, 'a>,
    exact: bool,
    /// Taken, or going to be.
    names: BTreeSet<Spelling>,
    done: BTreeSet<(Source, String)>,
    exported: Vec<Export<'a>>,
}

impl<'a> Order<'_, '_, 'a> {
    fn place(&mut self, export: Export<'a>) {
        let key = (export.source.clone(), export.shown().to_string());
        if !self.done.insert(key) {
            return;
        }
        if let (At::Export(at), true) = (export.source.at, export.source.path.is_empty()) {
            for (instance, at) in origins(self.graph, export.source.instance, at) {
                self.place_origin(instance, at);
            }
        }
        self.exported.push(export);
    }

    fn place_origin(&mut self, instance: usize, at: usize) {
        let source = Source {
            instance,
            at: At::Export(at),
            path: Vec::new(),
        };
        let mut asked = self.graph.exports.iter();
        let asked = asked.find(|export| export.source == source);
        let item = &self.graph.part(instance).exports[at];
        let export = match asked {
            Some(export) => export.clone(),
            None if !self.exact && self.names.insert(spelling(item.extern_name.name)) => Export {
                source,
                name: item.extern_name,
                renamed: None,
                for_types: true,
            },
            None => return,
        };
        self.place(export);
    }
}

/// The exports that the types of an export come from, where that is inside.
fn origins(graph: &Graph<'_, '_>, instance: usize, export: usize) -> BTreeSet<(usize, usize)> {
    let part = graph.part(instance);
    let item = &part.exports[export];
    let mut found = BTreeSet::new();
    if !matches!(item.item.ty, ComponentEntityType::Instance(_)) {
        return found;
    }
    let mut find = |_: &[String], created, referenced| {
        let mut ids = [created, referenced].into_iter();
        found.extend(ids.find_map(|id| origin(graph, instance, export, id)));
    };
    each_type(&part.types, &item.item.ty, &mut find);
    found
}

fn origin(
    graph: &Graph<'_, '_>,
    instance: usize,
    export: usize,
    id: ComponentAnyTypeId,
) -> Option<(usize, usize)> {
    let part = graph.part(instance);
    let mut id = Some(id);
    while let Some(current) = id {
        let imported = match current {
            ComponentAnyTypeId::Resource(resource) => part.resources.get(&resource.resource()),
            _ => part.imported_types.get(&current),
        };
        if let Some(path) = imported {
            return match graph.instances[instance].args[path.import] {
                Arg::From(Source {
                    instance,
                    at: At::Export(export),
                    ..
                }) => Some((instance, export)),
                _ => None,
            };
        }
        if let Some(other) = part
            .exported_types
            .get(&current)
            .filter(|other| **other != export)
        {
            return Some((instance, *other));
        }
        id = part.types.peel_alias(current);
    }
    None
}

impl Emitter<'_, '_, '_> {
    pub(super) fn export(&mut self, exports: &[Export<'_>]) -> Result<()> {
        for export in exports {
            let (kind, index) = self.item(&export.source)?;
            let name = extern_name(&export.name, export.renamed.as_deref());
            let index = self.writer.export(name, kind, index);
            if let At::Export(at) = export.source.at {
                self.declare_exported(export.source.instance, at, index);
            }
        }
        Ok(())
    }

    /// What a document declares later means the exported type, not the one behind it.
    fn declare_exported(&mut self, instance: usize, at: usize, index: u32) {
        if self.graph.declarations != Some(instance) {
            return;
        }
        let part = self.graph.part(instance);
        let exported = part.component.types.iter();
        let mut exported = exported.filter(|(_, origin)| {
            matches!(origin, Origin::Elsewhere(Elsewhere::Exported(export)) if *export == at)
        });
        if let Some((old, _)) = exported.next() {
            self.scopes[instance].types.insert(old.0, index);
        }
    }
}
