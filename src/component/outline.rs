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
use wasmparser::{
    BinaryReader, ComponentAlias, ComponentExport, ComponentExternalKind, ComponentInstance,
    ExternalKind, FromReader, SectionLimited, TypeRef, ValType,
};

use crate::binary::Sections;
use crate::diagnostic::Result;
use crate::module::{Module, id};

/// What the components of a file use of core modules.
#[derive(Default)]
pub(super) struct Used<'a> {
    /// The names of exports of core instances.
    names: BTreeSet<&'a str>,
    /// Whether modules are exported, also within instances: their types are types of the component.
    pub modules: bool,
}

impl<'a> Used<'a> {
    /// Reads aliases, exports and instances of all components in `file`, as far as they are readable.
    pub fn read(file: &'a [u8]) -> Used<'a> {
        let mut used = Used::default();
        let mut open: Vec<_> = std::iter::once(0..file.len()).collect();
        while let Some(range) = open.pop() {
            for section in Sections::new(file, range).map_while(|section| section.ok()) {
                match section.id {
                    COMPONENT => open.push(section.contents),
                    ALIAS => used.add_aliases(&file[section.contents]),
                    INSTANCE => used.add_instances(&file[section.contents]),
                    EXPORT => used.add_exports(&file[section.contents]),
                    _ => {}
                }
            }
        }
        used
    }

    fn add_aliases(&mut self, contents: &'a [u8]) {
        for alias in items(contents) {
            if let ComponentAlias::CoreInstanceExport { name, .. } = alias {
                self.names.insert(name);
            }
        }
    }

    fn add_instances(&mut self, contents: &'a [u8]) {
        for instance in items(contents) {
            if let ComponentInstance::FromExports(exports) = instance {
                self.modules |= exports.iter().any(is_module);
            }
        }
    }

    fn add_exports(&mut self, contents: &'a [u8]) {
        self.modules |= items(contents).any(|export| is_module(&export));
    }
}

fn is_module(export: &ComponentExport<'_>) -> bool {
    export.kind == ComponentExternalKind::Module
}

/// The items of a section, up to the first that is malformed.
fn items<'a, T: FromReader<'a>>(contents: &'a [u8]) -> impl Iterator<Item = T> {
    let reader = SectionLimited::<T>::new(BinaryReader::new(contents, 0));
    let items = reader.into_iter().flatten();
    items.map_while(|item| item.ok())
}

// Section identifiers (`Binary.md`, "Component Definitions").
const COMPONENT: u8 = 4;
const INSTANCE: u8 = 5;
const ALIAS: u8 = 6;
const EXPORT: u8 = 11;

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
