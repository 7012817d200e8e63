//! What are the items of a component called?

use std::collections::BTreeMap;

use wasmparser::{BinaryReader, ComponentName, ComponentNameSectionReader, NameMap};

use super::index::{ComponentIndex, CoreInstanceIndex, CoreModuleIndex, Index, InstanceIndex};

/// Names from the custom section `component-name`, for people alone.
#[derive(Clone, Debug, Default)]
pub struct Names<'a> {
    pub component: Option<&'a str>,
    pub core_modules: BTreeMap<CoreModuleIndex, &'a str>,
    pub core_instances: BTreeMap<CoreInstanceIndex, &'a str>,
    pub components: BTreeMap<ComponentIndex, &'a str>,
    pub instances: BTreeMap<InstanceIndex, &'a str>,
}

impl<'a> Names<'a> {
    /// Reads as far as the section is in order.
    pub(crate) fn read(section: &'a [u8]) -> Names<'a> {
        let mut names = Names::default();
        let reader = ComponentNameSectionReader::new(BinaryReader::new(section, 0));
        for subsection in reader.into_iter().map_while(Result::ok) {
            match subsection {
                ComponentName::Component { name, .. } => names.component = Some(name),
                ComponentName::CoreModules(map) => names.core_modules = read(map),
                ComponentName::CoreInstances(map) => names.core_instances = read(map),
                ComponentName::Components(map) => names.components = read(map),
                ComponentName::Instances(map) => names.instances = read(map),
                _ => {}
            }
        }
        names
    }
}

fn read<I: Index>(map: NameMap<'_>) -> BTreeMap<I, &str> {
    let namings = map.into_iter().map_while(Result::ok);
    namings
        .map(|naming| (I::new(naming.index), naming.name))
        .collect()
}
