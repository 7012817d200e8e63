//! Which owners are there, and where are their bytes?

use std::ops::Range;

use rayon::prelude::*;
use serde::Serialize;

use super::name::{Name, Names};
use super::retained::References;
use crate::binary::{Layer, PREAMBLE, Section, section_name};
use crate::component::Component;
use crate::diagnostic::Result;
use crate::inspect::tree::{Role, role};
use crate::inspect::{Body, Kind, Root};
use crate::module::{Module, id};

/// The input, or a binary nested in it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Part {
    /// The nested definitions from the outermost inwards; empty for the input itself.
    pub path: Vec<String>,
    pub kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// With all that is nested in it.
    pub size: u64,
}

/// Who owns some bytes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Owner {
    /// Position in the parts.
    pub part: usize,
    /// The field's name of the section: `code`, `data`, `custom`; or `preamble`.
    pub section: &'static str,
    /// Of an item of the section: a function's number in its index space, that of any other item
    /// in its section. None for the section itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// Of a custom section its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    pub size: u64,
    /// With all that would go if it went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retained: Option<u64>,
    /// Its share of the section under zstd.
    pub compressed: u64,
    /// No export leads to it, and instantiation does not need it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dead: bool,
}

/// An owner while it is being looked at.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub part: usize,
    pub layer: Layer,
    /// The section's identifier; none for the preamble.
    pub section: Option<u8>,
    pub index: Option<u32>,
    /// Of an item its own bytes; of a section all that lies in it.
    pub range: Range<usize>,
    pub size: u64,
    /// Position in the sections.
    pub ratio: usize,
    /// Of a component: the position in the order of its definitions.
    pub line: Option<usize>,
}

/// All owners, in the order of the file.
pub(super) struct Owners {
    pub parts: Vec<Part>,
    pub list: Vec<Found>,
    /// Contents of the sections, in which no binary is nested.
    pub sections: Vec<Range<usize>>,
}

impl Owners {
    pub fn find(file: &[u8], root: &Root<'_>) -> Result<Owners> {
        let parts = root.parts();
        let told = parts.iter().map(|part| Part {
            path: part.path.clone(),
            kind: part.kind(),
            name: part.name().map(str::to_string),
            role: part
                .name()
                .filter(|_| part.kind() == Kind::CoreModule)
                .and_then(role),
            size: part.size(),
        });
        let mut owners = Owners {
            parts: told.collect(),
            list: Vec::new(),
            sections: Vec::new(),
        };
        for (at, part) in parts.iter().enumerate() {
            match part.body {
                Body::Module(module) => owners.add_module(at, module)?,
                Body::Component(component) => owners.add_component(at, component)?,
            }
        }
        debug_assert_eq!(
            owners.list.iter().map(|found| found.size).sum::<u64>(),
            file.len() as u64
        );
        Ok(owners)
    }

    fn add_module(&mut self, part: usize, module: &Module<'_>) -> Result<()> {
        self.add_preamble(part, Layer::Module, &module.range);
        let imported = module.imported_functions()?;
        let mut seen = [0u32; 256];
        for section in &module.sections {
            let first = match section.id {
                id::CODE => imported,
                _ => 0,
            };
            let items = module.items_of(section)?;
            let seen = &mut seen[usize::from(section.id)];
            let first = first + *seen;
            *seen += items.len() as u32;
            self.add_section((part, Layer::Module), section, (first, None), &items);
        }
        Ok(())
    }

    fn add_component(&mut self, part: usize, component: &Component<'_>) -> Result<()> {
        self.add_preamble(part, Layer::Component, &component.range);
        let mut line = 0;
        let mut seen = [0u32; 256];
        for definition in &component.sections {
            let section = &definition.section;
            let seen = &mut seen[usize::from(section.id)];
            if definition.nested.is_some() {
                // What is inside has owners of its own.
                let header = section.contents.start - section.range.start;
                self.list.push(Found {
                    part,
                    layer: Layer::Component,
                    section: Some(section.id),
                    index: Some(*seen),
                    range: section.range.start..section.contents.start,
                    size: header as u64,
                    ratio: self.sections.len(),
                    line: Some(line),
                });
                self.sections
                    .push(section.range.start..section.contents.start);
                line += 1;
                *seen += 1;
                continue;
            }
            let items = match section.id {
                2 | 3 | 5..=8 | 10 | 11 => component.items_of(section)?,
                // One definition each, as `Component::entries` counts them.
                _ => Vec::new(),
            };
            self.add_section(
                (part, Layer::Component),
                section,
                (*seen, Some(line)),
                &items,
            );
            line += match section.id {
                2 | 3 | 5..=8 | 10 | 11 => items.len(),
                _ => 1,
            };
            *seen += items.len() as u32;
        }
        Ok(())
    }

    fn add_preamble(&mut self, part: usize, layer: Layer, range: &Range<usize>) {
        let range = range.start..(range.start + PREAMBLE).min(range.end);
        self.list.push(Found {
            part,
            layer,
            section: None,
            index: None,
            size: range.len() as u64,
            range: range.clone(),
            ratio: self.sections.len(),
            line: None,
        });
        self.sections.push(range);
    }

    /// A section and its items, counted from `first`; the lines of a component from `line`.
    fn add_section(
        &mut self,
        (part, layer): (usize, Layer),
        section: &Section,
        (first, line): (u32, Option<usize>),
        items: &[Range<usize>],
    ) {
        let ratio = self.sections.len();
        self.sections.push(section.contents.clone());
        let inside: usize = items.iter().map(Range::len).sum();
        self.list.push(Found {
            part,
            layer,
            section: Some(section.id),
            index: None,
            range: section.range.clone(),
            size: (section.range.len() - inside) as u64,
            ratio,
            line: line.filter(|_| items.is_empty()),
        });
        for (at, range) in items.iter().enumerate() {
            self.list.push(Found {
                part,
                layer,
                section: Some(section.id),
                index: Some(first + at as u32),
                range: range.clone(),
                size: range.len() as u64,
                ratio,
                line: line.map(|line| line + at),
            });
        }
    }

    /// The bytes of a part, with all that is nested in it.
    pub fn range(&self, part: usize) -> Range<usize> {
        // Its preamble is the first thing a part has.
        let first = self.list.partition_point(|found| found.part < part);
        let start = self.list.get(first).map_or(0, |found| found.range.start);
        let size = self.parts.get(part).map_or(0, |part| part.size);
        start..start + size as usize
    }

    /// As they are reported, largest first.
    pub fn told(
        &self,
        names: Names,
        references: Option<&References>,
        estimate: &(dyn Fn(usize) -> u64 + Sync),
    ) -> Vec<Owner> {
        let told = |(at, (found, name)): (usize, (&Found, Option<Name>))| Owner {
            part: found.part,
            section: found.name(),
            index: found.index,
            name,
            size: found.size,
            retained: references.map(|references| references.retained(at, found.size)),
            compressed: estimate(at),
            dead: references.is_some_and(|references| references.is_dead(at)),
        };
        let named = self.list.par_iter().zip(names.into_vec());
        let owners = named.enumerate().map(told);
        let mut owners: Vec<Owner> = owners.filter(|owner| owner.size > 0).collect();
        owners.sort_by_key(|owner| std::cmp::Reverse(owner.size));
        owners
    }
}

impl Found {
    /// The field's name of the section it is of.
    pub fn name(&self) -> &'static str {
        self.section
            .map_or("preamble", |id| section_name(self.layer, id))
    }

    /// A function of a core module.
    pub fn is_function(&self) -> bool {
        self.layer == Layer::Module && self.section == Some(id::CODE) && self.index.is_some()
    }
}
