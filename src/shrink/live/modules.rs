//! Which items of a module are live?

use super::edges::Question;
use super::{Live, Node};
use crate::shrink::rewrite::KINDS;
use crate::shrink::scan::Kind;
use crate::shrink::summary::{Summary, Target, export_kind};
use crate::shrink::tree::ModuleId;

/// What is live in one module.
#[derive(Clone, Debug)]
pub struct ModuleLive {
    /// By kind and index.
    items: Vec<Vec<bool>>,
    /// By position.
    pub imports: Vec<bool>,
    pub exports: Vec<bool>,
    /// By element segment: every function in it is live.
    pub whole_elems: Vec<bool>,
    pub instantiated: bool,
    /// Nothing about it may change but how it is written.
    pub opaque: bool,
}

impl ModuleLive {
    pub(super) fn new(summary: &Summary<'_>) -> ModuleLive {
        let items = KINDS.map(|kind| vec![false; summary.count(kind) as usize]);
        ModuleLive {
            items: items.into(),
            imports: vec![false; summary.imports.len()],
            exports: vec![false; summary.exports.len()],
            whole_elems: vec![false; summary.elems.len()],
            instantiated: false,
            opaque: false,
        }
    }

    /// Is this item live?
    pub fn has(&self, kind: Kind, index: u32) -> bool {
        let items = self.items.get(kind as usize);
        items.is_some_and(|items| items.get(index as usize).copied().unwrap_or(false))
    }

    fn insert(&mut self, kind: Kind, index: u32) -> bool {
        let items = self.items.get_mut(kind as usize);
        match items.and_then(|items| items.get_mut(index as usize)) {
            Some(live) => !std::mem::replace(live, true),
            None => false,
        }
    }
}

impl<'t, 'a> Live<'t, 'a> {
    fn summary(&self, module: ModuleId) -> &'t Summary<'a> {
        &self.tree.modules[module.0].summary
    }

    pub(super) fn mark_item(&mut self, module: ModuleId, kind: Kind, index: u32) {
        if kind == Kind::Type || index >= self.summary(module).count(kind) {
            return;
        }
        self.lead_to(Node::Item(module, kind, index));
        if self.modules[module.0].insert(kind, index) {
            self.push(Node::Item(module, kind, index));
        }
    }

    fn mark_items(&mut self, module: ModuleId, items: &[(Kind, u32)]) {
        for &(kind, index) in items {
            self.mark_item(module, kind, index);
        }
    }

    /// A module that nothing is around: all its exports are.
    pub(super) fn root_module(&mut self, module: ModuleId) {
        self.instantiate_module(module);
        let chosen = self.rules.exports;
        for (position, export) in self.summary(module).exports.iter().enumerate() {
            if chosen.is_none_or(|names| names.iter().any(|name| name == export.name)) {
                let before = self.enter(Question::Export(module, position));
                self.ask_module(module, export.name);
                self.leave(before);
                if export_kind(export.kind) == Kind::Table {
                    self.classes.escape(module, export.index);
                }
            }
        }
        for (index, _) in self.summary(module).tables.iter().enumerate() {
            if self
                .summary(module)
                .import(Kind::Table, index as u32)
                .is_some()
            {
                self.classes.escape(module, index as u32);
            }
        }
    }

    /// Everything in the module is live, whoever may use it.
    pub(super) fn keep_module(&mut self, module: ModuleId) {
        let before = self.enter(Question::KeepModule(module));
        if !std::mem::replace(&mut self.modules[module.0].opaque, true) {
            self.mark_module(module);
        }
        self.leave(before);
    }

    fn mark_module(&mut self, module: ModuleId) {
        self.instantiate_module(module);
        self.keep_exports(module);
        let summary = self.summary(module);
        for table in 0..summary.count(Kind::Table) {
            self.classes.escape(module, table);
        }
        for import in 0..summary.imports.len() {
            self.modules[module.0].imports[import] = true;
            self.supply_core(module, import);
        }
        for kind in KINDS {
            for index in 0..summary.count(kind) {
                self.mark_item(module, kind, index);
            }
        }
    }

    /// All exports of the module are live.
    pub(super) fn keep_exports(&mut self, module: ModuleId) {
        for export in &self.summary(module).exports {
            self.ask_module(module, export.name);
            if export_kind(export.kind) == Kind::Table {
                self.classes.escape(module, export.index);
            }
        }
    }

    /// An export of the module is live.
    pub(super) fn ask_module(&mut self, module: ModuleId, name: &str) {
        let summary = self.summary(module);
        if let (Some(position), Some(export)) =
            (summary.export_position(name), summary.export(name))
        {
            self.modules[module.0].exports[position] = true;
            self.mark_item(module, export_kind(export.kind), export.index);
        }
    }

    /// An instance of the module is made: what that does is live.
    pub(super) fn instantiate_module(&mut self, module: ModuleId) {
        let before = self.enter(Question::InstantiateModule(module));
        if !std::mem::replace(&mut self.modules[module.0].instantiated, true) {
            self.mark_start(module);
        }
        self.leave(before);
    }

    fn mark_start(&mut self, module: ModuleId) {
        let summary = self.summary(module);
        if let Some(start) = summary.start {
            self.mark_item(module, Kind::Func, start);
        }
        for (index, data) in summary.data.iter().enumerate() {
            if summary.data_has_effect(data) {
                self.mark_item(module, Kind::Data, index as u32);
            }
        }
        for (index, elem) in summary.elems.iter().enumerate() {
            if summary.elem_has_effect(elem) {
                self.mark_item(module, Kind::Elem, index as u32);
            }
        }
    }

    pub(super) fn visit_item(&mut self, module: ModuleId, kind: Kind, index: u32) {
        let summary = self.summary(module);
        if let Some(position) = summary.import_position(kind, index) {
            self.modules[module.0].imports[position] = true;
            // A module outside of any component has nobody to ask.
            if !self.tree.components.is_empty() {
                self.supply_core(module, position);
            }
        }
        match kind {
            Kind::Func => self.visit_body(module, index),
            Kind::Table => self.visit_table(module, index),
            Kind::Memory => {
                for (segment, data) in summary.data.iter().enumerate() {
                    if matches!(data.target, Target::Active { index: to, .. } if to == index) {
                        self.mark_item(module, Kind::Data, segment as u32);
                    }
                }
            }
            Kind::Global => {
                let defined = index.checked_sub(summary.imported(Kind::Global));
                let refs = defined.and_then(|at| summary.global_refs.get(at as usize));
                self.mark_items(module, refs.map_or(&[], Vec::as_slice));
            }
            Kind::Elem => self.visit_elem(module, index),
            Kind::Data => {
                if let Some(data) = summary.data.get(index as usize) {
                    self.mark_items(module, &data.refs);
                    if let Target::Active { index, .. } = data.target {
                        self.mark_item(module, Kind::Memory, index);
                    }
                }
            }
            Kind::Tag | Kind::Type => {}
        }
    }

    fn visit_body(&mut self, module: ModuleId, function: u32) {
        let summary = self.summary(module);
        let Some(body) = summary.body(function) else {
            return;
        };
        for &(kind, index) in &body.refs {
            self.mark_item(module, kind, index);
            if kind == Kind::Table {
                self.classes.escape(module, index);
            }
        }
        for call in &body.indirect {
            self.mark_item(module, Kind::Table, call.table);
            match summary.types.get(call.ty as usize) {
                Some(ty) if self.rules.refine_tables => {
                    self.classes.call(module, call.table, ty, call.slot);
                    self.note_call(module, call.table, ty, call.slot);
                }
                _ => self.classes.escape(module, call.table),
            }
        }
    }
}
