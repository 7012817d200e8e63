//! Can a local's write move to where it is first read?
//!
//! `local.set x v; …; local.get x` becomes `…; local.tee x v` where what is evaluated in between
//! commutes with `v` and does not touch `x`: the instruction for the read goes, and the write, too,
//! where that was the only read.

use super::effects::Effects;
use super::tree::{Body, Node, Op, Ty};

/// Nodes between write and read beyond which nobody looks.
const REACH: usize = 60;

/// Moves what can be moved; says whether there was any.
pub fn sink(body: &mut Body) -> bool {
    let mut changed = false;
    body.root.each_mut(&mut |node| {
        if node.is_list() {
            changed |= list(node);
        }
    });
    changed
}

fn list(node: &mut Node) -> bool {
    let mut changed = false;
    for at in (0..node.args.len().saturating_sub(1)).rev() {
        let Op::Set(local) = node.args[at].op else {
            continue;
        };
        let (head, rest) = node.args.split_at_mut(at + 1);
        let Some(set) = head.last_mut() else {
            continue;
        };
        let mut moved = Effects::of(set);
        moved.add_write(local);
        if moved.may_leave() {
            continue;
        }
        let mut search = Search {
            local,
            moved,
            left: REACH,
        };
        let found = rest.iter_mut().try_for_each(|node| search.node(node));
        if let Err(Stop::Found(place)) = found {
            let mut value = set.take();
            value.op = Op::Tee(local);
            value.ty = place.ty;
            *place = value;
            changed = true;
        }
    }
    if changed {
        node.args.retain(|arg| !arg.is_empty());
    }
    changed
}

struct Search {
    local: u32,
    /// What the write does, its value included.
    moved: Effects,
    left: usize,
}

enum Stop<'n, 'a> {
    Found(&'n mut Node<'a>),
    Blocked,
}

impl Search {
    /// Follows the order of evaluation to the read.
    fn node<'n, 'a>(&mut self, node: &'n mut Node<'a>) -> Result<(), Stop<'n, 'a>> {
        if self.left == 0 {
            return Err(Stop::Blocked);
        }
        self.left -= 1;
        if matches!(node.op, Op::Get(local) if local == self.local) {
            return Err(Stop::Found(node));
        }
        match node.op {
            Op::Loop(_) => Err(Stop::Blocked),
            Op::If(_) => {
                let whole = Effects::of(node);
                let Some((condition, arms)) = node.args.split_first_mut() else {
                    return Err(Stop::Blocked);
                };
                self.node(condition)?;
                // An arm is not always run.
                if arms.iter().any(|arm| arm.ty == Ty::Never) || !self.passes(&whole) {
                    return Err(Stop::Blocked);
                }
                Ok(())
            }
            _ => {
                let mut own = Effects::default();
                own.add_instruction(node);
                for arg in &mut node.args {
                    self.node(arg)?;
                }
                if !self.passes(&own) || own.may_leave() {
                    return Err(Stop::Blocked);
                }
                Ok(())
            }
        }
    }

    fn passes(&self, other: &Effects) -> bool {
        self.moved.commutes(other)
    }
}
