//! What does the debugging information of a module say about its functions?

use gimli::{
    AbbreviationsCacheStrategy, AttributeValue, DebuggingInformationEntry, EndianSlice,
    LittleEndian,
};

use super::{Module, id};

type Slice<'a> = EndianSlice<'a, LittleEndian>;

/// The sections of DWARF; none where there are none. Addresses count from the start of the
/// contents of the code section.
pub(crate) fn dwarf<'a>(module: &Module<'a>) -> Option<gimli::Dwarf<Slice<'a>>> {
    module.custom(".debug_info")?;
    let sections = gimli::Dwarf::load(|id| {
        let section = module.custom(id.name()).unwrap_or_default();
        Ok::<_, gimli::Error>(EndianSlice::new(section, LittleEndian))
    });
    let mut dwarf = sections.ok()?;
    // Many units may share one table.
    dwarf.populate_abbreviations_cache(AbbreviationsCacheStrategy::Duplicates);
    Some(dwarf)
}

/// The names of functions, by index, as far as they are readable.
pub(super) fn function_names<'a>(module: &Module<'a>) -> Vec<(u32, &'a str)> {
    let mut names = Vec::new();
    let (Some(dwarf), Some(code)) = (dwarf(module), module.section(id::CODE)) else {
        return names;
    };
    let imported = module.imported_functions().unwrap_or_default();
    let bodies = module.items_of(code).unwrap_or_default();
    let index = |address: u64| {
        let at = usize::try_from(address).ok()?;
        let at = at.checked_add(code.contents.start)?;
        let position = bodies.partition_point(|body| body.end <= at);
        let is_inside = bodies.get(position)?.contains(&at);
        is_inside.then_some(imported + position as u32)
    };
    let mut headers = dwarf.units();
    while let Ok(Some(header)) = headers.next() {
        let Ok(unit) = dwarf.unit(header) else {
            continue;
        };
        let unit = unit.unit_ref(&dwarf);
        let mut entries = unit.entries();
        while let Ok(Some(entry)) = entries.next_dfs() {
            if entry.tag() == gimli::DW_TAG_subprogram
                && let Some(address) = entry.attr_value(gimli::DW_AT_low_pc)
                && let Ok(Some(address)) = unit.attr_address(address)
                && let Some(index) = index(address)
                && let Some(name) = name(unit, entry, REFERENCES)
            {
                names.push((index, name));
            }
        }
    }
    names
}

/// So many references lead from a function to its declaration at most.
const REFERENCES: usize = 4;

/// As the linker has it, or else as the source has it.
fn name<'a>(
    unit: gimli::UnitRef<'_, Slice<'a>>,
    entry: &DebuggingInformationEntry<Slice<'a>>,
    references: usize,
) -> Option<&'a str> {
    let own = [gimli::DW_AT_linkage_name, gimli::DW_AT_name];
    let own = own.into_iter().find_map(|at| entry.attr_value(at));
    if let Some(text) = own {
        let text = unit.attr_string(text).ok()?;
        return std::str::from_utf8(text.slice()).ok();
    }
    let others = [gimli::DW_AT_abstract_origin, gimli::DW_AT_specification];
    let other = others.into_iter().find_map(|at| entry.attr_value(at))?;
    let AttributeValue::UnitRef(offset) = other else {
        return None;
    };
    name(unit, &unit.entry(offset).ok()?, references.checked_sub(1)?)
}
