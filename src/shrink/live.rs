//! What can anybody notice?
//!
//! Liveness over the whole component at once. The roots are what the outermost component exports,
//! what instantiation does, and all that is not understood; the edges are what live items name. A
//! definition that is instantiated several times is live where any of its instances needs it.

mod edges;
mod modules;
mod supply;
mod tables;
mod trace;
mod types;

use std::collections::VecDeque;

use indexmap::{IndexMap, IndexSet};
use wasmparser::{ComponentAlias, ComponentExternalKind, ComponentInstance};

use super::named::Named;
use super::scan::{Kind, Ref, Scan};
use super::tree::{ComponentId, Def, ModuleId, Space, Tree};
pub use edges::Edges;
pub use tables::Class;
pub use trace::{Stage, Trace, Way};
pub use types::declared;

use edges::Question;
use modules::ModuleLive;
use tables::Classes;
use types::InstanceTypes;

/// What to take as given.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'o> {
    /// Ask which function of a table can be called, not only whether the table is used.
    pub refine_tables: bool,
    /// The outermost exports that count; all where there is nothing.
    pub exports: Option<&'o [String]>,
}

/// What is live, while it is being found and after.
pub struct Live<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    rules: Rules<'t>,
    /// By component and position.
    lines: Vec<Vec<bool>>,
    refs: Vec<Vec<Vec<Ref>>>,
    /// By component and instance: what is asked of it.
    demands: IndexMap<(ComponentId, u32), Demand<'t>>,
    /// Core instances' members, by component and core instance.
    core_demands: IndexMap<(ComponentId, u32), IndexSet<&'t str>>,
    /// By component: where it is instantiated.
    instantiations: Vec<Vec<(ComponentId, u32)>>,
    /// By module: where it is instantiated.
    module_instantiations: Vec<Vec<(ComponentId, usize)>>,
    instantiated: Vec<bool>,
    opaque: Vec<bool>,
    effectful: Vec<bool>,
    types: InstanceTypes<'t>,
    named: Named<'t>,
    pub modules: Vec<ModuleLive>,
    pub(super) classes: Classes,
    queue: VecDeque<Node>,
    trace: Option<Trace<'t>>,
    edges: Option<Edges<'t>>,
    /// What was kept because it is not understood.
    pub(super) notes: IndexSet<String>,
}

/// What is asked of an instance.
#[derive(Clone, Debug, Default)]
struct Demand<'t> {
    whole: bool,
    members: IndexSet<&'t str>,
}

/// Something live whose own needs are not yet known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Node {
    Line(ComponentId, usize),
    Item(ModuleId, Kind, u32),
}

impl<'t, 'a> Live<'t, 'a> {
    /// Finds everything that is live.
    pub fn of(tree: &'t Tree<'a>, rules: Rules<'t>) -> Live<'t, 'a> {
        Live::new(tree, rules).found()
    }

    /// The same, and of everything what it was reached from first.
    pub fn traced(tree: &'t Tree<'a>, rules: Rules<'t>) -> Live<'t, 'a> {
        let mut live = Live::new(tree, rules);
        live.trace = Some(Trace::default());
        live.found()
    }

    /// What leads to what. Every function of a table that is used counts as called.
    pub fn edges(tree: &'t Tree<'a>) -> Edges<'t> {
        let rules = Rules {
            refine_tables: false,
            exports: None,
        };
        let mut live = Live::new(tree, rules);
        live.edges = Some(Edges::new(tree));
        let edges = live.found().edges;
        edges.expect("nothing takes them away")
    }

    fn found(mut self) -> Self {
        self.root();
        loop {
            while let Some(node) = self.next() {
                match node {
                    Node::Line(at, position) => self.visit_line(at, position),
                    Node::Item(module, kind, index) => self.visit_item(module, kind, index),
                }
            }
            self.visit_tables();
            if self.queue.is_empty() {
                return self;
            }
        }
    }

    /// Nearest first where ways are to be told: then they are the shortest.
    fn next(&mut self) -> Option<Node> {
        let node = match &self.trace {
            Some(_) => self.queue.pop_front(),
            None => self.queue.pop_back(),
        };
        if node.is_some() {
            self.reach_from(node);
        }
        node
    }

    fn new(tree: &'t Tree<'a>, rules: Rules<'t>) -> Self {
        let components = tree.components.len();
        let mut live = Live {
            tree,
            rules,
            lines: Vec::new(),
            refs: Vec::new(),
            demands: IndexMap::new(),
            core_demands: IndexMap::new(),
            instantiations: vec![Vec::new(); components],
            module_instantiations: vec![Vec::new(); tree.modules.len()],
            instantiated: vec![false; components],
            opaque: vec![false; components],
            effectful: vec![false; components],
            types: InstanceTypes::default(),
            named: Named::of(tree),
            modules: tree
                .modules
                .iter()
                .map(|m| ModuleLive::new(&m.summary))
                .collect(),
            classes: Classes::new(tree),
            queue: VecDeque::new(),
            trace: None,
            edges: None,
            notes: IndexSet::new(),
        };
        for comp in &tree.components {
            live.lines.push(vec![false; comp.lines.len()]);
            let refs = comp.lines.iter().map(|line| Scan::def(&line.def));
            live.refs
                .push(refs.map(Option::unwrap_or_default).collect());
        }
        live.types = InstanceTypes::of(tree, &live.refs);
        live.find_effects();
        live
    }

    /// Is this definition live?
    pub fn line(&self, at: ComponentId, position: usize) -> bool {
        self.lines[at.0][position]
    }

    /// Which members of an instance type are live; `None` for all.
    pub fn declarations(&self, at: ComponentId, ty: u32) -> Option<&[bool]> {
        self.types.live(at, ty)
    }

    /// Is this member of a core instance live?
    pub fn core_member(&self, at: ComponentId, instance: u32, name: &str) -> bool {
        let demand = self.core_demands.get(&(at, instance));
        demand.is_some_and(|members| members.contains(name))
    }

    /// Is this member of an instance live?
    pub fn member(&self, at: ComponentId, instance: u32, name: &str) -> bool {
        let demand = self.demands.get(&(at, instance));
        demand.is_some_and(|demand| demand.whole || demand.members.contains(name))
    }

    /// Is the import of this name live?
    pub fn import(&self, at: ComponentId, name: &str) -> bool {
        let position = self.named.import(at, name);
        position.is_some_and(|position| self.lines[at.0][position])
    }

    fn root(&mut self) {
        if self.tree.components.is_empty() {
            for module in (0..self.tree.modules.len()).map(ModuleId) {
                self.root_module(module);
            }
            return;
        }
        let outermost = ComponentId(0);
        self.instantiate(outermost);
        let tree = self.tree;
        for (position, line) in tree.components[0].lines.iter().enumerate() {
            let Def::Export(export) = &line.def else {
                continue;
            };
            let chosen = self.rules.exports;
            if chosen.is_some_and(|names| !names.iter().any(|name| name == export.name.name)) {
                continue;
            }
            self.reach_from(None);
            self.mark_line(outermost, position);
        }
    }

    /// Tells the components whose instantiation does more than make instances: those that do so
    /// themselves, then those that instantiate them, and so on.
    fn find_effects(&mut self) {
        let mut before = usize::MAX;
        while before != self.effectful.iter().filter(|found| **found).count() {
            before = self.effectful.iter().filter(|found| **found).count();
            for at in (0..self.effectful.len()).map(ComponentId) {
                self.effectful[at.0] = self.has_effects(at);
            }
        }
    }

    /// Does instantiating the component do more than make instances?
    fn has_effects(&self, at: ComponentId) -> bool {
        let comp = &self.tree.components[at.0];
        comp.lines
            .iter()
            .any(|line| self.line_has_effects(at, &line.def))
            || self.is_rigid(at)
    }

    fn line_has_effects(&self, at: ComponentId, def: &Def<'a>) -> bool {
        match def {
            Def::CoreInstantiate { module, .. } => match self.tree.module(at, *module) {
                Some(id) => self.tree.modules[id.0].summary.is_effectful(),
                None => true,
            },
            Def::Instance(ComponentInstance::Instantiate {
                component_index, ..
            }) => match self.tree.component(at, *component_index) {
                Some(id) => self.effectful[id.0],
                None => true,
            },
            _ => false,
        }
    }

    /// Does it have anything that is not taken apart: start functions, values, unknown sections,
    /// groups of core types?
    fn is_rigid(&self, at: ComponentId) -> bool {
        let comp = &self.tree.components[at.0];
        comp.lines.iter().any(|line| match &line.def {
            Def::Start(_) => true,
            Def::Other(id, _) => *id != 0,
            _ => {
                matches!(line.adds, Some((space, _, count)) if space == Space::Value || count != 1)
            }
        })
    }

    /// An instance of the component is made: what that does is live.
    fn instantiate(&mut self, at: ComponentId) {
        let before = self.enter(Question::Instantiate(at));
        if !std::mem::replace(&mut self.instantiated[at.0], true) {
            self.mark_effects(at);
        }
        self.leave(before);
    }

    fn mark_effects(&mut self, at: ComponentId) {
        if self.is_rigid(at) {
            self.notes.insert(
                "a component with values, start functions or unknown sections: kept as it is"
                    .to_string(),
            );
            self.keep_component(at);
        }
        let tree = self.tree;
        for (position, line) in tree.components[at.0].lines.iter().enumerate() {
            if self.line_has_effects(at, &line.def) {
                self.mark_line(at, position);
            }
        }
    }

    /// Everything in the component is live, whoever may use it.
    fn keep_component(&mut self, at: ComponentId) {
        let before = self.enter(Question::Keep(at));
        if !std::mem::replace(&mut self.opaque[at.0], true) {
            self.mark_all(at);
        }
        self.leave(before);
    }

    fn mark_all(&mut self, at: ComponentId) {
        self.instantiate(at);
        let tree = self.tree;
        for (position, line) in tree.components[at.0].lines.iter().enumerate() {
            self.mark_line(at, position);
            match (&line.def, line.adds) {
                (Def::CoreModule(module), _) => self.keep_module(*module),
                (Def::Component(component), _) => self.keep_component(*component),
                (_, Some((Space::Instance, index, _))) => self.whole(at, index),
                (_, Some((Space::CoreInstance, index, _))) => self.core_whole(at, index),
                _ => {}
            }
        }
    }

    fn mark(&mut self, at: ComponentId, space: Space, index: u32) {
        if let Some(position) = self.tree.components[at.0].position(space, index) {
            self.mark_line(at, position);
        }
    }

    fn mark_line(&mut self, at: ComponentId, position: usize) {
        self.lead_to(Node::Line(at, position));
        if !std::mem::replace(&mut self.lines[at.0][position], true) {
            self.push(Node::Line(at, position));
        }
    }

    /// Something is passed on to where it is not followed.
    fn pass(&mut self, at: ComponentId, space: Space, index: u32) {
        self.mark(at, space, index);
        match space {
            Space::Instance => self.whole(at, index),
            Space::CoreInstance => self.core_whole(at, index),
            Space::CoreModule => match self.tree.module(at, index) {
                Some(module) => self.keep_module(module),
                None => {
                    self.notes.insert("an imported core module".to_string());
                }
            },
            Space::Component => match self.tree.component(at, index) {
                Some(component) => self.keep_component(component),
                None => {
                    self.notes.insert("an imported component".to_string());
                }
            },
            _ => {}
        }
    }

    fn visit_line(&mut self, at: ComponentId, position: usize) {
        let tree = self.tree;
        match &tree.components[at.0].lines[position].def {
            Def::CoreModule(_) | Def::Component(_) | Def::Other(..) => {}
            Def::CoreBag(_) | Def::Instance(ComponentInstance::FromExports(_)) => {}
            Def::CoreInstantiate { module, args } => {
                self.visit_core_instance(at, position, *module, args);
            }
            Def::CoreAlias { instance, name, .. } => self.ask_core(at, *instance, name),
            Def::Instance(ComponentInstance::Instantiate {
                component_index,
                args,
            }) => self.visit_instance(at, position, *component_index, args),
            Def::Alias(ComponentAlias::InstanceExport {
                instance_index,
                name,
                ..
            }) => self.ask(at, *instance_index, name),
            Def::Type(_) => self.visit_type(at, position),
            Def::Import(import) => self.visit_import(at, position, import),
            Def::Export(export) => {
                self.mark_refs(at, position);
                match export.kind {
                    // An interface that is exported has all of its members, chosen or needed.
                    ComponentExternalKind::Instance
                        if export.ty.is_some() || at == ComponentId(0) =>
                    {
                        self.whole(at, export.index);
                    }
                    ComponentExternalKind::Instance => {}
                    kind => self.pass(at, kind.into(), export.index),
                }
            }
            Def::Canonical(_) => {
                self.mark_refs(at, position);
                let mut refs = self.refs[at.0][position].iter();
                if refs.any(|found| found.space == Space::CoreTable) {
                    self.classes.escape_all();
                }
            }
            Def::Alias(_) | Def::CoreType(_) | Def::Pruned(..) | Def::Start(_) => {
                self.mark_refs(at, position);
            }
        }
    }

    /// Marks all that a definition names.
    fn mark_refs(&mut self, at: ComponentId, position: usize) {
        for found in self.refs[at.0][position].clone() {
            if let Some(owner) = self.tree.ancestor(at, found.up) {
                self.mark(owner, found.space, found.index);
            }
        }
    }
}
