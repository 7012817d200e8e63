//! What are the items of a component called after they have new numbers?

use wasm_encoder::{ComponentNameSection, NameMap};
use wasmparser::{BinaryReader, ComponentName, ComponentNameSectionReader};

use super::Scope;
use crate::shrink::names;
use crate::shrink::tree::Space;

/// What is in a custom section, where that has the names of a component's items.
pub(super) fn contents(section: &[u8]) -> Option<&[u8]> {
    let mut reader = BinaryReader::new(section, 0);
    let name = reader.read_string().ok()?;
    let rest = section.get(reader.current_position()..)?;
    (name == "component-name").then_some(rest)
}

/// The names by new indices; of items that are gone, none.
pub(super) fn renumbered(data: &[u8], scope: &Scope) -> ComponentNameSection {
    let mut section = ComponentNameSection::new();
    let reader = ComponentNameSectionReader::new(BinaryReader::new(data, 0));
    // A subsection that cannot be read ends the section: names are nobody's contract.
    for name in reader.into_iter().map_while(Result::ok) {
        if add(name, scope, &mut section).is_none() {
            break;
        }
    }
    section
}

fn add(name: ComponentName<'_>, scope: &Scope, section: &mut ComponentNameSection) -> Option<()> {
    type Append = fn(&mut ComponentNameSection, &NameMap);
    let (names, space, append): (_, _, Append) = match name {
        ComponentName::Component { name, .. } => {
            section.component(name);
            return Some(());
        }
        ComponentName::Unknown { .. } => return Some(()),
        ComponentName::CoreFuncs(names) => {
            (names, Space::CoreFunc, ComponentNameSection::core_funcs)
        }
        ComponentName::CoreGlobals(names) => {
            (names, Space::CoreGlobal, ComponentNameSection::core_globals)
        }
        ComponentName::CoreMemories(names) => (
            names,
            Space::CoreMemory,
            ComponentNameSection::core_memories,
        ),
        ComponentName::CoreTables(names) => {
            (names, Space::CoreTable, ComponentNameSection::core_tables)
        }
        ComponentName::CoreTags(names) => (names, Space::CoreTag, ComponentNameSection::core_tags),
        ComponentName::CoreModules(names) => {
            (names, Space::CoreModule, ComponentNameSection::core_modules)
        }
        ComponentName::CoreInstances(names) => (
            names,
            Space::CoreInstance,
            ComponentNameSection::core_instances,
        ),
        ComponentName::CoreTypes(names) => {
            (names, Space::CoreType, ComponentNameSection::core_types)
        }
        ComponentName::Types(names) => (names, Space::Type, ComponentNameSection::types),
        ComponentName::Instances(names) => {
            (names, Space::Instance, ComponentNameSection::instances)
        }
        ComponentName::Components(names) => {
            (names, Space::Component, ComponentNameSection::components)
        }
        ComponentName::Funcs(names) => (names, Space::Func, ComponentNameSection::funcs),
        ComponentName::Values(names) => (names, Space::Value, ComponentNameSection::values),
    };
    let names = names::map(names, |index| scope.get(space, index)).ok()?;
    if !names.is_empty() {
        append(section, &names);
    }
    Some(())
}
