//! Which functions deserve the small numbers?
//!
//! An index below 128 takes one byte. The order of functions is nobody's contract, so the ones
//! that are named most come first.

use super::rewrite::Plan;
use super::scan::Kind;
use super::summary::Summary;
use crate::diagnostic::{self, Result};
use rayon::prelude::*;
use wasmparser::Operator;

/// The functions by how often they are named. `None` where all numbers are small.
pub fn plan(summary: &Summary<'_>) -> Result<Option<Plan>> {
    const ONE_BYTE: u32 = 128;
    let functions = summary.count(Kind::Func);
    if functions <= ONE_BYTE {
        return Ok(None);
    }
    let bodies = summary.defined.bodies.par_iter();
    let uses: Vec<Vec<u32>> = bodies
        .map(|body| named(body).map_err(|error| diagnostic::wasm(error, summary.module.bytes())))
        .collect::<Result<_>>()?;
    let mut counts = vec![0u32; functions as usize];
    let elems = summary.elems.iter().flat_map(|elem| &elem.refs);
    let elems = elems.filter(|(kind, _)| *kind == Kind::Func);
    let elems = elems.map(|(_, function)| function);
    for &function in uses.iter().flatten().chain(elems) {
        if let Some(count) = counts.get_mut(function as usize) {
            *count += 1;
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
    Ok((saved.sum::<i64>() > 0).then_some(plan))
}

/// The functions that a body names, as often as it does.
fn named(body: &wasmparser::FunctionBody<'_>) -> wasmparser::Result<Vec<u32>> {
    let mut found = Vec::new();
    let mut reader = body.get_operators_reader()?;
    while !reader.eof() {
        match reader.read()? {
            Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } => found.push(function_index),
            _ => {}
        }
    }
    Ok(found)
}

/// Bytes of an index.
fn length(index: usize) -> i64 {
    let bits = usize::BITS - (index | 1).leading_zeros();
    i64::from(bits.div_ceil(7))
}
