//! Which calls are shorter as the body of the function they call?
//!
//! A call evaluates its arguments in order, and runs the body with them as its first locals and
//! zeros in the others (core specification, "Function Calls"): so does the block that replaces it.
//! A function called from one place, and named nowhere else, moves there; a tiny one is copied
//! wherever that shortens the caller.

use super::encode::size;
use super::tree::{Body, Label, Node, OUTERMOST, Op, Ty, Value};

/// Bytes of instructions up to which a function is copied to its callers.
const TINY: usize = 12;

/// Nodes in nodes beyond which neither caller nor callee takes part.
pub const DEEPEST: usize = 60;

/// Bytes of instructions beyond which a caller grows no more.
const LARGE: usize = 60_000;

/// Whether the body can stand in another function at all.
pub fn can_move(body: &Body) -> bool {
    let numbers = body.locals.iter().all(|&ty| Value::zero(ty).is_some());
    let mut stays = body.result != Ty::Nothing && body.result.number().is_none();
    body.root
        .each(&mut |node| stays |= matches!(node.op, Op::RawExit(_)));
    numbers && !stays && body.locals.len() < 1000 && body.depth <= DEEPEST
}

/// Whether it is short enough to be copied to its callers.
pub fn is_tiny(body: &Body) -> bool {
    let mut calls = 0;
    body.root
        .each(&mut |node| calls += usize::from(matches!(node.op, Op::Call(_))));
    size(&body.root) <= TINY && body.locals.len() <= body.params as usize + 1 && calls <= 1
}

/// Replaces calls by bodies, as `callee` gives them; says how many.
pub fn inline<'a>(body: &mut Body<'a>, callee: &mut dyn FnMut(u32) -> Option<Body<'a>>) -> usize {
    let mut count = 0;
    let mut bytes = size(&body.root);
    let (locals, labels) = (&mut body.locals, &mut body.labels);
    body.root.each_mut(&mut |node| {
        let Op::Call(function) = node.op else {
            return;
        };
        if bytes > LARGE {
            return;
        }
        let Some(inner) = callee(function) else {
            return;
        };
        bytes += size(&inner.root);
        count += 1;
        let first = locals.len() as u32;
        let base = *labels;
        locals.extend(&inner.locals);
        *labels += inner.labels;
        *node = expand(node, inner, first, base);
    });
    count
}

fn expand<'a>(call: &mut Node<'a>, inner: Body<'a>, first: u32, base: Label) -> Node<'a> {
    let mut list = Vec::new();
    for (local, arg) in (first..).zip(std::mem::take(&mut call.args)) {
        list.push(Node::new(Op::Set(local), vec![arg], Ty::Nothing));
    }
    // In a loop the locals are zero at every turn.
    for (local, &ty) in (first..).zip(&inner.locals).skip(inner.params as usize) {
        let zero = Value::zero(ty).map(Node::constant);
        list.push(Node::new(
            Op::Set(local),
            zero.into_iter().collect(),
            Ty::Nothing,
        ));
    }
    let mut root = inner.root;
    root.ty = inner.result;
    root.each_mut(&mut |node| rebase(node, first, base));
    list.push(root);
    Node::seq(list)
}

fn rebase(node: &mut Node, first: u32, base: Label) {
    match &mut node.op {
        Op::Get(local) | Op::Set(local) | Op::Tee(local) => *local += first,
        Op::Block(label) | Op::Loop(label) | Op::If(label) | Op::Br(label) | Op::BrIf(label) => {
            *label += base;
        }
        Op::BrTable(labels) => labels.iter_mut().for_each(|label| *label += base),
        Op::Return => node.op = Op::Br(OUTERMOST + base),
        _ => {}
    }
}
