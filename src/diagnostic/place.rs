//! Which nested module, section, function and source line does a byte offset belong to?
//!
//! Works on broken binaries: it follows section frames as far as they hold.

mod code;
mod demangle;
mod dwarf;
mod mnemonic;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use crate::binary::{Broken, Layer, Section, Sections, layer, leb_u32, section_name};
use code::Code;
pub use demangle::demangle;
pub(crate) use dwarf::{Dwarf, dwarf};

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
    /// The instruction that starts there: `i32.add`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instruction: Option<String>,
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
    Locator::new(file).locate(offset)
}

/// Finds places in one file; what it has read of a module it keeps for the next one.
pub struct Locator<'a> {
    file: &'a [u8],
    /// By where the module or component starts.
    walks: BTreeMap<usize, Walk<'a>>,
    /// By where the module starts.
    codes: BTreeMap<usize, Code<'a>>,
}

impl<'a> Locator<'a> {
    pub fn new(file: &'a [u8]) -> Self {
        Locator {
            file,
            walks: BTreeMap::new(),
            codes: BTreeMap::new(),
        }
    }

    /// Where `offset` lies.
    pub fn locate(&mut self, offset: u64) -> Place {
        let mut place = Place {
            offset: Some(offset),
            ..Place::default()
        };
        let Ok(target) = usize::try_from(offset) else {
            return place;
        };
        let mut range = 0..self.file.len();
        while let Some(found) = self.enclosing(range.clone(), target) {
            let name = section_name(found.layer, found.section.id);
            let nests = found.layer == Layer::Component && matches!(found.section.id, 1 | 4);
            if nests && found.section.contents.contains(&target) {
                place.nested.push(format!("{name} {}", found.ordinal));
                range = found.section.contents;
                continue;
            }
            place.section = Some(name.to_string());
            if found.layer == Layer::Module && found.section.id == 10 {
                self.locate_in_code(range, &found.section, target, &mut place);
            }
            break;
        }
        place
    }

    /// The section of the binary at `range` that holds `target`.
    fn enclosing(&mut self, range: Range<usize>, target: usize) -> Option<Enclosing> {
        let start = range.start;
        if self
            .walks
            .get(&start)
            .is_none_or(|walk| walk.is_past(target))
        {
            self.walks.insert(start, Walk::new(self.file, range)?);
        }
        self.walks.get_mut(&start)?.find(target)
    }

    fn locate_in_code(
        &mut self,
        module: Range<usize>,
        section: &Section,
        target: usize,
        place: &mut Place,
    ) {
        let file = self.file;
        let code = self.codes.entry(module.start);
        let code = code.or_insert_with(|| Code::read(file, module, section.contents.clone()));
        let Some(body) = code.body_at(target) else {
            return;
        };
        place.function = code.function(body);
        place.instruction = code.instruction(body, target);
        place.source = code.source_line(target);
    }
}

#[derive(Clone)]
struct Enclosing {
    layer: Layer,
    section: Section,
    /// How many sections of the same kind stand before it.
    ordinal: u32,
}

/// A walk over the sections of one binary that stands still where it found something. Places are
/// mostly asked for in the order of the file, so that the next one lies ahead.
struct Walk<'a> {
    file: &'a [u8],
    range: Range<usize>,
    layer: Layer,
    ahead: Sections<'a>,
    seen: [u32; 256],
    here: Option<Enclosing>,
}

impl<'a> Walk<'a> {
    fn new(file: &'a [u8], range: Range<usize>) -> Option<Walk<'a>> {
        Some(Walk {
            file,
            layer: layer(file.get(range.clone())?)?,
            ahead: Sections::new(file, range.clone()),
            range,
            seen: [0; 256],
            here: None,
        })
    }

    /// Goes on to the section that holds `target`. One that is cut short by the end of the file
    /// still holds what is there of it.
    fn find(&mut self, target: usize) -> Option<Enclosing> {
        loop {
            if let Some(here) = &self.here
                && here.section.range.end > target
            {
                let found = here.section.range.contains(&target);
                return found.then(|| here.clone());
            }
            let section = match self.ahead.next()? {
                Ok(section) => section,
                Err(Broken::Truncated { offset, .. }) => {
                    cut_short(self.file, offset, self.range.end)?
                }
                Err(_) => return None,
            };
            let seen = self.seen.get_mut(usize::from(section.id))?;
            self.here = Some(Enclosing {
                layer: self.layer,
                ordinal: *seen,
                section,
            });
            *seen += 1;
        }
    }

    fn is_past(&self, target: usize) -> bool {
        let here = self.here.as_ref();
        here.is_some_and(|here| here.section.range.start > target)
    }
}

/// What there is of the section at `offset`.
fn cut_short(file: &[u8], offset: usize, end: usize) -> Option<Section> {
    let (_, contents) = leb_u32(file.get(..end)?, offset + 1)?;
    Some(Section {
        id: *file.get(offset)?,
        range: offset..end,
        contents: contents..end,
    })
}
