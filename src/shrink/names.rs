//! What becomes of a custom section when its module is written anew?
//!
//! The name section follows the indices; everything else is copied. What depends on offsets of
//! instructions was stripped before.

use std::convert::Infallible;

use wasm_encoder::reencode::Error;
use wasm_encoder::{CustomSection, IndirectNameMap, Module, NameMap, NameSection};
use wasmparser::{BinaryReader, Name, NameSectionReader};

use super::rewrite::Rewrite;
use super::scan::Kind;
use crate::module::Custom;

/// Writes a custom section behind the others.
pub fn write(custom: Custom<'_>, rewrite: &Rewrite<'_, '_>, out: &mut Module) {
    if custom.name != "name" {
        out.section(&CustomSection {
            name: custom.name.into(),
            data: custom.data.into(),
        });
        return;
    }
    let mut section = NameSection::new();
    let reader = NameSectionReader::new(BinaryReader::new(custom.data, 0));
    // A subsection that cannot be read ends the section: names are nobody's contract.
    for name in reader.map_while(|name| name.ok()) {
        if add(name, rewrite, &mut section).is_err() {
            break;
        }
    }
    out.section(&section);
}

fn add(
    name: Name<'_>,
    rewrite: &Rewrite<'_, '_>,
    section: &mut NameSection,
) -> Result<(), Error<Infallible>> {
    let direct = |names, kind| map(names, |index| rewrite.new_index(kind, index));
    match name {
        Name::Module { name, .. } => section.module(name),
        Name::Function(names) => section.functions(&direct(names, Kind::Func)?),
        Name::Local(names) => section.locals(&indirect(names, rewrite)?),
        Name::Label(names) => section.labels(&indirect(names, rewrite)?),
        Name::Table(names) => section.tables(&direct(names, Kind::Table)?),
        Name::Memory(names) => section.memories(&direct(names, Kind::Memory)?),
        Name::Global(names) => section.globals(&direct(names, Kind::Global)?),
        Name::Tag(names) => section.tags(&direct(names, Kind::Tag)?),
        _ => {}
    }
    Ok(())
}

/// Names by their new indices, in order; of items that are gone, none.
pub fn map(
    names: wasmparser::NameMap<'_>,
    new_index: impl Fn(u32) -> Option<u32>,
) -> Result<NameMap, Error<Infallible>> {
    let mut found = Vec::new();
    for naming in names {
        let naming = naming?;
        found.extend(new_index(naming.index).map(|index| (index, naming.name)));
    }
    found.sort_unstable_by_key(|(index, _)| *index);
    let mut out = NameMap::new();
    for (index, name) in found {
        out.append(index, name);
    }
    Ok(out)
}

/// Names within functions.
fn indirect(
    names: wasmparser::IndirectNameMap<'_>,
    rewrite: &Rewrite<'_, '_>,
) -> Result<IndirectNameMap, Error<Infallible>> {
    let mut found = Vec::new();
    for naming in names {
        let naming = naming?;
        if let Some(index) = rewrite.new_index(Kind::Func, naming.index) {
            found.push((index, map(naming.names, Some)?));
        }
    }
    found.sort_unstable_by_key(|(index, _)| *index);
    let mut out = IndirectNameMap::new();
    for (index, names) in found {
        out.append(index, &names);
    }
    Ok(out)
}
