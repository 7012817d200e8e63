//! What does each item of a module refer to?
//!
//! Everything that the analysis asks about a module, read once: function bodies become the lists
//! of what they name.

mod numbered;
mod read;
mod types;

pub use read::names_nothing;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use wasmparser::{ConstExpr, FuncType, Operator, TypeRef};

use super::scan::{CoreScan, Kind};
use crate::diagnostic::{self, Result};
use crate::module::Module;

/// A module with the references between its items. Indices count imports first.
pub struct Summary<'a> {
    pub module: Module<'a>,
    /// By type index; empty where `plain` is not.
    pub types: Vec<FuncType>,
    /// All types are function types of their own: no recursion, no subtyping, and nothing outside
    /// of bodies has a reference to one of them. Only such types are compared, shared and dropped.
    pub plain: bool,
    pub imports: Vec<wasmparser::Import<'a>>,
    /// By kind, the positions of its imports.
    by_kind: [Vec<usize>; 5],
    /// Type index of each function.
    pub funcs: Vec<u32>,
    pub tables: Vec<Table>,
    pub memories: Vec<wasmparser::MemoryType>,
    pub globals: Vec<wasmparser::GlobalType>,
    /// What the initial values of the globals defined here name.
    pub global_refs: Vec<Vec<(Kind, u32)>>,
    /// What is defined here, as it stands in its section.
    pub defined: Defined<'a>,
    /// The types of the tags, imported ones included.
    pub tag_types: Vec<u32>,
    pub exports: Vec<wasmparser::Export<'a>>,
    /// Positions of the exports, by name.
    by_name: BTreeMap<&'a str, usize>,
    pub start: Option<u32>,
    pub elems: Vec<Elem>,
    pub data: Vec<Data<'a>>,
    /// One per function defined here.
    pub bodies: Vec<Arc<Body>>,
}

/// How much of a module is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Everything but what bodies name.
    Frame,
    Bodies,
}

/// The sections of a module, read.
pub struct Defined<'a> {
    pub types: Vec<wasmparser::RecGroup>,
    pub functions: Vec<u32>,
    pub tables: Vec<wasmparser::Table<'a>>,
    pub memories: Vec<wasmparser::MemoryType>,
    pub tags: Vec<wasmparser::TagType>,
    pub globals: Vec<wasmparser::Global<'a>>,
    pub elems: Vec<wasmparser::Element<'a>>,
    pub data: Vec<wasmparser::Data<'a>>,
    pub bodies: Vec<wasmparser::FunctionBody<'a>>,
}

impl<'a> Defined<'a> {
    fn read(module: &Module<'a>) -> Result<Defined<'a>> {
        Ok(Defined {
            types: module.type_groups()?,
            functions: module.functions()?,
            tables: module.tables()?,
            memories: module.memories()?,
            tags: module.tags()?,
            globals: module.globals()?,
            elems: module.elements()?,
            data: module.data()?,
            bodies: module.bodies()?,
        })
    }
}

/// A table.
#[derive(Debug)]
pub struct Table {
    pub minimum: u64,
    /// Its indices have 64 bits.
    pub wide: bool,
    /// What its initial value names.
    pub refs: Vec<(Kind, u32)>,
    /// It holds something from the beginning.
    pub filled: bool,
}

/// Where a segment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A table or memory, from this constant on where it is one.
    Active {
        index: u32,
        offset: Option<u64>,
    },
    Passive,
    Declared,
}

/// An element segment.
#[derive(Debug)]
pub struct Elem {
    pub target: Target,
    /// The functions, `None` for null; or nothing where it holds anything else.
    pub items: Option<Vec<Option<u32>>>,
    /// Everything that it names, the offset's globals included.
    pub refs: Vec<(Kind, u32)>,
    /// What the offset names.
    pub offset_refs: Vec<(Kind, u32)>,
    pub count: u64,
}

/// A data segment.
#[derive(Debug)]
pub struct Data<'a> {
    pub target: Target,
    pub refs: Vec<(Kind, u32)>,
    pub bytes: &'a [u8],
}

/// What a function's body names, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Written here: no number takes more bytes than it needs.
    pub is_minimal: bool,
    /// A table is here only where its contents are used other than by a call.
    pub refs: Vec<(Kind, u32)>,
    pub indirect: Vec<Indirect>,
    /// How often each function is named.
    pub mentions: Vec<(u32, u32)>,
    /// Functions taken by `ref.func`.
    pub taken: Vec<u32>,
    /// Globals that are written.
    pub writes: Vec<u32>,
}

/// A call through a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Indirect {
    pub table: u32,
    pub ty: u32,
    /// The only slot it calls, where that is a constant.
    pub slot: Option<u64>,
}

impl<'a> Summary<'a> {
    /// Reads a module, and its bodies where they are asked for.
    pub fn read(module: Module<'a>, depth: Depth) -> Result<Summary<'a>> {
        let mut summary = Summary {
            types: Vec::new(),
            plain: true,
            imports: module.imports()?,
            by_kind: Default::default(),
            funcs: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            defined: Defined::read(&module)?,
            tag_types: Vec::new(),
            global_refs: Vec::new(),
            exports: module.exports()?,
            by_name: BTreeMap::new(),
            start: module.start(),
            elems: Vec::new(),
            data: Vec::new(),
            bodies: Vec::new(),
            module,
        };
        let names = summary.exports.iter().enumerate();
        summary.by_name = names.map(|(at, export)| (export.name, at)).collect();
        summary.read_types();
        summary.add_imports();
        summary.add_definitions();
        summary.read_segments()?;
        summary.settle_types();
        if depth == Depth::Frame {
            return Ok(summary);
        }
        let bodies = summary.defined.bodies.par_iter();
        let bodies = bodies.map(|body| summary.read_body(body));
        summary.bodies = bodies.collect::<Result<_>>()?;
        Ok(summary)
    }

    /// What one of the bodies names.
    pub fn read_body(&self, body: &wasmparser::FunctionBody<'a>) -> Result<Arc<Body>> {
        let read = Body::read(body).map(Arc::new);
        read.map_err(|error| diagnostic::wasm(error, self.module.bytes()))
    }

    fn add_imports(&mut self) {
        for (position, import) in self.imports.iter().enumerate() {
            self.by_kind[import_kind(&import.ty) as usize].push(position);
            match import.ty {
                TypeRef::Func(ty) | TypeRef::FuncExact(ty) => self.funcs.push(ty),
                TypeRef::Table(ty) => self.tables.push(Table {
                    minimum: ty.initial,
                    wide: ty.table64,
                    refs: Vec::new(),
                    filled: false,
                }),
                TypeRef::Memory(ty) => self.memories.push(ty),
                TypeRef::Global(ty) => self.globals.push(ty),
                TypeRef::Tag(ty) => self.tag_types.push(ty.func_type_idx),
            }
        }
    }

    fn add_definitions(&mut self) {
        self.funcs.extend(&self.defined.functions);
        self.memories.extend(&self.defined.memories);
        let tags = self.defined.tags.iter().map(|tag| tag.func_type_idx);
        self.tag_types.extend(tags);
        for table in &self.defined.tables {
            let (refs, filled) = match &table.init {
                wasmparser::TableInit::RefNull => (Vec::new(), false),
                wasmparser::TableInit::Expr(expression) => (CoreScan::constant(expression), true),
            };
            self.tables.push(Table {
                minimum: table.ty.initial,
                wide: table.ty.table64,
                refs,
                filled,
            });
        }
        for global in &self.defined.globals {
            self.globals.push(global.ty);
            self.global_refs.push(CoreScan::constant(&global.init_expr));
        }
    }

    fn read_segments(&mut self) -> Result<()> {
        for segment in &self.defined.elems {
            let read = Elem::read(segment);
            self.elems
                .push(read.map_err(|error| diagnostic::wasm(error, self.module.bytes()))?);
        }
        for segment in &self.defined.data {
            let (target, refs) = match &segment.kind {
                wasmparser::DataKind::Passive => (Target::Passive, Vec::new()),
                wasmparser::DataKind::Active {
                    memory_index,
                    offset_expr,
                } => (
                    Target::Active {
                        index: *memory_index,
                        offset: constant(offset_expr),
                    },
                    CoreScan::constant(offset_expr),
                ),
            };
            self.data.push(Data {
                target,
                refs,
                bytes: segment.data,
            });
        }
        Ok(())
    }

    /// How many items of a kind are imported.
    pub fn imported(&self, kind: Kind) -> u32 {
        self.by_kind.get(kind as usize).map_or(0, Vec::len) as u32
    }

    /// The position in the imports of an item; `None` for what is defined here.
    pub fn import_position(&self, kind: Kind, index: u32) -> Option<usize> {
        let positions = self.by_kind.get(kind as usize)?;
        positions.get(index as usize).copied()
    }

    /// Kind and index of the import at a position.
    pub fn imported_item(&self, position: usize) -> Option<(Kind, u32)> {
        let kind = import_kind(&self.imports.get(position)?.ty);
        let positions = self.by_kind.get(kind as usize)?;
        let index = positions.binary_search(&position).ok()?;
        Some((kind, index as u32))
    }

    /// How many items of a kind there are.
    pub fn count(&self, kind: Kind) -> u32 {
        (match kind {
            Kind::Func => self.funcs.len(),
            Kind::Table => self.tables.len(),
            Kind::Memory => self.memories.len(),
            Kind::Global => self.globals.len(),
            Kind::Tag => self.tag_types.len(),
            Kind::Elem => self.elems.len(),
            Kind::Data => self.data.len(),
            Kind::Type => self.types.len(),
        }) as u32
    }

    /// The position of the export of this name.
    pub fn export_position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The export of this name.
    pub fn export(&self, name: &str) -> Option<&wasmparser::Export<'a>> {
        self.exports.get(self.export_position(name)?)
    }

    /// The import behind an index of a kind; `None` for what is defined here.
    pub fn import(&self, kind: Kind, index: u32) -> Option<&wasmparser::Import<'a>> {
        self.imports.get(self.import_position(kind, index)?)
    }

    /// The body of a function; `None` for an import.
    pub fn body(&self, function: u32) -> Option<&Body> {
        let defined = function.checked_sub(self.imported(Kind::Func))?;
        self.bodies.get(defined as usize).map(Arc::as_ref)
    }

    /// The signature of a function, where types are plain.
    pub fn signature(&self, function: u32) -> Option<&FuncType> {
        self.types.get(*self.funcs.get(function as usize)? as usize)
    }

    /// Is this active segment certainly within the least size of its memory?
    pub fn data_fits(&self, data: &Data<'_>) -> bool {
        let Target::Active {
            index,
            offset: Some(offset),
        } = data.target
        else {
            return false;
        };
        let Some(memory) = self.memories.get(index as usize) else {
            return false;
        };
        let page = memory.page_size_log2.unwrap_or(16).min(16);
        let size = u128::from(memory.initial) << page;
        u128::from(offset) + data.bytes.len() as u128 <= size
    }

    /// Is this active segment certainly within the least size of its table?
    pub fn elem_fits(&self, elem: &Elem) -> bool {
        let Target::Active {
            index,
            offset: Some(offset),
        } = elem.target
        else {
            return false;
        };
        let table = self.tables.get(index as usize);
        table.is_some_and(|table| offset.saturating_add(elem.count) <= table.minimum)
    }

    /// Does this segment write to what is not the module's own, or perhaps trap?
    pub fn data_has_effect(&self, data: &Data<'_>) -> bool {
        match data.target {
            Target::Active { index, .. } => {
                index < self.imported(Kind::Memory) || !self.data_fits(data)
            }
            _ => false,
        }
    }

    /// Does this segment write to what is not the module's own, or perhaps trap?
    pub fn elem_has_effect(&self, elem: &Elem) -> bool {
        match elem.target {
            Target::Active { index, .. } => {
                index < self.imported(Kind::Table) || !self.elem_fits(elem)
            }
            _ => false,
        }
    }

    /// Does instantiating it do more than making an instance: running code, writing to what is
    /// not its own, or perhaps trapping?
    pub fn is_effectful(&self) -> bool {
        self.start.is_some()
            || self.data.iter().any(|data| self.data_has_effect(data))
            || self.elems.iter().any(|elem| self.elem_has_effect(elem))
    }
}

/// The kind of item that is imported.
pub fn import_kind(ty: &TypeRef) -> Kind {
    match ty {
        TypeRef::Func(_) | TypeRef::FuncExact(_) => Kind::Func,
        TypeRef::Table(_) => Kind::Table,
        TypeRef::Memory(_) => Kind::Memory,
        TypeRef::Global(_) => Kind::Global,
        TypeRef::Tag(_) => Kind::Tag,
    }
}

/// The kind of item that is exported.
pub fn export_kind(kind: wasmparser::ExternalKind) -> Kind {
    use wasmparser::ExternalKind;
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => Kind::Func,
        ExternalKind::Table => Kind::Table,
        ExternalKind::Memory => Kind::Memory,
        ExternalKind::Global => Kind::Global,
        ExternalKind::Tag => Kind::Tag,
    }
}

/// The value of an expression that is one constant.
pub fn constant(expression: &ConstExpr<'_>) -> Option<u64> {
    let mut reader = expression.get_operators_reader();
    let value = match reader.read().ok()? {
        Operator::I32Const { value } => u64::from(value as u32),
        Operator::I64Const { value } => value as u64,
        _ => return None,
    };
    matches!(reader.read(), Ok(Operator::End)).then_some(value)
}
