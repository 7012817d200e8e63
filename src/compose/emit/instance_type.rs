//! How do several instance types become one?
//!
//! The first one's exports are taken as they are; of every other only what is new, with what that
//! refers to. What both have keeps the first one's index.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::InstanceType;
use wasm_encoder::reencode::ReencodeComponent;
use wasmparser::{ComponentTypeRef, InstanceTypeDeclaration, TypeBounds};

use crate::compose::declare::{
    Defines, Needed, Refs, Renumber, Scope, declarations, defines, needed,
};
use crate::compose::graph::Graph;
use crate::compose::merge::User;

/// The resource types that a user of an import takes from elsewhere while another has them of this
/// import. They are declared first: for both they are those from elsewhere.
pub fn taken<'u>(graph: &Graph<'_, '_>, users: &'u [User]) -> Vec<(&'u User, BTreeSet<String>)> {
    let mut own = BTreeSet::new();
    for user in users {
        let types = types(graph, user);
        let resources = types.filter(|(_, bounds)| matches!(bounds, TypeBounds::SubResource));
        own.extend(resources.map(|(name, _)| name));
    }
    let taken = users.iter().map(|user| {
        let types = types(graph, user);
        let aliases = types.filter(|(_, bounds)| matches!(bounds, TypeBounds::Eq(_)));
        let names = aliases
            .map(|(name, _)| name)
            .filter(|name| own.contains(name));
        (user, names.map(str::to_string).collect::<BTreeSet<_>>())
    });
    taken.filter(|(_, names)| !names.is_empty()).collect()
}

/// The types that a user of an import needs of it, as they are declared.
fn types<'p>(graph: &Graph<'p, '_>, user: &User) -> impl Iterator<Item = (&'p str, TypeBounds)> {
    let declared = declarations(graph.part(user.instance), user.import);
    let types = declared
        .unwrap_or_default()
        .iter()
        .filter_map(|declaration| match declaration {
            InstanceTypeDeclaration::Export {
                name,
                ty: ComponentTypeRef::Type(bounds),
            } => Some((name.name, *bounds)),
            _ => None,
        });
    types.filter(|(name, _)| user.needs(name))
}

/// An instance type in the making.
#[derive(Default)]
pub struct Union {
    ty: InstanceType,
    /// Where a name's type or instance is; nothing for what has no index of use.
    exports: BTreeMap<String, Option<u32>>,
}

impl Union {
    /// What the exports in `only` that are not there yet need.
    pub fn needed(
        &self,
        declarations: &[InstanceTypeDeclaration<'_>],
        only: Option<&BTreeSet<String>>,
    ) -> Needed {
        let wanted = |name: &str| only.is_none_or(|only| only.contains(name));
        needed(declarations, &wanted, &|name| {
            self.exports.contains_key(name)
        })
    }

    /// Adds declarations; `outer` knows all that they refer to outside. Returns what it does not.
    pub fn add(
        &mut self,
        declarations: &[InstanceTypeDeclaration<'_>],
        needed: &Needed,
        outer: &Scope,
    ) -> Refs {
        let mut own = Scope::default();
        let mut old = [0, 0, 0];
        let mut missing = Refs::default();
        for (declaration, keep) in declarations.iter().zip(&needed.keep) {
            let kind = defines(declaration);
            let at = kind.map(|kind| {
                let count = &mut old[kind as usize];
                *count += 1;
                *count - 1
            });
            let known = match declaration {
                InstanceTypeDeclaration::Export { name, .. } => {
                    self.exports.get(name.name).copied()
                }
                _ => None,
            };
            let new = match known {
                Some(index) => index,
                None if *keep => self.declare(declaration, kind, &own, outer, &mut missing),
                None => continue,
            };
            let map = match kind {
                Some(Defines::Type) => &mut own.types,
                Some(Defines::CoreType) => &mut own.core_types,
                Some(Defines::Instance) => &mut own.instances,
                None => continue,
            };
            if let (Some(old), Some(new)) = (at, new) {
                map.insert(old, new);
            }
        }
        missing
    }

    fn declare(
        &mut self,
        declaration: &InstanceTypeDeclaration<'_>,
        kind: Option<Defines>,
        own: &Scope,
        outer: &Scope,
        missing: &mut Refs,
    ) -> Option<u32> {
        let index = kind.map(|kind| match kind {
            Defines::Type => self.ty.type_count(),
            Defines::CoreType => self.ty.core_type_count(),
            Defines::Instance => self.ty.instance_count(),
        });
        let mut renumber = Renumber::new(own, outer);
        // Names that cannot be encoded do not occur: the declarations were read from a binary.
        let _ =
            renumber.parse_component_instance_type_declaration(&mut self.ty, declaration.clone());
        missing.types.extend(renumber.missing_outer.types);
        missing.types.extend(renumber.missing_own.types);
        if let InstanceTypeDeclaration::Export { name, ty } = declaration {
            let useful = matches!(
                ty,
                ComponentTypeRef::Type(_) | ComponentTypeRef::Instance(_)
            );
            let index = index.filter(|_| useful);
            self.exports.insert(name.name.to_string(), index);
        }
        index
    }

    pub fn finish(self) -> InstanceType {
        self.ty
    }
}
