//! Which blocks, branches and statements can go?
//!
//! Bottom up, each node by the rules of its kind. Proofs are next to the rules; they rest on this:
//! a list of statements runs in order, a branch to a block continues behind it, and what follows a
//! node that never completes is not reached.

mod arms;
mod shape;

use super::numeric;
use super::tree::{Body, Label, Node, OUTERMOST, Op, Ty};

pub use shape::retype;
use shape::{cut, keep, to_select, unkeep};

/// Rewrites the whole body once; says whether anything changed.
pub fn simplify(body: &mut Body) -> bool {
    pass(body, false)
}

/// Rewrites it once more, with what would stand in the way of other rules.
pub fn finish(body: &mut Body) -> bool {
    pass(body, true)
}

fn pass(body: &mut Body, last: bool) -> bool {
    let mut pass = Pass {
        last,
        uses: vec![0; body.labels as usize],
        changed: false,
    };
    body.root.each(&mut |node| {
        for &target in node.targets() {
            pass.uses[target as usize] += 1;
        }
    });
    pass.node(&mut body.root);
    pass.unreturn(&mut body.root, body.result);
    pass.changed
}

struct Pass {
    /// Whether no other rules come after this pass.
    last: bool,
    /// How often each label is branched to; never too small.
    uses: Vec<u32>,
    changed: bool,
}

impl Pass {
    fn node(&mut self, node: &mut Node) {
        for arg in &mut node.args {
            self.node(arg);
        }
        for _ in 0..8 {
            if !self.own(node) {
                break;
            }
            self.changed = true;
        }
    }

    fn own(&mut self, node: &mut Node) -> bool {
        match node.op {
            Op::Block(label) => self.list(node) | self.block(node, label),
            Op::Loop(label) => self.list(node) | self.unloop(node, label),
            Op::Seq => self.list(node),
            Op::If(label) => {
                cut(node) || self.arms(node, label) || self.jump_arm(node) || to_select(node)
            }
            Op::Drop => cut(node) || self.drop(node),
            Op::BrIf(_) => cut(node) || self.branch_if(node) || numeric::condition(node),
            Op::BrTable(_) => cut(node) || self.table(node),
            Op::Set(_) => cut(node) || unkeep(node),
            Op::Keep => cut(node) || keep(node),
            Op::Const(_) | Op::Get(_) => false,
            _ => cut(node) || numeric::rewrite(node),
        }
    }

    /// The label's counter goes down with every branch that goes.
    fn release(&mut self, label: Label) {
        let uses = &mut self.uses[label as usize];
        *uses = uses.saturating_sub(1);
    }

    /// Statements: nested lists are spliced, empty ones go, and all behind one that never
    /// completes.
    fn list(&mut self, node: &mut Node) -> bool {
        let last = node.args.len().saturating_sub(1);
        let odd = |(i, arg): (usize, &Node)| {
            matches!(arg.op, Op::Seq) || (i < last && arg.ty == Ty::Never)
        };
        if !node.args.iter().enumerate().any(odd) {
            return self.pairs(node);
        }
        let mut args = Vec::with_capacity(node.args.len());
        for arg in std::mem::take(&mut node.args) {
            match arg.op {
                Op::Seq => args.extend(arg.args),
                _ => args.push(arg),
            }
            if args.last().is_some_and(|last: &Node| last.ty == Ty::Never) {
                break;
            }
        }
        node.args = args;
        retype(node);
        true
    }

    /// Neighbours in a list.
    fn pairs(&mut self, node: &mut Node) -> bool {
        let mut changed = false;
        let mut i = 0;
        while i + 1 < node.args.len() {
            let (head, tail) = node.args.split_at_mut(i + 1);
            let (Some(a), Some(b)) = (head.last_mut(), tail.first_mut()) else {
                break;
            };
            match (&a.op, &b.op) {
                // Taken or not, control goes to the same place.
                (Op::BrIf(x), Op::Br(y)) if x == y && a.args.len() == 1 && b.args.is_empty() => {
                    let label = *x;
                    a.op = Op::Drop;
                    a.ty = Ty::Nothing;
                    self.release(label);
                    changed = true;
                }
                // The end of the block is where the branch behind it goes: its branches go there
                // at once.
                (Op::Block(x) | Op::If(x), Op::Br(y))
                    if a.ty == Ty::Nothing && b.args.is_empty() && self.uses[*x as usize] > 0 =>
                {
                    let (from, to) = (*x, *y);
                    self.retarget(a, from, to);
                    changed = true;
                }
                _ => {}
            }
            i += 1;
        }
        changed
    }

    fn retarget(&mut self, node: &mut Node, from: Label, to: Label) {
        if from == to {
            return;
        }
        node.each_mut(&mut |node| match &mut node.op {
            Op::Br(label) if *label == from && to == OUTERMOST => node.op = Op::Return,
            Op::Br(label) | Op::BrIf(label) if *label == from => *label = to,
            Op::BrTable(labels) => {
                for label in labels.iter_mut().filter(|label| **label == from) {
                    *label = to;
                }
            }
            _ => {}
        });
        self.uses[to as usize] += std::mem::take(&mut self.uses[from as usize]);
    }

    fn block(&mut self, node: &mut Node, label: Label) -> bool {
        if label == OUTERMOST {
            return false;
        }
        if self.uses[label as usize] == 0 {
            node.op = Op::Seq;
            retype(node);
            return true;
        }
        let value = node.ty;
        let Some(last) = node.args.last_mut() else {
            return false;
        };
        if self.fall_through(last, label, true) {
            retype(node);
            return true;
        }
        if self.last && last.ty == value && self.end_in_arms(last, label) {
            return true;
        }
        // Both end at the same place, with the same value.
        if let Op::Block(inner) | Op::If(inner) = last.op
            && last.ty == value
            && self.uses[inner as usize] > 0
        {
            self.retarget(last, inner, label);
            return true;
        }
        self.rotate(node, label) || self.make_if(node, label) || self.make_else(node, label)
    }

    /// Branches to the end of a block that all come from the arms of its last statement end where
    /// the arms do.
    fn end_in_arms(&mut self, last: &mut Node, label: Label) -> bool {
        let Op::If(inner) = last.op else {
            return false;
        };
        let mut inside = 0;
        for arm in last.args.iter().skip(1) {
            arm.each(&mut |node| inside += node.targets().iter().filter(|t| **t == label).count());
        }
        if inside != self.uses[label as usize] as usize {
            return false;
        }
        for arm in last.args.iter_mut().skip(1) {
            self.retarget(arm, label, inner);
        }
        true
    }

    /// A branch to the end of the block from its last position is no branch. (Core specification,
    /// "br": control continues behind the block, where it would have come anyway.)
    fn fall_through(&mut self, node: &mut Node, label: Label, with_value: bool) -> bool {
        match node.op {
            Op::Br(target) if target == label && (with_value || node.args.is_empty()) => {
                let args = std::mem::take(&mut node.args);
                *node = Node::seq(args);
                self.release(label);
                true
            }
            Op::Seq | Op::Block(_) if !node.ty.is_value() => {
                let Some(last) = node.args.last_mut() else {
                    return false;
                };
                let found = self.fall_through(last, label, false);
                if found {
                    retype(node);
                }
                found
            }
            Op::If(_) if !node.ty.is_value() => {
                let mut found = false;
                for arm in node.args.iter_mut().skip(1) {
                    found |= self.fall_through(arm, label, false);
                }
                if found {
                    retype(node);
                }
                found
            }
            _ => false,
        }
    }

    /// The last branches of a list: `br_if end; br elsewhere` is `br_if elsewhere` the other way
    /// round; so, too, at the end of a loop that ends the block.
    fn rotate(&mut self, node: &mut Node, label: Label) -> bool {
        if node.ty != Ty::Nothing {
            return false;
        }
        let is_loop = matches!(node.args.last(), Some(last) if matches!(last.op, Op::Loop(_)));
        let list = match node.args.last_mut() {
            Some(last) if is_loop => &mut last.args,
            _ => &mut node.args,
        };
        let [.., test, jump] = list.as_mut_slice() else {
            return false;
        };
        let fits = matches!((&test.op, &jump.op), (Op::BrIf(l), Op::Br(_)) if *l == label);
        if !fits || !jump.args.is_empty() || test.args.len() != 1 {
            return false;
        }
        test.op = jump.op.clone();
        if let Op::Br(target) = jump.op {
            test.op = Op::BrIf(target);
        }
        let condition = test.args[0].take();
        test.args[0] = numeric::negate(condition);
        list.pop();
        self.release(label);
        if is_loop && let Some(last) = node.args.last_mut() {
            last.ty = Ty::Nothing;
        }
        true
    }

    /// The only branch to the end jumps over the rest of the list: the rest is conditional.
    fn make_if(&mut self, node: &mut Node, label: Label) -> bool {
        if node.ty != Ty::Nothing || self.uses[label as usize] != 1 {
            return false;
        }
        let jumps = |arg: &Node| matches!(arg.op, Op::BrIf(l) if l == label);
        let Some(at) = node.args.iter().position(jumps) else {
            return false;
        };
        let rest = node.args.split_off(at + 1);
        let Some(mut test) = node.args.pop() else {
            return false;
        };
        let Some(condition) = test.args.pop() else {
            return false;
        };
        self.release(label);
        let arms = vec![numeric::negate(condition), Node::seq(rest), Node::empty()];
        // The label has no branches left and can name the new block.
        node.args.push(Node::new(Op::If(label), arms, Ty::Nothing));
        node.op = Op::Seq;
        true
    }

    /// An arm that ends by leaving the list needs no branch where the rest is the other arm.
    fn make_else(&mut self, node: &mut Node, label: Label) -> bool {
        let leaves = |arg: &Node| {
            let Op::If(_) = arg.op else {
                return false;
            };
            let [_, then, other] = arg.args.as_slice() else {
                return false;
            };
            let Some(last) = then.args.last() else {
                return false;
            };
            other.is_empty() && arg.ty == Ty::Nothing && matches!(last.op, Op::Br(l) if l == label)
        };
        let Some(at) = node.args.iter().position(leaves) else {
            return false;
        };
        if let Op::If(inner) = node.args[at].op
            && self.uses[inner as usize] > 0
        {
            return false;
        }
        if at + 1 == node.args.len() {
            return false;
        }
        let rest = Node::seq(node.args.split_off(at + 1));
        let arm = &mut node.args[at];
        arm.args[2] = rest;
        arm.ty = node.ty;
        let then = &mut arm.args[1];
        if let Some(jump) = then.args.pop() {
            then.args.extend(jump.args);
            retype(then);
        }
        self.release(label);
        retype(arm);
        true
    }

    fn unloop(&mut self, node: &mut Node, label: Label) -> bool {
        if self.uses[label as usize] > 0 {
            return false;
        }
        node.op = Op::Seq;
        retype(node);
        true
    }
}
