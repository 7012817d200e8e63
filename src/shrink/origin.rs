//! Which import of the outermost component is behind this item?
//!
//! Followed are aliases, exports, instances and the arguments of every instantiation around. Where
//! two instantiations supply different things, or one is not known, there is no answer.

use indexmap::IndexMap;
use wasmparser::{ComponentAlias, ComponentExternalKind, ComponentInstance};

use super::tree::{ComponentId, Def, Space, Tree};

/// An import, or a member of one that is an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'t, 'a> {
    pub import: &'t wasmparser::ComponentImport<'a>,
    pub member: Option<&'t str>,
}

/// Finds origins.
pub struct Origins<'t, 'a> {
    tree: &'t Tree<'a>,
    /// By component: where it is instantiated, and with what; `None` where somebody unknown does.
    instantiations: Vec<Option<Vec<Instantiation<'t, 'a>>>>,
    /// The answers so far.
    items: IndexMap<(ComponentId, Space, u32), Option<Origin<'t, 'a>>>,
    members: IndexMap<(ComponentId, u32, Space, &'t str), Option<Origin<'t, 'a>>>,
}

#[derive(Clone, Copy, Debug)]
struct Instantiation<'t, 'a> {
    at: ComponentId,
    args: &'t [wasmparser::ComponentInstantiationArg<'a>],
}

/// Deeper than any component is.
const MAX_STEPS: usize = 256;

impl<'t, 'a> Origins<'t, 'a> {
    pub fn of(tree: &'t Tree<'a>) -> Self {
        let mut origins = Origins {
            tree,
            instantiations: vec![Some(Vec::new()); tree.components.len()],
            items: IndexMap::new(),
            members: IndexMap::new(),
        };
        for (number, component) in tree.components.iter().enumerate() {
            for line in &component.lines {
                origins.note(ComponentId(number), &line.def);
            }
        }
        origins
    }

    fn note(&mut self, at: ComponentId, def: &'t Def<'a>) {
        let component = ComponentExternalKind::Component;
        match def {
            Def::Instance(ComponentInstance::Instantiate {
                component_index,
                args,
            }) => {
                if let Some(child) = self.tree.component(at, *component_index)
                    && let Some(known) = &mut self.instantiations[child.0]
                {
                    known.push(Instantiation { at, args });
                }
                let passed = args.iter().filter(|arg| arg.kind == component);
                passed.for_each(|arg| self.pass(at, arg.index));
            }
            Def::Instance(ComponentInstance::FromExports(items)) => {
                let passed = items.iter().filter(|item| item.kind == component);
                passed.for_each(|item| self.pass(at, item.index));
            }
            Def::Export(export) if export.kind == component => self.pass(at, export.index),
            _ => {}
        }
    }

    /// A component that somebody unknown may instantiate.
    fn pass(&mut self, at: ComponentId, index: u32) {
        if let Some(id) = self.tree.component(at, index) {
            self.instantiations[id.0] = None;
        }
    }

    /// The import behind a function or type of a component.
    pub fn origin(&mut self, at: ComponentId, space: Space, index: u32) -> Option<Origin<'t, 'a>> {
        self.item(at, space, index, 0)
    }

    fn item(
        &mut self,
        at: ComponentId,
        space: Space,
        index: u32,
        steps: usize,
    ) -> Option<Origin<'t, 'a>> {
        if steps > MAX_STEPS {
            return None;
        }
        if let Some(known) = self.items.get(&(at, space, index)) {
            return *known;
        }
        let found = self.find_item(at, space, index, steps + 1);
        self.items.insert((at, space, index), found);
        found
    }

    fn find_item(
        &mut self,
        at: ComponentId,
        space: Space,
        index: u32,
        steps: usize,
    ) -> Option<Origin<'t, 'a>> {
        let tree = self.tree;
        match tree.components.get(at.0)?.get(space, index)? {
            Def::Alias(ComponentAlias::InstanceExport {
                instance_index,
                name,
                ..
            }) => self.member(at, *instance_index, space, name, steps),
            Def::Alias(ComponentAlias::Outer { count, index, .. }) => {
                self.item(tree.ancestor(at, *count)?, space, *index, steps)
            }
            Def::Export(export) => self.item(at, space, export.index, steps),
            Def::Import(import) if at == ComponentId(0) => Some(Origin {
                import,
                member: None,
            }),
            Def::Import(import) => self.supplied(at, import.name.name, |all, at, index| {
                all.item(at, space, index, steps)
            }),
            _ => None,
        }
    }

    /// What is behind a member of an instance.
    fn member(
        &mut self,
        at: ComponentId,
        instance: u32,
        space: Space,
        name: &'t str,
        steps: usize,
    ) -> Option<Origin<'t, 'a>> {
        if steps > MAX_STEPS {
            return None;
        }
        if let Some(known) = self.members.get(&(at, instance, space, name)) {
            return *known;
        }
        let found = self.find_member((at, instance), space, name, steps + 1);
        self.members.insert((at, instance, space, name), found);
        found
    }

    fn find_member(
        &mut self,
        (at, instance): (ComponentId, u32),
        space: Space,
        name: &'t str,
        steps: usize,
    ) -> Option<Origin<'t, 'a>> {
        let tree = self.tree;
        let component = tree.components.get(at.0)?;
        match component.get(Space::Instance, instance)? {
            Def::Import(import) if at == ComponentId(0) => Some(Origin {
                import,
                member: Some(name),
            }),
            Def::Import(import) => self.supplied(at, import.name.name, |all, at, index| {
                all.member(at, index, space, name, steps)
            }),
            Def::Instance(ComponentInstance::Instantiate {
                component_index, ..
            }) => {
                let child = tree.component(at, *component_index)?;
                let mut lines = tree.components.get(child.0)?.lines.iter();
                let index = lines.find_map(|line| match &line.def {
                    Def::Export(export) if export.name.name == name => Some(export.index),
                    _ => None,
                })?;
                self.item(child, space, index, steps)
            }
            Def::Instance(ComponentInstance::FromExports(items)) => {
                let item = items.iter().find(|item| item.name.name == name)?;
                self.item(at, space, item.index, steps)
            }
            Def::Export(export) => self.member(at, export.index, space, name, steps),
            _ => None,
        }
    }

    /// What all instantiations of a component supply for an import.
    fn supplied(
        &mut self,
        at: ComponentId,
        name: &str,
        find: impl Fn(&mut Self, ComponentId, u32) -> Option<Origin<'t, 'a>>,
    ) -> Option<Origin<'t, 'a>> {
        let known = self.instantiations.get(at.0)?.clone()?;
        let mut found = known.iter().map(|instantiation| {
            let arg = instantiation.args.iter().find(|arg| arg.name == name)?;
            find(self, instantiation.at, arg.index)
        });
        let first = found.next()??;
        found.all(|other| other == Some(first)).then_some(first)
    }
}
