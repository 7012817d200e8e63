//! What is in a component?
//!
//! A [`Component`] is parsed once and borrows from the file. It holds every index space, each item
//! with where it comes from, and every section with its byte range; core modules inside are
//! [`Module`]s that are read only when asked. It judges nothing: indices may lead nowhere.

mod canonical;
mod entries;
mod index;
mod items;
mod names;
mod outline;
mod parse;
mod signature;
mod types;

use std::ops::Range;
use std::sync::Arc;

use wasmparser::{ComponentType, CoreType};

pub use canonical::{Canonical, Options};
pub use entries::Entry;
pub use index::{
    ComponentIndex, CoreFuncIndex, CoreGlobalIndex, CoreInstanceIndex, CoreMemoryIndex,
    CoreModuleIndex, CoreTableIndex, CoreTagIndex, CoreTypeIndex, FuncIndex, Index, InstanceIndex,
    Space, TypeIndex, ValueIndex,
};
pub use items::{
    Alias, CoreExport, CoreInstance, CoreItem, Elsewhere, Export, ExternName, Import, Instance,
    Item, Origin, Start,
};
pub use names::Names;
pub use signature::{Direction, Extern, Signature};
pub(crate) use types::each_type;

use crate::binary::{PREAMBLE, Section};
use crate::module::{Custom, Module, custom};

/// One component, with all that is nested in it.
#[derive(Clone, Debug)]
pub struct Component<'a> {
    file: &'a [u8],
    /// Where it lies in the file, preamble included.
    pub range: Range<usize>,
    /// In the order of the file; together with the preamble they are all of its bytes.
    pub sections: Vec<Definition>,

    pub imports: Vec<Import<'a>>,
    pub exports: Vec<Export<'a>>,
    pub starts: Vec<Start>,

    pub core_modules: Space<CoreModuleIndex, Origin<'a, Module<'a>>>,
    pub core_instances: Space<CoreInstanceIndex, CoreInstance<'a>>,
    /// Members of a recursion group share it.
    pub core_types: Space<CoreTypeIndex, Origin<'a, Arc<CoreType<'a>>>>,
    pub core_funcs: Space<CoreFuncIndex, Origin<'a, Canonical>>,
    pub core_tables: Space<CoreTableIndex, Alias<'a>>,
    pub core_memories: Space<CoreMemoryIndex, Alias<'a>>,
    pub core_globals: Space<CoreGlobalIndex, Alias<'a>>,
    pub core_tags: Space<CoreTagIndex, Alias<'a>>,
    pub components: Space<ComponentIndex, Origin<'a, Component<'a>>>,
    pub instances: Space<InstanceIndex, Origin<'a, Instance<'a>>>,
    pub types: Space<TypeIndex, Origin<'a, ComponentType<'a>>>,
    pub funcs: Space<FuncIndex, Origin<'a, Canonical>>,
    pub values: Space<ValueIndex, Origin<'a, usize>>,
}

/// A section and, where it is a nested definition, which one.
#[derive(Clone, Debug)]
pub struct Definition {
    pub section: Section,
    pub nested: Option<Nested>,
}

/// Which nested definition a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nested {
    CoreModule(CoreModuleIndex),
    Component(ComponentIndex),
}

impl<'a> Component<'a> {
    /// The whole component.
    pub fn bytes(&self) -> &'a [u8] {
        &self.file[self.range.clone()]
    }

    /// The core module defined here under this index.
    pub fn core_module(&self, index: CoreModuleIndex) -> Option<&Module<'a>> {
        self.core_modules.get(index)?.defined()
    }

    /// The component defined here under this index.
    pub fn component(&self, index: ComponentIndex) -> Option<&Component<'a>> {
        self.components.get(index)?.defined()
    }

    /// All custom sections of this component itself, in order.
    pub fn customs(&self) -> impl Iterator<Item = Custom<'a>> + '_ {
        let customs = self.sections.iter().filter(|d| d.section.id == 0);
        customs.filter_map(|definition| custom(self.file, &definition.section))
    }

    /// The contents of the first custom section of this name.
    pub fn custom(&self, name: &str) -> Option<&'a [u8]> {
        let mut customs = self.customs();
        customs.find(|c| c.name == name).map(|c| c.data)
    }

    /// What its items are called; empty where the section `component-name` is not there. Of several
    /// the first is taken, but of the names that they give the component itself the last.
    pub fn names(&self) -> Names<'a> {
        let sections = self.customs().filter(|c| c.name == "component-name");
        let names = sections.map(|section| Names::read(section.data));
        let names = names.reduce(|first, later| Names {
            component: later.component.or(first.component),
            ..first
        });
        names.unwrap_or_default()
    }

    /// Core modules at any depth, in the order of the file.
    pub fn all_core_modules(&self) -> Vec<&Module<'a>> {
        let mut found = Vec::new();
        for definition in &self.sections {
            match definition.nested {
                Some(Nested::CoreModule(index)) => found.extend(self.core_module(index)),
                Some(Nested::Component(index)) => {
                    found.extend(
                        self.component(index)
                            .iter()
                            .flat_map(|c| c.all_core_modules()),
                    );
                }
                None => {}
            }
        }
        found
    }

    /// Writes the component again, each core module at any depth as `replace` gives it. What is
    /// not replaced, section headers included, is copied as it is.
    pub fn emit(&self, replace: &mut dyn FnMut(&Module<'a>) -> Option<Vec<u8>>) -> Vec<u8> {
        let preamble = self.range.start..(self.range.start + PREAMBLE).min(self.range.end);
        let mut out = self.file[preamble].to_vec();
        for definition in &self.sections {
            let old = &self.file[definition.section.contents.clone()];
            let new = match definition.nested {
                Some(Nested::CoreModule(index)) => self.core_module(index).and_then(&mut *replace),
                Some(Nested::Component(index)) => {
                    let emitted = self.component(index).map(|c| c.emit(replace));
                    emitted.filter(|new| new != old)
                }
                None => None,
            };
            match new {
                Some(new) => section(definition.section.id, &new, &mut out),
                None => out.extend_from_slice(&self.file[definition.section.range.clone()]),
            }
        }
        out
    }
}

/// Appends a section with a minimal length.
pub(crate) fn section(id: u8, contents: &[u8], out: &mut Vec<u8>) {
    section_header(id, contents.len(), out);
    out.extend_from_slice(contents);
}

/// Appends what stands before the contents of a section that is `size` bytes long.
pub(crate) fn section_header(id: u8, size: usize, out: &mut Vec<u8>) {
    use wasm_encoder::Encode;
    out.push(id);
    size.encode(out);
}
