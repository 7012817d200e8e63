//! What is in the component, ready to be changed and written again?
//!
//! A tree of components and modules in which everything keeps the index that it had, whatever is
//! taken out or moved; numbers are assigned anew when the tree is encoded.

use std::borrow::Cow;
use std::sync::Arc;

use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExport, ComponentExternalKind, ComponentImport,
    ComponentInstance, ComponentOuterAliasKind, ComponentStartFunction, ComponentType, CoreType,
    ExternalKind,
};

use super::rewrite::Written;
use super::summary::{Body, Depth, Summary};
use crate::component::{Component, Entry};
use crate::diagnostic::Result;
use crate::module::Module;

/// Number of a component of the tree; 0 is the outermost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentId(pub usize);

/// Number of a module of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub usize);

/// An index space of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    CoreModule,
    CoreInstance,
    CoreType,
    CoreFunc,
    CoreTable,
    CoreMemory,
    CoreGlobal,
    CoreTag,
    Component,
    Instance,
    Type,
    Func,
    Value,
}

impl Space {
    pub const COUNT: usize = 13;
}

impl From<ComponentExternalKind> for Space {
    fn from(kind: ComponentExternalKind) -> Space {
        match kind {
            ComponentExternalKind::Module => Space::CoreModule,
            ComponentExternalKind::Func => Space::Func,
            ComponentExternalKind::Value => Space::Value,
            ComponentExternalKind::Type => Space::Type,
            ComponentExternalKind::Instance => Space::Instance,
            ComponentExternalKind::Component => Space::Component,
        }
    }
}

impl From<ExternalKind> for Space {
    fn from(kind: ExternalKind) -> Space {
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => Space::CoreFunc,
            ExternalKind::Table => Space::CoreTable,
            ExternalKind::Memory => Space::CoreMemory,
            ExternalKind::Global => Space::CoreGlobal,
            ExternalKind::Tag => Space::CoreTag,
        }
    }
}

impl From<ComponentOuterAliasKind> for Space {
    fn from(kind: ComponentOuterAliasKind) -> Space {
        match kind {
            ComponentOuterAliasKind::CoreModule => Space::CoreModule,
            ComponentOuterAliasKind::CoreType => Space::CoreType,
            ComponentOuterAliasKind::Type => Space::Type,
            ComponentOuterAliasKind::Component => Space::Component,
        }
    }
}

/// A definition. Names between core instances are owned: they may be changed.
#[derive(Clone, Debug)]
pub enum Def<'a> {
    CoreModule(ModuleId),
    CoreInstantiate {
        module: u32,
        args: Vec<(Cow<'a, str>, u32)>,
    },
    CoreBag(Vec<BagItem<'a>>),
    CoreAlias {
        kind: ExternalKind,
        instance: u32,
        name: Cow<'a, str>,
    },
    CoreType(CoreType<'a>),
    Component(ComponentId),
    Instance(ComponentInstance<'a>),
    Alias(ComponentAlias<'a>),
    Type(ComponentType<'a>),
    /// An instance type of which only these declarations are written.
    Pruned(Box<[wasmparser::InstanceTypeDeclaration<'a>]>, Vec<bool>),
    Canonical(CanonicalFunction),
    Start(ComponentStartFunction),
    Import(ComponentImport<'a>),
    Export(ComponentExport<'a>),
    Other(u8, &'a [u8]),
}

/// A named item of a core instance that is made from exports.
#[derive(Clone, Debug)]
pub struct BagItem<'a> {
    pub name: Cow<'a, str>,
    pub kind: ExternalKind,
    pub index: u32,
}

/// A definition and the indices it has.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    pub def: Def<'a>,
    /// The space it adds to, the first index and how many.
    pub adds: Option<(Space, u32, u32)>,
}

/// One component.
#[derive(Clone, Debug)]
pub struct Comp<'a> {
    pub parent: Option<ComponentId>,
    pub lines: Vec<Line<'a>>,
    /// What was added to be written before all lines: definitions that name nothing.
    pub first: Vec<Line<'a>>,
    /// By space and index: the position in `lines` as it was read.
    spaces: Vec<Vec<usize>>,
}

/// One module.
pub struct Mod<'a> {
    pub bytes: Cow<'a, [u8]>,
    pub summary: Summary<'a>,
    /// What the bodies name as they stand in `bytes`, where who wrote them knows.
    pub written: Option<Vec<Arc<Body>>>,
}

/// Everything. Without components it is one core module.
pub struct Tree<'a> {
    pub components: Vec<Comp<'a>>,
    pub modules: Vec<Mod<'a>>,
}

impl<'a> Comp<'a> {
    /// The position of the definition with this index.
    pub fn position(&self, space: Space, index: u32) -> Option<usize> {
        self.spaces
            .get(space as usize)?
            .get(index as usize)
            .copied()
    }

    /// The definition with this index, while nothing was moved.
    pub fn get(&self, space: Space, index: u32) -> Option<&Def<'a>> {
        let line = self.lines.get(self.position(space, index)?)?;
        Some(&line.def)
    }

    /// An index that no definition of a space has.
    pub fn fresh(&self, space: Space) -> u32 {
        let read = self.spaces.get(space as usize).map_or(0, Vec::len);
        let added = self.first.iter().filter(|line| {
            let adds = line.adds;
            adds.is_some_and(|(of, ..)| of == space)
        });
        (read + added.count()) as u32
    }

    /// Adds a definition before all others, and returns its index.
    pub fn add_first(&mut self, space: Space, def: Def<'a>) -> u32 {
        let index = self.fresh(space);
        let adds = Some((space, index, 1));
        self.first.push(Line { def, adds });
        index
    }

    fn push(&mut self, def: Def<'a>) {
        let position = self.lines.len();
        let adds = def.adds().map(|(space, count)| {
            let indices = &mut self.spaces[space as usize];
            let first = indices.len() as u32;
            indices.extend(std::iter::repeat_n(position, count as usize));
            (space, first, count)
        });
        self.lines.push(Line { def, adds });
    }
}

impl<'a> Def<'a> {
    /// The space a definition adds to, and how many indices.
    fn adds(&self) -> Option<(Space, u32)> {
        let one = |space| Some((space, 1));
        match self {
            Def::CoreModule(_) => one(Space::CoreModule),
            Def::CoreInstantiate { .. } | Def::CoreBag(_) => one(Space::CoreInstance),
            Def::CoreAlias { kind, .. } => one((*kind).into()),
            Def::CoreType(CoreType::Rec(group)) => {
                Some((Space::CoreType, group.types().len() as u32))
            }
            Def::CoreType(CoreType::Module(_)) => one(Space::CoreType),
            Def::Component(_) => one(Space::Component),
            Def::Instance(_) => one(Space::Instance),
            Def::Alias(ComponentAlias::InstanceExport { kind, .. }) => one((*kind).into()),
            Def::Alias(ComponentAlias::Outer { kind, .. }) => one((*kind).into()),
            Def::Alias(ComponentAlias::CoreInstanceExport { kind, .. }) => one((*kind).into()),
            Def::Type(_) | Def::Pruned(..) => one(Space::Type),
            Def::Canonical(CanonicalFunction::Lift { .. }) => one(Space::Func),
            Def::Canonical(_) => one(Space::CoreFunc),
            Def::Start(start) => Some((Space::Value, start.results.min(1_000))),
            Def::Import(import) => one(import.ty.kind().into()),
            Def::Export(export) => one(export.kind.into()),
            Def::Other(..) => None,
        }
    }
}

impl<'a> Tree<'a> {
    /// Reads a component with all that is nested in it.
    pub fn of_component(component: &Component<'a>, depth: Depth) -> Result<Tree<'a>> {
        let mut tree = Tree {
            components: Vec::new(),
            modules: Vec::new(),
        };
        let mut modules = Vec::new();
        tree.add(component, None, &mut modules)?;
        tree.modules = Mod::all(modules, depth)?;
        Ok(tree)
    }

    /// A module that stands alone.
    pub fn of_module(module: Module<'a>, depth: Depth) -> Result<Tree<'a>> {
        Ok(Tree {
            components: Vec::new(),
            modules: Mod::all(vec![module], depth)?,
        })
    }

    fn add(
        &mut self,
        component: &Component<'a>,
        parent: Option<ComponentId>,
        modules: &mut Vec<Module<'a>>,
    ) -> Result<ComponentId> {
        let id = ComponentId(self.components.len());
        self.components.push(Comp {
            parent,
            lines: Vec::new(),
            first: Vec::new(),
            spaces: vec![Vec::new(); Space::COUNT],
        });
        for entry in component.entries()? {
            let def = match entry {
                Entry::CoreModule(module) => {
                    modules.push(module.clone());
                    Def::CoreModule(ModuleId(modules.len() - 1))
                }
                Entry::Component(inner) => Def::Component(self.add(inner, Some(id), modules)?),
                entry => plain(entry),
            };
            self.components[id.0].push(def);
        }
        Ok(id)
    }

    /// The module that an index leads to: defined in the component, around it, or exported there.
    pub fn module(&self, at: ComponentId, index: u32) -> Option<ModuleId> {
        match self.defined(at, Space::CoreModule, index)? {
            Def::CoreModule(id) => Some(*id),
            _ => None,
        }
    }

    /// The component that an index leads to: defined in the component, around it, or exported there.
    pub fn component(&self, at: ComponentId, index: u32) -> Option<ComponentId> {
        match self.defined(at, Space::Component, index)? {
            Def::Component(id) => Some(*id),
            _ => None,
        }
    }

    /// Follows outer aliases and exports to a definition.
    fn defined(&self, mut at: ComponentId, space: Space, mut index: u32) -> Option<&Def<'a>> {
        loop {
            match self.components.get(at.0)?.get(space, index)? {
                Def::Alias(ComponentAlias::Outer {
                    count, index: i, ..
                }) => {
                    at = self.ancestor(at, *count)?;
                    index = *i;
                }
                Def::Export(export) => index = export.index,
                def => return Some(def),
            }
        }
    }

    /// The component so many levels around `at`.
    pub fn ancestor(&self, at: ComponentId, up: u32) -> Option<ComponentId> {
        (0..up).try_fold(at, |at, _| self.components.get(at.0)?.parent)
    }
}

/// An entry that holds no nested definition.
fn plain<'a>(entry: Entry<'_, 'a>) -> Def<'a> {
    match entry {
        Entry::CoreInstance(wasmparser::Instance::Instantiate { module_index, args }) => {
            Def::CoreInstantiate {
                module: module_index,
                args: args
                    .iter()
                    .map(|arg| (arg.name.into(), arg.index))
                    .collect(),
            }
        }
        Entry::CoreInstance(wasmparser::Instance::FromExports(exports)) => Def::CoreBag(
            exports
                .iter()
                .map(|export| BagItem {
                    name: export.name.into(),
                    kind: export.kind,
                    index: export.index,
                })
                .collect(),
        ),
        Entry::CoreType(ty) => Def::CoreType(ty),
        Entry::Instance(instance) => Def::Instance(instance),
        Entry::Alias(ComponentAlias::CoreInstanceExport {
            kind,
            instance_index,
            name,
        }) => Def::CoreAlias {
            kind,
            instance: instance_index,
            name: name.into(),
        },
        Entry::Alias(alias) => Def::Alias(alias),
        Entry::Type(ty) => Def::Type(ty),
        Entry::Canonical(canonical) => Def::Canonical(canonical),
        Entry::Start(start) => Def::Start(start),
        Entry::Import(import) => Def::Import(import),
        Entry::Export(export) => Def::Export(export),
        Entry::Other(id, bytes) => Def::Other(id, bytes),
        Entry::CoreModule(_) | Entry::Component(_) => Def::Other(0, &[]),
    }
}

impl<'a> Mod<'a> {
    /// Takes its new form.
    pub fn become_written(&mut self, new: Written) {
        self.bytes = new.bytes.into();
        self.written = new.bodies;
    }

    fn all(modules: Vec<Module<'a>>, depth: Depth) -> Result<Vec<Mod<'a>>> {
        use rayon::prelude::*;
        let read = |module: Module<'a>| {
            Ok(Mod {
                bytes: Cow::Borrowed(module.bytes()),
                summary: Summary::read(module, depth)?,
                written: None,
            })
        };
        modules.into_par_iter().map(read).collect()
    }
}
