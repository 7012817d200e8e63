//! What leads to what?
//!
//! While [`Live`] finds what is live, every step it takes is an edge. Questions that stand between
//! two items (a member of an instance, an instantiation) are nodes of their own, so that whoever
//! asks second leads there as well.

use indexmap::IndexSet;

use super::{Live, Node};
use crate::shrink::rewrite::KINDS;
use crate::shrink::scan::Kind;
use crate::shrink::tree::{ComponentId, ModuleId, Tree};

/// Something that is asked on the way from one item to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Question<'t> {
    /// A member of an instance; all of it where there is no name.
    Member(ComponentId, u32, Option<&'t str>),
    CoreMember(ComponentId, u32, &'t str),
    /// An export of a module that stands alone.
    Export(ModuleId, usize),
    Instantiate(ComponentId),
    InstantiateModule(ModuleId),
    Keep(ComponentId),
    KeepModule(ModuleId),
}

/// A graph whose nodes are numbers. Number 0 is whoever is outside.
#[derive(Clone, Debug)]
pub struct Edges<'t> {
    /// By component: the number of its first definition.
    lines: Vec<u32>,
    /// By module and kind: the number of the first item.
    items: Vec<[u32; KINDS.len()]>,
    /// Questions are numbered from here.
    first_question: u32,
    questions: IndexSet<Question<'t>>,
    /// What is being followed.
    pub(super) from: u32,
    /// From, to; an edge may be there more than once.
    pub pairs: Vec<(u32, u32)>,
}

impl<'t> Edges<'t> {
    pub(super) fn new(tree: &Tree<'_>) -> Edges<'t> {
        let mut next = 1;
        let mut take = |count: usize| {
            let first = next;
            next += count as u32;
            first
        };
        let lines = tree.components.iter().map(|comp| take(comp.lines.len()));
        let lines = lines.collect();
        let items = tree.modules.iter().map(|module| {
            let summary = &module.summary;
            KINDS.map(|kind| take(summary.count(kind) as usize))
        });
        let items = items.collect();
        Edges {
            lines,
            items,
            first_question: next,
            questions: IndexSet::new(),
            from: 0,
            pairs: Vec::new(),
        }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.first_question as usize + self.questions.len()
    }

    /// The number of a definition of a component.
    pub fn line(&self, at: ComponentId, position: usize) -> u32 {
        self.lines
            .get(at.0)
            .map_or(0, |first| first + position as u32)
    }

    /// The number of an item of a module.
    pub fn item(&self, module: ModuleId, kind: Kind, index: u32) -> u32 {
        self.items.get(module.0).map_or(0, |first| {
            let at = KINDS.iter().position(|known| *known == kind);
            at.map_or(0, |at| first[at] + index)
        })
    }

    /// The export of a module that stands alone which this number is, by its position.
    pub fn export(&self, node: u32) -> Option<usize> {
        let at = node.checked_sub(self.first_question)?;
        match self.questions.get_index(at as usize)? {
            Question::Export(_, position) => Some(*position),
            _ => None,
        }
    }

    pub(super) fn node(&self, node: Node) -> u32 {
        match node {
            Node::Line(at, position) => self.line(at, position),
            Node::Item(module, kind, index) => self.item(module, kind, index),
        }
    }

    fn question(&mut self, question: Question<'t>) -> u32 {
        let (at, _) = self.questions.insert_full(question);
        self.first_question + at as u32
    }

    fn lead_to(&mut self, node: u32) {
        if self.pairs.last() != Some(&(self.from, node)) {
            self.pairs.push((self.from, node));
        }
    }
}

impl<'t> Live<'t, '_> {
    /// What is being followed leads there, too.
    pub(super) fn lead_to(&mut self, node: Node) {
        if let Some(edges) = &mut self.edges {
            let number = edges.node(node);
            edges.lead_to(number);
        }
    }

    /// Whoever is being followed asks this; what is marked until [`Live::leave`] follows from it.
    pub(super) fn enter(&mut self, question: Question<'t>) -> u32 {
        let Some(edges) = &mut self.edges else {
            return 0;
        };
        let number = edges.question(question);
        edges.lead_to(number);
        std::mem::replace(&mut edges.from, number)
    }

    /// The same for an item that is live already.
    pub(super) fn enter_node(&mut self, node: Node) -> u32 {
        let Some(edges) = &mut self.edges else {
            return 0;
        };
        let number = edges.node(node);
        std::mem::replace(&mut edges.from, number)
    }

    pub(super) fn leave(&mut self, before: u32) {
        if let Some(edges) = &mut self.edges {
            edges.from = before;
        }
    }
}
