//! Which shape does a node take when its arguments have changed?

use super::super::effects::{Effects, is_pure};
use super::super::tree::{Node, Op, Ty};

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
pub(super) fn cut(node: &mut Node) -> bool {
    let operands = match node.op {
        Op::If(_) => 1,
        _ => node.args.len(),
    };
    if let Some(at) = node
        .args
        .iter()
        .take(operands)
        .position(|arg| arg.ty == Ty::Never)
    {
        let mut args = std::mem::take(&mut node.args);
        args.truncate(at + 1);
        *node = Node::seq(args.into_iter().map(drop_of).collect());
        return true;
    }
    let Some(first) = node
        .args
        .first_mut()
        .filter(|first| matches!(first.op, Op::Seq))
    else {
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
pub(super) fn keep(node: &mut Node) -> bool {
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
pub(super) fn unkeep(node: &mut Node) -> bool {
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
            if !value
                .args
                .iter()
                .skip(1)
                .all(|arg| Effects::of(arg).commutes(&set))
            {
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
pub(super) fn to_select(node: &mut Node) -> bool {
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
    let cheap = |arm: &Node| super::super::encode::size(arm) <= 12;
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
