//! What does one of the components offer, and what does it need?

use std::collections::BTreeMap;

use wasmparser::Validator;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentItem, ResourceId,
};
use wasmparser::types::Types;

use super::name::Name;
use super::verify::{self, Unchecked};
use crate::compare::Side;
use crate::component::{Component, ExternName, each_type};
use crate::diagnostic::{Diagnostic, Result};

/// A component that takes part in a composition.
pub struct Part<'a> {
    /// What the plan calls it.
    pub id: String,
    pub bytes: &'a [u8],
    pub component: Component<'a>,
    pub types: Types,
    pub imports: Vec<Item<'a>>,
    pub exports: Vec<Item<'a>>,
    /// Where each imported resource type is seen first.
    pub resources: BTreeMap<ResourceId, TypePath>,
    /// Which import each imported type comes from.
    pub imported_types: BTreeMap<ComponentAnyTypeId, TypePath>,
    /// Which export of an interface each type is first exported by.
    pub exported_types: BTreeMap<ComponentAnyTypeId, usize>,
}

/// One import or export.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    pub extern_name: ExternName<'a>,
    pub name: Name,
    pub item: ComponentItem,
}

/// A type within an import: the position of the import, then names inwards.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypePath {
    pub import: usize,
    pub names: Vec<String>,
}

impl<'a> Part<'a> {
    /// Reads a component and validates all but its function bodies, which are returned. `source` is
    /// the path as the user typed it. One validator for all parts makes their types comparable.
    pub fn load(
        validator: &mut Validator,
        id: &str,
        source: &str,
        bytes: &'a [u8],
    ) -> Result<(Part<'a>, Vec<Unchecked<'a>>)> {
        let component = Component::parse(bytes).map_err(|error| error.in_file(source))?;
        let (types, unchecked) = verify::types(validator, bytes)
            .map_err(|error| verify::invalid(error, source, bytes))?;
        let unknown = |name: &str| {
            Diagnostic::ours("compose/internal", format!("`{name}` has no type")).in_file(source)
        };
        let mut imports = Vec::new();
        for import in &component.imports {
            let item = types.component_item_for_import(import.name.name);
            let item = item.ok_or_else(|| unknown(import.name.name))?;
            imports.push(Item::new(import.name, item));
        }
        let mut exports = Vec::new();
        for export in &component.exports {
            let item = types.component_item_for_export(export.name.name);
            let item = item.ok_or_else(|| unknown(export.name.name))?;
            exports.push(Item::new(export.name, item));
        }
        let mut part = Part {
            id: id.to_string(),
            bytes,
            component,
            types,
            imports,
            exports,
            resources: BTreeMap::new(),
            imported_types: BTreeMap::new(),
            exported_types: BTreeMap::new(),
        };
        part.find_types();
        Ok((part, unchecked))
    }

    fn find_types(&mut self) {
        for (import, item) in self.imports.iter().enumerate() {
            each_type(&self.types, &item.item.ty, &mut |names, id, _| {
                let path = TypePath {
                    import,
                    names: names.to_vec(),
                };
                if let ComponentAnyTypeId::Resource(id) = id {
                    self.resources.entry(id.resource()).or_insert(path.clone());
                }
                self.imported_types.entry(id).or_insert(path);
            });
        }
        for (export, item) in self.exports.iter().enumerate() {
            if !matches!(item.item.ty, ComponentEntityType::Instance(_)) {
                continue;
            }
            each_type(&self.types, &item.item.ty, &mut |_, id, _| {
                self.exported_types.entry(id).or_insert(export);
            });
        }
    }

    /// The names of its types, for comparing and telling.
    pub fn side(&self) -> Side<'_> {
        let items = self.imports.iter().chain(&self.exports);
        let items = items.map(|item| (item.extern_name.name, &item.item));
        Side::new(&self.types, items)
    }

    /// The import of this name, in full or as it is written.
    pub fn import(&self, name: &str) -> Option<usize> {
        position(&self.imports, name)
    }

    /// The export of this name, in full or as it is written.
    pub fn export(&self, name: &str) -> Option<usize> {
        position(&self.exports, name)
    }

    /// The type at the end of `names`, starting from an item of this component.
    pub fn type_at(
        &self,
        ty: ComponentEntityType,
        names: &[String],
    ) -> Option<ComponentEntityType> {
        names.iter().try_fold(ty, |ty, name| match ty {
            ComponentEntityType::Instance(id) => Some(self.types[id].exports.get(name)?.ty),
            _ => None,
        })
    }
}

impl<'a> Item<'a> {
    fn new(extern_name: ExternName<'a>, item: &ComponentItem) -> Item<'a> {
        Item {
            extern_name,
            name: Name::of(&extern_name),
            item: item.clone(),
        }
    }
}

fn position(items: &[Item<'_>], name: &str) -> Option<usize> {
    let written = items.iter().position(|item| item.extern_name.name == name);
    written.or_else(|| items.iter().position(|item| item.name.full == name))
}
