//! Which interface does a resource type come from?

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use wasmparser::component_types::{ComponentAnyTypeId, ResourceId};

use super::change::Place;
use super::surface::Surface;
use crate::component::each_type;
use crate::compose::name::Name;

/// The origins of the resource types of one side.
pub(super) type Owners<'a> = BTreeMap<ResourceId, Owner<'a>>;

/// Where a resource type is defined.
pub(super) struct Owner<'a> {
    pub interface: &'a Name,
    /// Whether the component has it from nobody else.
    pub is_exported: bool,
    /// What it is called there first.
    name: String,
    /// All that it is called there: by itself, and by aliases.
    names: BTreeSet<String>,
}

impl fmt::Display for Owner<'_> {
    /// `wasi:io/streams@0.2.0.input-stream`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.interface.full)?;
        match self.name.as_str() {
            "" => Ok(()),
            name => write!(f, ".{name}"),
        }
    }
}

impl Owner<'_> {
    /// Is there a name that both are called by?
    pub fn shares_a_name(&self, other: &Owner<'_>) -> bool {
        !self.names.is_disjoint(&other.names)
    }
}

/// Whose all resource types are. Items come behind those whose types they use.
pub(super) fn owners<'a>(surface: &'a Surface<'_>) -> Owners<'a> {
    let mut owners = Owners::new();
    let used = surface.used.iter();
    let used = used.map(|used| (&used.name, false, used.item));
    // An interface of a WIT package is neither imported nor exported.
    let is_world = surface.package.is_none();
    let items = surface.items.iter().map(|item| {
        let is_exported = is_world && item.place == Place::Export;
        (&item.name, is_exported, item.item)
    });
    for (interface, is_exported, item) in used.chain(items) {
        each_type(surface.types, &item.ty, &mut |path, created, _| {
            let ComponentAnyTypeId::Resource(id) = created else {
                return;
            };
            let name = path.join(".");
            match owners.entry(id.resource()) {
                Entry::Vacant(entry) => {
                    entry.insert(Owner {
                        interface,
                        is_exported,
                        name: name.clone(),
                        names: BTreeSet::from([name]),
                    });
                }
                Entry::Occupied(entry) => {
                    let owner = entry.into_mut();
                    if owner.interface == interface {
                        owner.names.insert(name);
                    }
                }
            }
        });
    }
    owners
}

/// What each resource type of one side is called where that is told; where an interface is imported
/// and exported, with which of them is meant.
pub(super) fn shown(
    of: &Owners<'_>,
    sides: (&Owners<'_>, &Owners<'_>),
) -> BTreeMap<ResourceId, String> {
    let interfaces = |is_exported: bool| -> BTreeSet<&str> {
        let owners = sides.0.values().chain(sides.1.values());
        let owners = owners.filter(|owner| owner.is_exported == is_exported);
        owners.map(|owner| owner.interface.full.as_str()).collect()
    };
    let (imported, exported) = (interfaces(false), interfaces(true));
    let is_both = |name: &str| imported.contains(name) && exported.contains(name);
    let text = |owner: &Owner<'_>| match (is_both(&owner.interface.full), owner.is_exported) {
        (false, _) => owner.to_string(),
        (true, true) => format!("exported {owner}"),
        (true, false) => format!("imported {owner}"),
    };
    of.iter().map(|(id, owner)| (*id, text(owner))).collect()
}
