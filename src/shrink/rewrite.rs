//! How is a module written with only what a plan keeps?
//!
//! Every index passes through the [`Rewrite`]; numbers take as few bytes as they can; equal types
//! become one, the most used first.

mod code;
mod numbers;
mod plan;

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use indexmap::IndexMap;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    ConstExpr, ElementSection, Elements, ExportSection, FunctionSection, GlobalSection,
    ImportSection, MemorySection, Module, StartSection, TableSection, TagSection, TypeSection,
};
use wasmparser::FuncType;

use super::names;
use super::scan::Kind;
use super::summary::{Body, Summary, Target};

use numbers::Redirect;
pub use plan::{Chunk, Constant, KINDS, Piece, Plan};

type Result<T> = std::result::Result<T, Error<Infallible>>;

/// A module as it was written.
pub struct Written {
    pub bytes: Vec<u8>,
    /// What its bodies name, where that is known without reading them.
    pub bodies: Option<Vec<Arc<Body>>>,
}

/// Writes the module by the plan.
pub fn module(summary: &Summary<'_>, plan: &Plan) -> Result<Written> {
    let rewrite = Rewrite::new(summary, plan);
    let mut out = Module::new();
    rewrite.types(&mut out)?;
    rewrite.imports(&mut out)?;
    rewrite.functions(&mut out)?;
    rewrite.tables(&mut out)?;
    rewrite.memories(&mut out)?;
    rewrite.tags(&mut out)?;
    rewrite.globals(&mut out)?;
    rewrite.exports(&mut out)?;
    rewrite.elements(&mut out)?;
    rewrite.code(&mut out)?;
    rewrite.data(&mut out)?;
    for custom in summary.module.customs() {
        names::write(custom, &rewrite, &mut out);
    }
    Ok(Written {
        bytes: out.finish(),
        bodies: rewrite.named(),
    })
}

/// A body in which calls go to what the plan puts in their place; all other numbers are as before.
pub fn redirected(summary: &Summary<'_>, plan: &Plan, position: usize) -> Result<Vec<u8>> {
    let mut numbers = Redirect { same: &plan.same };
    let Some(body) = summary.defined.bodies.get(position) else {
        return Ok(Vec::new());
    };
    let mut function = numbers.new_function_with_parsed_locals(body)?;
    let mut reader = body.get_operators_reader()?;
    while !reader.eof() {
        function.instruction(&numbers.instruction(reader.read()?)?);
    }
    Ok(function.into_raw_body())
}

/// Gives every index its new number.
pub struct Rewrite<'s, 'a> {
    summary: &'s Summary<'a>,
    plan: &'s Plan,
    /// By kind and old index; types last.
    maps: [Vec<Option<u32>>; 8],
    /// The types to write, where types are plain.
    types: Vec<FuncType>,
    /// Functions to write, in their new order.
    written: Vec<u32>,
}

impl<'s, 'a> Rewrite<'s, 'a> {
    fn new(summary: &'s Summary<'a>, plan: &'s Plan) -> Self {
        let mut rewrite = Rewrite {
            summary,
            plan,
            maps: Default::default(),
            types: Vec::new(),
            written: Vec::new(),
        };
        for kind in KINDS {
            let mut next = 0;
            let number = |index| {
                let keeps = plan.keeps(kind, index);
                next += u32::from(keeps);
                keeps.then(|| next - 1)
            };
            rewrite.maps[kind as usize] = (0..summary.count(kind)).map(number).collect();
        }
        rewrite.number_functions();
        rewrite.number_segments();
        rewrite.number_types();
        rewrite
    }

    fn number_functions(&mut self) {
        let (summary, plan) = (self.summary, self.plan);
        let imported = summary.imported(Kind::Func);
        let mut map = vec![None; summary.funcs.len()];
        let mut next = 0;
        let order = plan.order.iter().copied();
        self.written = order.filter(|&function| plan.writes(function)).collect();
        let imports = (0..imported).filter(|&function| plan.keeps(Kind::Func, function));
        for function in imports.chain(self.written.iter().copied()) {
            map[function as usize] = Some(next);
            next += 1;
        }
        for function in imported..summary.count(Kind::Func) {
            if plan.keeps(Kind::Func, function) {
                map[function as usize] = map[plan.same[function as usize] as usize];
            }
        }
        // The function that only traps comes last.
        map.push(Some(next));
        self.maps[Kind::Func as usize] = map;
    }

    /// Segments that become several, or none, move those behind them.
    fn number_segments(&mut self) {
        let mut next = 0;
        let map = &mut self.maps[Kind::Elem as usize];
        for (new, pieces) in map.iter_mut().zip(&self.plan.pieces) {
            if new.is_some() {
                *new = Some(next);
                next += pieces.as_ref().map_or(1, |pieces| pieces.len() as u32);
            }
        }
    }

    fn number_types(&mut self) {
        let summary = self.summary;
        if !summary.plain {
            // Written as they are, so any number is its own.
            return;
        }
        let mut uses = vec![0u64; summary.types.len()];
        let mut used = |ty: u32| {
            if let Some(uses) = uses.get_mut(ty as usize) {
                *uses += 1;
            }
        };
        let imported = (0..summary.imported(Kind::Func))
            .filter(|&function| self.plan.keeps(Kind::Func, function));
        for function in imported.chain(self.written.iter().copied()) {
            used(summary.funcs[function as usize]);
            let refs = summary.body(function).map_or(&[][..], |body| &body.refs);
            for &(kind, index) in refs {
                if kind == Kind::Type {
                    used(index);
                }
            }
        }
        summary.tag_types.iter().for_each(|&ty| used(ty));
        self.plan.trap.into_iter().for_each(&mut used);
        let mut distinct: IndexMap<&FuncType, u64> = IndexMap::new();
        for (ty, uses) in summary.types.iter().zip(&uses) {
            if *uses > 0 {
                *distinct.entry(ty).or_default() += uses;
            }
        }
        distinct.sort_by(|_, a, _, b| b.cmp(a));
        let number = |ty| distinct.get_index_of(ty).map(|index| index as u32);
        self.maps[Kind::Type as usize] = summary.types.iter().map(number).collect();
        self.types = distinct.keys().map(|ty| (*ty).clone()).collect();
    }

    /// The new index; of what is gone, one that leads nowhere: nothing that is kept names it, and
    /// if anything did the output would not validate.
    fn map(&self, kind: Kind, index: u32) -> u32 {
        if kind == Kind::Type && !self.summary.plain {
            return index;
        }
        let map = &self.maps[kind as usize];
        map.get(index as usize)
            .copied()
            .flatten()
            .unwrap_or(u32::MAX)
    }

    /// The new index, where the item is still there.
    pub fn new_index(&self, kind: Kind, index: u32) -> Option<u32> {
        if kind == Kind::Func && !self.plan.writes(index) {
            // The name of a function that became another is nobody's.
            let imported = index < self.summary.imported(Kind::Func);
            if !imported || !self.plan.keeps(kind, index) {
                return None;
            }
        }
        Some(self.map(kind, index)).filter(|new| *new != u32::MAX)
    }

    fn types(&self, out: &mut Module) -> Result<()> {
        let mut numbers = self;
        let mut section = TypeSection::new();
        if self.summary.plain {
            for ty in &self.types {
                section.ty().func_type(&numbers.func_type(ty.clone())?);
            }
        } else {
            for group in self.summary.defined.types.clone() {
                numbers.parse_recursive_type_group(section.ty(), group)?;
            }
        }
        if !section.is_empty() {
            out.section(&section);
        }
        Ok(())
    }

    fn imports(&self, out: &mut Module) -> Result<()> {
        let mut numbers = self;
        let mut section = ImportSection::new();
        let mut seen = [0u32; 5];
        for import in &self.summary.imports {
            let kind = super::summary::import_kind(&import.ty);
            let index = seen[kind as usize];
            seen[kind as usize] += 1;
            if self.plan.keeps(kind, index) {
                let ty = numbers.entity_type(import.ty)?;
                section.import(import.module, import.name, ty);
            }
        }
        if !section.is_empty() {
            out.section(&section);
        }
        Ok(())
    }

    fn functions(&self, out: &mut Module) -> Result<()> {
        let mut section = FunctionSection::new();
        for &function in &self.written {
            section.function(self.map(Kind::Type, self.summary.funcs[function as usize]));
        }
        if let Some(ty) = self.plan.trap {
            section.function(self.map(Kind::Type, ty));
        }
        if !section.is_empty() {
            out.section(&section);
        }
        Ok(())
    }

    fn tables(&self, out: &mut Module) -> Result<()> {
        let mut numbers = self;
        let mut section = TableSection::new();
        let imported = self.summary.imported(Kind::Table);
        for (index, table) in (imported..).zip(&self.summary.defined.tables) {
            if self.plan.keeps(Kind::Table, index) {
                numbers.parse_table(&mut section, table.clone())?;
            }
        }
        if !section.is_empty() {
            out.section(&section);
        }
        Ok(())
    }

    fn memories(&self, out: &mut Module) -> Result<()> {
        let mut numbers = self;
        let mut section = MemorySection::new();
        let imported = self.summary.imported(Kind::Memory);
        for index in imported..self.summary.count(Kind::Memory) {
            if self.plan.keeps(Kind::Memory, index) {
                section.memory(numbers.memory_type(self.summary.memories[index as usize])?);
            }
        }
        if !section.is_empty() {
            out.section(&section);
        }
        Ok(())
    }

    fn tags(&self, out: &mut Module) -> Result<()> {
        let mut numbers = self;
        let mut section = TagSection::new();
        let imported = self.summary.imported(Kind::Tag);
        for (index, tag) in (imported..).zip(&self.summary.defined.tags) {
            if self.plan.keeps(Kind::Tag, index) {
                section.tag(numbers.tag_type(*tag)?);
            }
        }
        if !section.is_empty() {
            out.section(&section);
        }
        Ok(())
    }

    fn globals(&self, out: &mut Module) -> Result<()> {
        let mut numbers = self;
        let mut section = GlobalSection::new();
        let imported = self.summary.imported(Kind::Global);
        for (index, global) in (imported..).zip(&self.summary.defined.globals) {
            if self.plan.keeps(Kind::Global, index) {
                numbers.parse_global(&mut section, global.clone())?;
            }
        }
        if !section.is_empty() {
            out.section(&section);
        }
        Ok(())
    }

    fn exports(&self, out: &mut Module) -> Result<()> {
        let mut numbers = self;
        let mut section = ExportSection::new();
        for (export, keep) in self.summary.exports.iter().zip(&self.plan.exports) {
            if *keep {
                numbers.parse_export(&mut section, *export)?;
            }
        }
        if !section.is_empty() {
            out.section(&section);
        }
        if let Some(start) = self.summary.start {
            out.section(&StartSection {
                function_index: self.map(Kind::Func, start),
            });
        }
        Ok(())
    }

    fn elements(&self, out: &mut Module) -> Result<()> {
        let mut numbers = self;
        let mut section = ElementSection::new();
        for (index, segment) in self.summary.defined.elems.iter().enumerate() {
            if !self.plan.keeps(Kind::Elem, index as u32) {
                continue;
            }
            match &self.plan.pieces[index] {
                None => numbers.parse_element(&mut section, segment.clone())?,
                Some(pieces) => self.pieces(&mut section, index, pieces),
            }
        }
        let undeclared = self.undeclared();
        if !undeclared.is_empty() {
            section.declared(Elements::Functions(undeclared.into()));
        }
        if !section.is_empty() {
            out.section(&section);
        }
        Ok(())
    }

    fn pieces(&self, section: &mut ElementSection, segment: usize, pieces: &[Piece]) {
        let Target::Active { index: table, .. } = self.summary.elems[segment].target else {
            return;
        };
        let wide = self
            .summary
            .tables
            .get(table as usize)
            .is_some_and(|table| table.wide);
        let table = self.map(Kind::Table, table);
        for piece in pieces {
            let offset = match wide {
                true => ConstExpr::i64_const(piece.slot as i64),
                false => ConstExpr::i32_const(piece.slot as u32 as i32),
            };
            let functions = piece.functions.iter();
            let functions: Vec<u32> = functions.map(|&f| self.map(Kind::Func, f)).collect();
            let table = (table != 0).then_some(table);
            section.active(table, &offset, Elements::Functions(functions.into()));
        }
    }

    /// Functions that `ref.func` takes and nothing else outside of bodies names ("Module
    /// Validation", "C.refs"), by their new index.
    fn undeclared(&self) -> Vec<u32> {
        let (summary, plan) = (self.summary, self.plan);
        let bodies = self.written.iter().filter_map(|&f| summary.body(f));
        let mut taken: Vec<u32> = bodies
            .flat_map(|body| body.taken.iter().map(|&f| self.map(Kind::Func, f)))
            .collect();
        taken.sort_unstable();
        taken.dedup();
        if taken.is_empty() {
            return taken;
        }
        let mut named = Vec::new();
        for (segment, elem) in summary.elems.iter().enumerate() {
            if !plan.keeps(Kind::Elem, segment as u32) {
                continue;
            }
            match &plan.pieces[segment] {
                Some(pieces) => named.extend(pieces.iter().flat_map(|p| p.functions.clone())),
                None => named.extend(functions(&elem.refs)),
            }
        }
        for (global, refs) in (summary.imported(Kind::Global)..).zip(&summary.global_refs) {
            if plan.keeps(Kind::Global, global) {
                named.extend(functions(refs));
            }
        }
        for (export, keep) in summary.exports.iter().zip(&plan.exports) {
            if *keep && super::summary::export_kind(export.kind) == Kind::Func {
                named.push(export.index);
            }
        }
        let named = named.into_iter().map(|f| self.map(Kind::Func, f));
        let named: BTreeSet<u32> = named.collect();
        taken.retain(|function| !named.contains(function));
        taken
    }
}

/// The functions among what is named.
fn functions(refs: &[(Kind, u32)]) -> impl Iterator<Item = u32> + '_ {
    let functions = refs.iter().filter(|(kind, _)| *kind == Kind::Func);
    functions.map(|(_, index)| *index)
}
