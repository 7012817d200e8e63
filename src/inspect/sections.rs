//! Which sections are where?

use serde::Serialize;

use super::parts::{Kind, Root};
use crate::binary::{Layer, Section, leb_u32, section_name};
use crate::component::{Component, Nested};
use crate::diagnostic::Result;
use crate::input;
use crate::module::{Module, custom, id};

/// The sections of the input, in the order of the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub kind: Kind,
    pub size: u64,
    pub sections: Vec<Row>,
}

/// One section.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Row {
    pub section: &'static str,
    /// Of a custom section.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of the contents, from the start of the file.
    pub start: u64,
    pub end: u64,
    /// How many items it holds, where it is a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Of the core module or component that this section is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Row>,
}

/// Lists the sections of a module or component and of all that is nested in it.
pub fn sections(name: &str, bytes: &[u8]) -> Result<Report> {
    let binary = input::to_binary(name, bytes)?;
    let size = binary.len() as u64;
    Ok(match Root::parse(&binary)? {
        Root::Module(module) => Report {
            kind: Kind::CoreModule,
            size,
            sections: of_module(&binary, &module),
        },
        Root::Component(component) => Report {
            kind: Kind::Component,
            size,
            sections: of_component(&binary, &component),
        },
    })
}

fn of_module(file: &[u8], module: &Module<'_>) -> Vec<Row> {
    let rows = module.sections.iter().map(|section| {
        let is_list = matches!(section.id, id::TYPE..=id::TAG)
            && !matches!(section.id, id::START | id::DATA_COUNT);
        row(file, Layer::Module, section, is_list)
    });
    rows.collect()
}

fn of_component(file: &[u8], component: &Component<'_>) -> Vec<Row> {
    let rows = component.sections.iter().map(|definition| {
        let nested = match definition.nested {
            Some(Nested::CoreModule(index)) => component
                .core_module(index)
                .map(|module| of_module(file, module)),
            Some(Nested::Component(index)) => component
                .component(index)
                .map(|inner| of_component(file, inner)),
            None => None,
        };
        // Custom sections, nested binaries and the start function (`Binary.md`) are no lists.
        let is_list = matches!(definition.section.id, 2 | 3 | 5..=8 | 10..=12);
        let mut row = row(file, Layer::Component, &definition.section, is_list);
        row.sections = nested.unwrap_or_default();
        row
    });
    rows.collect()
}

fn row(file: &[u8], layer: Layer, section: &Section, is_list: bool) -> Row {
    let name = match section.id {
        0 => custom(file, section).map(|custom| custom.name.to_string()),
        _ => None,
    };
    let contents = file.get(..section.contents.end).unwrap_or_default();
    let count = leb_u32(contents, section.contents.start).filter(|_| is_list);
    Row {
        section: section_name(layer, section.id),
        name,
        start: section.contents.start as u64,
        end: section.contents.end as u64,
        count: count.map(|(count, _)| count),
        sections: Vec::new(),
    }
}
