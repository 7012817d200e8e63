//! What is an item of a core module, and what may stand in its place?

use wasmparser::CompositeInnerType;
use wasmparser::types::{EntityType, Types};

/// An item for comparing and telling: `func(i32) -> (i64)`, `memory 17..32`.
pub(crate) fn shape(types: &Types, ty: &EntityType) -> String {
    match ty {
        EntityType::Func(id) | EntityType::FuncExact(id) | EntityType::Tag(id) => {
            let word = match ty {
                EntityType::Tag(_) => "tag",
                _ => "core func",
            };
            match &types[*id].composite_type.inner {
                CompositeInnerType::Func(func) => {
                    let list = |types: &[wasmparser::ValType]| {
                        let types: Vec<String> = types.iter().map(ToString::to_string).collect();
                        types.join(", ")
                    };
                    let (params, results) = (list(func.params()), list(func.results()));
                    format!("{word}({params}) -> ({results})")
                }
                _ => word.to_string(),
            }
        }
        EntityType::Table(table) => {
            let words = words(&[(table.table64, "i64"), (table.shared, "shared")]);
            let limits = limits(table.initial, table.maximum);
            format!("table{words} {limits} of {}", table.element_type)
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
            format!("global{words} {}", global.content_type)
        }
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
            let same = wasmparser::TableType {
                initial: r.initial,
                maximum: r.maximum,
                ..*p
            };
            same == *r && within((r.initial, r.maximum), (p.initial, p.maximum))
        }
        _ => shape(required_types, required) == shape(provided_types, provided),
    }
}
