//! Which functions move into their callers, so that the module gets smaller?

use indexmap::IndexSet;
use rayon::prelude::*;

use super::inline::{DEEPEST, can_move, inline, is_tiny};
use super::tree::Body;
use super::{Program, TRAP};

/// Callees tried one by one where all at once do not pay, and the bytes gone through for it.
const MOST_TRIED: usize = 24;
const MOST_BYTES: usize = 100_000;

/// Calls in calls beyond which nobody looks.
const FARTHEST: usize = 4;

/// The new bodies, by index.
pub fn moves(program: &Program) -> Vec<(usize, Vec<u8>)> {
    let moves = Moves::find(program);
    let callers = (0..program.bodies.len()).into_par_iter();
    callers
        .filter(|&index| !moves.single[index])
        .flat_map_iter(|index| {
            let mut changed = Vec::new();
            moves.caller(index, &mut changed, 0);
            changed
        })
        .collect()
}

/// How a body can leave its function.
pub struct Moving {
    can_move: bool,
    is_tiny: bool,
}

struct Moves<'p, 'm> {
    program: &'p Program<'m>,
    /// By body: called from one place in all.
    single: Vec<bool>,
    tiny: Vec<bool>,
}

impl<'p, 'm> Moves<'p, 'm> {
    fn find(program: &'p Program<'m>) -> Self {
        let references = &program.references;
        let imported = references.imported as usize;
        let escapes = references.escapes();
        let mut calls = vec![0usize; program.bodies.len()];
        for caller in 0..program.bodies.len() {
            for &callee in references.calls(caller) {
                let Some(callee) = (callee as usize).checked_sub(imported) else {
                    continue;
                };
                // A function that calls itself stays.
                calls[callee] += if caller == callee { 2 } else { 1 };
            }
        }
        let kinds = (0..program.bodies.len()).into_par_iter().map(|index| {
            let bytes = &program.bodies[index];
            let single = calls[index] == 1 && !escapes[imported + index];
            if calls[index] == 0 || !single && bytes.len() > 40 {
                return (false, false);
            }
            let moving = program.moving[index].get_or_init(|| {
                let body = program.tree(index, bytes).filter(can_move);
                Moving {
                    can_move: body.is_some(),
                    is_tiny: body.is_some_and(|body| is_tiny(&body)),
                }
            });
            (single && moving.can_move, !single && moving.is_tiny)
        });
        let (single, mut tiny): (Vec<bool>, Vec<bool>) = kinds.unzip();
        for (body, tiny) in tiny.iter_mut().enumerate() {
            // A copy would be a second caller of what is to move.
            let index = |&f: &u32| (f as usize).checked_sub(imported);
            *tiny &= !references
                .calls(body)
                .iter()
                .filter_map(index)
                .any(|callee| single[callee]);
        }
        Moves {
            program,
            single,
            tiny,
        }
    }

    /// The body with this function index, if it may move.
    fn index(&self, function: u32) -> Option<usize> {
        let index = (function as usize).checked_sub(self.program.references.imported as usize)?;
        (self.single[index] || self.tiny[index]).then_some(index)
    }

    /// Tries to move into this body what it calls; all at once, or else one by one.
    fn caller(&self, index: usize, changed: &mut Vec<(usize, Vec<u8>)>, depth: usize) {
        let mut callees: Vec<usize> = self
            .program
            .references
            .calls(index)
            .iter()
            .filter_map(|&f| self.index(f))
            .collect();
        callees.retain(|&callee| callee != index);
        let mut seen = IndexSet::new();
        callees.retain(|&callee| seen.insert(callee));
        if callees.is_empty() || depth > FARTHEST {
            return;
        }
        let old = self.program.bodies[index].to_vec();
        if let Some((body, gone)) = self.attempt(index, &old, &callees) {
            changed.push((index, body));
            changed.extend(gone.into_iter().map(|gone| (gone, TRAP.to_vec())));
            return;
        }
        let tries = MOST_TRIED.min(MOST_BYTES / old.len());
        let mut best = old;
        for (number, &callee) in callees.iter().enumerate() {
            let found = match number < tries {
                true => self.attempt(index, &best, &[callee]),
                false => None,
            };
            match found {
                Some((body, gone)) => {
                    best = body;
                    changed.extend(gone.into_iter().map(|gone| (gone, TRAP.to_vec())));
                }
                None if self.single[callee] => self.caller(callee, changed, depth + 1),
                None => {}
            }
        }
        if best != *self.program.bodies[index] {
            changed.push((index, best));
        }
    }

    /// The body with these callees in it, and who is not needed any more; `None` if it is no gain.
    fn attempt(
        &self,
        index: usize,
        bytes: &[u8],
        callees: &[usize],
    ) -> Option<(Vec<u8>, Vec<usize>)> {
        let shape = self.shape(index, bytes, callees);
        let settled = &self.program.settled;
        if shape.is_some_and(|shape| settled.contains(shape)) {
            return None;
        }
        let found = self.join(index, bytes, callees);
        if let (None, Some(shape)) = (&found, shape) {
            settled.insert(shape);
        }
        found
    }

    /// The shape of all that an attempt takes into account.
    fn shape(&self, index: usize, bytes: &[u8], callees: &[usize]) -> Option<u128> {
        let mut along = Vec::new();
        for &callee in callees {
            self.along(callee, 0, &mut along);
        }
        let moved = along
            .iter()
            .map(|&index| (index, &*self.program.bodies[index]));
        let bodies = std::iter::once((index, bytes)).chain(moved);
        let shape = self.program.shape(bodies, &along)?;
        let singles = along.iter().map(|&index| self.single[index]);
        Some(singles.fold(!shape, |shape, single| {
            shape.rotate_left(1) ^ u128::from(single)
        }))
    }

    /// The callee and what would come along with it.
    fn along(&self, callee: usize, depth: usize, found: &mut Vec<usize>) {
        found.push(callee);
        if !self.single[callee] || depth > FARTHEST {
            return;
        }
        for &function in self.program.references.calls(callee) {
            if let Some(inner) = self.index(function).filter(|&inner| self.single[inner]) {
                self.along(inner, depth + 1, found);
            }
        }
    }

    fn join(&self, index: usize, bytes: &[u8], callees: &[usize]) -> Option<(Vec<u8>, Vec<usize>)> {
        let mut gone = Vec::new();
        let mut body = self
            .program
            .tree(index, bytes)
            .filter(|body| body.depth <= DEEPEST)?;
        let mut open = |function: u32| {
            let callee = self
                .index(function)
                .filter(|index| callees.contains(index))?;
            self.body(callee, &mut gone, 0)
        };
        if inline(&mut body, &mut open) == 0 {
            return None;
        }
        let new = self.program.apply(body)?.bytes;
        self.program.tree(index, &new)?;
        let new = self.program.settle(index, new.into()).into_owned();
        let saved = gone.iter().map(|&gone| self.program.bodies[gone].len());
        let saved: usize = saved.map(|length| length.saturating_sub(TRAP.len())).sum();
        (new.len() < bytes.len() + saved).then_some((new, gone))
    }

    /// The callee, with what only it calls in it.
    fn body(&self, index: usize, gone: &mut Vec<usize>, depth: usize) -> Option<Body<'p>> {
        let mut body = self.program.tree(index, &self.program.bodies[index])?;
        if self.single[index] {
            gone.push(index);
            inline(&mut body, &mut |function| {
                let inner = self.index(function)?;
                if !self.single[inner] || depth > FARTHEST {
                    return None;
                }
                self.body(inner, gone, depth + 1)
            });
        }
        Some(body)
    }
}
