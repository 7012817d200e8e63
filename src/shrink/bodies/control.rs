//! Which blocks, branches and statements can go?
//!
//! Bottom up, each node by the rules of its kind. Proofs are next to the rules; they rest on this:
//! a list of statements runs in order, a branch to a block continues behind it, and what follows a
//! node that never completes is not reached.

use super::effects::{Effects, is_pure};
use super::numeric;
use super::tree::{Body, Label, Node, OUTERMOST, Op, Ty};

/// Rewrites the whole body once; says whether anything changed.
pub fn simplify(body: &mut Body) -> bool {
    let mut pass = Pass {
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
        // Both end at the same place, with the same value.
        if let Op::Block(inner) | Op::If(inner) = last.op
            && last.ty == value
            && self.uses[inner as usize] > 0
        {
            self.retarget(last, inner, label);
            return true;
        }
        self.rotate(node, label) || self.to_if(node, label) || self.to_else(node, label)
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
    fn to_if(&mut self, node: &mut Node, label: Label) -> bool {
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
    fn to_else(&mut self, node: &mut Node, label: Label) -> bool {
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

    fn arms(&mut self, node: &mut Node, label: Label) -> bool {
        let [condition, then, other] = node.args.as_mut_slice() else {
            return false;
        };
        let unused = self.uses[label as usize] == 0;
        if let Some(value) = condition.as_const().filter(|_| unused) {
            let index = if value.is_zero() { 2 } else { 1 };
            node.become_arg(index);
            return true;
        }
        if numeric::as_boolean(condition) {
            return true;
        }
        let inverted = matches!(condition.op, Op::Numeric(numeric::I32_EQZ));
        if inverted && !other.is_empty() {
            condition.become_arg(0);
            std::mem::swap(then, other);
            return true;
        }
        if then.is_empty() && !other.is_empty() && node.ty != Ty::Never {
            std::mem::swap(then, other);
            *condition = numeric::negate(condition.take());
            return true;
        }
        if then.is_empty() && other.is_empty() {
            let condition = condition.take();
            *node = Node::new(Op::Drop, vec![condition], Ty::Nothing);
            return true;
        }
        if unused && then.ty == Ty::Never && other.ty != Ty::Never && !other.is_empty() {
            // What the other arm does is done exactly when control comes behind the block.
            let other = other.take();
            let before = node.take();
            let mut first = before;
            first.ty = Ty::Nothing;
            *node = Node::seq(vec![first, other]);
            return true;
        }
        if unused && then.ty == Ty::Never && other.ty == Ty::Never && node.ty != Ty::Never {
            node.ty = Ty::Never;
            return true;
        }
        retype(node)
    }

    /// An arm that is a branch and nothing else.
    fn jump_arm(&mut self, node: &mut Node) -> bool {
        let Op::If(label) = node.op else {
            return false;
        };
        let [condition, then, other] = node.args.as_mut_slice() else {
            return false;
        };
        if self.uses[label as usize] > 0 {
            return false;
        }
        let jump = |arm: &Node| match (&arm.op, arm.args.as_slice()) {
            (Op::Br(label), []) => Some(*label),
            (Op::Seq, [only]) => match only.op {
                Op::Br(label) if only.args.is_empty() => Some(label),
                _ => None,
            },
            _ => None,
        };
        let (target, condition, rest) = if let Some(target) = jump(then) {
            (target, condition.take(), other.take())
        } else if let Some(target) = jump(other) {
            (target, numeric::negate(condition.take()), then.take())
        } else {
            return false;
        };
        let test = Node::new(Op::BrIf(target), vec![condition], Ty::Nothing);
        *node = Node::seq(vec![test, rest]);
        true
    }

    fn branch_if(&mut self, node: &mut Node) -> bool {
        let Op::BrIf(label) = node.op else {
            return false;
        };
        let Some(value) = node.args.last().and_then(Node::as_const) else {
            return false;
        };
        node.args.pop();
        if value.is_zero() {
            self.release(label);
            let args = std::mem::take(&mut node.args);
            *node = Node::seq(args);
        } else {
            node.op = if label == OUTERMOST { Op::Return } else { Op::Br(label) };
            node.ty = Ty::Never;
        }
        true
    }

    fn table(&mut self, node: &mut Node) -> bool {
        let Op::BrTable(labels) = &mut node.op else {
            return false;
        };
        let Some((&default, rest)) = labels.split_last() else {
            return false;
        };
        // An index past the end takes the default, too.
        let needed = rest.iter().rposition(|&l| l != default).map_or(0, |i| i + 1);
        if needed == 0 && node.args.len() == 1 {
            let index = node.args.remove(0);
            let index = Node::new(Op::Drop, vec![index], Ty::Nothing);
            let op = if default == OUTERMOST { Op::Return } else { Op::Br(default) };
            *node = Node::seq(vec![index, Node::new(op, Vec::new(), Ty::Never)]);
            return true;
        }
        if needed == rest.len() {
            return false;
        }
        let mut short = rest[..needed].to_vec();
        short.push(default);
        *labels = short.into_boxed_slice();
        true
    }

    fn drop(&mut self, node: &mut Node) -> bool {
        let Some(value) = node.args.first_mut() else {
            return false;
        };
        if is_pure(value) {
            *node = Node::empty();
            return true;
        }
        match value.op {
            Op::Tee(local) => {
                let args = std::mem::take(&mut value.args);
                *node = Node::new(Op::Set(local), args, Ty::Nothing);
            }
            Op::Keep => {
                let mut args = std::mem::take(&mut value.args);
                let first = drop_of(args[0].take());
                args[0] = first;
                *node = Node::seq(args);
            }
            Op::Seq => {
                let mut args = std::mem::take(&mut value.args);
                let last = args.pop().map(drop_of);
                args.extend(last);
                *node = Node::seq(args);
            }
            Op::If(label) if self.uses[label as usize] == 0 => {
                let mut arms = value.take();
                for arm in arms.args.iter_mut().skip(1).filter(|arm| arm.ty.is_value()) {
                    let inner = arm.take();
                    *arm = Node::seq(vec![drop_of(inner)]);
                }
                arms.ty = Ty::Nothing;
                *node = arms;
            }
            _ => {
                let mut own = Effects::default();
                own.add_instruction(value);
                let plain = matches!(value.op, Op::Numeric(_) | Op::Select);
                if !plain || !own.is_pure() {
                    return false;
                }
                let args = std::mem::take(&mut value.args);
                *node = Node::seq(args.into_iter().map(drop_of).collect());
            }
        }
        self.each_drop(node);
        true
    }

    /// Drops that a rule has just made are looked at, too.
    fn each_drop(&mut self, node: &mut Node) {
        if matches!(node.op, Op::Seq | Op::If(_)) {
            for arg in &mut node.args {
                self.node(arg);
            }
        }
    }

    /// A return in the last position is the end of the function anyway.
    fn unreturn(&mut self, node: &mut Node, result: Ty) {
        let Some(last) = node.args.last_mut() else {
            return;
        };
        match last.op {
            Op::Return => {
                let args = std::mem::take(&mut last.args);
                *last = Node::seq(args);
                self.changed = true;
            }
            Op::Block(label) if last.ty == result => {
                // To its end is to the end of the function.
                if self.uses[label as usize] > 0 {
                    self.retarget(last, label, OUTERMOST);
                    self.changed = true;
                }
            }
            Op::If(_) if last.ty != Ty::Never || !result.is_value() => {
                for arm in last.args.iter_mut().skip(1) {
                    if result == Ty::Nothing && matches!(arm.op, Op::Seq) {
                        self.unreturn(arm, result);
                        retype(arm);
                    }
                }
                retype(last);
            }
            _ => {}
        }
        if node.ty == Ty::Never {
            retype(node);
        }
    }
}

/// A statement that evaluates the tree and forgets its value.
pub fn drop_of(node: Node<'_>) -> Node<'_> {
    match node.ty {
        Ty::Value(_) => Node::new(Op::Drop, vec![node], Ty::Nothing),
        _ => node,
    }
}

/// Brings the type of a node up to date with those of its arguments; says whether it changed.
pub fn retype(node: &mut Node) -> bool {
    let last = node.args.last().map_or(Ty::Nothing, |last| last.ty);
    let ty = match node.op {
        Op::Seq => last,
        Op::Loop(_) => last,
        Op::If(_) => {
            let then = node.args.get(1).map_or(Ty::Nothing, |arm| arm.ty);
            if then == Ty::Never && last == Ty::Never {
                // A branch may still lead behind it.
                node.ty
            } else if node.ty == Ty::Never {
                if then == Ty::Never { last } else { then }
            } else {
                node.ty
            }
        }
        _ => node.ty,
    };
    let changed = ty != node.ty;
    node.ty = ty;
    changed
}

/// An operand that never completes: the operands before it are evaluated for their effects, the
/// instruction and what follows never is. Statements in the first operand come before the node.
fn cut(node: &mut Node) -> bool {
    let operands = match node.op {
        Op::If(_) => 1,
        _ => node.args.len(),
    };
    if let Some(at) = node.args.iter().take(operands).position(|arg| arg.ty == Ty::Never) {
        let mut args = std::mem::take(&mut node.args);
        args.truncate(at + 1);
        *node = Node::seq(args.into_iter().map(drop_of).collect());
        return true;
    }
    let Some(first) = node.args.first_mut().filter(|first| matches!(first.op, Op::Seq)) else {
        return false;
    };
    let mut list = std::mem::take(&mut first.args);
    let Some(value) = list.pop() else {
        return false;
    };
    node.args[0] = value;
    let inner = node.take();
    list.push(inner);
    *node = Node::seq(list);
    true
}

/// `Keep` without statements is its value; a pure value need not wait for what it commutes with.
fn keep(node: &mut Node) -> bool {
    if node.args.iter().skip(1).any(Node::is_empty) {
        node.args.retain(|arg| !arg.is_empty());
        return true;
    }
    if node.args.len() == 1 {
        node.become_arg(0);
        return true;
    }
    let value = Effects::of(&node.args[0]);
    let commute = |arg: &Node| Effects::of(arg).commutes(&value);
    if value.is_pure() && node.args.iter().skip(1).all(commute) {
        let mut args = std::mem::take(&mut node.args);
        args.rotate_left(1);
        *node = Node::seq(args);
        return true;
    }
    false
}

/// A value is set before the statements that it waits for, if they do not touch the local.
fn unkeep(node: &mut Node) -> bool {
    let Op::Set(local) = node.op else {
        return false;
    };
    let Some(value) = node.args.first_mut() else {
        return false;
    };
    match value.op {
        Op::Get(from) if from == local => {
            *node = Node::empty();
            true
        }
        Op::Tee(inner) if inner == local => {
            value.become_arg(0);
            true
        }
        Op::Keep => {
            let mut set = Effects::default();
            set.add_write(local);
            if !value.args.iter().skip(1).all(|arg| Effects::of(arg).commutes(&set)) {
                return false;
            }
            let mut args = std::mem::take(&mut value.args);
            let first = args[0].take();
            args[0] = Node::new(Op::Set(local), vec![first], Ty::Nothing);
            *node = Node::seq(args);
            true
        }
        _ => false,
    }
}

/// Two pure arms: `select` evaluates both and takes one.
fn to_select(node: &mut Node) -> bool {
    if node.ty.number().is_none() {
        return false;
    }
    let [condition, then, other] = node.args.as_slice() else {
        return false;
    };
    let single = |arm: &Node| match arm.args.as_slice() {
        [_] if matches!(arm.op, Op::Seq) => arm.ty.is_value() && is_pure(arm),
        _ => false,
    };
    let cheap = |arm: &Node| super::encode::size(arm) <= 12;
    if !single(then) || !single(other) || !cheap(then) || !cheap(other) {
        return false;
    }
    let condition = Effects::of(condition);
    let early = |arm: &Node| Effects::of(arm).commutes(&condition);
    if !early(then) || !early(other) {
        return false;
    }
    let mut args = std::mem::take(&mut node.args);
    for arm in args.iter_mut().skip(1) {
        arm.become_arg(0);
    }
    args.rotate_left(1);
    *node = Node::new(Op::Select, args, node.ty);
    true
}
