//! Which functions of a table can be called?
//!
//! A function is reached through a table only by a call of its own signature (core specification,
//! `call_indirect`), and where the slot is a constant only in that slot. Tables that pass from
//! module to module are one table; one whose contents are used in any other way holds nothing but
//! live functions.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use wasmparser::FuncType;

use super::{Live, Node};
use crate::shrink::scan::Kind;
use crate::shrink::summary::{Elem, Target, export_kind};
use crate::shrink::tree::{ComponentId, Def, ModuleId, Space, Tree};

/// Tables that may be the same one, and what calls go through them.
#[derive(Debug)]
pub struct Classes {
    /// By module: the number of its first table.
    first: Vec<usize>,
    parents: Vec<usize>,
    classes: Vec<Class>,
    escaped: bool,
}

/// What is known of tables that may be the same one.
#[derive(Clone, Debug, Default)]
pub struct Class {
    /// Used in ways that are not followed.
    escaped: bool,
    /// Slots that segments of any module fill: from, to.
    filled: Vec<(u64, u64)>,
    calls: IndexMap<FuncType, Slots>,
}

/// The slots that calls of one signature name.
#[derive(Clone, Debug, Default)]
struct Slots {
    any: bool,
    only: BTreeSet<u64>,
}

impl Class {
    /// Can a function of this signature be called in this slot?
    pub fn calls(&self, signature: &FuncType, slot: u64) -> bool {
        let slots = self.calls.get(signature);
        self.escaped || slots.is_some_and(|slots| slots.any || slots.only.contains(&slot))
    }
}

impl Classes {
    pub(super) fn new(tree: &Tree<'_>) -> Classes {
        let mut first = Vec::new();
        let mut count = 0;
        for module in &tree.modules {
            first.push(count);
            count += module.summary.tables.len();
        }
        let mut classes = Classes {
            first,
            parents: (0..=count).collect(),
            classes: vec![Class::default(); count + 1],
            escaped: false,
        };
        for (number, comp) in tree.components.iter().enumerate() {
            for line in &comp.lines {
                if let Def::CoreInstantiate { module, args } = &line.def
                    && let Some(module) = tree.module(ComponentId(number), *module)
                {
                    for import in &tree.modules[module.0].summary.imports {
                        let arg = args.iter().find(|(name, _)| name == import.module);
                        if let Some((_, instance)) = arg {
                            let at = (ComponentId(number), *instance);
                            classes.join(tree, module, import, at);
                        }
                    }
                }
            }
        }
        classes.fill(tree);
        classes
    }

    /// A slot that is written twice, or who knows when, holds what the last one wrote: leaving
    /// that out would uncover the one before.
    fn fill(&mut self, tree: &Tree<'_>) {
        for module in (0..tree.modules.len()).map(ModuleId) {
            let summary = &tree.modules[module.0].summary;
            for (index, table) in summary.tables.iter().enumerate() {
                if table.filled {
                    self.escape(module, index as u32);
                }
            }
            for elem in &summary.elems {
                match elem.target {
                    Target::Active {
                        index,
                        offset: Some(offset),
                    } => {
                        let root = self.root(module, index);
                        let end = offset.saturating_add(elem.count);
                        self.classes[root].filled.push((offset, end));
                    }
                    Target::Active {
                        index,
                        offset: None,
                    } => self.escape(module, index),
                    Target::Passive | Target::Declared => {}
                }
            }
        }
        for class in &mut self.classes {
            class.filled.sort_unstable();
            class.escaped |= class.filled.windows(2).any(|pair| match pair {
                [(_, end), (next, _)] => next < end,
                _ => false,
            });
        }
    }

    /// Joins an imported table with the one that is supplied.
    fn join(
        &mut self,
        tree: &Tree<'_>,
        module: ModuleId,
        import: &wasmparser::Import<'_>,
        (at, instance): (ComponentId, u32),
    ) {
        if !matches!(import.ty, wasmparser::TypeRef::Table(_)) {
            return;
        }
        let summary = &tree.modules[module.0].summary;
        let index = (0..summary.count(Kind::Table)).find(|&index| {
            let found = summary.import(Kind::Table, index);
            found.is_some_and(|f| f.module == import.module && f.name == import.name)
        });
        let Some(index) = index else {
            return;
        };
        match supplier(tree, at, instance, import.name) {
            Some((owner, table)) => {
                let a = self.root(module, index);
                let b = self.root(owner, table);
                self.parents[a.max(b)] = a.min(b);
            }
            None => self.escape(module, index),
        }
    }

    fn root(&self, module: ModuleId, table: u32) -> usize {
        // A number that leads to no table leads to the class of unknown ones, the last.
        let unknown = self.parents.len() - 1;
        let end = self.first.get(module.0 + 1).copied().unwrap_or(unknown);
        let number = self.first[module.0] + table as usize;
        let mut at = if number < end { number } else { unknown };
        while self.parents[at] != at {
            at = self.parents[at];
        }
        at
    }

    /// What is known of the table with this index in a module.
    pub fn get(&self, module: ModuleId, table: u32) -> &Class {
        &self.classes[self.root(module, table)]
    }

    /// Is nothing known about how the table is used?
    pub fn is_escaped(&self, module: ModuleId, table: u32) -> bool {
        // Joining may come after escaping: look at all that lead to the same root.
        let root = self.root(module, table);
        self.escaped
            || (0..self.parents.len()).any(|at| self.classes[at].escaped && self.top(at) == root)
    }

    /// May these be one table?
    pub fn are_same(&self, (a, first): (ModuleId, u32), (b, second): (ModuleId, u32)) -> bool {
        self.root(a, first) == self.root(b, second)
    }

    fn top(&self, mut at: usize) -> usize {
        while self.parents[at] != at {
            at = self.parents[at];
        }
        at
    }

    pub(super) fn escape(&mut self, module: ModuleId, table: u32) {
        let root = self.root(module, table);
        self.classes[root].escaped = true;
    }

    pub(super) fn escape_all(&mut self) {
        self.escaped = true;
    }

    pub(super) fn call(&mut self, module: ModuleId, table: u32, ty: &FuncType, slot: Option<u64>) {
        let root = self.root(module, table);
        let slots = self.classes[root].calls.entry(ty.clone()).or_default();
        match slot {
            Some(slot) => {
                slots.only.insert(slot);
            }
            None => slots.any = true,
        }
    }
}

/// The table that a core instance has under this name.
pub(super) fn supplier(
    tree: &Tree<'_>,
    at: ComponentId,
    instance: u32,
    name: &str,
) -> Option<(ModuleId, u32)> {
    let comp = tree.components.get(at.0)?;
    match comp.get(Space::CoreInstance, instance)? {
        Def::CoreInstantiate { module, .. } => {
            let module = tree.module(at, *module)?;
            let export = tree.modules[module.0].summary.export(name)?;
            (export_kind(export.kind) == Kind::Table).then_some((module, export.index))
        }
        Def::CoreBag(items) => {
            let item = items.iter().find(|item| item.name == name)?;
            match comp.get(Space::CoreTable, item.index)? {
                Def::CoreAlias { instance, name, .. } => supplier(tree, at, *instance, name),
                _ => None,
            }
        }
        _ => None,
    }
}

impl<'t, 'a> Live<'t, 'a> {
    /// Is it known which functions of this segment can be called?
    pub(in crate::shrink) fn refines(&self, module: ModuleId, elem: &Elem) -> bool {
        let summary = &self.tree.modules[module.0].summary;
        let Target::Active { index, .. } = elem.target else {
            return false;
        };
        summary.elem_fits(elem)
            && summary.plain
            && elem.items.is_some()
            && self.rules.refine_tables
            && !self.classes.is_escaped(module, index)
    }

    pub(super) fn visit_table(&mut self, module: ModuleId, table: u32) {
        let summary = &self.tree.modules[module.0].summary;
        if let Some(found) = summary.tables.get(table as usize) {
            for &(kind, index) in &found.refs {
                self.mark_item(module, kind, index);
            }
        }
        for (segment, elem) in summary.elems.iter().enumerate() {
            if matches!(elem.target, Target::Active { index, .. } if index == table) {
                self.mark_item(module, Kind::Elem, segment as u32);
            }
        }
    }

    pub(super) fn visit_elem(&mut self, module: ModuleId, segment: u32) {
        let Some(elem) = self.tree.modules[module.0]
            .summary
            .elems
            .get(segment as usize)
        else {
            return;
        };
        if let Target::Active { index, .. } = elem.target {
            self.mark_item(module, Kind::Table, index);
        }
        for &(kind, index) in &elem.offset_refs {
            self.mark_item(module, kind, index);
        }
        if !matches!(elem.target, Target::Active { .. }) {
            self.keep_segment(module, segment as usize);
        }
    }

    fn keep_segment(&mut self, module: ModuleId, segment: usize) {
        if std::mem::replace(&mut self.modules[module.0].whole_elems[segment], true) {
            return;
        }
        for &(kind, index) in &self.tree.modules[module.0].summary.elems[segment].refs {
            self.mark_item(module, kind, index);
        }
    }

    /// Marks the functions of live segments that live calls can reach.
    pub(super) fn visit_tables(&mut self) {
        let tree = self.tree;
        for module in (0..tree.modules.len()).map(ModuleId) {
            let summary = &tree.modules[module.0].summary;
            for (segment, elem) in summary.elems.iter().enumerate() {
                let live = self.modules[module.0].has(Kind::Elem, segment as u32);
                if !live || self.modules[module.0].whole_elems[segment] {
                    continue;
                }
                self.reach_from(Some(Node::Item(module, Kind::Elem, segment as u32)));
                if !self.refines(module, elem) {
                    self.keep_segment(module, segment);
                    continue;
                }
                for (function, slot) in self.callable(module, elem) {
                    if !self.modules[module.0].has(Kind::Func, function) {
                        self.reach_from(Some(Node::Item(module, Kind::Elem, segment as u32)));
                        self.reach_from_call(module, elem, (function, slot));
                        self.mark_item(module, Kind::Func, function);
                    }
                }
            }
        }
    }

    /// With the slots they are in.
    fn callable(&self, module: ModuleId, elem: &Elem) -> Vec<(u32, u64)> {
        let Target::Active {
            index,
            offset: Some(offset),
        } = elem.target
        else {
            return Vec::new();
        };
        let class = self.classes.get(module, index);
        let summary = &self.tree.modules[module.0].summary;
        let items = elem.items.iter().flatten().zip(offset..);
        let reached = items.filter_map(|(item, slot)| {
            let signature = summary.signature((*item)?)?;
            class.calls(signature, slot).then_some(((*item)?, slot))
        });
        reached.collect()
    }
}
