//! Where could two paths end alike?

use std::hash::{Hash, Hasher};

use super::super::mix::Mix;
use super::super::tree::{Body, Label, Node, Op};

/// The labels to which two paths end in statements that look alike.
pub(super) fn labels(body: &Body) -> Vec<Label> {
    let mut ends: Vec<(Label, u64)> = Vec::new();
    let mut note = |label: Label, statement: Option<&Node>| {
        if let Some(statement) = statement {
            ends.push((label, hash_of_end(statement)));
        }
    };
    body.root.each(&mut |node| {
        if node.is_list()
            && let Some((last, before)) = node.args.split_last()
            && let Op::Br(label) = last.op
        {
            note(label, last.args.last().or(before.last()));
        }
        match node.op {
            Op::Block(label) => note(label, node.args.last()),
            Op::If(label) => {
                for arm in node.args.iter().skip(1) {
                    note(label, arm.args.last());
                }
            }
            _ => {}
        }
    });
    ends.sort_unstable();
    let pairs = ends.windows(2).filter(|pair| pair[0] == pair[1]);
    let mut labels: Vec<Label> = pairs.map(|pair| pair[0].0).collect();
    labels.dedup();
    labels
}

/// Whether two lists that leave the function end in statements that look alike.
pub(super) fn exits(body: &Body) -> bool {
    let mut ends = Vec::new();
    body.root.each(&mut |node| {
        if node.is_list()
            && let Some(last) = node.args.last()
            && matches!(last.op, Op::Return | Op::Unreachable | Op::RawExit(_))
        {
            ends.push(hash_of_end(last));
        }
    });
    ends.sort_unstable();
    ends.windows(2).any(|pair| pair[0] == pair[1])
}

/// Equal where two statements are the same, or differ in their first operand alone.
fn hash_of_end(statement: &Node) -> u64 {
    let mut hasher = Mix::default();
    hash_op(statement, &mut hasher);
    for arg in statement.args.iter().skip(1) {
        hash_op(arg, &mut hasher);
    }
    hasher.finish()
}

/// Whatever the labels are called.
fn hash_op(node: &Node, hasher: &mut impl Hasher) {
    match &node.op {
        Op::Block(_) | Op::Loop(_) | Op::If(_) | Op::Br(_) | Op::BrIf(_) | Op::BrTable(_) => {
            std::mem::discriminant(&node.op).hash(hasher);
        }
        op => op.hash(hasher),
    }
    node.args.len().hash(hasher);
}
