//! Who supplies what is asked of an instance?

use std::borrow::Cow;

use wasmparser::{
    ComponentAlias, ComponentImport, ComponentInstance, ComponentTypeRef, ExternalKind,
};

use super::edges::Question;
use super::tables::supplier;
use super::{Demand, Live, Node};
use crate::shrink::tree::{ComponentId, Def, ModuleId, Space};

impl<'t, 'a> Live<'t, 'a> {
    /// Asks an instance for a member.
    pub(super) fn ask(&mut self, at: ComponentId, instance: u32, name: &'t str) {
        let demand = self.demands.entry((at, instance)).or_default();
        let (whole, is_new) = (demand.whole, !demand.whole && demand.members.insert(name));
        let member = (!whole).then_some(name);
        let before = self.enter(Question::Member(at, instance, member));
        if is_new {
            self.supply_member(at, instance, name);
        }
        self.leave(before);
    }

    fn supply_member(&mut self, at: ComponentId, instance: u32, name: &'t str) {
        self.mark(at, Space::Instance, instance);
        let tree = self.tree;
        match tree.components[at.0].get(Space::Instance, instance) {
            Some(Def::Instance(ComponentInstance::Instantiate {
                component_index, ..
            })) => {
                if let Some(child) = tree.component(at, *component_index) {
                    self.ask_export(child, name);
                }
            }
            Some(Def::Instance(ComponentInstance::FromExports(items))) => {
                if let Some(item) = self.item(at, Space::Instance, instance, name) {
                    let item = &items[item];
                    self.mark_or_pass(at, item.kind.into(), item.index);
                }
            }
            Some(Def::Import(import)) => {
                self.reach_member(at, instance, Some(name));
                if let ComponentTypeRef::Instance(ty) = import.ty {
                    self.ask_type(at, ty, name);
                }
                self.supply_import(at, instance, import, Some(name));
            }
            Some(Def::Export(export)) => self.ask(at, export.index, name),
            Some(Def::Alias(_)) => match self.resolve(at, instance) {
                Some((owner, index)) => self.ask(owner, index, name),
                None => self.deep(at, instance),
            },
            _ => {}
        }
    }

    /// Asks an instance for all that it has.
    pub(super) fn whole(&mut self, at: ComponentId, instance: u32) {
        let demand = self.demands.entry((at, instance)).or_default();
        let is_new = !std::mem::replace(&mut demand.whole, true);
        let before = self.enter(Question::Member(at, instance, None));
        if is_new {
            self.supply_whole(at, instance);
        }
        self.leave(before);
    }

    fn supply_whole(&mut self, at: ComponentId, instance: u32) {
        self.mark(at, Space::Instance, instance);
        let tree = self.tree;
        match tree.components[at.0].get(Space::Instance, instance) {
            Some(Def::Instance(ComponentInstance::Instantiate {
                component_index, ..
            })) => {
                let Some(child) = tree.component(at, *component_index) else {
                    return;
                };
                for (position, line) in tree.components[child.0].lines.iter().enumerate() {
                    if let Def::Export(export) = &line.def {
                        self.mark_line(child, position);
                        let before = self.enter_node(Node::Line(child, position));
                        self.pass(child, export.kind.into(), export.index);
                        self.leave(before);
                    }
                }
            }
            Some(Def::Instance(ComponentInstance::FromExports(items))) => {
                for item in items {
                    self.pass(at, item.kind.into(), item.index);
                }
            }
            Some(Def::Import(import)) => {
                self.reach_member(at, instance, None);
                if let ComponentTypeRef::Instance(ty) = import.ty {
                    self.ask_whole_type(at, ty);
                }
                self.supply_import(at, instance, import, None);
            }
            Some(Def::Export(export)) => self.whole(at, export.index),
            Some(Def::Alias(_)) => match self.resolve(at, instance) {
                Some((owner, index)) => self.whole(owner, index),
                None => self.deep(at, instance),
            },
            _ => {}
        }
    }

    /// An instance within an imported instance: its type is not taken apart, so whoever supplies
    /// the outer one must have all of it.
    fn deep(&mut self, at: ComponentId, instance: u32) {
        if let Some(Def::Alias(ComponentAlias::InstanceExport { instance_index, .. })) =
            self.tree.components[at.0].get(Space::Instance, instance)
        {
            self.whole(at, *instance_index);
        }
    }

    /// Follows aliases to the instance that is made or imported. `None` within imported ones.
    fn resolve(&self, mut at: ComponentId, mut instance: u32) -> Option<(ComponentId, u32)> {
        let tree = self.tree;
        loop {
            match tree.components[at.0].get(Space::Instance, instance)? {
                Def::Export(export) => instance = export.index,
                Def::Alias(ComponentAlias::InstanceExport {
                    instance_index,
                    name,
                    ..
                }) => {
                    let (owner, outer) = self.resolve(at, *instance_index)?;
                    (at, instance) = self.nested(owner, outer, name)?;
                }
                _ => return Some((at, instance)),
            }
        }
    }

    /// Where the instance is that a made instance has as a member.
    fn nested(&self, at: ComponentId, instance: u32, name: &str) -> Option<(ComponentId, u32)> {
        let tree = self.tree;
        match tree.components[at.0].get(Space::Instance, instance)? {
            Def::Instance(ComponentInstance::Instantiate {
                component_index, ..
            }) => {
                let child = tree.component(at, *component_index)?;
                match &tree.components[child.0].lines[self.named.export(child, name)?].def {
                    Def::Export(export) => Some((child, export.index)),
                    _ => None,
                }
            }
            Def::Instance(ComponentInstance::FromExports(items)) => {
                let item = self.item(at, Space::Instance, instance, name)?;
                Some((at, items[item].index))
            }
            _ => None,
        }
    }

    fn ask_export(&mut self, at: ComponentId, name: &str) {
        if let Some(position) = self.named.export(at, name) {
            self.mark_line(at, position);
        }
    }

    /// Where the name stands in what the instance is made from.
    fn item(&self, at: ComponentId, space: Space, instance: u32, name: &str) -> Option<usize> {
        let line = self.tree.components[at.0].position(space, instance)?;
        self.named.item(at, line, name)
    }

    /// Instances are followed member by member, modules and components not at all.
    fn mark_or_pass(&mut self, at: ComponentId, space: Space, index: u32) {
        match space {
            Space::Instance => self.mark(at, space, index),
            _ => self.pass(at, space, index),
        }
    }

    pub(super) fn visit_instance(
        &mut self,
        at: ComponentId,
        position: usize,
        component: u32,
        args: &'t [wasmparser::ComponentInstantiationArg<'a>],
    ) {
        self.mark(at, Space::Component, component);
        let Some(child) = self.tree.component(at, component) else {
            self.notes
                .insert("an instance of an imported component".to_string());
            for arg in args {
                self.pass(at, arg.kind.into(), arg.index);
            }
            return;
        };
        if let Some((_, index, _)) = self.tree.components[at.0].lines[position].adds {
            self.instantiations[child.0].push((at, index));
        }
        self.instantiate(child);
        let tree = self.tree;
        for (line, import) in tree.components[child.0].lines.iter().enumerate() {
            if let Def::Import(found) = &import.def
                && self.lines[child.0][line]
                && let Some((_, index, _)) = import.adds
            {
                let before = self.enter_node(Node::Line(child, line));
                self.supply_from((child, index, found), (at, position), args, None);
                self.leave(before);
            }
        }
    }

    pub(super) fn visit_import(
        &mut self,
        at: ComponentId,
        position: usize,
        import: &'t ComponentImport<'a>,
    ) {
        self.mark_refs(at, position);
        if let Some((_, index, _)) = self.tree.components[at.0].lines[position].adds {
            if let ComponentTypeRef::Instance(ty) = import.ty {
                match self.types.is_known(at, ty) {
                    true => self.demand_live(at, ty, index),
                    false => self.whole(at, index),
                }
            }
            self.supply_import(at, index, import, None);
        }
    }

    /// An import and what is asked of it, or this member alone, at every instantiation known so
    /// far.
    pub(super) fn supply_import(
        &mut self,
        at: ComponentId,
        index: u32,
        import: &'t ComponentImport<'a>,
        member: Option<&'t str>,
    ) {
        let tree = self.tree;
        for (parent, instance) in self.instantiations[at.0].clone() {
            let parent_lines = &tree.components[parent.0];
            if let Some(line) = parent_lines.position(Space::Instance, instance)
                && let Def::Instance(ComponentInstance::Instantiate { args, .. }) =
                    &parent_lines.lines[line].def
            {
                self.supply_from((at, index, import), (parent, line), args, member);
            }
        }
    }

    fn supply_from(
        &mut self,
        (at, index, import): (ComponentId, u32, &'t ComponentImport<'a>),
        (parent, line): (ComponentId, usize),
        args: &'t [wasmparser::ComponentInstantiationArg<'a>],
        member: Option<&'t str>,
    ) {
        let Some(arg) = self.named.item(parent, line, import.name.name) else {
            return;
        };
        let arg = &args[arg];
        self.mark_or_pass(parent, arg.kind.into(), arg.index);
        if !matches!(import.ty, ComponentTypeRef::Instance(_)) {
            return;
        }
        let demand = match member {
            Some(name) => Demand {
                whole: false,
                members: [name].into_iter().collect(),
            },
            None => self.demands.get(&(at, index)).cloned().unwrap_or_default(),
        };
        self.ask_all(parent, arg.index, &demand);
    }

    fn ask_all(&mut self, at: ComponentId, instance: u32, demand: &Demand<'t>) {
        if demand.whole {
            return self.whole(at, instance);
        }
        for name in &demand.members {
            self.ask(at, instance, name);
            // The type of an instance within the imported one is not taken apart.
            if let Some((owner, index)) = self
                .resolve(at, instance)
                .and_then(|(owner, index)| self.nested(owner, index, name))
                && self.is_instance_member(at, instance, name)
            {
                self.whole(owner, index);
            }
        }
    }

    fn is_instance_member(&self, at: ComponentId, instance: u32, name: &str) -> bool {
        let Some((owner, index)) = self.resolve(at, instance) else {
            return false;
        };
        let instance_kind = wasmparser::ComponentExternalKind::Instance;
        match self.tree.components[owner.0].get(Space::Instance, index) {
            Some(Def::Instance(ComponentInstance::FromExports(items))) => {
                let item = self.item(owner, Space::Instance, index, name);
                item.is_some_and(|item| items[item].kind == instance_kind)
            }
            Some(Def::Instance(ComponentInstance::Instantiate {
                component_index, ..
            })) => {
                let Some(child) = self.tree.component(owner, *component_index) else {
                    return false;
                };
                let lines = &self.tree.components[child.0].lines;
                let line = self.named.export(child, name).map(|line| &lines[line].def);
                matches!(line, Some(Def::Export(export)) if export.kind == instance_kind)
            }
            _ => false,
        }
    }

    pub(super) fn visit_core_instance(
        &mut self,
        at: ComponentId,
        position: usize,
        module: u32,
        args: &'t [(Cow<'a, str>, u32)],
    ) {
        self.mark(at, Space::CoreModule, module);
        let Some(id) = self.tree.module(at, module) else {
            self.notes
                .insert("an instance of an imported core module".to_string());
            for (_, instance) in args {
                self.core_whole(at, *instance);
            }
            return;
        };
        self.module_instantiations[id.0].push((at, position));
        self.instantiate_module(id);
        let tree = self.tree;
        for (number, import) in tree.modules[id.0].summary.imports.iter().enumerate() {
            if self.modules[id.0].imports[number] {
                let item = tree.modules[id.0].summary.imported_item(number);
                let before = item.map(|(kind, index)| self.enter_node(Node::Item(id, kind, index)));
                self.supply_core_from((at, position), args, import.module, import.name);
                before.into_iter().for_each(|before| self.leave(before));
            }
        }
    }

    /// A live import of a module, at every instantiation that is live.
    pub(super) fn supply_core(&mut self, module: ModuleId, position: usize) {
        let tree = self.tree;
        let import = &tree.modules[module.0].summary.imports[position];
        for (at, line) in self.module_instantiations[module.0].clone() {
            if let Def::CoreInstantiate { args, .. } = &tree.components[at.0].lines[line].def {
                self.supply_core_from((at, line), args, import.module, import.name);
            }
        }
    }

    fn supply_core_from(
        &mut self,
        (at, line): (ComponentId, usize),
        args: &'t [(Cow<'a, str>, u32)],
        module: &str,
        name: &'t str,
    ) {
        if let Some(arg) = self.named.item(at, line, module) {
            self.ask_core(at, args[arg].1, name);
        }
    }

    /// Asks a core instance for a member.
    pub(super) fn ask_core(&mut self, at: ComponentId, instance: u32, name: &'t str) {
        let demand = self.core_demands.entry((at, instance)).or_default();
        let is_new = demand.insert(name);
        let before = self.enter(Question::CoreMember(at, instance, name));
        if is_new {
            self.supply_core_member(at, instance, name);
        }
        self.leave(before);
    }

    fn supply_core_member(&mut self, at: ComponentId, instance: u32, name: &'t str) {
        self.mark(at, Space::CoreInstance, instance);
        let tree = self.tree;
        match tree.components[at.0].get(Space::CoreInstance, instance) {
            Some(Def::CoreInstantiate { module, .. }) => {
                if let Some(id) = tree.module(at, *module) {
                    self.ask_module(id, name);
                }
            }
            Some(Def::CoreBag(items)) => {
                if let Some(item) = self.item(at, Space::CoreInstance, instance, name) {
                    self.mark(at, items[item].kind.into(), items[item].index);
                }
            }
            _ => {}
        }
    }

    /// Asks a core instance for all that it has, for somebody who may do anything with it.
    pub(super) fn core_whole(&mut self, at: ComponentId, instance: u32) {
        self.mark(at, Space::CoreInstance, instance);
        let tree = self.tree;
        match tree.components[at.0].get(Space::CoreInstance, instance) {
            Some(Def::CoreInstantiate { module, .. }) => {
                if let Some(id) = tree.module(at, *module) {
                    self.keep_exports(id);
                    for export in &tree.modules[id.0].summary.exports {
                        self.ask_core(at, instance, export.name);
                    }
                }
            }
            Some(Def::CoreBag(items)) => {
                for item in items {
                    self.ask_core(at, instance, &item.name);
                    if item.kind == ExternalKind::Table
                        && let Some((owner, table)) = supplier(tree, at, instance, &item.name)
                    {
                        self.classes.escape(owner, table);
                    }
                }
            }
            _ => {}
        }
    }
}
