//! May one item of a core module be where another is asked for?
//!
//! Core specification, "Import Matching", for the types of two modules: memories and tables may
//! have more than what is asked for, functions and globals that nobody sets may be of a subtype.

use wasmparser::types::{CoreTypeId, EntityType, Types};
use wasmparser::{
    AbstractHeapType, CompositeInnerType, GlobalType, HeapType, MemoryType, RefType, TableType,
    UnpackedIndex, ValType,
};

use super::heap::{Atom, Number, Numbers, Whose};
use super::reason::LOOKED_AT_IN_ALL;

/// An item of one side.
pub(crate) type Item<'e> = (Whose, &'e EntityType);

/// A type of one side.
type Type = (Whose, CoreTypeId);

/// What an item is, whatever the types that it names are numbered.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Known {
    Func(Number),
    FuncExact(Number),
    Tag(Number),
    Memory(MemoryType),
    /// But for the elements, whose type follows.
    Table(TableType, Vec<Atom>),
    /// But for the value, whose type follows.
    Global(GlobalType, Vec<Atom>),
}

/// The core types of two sides.
pub(crate) struct Cores<'t> {
    pub(super) numbers: Numbers<'t>,
    /// How many types may still be looked at for what makes others differ.
    pub(super) looks: usize,
}

impl<'t> Cores<'t> {
    pub fn new(ours: &'t Types, theirs: &'t Types) -> Self {
        Cores {
            numbers: Numbers::new(ours, theirs),
            looks: LOOKED_AT_IN_ALL,
        }
    }

    /// May `provided` be where `required` is asked for?
    pub fn stands(&mut self, required: Item<'_>, provided: Item<'_>) -> bool {
        use EntityType as E;
        let sides = (required.0, provided.0);
        let within = |r: (u64, Option<u64>), p: (u64, Option<u64>)| {
            p.0 >= r.0 && r.1.is_none_or(|r| p.1.is_some_and(|p| p <= r))
        };
        match (required.1, provided.1) {
            (E::Func(r), E::Func(p) | E::FuncExact(p)) => {
                self.is_subtype((sides.1, *p), (sides.0, *r))
            }
            (E::Memory(r), E::Memory(p)) => {
                let alike = E::Memory(MemoryType {
                    initial: r.initial,
                    maximum: r.maximum,
                    ..*p
                });
                self.same(required, (sides.1, &alike))
                    && within((r.initial, r.maximum), (p.initial, p.maximum))
            }
            (E::Table(r), E::Table(p)) => {
                let alike = E::Table(TableType {
                    initial: r.initial,
                    maximum: r.maximum,
                    ..*p
                });
                self.same(required, (sides.1, &alike))
                    && within((r.initial, r.maximum), (p.initial, p.maximum))
            }
            (E::Global(r), E::Global(p)) if !r.mutable && !p.mutable => {
                r.shared == p.shared
                    && self.value_stands((sides.0, r.content_type), (sides.1, p.content_type))
            }
            _ => self.same(required, provided),
        }
    }

    /// Are two items of one type, whatever the types that they name are numbered?
    pub fn same(&mut self, a: Item<'_>, b: Item<'_>) -> bool {
        self.known(a) == self.known(b)
    }

    /// What an item of one type has in common with all others of it.
    pub fn known(&mut self, (whose, ty): Item<'_>) -> Known {
        match *ty {
            EntityType::Func(id) => Known::Func(self.numbers.number(whose, id)),
            EntityType::FuncExact(id) => Known::FuncExact(self.numbers.number(whose, id)),
            EntityType::Tag(id) => Known::Tag(self.numbers.number(whose, id)),
            EntityType::Memory(ty) => Known::Memory(MemoryType {
                page_size_log2: Some(ty.page_size_log2.unwrap_or(USUAL_PAGE)),
                ..ty
            }),
            EntityType::Table(ty) => {
                let any = TableType {
                    element_type: RefType::FUNCREF,
                    ..ty
                };
                Known::Table(
                    any,
                    self.numbers.value(whose, ValType::Ref(ty.element_type)),
                )
            }
            EntityType::Global(ty) => {
                let any = GlobalType {
                    content_type: ValType::I32,
                    ..ty
                };
                Known::Global(any, self.numbers.value(whose, ty.content_type))
            }
        }
    }

    fn are_one(&mut self, a: Type, b: Type) -> bool {
        self.numbers.number(a.0, a.1) == self.numbers.number(b.0, b.1)
    }

    /// Is `a`, or a type that it is declared to be a subtype of, `b`?
    fn is_subtype(&mut self, a: Type, b: Type) -> bool {
        let (whose, mut id) = a;
        loop {
            if self.are_one((whose, id), b) {
                return true;
            }
            match self.numbers.types(whose).as_ref().supertype_of(id) {
                Some(above) => id = above,
                None => return false,
            }
        }
    }

    /// Is each value of the provided type one of the required type?
    fn value_stands(&mut self, required: (Whose, ValType), provided: (Whose, ValType)) -> bool {
        use HeapType as H;
        let (ValType::Ref(r), ValType::Ref(p)) = (required.1, provided.1) else {
            return required.1 == provided.1;
        };
        if p.is_nullable() && !r.is_nullable() {
            return false;
        }
        let sides = (provided.0, required.0);
        match (p.heap_type(), r.heap_type()) {
            (H::Concrete(p) | H::Exact(p), H::Concrete(r)) => {
                self.indices(sides, p, r, Self::is_subtype)
            }
            (H::Exact(p), H::Exact(r)) => self.indices(sides, p, r, Self::are_one),
            (H::Concrete(_), H::Exact(_)) => false,
            (H::Concrete(p) | H::Exact(p), H::Abstract { shared, ty }) => self
                .kind(sides.0, p)
                .is_some_and(|(is_shared, kind)| is_shared == shared && is_below(kind, ty)),
            (H::Abstract { shared, ty }, H::Concrete(r) | H::Exact(r)) => self
                .kind(sides.1, r)
                .is_some_and(|(is_shared, kind)| is_shared == shared && ty == bottom(kind)),
            (H::Abstract { shared, ty }, H::Abstract { shared: s, ty: r }) => {
                shared == s && is_below(ty, r)
            }
        }
    }

    /// Whether a type is shared, and the abstract type that it is of.
    fn kind(&self, whose: Whose, index: UnpackedIndex) -> Option<(bool, AbstractHeapType)> {
        let UnpackedIndex::Id(id) = index else {
            return None;
        };
        let ty = &self.numbers.types(whose)[id].composite_type;
        let kind = match ty.inner {
            CompositeInnerType::Func(_) => AbstractHeapType::Func,
            CompositeInnerType::Array(_) => AbstractHeapType::Array,
            CompositeInnerType::Struct(_) => AbstractHeapType::Struct,
            CompositeInnerType::Cont(_) => AbstractHeapType::Cont,
        };
        Some((ty.shared, kind))
    }

    fn indices(
        &mut self,
        sides: (Whose, Whose),
        a: UnpackedIndex,
        b: UnpackedIndex,
        holds: fn(&mut Self, Type, Type) -> bool,
    ) -> bool {
        match (a, b) {
            (UnpackedIndex::Id(a), UnpackedIndex::Id(b)) => holds(self, (sides.0, a), (sides.1, b)),
            // What no type holds has these alone.
            _ => false,
        }
    }
}

/// An export by what is asked of it where there is another one. All functions that a module defines
/// are exactly of their type, which hardly anybody asks for, and no function is of another one where
/// the type has no subtypes.
pub(crate) fn asked(types: &Types, ty: EntityType, other: Option<&EntityType>) -> EntityType {
    match (ty, other) {
        (EntityType::FuncExact(id), Some(EntityType::FuncExact(_))) => EntityType::Func(id),
        (EntityType::FuncExact(id), _) if types[id].is_final => EntityType::Func(id),
        _ => ty,
    }
}

/// The base 2 logarithm of the size of a page that says nothing of it.
pub(super) const USUAL_PAGE: u32 = 16;

/// Core specification, "Heap Types": is one abstract type the other, or below it?
fn is_below(a: AbstractHeapType, b: AbstractHeapType) -> bool {
    use AbstractHeapType as A;
    a == b
        || bottom(b) == a
        || match b {
            A::Any => matches!(a, A::Eq | A::I31 | A::Struct | A::Array),
            A::Eq => matches!(a, A::I31 | A::Struct | A::Array),
            _ => false,
        }
}

/// What is below all of its kind.
fn bottom(ty: AbstractHeapType) -> AbstractHeapType {
    use AbstractHeapType as A;
    match ty {
        A::Func | A::NoFunc => A::NoFunc,
        A::Extern | A::NoExtern => A::NoExtern,
        A::Exn | A::NoExn => A::NoExn,
        A::Cont | A::NoCont => A::NoCont,
        A::Any | A::Eq | A::I31 | A::Struct | A::Array | A::None => A::None,
    }
}
