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
    /// As it stands in the binary, where a module may write a name in several ways.
    pub written: Vec<String>,
    pub name: Name,
    /// It is an instance, with functions or without.
    pub is_interface: bool,
    pub functions: Vec<String>,
}

impl Asked {
    /// What leads to any of these leads to the import.
    pub fn targets(&self) -> Vec<Target> {
        if self.functions.is_empty() {
            return self.targets_of(None);
        }
        let functions = self.functions.iter();
        functions.flat_map(|f| self.targets_of(Some(f))).collect()
    }

    /// What leads to any of these leads to this function, or to the import itself.
    pub fn targets_of(&self, function: Option<&str>) -> Vec<Target> {
        let written = self.written.iter();
        written
            .map(|written| (written.clone(), function.map(str::to_string)))
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
        written: vec![external.name.to_string()],
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
    let mut asked: IndexMap<String, (Asked, IndexSet<&str>)> = IndexMap::new();
    for import in module.imports()? {
        let Some(from) = provider(import.module, import.name).name() else {
            continue;
        };
        let name = Name::parse(from);
        let (asked, items) = asked.entry(name.full.clone()).or_insert_with(|| {
            let asked = Asked {
                written: Vec::new(),
                name,
                is_interface: true,
                functions: Vec::new(),
            };
            (asked, IndexSet::new())
        });
        if !asked.written.iter().any(|known| known == import.module) {
            asked.written.push(import.module.to_string());
        }
        items.insert(import.name);
    }
    let asked = asked.into_values().map(|(asked, items)| Asked {
        functions: items.into_iter().map(str::to_string).collect(),
        ..asked
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
