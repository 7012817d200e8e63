//! Whose resource is it?
//!
//! Two handles fit only if their resource types have one origin: the instance that defines it, or
//! the import of the composition that it comes from.

use std::collections::BTreeMap;

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ResourceId};

use super::graph::{Arg, At, Graph, Source};
use super::merge::Imports;
use crate::component::each_type;

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
    imports: &'g Imports<'p, 'a>,
    /// Imports of the composition that share a type: towards the one that stands for all.
    same: BTreeMap<Key, Key>,
}

impl<'g, 'p, 'a> Identities<'g, 'p, 'a> {
    pub fn new(graph: &'g Graph<'p, 'a>, imports: &'g Imports<'p, 'a>) -> Self {
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
            each_type(&part.types, &item.item.ty, &mut |names, id, _| {
                if let ComponentAnyTypeId::Resource(id) = id {
                    pairs.push((Key::Open(*group, names.to_vec()), id.resource()));
                }
            });
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
            let source = match &self.graph.instances[instance].args[path.import] {
                Arg::Open(_) | Arg::Unused => {
                    let group = self.imports.group_of.get(&(instance, path.import));
                    return match group {
                        Some(group) => self.root(Key::Open(*group, path.names.clone())),
                        None => Key::Lost(instance, resource),
                    };
                }
                Arg::From(source) => source,
            };
            match self.supplied(source, &path.names) {
                Some(found) => (instance, resource) = (source.instance, found),
                None => return Key::Lost(instance, resource),
            }
        }
    }

    /// The resource type at the end of `names` in what an instance has.
    fn supplied(&self, source: &Source, names: &[String]) -> Option<ResourceId> {
        let part = self.graph.part(source.instance);
        let ty = match source.at {
            At::Whole => {
                let (first, rest) = names.split_first()?;
                let mut exports = part.exports.iter();
                let export = exports.find(|item| item.extern_name.name == first)?;
                part.type_at(export.item.ty, rest)?
            }
            _ => part.type_at(self.graph.type_of(source)?, names)?,
        };
        match ty {
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
