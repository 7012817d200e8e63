//! What does a core module look like to those who only use its exports?
//!
//! Linking core modules is most of the work of validating a large component, and no type of a
//! component function depends on it. An outline has those exports of a module that anybody uses,
//! with their types, and no imports; whoever instantiates it may supply them all the same.

use std::collections::BTreeSet;

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, ExportKind, ExportSection, Function, FunctionSection, GlobalSection,
    GlobalType, MemorySection, RawSection, TableSection, TagSection,
};
use wasmparser::{BinaryReader, ComponentAlias, ExternalKind, SectionLimited, TypeRef, ValType};

use crate::binary::Sections;
use crate::diagnostic::Result;
use crate::module::{Module, id};

/// The names under which the components of a file use exports of core instances.
#[derive(Default)]
pub(super) struct Used<'a> {
    names: BTreeSet<&'a str>,
}

impl<'a> Used<'a> {
    /// Reads the aliases of all components in `file`, as far as they are readable.
    pub fn read(file: &'a [u8]) -> Used<'a> {
        let mut used = Used::default();
        let mut open: Vec<_> = std::iter::once(0..file.len()).collect();
        while let Some(range) = open.pop() {
            for section in Sections::new(file, range).map_while(|section| section.ok()) {
                match section.id {
                    COMPONENT => open.push(section.contents),
                    ALIAS => used.add(&file[section.contents]),
                    _ => {}
                }
            }
        }
        used
    }

    fn add(&mut self, aliases: &'a [u8]) {
        let reader = SectionLimited::<ComponentAlias<'a>>::new(BinaryReader::new(aliases, 0));
        for alias in reader.into_iter().flatten().map_while(|alias| alias.ok()) {
            if let ComponentAlias::CoreInstanceExport { name, .. } = alias {
                self.names.insert(name);
            }
        }
    }
}

// Section identifiers (`Binary.md`, "Component Definitions").
const COMPONENT: u8 = 4;
const ALIAS: u8 = 6;

/// The outline of a module; `None` where an export has a type that needs more than its own.
/// Fails where a section that tells of types is malformed.
pub(super) fn outline(module: &Module<'_>, used: &Used<'_>) -> Result<Option<Vec<u8>>> {
    let mut exports = module.exports()?;
    exports.retain(|export| used.names.contains(export.name));
    let mut outline = Outline::default();
    if exports.is_empty() {
        return Ok(Some(outline.finish(module)));
    }
    let items = Items::read(module)?;
    for export in exports {
        let index = export.index as usize;
        let added = match export.kind {
            ExternalKind::Func => items.functions.get(index).map(|&ty| outline.function(ty)),
            ExternalKind::Memory => items.memories.get(index).and_then(|ty| outline.memory(*ty)),
            ExternalKind::Table => items.tables.get(index).and_then(|ty| outline.table(*ty)),
            ExternalKind::Global => items.globals.get(index).and_then(|ty| outline.global(*ty)),
            ExternalKind::Tag => items.tags.get(index).map(|&ty| outline.tag(ty)),
            ExternalKind::FuncExact => None,
        };
        let Some((kind, index)) = added else {
            return Ok(None);
        };
        outline.exports.export(export.name, kind, index);
    }
    Ok(Some(outline.finish(module)))
}

/// The types of all items that can be exported, by index. Functions and tags by type index.
#[derive(Default)]
struct Items {
    functions: Vec<u32>,
    tables: Vec<wasmparser::TableType>,
    memories: Vec<wasmparser::MemoryType>,
    globals: Vec<wasmparser::GlobalType>,
    tags: Vec<u32>,
}

impl Items {
    fn read(module: &Module<'_>) -> Result<Items> {
        let mut items = Items::default();
        for import in module.imports()? {
            match import.ty {
                TypeRef::Func(ty) | TypeRef::FuncExact(ty) => items.functions.push(ty),
                TypeRef::Table(ty) => items.tables.push(ty),
                TypeRef::Memory(ty) => items.memories.push(ty),
                TypeRef::Global(ty) => items.globals.push(ty),
                TypeRef::Tag(ty) => items.tags.push(ty.func_type_idx),
            }
        }
        items.functions.extend(module.functions()?);
        items.tables.extend(module.tables()?.iter().map(|t| t.ty));
        items.memories.extend(module.memories()?);
        items.globals.extend(module.globals()?.iter().map(|g| g.ty));
        items
            .tags
            .extend(module.tags()?.iter().map(|ty| ty.func_type_idx));
        Ok(items)
    }
}

/// A module in the making, by section.
#[derive(Default)]
struct Outline {
    functions: FunctionSection,
    tables: TableSection,
    memories: MemorySection,
    tags: TagSection,
    globals: GlobalSection,
    exports: ExportSection,
    code: CodeSection,
}

type Added = (ExportKind, u32);

impl Outline {
    fn function(&mut self, ty: u32) -> Added {
        self.functions.function(ty);
        self.code.function(&Function::new([]));
        (ExportKind::Func, self.functions.len() - 1)
    }

    fn memory(&mut self, ty: wasmparser::MemoryType) -> Option<Added> {
        self.memories
            .memory(RoundtripReencoder.memory_type(ty).ok()?);
        Some((ExportKind::Memory, self.memories.len() - 1))
    }

    fn table(&mut self, ty: wasmparser::TableType) -> Option<Added> {
        if !ty.element_type.is_nullable() {
            return None;
        }
        self.tables.table(RoundtripReencoder.table_type(ty).ok()?);
        Some((ExportKind::Table, self.tables.len() - 1))
    }

    fn global(&mut self, ty: wasmparser::GlobalType) -> Option<Added> {
        let start = match ty.content_type {
            ValType::I32 => ConstExpr::i32_const(0),
            ValType::I64 => ConstExpr::i64_const(0),
            ValType::F32 => ConstExpr::f32_const(0f32.into()),
            ValType::F64 => ConstExpr::f64_const(0f64.into()),
            ValType::V128 | ValType::Ref(_) => return None,
        };
        let ty: GlobalType = RoundtripReencoder.global_type(ty).ok()?;
        self.globals.global(ty, &start);
        Some((ExportKind::Global, self.globals.len() - 1))
    }

    fn tag(&mut self, ty: u32) -> Added {
        self.tags.tag(wasm_encoder::TagType {
            kind: wasm_encoder::TagKind::Exception,
            func_type_idx: ty,
        });
        (ExportKind::Tag, self.tags.len() - 1)
    }

    fn finish(self, module: &Module<'_>) -> Vec<u8> {
        let mut out = wasm_encoder::Module::new();
        if let Some(types) = module.section(id::TYPE) {
            let data = module.contents(types);
            out.section(&RawSection { id: id::TYPE, data });
        }
        out.section(&self.functions)
            .section(&self.tables)
            .section(&self.memories)
            .section(&self.tags)
            .section(&self.globals)
            .section(&self.exports)
            .section(&self.code);
        out.finish()
    }
}
