//! Where could two paths end alike?
//!
//! One walk from the leaves up tells by hashes which statements are the same, so that only what is
//! likely to pay is compared.

use std::hash::{Hash, Hasher};

use indexmap::IndexSet;

use super::super::encode::own_size;
use super::super::mix::Mix;
use super::super::tree::{Body, Label, Node, OUTERMOST, Op, Ty};
use super::paths::Path;
use super::scopes::Scopes;
use super::{BLOCK, BRANCH, all, some};

/// What a statement looks like.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    /// Equal where two statements are the same.
    whole: u64,
    /// Equal where they are the same, or differ in their first operand alone.
    end: u64,
    /// Bytes.
    size: usize,
}

/// How a path ends: in its last statement, and in the one before it.
#[derive(Clone, Copy, Default)]
struct End {
    last: Look,
    before: Look,
}

/// Where merging pays.
pub(super) struct Promising {
    /// The labels whose paths have, as long as nothing is merged, a tail to merge.
    pub labels: IndexSet<Label>,
    /// By label, how many branches lead to it.
    pub uses: Vec<usize>,
    pub scopes: Scopes,
    /// Lists that leave the function end alike.
    pub exits: bool,
}

pub(super) fn promising(body: &Body) -> Promising {
    let labels = body.labels as usize;
    let mut ends = Ends {
        paths: Vec::new(),
        exits: Vec::new(),
        uses: vec![0; labels],
        scopes: Scopes::new(labels),
        next: 0,
        args: Default::default(),
    };
    ends.look(&body.root);
    ends.paths.sort_by_key(|path| path.label);
    let by_label = ends.paths.chunk_by(|a, b| a.label == b.label);
    let labels = by_label.filter(|paths| ends.pays(paths));
    let labels = labels.filter_map(|paths| Some(paths.first()?.label));
    Promising {
        labels: labels.collect(),
        exits: likely(&ends.exits, BLOCK, BRANCH),
        uses: ends.uses,
        scopes: ends.scopes,
    }
}

/// Whether enough paths end in the same statements to pay for a block, and for a branch of each.
fn likely(ends: &[End], block: usize, branch: usize) -> bool {
    let mut ends = ends.to_vec();
    ends.sort_by_key(|end| (end.last.whole, end.before.whole));
    let mut alike = ends.chunk_by(|a, b| a.last.whole == b.last.whole);
    alike.any(|group| {
        let others = group.len() - 1;
        // Of statements before these, it is not known how many are the same.
        let longer = group.windows(2).any(|pair| {
            let [a, b] = [pair[0].before, pair[1].before];
            a.size > 0 && a.whole == b.whole
        });
        let size = group.first().map_or(0, |end| end.last.size);
        others > 0 && (longer || size * others > block + branch * others)
    })
}

/// A path to the end of a block.
struct To<'n, 'a> {
    label: Label,
    end: End,
    /// Ends in a branch, or falls out of the block.
    list: &'n Node<'a>,
    branches: bool,
}

/// The ends of paths to blocks, and of those out of the function.
struct Ends<'n, 'a> {
    paths: Vec<To<'n, 'a>>,
    exits: Vec<End>,
    uses: Vec<usize>,
    scopes: Scopes,
    /// The place of the next label.
    next: usize,
    /// The last arguments of the list or branch that was looked at last, the last first.
    args: [Look; 3],
}

impl<'n, 'a> Ends<'n, 'a> {
    fn look(&mut self, node: &'n Node<'a>) -> Look {
        let start = self.next;
        let label = node.label();
        self.next += usize::from(label.is_some());
        for &target in node.targets() {
            self.uses[target as usize] += 1;
        }
        let mut whole = Mix::default();
        hash_op(node, &mut whole);
        let mut end = whole.clone();
        let mut size = own_size(node);
        let mut args = [Look::default(); 3];
        for (position, arg) in node.args.iter().enumerate() {
            let look = self.look(arg);
            args = [look, args[0], args[1]];
            whole.write_u64(look.whole);
            if position > 0 {
                end.write_u64(look.whole);
                self.arm(node, arg);
            }
            size += look.size;
        }
        if node.is_list() {
            self.list(node, args);
        }
        if let Some(label) = label {
            self.scopes.bind(label, (start, self.next));
        }
        if node.is_list() || matches!(node.op, Op::Br(_)) {
            self.args = args;
        }
        Look {
            whole: whole.finish(),
            end: end.finish(),
            size,
        }
    }

    /// Control falls out of an arm of a conditional.
    fn arm(&mut self, node: &Node, arm: &'n Node<'a>) {
        if let Op::If(label) = node.op
            && arm.ty_at_end() != Ty::Never
        {
            self.note(label, [self.args[0], self.args[1]], arm, false);
        }
    }

    /// A list ends in a branch, leaves the function, or lets control fall out of its block.
    fn list(&mut self, list: &'n Node<'a>, args: [Look; 3]) {
        match list.args.last().map(|last| (&last.op, last.args.len())) {
            Some((Op::Br(label), 0)) => self.note(*label, [args[1], args[2]], list, true),
            // The value that it carries counts as the last statement.
            Some((Op::Br(label), _)) => self.note(*label, [self.args[0], args[1]], list, true),
            Some((Op::Return | Op::Unreachable | Op::RawExit(_), _)) => self.exits.push(End {
                last: args[0],
                before: args[1],
            }),
            _ => {}
        }
        if let Op::Block(label) = list.op
            && list.ty_at_end() != Ty::Never
        {
            self.note(label, [args[0], args[1]], list, false);
        }
    }

    fn note(
        &mut self,
        label: Label,
        [last, before]: [Look; 2],
        list: &'n Node<'a>,
        branches: bool,
    ) {
        if label != OUTERMOST {
            self.paths.push(To {
                label,
                end: End { last, before },
                list,
                branches,
            });
        }
    }

    /// Whether these paths, which are all to one label, have a tail to merge.
    fn pays(&self, paths: &[To<'n, 'a>]) -> bool {
        let [first, others @ ..] = paths else {
            return false;
        };
        let alike = others
            .iter()
            .all(|other| other.end.last.end == first.end.last.end);
        let ends: Vec<End> = paths.iter().map(|path| path.end).collect();
        if others.is_empty() || !alike && !likely(&ends, BLOCK, 0) {
            return false;
        }
        let found = paths.iter().filter_map(|path| match path.branches {
            true => Path::branching(path.list, 0),
            false => Path::falling(path.list, 0),
        });
        let found: Vec<Path> = found.collect();
        let branches = paths.iter().filter(|path| path.branches).count();
        let beside = self.uses[first.label as usize].saturating_sub(branches);
        let bound = self.scopes.within(first.label);
        all(&found, beside, bound).is_some() || some(&found, bound).is_some()
    }
}

/// Whatever the labels are called.
fn hash_op(node: &Node, hasher: &mut Mix) {
    match &node.op {
        Op::Block(_) | Op::Loop(_) | Op::If(_) | Op::Br(_) | Op::BrIf(_) | Op::BrTable(_) => {
            std::mem::discriminant(&node.op).hash(hasher);
        }
        op => op.hash(hasher),
    }
    node.args.len().hash(hasher);
}
