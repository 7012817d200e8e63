//! Which imports does a module or component have, and which functions of them?

use indexmap::{IndexMap, IndexSet};
use wasmparser::component_types::{ComponentEntityType, ComponentItem};
use wasmparser::types::Types;

use crate::component::{Component, Direction, Signature};
use crate::compose::name::Name;
use crate::diagnostic::Result;
use crate::module::{Module, provider};
use crate::shrink::reach::Target;

/// An import, with its functions where it is an interface.
pub struct Asked {
    /// As it stands in the binary.
    pub written: String,
    pub name: Name,
    /// It is an instance, with functions or without.
    pub is_interface: bool,
    pub functions: Vec<String>,
}

impl Asked {
    /// What leads to any of these leads to the import.
    pub fn targets(&self) -> Vec<Target> {
        if self.functions.is_empty() {
            return vec![(self.written.clone(), None)];
        }
        let functions = self.functions.iter();
        functions
            .map(|f| (self.written.clone(), Some(f.clone())))
            .collect()
    }
}

/// All imports of a valid component, in the order of the file.
pub fn imports(wasm: &[u8], component: &Component<'_>) -> Result<Vec<Asked>> {
    let signature = Signature::read(wasm)?;
    let externs = signature.externs.iter();
    let imports = externs.filter(|external| external.direction == Direction::Import);
    let mut names = Name::all(component.imports.iter().map(|import| &import.name));
    let asked = imports.map(|external| Asked {
        written: external.name.to_string(),
        name: names
            .remove(external.name)
            .unwrap_or_else(|| Name::parse(external.name)),
        is_interface: matches!(external.item.ty, ComponentEntityType::Instance(_)),
        functions: functions(&signature.types, &external.item),
    });
    Ok(asked.collect())
}

/// Who a module imports from, each once, and what from there: nothing of it is without a name.
pub fn imports_of_module(module: &Module<'_>) -> Result<Vec<Asked>> {
    let mut items: IndexMap<(&str, &str), IndexSet<&str>> = IndexMap::new();
    for import in module.imports()? {
        if let Some(from) = provider(import.module, import.name).name() {
            let names = items.entry((import.module, from)).or_default();
            names.insert(import.name);
        }
    }
    let asked = items.into_iter().map(|((written, from), items)| Asked {
        written: written.to_string(),
        name: Name::parse(from),
        is_interface: true,
        functions: items.into_iter().map(str::to_string).collect(),
    });
    Ok(asked.collect())
}

/// The functions of an interface.
fn functions(types: &Types, item: &ComponentItem) -> Vec<String> {
    let ComponentEntityType::Instance(id) = item.ty else {
        return Vec::new();
    };
    let members = types[id].exports.iter();
    let functions = members.filter(|(_, item)| matches!(item.ty, ComponentEntityType::Func(_)));
    functions.map(|(name, _)| name.clone()).collect()
}
