//! Which types do a component's imports and exports have?
//!
//! Validates what these types depend on: of core modules only the types of their exports, where no
//! module itself is exported. Code is stepped over as one section, so that of a mapped file no page
//! of it is ever read.

use std::ops::Range;

use wasmparser::component_types::ComponentItem;
use wasmparser::types::Types;
use wasmparser::{Chunk, Parser, Payload, ValidPayload, Validator, WasmFeatures};

use super::outline::{Used, outline};
use crate::diagnostic::{self, Diagnostic, Result, locate};
use crate::module::Module;

/// The outside of a component, with the types that it is made of.
pub struct Signature<'a> {
    pub types: Types,
    /// Imports and exports in the order of the file.
    pub externs: Vec<Extern<'a>>,
}

/// An import or export of a component.
pub struct Extern<'a> {
    pub name: &'a str,
    pub direction: Direction,
    pub item: ComponentItem,
}

/// Whether a component asks for an item or offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    Import,
    Export,
}

impl<'a> Signature<'a> {
    /// Reads the component that fills `file`. Fails where it is not valid, with the place.
    pub fn read(file: &'a [u8]) -> Result<Signature<'a>> {
        // A fault in an outline has no place in the file.
        let outlined = Modules::Outlined(Used::read(file));
        Signature::walk(file, outlined).or_else(|_| Signature::walk(file, Modules::Whole))
    }

    fn walk(file: &'a [u8], modules: Modules<'a>) -> Result<Signature<'a>> {
        let mut walk = Walk::new(file, modules);
        let types = loop {
            if let Some(types) = walk.step()? {
                break types;
            }
        };
        let externs = walk.externs.into_iter().filter_map(|(name, direction)| {
            let item = match direction {
                Direction::Import => types.component_item_for_import(name),
                Direction::Export => types.component_item_for_export(name),
            };
            let item = item?.clone();
            Some(Extern {
                name,
                direction,
                item,
            })
        });
        let externs = externs.collect();
        Ok(Signature { types, externs })
    }
}

/// How core modules are shown to the validator.
enum Modules<'a> {
    /// As their [`outline`], where they have one.
    Outlined(Used<'a>),
    /// As they are, but for code, data and elements.
    Whole,
}

/// One walk over a component, outermost first.
struct Walk<'a> {
    file: &'a [u8],
    modules: Modules<'a>,
    position: usize,
    parser: Parser,
    /// The parsers of the components around the current binary.
    enclosing: Vec<Parser>,
    validator: Validator,
    externs: Vec<(&'a str, Direction)>,
}

impl<'a> Walk<'a> {
    fn new(file: &'a [u8], modules: Modules<'a>) -> Walk<'a> {
        Walk {
            file,
            modules,
            position: 0,
            parser: Parser::new(0),
            enclosing: Vec::new(),
            validator: Validator::new_with_features(WasmFeatures::all()),
            externs: Vec::new(),
        }
    }

    /// Takes one section; the types once the outermost binary has ended.
    fn step(&mut self) -> Result<Option<Types>> {
        let file = self.file;
        let foreign = |error| diagnostic::wasm(error, file);
        let rest = file.get(self.position..).unwrap_or_default();
        let chunk = self.parser.parse(rest, true).map_err(foreign)?;
        let Chunk::Parsed { consumed, payload } = chunk else {
            return Err(self.cut_short());
        };
        self.position += consumed;
        match &payload {
            // Its count is compared with that of the function section by the parser.
            Payload::CodeSectionStart { size, .. } => {
                return self.step_over_bodies(*size).map(|()| None);
            }
            Payload::ModuleSection {
                unchecked_range, ..
            } => {
                let range = unchecked_range.start as usize..unchecked_range.end as usize;
                if let Some(outline) = self.outline(range.clone())? {
                    self.validator.payload(&payload).map_err(foreign)?;
                    self.validate_outline(&outline).map_err(foreign)?;
                    self.position = range.end;
                    return Ok(None);
                }
            }
            // Only bodies refer to what these declare.
            Payload::ElementSection(_)
            | Payload::DataCountSection { .. }
            | Payload::DataSection(_)
            | Payload::CustomSection(_) => return Ok(None),
            Payload::ComponentImportSection(imports) if self.enclosing.is_empty() => {
                for import in imports.clone() {
                    let name = import.map_err(foreign)?.name.name;
                    self.externs.push((name, Direction::Import));
                }
            }
            Payload::ComponentExportSection(exports) if self.enclosing.is_empty() => {
                for export in exports.clone() {
                    let name = export.map_err(foreign)?.name.name;
                    self.externs.push((name, Direction::Export));
                }
            }
            _ => {}
        }
        match self.validator.payload(&payload).map_err(foreign)? {
            ValidPayload::Parser(nested) => {
                self.enclosing
                    .push(std::mem::replace(&mut self.parser, nested));
            }
            ValidPayload::End(types) => match self.enclosing.pop() {
                Some(parser) => self.parser = parser,
                None => return Ok(Some(types)),
            },
            ValidPayload::Ok | ValidPayload::Func(..) => {}
        }
        Ok(None)
    }

    /// What is shown of the module at `range`, if not the module itself.
    fn outline(&self, range: Range<usize>) -> Result<Option<Vec<u8>>> {
        match &self.modules {
            Modules::Outlined(used) if !used.modules => {
                outline(&Module::parse(self.file, range)?, used)
            }
            Modules::Outlined(_) | Modules::Whole => Ok(None),
        }
    }

    fn validate_outline(&mut self, outline: &[u8]) -> wasmparser::Result<()> {
        for payload in Parser::new(0).parse_all(outline) {
            match payload? {
                Payload::CodeSectionStart { .. } | Payload::CodeSectionEntry(_) => {}
                payload => {
                    self.validator.payload(&payload)?;
                }
            }
        }
        Ok(())
    }

    fn step_over_bodies(&mut self, size: u32) -> Result<()> {
        self.parser.skip_section();
        self.position += size as usize;
        if self.position > self.file.len() {
            return Err(self.cut_short());
        }
        Ok(())
    }

    fn cut_short(&self) -> Box<Diagnostic> {
        Diagnostic::error("wasm/truncated", "the file ends within a section")
            .at(locate(self.file, self.position.min(self.file.len()) as u64))
            .help("get the file again: it was cut short or damaged")
    }
}
