//! How is a component read?
//!
//! The one place that turns the sections of a component into its index spaces.

use std::ops::Range;
use std::sync::Arc;

use wasmparser::{
    BinaryReader, CanonicalFunction, ComponentAlias, ComponentExport, ComponentExternalKind,
    ComponentImport, ComponentInstance, ComponentOuterAliasKind, ComponentStartFunction,
    ComponentType, CoreType, ExternalKind, FromReader, SectionLimited,
};

use super::index::{
    ComponentIndex, CoreFuncIndex, CoreGlobalIndex, CoreInstanceIndex, CoreMemoryIndex,
    CoreModuleIndex, CoreTableIndex, CoreTagIndex, FuncIndex, InstanceIndex, ValueIndex,
};
use super::{
    Alias, Component, CoreExport, CoreInstance, CoreItem, Definition, Elsewhere, Export, Import,
    Instance, Item, Nested, Origin, Space, Start,
};
use crate::binary::{Section, Sections};
use crate::diagnostic::{self, Diagnostic, Result, locate};
use crate::module::{Module, broken_frame};

/// How deep components may nest. Real ones nest a handful deep; the limit bounds recursion.
const MAX_DEPTH: usize = 256;

/// How many values a start function may add: validators refuse more.
const MAX_VALUES: u32 = 1_000;

impl<'a> Component<'a> {
    /// Parses the component that fills `file`. Fails on a broken frame or item, with its place.
    pub fn parse(file: &'a [u8]) -> Result<Component<'a>> {
        Component::parse_at(file, 0..file.len(), 0)
    }

    fn parse_at(file: &'a [u8], range: Range<usize>, depth: usize) -> Result<Component<'a>> {
        if depth > MAX_DEPTH {
            return Err(Diagnostic::error(
                "component/too-deep",
                format!("components are nested more than {MAX_DEPTH} deep"),
            )
            .at(locate(file, range.start as u64))
            .help("check where the input comes from: no compiler nests like this"));
        }
        let mut component = Component::empty(file, range.clone());
        for section in Sections::new(file, range.clone()) {
            let section = section.map_err(|broken| broken_frame(file, range.start, broken))?;
            let nested = component.read(&section, depth)?;
            component.sections.push(Definition { section, nested });
        }
        Ok(component)
    }

    fn empty(file: &'a [u8], range: Range<usize>) -> Component<'a> {
        Component {
            file,
            range,
            sections: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            starts: Vec::new(),
            core_modules: Space::default(),
            core_instances: Space::default(),
            core_types: Space::default(),
            core_funcs: Space::default(),
            core_tables: Space::default(),
            core_memories: Space::default(),
            core_globals: Space::default(),
            core_tags: Space::default(),
            components: Space::default(),
            instances: Space::default(),
            types: Space::default(),
            funcs: Space::default(),
            values: Space::default(),
        }
    }

    /// Adds what a section defines. Unknown sections are kept as bytes.
    fn read(&mut self, section: &Section, depth: usize) -> Result<Option<Nested>> {
        match section.id {
            1 => {
                let module = Module::parse(self.file, section.contents.clone())?;
                let index = self.core_modules.push(Origin::Defined(module));
                return Ok(Some(Nested::CoreModule(index)));
            }
            4 => {
                let inner = Component::parse_at(self.file, section.contents.clone(), depth + 1)?;
                let index = self.components.push(Origin::Defined(inner));
                return Ok(Some(Nested::Component(index)));
            }
            2 => self.each(section, Self::add_core_instance)?,
            3 => self.each(section, Self::add_core_type)?,
            5 => self.each(section, Self::add_instance)?,
            6 => self.each(section, |component, alias| component.add_alias(&alias))?,
            7 => self.each(section, |component, ty: ComponentType<'a>| {
                component.types.push(Origin::Defined(ty));
            })?,
            8 => self.each(section, Self::add_canonical)?,
            9 => self.add_start(section)?,
            10 => self.each(section, Self::add_import)?,
            11 => self.each(section, |component, exported| {
                component.add_export(&exported);
            })?,
            _ => {}
        }
        Ok(None)
    }

    fn reader(&self, section: &Section) -> BinaryReader<'a> {
        let contents = section.contents.clone();
        BinaryReader::new(&self.file[contents.clone()], contents.start as u64)
    }

    fn each<T: FromReader<'a>>(
        &mut self,
        section: &Section,
        mut add: impl FnMut(&mut Self, T),
    ) -> Result<()> {
        let file = self.file;
        let foreign = |error| diagnostic::wasm(error, file);
        let items = SectionLimited::new(self.reader(section)).map_err(foreign)?;
        for item in items {
            add(self, item.map_err(foreign)?);
        }
        Ok(())
    }

    fn add_core_instance(&mut self, instance: wasmparser::Instance<'a>) {
        self.core_instances.push(match instance {
            wasmparser::Instance::Instantiate { module_index, args } => CoreInstance::Instantiate {
                module: CoreModuleIndex(module_index),
                args: args
                    .iter()
                    .map(|arg| (arg.name, CoreInstanceIndex(arg.index)))
                    .collect(),
            },
            wasmparser::Instance::FromExports(exports) => {
                CoreInstance::FromExports(exports.iter().map(core_export).collect())
            }
        });
    }

    fn add_core_type(&mut self, ty: CoreType<'a>) {
        // A recursion group defines one core type per member.
        let members = match &ty {
            CoreType::Rec(group) => group.types().len(),
            CoreType::Module(_) => 1,
        };
        let ty = Arc::new(ty);
        for _ in 0..members {
            self.core_types.push(Origin::Defined(Arc::clone(&ty)));
        }
    }

    fn add_instance(&mut self, instance: ComponentInstance<'a>) {
        let instance = match instance {
            ComponentInstance::Instantiate {
                component_index,
                args,
            } => Instance::Instantiate {
                component: ComponentIndex(component_index),
                args: args
                    .iter()
                    .map(|arg| (arg.name, Item::new(arg.kind, arg.index)))
                    .collect(),
            },
            ComponentInstance::FromExports(exports) => {
                Instance::FromExports(exports.iter().map(export).collect())
            }
        };
        self.instances.push(Origin::Defined(instance));
    }

    fn add_alias(&mut self, alias: &ComponentAlias<'a>) {
        match *alias {
            ComponentAlias::InstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let instance = InstanceIndex(instance_index);
                self.add_elsewhere(kind, Elsewhere::Aliased(Alias::Export { instance, name }));
            }
            ComponentAlias::CoreInstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let instance = CoreInstanceIndex(instance_index);
                self.add_core_alias(kind, Alias::CoreExport { instance, name });
            }
            ComponentAlias::Outer { kind, count, index } => {
                self.add_outer(kind, Alias::Outer { count, index });
            }
        }
    }

    fn add_core_alias(&mut self, kind: ExternalKind, alias: Alias<'a>) {
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                self.core_funcs
                    .push(Origin::Elsewhere(Elsewhere::Aliased(alias)));
            }
            ExternalKind::Table => {
                self.core_tables.push(alias);
            }
            ExternalKind::Memory => {
                self.core_memories.push(alias);
            }
            ExternalKind::Global => {
                self.core_globals.push(alias);
            }
            ExternalKind::Tag => {
                self.core_tags.push(alias);
            }
        }
    }

    fn add_outer(&mut self, kind: ComponentOuterAliasKind, alias: Alias<'a>) {
        match kind {
            ComponentOuterAliasKind::CoreModule => {
                self.core_modules
                    .push(Origin::Elsewhere(Elsewhere::Aliased(alias)));
            }
            ComponentOuterAliasKind::CoreType => {
                self.core_types
                    .push(Origin::Elsewhere(Elsewhere::Aliased(alias)));
            }
            ComponentOuterAliasKind::Type => {
                self.types
                    .push(Origin::Elsewhere(Elsewhere::Aliased(alias)));
            }
            ComponentOuterAliasKind::Component => {
                self.components
                    .push(Origin::Elsewhere(Elsewhere::Aliased(alias)));
            }
        }
    }

    fn add_canonical(&mut self, function: CanonicalFunction) {
        let lifts = matches!(function, CanonicalFunction::Lift { .. });
        let canonical = Origin::Defined(function.into());
        if lifts {
            self.funcs.push(canonical);
        } else {
            self.core_funcs.push(canonical);
        }
    }

    fn add_start(&mut self, section: &Section) -> Result<()> {
        let start = ComponentStartFunction::from_reader(&mut self.reader(section))
            .map_err(|error| diagnostic::wasm(error, self.file))?;
        let results = start.results.min(MAX_VALUES);
        for _ in 0..results {
            self.values.push(Origin::Defined(self.starts.len()));
        }
        self.starts.push(Start {
            func: FuncIndex(start.func_index),
            args: start.arguments.iter().map(|&v| ValueIndex(v)).collect(),
            results: start.results,
        });
        Ok(())
    }

    fn add_import(&mut self, import: ComponentImport<'a>) {
        self.add_elsewhere(import.ty.kind(), Elsewhere::Imported(self.imports.len()));
        self.imports.push(Import {
            name: import.name.into(),
            ty: import.ty,
        });
    }

    fn add_export(&mut self, exported: &ComponentExport<'a>) {
        self.add_elsewhere(exported.kind, Elsewhere::Exported(self.exports.len()));
        self.exports.push(export(exported));
    }

    /// Adds an item that is not defined here to the space of its kind.
    fn add_elsewhere(&mut self, kind: ComponentExternalKind, origin: Elsewhere<'a>) {
        match kind {
            ComponentExternalKind::Module => {
                self.core_modules.push(Origin::Elsewhere(origin));
            }
            ComponentExternalKind::Func => {
                self.funcs.push(Origin::Elsewhere(origin));
            }
            ComponentExternalKind::Value => {
                self.values.push(Origin::Elsewhere(origin));
            }
            ComponentExternalKind::Type => {
                self.types.push(Origin::Elsewhere(origin));
            }
            ComponentExternalKind::Instance => {
                self.instances.push(Origin::Elsewhere(origin));
            }
            ComponentExternalKind::Component => {
                self.components.push(Origin::Elsewhere(origin));
            }
        }
    }
}

fn export<'a>(export: &ComponentExport<'a>) -> Export<'a> {
    Export {
        name: export.name.into(),
        item: Item::new(export.kind, export.index),
        ty: export.ty,
    }
}

fn core_export<'a>(export: &wasmparser::Export<'a>) -> CoreExport<'a> {
    let item = match export.kind {
        ExternalKind::Func | ExternalKind::FuncExact => CoreItem::Func(CoreFuncIndex(export.index)),
        ExternalKind::Table => CoreItem::Table(CoreTableIndex(export.index)),
        ExternalKind::Memory => CoreItem::Memory(CoreMemoryIndex(export.index)),
        ExternalKind::Global => CoreItem::Global(CoreGlobalIndex(export.index)),
        ExternalKind::Tag => CoreItem::Tag(CoreTagIndex(export.index)),
    };
    CoreExport {
        name: export.name,
        item,
    }
}
