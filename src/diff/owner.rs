//! Which interface does a resource type come from?

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentInstanceTypeId, ResourceId,
};
use wasmparser::types::Types;

use super::change::Place;
use super::surface::Surface;
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
        let mut found = |name: &str, id| match owners.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(Owner {
                    interface,
                    is_exported,
                    name: name.to_string(),
                    names: BTreeSet::from([name.to_string()]),
                });
            }
            Entry::Occupied(entry) => {
                let owner = entry.into_mut();
                if owner.interface == interface {
                    owner.names.insert(name.to_string());
                }
            }
        };
        let mut walk = Walk {
            types: surface.types,
            seen: BTreeSet::new(),
            left: NAMES,
        };
        walk.resources(&item.ty, "", &mut found);
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

/// So many bytes of names are collected of an item; then each type within it is looked at once.
const NAMES: usize = 1 << 20;

/// Goes through the types of an item.
struct Walk<'t> {
    types: &'t Types,
    seen: BTreeSet<ComponentInstanceTypeId>,
    left: usize,
}

impl Walk<'_> {
    /// All resource types that an item names, by their names from it inwards.
    fn resources(
        &mut self,
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
                let is_new = self.seen.insert(id);
                for (name, item) in &self.types[id].exports {
                    if !is_new && self.left == 0 {
                        return;
                    }
                    let path = match path {
                        "" => name.clone(),
                        path => format!("{path}.{name}"),
                    };
                    self.left = self.left.saturating_sub(path.len());
                    self.resources(&item.ty, &path, found);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::Signature;
    use crate::input;

    /// Each way through instances is a name of the resource within: two to the power of 14 here.
    #[test]
    fn names_of_a_resource_are_collected_within_bounds() {
        let mut text = r#"(component (import "i" (instance
            (export "z" (type $r (sub resource)))
            (type $t0 (instance (alias outer 1 $r (type $x)) (export "r" (type (eq $x)))))"#
            .to_string();
        let (one, other) = ("a".repeat(400), "b".repeat(400));
        for at in 0..14 {
            text += &format!(
                r#"(type $t{} (instance (alias outer 1 $t{at} (type $x))
                (export "{one}" (instance (type $x))) (export "{other}" (instance (type $x)))))"#,
                at + 1
            );
        }
        text += r#"(export "n" (instance (type $t14))))))"#;
        let component = input::to_binary("i", text.as_bytes()).expect("it is text");
        let signature = Signature::read(&component).expect("it is valid");
        let mut walk = Walk {
            types: &signature.types,
            seen: BTreeSet::new(),
            left: NAMES,
        };
        let mut names = Vec::new();
        for found in &signature.externs {
            walk.resources(&found.item.ty, "", &mut |name, _| {
                names.push(name.to_string());
            });
        }
        let bytes: usize = names.iter().map(String::len).sum();
        assert!(bytes < 2 * NAMES, "{bytes} B");
        assert_eq!(names.first().map(String::as_str), Some("z"));
        assert!(names.len() > 2, "{}", names.len());
    }
}
