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
    news: News,
}

/// What was found since segments were last looked at.
#[derive(Debug, Default)]
struct News {
    /// Segments that are live now.
    segments: BTreeSet<(ModuleId, usize)>,
    /// Classes of which more may be called than single slots.
    classes: BTreeSet<usize>,
    /// Slots that may be called now, by class.
    slots: Vec<(usize, u64)>,
}

/// What is known of tables that may be the same one.
#[derive(Clone, Debug, Default)]
pub struct Class {
    /// Used in ways that are not followed.
    escaped: bool,
    /// The active segments of all modules, in order of their slots.
    segments: Vec<Filled>,
    calls: IndexMap<FuncType, Slots>,
}

/// An active segment, and the slots it fills where they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filled {
    pub from: u64,
    to: u64,
    pub module: ModuleId,
    pub segment: usize,
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

    /// The segment that fills a slot, where no two fill the same one.
    pub fn filler(&self, slot: u64) -> Option<&Filled> {
        let behind = self.segments.partition_point(|filled| filled.from <= slot);
        let last = self.segments.get(behind.checked_sub(1)?)?;
        (slot < last.to).then_some(last)
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
            news: News::default(),
        };
        for (number, comp) in tree.components.iter().enumerate() {
            for line in &comp.lines {
                if let Def::CoreInstantiate { module, args } = &line.def
                    && let Some(module) = tree.module(ComponentId(number), *module)
                {
                    let summary = &tree.modules[module.0].summary;
                    for table in 0..summary.imported(Kind::Table) {
                        let Some(import) = summary.import(Kind::Table, table) else {
                            continue;
                        };
                        let arg = args.iter().find(|(name, _)| name == import.module);
                        if let Some((_, instance)) = arg {
                            let at = (ComponentId(number), *instance);
                            classes.join(tree, (module, table), import.name, at);
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
            for (segment, elem) in summary.elems.iter().enumerate() {
                let Target::Active { index, offset } = elem.target else {
                    continue;
                };
                if offset.is_none() {
                    self.escape(module, index);
                }
                let from = offset.unwrap_or(0);
                let root = self.root(module, index);
                self.classes[root].segments.push(Filled {
                    from,
                    to: from.saturating_add(elem.count),
                    module,
                    segment,
                });
            }
        }
        for class in &mut self.classes {
            class.segments.sort_unstable();
            class.escaped |= class.segments.windows(2).any(|pair| match pair {
                [before, next] => next.from < before.to,
                _ => false,
            });
        }
    }

    /// Joins an imported table with the one that is supplied.
    fn join(
        &mut self,
        tree: &Tree<'_>,
        (module, index): (ModuleId, u32),
        name: &str,
        (at, instance): (ComponentId, u32),
    ) {
        match supplier(tree, at, instance, name) {
            Some((owner, table)) => {
                let (a, b) = (self.root(module, index), self.root(owner, table));
                let (root, other) = (a.min(b), a.max(b));
                self.parents[other] = root;
                self.classes[root].escaped |= self.classes[other].escaped;
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
        self.escaped || self.get(module, table).escaped
    }

    pub(super) fn escape(&mut self, module: ModuleId, table: u32) {
        let root = self.root(module, table);
        if !std::mem::replace(&mut self.classes[root].escaped, true) {
            self.news.classes.insert(root);
        }
    }

    pub(super) fn escape_all(&mut self) {
        if !std::mem::replace(&mut self.escaped, true) {
            self.news.classes.extend(0..self.classes.len());
        }
    }

    pub(super) fn call(&mut self, module: ModuleId, table: u32, ty: &FuncType, slot: Option<u64>) {
        let root = self.root(module, table);
        let calls = &mut self.classes[root].calls;
        if !calls.contains_key(ty) {
            calls.insert(ty.clone(), Slots::default());
        }
        let Some(slots) = calls.get_mut(ty) else {
            return;
        };
        match slot {
            Some(slot) => {
                if slots.only.insert(slot) && !slots.any {
                    self.news.slots.push((root, slot));
                }
            }
            None => {
                if !std::mem::replace(&mut slots.any, true) {
                    self.news.classes.insert(root);
                }
            }
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
        match elem.target {
            Target::Active { .. } => {
                let segments = &mut self.classes.news.segments;
                segments.insert((module, segment as usize));
            }
            Target::Passive | Target::Declared => self.keep_segment(module, segment as usize),
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

    /// Marks the functions of live segments that live calls can reach, as far as that is new.
    pub(super) fn visit_tables(&mut self) {
        let news = std::mem::take(&mut self.classes.news);
        let mut segments = news.segments;
        for class in news.classes {
            let filled = self.classes.classes[class].segments.iter();
            segments.extend(filled.map(|filled| (filled.module, filled.segment)));
        }
        for (module, segment) in segments {
            self.visit_segment(module, segment, None);
        }
        for (class, slot) in news.slots {
            if let Some(&Filled {
                module, segment, ..
            }) = self.classes.classes[class].filler(slot)
            {
                self.visit_segment(module, segment, Some(slot));
            }
        }
    }

    /// Marks the functions of a segment that live calls can reach, or of this slot alone.
    fn visit_segment(&mut self, module: ModuleId, segment: usize, slot: Option<u64>) {
        let tree = self.tree;
        let elem = &tree.modules[module.0].summary.elems[segment];
        let live = self.modules[module.0].has(Kind::Elem, segment as u32);
        if !live || self.modules[module.0].whole_elems[segment] {
            return;
        }
        self.reach_from(Some(Node::Item(module, Kind::Elem, segment as u32)));
        if !self.refines(module, elem) {
            self.keep_segment(module, segment);
            return;
        }
        for (function, slot) in self.callable(module, elem, slot) {
            if !self.modules[module.0].has(Kind::Func, function) {
                self.reach_from(Some(Node::Item(module, Kind::Elem, segment as u32)));
                self.reach_from_call(module, elem, (function, slot));
                self.mark_item(module, Kind::Func, function);
            }
        }
    }

    /// The functions that can be called, of the segment or of one slot, with the slots they are in.
    fn callable(&self, module: ModuleId, elem: &Elem, slot: Option<u64>) -> Vec<(u32, u64)> {
        let Target::Active {
            index,
            offset: Some(offset),
        } = elem.target
        else {
            return Vec::new();
        };
        let class = self.classes.get(module, index);
        let summary = &self.tree.modules[module.0].summary;
        let all = elem.items.as_deref().unwrap_or_default();
        let (items, first) = match slot {
            Some(slot) => {
                let at = slot.saturating_sub(offset) as usize;
                (all.get(at..=at).unwrap_or_default(), slot)
            }
            None => (all, offset),
        };
        let items = items.iter().zip(first..);
        let reached = items.filter_map(|(item, slot)| {
            let signature = summary.signature((*item)?)?;
            class.calls(signature, slot).then_some(((*item)?, slot))
        });
        reached.collect()
    }
}
