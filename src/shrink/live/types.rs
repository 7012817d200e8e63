//! Which members of an imported instance does anybody use?
//!
//! An instance type that nothing but imports of its component names can lose what no live item
//! asks for. Its declarations name each other, so they form a graph of their own.

use indexmap::IndexMap;
use wasmparser::{ComponentType, ComponentTypeRef, InstanceTypeDeclaration};

use super::Live;
use crate::shrink::scan::{Ref, Scan};
use crate::shrink::tree::{ComponentId, Def, Space, Tree};

/// All instance types of the tree, by component and type index.
#[derive(Debug, Default)]
pub(super) struct InstanceTypes<'t> {
    types: IndexMap<(ComponentId, u32), InstanceType<'t>>,
}

#[derive(Debug)]
struct InstanceType<'t> {
    /// Nothing but imports names it.
    prunable: bool,
    live: Vec<bool>,
    refs: Vec<Vec<Ref>>,
    /// By declaration, the name that it exports.
    names: Vec<Option<&'t str>>,
    /// By name, the declaration that exports it.
    exports: IndexMap<&'t str, usize>,
    /// By space and index within the type, the declaration.
    defines: IndexMap<(Space, u32), usize>,
    /// The imported instances of this type.
    users: Vec<u32>,
}

impl<'t> InstanceTypes<'t> {
    pub(super) fn of<'a>(tree: &'t Tree<'a>, refs: &[Vec<Vec<Ref>>]) -> InstanceTypes<'t> {
        let mut found = InstanceTypes::default();
        for (number, comp) in tree.components.iter().enumerate() {
            for line in &comp.lines {
                if let (Def::Type(ComponentType::Instance(declarations)), Some((_, index, _))) =
                    (&line.def, line.adds)
                {
                    let ty = InstanceType::read(declarations);
                    found.types.insert((ComponentId(number), index), ty);
                }
            }
        }
        for (number, comp) in tree.components.iter().enumerate() {
            let at = ComponentId(number);
            for (position, line) in comp.lines.iter().enumerate() {
                found.note_user(tree, at, line, &refs[number][position]);
            }
        }
        found
    }

    fn note_user(
        &mut self,
        tree: &Tree<'_>,
        at: ComponentId,
        line: &super::super::tree::Line<'_>,
        refs: &[Ref],
    ) {
        if let Def::Import(import) = &line.def
            && let ComponentTypeRef::Instance(ty) = import.ty
        {
            if let (Some(found), Some((_, index, _))) = (self.types.get_mut(&(at, ty)), line.adds) {
                found.users.push(index);
            }
            return;
        }
        for found in refs.iter().filter(|found| found.space == Space::Type) {
            if let Some(owner) = tree.ancestor(at, found.up)
                && let Some(ty) = self.types.get_mut(&(owner, found.index))
            {
                ty.prunable = false;
            }
        }
    }

    /// Can its members be told?
    pub(super) fn is_known(&self, at: ComponentId, ty: u32) -> bool {
        self.types.contains_key(&(at, ty))
    }

    /// Which declarations are live; `None` for all.
    pub(super) fn live(&self, at: ComponentId, ty: u32) -> Option<&[bool]> {
        let found = self.types.get(&(at, ty))?;
        (!found.live.iter().all(|live| *live)).then_some(&found.live)
    }
}

impl<'t> InstanceType<'t> {
    fn read<'a>(declarations: &'t [InstanceTypeDeclaration<'a>]) -> InstanceType<'t> {
        let mut ty = InstanceType {
            prunable: true,
            live: vec![false; declarations.len()],
            refs: Vec::new(),
            names: Vec::new(),
            exports: IndexMap::new(),
            defines: IndexMap::new(),
            users: Vec::new(),
        };
        let mut counts = [0u32; Space::COUNT];
        for (position, declaration) in declarations.iter().enumerate() {
            ty.refs
                .push(Scan::declaration(declaration.clone()).unwrap_or_default());
            let name = match declaration {
                InstanceTypeDeclaration::Export { name, .. } => Some(name.name),
                _ => None,
            };
            ty.names.push(name);
            if let Some(name) = name {
                ty.exports.entry(name).or_insert(position);
            }
            let (space, count) = declared(declaration);
            for _ in 0..count {
                let index = &mut counts[space as usize];
                ty.defines.insert((space, *index), position);
                *index += 1;
            }
        }
        ty
    }
}

/// The space that a declaration adds to, and how many indices.
pub fn declared(declaration: &InstanceTypeDeclaration<'_>) -> (Space, u32) {
    use wasmparser::{ComponentAlias, CoreType};
    match declaration {
        InstanceTypeDeclaration::CoreType(CoreType::Rec(group)) => {
            (Space::CoreType, group.types().len() as u32)
        }
        InstanceTypeDeclaration::CoreType(CoreType::Module(_)) => (Space::CoreType, 1),
        InstanceTypeDeclaration::Type(_) => (Space::Type, 1),
        InstanceTypeDeclaration::Alias(alias) => match alias {
            ComponentAlias::InstanceExport { kind, .. } => ((*kind).into(), 1),
            ComponentAlias::CoreInstanceExport { kind, .. } => ((*kind).into(), 1),
            ComponentAlias::Outer { kind, .. } => ((*kind).into(), 1),
        },
        InstanceTypeDeclaration::Export { ty, .. } => match ty {
            ComponentTypeRef::Module(_) => (Space::CoreModule, 1),
            ComponentTypeRef::Func(_) => (Space::Func, 1),
            ComponentTypeRef::Value(_) => (Space::Value, 1),
            ComponentTypeRef::Type(_) => (Space::Type, 1),
            ComponentTypeRef::Instance(_) => (Space::Instance, 1),
            ComponentTypeRef::Component(_) => (Space::Component, 1),
        },
    }
}

impl<'t, 'a> Live<'t, 'a> {
    /// A type is live: all that it names, or nothing yet where its members are asked for one by
    /// one.
    pub(super) fn visit_type(&mut self, at: ComponentId, position: usize) {
        let Some((_, index, _)) = self.tree.components[at.0].lines[position].adds else {
            return;
        };
        match self.types.types.get(&(at, index)) {
            Some(ty) if ty.prunable => {}
            Some(_) => self.ask_whole_type(at, index),
            None => self.mark_refs(at, position),
        }
    }

    /// Every member of an instance type is live.
    pub(super) fn ask_whole_type(&mut self, at: ComponentId, ty: u32) {
        let Some(found) = self.types.types.get(&(at, ty)) else {
            return;
        };
        for declaration in 0..found.live.len() {
            self.mark_declaration(at, ty, declaration);
        }
    }

    /// A member of an instance type is live.
    pub(super) fn ask_type(&mut self, at: ComponentId, ty: u32, name: &str) {
        let Some(found) = self.types.types.get(&(at, ty)) else {
            return;
        };
        if let Some(&declaration) = found.exports.get(name) {
            self.mark_declaration(at, ty, declaration);
        }
    }

    /// Marks a declaration, what it names, and that member of every instance of the type.
    fn mark_declaration(&mut self, at: ComponentId, ty: u32, declaration: usize) {
        let mut pending = vec![declaration];
        while let Some(declaration) = pending.pop() {
            let Some(found) = self.types.types.get_mut(&(at, ty)) else {
                return;
            };
            if std::mem::replace(&mut found.live[declaration], true) {
                continue;
            }
            let (name, users) = (found.names[declaration], found.users.clone());
            let mut outer = Vec::new();
            for named in &found.refs[declaration] {
                if named.up > 0 {
                    outer.push(*named);
                } else if let Some(position) = found.defines.get(&(named.space, named.index)) {
                    pending.push(*position);
                }
            }
            for named in outer {
                if let Some(owner) = self.tree.ancestor(at, named.up - 1) {
                    self.mark(owner, named.space, named.index);
                }
            }
            if let Some(name) = name {
                for user in users {
                    self.demand(at, user, name);
                }
            }
        }
    }

    /// A member of a type that is live is asked of an instance, where that is live.
    fn demand(&mut self, at: ComponentId, instance: u32, name: &'t str) {
        let position = self.tree.components[at.0].position(Space::Instance, instance);
        if position.is_some_and(|position| self.lines[at.0][position]) {
            self.ask(at, instance, name);
        }
    }

    /// The members of a type that are live already are asked of an instance that is live now.
    pub(super) fn demand_live(&mut self, at: ComponentId, ty: u32, instance: u32) {
        let Some(found) = self.types.types.get(&(at, ty)) else {
            return;
        };
        let live = found.names.iter().zip(&found.live);
        let live = live.filter_map(|(name, live)| name.filter(|_| *live));
        for name in live.collect::<Vec<_>>() {
            self.ask(at, instance, name);
        }
    }
}
