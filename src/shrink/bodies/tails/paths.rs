//! Which paths lead to the end of a block?

use super::super::tree::{Label, Node, Op, Ty};

/// One path: the statements, the branch left out, its value as the last statement.
pub(super) struct Path<'n, 'a> {
    /// Which list of the node, in the order of [`each_list`].
    pub list: usize,
    pub branches: bool,
    pub statements: Vec<&'n Node<'a>>,
}

impl<'n, 'a> Path<'n, 'a> {
    /// Of a list that ends in a branch.
    pub fn branching(list: &'n Node<'a>, number: usize) -> Option<Self> {
        let (last, before) = list.args.split_last()?;
        matches!(last.op, Op::Br(_)).then(|| Path {
            list: number,
            branches: true,
            statements: before.iter().chain(&last.args).collect(),
        })
    }

    /// Of a list out of whose end control comes.
    pub fn falling(list: &'n Node<'a>, number: usize) -> Option<Self> {
        let comes = list.is_list() && list.ty_at_end() != Ty::Never;
        comes.then(|| Path {
            list: number,
            branches: false,
            statements: list.args.iter().collect(),
        })
    }
}

/// Visits the lists of statements in the node, inner ones first, the node's own last.
pub(super) fn each_list<'n, 'a>(node: &'n Node<'a>, visit: &mut impl FnMut(&'n Node<'a>)) {
    for arg in &node.args {
        // Most are operands without operands.
        if !arg.args.is_empty() || arg.is_list() {
            each_list(arg, visit);
        }
    }
    if node.is_list() {
        visit(node);
    }
}

/// All paths to the end of the node.
pub(super) fn paths<'n, 'a>(node: &'n Node<'a>, label: Label) -> Vec<Path<'n, 'a>> {
    let mut found = Vec::new();
    let mut list = 0;
    each_list(node, &mut |inner| {
        if matches!(inner.args.last(), Some(last) if matches!(last.op, Op::Br(l) if l == label)) {
            found.extend(Path::branching(inner, list));
        }
        let is_end = match node.op {
            Op::If(_) => node.args.iter().skip(1).any(|arm| std::ptr::eq(arm, inner)),
            _ => std::ptr::eq(node, inner),
        };
        if is_end {
            found.extend(Path::falling(inner, list));
        }
        list += 1;
    });
    found
}

impl Node<'_> {
    /// What the last statement of a list leaves.
    pub(super) fn ty_at_end(&self) -> Ty {
        self.args.last().map_or(Ty::Nothing, |last| last.ty)
    }
}
