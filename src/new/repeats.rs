//! Does a world's binary form define one type in two places?
//!
//! An interface that is imported and exported has an instance type of its own for each, and so do
//! two interfaces. The encoder takes that for granted; a damaged section can name one twice.

use std::collections::BTreeSet;

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ComponentItem};
use wasmparser::types::Types;

use crate::component::Signature;
use crate::diagnostic::Result;

/// Whether two of the interfaces in this `component-type` section share the definition of a type.
pub(super) fn a_type(section: &[u8]) -> Result<bool> {
    let signature = Signature::read(section)?;
    let types = &signature.types;
    let outer = signature
        .externs
        .iter()
        .flat_map(|outer| members(types, &outer.item));
    let worlds = outer.flat_map(|world| members(types, world));
    let mut seen = BTreeSet::new();
    for item in worlds {
        let within = members(types, item).into_iter().chain([item]);
        let created = within.filter_map(|item| created(&item.ty));
        for id in created {
            if !seen.insert(id) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What a component or instance, or a type of one, imports and exports.
fn members<'a>(types: &'a Types, item: &ComponentItem) -> Vec<&'a ComponentItem> {
    match item.ty {
        ComponentEntityType::Component(id)
        | ComponentEntityType::Type {
            created: ComponentAnyTypeId::Component(id),
            ..
        } => {
            let component = &types[id];
            let all = component.imports.values().chain(component.exports.values());
            all.collect()
        }
        ComponentEntityType::Instance(id) => types[id].exports.values().collect(),
        _ => Vec::new(),
    }
}

fn created(ty: &ComponentEntityType) -> Option<ComponentAnyTypeId> {
    match ty {
        ComponentEntityType::Type { created, .. } => Some(*created),
        _ => None,
    }
}
