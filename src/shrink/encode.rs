//! How is the tree written?
//!
//! Items of one kind that follow each other share a section, numbers take as few bytes as they
//! can, and indices are given in the order of writing. What items are called comes last: all have
//! their numbers then.

mod names;

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent};
use wasm_encoder::{
    Alias, CanonicalFunctionSection, Component, ComponentAliasSection, ComponentExportSection,
    ComponentImportSection, ComponentInstanceSection, ComponentStartSection, ComponentTypeSection,
    CoreTypeSection, InstanceSection, ModuleArg, RawSection,
};

use super::live::declared;
use super::tree::{ComponentId, Def, Line, Space, Tree};

type Result<T> = std::result::Result<T, Error<Infallible>>;

/// Writes the outermost component. Fails where a definition names one that is gone.
pub fn component(tree: &Tree<'_>) -> Result<Vec<u8>> {
    nested(tree, ComponentId(0))
}

/// Writes a component that names nothing around it.
pub fn nested(tree: &Tree<'_>, at: ComponentId) -> Result<Vec<u8>> {
    let mut writer = Writer { scopes: Vec::new() };
    writer.component(tree, at)
}

/// New indices by space and old index, of one scope.
#[derive(Clone, Debug, Default)]
struct Scope {
    indices: [Vec<Option<u32>>; Space::COUNT],
    counts: [u32; Space::COUNT],
    /// Old index is new index: a type that is written as it is.
    same: bool,
}

impl Scope {
    fn add(&mut self, space: Space, old: u32) {
        let indices = &mut self.indices[space as usize];
        if indices.len() <= old as usize {
            indices.resize(old as usize + 1, None);
        }
        let count = &mut self.counts[space as usize];
        indices[old as usize] = Some(*count);
        *count += 1;
    }

    fn get(&self, space: Space, old: u32) -> Option<u32> {
        if self.same {
            return Some(old);
        }
        let indices = &self.indices[space as usize];
        indices.get(old as usize).copied().flatten()
    }
}

/// Writes definitions, with the scopes around the current place, innermost last.
struct Writer {
    scopes: Vec<Scope>,
}

/// The section that is being filled.
enum Open {
    CoreInstances(InstanceSection),
    CoreTypes(CoreTypeSection),
    Instances(ComponentInstanceSection),
    Aliases(ComponentAliasSection),
    Types(ComponentTypeSection),
    Canonicals(CanonicalFunctionSection),
    Imports(ComponentImportSection),
    Exports(ComponentExportSection),
}

impl Open {
    fn close(self, into: &mut Component) {
        match self {
            Open::CoreInstances(section) => into.section(&section),
            Open::CoreTypes(section) => into.section(&section),
            Open::Instances(section) => into.section(&section),
            Open::Aliases(section) => into.section(&section),
            Open::Types(section) => into.section(&section),
            Open::Canonicals(section) => into.section(&section),
            Open::Imports(section) => into.section(&section),
            Open::Exports(section) => into.section(&section),
        };
    }

    /// The section that a definition belongs to, where several may share one.
    fn of(def: &Def<'_>) -> Option<Open> {
        Some(match def {
            Def::CoreInstantiate { .. } | Def::CoreBag(_) => {
                Open::CoreInstances(Default::default())
            }
            Def::CoreType(_) => Open::CoreTypes(Default::default()),
            Def::Instance(_) => Open::Instances(Default::default()),
            Def::Alias(_) | Def::CoreAlias { .. } => Open::Aliases(Default::default()),
            Def::Type(_) | Def::Pruned(..) => Open::Types(Default::default()),
            Def::Canonical(_) => Open::Canonicals(Default::default()),
            Def::Import(_) => Open::Imports(Default::default()),
            Def::Export(_) => Open::Exports(Default::default()),
            Def::CoreModule(_) | Def::Component(_) | Def::Start(_) | Def::Other(..) => return None,
        })
    }
}

impl Writer {
    fn component(&mut self, tree: &Tree<'_>, at: ComponentId) -> Result<Vec<u8>> {
        self.scopes.push(Scope::default());
        let mut out = Component::new();
        let mut open: Option<Open> = None;
        let comp = tree.components.get(at.0);
        let lines = comp
            .iter()
            .flat_map(|comp| comp.first.iter().chain(&comp.lines));
        let mut named = Vec::new();
        for line in lines {
            if let Def::Other(0, section) = &line.def
                && let Some(names) = names::contents(section)
            {
                named.push(names);
                continue;
            }
            let wanted = Open::of(&line.def);
            let fits = match (&open, &wanted) {
                (Some(open), Some(wanted)) => {
                    std::mem::discriminant(open) == std::mem::discriminant(wanted)
                }
                _ => false,
            };
            if !fits {
                if let Some(open) = open.take() {
                    open.close(&mut out);
                }
                open = wanted;
            }
            // A group of core types may name its own members.
            self.number(line);
            match &mut open {
                Some(open) => self.item(open, line)?,
                None => self.single(tree, line, &mut out)?,
            }
        }
        if let Some(open) = open {
            open.close(&mut out);
        }
        let scope = self.scopes.pop().unwrap_or_default();
        for names in named {
            let names = names::renumbered(names, &scope);
            if !names.is_empty() {
                out.section(&names.as_custom());
            }
        }
        Ok(out.finish())
    }

    fn number(&mut self, line: &Line<'_>) {
        if let (Some((space, first, count)), Some(scope)) = (line.adds, self.scopes.last_mut()) {
            for index in first..first + count {
                scope.add(space, index);
            }
        }
    }

    /// A definition with a section of its own.
    fn single(&mut self, tree: &Tree<'_>, line: &Line<'_>, out: &mut Component) -> Result<()> {
        match &line.def {
            Def::CoreModule(module) => {
                if let Some(module) = tree.modules.get(module.0) {
                    let data = &module.bytes;
                    out.section(&RawSection { id: 1, data });
                }
            }
            Def::Component(inner) => {
                let data = &self.component(tree, *inner)?;
                out.section(&RawSection { id: 4, data });
            }
            Def::Start(start) => {
                let args = start.arguments.iter();
                out.section(&ComponentStartSection {
                    function_index: self.component_func_index(start.func_index),
                    args: args
                        .map(|&value| self.component_value_index(value))
                        .collect::<Vec<_>>(),
                    results: start.results,
                });
            }
            Def::Other(id, data) => {
                out.section(&RawSection { id: *id, data });
            }
            _ => {}
        }
        Ok(())
    }

    fn item(&mut self, open: &mut Open, line: &Line<'_>) -> Result<()> {
        match (open, line.def.clone()) {
            (Open::CoreInstances(section), Def::CoreInstantiate { module, args }) => {
                let module = self.module_index(module);
                let mut new = Vec::new();
                for (name, instance) in &args {
                    let instance = self.instance_index(*instance);
                    new.push((name.as_ref(), ModuleArg::Instance(instance)));
                }
                section.instantiate(module, new);
            }
            (Open::CoreInstances(section), Def::CoreBag(items)) => {
                let mut new = Vec::new();
                for item in &items {
                    let kind = self.export_kind(item.kind)?;
                    let index = self.external_index(item.kind, item.index)?;
                    new.push((item.name.as_ref(), kind, index));
                }
                section.export_items(new);
            }
            (Open::CoreTypes(section), Def::CoreType(ty)) => {
                self.parse_component_core_type(section.ty(), ty)?;
            }
            (Open::Instances(section), Def::Instance(instance)) => {
                self.parse_component_instance(section, instance)?;
            }
            (Open::Aliases(section), Def::Alias(alias)) => {
                section.alias(self.component_alias(alias)?);
            }
            (
                Open::Aliases(section),
                Def::CoreAlias {
                    kind,
                    instance,
                    name,
                },
            ) => {
                let instance = self.instance_index(instance);
                let kind = self.export_kind(kind)?;
                section.alias(Alias::CoreInstanceExport {
                    instance,
                    kind,
                    name: &name,
                });
            }
            (Open::Types(section), Def::Type(ty)) => {
                self.parse_component_type(section.ty(), ty)?;
            }
            (Open::Types(section), Def::Pruned(declarations, keep)) => {
                section.ty().instance(&self.pruned(declarations, &keep)?);
            }
            (Open::Canonicals(section), Def::Canonical(canonical)) => {
                self.parse_component_canonical(section, canonical)?;
            }
            (Open::Imports(section), Def::Import(import)) => {
                section.import(import.name, self.component_type_ref(import.ty)?);
            }
            (Open::Exports(section), Def::Export(export)) => {
                self.parse_component_export(section, export)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// The declarations of an instance type that are kept.
    fn pruned(
        &mut self,
        declarations: Box<[wasmparser::InstanceTypeDeclaration<'_>]>,
        keep: &[bool],
    ) -> Result<wasm_encoder::InstanceType> {
        let mut ty = wasm_encoder::InstanceType::new();
        let mut old = [0u32; Space::COUNT];
        self.scopes.push(Scope::default());
        for (declaration, keep) in Vec::from(declarations).into_iter().zip(keep) {
            let (space, count) = declared(&declaration);
            let first = old[space as usize];
            old[space as usize] += count;
            if !keep {
                continue;
            }
            // A group of core types may name its own members.
            if let Some(scope) = self.scopes.last_mut() {
                (first..first + count).for_each(|index| scope.add(space, index));
            }
            self.parse_component_instance_type_declaration(&mut ty, declaration)?;
        }
        self.scopes.pop();
        Ok(ty)
    }

    /// The new index of what a definition names. A definition that is gone was not live, so nothing
    /// live names it; the number that then stands there fails the validation at the end.
    fn new_index(&self, count: u32, space: Space, old: u32) -> u32 {
        let scopes = self.scopes.len();
        let scope = scopes.checked_sub(1 + count as usize);
        let scope = scope.and_then(|at| self.scopes.get(at));
        scope
            .and_then(|scope| scope.get(space, old))
            .unwrap_or(u32::MAX)
    }
}

impl Reencode for Writer {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.new_index(0, Space::CoreFunc, index))
    }

    fn table_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.new_index(0, Space::CoreTable, index))
    }

    fn memory_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.new_index(0, Space::CoreMemory, index))
    }

    fn global_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.new_index(0, Space::CoreGlobal, index))
    }

    fn tag_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.new_index(0, Space::CoreTag, index))
    }

    fn type_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.new_index(0, Space::CoreType, index))
    }
}

impl ReencodeComponent for Writer {
    fn component_type_index(&mut self, index: u32) -> u32 {
        self.new_index(0, Space::Type, index)
    }

    fn component_instance_index(&mut self, index: u32) -> u32 {
        self.new_index(0, Space::Instance, index)
    }

    fn component_func_index(&mut self, index: u32) -> u32 {
        self.new_index(0, Space::Func, index)
    }

    fn component_index(&mut self, index: u32) -> u32 {
        self.new_index(0, Space::Component, index)
    }

    fn module_index(&mut self, index: u32) -> u32 {
        self.new_index(0, Space::CoreModule, index)
    }

    fn instance_index(&mut self, index: u32) -> u32 {
        self.new_index(0, Space::CoreInstance, index)
    }

    fn component_value_index(&mut self, index: u32) -> u32 {
        self.new_index(0, Space::Value, index)
    }

    fn outer_type_index(&mut self, count: u32, index: u32) -> Result<u32> {
        Ok(self.new_index(count, Space::CoreType, index))
    }

    fn outer_component_type_index(&mut self, count: u32, index: u32) -> u32 {
        self.new_index(count, Space::Type, index)
    }

    fn outer_component_index(&mut self, count: u32, index: u32) -> u32 {
        self.new_index(count, Space::Component, index)
    }

    fn outer_module_index(&mut self, count: u32, index: u32) -> u32 {
        self.new_index(count, Space::CoreModule, index)
    }

    fn push_depth(&mut self) {
        self.scopes.push(Scope {
            same: true,
            ..Scope::default()
        });
    }

    fn pop_depth(&mut self) {
        self.scopes.pop();
    }
}
