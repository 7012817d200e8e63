//! What are the types of one side called?

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedTypeId, ComponentEntityType, ComponentItem, ResourceId,
};
use wasmparser::types::Types;

/// One side of a comparison: its types, and what they are called.
pub struct Side<'a> {
    pub types: &'a Types,
    pub(super) defined: BTreeMap<ComponentDefinedTypeId, &'a str>,
    resources: BTreeMap<ResourceId, &'a str>,
    origins: BTreeMap<ResourceId, String>,
}

impl<'a> Side<'a> {
    /// A side in which the types of these items have their names.
    pub fn new(
        types: &'a Types,
        items: impl IntoIterator<Item = (&'a str, &'a ComponentItem)>,
    ) -> Self {
        let mut side = Side {
            types,
            defined: BTreeMap::new(),
            resources: BTreeMap::new(),
            origins: BTreeMap::new(),
        };
        for (name, item) in items {
            side.name(name, &item.ty);
        }
        side
    }

    fn name(&mut self, name: &'a str, ty: &ComponentEntityType) {
        match *ty {
            ComponentEntityType::Type {
                referenced,
                created,
            } => {
                for id in [created, referenced] {
                    self.name_type(name, id);
                }
            }
            ComponentEntityType::Instance(id) => {
                let types = self.types;
                for (name, item) in &types[id].exports {
                    self.name(name, &item.ty);
                }
            }
            _ => {}
        }
    }

    /// Under all aliases: what refers to a type may do so by any of them. Behind one that has a
    /// name all others have theirs.
    fn name_type(&mut self, name: &'a str, id: ComponentAnyTypeId) {
        let mut id = Some(id);
        while let Some(current) = id {
            match current {
                ComponentAnyTypeId::Defined(id) => match self.defined.entry(id) {
                    Entry::Vacant(entry) => entry.insert(name),
                    Entry::Occupied(_) => return,
                },
                // Aliases of a resource type are one resource.
                ComponentAnyTypeId::Resource(id) => {
                    self.resources.entry(id.resource()).or_insert(name)
                }
                _ => return,
            };
            id = self.types.peel_alias(current);
        }
    }

    /// Whether a resource type is among its items.
    pub fn has(&self, id: ResourceId) -> bool {
        self.resources.contains_key(&id)
    }

    /// The name of a resource type: `session`.
    pub fn resource(&self, id: ResourceId) -> &'a str {
        self.resources.get(&id).copied().unwrap_or("(unnamed)")
    }

    /// Tells resource types of one name apart by where they come from.
    pub fn with_origins(self, origins: BTreeMap<ResourceId, String>) -> Self {
        Side { origins, ..self }
    }

    /// Where a resource type comes from, where that was told.
    pub(super) fn origin(&self, id: ResourceId) -> Option<&str> {
        self.origins.get(&id).map(String::as_str)
    }
}
