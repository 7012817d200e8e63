//! Whose resource is it?
//!
//! Two handles fit only if their resource types have one origin: the instance that defines it, or
//! the import of the composition that it comes from.

use std::collections::BTreeMap;

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ResourceId};

use super::graph::{Arg, Graph};
use super::merge::Imports;
use super::part::each_type;

/// The origin of a resource type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Made by an instance.
    Defined(usize, ResourceId),
    /// In an import of the composition: the group, then names inwards.
    Open(usize, Vec<String>),
    /// The argument has no such type; told as a type mismatch.
    Lost(usize, ResourceId),
}

/// Origins of resource types, for a graph without cycles.
pub struct Identities<'g, 'p, 'a> {
    graph: &'g Graph<'p, 'a>,
    imports: &'g Imports<'a>,
    /// Imports of the composition that share a type: towards the one that stands for all.
    same: BTreeMap<Key, Key>,
}

impl<'g, 'p, 'a> Identities<'g, 'p, 'a> {
    pub fn new(graph: &'g Graph<'p, 'a>, imports: &'g Imports<'a>) -> Self {
        let mut identities = Identities {
            graph,
            imports,
            same: BTreeMap::new(),
        };
        for instance in 0..graph.instances.len() {
            identities.join_open(instance);
        }
        identities
    }

    /// Types that an instance sees in several open imports are one.
    fn join_open(&mut self, instance: usize) {
        let part = self.graph.part(instance);
        for (import, item) in part.imports.iter().enumerate() {
            let Arg::Open(_) = self.graph.instances[instance].args[import] else {
                continue;
            };
            let Some(group) = self.imports.group_of.get(&(instance, import)) else {
                continue;
            };
            let mut pairs = Vec::new();
            each_type(
                &part.types,
                &item.item.ty,
                &mut Vec::new(),
                &mut |names, id, _| {
                    if let ComponentAnyTypeId::Resource(id) = id {
                        pairs.push((Key::Open(*group, names.to_vec()), id.resource()));
                    }
                },
            );
            for (key, resource) in pairs {
                let first = self.of(instance, resource);
                let key = self.root(key);
                if let (Key::Open(..), true) = (&first, first != key) {
                    self.same.insert(key, first);
                }
            }
        }
    }

    fn root(&self, mut key: Key) -> Key {
        while let Some(next) = self.same.get(&key) {
            key = next.clone();
        }
        key
    }

    /// The origin of a resource type that an instance knows.
    pub fn of(&self, instance: usize, resource: ResourceId) -> Key {
        let (mut instance, mut resource) = (instance, resource);
        loop {
            let part = self.graph.part(instance);
            let Some(path) = part.resources.get(&resource) else {
                return Key::Defined(instance, resource);
            };
            let (from, export) = match &self.graph.instances[instance].args[path.import] {
                Arg::Open(_) => {
                    let group = self.imports.group_of.get(&(instance, path.import));
                    return match group {
                        Some(group) => self.root(Key::Open(*group, path.names.clone())),
                        None => Key::Lost(instance, resource),
                    };
                }
                Arg::From { instance, export } => (*instance, *export),
            };
            match self.supplied(from, export, &path.names) {
                Some(found) => (instance, resource) = (from, found),
                None => return Key::Lost(instance, resource),
            }
        }
    }

    /// The resource type at the end of `names` in an export of an instance.
    fn supplied(&self, from: usize, export: Option<usize>, names: &[String]) -> Option<ResourceId> {
        let part = self.graph.part(from);
        let (export, names) = match export {
            Some(export) => (export, names),
            None => {
                let (first, rest) = names.split_first()?;
                let named = part
                    .exports
                    .iter()
                    .position(|item| item.extern_name.name == first);
                (named?, rest)
            }
        };
        match part.type_at(part.exports.get(export)?.item.ty, names)? {
            ComponentEntityType::Type {
                created: ComponentAnyTypeId::Resource(id),
                ..
            } => Some(id.resource()),
            _ => None,
        }
    }

    /// The origin in words.
    pub fn shown(&self, key: &Key) -> String {
        match key {
            Key::Defined(instance, _) | Key::Lost(instance, _) => {
                format!("the one of `{}`", self.graph.instances[*instance].name)
            }
            Key::Open(group, _) => {
                format!(
                    "the one of the import `{}`",
                    self.imports.groups[*group].full.full
                )
            }
        }
    }
}
