//! Which interface does a resource type come from?

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ResourceId};
use wasmparser::types::Types;

use super::surface::Surface;
use crate::compose::name::Name;

/// The origins of the resource types of one side.
pub(super) type Owners<'a> = BTreeMap<ResourceId, Owner<'a>>;

/// Where a resource type is defined.
pub(super) struct Owner<'a> {
    pub interface: &'a Name,
    /// What it is called there: by itself, and by aliases.
    names: Vec<String>,
}

impl fmt::Display for Owner<'_> {
    /// `wasi:io/streams@0.2.0.input-stream`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.interface.full)?;
        match self.names.first() {
            Some(name) if !name.is_empty() => write!(f, ".{name}"),
            _ => Ok(()),
        }
    }
}

impl Owner<'_> {
    /// Is there a name that both are called by?
    pub fn shares_a_name(&self, other: &Owner<'_>) -> bool {
        self.names.iter().any(|name| other.names.contains(name))
    }
}

/// Whose all resource types are. Items come behind those whose types they use.
pub(super) fn owners<'a>(surface: &'a Surface<'_>) -> Owners<'a> {
    let mut owners = Owners::new();
    let used = surface.used.iter().map(|used| (&used.name, used.item));
    let items = surface.items.iter().map(|item| (&item.name, item.item));
    for (interface, item) in used.chain(items) {
        resources(
            surface.types,
            &item.ty,
            "",
            &mut |name, id| match owners.entry(id) {
                Entry::Vacant(entry) => {
                    let names = vec![name.to_string()];
                    entry.insert(Owner { interface, names });
                }
                Entry::Occupied(entry) => {
                    let owner = entry.into_mut();
                    if owner.interface == interface {
                        owner.names.push(name.to_string());
                    }
                }
            },
        );
    }
    owners
}

/// All resource types that an item names, by their names from it inwards.
fn resources(
    types: &Types,
    ty: &ComponentEntityType,
    path: &str,
    found: &mut impl FnMut(&str, ResourceId),
) {
    match *ty {
        ComponentEntityType::Type {
            created: ComponentAnyTypeId::Resource(id),
            ..
        } => found(path, id.resource()),
        ComponentEntityType::Instance(id) => {
            for (name, item) in &types[id].exports {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                resources(types, &item.ty, &path, found);
            }
        }
        _ => {}
    }
}
