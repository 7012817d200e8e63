//! What does a component define, in the order of the file?
//!
//! The index spaces tell what a number means; entries tell what stands where, undigested, for
//! whoever writes the component again.

use std::ops::Range;

use wasmparser::{
    BinaryReader, CanonicalFunction, ComponentAlias, ComponentExport, ComponentImport,
    ComponentInstance, ComponentStartFunction, ComponentType, CoreType, FromReader, SectionLimited,
};

use super::{Component, Definition, Nested};
use crate::binary::Section;
use crate::diagnostic::{self, Result};
use crate::module::{Module, item_ranges};

/// One definition as it stands in its section.
#[derive(Clone, Debug)]
pub enum Entry<'c, 'a> {
    CoreModule(&'c Module<'a>),
    CoreInstance(wasmparser::Instance<'a>),
    CoreType(CoreType<'a>),
    Component(&'c Component<'a>),
    Instance(ComponentInstance<'a>),
    Alias(ComponentAlias<'a>),
    Type(ComponentType<'a>),
    Canonical(CanonicalFunction),
    Start(ComponentStartFunction),
    Import(ComponentImport<'a>),
    Export(ComponentExport<'a>),
    /// A custom section, or one that nobody knows: its identifier and contents.
    Other(u8, &'a [u8]),
}

impl<'a> Component<'a> {
    /// Everything that is defined, in order. Fails on a broken item, with its place.
    pub fn entries(&self) -> Result<Vec<Entry<'_, 'a>>> {
        let mut entries = Vec::new();
        for definition in &self.sections {
            entries.extend(self.entries_of(definition)?);
        }
        Ok(entries)
    }

    /// What one section defines, in order.
    pub fn entries_of(&self, definition: &Definition) -> Result<Vec<Entry<'_, 'a>>> {
        let mut entries = Vec::new();
        match definition.nested {
            Some(Nested::CoreModule(index)) => {
                entries.extend(self.core_module(index).map(Entry::CoreModule));
            }
            Some(Nested::Component(index)) => {
                entries.extend(self.component(index).map(Entry::Component));
            }
            None => self.section_entries(&definition.section, &mut entries)?,
        }
        Ok(entries)
    }

    /// Where each item of a section lies, for sections that are lists; one item for any other.
    pub fn items_of(&self, section: &Section) -> Result<Vec<Range<usize>>> {
        let reader = self.contents(section);
        let items = match section.id {
            2 => item_ranges::<wasmparser::Instance<'a>>(reader),
            3 => item_ranges::<CoreType<'a>>(reader),
            5 => item_ranges::<ComponentInstance<'a>>(reader),
            6 => item_ranges::<ComponentAlias<'a>>(reader),
            7 => item_ranges::<ComponentType<'a>>(reader),
            8 => item_ranges::<CanonicalFunction>(reader),
            10 => item_ranges::<ComponentImport<'a>>(reader),
            11 => item_ranges::<ComponentExport<'a>>(reader),
            _ => return Ok(std::iter::once(section.contents.clone()).collect()),
        };
        items.map_err(|error| diagnostic::wasm(error, self.file))
    }

    fn section_entries<'c>(
        &'c self,
        section: &Section,
        out: &mut Vec<Entry<'c, 'a>>,
    ) -> Result<()> {
        match section.id {
            2 => self.list(section, out, Entry::CoreInstance),
            3 => self.list(section, out, Entry::CoreType),
            5 => self.list(section, out, Entry::Instance),
            6 => self.list(section, out, Entry::Alias),
            7 => self.list(section, out, Entry::Type),
            8 => self.list(section, out, Entry::Canonical),
            9 => {
                let start = ComponentStartFunction::from_reader(&mut self.contents(section));
                out.push(Entry::Start(
                    start.map_err(|error| diagnostic::wasm(error, self.file))?,
                ));
                Ok(())
            }
            10 => self.list(section, out, Entry::Import),
            11 => self.list(section, out, Entry::Export),
            id => {
                out.push(Entry::Other(id, &self.file[section.contents.clone()]));
                Ok(())
            }
        }
    }

    fn contents(&self, section: &Section) -> BinaryReader<'a> {
        let contents = section.contents.clone();
        BinaryReader::new(&self.file[contents.clone()], contents.start as u64)
    }

    fn list<'c, T: FromReader<'a>>(
        &'c self,
        section: &Section,
        out: &mut Vec<Entry<'c, 'a>>,
        entry: impl Fn(T) -> Entry<'c, 'a>,
    ) -> Result<()> {
        let foreign = |error| diagnostic::wasm(error, self.file);
        for item in SectionLimited::new(self.contents(section)).map_err(foreign)? {
            out.push(entry(item.map_err(foreign)?));
        }
        Ok(())
    }
}
