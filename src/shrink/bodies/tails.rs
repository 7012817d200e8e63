//! Which code at the ends of several paths to one place can be written once?
//!
//! A path to the end of a block is a list of statements that falls out of it or ends in a branch to
//! it. Statements in which such paths end alike are run behind the block instead: between the last
//! statement of a path and the first one behind the block nothing is evaluated. Where only the
//! first operand differs, it becomes the value of the block.

mod paths;
mod promising;
mod scopes;

use super::control::retype;
use super::encode::size;
use super::tree::{Body, Label, Node, OUTERMOST, Op, Ty};
use paths::{Path, each_list, paths};
use promising::{Promising, promising};
use scopes::{Bound, Scopes};

/// Bytes of a block, and of a branch.
const BLOCK: usize = 3;
const BRANCH: usize = 2;

/// Merges tails everywhere; says whether any were.
pub fn merge(body: &mut Body) -> bool {
    const MOST_TURNS: usize = 16;
    let turns = (0..MOST_TURNS).take_while(|_| once(body));
    turns.count() > 0
}

/// One tail of each block, inner blocks first, or else one of those that leave the function.
fn once(body: &mut Body) -> bool {
    let promising = promising(body);
    let inside = !promising.labels.is_empty() && blocks(body, &promising);
    inside || promising.exits && exits(body, &promising.scopes)
}

/// One tail of each block where that pays, inner ones first.
fn blocks(body: &mut Body, promising: &Promising) -> bool {
    let Promising {
        labels: paying,
        uses,
        scopes,
        ..
    } = promising;
    let mut changed = false;
    let mut labels = body.labels;
    body.root.each_mut(&mut |node| {
        let label = match node.op {
            Op::Block(label) | Op::If(label) if paying.contains(&label) => label,
            _ => return,
        };
        let found = paths(node, label);
        let branches = found.iter().filter(|path| path.branches).count();
        // Too many where a merge has taken some away: then nothing is done.
        let others = uses[label as usize].saturating_sub(branches);
        let bound = scopes.within(label);
        if let Some(plan) = all(&found, others, bound) {
            apply(node, &plan);
            changed = true;
        } else if let Op::Block(_) = node.op
            && let Some((count, lists, falls)) = some(&found, bound)
        {
            leave(node, label, (count, &lists, falls), &mut labels);
            changed = true;
        }
    });
    body.labels = labels;
    changed
}

/// Whether the statement can stand behind the node: it branches to no label inside.
fn can_move(statement: &Node, bound: Bound) -> bool {
    let mut own = Vec::new();
    let mut free = true;
    statement.each(&mut |node| {
        if let Op::Block(label) | Op::Loop(label) | Op::If(label) = node.op {
            own.push(label);
        }
        free &= node
            .targets()
            .iter()
            .all(|t| !bound.contains(*t) || own.contains(t));
    });
    free
}

/// How many last statements are the same on all these paths.
fn common(paths: &[&Path], bound: Bound) -> usize {
    let Some((first, others)) = paths.split_first() else {
        return 0;
    };
    let mut count = 0;
    while let Some(at) = first.statements.len().checked_sub(count + 1) {
        let statement = first.statements[at];
        let same = others.iter().all(|path| {
            let at = path.statements.len().checked_sub(count + 1);
            at.is_some_and(|at| path.statements[at].same(statement))
        });
        if !same || !can_move(statement, bound) {
            break;
        }
        count += 1;
    }
    count
}

/// How many instructions from the root down along first operands are the same, with all other
/// operands, and what type the first differing operand has.
fn spine(a: &Node, b: &Node, bound: Bound) -> usize {
    let alike = a.op == b.op
        && a.ty == b.ty
        && a.targets().is_empty()
        && !a.is_list()
        && !matches!(a.op, Op::If(_) | Op::Keep)
        && a.args.len() == b.args.len()
        && !a.args.is_empty()
        && a.args[0].ty == b.args[0].ty
        && a.args[0].ty.number().is_some()
        && a.args
            .iter()
            .zip(&b.args)
            .skip(1)
            .all(|(a, b)| a.same(b) && can_move(a, bound));
    if alike {
        1 + spine(&a.args[0], &b.args[0], bound)
    } else {
        0
    }
}

/// What all paths to the end of a node have in common.
struct Plan {
    /// Statements.
    count: usize,
    /// Instructions of the statement before them, from its root down.
    depth: usize,
    lists: Vec<(usize, bool)>,
}

/// `None` where they have nothing in common, or `others` come on no such path.
fn all(found: &[Path], others: usize, bound: Bound) -> Option<Plan> {
    if found.len() < 2 || others > 0 {
        return None;
    }
    let group: Vec<_> = found.iter().collect();
    let count = common(&group, bound);
    let depth = split_depth(&group, count, bound);
    let lists = found
        .iter()
        .map(|path| (path.list, path.branches))
        .collect();
    (count + depth > 0).then_some(Plan {
        count,
        depth,
        lists,
    })
}

/// Moves what they have in common behind the node.
fn apply(node: &mut Node, plan: &Plan) {
    let mut tail = Vec::new();
    let mut ty = Ty::Nothing;
    let mut spined = None;
    edit(node, &plan.lists, &mut |list, branches| {
        let mut jump = if branches { list.args.pop() } else { None };
        if let Some(jump) = &mut jump {
            list.args.append(&mut jump.args);
        }
        tail = list.args.split_off(list.args.len() - plan.count);
        if plan.depth > 0
            && let Some(mut statement) = list.args.pop()
        {
            let value = deepest(&mut statement, plan.depth).take();
            ty = value.ty;
            spined = Some(statement);
            match &mut jump {
                Some(jump) => jump.args = vec![value],
                None => list.args.push(value),
            }
        }
        list.args.extend(jump);
    });
    let mut inner = node.take();
    inner.ty = ty;
    let mut args = Vec::with_capacity(tail.len() + 1);
    match spined {
        Some(mut statement) => {
            *deepest(&mut statement, plan.depth) = inner;
            args.push(statement);
        }
        None => args.push(inner),
    }
    args.append(&mut tail);
    *node = Node::seq(args);
}

fn split_depth(group: &[&Path], count: usize, bound: Bound) -> usize {
    let at = |path: &Path| path.statements.len().checked_sub(count + 1);
    let Some((first, others)) = group.split_first() else {
        return 0;
    };
    let Some(a) = at(first).map(|at| first.statements[at]) else {
        return 0;
    };
    let depths = others
        .iter()
        .map(|path| at(path).map_or(0, |at| spine(a, path.statements[at], bound)));
    depths.min().unwrap_or(0)
}

/// The operand so far down along first operands.
fn deepest<'n, 'a>(node: &'n mut Node<'a>, depth: usize) -> &'n mut Node<'a> {
    if depth == 0 {
        node
    } else {
        deepest(&mut node.args[0], depth - 1)
    }
}

/// Edits lists by their numbers in the order of [`each_list`], each once; their types follow.
fn edit<'a>(
    node: &mut Node<'a>,
    lists: &[(usize, bool)],
    change: &mut dyn FnMut(&mut Node<'a>, bool),
) {
    let mut number = 0;
    let mut rest = lists.iter().peekable();
    node.each_mut(&mut |inner| {
        if inner.is_list() {
            if let Some((_, branches)) = rest.next_if(|(list, _)| *list == number) {
                change(inner, *branches);
            }
            number += 1;
            if matches!(inner.op, Op::Seq) {
                retype(inner);
            }
        }
    });
}

/// How many statements, in which lists, and whether a path falls out of the node.
type Tail = (usize, Vec<(usize, bool)>, bool);

/// The tail that pays most where not all paths share one.
fn some(found: &[Path], bound: Bound) -> Option<Tail> {
    let falls = found.iter().any(|path| !path.branches);
    let (gain, count, lists) = best(found, bound, |group, size| {
        let inside = group.iter().any(|path| !path.branches);
        let cost = BLOCK + if falls && !inside { BRANCH } else { 0 };
        (size * (group.len() - 1)).checked_sub(cost)
    })?;
    (gain > 0).then_some((count, lists, falls))
}

/// Lets these paths leave an inner block, behind which their common tail stands.
fn leave(
    node: &mut Node,
    label: Label,
    (count, lists, falls): (usize, &[(usize, bool)], bool),
    labels: &mut Label,
) {
    let fresh = *labels;
    *labels += 1;
    let mut tail = Vec::new();
    edit(node, lists, &mut |list, branches| {
        let mut jump = if branches { list.args.pop() } else { None };
        if let Some(jump) = &mut jump {
            list.args.append(&mut jump.args);
            jump.op = Op::Br(fresh);
        }
        tail = list.args.split_off(list.args.len() - count);
        list.args.extend(jump);
    });
    let mut inside = std::mem::take(&mut node.args);
    if falls && lists.iter().all(|(_, branches)| *branches) {
        let value = match inside.last() {
            Some(last) if last.ty.is_value() => inside.pop(),
            _ => None,
        };
        inside.push(Node::new(
            Op::Br(label),
            value.into_iter().collect(),
            Ty::Never,
        ));
    }
    node.args
        .push(Node::new(Op::Block(fresh), inside, Ty::Nothing));
    node.args.append(&mut tail);
}

type Choice = (usize, usize, Vec<(usize, bool)>);

/// The group of paths whose common tail gains most: gain, statements, lists.
fn best(
    found: &[Path],
    bound: Bound,
    gain: impl Fn(&[&Path], usize) -> Option<usize>,
) -> Option<Choice> {
    let mut best: Option<Choice> = None;
    let mut open: Vec<&Path> = found
        .iter()
        .filter(|path| !path.statements.is_empty())
        .collect();
    open.truncate(200);
    while let Some(first) = open.first() {
        let Some(last) = first.statements.last() else {
            break;
        };
        let alike = |path: &&Path| path.statements.last().is_some_and(|other| other.same(last));
        let (group, rest): (Vec<&Path>, Vec<&Path>) = open.iter().copied().partition(alike);
        // What a path alone ends in is not looked at.
        let most = match group.len() {
            1 => 0,
            _ => common(&group, bound),
        };
        for count in 1..=most {
            let tail = first.statements.iter().rev().take(count);
            let bytes = tail.map(|statement| size(statement)).sum();
            let lists = || {
                group
                    .iter()
                    .map(|path| (path.list, path.branches))
                    .collect()
            };
            match gain(&group, bytes) {
                Some(gain) if best.as_ref().is_none_or(|best| gain > best.0) => {
                    best = Some((gain, count, lists()));
                }
                _ => {}
            }
        }
        open = rest;
    }
    best
}

/// Merges what ends the function: lists that return or trap alike.
fn exits(body: &mut Body, scopes: &Scopes) -> bool {
    let mut found = Vec::new();
    let mut list = 0;
    let root = &body.root;
    let mut falls = true;
    each_list(root, &mut |inner| {
        if let Some(last) = inner.args.last()
            && matches!(last.op, Op::Return | Op::Unreachable | Op::RawExit(_))
        {
            let branches = !std::ptr::eq(root, inner);
            falls &= branches;
            found.push(Path {
                list,
                branches,
                statements: inner.args.iter().collect(),
            });
        }
        list += 1;
    });
    falls &= root.ty_at_end() != Ty::Never;
    let bound = scopes.within(OUTERMOST);
    let choice = best(&found, bound, |group, size| {
        let inside = group.iter().any(|path| !path.branches);
        let jumps = group.iter().filter(|path| path.branches).count();
        let cost = BLOCK + BRANCH * jumps + usize::from(!inside && falls);
        (size * (group.len() - 1)).checked_sub(cost)
    });
    let Some((gain, count, lists)) = choice else {
        return false;
    };
    if gain == 0 {
        return false;
    }
    let fresh = body.labels;
    body.labels += 1;
    let mut tail = Vec::new();
    edit(&mut body.root, &lists, &mut |list, branches| {
        tail = list.args.split_off(list.args.len() - count);
        if branches {
            list.args
                .push(Node::new(Op::Br(fresh), Vec::new(), Ty::Never));
        }
    });
    let mut inside = std::mem::take(&mut body.root.args);
    if lists.iter().all(|(_, branches)| *branches)
        && inside.last().is_none_or(|l| l.ty != Ty::Never)
    {
        let value = match inside.last() {
            Some(last) if last.ty.is_value() => inside.pop(),
            _ => None,
        };
        inside.push(Node::new(
            Op::Return,
            value.into_iter().collect(),
            Ty::Never,
        ));
    }
    body.root
        .args
        .push(Node::new(Op::Block(fresh), inside, Ty::Nothing));
    body.root.args.append(&mut tail);
    true
}
