//! Are two core types one, though each module numbers its own?
//!
//! By structure, group by group: types that refer to each other are one where all of their group
//! are (core specification, "Type Equivalence"). Groups of one structure get one number, those that
//! a group refers to before itself.

use std::collections::BTreeMap;

use indexmap::IndexSet;
use wasmparser::types::{CoreTypeId, Types};
use wasmparser::{
    CompositeInnerType, FieldType, HeapType, PackedIndex, RefType, StorageType, UnpackedIndex,
    ValType,
};

/// A side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Ours,
    Theirs,
}

/// What a type is known by on both sides: the number of its group, and its place there.
pub(crate) type Number = (usize, usize);

/// The types of both sides, by what they are known by.
pub(super) struct Numbers<'t> {
    types: (&'t Types, &'t Types),
    ours: BTreeMap<CoreTypeId, Number>,
    theirs: BTreeMap<CoreTypeId, Number>,
    groups: IndexSet<Vec<Vec<Atom>>>,
}

/// What a type is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Atom {
    Word(&'static str),
    Count(usize),
    Storage(StorageType),
    Type(UnpackedIndex),
    /// A type by what it is known by.
    Number(Number),
}

impl<'t> Numbers<'t> {
    pub fn new(ours: &'t Types, theirs: &'t Types) -> Self {
        Numbers {
            types: (ours, theirs),
            ours: BTreeMap::new(),
            theirs: BTreeMap::new(),
            groups: IndexSet::new(),
        }
    }

    pub fn types(&self, whose: Whose) -> &'t Types {
        match whose {
            Whose::Ours => self.types.0,
            Whose::Theirs => self.types.1,
        }
    }

    fn known(&mut self, whose: Whose) -> &mut BTreeMap<CoreTypeId, Number> {
        match whose {
            Whose::Ours => &mut self.ours,
            Whose::Theirs => &mut self.theirs,
        }
    }

    /// Types are one where this is the same.
    pub fn number(&mut self, whose: Whose, id: CoreTypeId) -> Number {
        let mut open = vec![id];
        loop {
            let next = open.last().copied().unwrap_or(id);
            if let Some(number) = self.known(whose).get(&next).copied() {
                if open.len() <= 1 {
                    return number;
                }
                open.pop();
                continue;
            }
            let group = group(self.types(whose), next);
            match self.read(whose, &group) {
                Ok(key) => {
                    let (number, _) = self.groups.insert_full(key);
                    let places = group.into_iter().enumerate();
                    let numbers = places.map(|(at, id)| (id, (number, at)));
                    self.known(whose).extend(numbers);
                }
                Err(before) => open.extend(before),
            }
        }
    }

    /// What a type of values, which no other type holds, is made of.
    pub fn value(&mut self, whose: Whose, ty: ValType) -> Vec<Atom> {
        let mut atoms = Vec::new();
        value(ty, &mut atoms);
        for atom in &mut atoms {
            if let Atom::Type(UnpackedIndex::Id(id)) = atom {
                *atom = Atom::Number(self.number(whose, *id));
            }
        }
        atoms
    }

    /// What the members of a group are made of, or the types that have no number yet.
    fn read(
        &mut self,
        whose: Whose,
        group: &[CoreTypeId],
    ) -> Result<Vec<Vec<Atom>>, Vec<CoreTypeId>> {
        let types = self.types(whose);
        let known = self.known(whose);
        let mut before = Vec::new();
        let mut key = Vec::new();
        for id in group {
            let mut atoms = atoms(types, *id);
            for atom in &mut atoms {
                let Atom::Type(UnpackedIndex::Id(id)) = atom else {
                    continue;
                };
                match (known.get(id), group.binary_search(id)) {
                    (Some(number), _) => *atom = Atom::Number(*number),
                    (None, Ok(at)) => *atom = Atom::Number((usize::MAX, at)),
                    (None, Err(_)) => before.push(*id),
                }
            }
            key.push(atoms);
        }
        match before.is_empty() {
            true => Ok(key),
            false => Err(before),
        }
    }
}

/// The members of a group, in order.
fn group(types: &Types, member: CoreTypeId) -> Vec<CoreTypeId> {
    let types = types.as_ref();
    let group = types.rec_group_id_of(member);
    types.rec_group_elements(group).collect()
}

/// The type that an index within the type `of` means.
pub(super) fn meant(types: &Types, of: CoreTypeId, index: UnpackedIndex) -> Option<CoreTypeId> {
    match index {
        UnpackedIndex::Id(id) => Some(id),
        UnpackedIndex::RecGroup(at) => {
            let types = types.as_ref();
            let mut members = types.rec_group_elements(types.rec_group_id_of(of));
            members.nth(at as usize)
        }
        // Validated types have none of these left.
        UnpackedIndex::Module(_) => None,
    }
}

/// All that a type is made of, in order.
pub(super) fn atoms(types: &Types, id: CoreTypeId) -> Vec<Atom> {
    let ty = &types[id];
    let mut atoms = Vec::new();
    atoms.push(Atom::Word(match ty.is_final {
        true => "final",
        false => "open",
    }));
    indices(&ty.supertype_idxs, &mut atoms);
    let composite = &ty.composite_type;
    atoms.push(Atom::Word(match composite.shared {
        true => "shared",
        false => "unshared",
    }));
    indices(&composite.descriptor_idx, &mut atoms);
    indices(&composite.describes_idx, &mut atoms);
    match &composite.inner {
        CompositeInnerType::Func(func) => {
            atoms.push(Atom::Word("func"));
            for list in [func.params(), func.results()] {
                atoms.push(Atom::Count(list.len()));
                list.iter().for_each(|ty| value(*ty, &mut atoms));
            }
        }
        CompositeInnerType::Array(array) => {
            atoms.push(Atom::Word("array"));
            field(&array.0, &mut atoms);
        }
        CompositeInnerType::Struct(of) => {
            atoms.push(Atom::Word("struct"));
            atoms.push(Atom::Count(of.fields.len()));
            of.fields.iter().for_each(|of| field(of, &mut atoms));
        }
        CompositeInnerType::Cont(cont) => {
            atoms.push(Atom::Word("cont"));
            indices([&cont.0], &mut atoms);
        }
    }
    atoms
}

fn indices<'i>(list: impl IntoIterator<Item = &'i PackedIndex>, atoms: &mut Vec<Atom>) {
    let list: Vec<Atom> = list
        .into_iter()
        .map(|index| Atom::Type(index.unpack()))
        .collect();
    atoms.push(Atom::Count(list.len()));
    atoms.extend(list);
}

fn field(field: &FieldType, atoms: &mut Vec<Atom>) {
    if field.mutable {
        atoms.push(Atom::Word("mut"));
    }
    match field.element_type {
        StorageType::Val(ty) => value(ty, atoms),
        ty => atoms.push(Atom::Storage(ty)),
    }
}

fn value(ty: ValType, atoms: &mut Vec<Atom>) {
    match ty {
        ValType::Ref(reference) if concrete(reference).is_some() => {
            if reference.is_nullable() {
                atoms.push(Atom::Word("null"));
            }
            if let HeapType::Exact(_) = reference.heap_type() {
                atoms.push(Atom::Word("exact"));
            }
            atoms.extend(concrete(reference).map(Atom::Type));
        }
        ty => atoms.push(Atom::Storage(StorageType::Val(ty))),
    }
}

/// The type that a reference is to, if to no abstract one.
pub(super) fn concrete(reference: RefType) -> Option<UnpackedIndex> {
    match reference.heap_type() {
        HeapType::Concrete(index) | HeapType::Exact(index) => Some(index),
        HeapType::Abstract { .. } => None,
    }
}
