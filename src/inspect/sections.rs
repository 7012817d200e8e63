//! Which sections are where?

use serde::Serialize;

use super::parts::{Kind, Part, Root};
use crate::binary::{Section, leb_u32, section_name};
use crate::diagnostic::Result;
use crate::input;
use crate::module::custom;

/// The sections of the input and of each binary nested in it, in the order of the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub binaries: Vec<Binary>,
}

/// The sections of one binary.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Binary {
    /// The nested definitions from the outermost inwards; empty for the input itself.
    pub path: Vec<String>,
    pub kind: Kind,
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
}

/// Lists the sections of a module or component and of all that is nested in it.
pub fn sections(name: &str, bytes: &[u8]) -> Result<Report> {
    let binary = input::to_binary(name, bytes)?;
    let rows = |part: &Part<'_, '_>| {
        let sections = part.sections();
        sections.into_iter().map(|section| row(&binary, part, section)).collect()
    };
    let root = Root::parse(&binary)?;
    let parts = root.parts();
    let binaries = parts.iter().map(|part| Binary {
        path: part.path.clone(),
        kind: part.kind(),
        sections: rows(part),
    });
    Ok(Report {
        binaries: binaries.collect(),
    })
}

fn row(file: &[u8], part: &Part<'_, '_>, section: &Section) -> Row {
    let name = match section.id {
        0 => custom(file, section).map(|custom| custom.name.to_string()),
        _ => None,
    };
    let is_list = match part.kind() {
        // Custom sections, the start function and the count of data segments are no lists; nor
        // are nested binaries.
        Kind::CoreModule => !matches!(section.id, 0 | 8 | 12),
        Kind::Component => !matches!(section.id, 0 | 1 | 4 | 9),
    };
    let contents = file.get(..section.contents.end).unwrap_or_default();
    let count = leb_u32(contents, section.contents.start).filter(|_| is_list);
    Row {
        section: section_name(part.layer(), section.id),
        name,
        start: section.contents.start as u64,
        end: section.contents.end as u64,
        count: count.map(|(count, _)| count),
    }
}
