//! What is an item of a core module, and what may stand in its place?

use wasmparser::types::{CoreTypeId, EntityType, Types};
use wasmparser::{
    CompositeInnerType, FieldType, FuncType, HeapType, PackedIndex, StorageType, UnpackedIndex,
    ValType,
};

use super::heap;

/// How many types are shown of which an item is made.
const SHOWN: usize = 4;

/// An item to be told: `core func(i32) -> (i64)`, `memory 17..32`,
/// `global (ref null $0) where $0 = (struct i32)`.
pub(crate) fn shape(types: &Types, ty: &EntityType) -> String {
    let mut words = Words {
        types,
        named: Vec::new(),
    };
    let text = words.entity(ty);
    text + &words.definitions()
}

/// An item in words, and the types that these name.
struct Words<'t> {
    types: &'t Types,
    named: Vec<CoreTypeId>,
}

impl Words<'_> {
    fn entity(&mut self, ty: &EntityType) -> String {
        match ty {
            EntityType::Func(id) | EntityType::FuncExact(id) | EntityType::Tag(id) => {
                let word = match ty {
                    EntityType::Tag(_) => "tag",
                    _ => "core func",
                };
                match &self.types[*id].composite_type.inner {
                    CompositeInnerType::Func(func) => {
                        let (params, results) = self.signature(*id, func, ", ");
                        format!("{word}({params}) -> ({results})")
                    }
                    _ => word.to_string(),
                }
            }
            EntityType::Table(table) => {
                let words = words(&[(table.table64, "i64"), (table.shared, "shared")]);
                let limits = limits(table.initial, table.maximum);
                let element = self.value(None, ValType::Ref(table.element_type));
                format!("table{words} {limits} of {element}")
            }
            EntityType::Memory(memory) => {
                let words = words(&[(memory.memory64, "i64"), (memory.shared, "shared")]);
                let limits = limits(memory.initial, memory.maximum);
                let page = memory
                    .page_size_log2
                    .map(|log2| format!(" of 2^{log2} bytes"));
                format!("memory{words} {limits}{}", page.unwrap_or_default())
            }
            EntityType::Global(global) => {
                let words = words(&[(global.shared, "shared"), (global.mutable, "mut")]);
                format!("global{words} {}", self.value(None, global.content_type))
            }
        }
    }

    /// ` where $0 = (struct i32)`: what the names mean, and those that come up on the way.
    fn definitions(mut self) -> String {
        let mut text = String::new();
        let mut at = 0;
        while let Some(id) = self.named.get(at).copied() {
            text += if at == 0 { " where " } else { ", " };
            if at == SHOWN {
                text += "…";
                break;
            }
            let definition = self.definition(id);
            text += &format!("${at} = {definition}");
            at += 1;
        }
        text
    }

    fn definition(&mut self, id: CoreTypeId) -> String {
        let ty = &self.types[id];
        let text = match &ty.composite_type.inner {
            CompositeInnerType::Func(func) => match self.signature(id, func, " ") {
                (params, results) if results.is_empty() => format!("(func ({params}))"),
                (params, results) => format!("(func ({params}) -> ({results}))"),
            },
            CompositeInnerType::Array(array) => format!("(array {})", self.field(id, &array.0)),
            CompositeInnerType::Struct(of) => {
                let fields = of.fields.iter().map(|field| self.field(id, field));
                let fields: String = fields.map(|field| format!(" {field}")).collect();
                format!("(struct{fields})")
            }
            CompositeInnerType::Cont(cont) => format!("(cont {})", self.packed(id, cont.0)),
        };
        let supers = ty.supertype_idxs.iter();
        let supers: String = supers
            .map(|index| format!(" {}", self.packed(id, *index)))
            .collect();
        match (ty.is_final, supers.is_empty()) {
            (true, true) => text,
            (true, false) => format!("(sub final{supers} {text})"),
            (false, _) => format!("(sub{supers} {text})"),
        }
    }

    fn signature(&mut self, of: CoreTypeId, func: &FuncType, between: &str) -> (String, String) {
        let mut list = |types: &[ValType]| {
            let types = types.iter().map(|ty| self.value(Some(of), *ty));
            types.collect::<Vec<_>>().join(between)
        };
        (list(func.params()), list(func.results()))
    }

    fn field(&mut self, of: CoreTypeId, field: &FieldType) -> String {
        let text = match field.element_type {
            StorageType::Val(ty) => self.value(Some(of), ty),
            ty => ty.to_string(),
        };
        match field.mutable {
            true => format!("(mut {text})"),
            false => text,
        }
    }

    /// The type of a value, which stands in the type `of` if in any.
    fn value(&mut self, of: Option<CoreTypeId>, ty: ValType) -> String {
        let ValType::Ref(reference) = ty else {
            return ty.to_string();
        };
        let null = if reference.is_nullable() { "null " } else { "" };
        match reference.heap_type() {
            HeapType::Concrete(index) => format!("(ref {null}{})", self.name(of, index)),
            HeapType::Exact(index) => format!("(ref {null}(exact {}))", self.name(of, index)),
            HeapType::Abstract { .. } => ty.to_string(),
        }
    }

    fn packed(&mut self, of: CoreTypeId, index: PackedIndex) -> String {
        self.name(Some(of), index.unpack())
    }

    /// `$0`
    fn name(&mut self, of: Option<CoreTypeId>, index: UnpackedIndex) -> String {
        let id = match (index, of) {
            (UnpackedIndex::Id(id), _) => Some(id),
            (index, Some(of)) => heap::meant(self.types, of, index),
            _ => None,
        };
        let Some(id) = id else {
            return index.to_string();
        };
        let known = self.named.iter().position(|named| *named == id);
        let at = known.unwrap_or_else(|| {
            self.named.push(id);
            self.named.len() - 1
        });
        format!("${at}")
    }
}

fn words(words: &[(bool, &str)]) -> String {
    let said = words.iter().filter(|(is_said, _)| *is_said);
    said.map(|(_, word)| format!(" {word}")).collect()
}

fn limits(initial: u64, maximum: Option<u64>) -> String {
    match maximum {
        Some(maximum) => format!("{initial}..{maximum}"),
        None => format!("{initial}.."),
    }
}

/// May `provided` be where `required` is asked for? Memories and tables may have more than that,
/// and grow less (core specification, "Import Matching").
pub(crate) fn stands(
    (required_types, required): (&Types, &EntityType),
    (provided_types, provided): (&Types, &EntityType),
) -> bool {
    let within = |r: (u64, Option<u64>), p: (u64, Option<u64>)| {
        let grows_less = r.1.is_none_or(|r| p.1.is_some_and(|p| p <= r));
        p.0 >= r.0 && grows_less
    };
    match (required, provided) {
        (EntityType::Memory(r), EntityType::Memory(p)) => {
            let same = wasmparser::MemoryType {
                initial: r.initial,
                maximum: r.maximum,
                ..*p
            };
            same == *r && within((r.initial, r.maximum), (p.initial, p.maximum))
        }
        (EntityType::Table(r), EntityType::Table(p)) => {
            let alike = wasmparser::TableType {
                initial: r.initial,
                maximum: r.maximum,
                ..*p
            };
            let alike = EntityType::Table(alike);
            same((required_types, required), (provided_types, &alike))
                && within((r.initial, r.maximum), (p.initial, p.maximum))
        }
        _ => same((required_types, required), (provided_types, provided)),
    }
}

/// Are two items of one type, whatever the types that they name are numbered?
pub(crate) fn same((ours, a): (&Types, &EntityType), (theirs, b): (&Types, &EntityType)) -> bool {
    use EntityType as E;
    let types = (ours, theirs);
    match (a, b) {
        (E::Func(a) | E::FuncExact(a), E::Func(b) | E::FuncExact(b)) | (E::Tag(a), E::Tag(b)) => {
            heap::are_one(types, *a, *b)
        }
        (E::Table(a), E::Table(b)) => {
            let (element, other) = (a.element_type, b.element_type);
            let alike = wasmparser::TableType {
                element_type: other,
                ..*a
            };
            alike == *b && heap::are_one_value(types, ValType::Ref(element), ValType::Ref(other))
        }
        (E::Memory(a), E::Memory(b)) => a == b,
        (E::Global(a), E::Global(b)) => {
            let alike = wasmparser::GlobalType {
                content_type: b.content_type,
                ..*a
            };
            alike == *b && heap::are_one_value(types, a.content_type, b.content_type)
        }
        _ => false,
    }
}
