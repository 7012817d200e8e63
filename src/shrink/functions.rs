//! Which functions are the same?
//!
//! Functions of one type with one body do the same, and core WebAssembly has no instruction that
//! tells two references to functions apart. What calls them may become the same by that.

use std::borrow::Cow;

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
    let mut plan = Plan::everything(summary);
    let mut exported = vec![false; summary.funcs.len()];
    for export in &summary.exports {
        if let Some(kept) = exported.get_mut(export.index as usize) {
            *kept |= alone && export_kind(export.kind) == Kind::Func;
        }
    }
    let imported = summary.imported(Kind::Func);
    // Passes before this one wrote all bodies alike, so equal functions have equal bytes.
    let bodies = summary.defined.bodies.iter();
    let mut bodies: Vec<Cow<'_, [u8]>> = bodies.map(|body| body.as_bytes().into()).collect();
    let mut found = false;
    loop {
        let merged = merge(summary, &bodies, &exported, &mut plan);
        if merged.is_empty() {
            return Ok(found.then_some(plan));
        }
        found = true;
        let names_one = |position: usize| {
            let body = summary.bodies.get(position);
            let mut refs = body.into_iter().flat_map(|body| &body.refs);
            refs.any(|(kind, f)| *kind == Kind::Func && merged.binary_search(f).is_ok())
        };
        let bodies = bodies.par_iter_mut().enumerate();
        bodies.try_for_each(|(position, body)| -> Result<()> {
            if names_one(position) && plan.writes(imported + position as u32) {
                let new = rewrite::redirected(summary, &plan, position).map_err(unwritable)?;
                *body = new.into();
            }
            Ok(())
        })?;
    }
}

/// Lets the first of equal functions stand for the others; returns the others, in order.
fn merge(
    summary: &Summary<'_>,
    bodies: &[Cow<'_, [u8]>],
    exported: &[bool],
    plan: &mut Plan,
) -> Vec<u32> {
    let mut distinct: IndexMap<(u32, &[u8]), u32> = IndexMap::new();
    let mut merged = Vec::new();
    for (function, body) in (summary.imported(Kind::Func)..).zip(bodies) {
        if !plan.writes(function) {
            continue;
        }
        let ty = summary.funcs.get(function as usize).copied().unwrap_or(0);
        let first = *distinct.entry((ty, body)).or_insert(function);
        let is_exported = exported.get(function as usize) == Some(&true);
        if first != function && !is_exported {
            merged.push(function);
            plan.same[function as usize] = first;
        }
    }
    for same in &mut plan.same {
        // What led to a function that went leads on.
        if merged.binary_search(same).is_ok() {
            let first = merged_into(summary, bodies, *same, &distinct);
            *same = first.unwrap_or(*same);
        }
    }
    merged
}

fn merged_into(
    summary: &Summary<'_>,
    bodies: &[Cow<'_, [u8]>],
    function: u32,
    distinct: &IndexMap<(u32, &[u8]), u32>,
) -> Option<u32> {
    let position = function.checked_sub(summary.imported(Kind::Func))?;
    let ty = summary.funcs.get(function as usize)?;
    let body: &[u8] = bodies.get(position as usize)?;
    distinct.get(&(*ty, body)).copied()
}
