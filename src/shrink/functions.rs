//! Which functions are the same?
//!
//! Functions of one type with one body do the same, and core WebAssembly has no instruction that
//! tells two references to functions apart. What calls them may become the same by that.

use std::borrow::Cow;
use std::collections::BTreeSet;

use indexmap::IndexMap;
use rayon::prelude::*;

use super::rewrite::{self, Plan};
use super::scan::Kind;
use super::summary::{Summary, export_kind};
use super::unwritable;
use crate::diagnostic::Result;

/// Each function replaced by the first that is the same. `None` where there is none. The exports
/// of a module that stands `alone` stay apart: its host could compare them.
pub fn plan(summary: &Summary<'_>, alone: bool) -> Result<Option<Plan>> {
    let mut same = Same::new(summary, alone);
    let mut due: BTreeSet<u32> = same.plan.order.iter().copied().collect();
    let mut found = false;
    while !due.is_empty() {
        let gone = same.merge(&due);
        found |= !gone.is_empty();
        due = same.named_by(&gone);
        same.redirect(&due)?;
    }
    Ok(found.then_some(same.plan))
}

/// Which functions are known to be the same.
struct Same<'s, 'a> {
    summary: &'s Summary<'a>,
    plan: Plan,
    /// By function: it must stay apart.
    exported: Vec<bool>,
    /// By position: calls in it go to the functions that stay.
    bodies: Vec<Cow<'s, [u8]>>,
    /// By type and body, the first function that has them.
    firsts: IndexMap<(u32, Cow<'s, [u8]>), u32>,
    /// By function: who names it, or one that became it.
    callers: Vec<Vec<u32>>,
    /// By function: those that became it.
    became: Vec<Vec<u32>>,
}

impl<'s, 'a> Same<'s, 'a> {
    fn new(summary: &'s Summary<'a>, alone: bool) -> Same<'s, 'a> {
        let mut exported = vec![false; summary.funcs.len()];
        for export in &summary.exports {
            if let Some(kept) = exported.get_mut(export.index as usize) {
                *kept |= alone && export_kind(export.kind) == Kind::Func;
            }
        }
        let mut callers = vec![Vec::new(); summary.funcs.len()];
        for (caller, body) in (summary.imported(Kind::Func)..).zip(&summary.bodies) {
            for &(kind, function) in &body.refs {
                if kind == Kind::Func
                    && let Some(callers) = callers.get_mut(function as usize)
                {
                    callers.push(caller);
                }
            }
        }
        // Passes before this one wrote all bodies alike, so equal functions have equal bytes.
        let bodies = summary.defined.bodies.iter();
        Same {
            plan: Plan::everything(summary),
            exported,
            bodies: bodies.map(|body| body.as_bytes().into()).collect(),
            firsts: IndexMap::new(),
            callers,
            became: vec![Vec::new(); summary.funcs.len()],
            summary,
        }
    }

    fn position(&self, function: u32) -> usize {
        (function - self.summary.imported(Kind::Func)) as usize
    }

    /// Type and body of a function that is defined here.
    fn key(&self, function: u32) -> Option<(u32, Cow<'s, [u8]>)> {
        let ty = self.summary.funcs.get(function as usize)?;
        Some((*ty, self.bodies.get(self.position(function))?.clone()))
    }

    /// Lets the first of equal functions stand for the others; returns those that went.
    fn merge(&mut self, due: &BTreeSet<u32>) -> Vec<u32> {
        let mut gone = Vec::new();
        for &function in due {
            let Some(key) = self.key(function) else {
                continue;
            };
            let first = self.firsts.entry(key).or_insert(function);
            let other = function.max(*first);
            *first = function.min(*first);
            let first = *first;
            if first != other && !self.exported[other as usize] {
                self.become_one(other, first);
                gone.push(other);
            }
        }
        gone
    }

    fn become_one(&mut self, gone: u32, first: u32) {
        let mut became = std::mem::take(&mut self.became[gone as usize]);
        became.push(gone);
        for &function in &became {
            self.plan.same[function as usize] = first;
        }
        self.became[first as usize].append(&mut became);
    }

    /// The functions that stay and name one of those that went.
    fn named_by(&mut self, gone: &[u32]) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        for &function in gone {
            let mut callers = std::mem::take(&mut self.callers[function as usize]);
            found.extend(callers.iter().filter(|caller| self.plan.writes(**caller)));
            let first = self.plan.same[function as usize];
            self.callers[first as usize].append(&mut callers);
        }
        found
    }

    /// Lets the calls in these functions go to those that stay.
    fn redirect(&mut self, due: &BTreeSet<u32>) -> Result<()> {
        // Functions with the same body name the same, so none is left behind.
        for &function in due {
            if let Some(key) = self.key(function) {
                self.firsts.swap_remove(&key);
            }
        }
        let positions: Vec<usize> = due.iter().map(|&f| self.position(f)).collect();
        let (summary, plan) = (self.summary, &self.plan);
        let bodies = positions.par_iter().map(|&position| {
            let body = rewrite::redirected(summary, plan, position);
            Ok((position, body.map_err(unwritable)?))
        });
        for (position, body) in bodies.collect::<Result<Vec<_>>>()? {
            self.bodies[position] = body.into();
        }
        Ok(())
    }
}
