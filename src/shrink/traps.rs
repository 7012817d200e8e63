//! Which functions never return?
//!
//! Those that trap at once, as stubs do, and those that come to a call of one on every way. What
//! stands behind such a call is never run (core specification, "unreachable").

mod cut;

use std::collections::BTreeSet;

use indexmap::{IndexMap, IndexSet};
use rayon::prelude::*;
use wasmparser::ExternalKind;

use super::live::{Live, Rules};
use super::scan::Kind;
use super::summary::Summary;
use super::supplied::{Item, Supply};
use super::tree::{ComponentId, Def, ModuleId, Tree};
use crate::diagnostic::{self, Result};
use cut::{Callee, Ending};

/// A function of a module.
type Func = Item;

/// Cuts all bodies behind calls that never return.
pub fn cut(tree: &mut Tree<'_>, rules: Rules<'_>) -> Result<()> {
    let live = Live::of(tree, rules);
    let mut found = Endings::new(tree, &live);
    found.spread()?;
    let numbers: Vec<ModuleId> = (0..tree.modules.len()).map(ModuleId).collect();
    let modules: Vec<Option<Vec<u8>>> = numbers
        .par_iter()
        .map(|&id| found.module(id))
        .collect::<Result<_>>()?;
    for (module, bytes) in tree.modules.iter_mut().zip(modules) {
        if let Some(bytes) = bytes {
            module.bytes = bytes.into();
        }
    }
    Ok(())
}

/// How functions end, as far as it is known.
struct Endings<'t, 'a> {
    tree: &'t Tree<'a>,
    known: IndexMap<Func, Ending>,
    /// By imported function, what supplies it at each instantiation.
    suppliers: IndexMap<Func, IndexSet<Option<Func>>>,
    /// By function: who names it.
    callers: IndexMap<Func, IndexSet<Func>>,
    /// By table slot that only one segment fills: the function there. Slots are named by modules
    /// that call them.
    slots: IndexMap<(ModuleId, u32, u64), Func>,
}

impl<'t, 'a> Endings<'t, 'a> {
    fn new(tree: &'t Tree<'a>, live: &Live<'_, '_>) -> Self {
        let mut found = Endings {
            tree,
            known: IndexMap::new(),
            suppliers: IndexMap::new(),
            callers: IndexMap::new(),
            slots: IndexMap::new(),
        };
        found.find_suppliers();
        for (number, module) in live.modules.iter().enumerate() {
            let id = ModuleId(number);
            found.find_calls(id, live);
            if module.opaque {
                // Somebody unknown may supply its imports.
                found.suppliers.retain(|(of, _), _| *of != id);
            }
        }
        found
    }

    fn summary(&self, id: ModuleId) -> &'t Summary<'a> {
        &self.tree.modules[id.0].summary
    }

    fn find_suppliers(&mut self) {
        let tree = self.tree;
        let supply = Supply::of(tree);
        for (number, component) in tree.components.iter().enumerate() {
            let at = ComponentId(number);
            for line in &component.lines {
                let Def::CoreInstantiate { module, args } = &line.def else {
                    continue;
                };
                let Some(id) = tree.module(at, *module) else {
                    continue;
                };
                let suppliers = supply.suppliers(at, (id, args), ExternalKind::Func);
                for (index, supplier) in (0..).zip(suppliers) {
                    let known = self.suppliers.entry((id, index)).or_default();
                    known.insert(supplier);
                    if let Some(supplier) = supplier {
                        self.callers
                            .entry(supplier)
                            .or_default()
                            .insert((id, index));
                    }
                }
            }
        }
    }

    /// Who names which function, directly or by a slot.
    fn find_calls(&mut self, id: ModuleId, live: &Live<'_, '_>) {
        let summary = self.summary(id);
        let imported = summary.imported(Kind::Func);
        for (function, body) in (imported..).zip(&summary.bodies) {
            let named = body.refs.iter().filter(|(kind, _)| *kind == Kind::Func);
            for &(_, callee) in named {
                let callers = self.callers.entry((id, callee)).or_default();
                callers.insert((id, function));
            }
            for call in &body.indirect {
                let Some(slot) = call.slot else {
                    continue;
                };
                let key = (id, call.table, slot);
                if let Some(filler) = sole_filler(self.tree, live, key) {
                    self.slots.insert(key, filler);
                    let callers = self.callers.entry(filler).or_default();
                    callers.insert((id, function));
                }
            }
        }
    }

    /// From functions that trap at once to who calls them, and on: callees before callers, so that
    /// no body is walked again but where calls go round.
    fn spread(&mut self) -> Result<()> {
        let roots = self.small();
        let order = self.upwards(&roots);
        let position = |func: &Func| order.get_index_of(func);
        let mut due: BTreeSet<usize> = roots.iter().filter_map(position).collect();
        while let Some(at) = due.pop_first() {
            if let Some(ending) = self.ending(order[at])? {
                self.known.insert(order[at], ending);
                let callers = self.callers.get(&order[at]).into_iter().flatten();
                let open = callers.filter(|caller| !self.known.contains_key(*caller));
                due.extend(open.filter_map(position));
            }
        }
        Ok(())
    }

    /// Functions that may trap at once.
    fn small(&self) -> Vec<Func> {
        let mut found = Vec::new();
        for id in (0..self.tree.modules.len()).map(ModuleId) {
            let summary = self.summary(id);
            let imported = summary.imported(Kind::Func);
            let small = (imported..).zip(&summary.defined.bodies);
            // A body that only traps: no locals, `unreachable`, `end`.
            let small = small.filter(|(_, body)| body.as_bytes().get(1) == Some(&0));
            found.extend(small.map(|(function, _)| (id, function)));
        }
        found
    }

    /// These and all from which calls lead to them, each behind those it calls but where calls go
    /// round.
    fn upwards(&self, roots: &[Func]) -> IndexSet<Func> {
        let mut seen: IndexSet<Func> = IndexSet::new();
        let mut left = Vec::new();
        for &root in roots {
            // Functions, and how many of their callers were looked at.
            let mut open = Vec::from_iter(seen.insert(root).then_some((root, 0)));
            while let Some((func, next)) = open.last_mut() {
                let callers = self.callers.get(func);
                match callers.and_then(|callers| callers.get_index(*next)) {
                    Some(&caller) => {
                        *next += 1;
                        open.extend(seen.insert(caller).then_some((caller, 0)));
                    }
                    None => {
                        left.push(*func);
                        open.pop();
                    }
                }
            }
        }
        left.into_iter().rev().collect()
    }

    fn ending(&self, func: Func) -> Result<Option<Ending>> {
        let (id, index) = func;
        let summary = self.summary(id);
        let Some(position) = index.checked_sub(summary.imported(Kind::Func)) else {
            let Some(suppliers) = self.suppliers.get(&func) else {
                return Ok(None);
            };
            let endings = suppliers.iter().map(|supplier| {
                let supplier = (*supplier)?;
                self.known.get(&supplier).copied()
            });
            let endings: Option<Vec<Ending>> = endings.collect();
            return Ok(endings.and_then(|endings| endings.into_iter().reduce(Ending::either)));
        };
        let Some(body) = summary.defined.bodies.get(position as usize) else {
            return Ok(None);
        };
        let read = cut::ending(body, &|callee| self.callee(id, callee));
        read.map_err(|error| diagnostic::wasm(error, summary.module.bytes()))
    }

    fn callee(&self, id: ModuleId, callee: Callee) -> Option<Ending> {
        let func = match callee {
            Callee::Function(index) => (id, index),
            Callee::Slot(table, slot) => *self.slots.get(&(id, table, slot))?,
        };
        self.known.get(&func).copied()
    }

    /// The module without what is never run; `None` where nothing is cut.
    fn module(&self, id: ModuleId) -> Result<Option<Vec<u8>>> {
        let summary = self.summary(id);
        let module = &summary.module;
        let mut code = wasm_encoder::CodeSection::new();
        let mut is_cut = false;
        for body in &summary.defined.bodies {
            let new = cut::cut(body, &|callee| self.callee(id, callee))
                .map_err(|error| diagnostic::wasm(error, module.bytes()))?;
            is_cut |= new.is_some();
            match new {
                Some(new) => code.raw(&new),
                None => code.raw(body.as_bytes()),
            };
        }
        if !is_cut {
            return Ok(None);
        }
        let new = module.emit(|section| {
            use wasm_encoder::Section as _;
            (section.id == 10).then(|| {
                let mut bytes = Vec::new();
                code.append_to(&mut bytes);
                bytes
            })
        });
        Ok(Some(new))
    }
}

/// The function in a slot that one segment alone fills, of all segments of all modules.
fn sole_filler(
    tree: &Tree<'_>,
    live: &Live<'_, '_>,
    (id, table, slot): (ModuleId, u32, u64),
) -> Option<Func> {
    // Where two segments fill one slot, the table has escaped.
    if live.classes.is_escaped(id, table) {
        return None;
    }
    let filled = live.classes.get(id, table).filler(slot)?;
    let elem = &tree.modules[filled.module.0].summary.elems[filled.segment];
    let position = usize::try_from(slot - filled.from).ok()?;
    let function = elem.items.as_ref()?.get(position).copied()??;
    Some((filled.module, function))
}
