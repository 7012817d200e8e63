//! Which source lines were instructions compiled from?
//!
//! Debugging information refers from many places to one: what that comes to is weighed before
//! anything is made of it.

use gimli::{EndianSlice, LittleEndian, Unit};

use crate::module::{self, Module};

type Bytes<'a> = EndianSlice<'a, LittleEndian>;

/// Which source lines instructions were compiled from.
pub type Dwarf<'a> = addr2line::Context<Bytes<'a>>;

/// For each byte of it, debugging information may come to so many. Compilers stay below 10.
const RATIO: usize = 32;

/// And to so many in any case.
const LEAST: usize = 1 << 20;

/// What a range of addresses takes when it is held.
const RANGE: usize = 24;

/// The debugging information of a module, where it has any that is readable. Addresses count from
/// the start of the contents of the code section.
pub fn dwarf<'a>(module: &Module<'a>) -> Option<Dwarf<'a>> {
    let dwarf = module::dwarf(module)?;
    let sections = module
        .customs()
        .filter(|custom| custom.name.starts_with(".debug_"));
    let bytes: usize = sections.map(|section| section.data.len()).sum();
    if !comes_to(&dwarf, LEAST + RATIO * bytes) {
        return None;
    }
    addr2line::Context::from_dwarf(dwarf).ok()
}

/// Does it come to no more than `most` bytes?
fn comes_to<'a>(dwarf: &gimli::Dwarf<Bytes<'a>>, most: usize) -> bool {
    let mut left = Some(most);
    let mut units = dwarf.units();
    while let Ok(Some(header)) = units.next() {
        let Ok(unit) = dwarf.unit(header) else {
            continue;
        };
        left = left.and_then(|left| ranges(dwarf, &unit, left));
        left = left.and_then(|left| lines(dwarf, &unit, left));
    }
    left.is_some()
}

/// What is left of `left` after the addresses of a unit; nothing where they are more.
fn ranges<'a>(
    dwarf: &gimli::Dwarf<Bytes<'a>>,
    unit: &Unit<Bytes<'a>>,
    mut left: usize,
) -> Option<usize> {
    let Ok(mut ranges) = dwarf.unit_ranges(unit) else {
        return Some(left);
    };
    while let Ok(Some(_)) = ranges.next() {
        left = left.checked_sub(RANGE)?;
    }
    Some(left)
}

/// The same after its lines and the names of its files.
fn lines<'a>(
    dwarf: &gimli::Dwarf<Bytes<'a>>,
    unit: &Unit<Bytes<'a>>,
    left: usize,
) -> Option<usize> {
    let Some(program) = &unit.line_program else {
        return Some(left);
    };
    let header = program.header();
    let left = left.checked_sub(header.raw_program_buf().len())?;
    let length = |name| dwarf.attr_string(unit, name).map_or(0, |name| name.len());
    header.file_names().iter().try_fold(left, |left, file| {
        let folder = file.directory(header).map_or(0, length);
        left.checked_sub(length(file.path_name()) + folder)
    })
}
