//! What was each thing reached from first?

use indexmap::{IndexMap, IndexSet};
use wasmparser::FuncType;

use super::{Live, Node};
use crate::shrink::scan::Kind;
use crate::shrink::summary::{Elem, Target};
use crate::shrink::tree::{ComponentId, Def, ModuleId, Space};

/// Of each thing that is live, what led to it.
#[derive(Clone, Debug, Default)]
pub struct Trace<'t> {
    /// What is being visited.
    pub(super) from: Option<Node>,
    nodes: IndexMap<Node, Option<Node>>,
    /// Members of imported instances; all of one where there is no name.
    members: IndexMap<(ComponentId, u32, Option<&'t str>), Option<Node>>,
    /// Who first calls through a table: the table, the signature, and the slot where it is one.
    calls: IndexMap<(ModuleId, u32, &'t FuncType, Option<u64>), Option<Node>>,
    /// Functions that only calls by number in a table lead to.
    indirect: IndexSet<Node>,
}

/// A stage of the way to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage<'a> {
    /// An export of the outermost component.
    Export(&'a str),
    Function {
        module: ModuleId,
        index: u32,
        /// Only calls by number in a table lead there: the call is of any number.
        indirect: bool,
    },
}

/// How something is reached, from outside inwards.
pub struct Way<'a> {
    /// Exports and functions.
    pub stages: Vec<Stage<'a>>,
    /// Nothing is before them.
    pub is_whole: bool,
}

impl<'t, 'a> Live<'t, 'a> {
    pub(super) fn push(&mut self, node: Node) {
        if let Some(trace) = &mut self.trace {
            let from = trace.from;
            trace.nodes.entry(node).or_insert(from);
        }
        self.queue.push_back(node);
    }

    /// What is marked from now on is reached from this, or from outside.
    pub(super) fn reach_from(&mut self, node: Option<Node>) {
        if let Some(trace) = &mut self.trace {
            trace.from = node;
        }
        if let Some(edges) = &mut self.edges {
            edges.from = node.map_or(0, |node| edges.node(node));
        }
    }

    pub(super) fn reach_member(&mut self, at: ComponentId, instance: u32, name: Option<&'t str>) {
        if let Some(trace) = &mut self.trace {
            let from = trace.from;
            trace.members.entry((at, instance, name)).or_insert(from);
        }
    }

    pub(super) fn note_call(
        &mut self,
        module: ModuleId,
        table: u32,
        ty: &'t FuncType,
        slot: Option<u64>,
    ) {
        if let Some(trace) = &mut self.trace {
            let from = trace.from;
            trace.calls.entry((module, table, ty, slot)).or_insert(from);
        }
    }

    /// What is marked from now on is reached from who calls this slot that the segment fills.
    pub(super) fn reach_from_call(
        &mut self,
        module: ModuleId,
        elem: &Elem,
        (function, at): (u32, u64),
    ) {
        let Some(trace) = &self.trace else {
            return;
        };
        let signature = self.tree.modules[module.0].summary.signature(function);
        let Target::Active { index, .. } = elem.target else {
            return;
        };
        let class = self.classes.get(module, index);
        let calls = trace.calls.iter().filter(|((caller, table, ty, slot), _)| {
            Some(*ty) == signature
                && slot.is_none_or(|slot| slot == at)
                && std::ptr::eq(self.classes.get(*caller, *table), class)
        });
        // A call of this very slot is as good as a call by name.
        let call = calls.min_by_key(|((_, _, _, slot), _)| slot.is_none());
        if let Some(((_, _, _, slot), from)) = call {
            let (from, indirect) = (*from, slot.is_none());
            self.reach_from(from);
            if let Some(trace) = self.trace.as_mut().filter(|_| indirect) {
                trace
                    .indirect
                    .insert(Node::Item(module, Kind::Func, function));
            }
        }
    }

    /// The way to the import of the outermost component at a position in its lines, or to a member
    /// of it. `None` where nothing leads there, or where no traces were kept.
    pub fn way(&self, position: usize, member: Option<&str>, longest: usize) -> Option<Way<'a>> {
        let trace = self.trace.as_ref()?;
        let outermost = ComponentId(0);
        let lines = &self.tree.components.first()?.lines;
        let line = Node::Line(outermost, position);
        let node = match (member, lines.get(position)?.adds) {
            (Some(member), Some((Space::Instance, index, _))) => {
                let found = trace.members.get(&(outermost, index, Some(member)));
                *found.or_else(|| trace.members.get(&(outermost, index, None)))?
            }
            _ => *trace.nodes.get(&line)?,
        };
        Some(self.way_to(node, longest))
    }

    /// The same for the import at a position of a module that stands alone.
    pub fn way_of_module(&self, position: usize, longest: usize) -> Option<Way<'a>> {
        let summary = &self.tree.modules.first()?.summary;
        let (kind, index) = summary.imported_item(position)?;
        let item = Node::Item(ModuleId(0), kind, index);
        Some(self.way_to(*self.trace.as_ref()?.nodes.get(&item)?, longest))
    }

    /// The last stages up to `node`, at most `longest`.
    fn way_to(&self, mut node: Option<Node>, longest: usize) -> Way<'a> {
        let mut stages = Vec::new();
        // What was reached first was reached from outside: no way leads around.
        while let Some(current) = node.filter(|_| stages.len() < longest) {
            let from = self
                .trace
                .as_ref()
                .and_then(|trace| trace.nodes.get(&current));
            node = from.copied().flatten();
            stages.extend(self.stage(current, node));
        }
        stages.reverse();
        Way {
            is_whole: node.is_none(),
            stages,
        }
    }

    fn stage(&self, node: Node, from: Option<Node>) -> Option<Stage<'a>> {
        match node {
            Node::Item(module, Kind::Func, index) => Some(Stage::Function {
                module,
                index,
                indirect: matches!(from, Some(Node::Item(_, Kind::Elem, _)))
                    || self.trace.as_ref()?.indirect.contains(&node),
            }),
            Node::Line(ComponentId(0), position) => {
                match &self.tree.components.first()?.lines.get(position)?.def {
                    Def::Export(export) => Some(Stage::Export(export.name.name)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
