//! Where could two paths end alike?

use std::hash::{Hash, Hasher};

use super::super::encode::size;
use super::super::mix::Mix;
use super::super::tree::{Body, Label, Node, OUTERMOST, Op, Ty};
use super::BLOCK;

/// How a path to the end of a block ends: the label, the last statement and the one before it by
/// their hashes, and the bytes of the last.
type End = (Label, u64, u64, usize);

/// The labels, in order, to which paths end alike so that writing that once could pay.
pub(super) fn labels(body: &Body) -> Vec<Label> {
    let mut ends: Vec<End> = Vec::new();
    let mut note = |label: Label, last: Option<&Node>, before: Option<&Node>| {
        if label != OUTERMOST {
            let before = before.map_or(0, hash_of_end);
            ends.push((
                label,
                last.map_or(0, hash_of_end),
                before,
                last.map_or(0, size),
            ));
        }
    };
    body.root.each(&mut |node| {
        if node.is_list()
            && let Some((last, before)) = node.args.split_last()
            && let Op::Br(label) = last.op
        {
            let mut ends = last.args.iter().rev().chain(before.iter().rev());
            note(label, ends.next(), ends.next());
        }
        match node.op {
            Op::Block(label) if node.args.last().is_none_or(|last| last.ty != Ty::Never) => {
                let mut ends = node.args.iter().rev();
                note(label, ends.next(), ends.next());
            }
            Op::If(label) => {
                let falls = |arm: &&Node| arm.args.last().is_none_or(|last| last.ty != Ty::Never);
                for arm in node.args.iter().skip(1).filter(falls) {
                    let mut ends = arm.args.iter().rev();
                    note(label, ends.next(), ends.next());
                }
            }
            _ => {}
        }
    });
    ends.sort_unstable();
    let of_label = ends.chunk_by(|a, b| a.0 == b.0);
    let promising = of_label.filter(|ends| is_promising(ends));
    promising.map(|ends| ends[0].0).collect()
}

/// All paths to one label end alike, or enough do to pay for a block.
fn is_promising(ends: &[End]) -> bool {
    let mut alike = ends.chunk_by(|a, b| a.1 == b.1);
    let whole = |group: &[End]| group.len() == ends.len() && group.len() > 1;
    alike.any(|group| {
        let longer = group.windows(2).any(|pair| pair[0].2 == pair[1].2);
        let saved: usize = group.iter().skip(1).map(|end| end.3).sum();
        whole(group) || group.len() > 1 && (longer || saved > BLOCK)
    })
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
