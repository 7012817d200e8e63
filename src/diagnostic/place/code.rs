//! Which function, instruction and source line does an offset in a code section belong to?

use std::ops::Range;

use wasmparser::{BinaryReader, FunctionBody, ImportSectionReader, TypeRef};

use super::demangle::demangle;
use super::dwarf::{Dwarf, dwarf};
use super::mnemonic::mnemonic;
use super::{Function, SourceLine};
use crate::binary::leb_u32;
use crate::module::{ItemNames, Module, id};

/// More bodies than a validator lets a module have are not looked at.
const MOST_BODIES: u32 = 1_000_000;

/// A code section with all that says what is in it.
pub struct Code<'a> {
    file: &'a [u8],
    /// DWARF counts addresses from the start of these.
    contents: Range<usize>,
    /// Where each body starts, its size included.
    starts: Vec<usize>,
    /// Behind the last body.
    end: usize,
    /// How many functions are imported; unknown where the imports are broken.
    imported: Option<u32>,
    names: ItemNames<'a>,
    dwarf: Option<Dwarf<'a>>,
}

impl<'a> Code<'a> {
    /// Reads what there is of it in a module that may be broken.
    pub fn read(file: &'a [u8], module: Range<usize>, contents: Range<usize>) -> Code<'a> {
        let (starts, end) = body_starts(file, &contents).unwrap_or((Vec::new(), contents.end));
        let module = Module::intact(file, module);
        Code {
            file,
            contents,
            starts,
            end,
            imported: imported(file, &module),
            names: module.function_names(),
            dwarf: dwarf(&module),
        }
    }

    /// Which body holds `target`, counted from 0.
    pub fn body_at(&self, target: usize) -> Option<usize> {
        let after = self.starts.partition_point(|start| *start <= target);
        if target >= self.end {
            return None;
        }
        after.checked_sub(1)
    }

    pub fn function(&self, body: usize) -> Option<Function> {
        let index = self.imported?.checked_add(u32::try_from(body).ok()?)?;
        Some(Function {
            index,
            name: self.names.get(index).map(demangle),
        })
    }

    /// The instruction of this body that holds `target`.
    pub fn instruction(&self, body: usize, target: usize) -> Option<String> {
        let start = *self.starts.get(body)?;
        let end = self.starts.get(body + 1).map_or(self.end, |end| *end);
        let (_, start) = leb_u32(self.file, start)?;
        let bytes = self.file.get(start..end)?;
        let body = FunctionBody::new(BinaryReader::new(bytes, start as u64));
        let mut operators = body.get_operators_reader().ok()?;
        while operators.original_position() <= target as u64 {
            let operator = operators.read().ok()?;
            if operators.original_position() > target as u64 {
                return Some(mnemonic(&operator));
            }
        }
        None
    }

    /// The line that the instruction at `target` was compiled from.
    pub fn source_line(&self, target: usize) -> Option<SourceLine> {
        let address = target.checked_sub(self.contents.start)?;
        let location = self.dwarf.as_ref()?.find_location(address as u64).ok()??;
        Some(SourceLine {
            file: location.file?.to_string(),
            line: location.line,
            column: location.column,
        })
    }
}

/// Counts imported functions without making errors: an error asks for its place, and that is what
/// is being found out here.
fn imported(file: &[u8], module: &Module<'_>) -> Option<u32> {
    let Some(section) = module.section(id::IMPORT) else {
        return Some(0);
    };
    let contents = file.get(section.contents.clone())?;
    let imports = ImportSectionReader::new(BinaryReader::new(contents, 0)).ok()?;
    let mut functions = 0;
    for import in imports.into_imports() {
        let ty = import.ok()?.ty;
        functions += u32::from(matches!(ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
    }
    Some(functions)
}

/// Where the bodies start, and where the last one ends, as far as their sizes hold.
fn body_starts(file: &[u8], contents: &Range<usize>) -> Option<(Vec<usize>, usize)> {
    let bytes = file.get(..contents.end)?;
    let (count, mut position) = leb_u32(bytes, contents.start)?;
    let mut starts = Vec::new();
    for _ in 0..count.min(MOST_BODIES) {
        let Some((size, start)) = leb_u32(bytes, position) else {
            break;
        };
        starts.push(position);
        position = start.saturating_add(size as usize).min(contents.end);
    }
    Some((starts, position))
}
