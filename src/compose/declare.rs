//! What does a declared type refer to, and how is it written under other indices?
//!
//! Types are copied declaration by declaration, so that every type and attribute that can be
//! declared survives. Only indices that lead out of a declaration change.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent};
use wasm_encoder::{ComponentTypeSection, CoreTypeSection, InstanceType};
use wasmparser::{
    ComponentAlias, ComponentOuterAliasKind, ComponentType, ComponentTypeRef, CoreType,
    InstanceTypeDeclaration, TypeBounds,
};

use super::part::Part;
use crate::component::{Alias, Elsewhere, Index, InstanceIndex, Item, Origin, TypeIndex};

/// New indices for old ones.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub types: BTreeMap<u32, u32>,
    pub core_types: BTreeMap<u32, u32>,
    pub instances: BTreeMap<u32, u32>,
}

/// Indices of one scope that something refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    pub types: BTreeSet<u32>,
    pub core_types: BTreeSet<u32>,
    pub instances: BTreeSet<u32>,
}

/// Gives what is copied its new indices: those of the scope it stands in, and of the one around
/// it. Deeper scopes keep theirs.
pub struct Renumber<'s> {
    depth: u32,
    own: &'s Scope,
    outer: &'s Scope,
    /// What the scopes do not know.
    pub missing_own: Refs,
    pub missing_outer: Refs,
}

impl<'s> Renumber<'s> {
    pub fn new(own: &'s Scope, outer: &'s Scope) -> Renumber<'s> {
        Renumber {
            depth: 0,
            own,
            outer,
            missing_own: Refs::default(),
            missing_outer: Refs::default(),
        }
    }

    fn look(map: &BTreeMap<u32, u32>, missing: &mut BTreeSet<u32>, index: u32) -> u32 {
        map.get(&index).copied().unwrap_or_else(|| {
            missing.insert(index);
            0
        })
    }
}

impl Reencode for Renumber<'_> {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.outer_type_index(0, index)
    }
}

impl ReencodeComponent for Renumber<'_> {
    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }

    fn component_type_index(&mut self, index: u32) -> u32 {
        self.outer_component_type_index(0, index)
    }

    fn component_instance_index(&mut self, index: u32) -> u32 {
        if self.depth > 0 {
            return index;
        }
        Self::look(&self.own.instances, &mut self.missing_own.instances, index)
    }

    fn outer_component_type_index(&mut self, count: u32, index: u32) -> u32 {
        if count < self.depth {
            index
        } else if count == self.depth {
            Self::look(&self.own.types, &mut self.missing_own.types, index)
        } else {
            Self::look(&self.outer.types, &mut self.missing_outer.types, index)
        }
    }

    fn outer_type_index(&mut self, count: u32, index: u32) -> Result<u32, Error<Infallible>> {
        Ok(if count < self.depth {
            index
        } else if count == self.depth {
            Self::look(
                &self.own.core_types,
                &mut self.missing_own.core_types,
                index,
            )
        } else {
            Self::look(
                &self.outer.core_types,
                &mut self.missing_outer.core_types,
                index,
            )
        })
    }
}

/// What a type refers to in the scope it stands in.
pub fn refs_of_type(ty: &ComponentType<'_>) -> Refs {
    let (own, outer) = Default::default();
    let mut renumber = Renumber::new(&own, &outer);
    let mut section = ComponentTypeSection::new();
    // Names that cannot be encoded do not occur: the types were read from a binary.
    let _ = renumber.parse_component_type(section.ty(), ty.clone());
    renumber.missing_own
}

/// What a core type refers to in the scope it stands in.
pub fn refs_of_core_type(ty: &CoreType<'_>) -> Refs {
    let (own, outer) = Default::default();
    let mut renumber = Renumber::new(&own, &outer);
    let mut section = CoreTypeSection::new();
    let _ = renumber.parse_component_core_type(section.ty(), ty.clone());
    renumber.missing_own
}

/// What a declaration of an instance type refers to: within the instance type, and outside.
fn refs_of_declaration(declaration: &InstanceTypeDeclaration<'_>) -> (Refs, Refs) {
    let (own, outer) = Default::default();
    let mut renumber = Renumber::new(&own, &outer);
    let mut throwaway = InstanceType::new();
    let _ = renumber.parse_component_instance_type_declaration(&mut throwaway, declaration.clone());
    (renumber.missing_own, renumber.missing_outer)
}

/// Which declarations of an instance type are needed for some of its exports.
pub struct Needed {
    /// One for each declaration.
    pub keep: Vec<bool>,
    /// What they refer to outside of the instance type.
    pub outer: Refs,
}

/// Finds what the exports that `wanted` accepts need. Exports that `known` accepts are there
/// already: they are needed by nobody and need nothing.
pub fn needed(
    declarations: &[InstanceTypeDeclaration<'_>],
    wanted: &dyn Fn(&str) -> bool,
    known: &dyn Fn(&str) -> bool,
) -> Needed {
    let slots = slots(declarations);
    let mut needed = Needed {
        keep: vec![false; declarations.len()],
        outer: Refs::default(),
    };
    let mut open: Vec<usize> = Vec::new();
    for (at, declaration) in declarations.iter().enumerate() {
        if let InstanceTypeDeclaration::Export { name, .. } = declaration
            && wanted(name.name)
            && !known(name.name)
        {
            open.push(at);
        }
    }
    while let Some(at) = open.pop() {
        let declaration = &declarations[at];
        let exists =
            matches!(declaration, InstanceTypeDeclaration::Export { name, .. } if known(name.name));
        if exists || std::mem::replace(&mut needed.keep[at], true) {
            continue;
        }
        let (own, outer) = refs_of_declaration(declaration);
        open.extend(
            own.types
                .iter()
                .filter_map(|index| slots.types.get(*index as usize)),
        );
        open.extend(
            own.core_types
                .iter()
                .filter_map(|index| slots.core_types.get(*index as usize)),
        );
        open.extend(
            own.instances
                .iter()
                .filter_map(|index| slots.instances.get(*index as usize)),
        );
        needed.outer.types.extend(outer.types);
        needed.outer.core_types.extend(outer.core_types);
    }
    needed
}

/// Which declaration defines which index.
#[derive(Default)]
pub struct Slots {
    pub types: Vec<usize>,
    pub core_types: Vec<usize>,
    pub instances: Vec<usize>,
}

fn slots(declarations: &[InstanceTypeDeclaration<'_>]) -> Slots {
    let mut slots = Slots::default();
    for (at, declaration) in declarations.iter().enumerate() {
        match defines(declaration) {
            Some(Defines::Type) => slots.types.push(at),
            Some(Defines::CoreType) => slots.core_types.push(at),
            Some(Defines::Instance) => slots.instances.push(at),
            None => {}
        }
    }
    slots
}

/// The index space that a declaration adds to, as far as others can refer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defines {
    Type,
    CoreType,
    Instance,
}

/// Which index space of its instance type a declaration adds to.
pub fn defines(declaration: &InstanceTypeDeclaration<'_>) -> Option<Defines> {
    use wasmparser::ComponentExternalKind as Kind;
    match declaration {
        InstanceTypeDeclaration::Type(_) => Some(Defines::Type),
        InstanceTypeDeclaration::CoreType(_) => Some(Defines::CoreType),
        InstanceTypeDeclaration::Export { ty, .. } => match ty {
            ComponentTypeRef::Type(_) => Some(Defines::Type),
            ComponentTypeRef::Instance(_) => Some(Defines::Instance),
            _ => None,
        },
        InstanceTypeDeclaration::Alias(alias) => match alias {
            ComponentAlias::InstanceExport {
                kind: Kind::Type, ..
            } => Some(Defines::Type),
            ComponentAlias::InstanceExport {
                kind: Kind::Instance,
                ..
            } => Some(Defines::Instance),
            ComponentAlias::Outer {
                kind: ComponentOuterAliasKind::Type,
                ..
            } => Some(Defines::Type),
            ComponentAlias::Outer {
                kind: ComponentOuterAliasKind::CoreType,
                ..
            } => Some(Defines::CoreType),
            _ => None,
        },
    }
}

/// The declarations of the instance type at `index` of a part, where it is written out there.
pub fn instance_type<'p, 'a>(
    part: &'p Part<'a>,
    index: u32,
) -> Option<&'p [InstanceTypeDeclaration<'a>]> {
    match part.component.types.get(TypeIndex(index))? {
        Origin::Defined(ComponentType::Instance(declarations)) => Some(declarations),
        Origin::Defined(_) => None,
        Origin::Elsewhere(_) => match follow(part, index)? {
            Root::Defined(index) => match part.component.types.get(TypeIndex(index))? {
                Origin::Defined(ComponentType::Instance(declarations)) => Some(declarations),
                _ => None,
            },
            Root::Imported(_) => None,
        },
    }
}

/// Where a type of a part comes from in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// Written out, under this index.
    Defined(u32),
    /// An import, and the names from there inwards.
    Imported((usize, Vec<String>)),
}

/// Follows aliases and exports to where a type is written out or imported; `None` where it comes
/// from an instance that the part makes itself.
pub fn follow(part: &Part<'_>, index: u32) -> Option<Root> {
    let mut index = index;
    loop {
        match part.component.types.get(TypeIndex(index))? {
            Origin::Defined(_) => return Some(Root::Defined(index)),
            Origin::Elsewhere(Elsewhere::Imported(import)) => {
                return Some(Root::Imported((*import, Vec::new())));
            }
            Origin::Elsewhere(Elsewhere::Aliased(Alias::Export { instance, name })) => {
                let (import, mut names) = imported_instance(part, *instance)?;
                names.push(name.to_string());
                return Some(Root::Imported((import, names)));
            }
            Origin::Elsewhere(Elsewhere::Aliased(Alias::Outer {
                count: 0,
                index: other,
            })) => {
                // Aliases lead backwards in a valid component.
                index = *other;
            }
            Origin::Elsewhere(Elsewhere::Exported(export)) => {
                match part.component.exports.get(*export)?.item {
                    Item::Type(other) => index = other.raw(),
                    _ => return None,
                }
            }
            Origin::Elsewhere(Elsewhere::Aliased(_)) => return None,
        }
    }
}

/// The import that an instance of a part is, or is within, and the names from there inwards.
pub fn imported_instance(part: &Part<'_>, instance: InstanceIndex) -> Option<(usize, Vec<String>)> {
    let mut names = Vec::new();
    let mut instance = instance;
    loop {
        match part.component.instances.get(instance)? {
            Origin::Elsewhere(Elsewhere::Imported(import)) => {
                names.reverse();
                return Some((*import, names));
            }
            Origin::Elsewhere(Elsewhere::Aliased(Alias::Export {
                instance: outer,
                name,
            })) => {
                names.push(name.to_string());
                instance = *outer;
            }
            Origin::Elsewhere(Elsewhere::Exported(export)) => {
                match part.component.exports.get(*export)?.item {
                    Item::Instance(other) => instance = other,
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}

/// The type that an import refers to.
pub fn type_of_import(ty: ComponentTypeRef) -> Refs {
    let mut refs = Refs::default();
    match ty {
        ComponentTypeRef::Module(index) => {
            refs.core_types.insert(index);
        }
        ComponentTypeRef::Func(index)
        | ComponentTypeRef::Instance(index)
        | ComponentTypeRef::Component(index)
        | ComponentTypeRef::Type(TypeBounds::Eq(index))
        | ComponentTypeRef::Value(wasmparser::ComponentValType::Type(index)) => {
            refs.types.insert(index);
        }
        ComponentTypeRef::Type(TypeBounds::SubResource)
        | ComponentTypeRef::Value(wasmparser::ComponentValType::Primitive(_)) => {}
    }
    refs
}

/// Some exports of an import, with those that they are declared with.
pub fn with_needed(part: &Part<'_>, import: usize, only: &BTreeSet<String>) -> BTreeSet<String> {
    let declarations = declarations(part, import).unwrap_or_default();
    let needed = needed(declarations, &|name| only.contains(name), &|_| false);
    let kept = declarations.iter().zip(needed.keep);
    let names = kept.filter_map(|(declaration, keep)| match declaration {
        InstanceTypeDeclaration::Export { name, .. } if keep => Some(name.name.to_string()),
        _ => None,
    });
    names.chain(only.iter().cloned()).collect()
}

/// How an import of a part is declared, where it is an instance whose type is written out.
pub fn declarations<'p, 'a>(
    part: &'p Part<'a>,
    import: usize,
) -> Option<&'p [InstanceTypeDeclaration<'a>]> {
    match part.component.imports.get(import)?.ty {
        ComponentTypeRef::Instance(index) => instance_type(part, index),
        _ => None,
    }
}

/// The imports, and the types in them, that an import of a part is declared with. Of an instance
/// only what the exports that `wanted` accepts need.
pub fn sources(
    part: &Part<'_>,
    import: usize,
    wanted: &dyn Fn(&str) -> bool,
) -> BTreeSet<(usize, Vec<String>)> {
    let mut found = BTreeSet::new();
    let Some(declared) = part.component.imports.get(import) else {
        return found;
    };
    let mut open: Vec<u32> = match declared.ty {
        ComponentTypeRef::Instance(index) => match instance_type(part, index) {
            Some(declarations) => needed(declarations, wanted, &|_| false)
                .outer
                .types
                .into_iter()
                .collect(),
            None => vec![index],
        },
        ty => type_of_import(ty).types.into_iter().collect(),
    };
    let mut seen = BTreeSet::new();
    while let Some(index) = open.pop() {
        if !seen.insert(index) {
            continue;
        }
        match follow(part, index) {
            Some(Root::Imported(source)) => {
                found.insert(source);
            }
            Some(Root::Defined(index)) => {
                if let Some(Origin::Defined(ty)) = part.component.types.get(TypeIndex(index)) {
                    open.extend(refs_of_type(ty).types);
                }
            }
            None => {}
        }
    }
    found
}
