//! Which functions deserve the small numbers?
//!
//! An index below 128 takes one byte. The order of functions is nobody's contract, so the ones
//! that are named most come first.

use super::rewrite::Plan;
use super::scan::Kind;
use super::summary::Summary;
use crate::binary::leb_length;

/// The functions by how often they are named. `None` where all numbers are small.
pub fn plan(summary: &Summary<'_>) -> Option<Plan> {
    const ONE_BYTE: u32 = 128;
    let functions = summary.count(Kind::Func);
    if functions <= ONE_BYTE {
        return None;
    }
    let mut counts = vec![0u32; functions as usize];
    let elems = summary.elems.iter().flat_map(|elem| &elem.refs);
    let elems = elems.filter(|(kind, _)| *kind == Kind::Func);
    let elems = elems.map(|&(_, function)| function);
    let bodies = summary.bodies.iter().flat_map(|body| &body.mentions);
    for (function, uses) in bodies.copied().chain(elems.map(|function| (function, 1))) {
        if let Some(count) = counts.get_mut(function as usize) {
            *count += uses;
        }
    }
    let mut plan = Plan::everything(summary);
    let count = |function: &u32| counts.get(*function as usize).copied().unwrap_or(0);
    plan.order
        .sort_by_key(|function| std::cmp::Reverse(count(function)));
    let imported = summary.imported(Kind::Func) as usize;
    let saved = plan.order.iter().enumerate().map(|(position, function)| {
        let shorter = length(*function as usize) - length(imported + position);
        shorter * i64::from(count(function))
    });
    (saved.sum::<i64>() > 0).then_some(plan)
}

/// Bytes of an index.
fn length(index: usize) -> i64 {
    leb_length(index as u64) as i64
}
