//! Which nested module, section, function and source line does a byte offset belong to?
//!
//! Works on broken binaries: it follows section frames as far as they hold.

use std::ops::Range;

use serde::Serialize;

use crate::binary::{Layer, Section, Sections, layer, leb_u32, section_name};
use crate::module::Module;

/// A position in a binary, told in its own terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Place {
    /// As the user typed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Bytes from the start of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// The nested definitions from the outermost inwards: `component 2`, `core module 0`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nested: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// From DWARF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceLine>,
}

/// A function of a core module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Function {
    /// In the function index space: imports count.
    pub index: u32,
    /// Demangled, from the name section.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A line of the program a module was compiled from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SourceLine {
    pub file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

/// Finds out where `offset` lies in `file`.
pub fn locate(file: &[u8], offset: u64) -> Place {
    let mut place = Place {
        offset: Some(offset),
        ..Place::default()
    };
    let Ok(target) = usize::try_from(offset) else {
        return place;
    };
    let mut range = 0..file.len();
    while let Some(found) = enclosing(file, range.clone(), target) {
        let name = section_name(found.layer, found.section.id);
        let nests = found.layer == Layer::Component && matches!(found.section.id, 1 | 4);
        let inside = found.section.contents.contains(&target);
        if nests && inside {
            place.nested.push(format!("{name} {}", found.ordinal));
            range = found.section.contents;
            continue;
        }
        place.section = Some(name.to_string());
        if found.layer == Layer::Module && found.section.id == 10 {
            locate_in_code(file, range, &found.section, target, &mut place);
        }
        break;
    }
    place
}

struct Enclosing {
    layer: Layer,
    section: Section,
    /// How many sections of the same kind stand before it.
    ordinal: usize,
}

/// The section of the binary at `range` that holds `target`. A section that is cut short by the
/// end of the file still holds what is there of it.
fn enclosing(file: &[u8], range: Range<usize>, target: usize) -> Option<Enclosing> {
    let layer = layer(&file[range.clone()])?;
    let mut seen = [0usize; 256];
    for section in Sections::new(file, range) {
        let section = section.ok()?;
        if section.range.contains(&target) {
            return Some(Enclosing {
                layer,
                ordinal: seen[usize::from(section.id)],
                section,
            });
        }
        seen[usize::from(section.id)] += 1;
    }
    None
}

fn locate_in_code(
    file: &[u8],
    module: Range<usize>,
    code: &Section,
    target: usize,
    place: &mut Place,
) {
    let Some(ordinal) = body_at(file, code, target) else {
        return;
    };
    let Ok(module) = Module::parse(file, module) else {
        return;
    };
    let Ok(imported) = module.imported_functions() else {
        return;
    };
    let index = imported + ordinal;
    place.function = Some(Function {
        index,
        name: module.function_name(index).map(|name| demangle(&name)),
    });
    place.source = source_line(&module, code, target);
}

/// Which body of the code section holds `target`?
fn body_at(file: &[u8], code: &Section, target: usize) -> Option<u32> {
    let bytes = &file[..code.contents.end];
    let (count, mut position) = leb_u32(bytes, code.contents.start)?;
    for ordinal in 0..count {
        let (size, start) = leb_u32(bytes, position)?;
        let end = start.checked_add(size as usize)?;
        if (position..end).contains(&target) {
            return Some(ordinal);
        }
        position = end;
    }
    None
}

/// The name as its language writes it.
pub fn demangle(name: &str) -> String {
    match rustc_demangle::try_demangle(name) {
        Ok(demangled) => format!("{demangled:#}"),
        Err(_) => name.to_string(),
    }
}

fn source_line(module: &Module<'_>, code: &Section, target: usize) -> Option<SourceLine> {
    let dwarf = gimli::Dwarf::load(|id| {
        let data = module.custom(id.name()).unwrap_or_default();
        Ok::<_, gimli::Error>(gimli::EndianSlice::new(data, gimli::LittleEndian))
    })
    .ok()?;
    let context = addr2line::Context::from_dwarf(dwarf).ok()?;
    let address = (target - code.contents.start) as u64;
    let location = context.find_location(address).ok()??;
    Some(SourceLine {
        file: location.file?.to_string(),
        line: location.line,
        column: location.column,
    })
}
