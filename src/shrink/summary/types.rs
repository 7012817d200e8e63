//! Are the types of a module plain?

use wasmparser::{CompositeInnerType, ElementItems, HeapType, SubType, ValType};

use super::super::scan::Kind;
use super::Summary;

impl Summary<'_> {
    pub(super) fn read_types(&mut self) {
        for group in self.defined.types.clone() {
            let explicit = group.is_explicit_rec_group();
            for ty in group.into_types() {
                match &ty.composite_type.inner {
                    CompositeInnerType::Func(func) if !explicit && stands_alone(&ty) => {
                        self.plain &= func.params().iter().chain(func.results()).all(is_plain);
                        self.types.push(func.clone());
                    }
                    _ => self.plain = false,
                }
            }
        }
    }

    /// Looks at what else could name types, after all of it was read.
    pub(super) fn settle_types(&mut self) {
        self.plain &= self.has_plain_items();
        if !self.plain {
            self.types.clear();
        }
    }

    /// Does no table, global or element segment name a type?
    fn has_plain_items(&self) -> bool {
        let imported = self.imports.iter().map(|import| import.ty);
        let mut imported = imported.filter_map(|ty| match ty {
            wasmparser::TypeRef::Table(ty) => Some(ValType::Ref(ty.element_type)),
            _ => None,
        });
        let mut tables = self.defined.tables.iter();
        let mut segments = self.defined.elems.iter();
        let refs = self.tables.iter().map(|table| &table.refs);
        let refs = refs.chain(&self.global_refs);
        let mut refs = refs.chain(self.elems.iter().map(|elem| &elem.refs));
        imported.all(|ty| is_plain(&ty))
            && tables.all(|table| is_plain(&ValType::Ref(table.ty.element_type)))
            && self.globals.iter().all(|ty| is_plain(&ty.content_type))
            && segments.all(|segment| match &segment.items {
                ElementItems::Functions(_) => true,
                ElementItems::Expressions(ty, _) => is_plain(&ValType::Ref(*ty)),
            })
            && refs.all(|refs| refs.iter().all(|(kind, _)| *kind != Kind::Type))
    }
}

/// Is it no one's subtype, and of one thread?
fn stands_alone(ty: &SubType) -> bool {
    ty.is_final && ty.supertype_idxs.is_empty() && !ty.composite_type.shared
}

/// Does the type name no other type?
fn is_plain(ty: &ValType) -> bool {
    match ty {
        ValType::Ref(ty) => matches!(ty.heap_type(), HeapType::Abstract { .. }),
        _ => true,
    }
}
