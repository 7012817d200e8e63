//! Are two core types one, though each module numbers its own?
//!
//! By structure, group by group: types that refer to each other are one where all of their group
//! are (core specification, "Type Equivalence").

use std::collections::BTreeMap;

use wasmparser::types::{CoreTypeId, Types};
use wasmparser::{
    CompositeInnerType, FieldType, HeapType, PackedIndex, RefType, StorageType, UnpackedIndex,
    ValType,
};

/// Types of two modules that are taken for one, until one of their groups is found to differ.
struct Twins<'t> {
    types: (&'t Types, &'t Types),
    ours: BTreeMap<CoreTypeId, CoreTypeId>,
    theirs: BTreeMap<CoreTypeId, CoreTypeId>,
    open: Vec<(CoreTypeId, CoreTypeId)>,
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
        UnpackedIndex::RecGroup(at) => group(types, of).get(at as usize).copied(),
        // Validated types have none of these left.
        UnpackedIndex::Module(_) => None,
    }
}

/// Are these one?
pub(super) fn are_one(types: (&Types, &Types), a: CoreTypeId, b: CoreTypeId) -> bool {
    let mut twins = Twins::new(types);
    twins.pair(a, b) && twins.agree()
}

/// Are these types of values, which no other type holds, one?
pub(super) fn are_one_value(types: (&Types, &Types), a: ValType, b: ValType) -> bool {
    let mut twins = Twins::new(types);
    twins.values(None, a, b) && twins.agree()
}

impl<'t> Twins<'t> {
    fn new(types: (&'t Types, &'t Types)) -> Self {
        Twins {
            types,
            ours: BTreeMap::new(),
            theirs: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    /// Takes two for one, with the groups that they are in.
    fn pair(&mut self, a: CoreTypeId, b: CoreTypeId) -> bool {
        if !self.ours.contains_key(&a) && !self.theirs.contains_key(&b) {
            let (ours, theirs) = (group(self.types.0, a), group(self.types.1, b));
            if ours.len() != theirs.len() {
                return false;
            }
            for (a, b) in ours.into_iter().zip(theirs) {
                self.ours.insert(a, b);
                self.theirs.insert(b, a);
                self.open.push((a, b));
            }
        }
        self.ours.get(&a) == Some(&b)
    }

    fn agree(&mut self) -> bool {
        while let Some((a, b)) = self.open.pop() {
            if !self.sub_types(a, b) {
                return false;
            }
        }
        true
    }

    fn sub_types(&mut self, a: CoreTypeId, b: CoreTypeId) -> bool {
        let (ours, theirs) = (&self.types.0[a], &self.types.1[b]);
        let of = Some((a, b));
        let supers = (&ours.supertype_idxs, &theirs.supertype_idxs);
        if ours.is_final != theirs.is_final || supers.0.len() != supers.1.len() {
            return false;
        }
        let (c, d) = (&ours.composite_type, &theirs.composite_type);
        let mut supers = supers.0.iter().zip(supers.1);
        c.shared == d.shared
            && supers.all(|(a, b)| self.packed(of, *a, *b))
            && self.options(of, c.descriptor_idx, d.descriptor_idx)
            && self.options(of, c.describes_idx, d.describes_idx)
            && self.composites(of, &c.inner, &d.inner)
    }

    fn composites(&mut self, of: Owners, a: &CompositeInnerType, b: &CompositeInnerType) -> bool {
        use CompositeInnerType as C;
        match (a, b) {
            (C::Func(a), C::Func(b)) => {
                self.lists(of, a.params(), b.params()) && self.lists(of, a.results(), b.results())
            }
            (C::Array(a), C::Array(b)) => self.fields(of, &a.0, &b.0),
            (C::Struct(a), C::Struct(b)) => {
                let mut fields = a.fields.iter().zip(&b.fields);
                a.fields.len() == b.fields.len() && fields.all(|(a, b)| self.fields(of, a, b))
            }
            (C::Cont(a), C::Cont(b)) => self.packed(of, a.0, b.0),
            _ => false,
        }
    }

    fn fields(&mut self, of: Owners, a: &FieldType, b: &FieldType) -> bool {
        a.mutable == b.mutable
            && match (a.element_type, b.element_type) {
                (StorageType::Val(a), StorageType::Val(b)) => self.values(of, a, b),
                (a, b) => a == b,
            }
    }

    fn lists(&mut self, of: Owners, a: &[ValType], b: &[ValType]) -> bool {
        let mut values = a.iter().zip(b);
        a.len() == b.len() && values.all(|(a, b)| self.values(of, *a, *b))
    }

    fn values(&mut self, of: Owners, a: ValType, b: ValType) -> bool {
        match (a, b) {
            (ValType::Ref(a), ValType::Ref(b)) => self.references(of, a, b),
            (a, b) => a == b,
        }
    }

    fn references(&mut self, of: Owners, a: RefType, b: RefType) -> bool {
        a.is_nullable() == b.is_nullable()
            && match (a.heap_type(), b.heap_type()) {
                (HeapType::Concrete(a), HeapType::Concrete(b))
                | (HeapType::Exact(a), HeapType::Exact(b)) => self.indices(of, a, b),
                (a, b) => a == b,
            }
    }

    fn options(&mut self, of: Owners, a: Option<PackedIndex>, b: Option<PackedIndex>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => self.packed(of, a, b),
            (a, b) => a.is_none() && b.is_none(),
        }
    }

    fn packed(&mut self, of: Owners, a: PackedIndex, b: PackedIndex) -> bool {
        self.indices(of, a.unpack(), b.unpack())
    }

    fn indices(&mut self, of: Owners, a: UnpackedIndex, b: UnpackedIndex) -> bool {
        let (a, b) = match (a, b, of) {
            // The groups are twins already.
            (UnpackedIndex::RecGroup(a), UnpackedIndex::RecGroup(b), Some(_)) => return a == b,
            (UnpackedIndex::Id(a), UnpackedIndex::Id(b), _) => (Some(a), Some(b)),
            (a, b, Some((ours, theirs))) => {
                let (types, others) = self.types;
                (meant(types, ours, a), meant(others, theirs, b))
            }
            _ => (None, None),
        };
        matches!((a, b), (Some(a), Some(b)) if self.pair(a, b))
    }
}

/// The types that what is compared stands in.
type Owners = Option<(CoreTypeId, CoreTypeId)>;
