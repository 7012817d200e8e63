//! Which functions are the same?
//!
//! Functions of one type with one body do the same, and core WebAssembly has no instruction that
//! tells two references to functions apart. What calls them may become the same by that.

use indexmap::IndexMap;

use super::rewrite::{self, Plan};
use super::scan::Kind;
use super::summary::{Summary, export_kind};
use super::unwritable;
use crate::diagnostic::Result;

/// How often functions are compared. The next round of all passes compares them again.
const ROUNDS: usize = 4;

/// Each function replaced by the first that is the same. `None` where there is none. The exports
/// of a module that stands `alone` stay apart: its host could compare them.
pub fn plan(summary: &Summary<'_>, alone: bool) -> Result<Option<Plan>> {
    let mut plan = Plan::everything(summary);
    let is_kept = |function: u32| {
        let mut exports = summary.exports.iter();
        alone && exports.any(|e| export_kind(e.kind) == Kind::Func && e.index == function)
    };
    let mut found = false;
    for _ in 0..ROUNDS {
        let mut distinct: IndexMap<(u32, Vec<u8>), u32> = IndexMap::new();
        let mut again = false;
        for (function, body) in rewrite::bodies(summary, &plan).map_err(unwritable)? {
            let ty = summary.funcs.get(function as usize).copied().unwrap_or(0);
            // Equal types were made one before; those that were not are not compared.
            let first = *distinct.entry((ty, body)).or_insert(function);
            if first != function && !is_kept(function) {
                for same in plan.same.iter_mut().filter(|same| **same == function) {
                    *same = first;
                }
                again = true;
            }
        }
        if !again {
            break;
        }
        found = true;
    }
    Ok(found.then_some(plan))
}
