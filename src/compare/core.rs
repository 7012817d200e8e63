//! What is an item of a core module, in words?

use wasmparser::types::{CoreTypeId, EntityType, Types};
use wasmparser::{
    CompositeInnerType, FieldType, FuncType, HeapType, PackedIndex, StorageType, UnpackedIndex,
    ValType,
};

use super::heap;
use super::matching::USUAL_PAGE;

/// How many types are shown of which an item is made.
const SHOWN: usize = 4;

/// How many fields, parameters or results of a type are shown.
const MEMBERS: usize = 16;

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

/// A type by what it is made of: `(sub (func))`.
pub(super) fn definition(types: &Types, id: CoreTypeId) -> String {
    let mut words = Words {
        types,
        named: vec![id],
    };
    words.definition(id)
}

/// The fields of a type, or its parameters and results: `field 3`, `(mut i32)`.
pub(super) fn members(types: &Types, id: CoreTypeId) -> Vec<(String, String)> {
    let mut words = Words {
        types,
        named: vec![id],
    };
    let mut members = Vec::new();
    match &types[id].composite_type.inner {
        CompositeInnerType::Func(func) => {
            for (what, list) in [("parameter", func.params()), ("result", func.results())] {
                let list = list.iter().enumerate();
                members.extend(
                    list.map(|(at, ty)| (format!("{what} {at}"), words.value(Some(id), *ty))),
                );
            }
        }
        CompositeInnerType::Struct(of) => {
            let fields = of.fields.iter().enumerate();
            members
                .extend(fields.map(|(at, field)| (format!("field {at}"), words.field(id, field))));
        }
        CompositeInnerType::Array(_) | CompositeInnerType::Cont(_) => {}
    }
    members
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
                let page = memory.page_size_log2.filter(|log2| *log2 != USUAL_PAGE);
                let page = page.map(|log2| format!(" of 2^{log2} bytes"));
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
                let fields = of.fields.iter().take(MEMBERS);
                let fields = fields.map(|field| format!(" {}", self.field(id, field)));
                let fields: String = fields.collect();
                let rest = if of.fields.len() > MEMBERS {
                    " …"
                } else {
                    ""
                };
                format!("(struct{fields}{rest})")
            }
            CompositeInnerType::Cont(cont) => format!("(cont {})", self.packed(id, cont.0)),
        };
        let text = self.composite(id, &text);
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

    /// What is said of a type of any kind.
    fn composite(&mut self, id: CoreTypeId, text: &str) -> String {
        let ty = &self.types[id].composite_type;
        let mut said = String::new();
        for (word, index) in [
            ("describes", ty.describes_idx),
            ("descriptor", ty.descriptor_idx),
        ] {
            if let Some(index) = index {
                said += &format!("({word} {}) ", self.packed(id, index));
            }
        }
        match ty.shared {
            true => format!("(shared {said}{text})"),
            false => said + text,
        }
    }

    fn signature(&mut self, of: CoreTypeId, func: &FuncType, between: &str) -> (String, String) {
        let mut list = |types: &[ValType]| {
            let shown = types.iter().take(MEMBERS);
            let shown = shown.map(|ty| self.value(Some(of), *ty));
            let rest = (types.len() > MEMBERS).then(|| "…".to_string());
            shown.chain(rest).collect::<Vec<_>>().join(between)
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
