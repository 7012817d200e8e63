//! Which functions are the same?
//!
//! Functions of one type with one body do the same, and core WebAssembly has no instruction that
//! tells two references to functions apart. What calls them may become the same by that: again and
//! again in chains of calls, and one pass follows them only so far.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use indexmap::IndexMap;
use rayon::prelude::*;

use super::rewrite::{self, Plan};
use super::scan::Kind;
use super::summary::{Summary, export_kind};
use super::unwritable;
use crate::binary::leb_length;
use crate::diagnostic::Result;

/// Bytes of functions whose calls one pass redirects, in any case and for each byte of them all.
const LEAST_EFFORT: usize = 8 << 20;
const MOST_ROUNDS: usize = 4;

/// Each function replaced by the first that is the same. `None` where there is none. The exports
/// of a module that stands `alone` stay apart: its host could compare them.
pub fn plan(summary: &Summary<'_>, alone: bool) -> Result<Option<Plan>> {
    let mut same = Same::new(summary, alone);
    let functions = same.plan.order.iter().copied();
    let mut due: BTreeSet<u32> = functions.filter(|&f| same.may_merge(f)).collect();
    let mut effort = LEAST_EFFORT.max(MOST_ROUNDS * same.bytes(&due));
    let mut found = false;
    while !due.is_empty() {
        let gone = same.merge(&due);
        found |= !gone.is_empty();
        due = same.named_by(&gone);
        // What is left is found when this pass runs again.
        match effort.checked_sub(same.bytes(&due)) {
            Some(rest) => effort = rest,
            None => break,
        }
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
    /// By function: others are like it, but for what they call.
    alike: Vec<bool>,
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
            alike: alike(summary),
            bodies: bodies.map(|body| body.as_bytes().into()).collect(),
            firsts: IndexMap::new(),
            callers,
            became: vec![Vec::new(); summary.funcs.len()],
            summary,
        }
    }

    /// Whether another function may be the same, now or once calls were redirected.
    fn may_merge(&self, function: u32) -> bool {
        self.alike.get(function as usize) == Some(&true)
    }

    /// Of the bodies of these functions.
    fn bytes(&self, functions: &BTreeSet<u32>) -> usize {
        let positions = functions.iter().map(|&f| self.position(f));
        positions.map(|at| self.bodies[at].len()).sum()
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

    /// The functions that stay, may become another, and name one of those that went.
    fn named_by(&mut self, gone: &[u32]) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        for &function in gone {
            let mut callers = std::mem::take(&mut self.callers[function as usize]);
            let stays = |&caller: &u32| self.plan.writes(caller) && self.may_merge(caller);
            found.extend(callers.iter().copied().filter(stays));
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

/// By function, whether it has another beside it that is like it in all that redirecting calls does
/// not change.
fn alike(summary: &Summary<'_>) -> Vec<bool> {
    let is_minimal = summary.bodies.iter().all(|body| body.is_minimal);
    let mut groups: IndexMap<u64, Vec<u32>> = IndexMap::new();
    let bodies = summary.bodies.iter().zip(&summary.defined.bodies);
    for (function, (body, code)) in (summary.imported(Kind::Func)..).zip(bodies) {
        let named: usize = body.mentions.iter().map(|(_, times)| *times as usize).sum();
        let calls = body.mentions.iter();
        let calls: usize = calls
            .map(|(function, times)| leb_length(u64::from(*function)) * *times as usize)
            .sum();
        // The length of numbers is known only where they were written here.
        let rest = is_minimal.then(|| code.as_bytes().len().saturating_sub(calls));
        let others = body.refs.iter().filter(|(kind, _)| *kind != Kind::Func);
        let mut hasher = DefaultHasher::new();
        (summary.funcs.get(function as usize), named, rest).hash(&mut hasher);
        (&body.indirect, &body.writes).hash(&mut hasher);
        others.for_each(|(kind, index)| (*kind as usize, index).hash(&mut hasher));
        groups.entry(hasher.finish()).or_default().push(function);
    }
    let mut alike = vec![false; summary.funcs.len()];
    for group in groups.values().filter(|group| group.len() > 1) {
        for &function in group {
            if let Some(alike) = alike.get_mut(function as usize) {
                *alike = true;
            }
        }
    }
    alike
}
