//! Which conditions, branches and dropped values can go?

use super::super::effects::{Effects, is_pure};
use super::super::numeric;
use super::super::tree::{Label, Node, OUTERMOST, Op, Ty};
use super::Pass;
use super::shape::{drop_of, retype};

impl Pass {
    pub(super) fn arms(&mut self, node: &mut Node, label: Label) -> bool {
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
    pub(super) fn jump_arm(&mut self, node: &mut Node) -> bool {
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

    pub(super) fn branch_if(&mut self, node: &mut Node) -> bool {
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
            node.op = if label == OUTERMOST {
                Op::Return
            } else {
                Op::Br(label)
            };
            node.ty = Ty::Never;
        }
        true
    }

    pub(super) fn table(&mut self, node: &mut Node) -> bool {
        let Op::BrTable(labels) = &mut node.op else {
            return false;
        };
        let Some((&default, rest)) = labels.split_last() else {
            return false;
        };
        // An index past the end takes the default, too.
        let needed = rest
            .iter()
            .rposition(|&l| l != default)
            .map_or(0, |i| i + 1);
        if needed == 0 && node.args.len() == 1 {
            let index = node.args.remove(0);
            let index = Node::new(Op::Drop, vec![index], Ty::Nothing);
            let op = if default == OUTERMOST {
                Op::Return
            } else {
                Op::Br(default)
            };
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

    pub(super) fn drop(&mut self, node: &mut Node) -> bool {
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
    pub(super) fn each_drop(&mut self, node: &mut Node) {
        if matches!(node.op, Op::Seq | Op::If(_)) {
            for arg in &mut node.args {
                self.node(arg);
            }
        }
    }

    /// A return in the last position is the end of the function anyway.
    pub(super) fn unreturn(&mut self, node: &mut Node, result: Ty) {
        let Some(last) = node.args.last_mut() else {
            return;
        };
        match last.op {
            Op::Return => {
                let args = std::mem::take(&mut last.args);
                *last = Node::seq(args);
                self.changed = true;
            }
            // To its end is to the end of the function.
            Op::Block(label) if last.ty == result && self.uses[label as usize] > 0 => {
                self.retarget(last, label, OUTERMOST);
                self.changed = true;
            }
            Op::Block(_) if last.ty == result => {}
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
