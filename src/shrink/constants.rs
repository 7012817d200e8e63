//! Which globals always have the same value?
//!
//! Those that start with a constant and that nothing writes, in any module they are passed to: the
//! bases and addresses that dynamic linking hands to each library, above all. A global that a host
//! or an imported module could write is none.

use std::borrow::Cow;

use indexmap::{IndexMap, IndexSet};
use wasmparser::{ComponentExternalKind, ExternalKind};

use super::rewrite::{Constant, Plan};
use super::scan::Kind;
use super::summary::{Summary, constant, export_kind};
use super::supplied::{Item, Supply};
use super::tree::{ComponentId, Def, ModuleId, Space, Tree};

/// A global of a module.
type Global = Item;

/// By module, a plan in which such globals are constants.
pub fn plans(tree: &Tree<'_>) -> Vec<Option<Plan>> {
    let mut globals = Globals::of(tree);
    let modules = tree.modules.iter().enumerate();
    modules
        .map(|(number, module)| globals.plan(ModuleId(number), &module.summary))
        .collect()
}

struct Globals<'t, 'a> {
    tree: &'t Tree<'a>,
    supply: Supply<'t, 'a>,
    /// By imported global, what supplies it at each instantiation.
    suppliers: IndexMap<Global, IndexSet<Option<Global>>>,
    /// Written by somebody, or perhaps.
    written: IndexSet<Global>,
    /// The values found so far.
    values: IndexMap<Global, Option<Constant>>,
}

impl<'t, 'a> Globals<'t, 'a> {
    fn of(tree: &'t Tree<'a>) -> Self {
        let mut globals = Globals {
            tree,
            supply: Supply::of(tree),
            suppliers: IndexMap::new(),
            written: IndexSet::new(),
            values: IndexMap::new(),
        };
        for (number, module) in tree.modules.iter().enumerate() {
            let id = ModuleId(number);
            let written = module.summary.bodies.iter().flat_map(|body| &body.writes);
            globals.written.extend(written.map(|&global| (id, global)));
            if tree.components.is_empty() {
                globals.hand_out(id);
            }
        }
        for number in 0..tree.components.len() {
            globals.add_component(ComponentId(number));
        }
        globals.spread();
        globals
    }

    /// Somebody unknown has the exports of this module.
    fn hand_out(&mut self, id: ModuleId) {
        let exports = self.tree.modules[id.0].summary.exports.iter();
        let globals = exports.filter(|export| export_kind(export.kind) == Kind::Global);
        self.written
            .extend(globals.map(|export| (id, export.index)));
    }

    fn add_component(&mut self, at: ComponentId) {
        let tree = self.tree;
        for line in &tree.components[at.0].lines {
            match &line.def {
                Def::CoreInstantiate { module, args } => match tree.module(at, *module) {
                    Some(id) => self.add_instance(at, id, args),
                    None => {
                        for (_, instance) in args {
                            self.hand_out_instance(at, *instance);
                        }
                    }
                },
                Def::Export(export) if export.kind == ComponentExternalKind::Module => {
                    self.passed(at, export.index);
                }
                Def::Instance(wasmparser::ComponentInstance::Instantiate { args, .. }) => {
                    for arg in args {
                        if arg.kind == ComponentExternalKind::Module {
                            self.passed(at, arg.index);
                        }
                    }
                }
                Def::Instance(wasmparser::ComponentInstance::FromExports(items)) => {
                    for item in items {
                        if item.kind == ComponentExternalKind::Module {
                            self.passed(at, item.index);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// A module that somebody unknown may instantiate.
    fn passed(&mut self, at: ComponentId, index: u32) {
        let Some(id) = self.tree.module(at, index) else {
            return;
        };
        self.hand_out(id);
        for global in 0..self.tree.modules[id.0].summary.imported(Kind::Global) {
            self.suppliers.entry((id, global)).or_default().insert(None);
        }
    }

    fn hand_out_instance(&mut self, at: ComponentId, instance: u32) {
        let tree = self.tree;
        match tree.components[at.0].get(Space::CoreInstance, instance) {
            Some(Def::CoreInstantiate { module, .. }) => {
                if let Some(id) = tree.module(at, *module) {
                    self.hand_out(id);
                }
            }
            Some(Def::CoreBag(items)) => {
                for item in items {
                    let named = (instance, &*item.name);
                    let global = self.supply.item(at, named, ExternalKind::Global);
                    self.written.extend(global);
                }
            }
            _ => {}
        }
    }

    fn add_instance(&mut self, at: ComponentId, id: ModuleId, args: &[(Cow<'a, str>, u32)]) {
        let suppliers = self.supply.suppliers(at, (id, args), ExternalKind::Global);
        for (index, supplier) in (0..).zip(suppliers) {
            let known = self.suppliers.entry((id, index)).or_default();
            known.insert(supplier);
        }
    }

    /// What an importer writes, the supplier's is written.
    fn spread(&mut self) {
        let mut next = 0;
        while let Some(&global) = self.written.get_index(next) {
            let suppliers = self.suppliers.get(&global).into_iter().flatten();
            self.written.extend(suppliers.flatten().copied());
            next += 1;
        }
    }

    /// The value that a global always has, found once.
    fn value(&mut self, global: Global, depth: usize) -> Option<Constant> {
        const MAX_DEPTH: usize = 64;
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(known) = self.values.get(&global) {
            return *known;
        }
        // Who supplies itself supplies nothing that is known.
        self.values.insert(global, None);
        let value = self.find_value(global, depth);
        self.values.insert(global, value);
        value
    }

    fn find_value(&mut self, global: Global, depth: usize) -> Option<Constant> {
        let (id, index) = global;
        let summary = &self.tree.modules[id.0].summary;
        let ty = summary.globals.get(index as usize)?;
        if ty.mutable && self.written.contains(&global) {
            return None;
        }
        let Some(defined) = index.checked_sub(summary.imported(Kind::Global)) else {
            let suppliers = self.suppliers.get(&global)?.clone();
            let mut values = suppliers
                .into_iter()
                .map(|supplier| self.value(supplier?, depth + 1));
            let first = values.next()??;
            let same = values.all(|value| value == Some(first));
            return same.then_some(first);
        };
        let global = summary.defined.globals.get(defined as usize)?;
        let value = constant(&global.init_expr)?;
        match ty.content_type {
            wasmparser::ValType::I32 => Some(Constant::I32(value as u32 as i32)),
            wasmparser::ValType::I64 => Some(Constant::I64(value as i64)),
            _ => None,
        }
    }

    fn plan(&mut self, id: ModuleId, summary: &Summary<'_>) -> Option<Plan> {
        let mut plan = Plan::everything(summary);
        for (index, constant) in plan.constants.iter_mut().enumerate() {
            *constant = self.value((id, index as u32), 0);
        }
        let found = plan.constants.iter().any(Option::is_some);
        found.then_some(plan)
    }
}
