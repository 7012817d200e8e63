//! How does what nobody can notice go?
//!
//! Every definition that [`Live`] did not reach is left out: imports, types and their members,
//! instances, functions, globals, tables, segments. Instantiations with effects stay, in order.
//!
//! A function that no call can reach through its table leaves a slot. A call there traps before,
//! so it must trap after: the slot is cut off where nothing else fills it, or gets a function of a
//! signature that nothing calls there.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use rayon::prelude::*;
use wasmparser::{ComponentInstance, ComponentType, FuncType};

use super::live::{Class, Live, Rules};
use super::rewrite::{self, Piece, Plan, Written};
use super::scan::Kind;
use super::summary::{Elem, Summary, Target};
use super::tree::{ComponentId, Def, Line, ModuleId, Tree};
use super::unwritable;
use crate::diagnostic::Result;

/// What is left, and what had to be kept for lack of understanding.
pub fn sweep<'a>(tree: &mut Tree<'a>, rules: Rules<'_>) -> Result<Vec<String>> {
    let live = Live::of(tree, rules);
    let notes = live.notes.iter().cloned().collect();
    let numbers: Vec<ModuleId> = (0..tree.modules.len()).map(ModuleId).collect();
    let modules: Vec<Written> = numbers
        .par_iter()
        .map(|&id| {
            let summary = &tree.modules[id.0].summary;
            let plan = plan(&live, id, summary);
            rewrite::module(summary, &plan).map_err(unwritable)
        })
        .collect::<Result<_>>()?;
    let numbers = 0..tree.components.len();
    let lines: Vec<Vec<Line<'a>>> = numbers.map(|at| kept(&live, ComponentId(at))).collect();
    for (module, written) in tree.modules.iter_mut().zip(modules) {
        module.become_written(written);
    }
    for (component, lines) in tree.components.iter_mut().zip(lines) {
        component.lines = lines;
    }
    Ok(notes)
}

/// The lines of a component that stay, each with what stays of it.
fn kept<'a>(live: &Live<'_, 'a>, at: ComponentId) -> Vec<Line<'a>> {
    let lines = live.tree.components[at.0].lines.iter().enumerate();
    let lines = lines.filter(|(position, line)| {
        live.line(at, *position) || matches!(line.def, Def::Other(0, _))
    });
    lines
        .map(|(_, line)| Line {
            def: trimmed(live, at, line),
            adds: line.adds,
        })
        .collect()
}

/// The definition without the parts that are not live.
fn trimmed<'a>(live: &Live<'_, 'a>, at: ComponentId, line: &Line<'a>) -> Def<'a> {
    let index = line.adds.map_or(0, |(_, index, _)| index);
    match &line.def {
        Def::CoreInstantiate { module, args } => {
            let id = live.tree.module(at, *module);
            let needed = id.map(|id| {
                let imports = live.tree.modules[id.0].summary.imports.iter();
                let used = imports.zip(&live.modules[id.0].imports);
                let used = used.filter(|(_, used)| **used);
                used.map(|(import, _)| import.module).collect()
            });
            let is_needed = |name: &str| {
                let needed: Option<&BTreeSet<&str>> = needed.as_ref();
                needed.is_none_or(|needed| needed.contains(name))
            };
            let args = args.iter().filter(|(name, _)| is_needed(name));
            Def::CoreInstantiate {
                module: *module,
                args: args.cloned().collect(),
            }
        }
        Def::CoreBag(items) => {
            let items = items.iter();
            let items = items.filter(|item| live.core_member(at, index, &item.name));
            Def::CoreBag(items.cloned().collect())
        }
        Def::Instance(ComponentInstance::FromExports(items)) => {
            let items = items.iter();
            let items = items.filter(|item| live.member(at, index, item.name.name));
            Def::Instance(ComponentInstance::FromExports(items.cloned().collect()))
        }
        Def::Instance(ComponentInstance::Instantiate {
            component_index,
            args,
        }) => {
            let child = live.tree.component(at, *component_index);
            let args = args.iter().filter(|arg| match child {
                Some(child) => live.import(child, arg.name),
                None => true,
            });
            Def::Instance(ComponentInstance::Instantiate {
                component_index: *component_index,
                args: args.cloned().collect(),
            })
        }
        Def::Type(ComponentType::Instance(declarations)) => match live.declarations(at, index) {
            Some(keep) => Def::Pruned(declarations.clone(), keep.to_vec()),
            None => line.def.clone(),
        },
        def => def.clone(),
    }
}

/// What stays of a module.
fn plan(live: &Live<'_, '_>, id: ModuleId, summary: &Summary<'_>) -> Plan {
    let found = &live.modules[id.0];
    let mut plan = Plan::everything(summary);
    if found.opaque || !found.instantiated {
        return plan;
    }
    for kind in rewrite::KINDS {
        let keep = &mut plan.keep[kind as usize];
        for (index, keep) in keep.iter_mut().enumerate() {
            *keep = found.has(kind, index as u32);
        }
    }
    plan.exports = found.exports.clone();
    let mut fillers = Fillers::new(summary, &plan);
    for (segment, elem) in summary.elems.iter().enumerate() {
        if found.has(Kind::Elem, segment as u32) && !found.whole_elems[segment] {
            plan.pieces[segment] = pieces(live, id, elem, &mut fillers);
        }
    }
    plan.trap = fillers.trap;
    plan
}

/// Cutting a segment in two costs about as much as filling this many slots.
const CUT: usize = 7;

/// The segment in parts, without the functions that nothing can call. `None` where all stay.
fn pieces(
    live: &Live<'_, '_>,
    id: ModuleId,
    elem: &Elem,
    fillers: &mut Fillers<'_, '_>,
) -> Option<Vec<Piece>> {
    let Target::Active {
        index,
        offset: Some(offset),
    } = elem.target
    else {
        return None;
    };
    let class = live.classes.get(id, index);
    let summary = fillers.summary;
    let callable = |function: u32, slot| {
        let signature = summary.signature(function);
        signature.is_none_or(|signature| class.calls(signature, slot))
    };
    let slots = elem.items.iter().flatten().zip(offset..);
    let slots: Vec<(u64, Option<u32>)> = slots
        .map(|(item, slot)| (slot, item.filter(|&function| callable(function, slot))))
        .collect();
    if slots
        .iter()
        .zip(elem.items.iter().flatten())
        .all(|(new, old)| new.1 == *old)
    {
        return None;
    }
    let mut out: Vec<Piece> = Vec::new();
    let mut holes: Vec<u64> = Vec::new();
    for (slot, item) in slots {
        let Some(function) = item else {
            holes.push(slot);
            continue;
        };
        let filled = match out.last_mut() {
            Some(piece) if holes.len() < CUT => {
                let fill = holes.iter().map(|&hole| fillers.of(hole, class));
                let fill: Option<Vec<u32>> = fill.collect();
                fill.map(|fill| (piece, fill))
            }
            _ => None,
        };
        match filled {
            Some((piece, fill)) => {
                piece.functions.extend(fill);
                piece.functions.push(function);
            }
            None => out.push(Piece {
                slot,
                functions: vec![function],
            }),
        }
        holes.clear();
    }
    Some(out)
}

/// What fills a slot in which nothing may be called.
struct Fillers<'s, 'a> {
    summary: &'s Summary<'a>,
    /// By signature, the first function that is there anyway.
    functions: IndexMap<&'s FuncType, u32>,
    /// The type of a function that only traps, where one is needed: all pieces share it.
    trap: Option<u32>,
}

impl<'s, 'a> Fillers<'s, 'a> {
    fn new(summary: &'s Summary<'a>, plan: &Plan) -> Fillers<'s, 'a> {
        let mut functions = IndexMap::new();
        for function in (0..summary.count(Kind::Func)).filter(|&f| plan.keep[0][f as usize]) {
            if let Some(signature) = summary.signature(function) {
                functions.entry(signature).or_insert(function);
            }
        }
        Fillers {
            summary,
            functions,
            trap: None,
        }
    }

    /// A function that nothing can call in this slot: one that is there anyway, or one that traps.
    fn of(&mut self, slot: u64, class: &Class) -> Option<u32> {
        let mut functions = self.functions.iter();
        let free = functions.find(|(signature, _)| !class.calls(signature, slot));
        if let Some((_, function)) = free {
            return Some(*function);
        }
        let types = &self.summary.types;
        let is_free = |ty: &u32| {
            let ty = types.get(*ty as usize);
            ty.is_some_and(|ty| !class.calls(ty, slot))
        };
        // The signature of the one that traps must be free in this slot, too.
        self.trap = self.trap.or_else(|| (0..types.len() as u32).find(is_free));
        let trap = self.trap.filter(is_free);
        trap.map(|_| self.summary.count(Kind::Func))
    }
}
