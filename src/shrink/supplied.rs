//! Which item of which module does a core instance have under a name?

use std::borrow::Cow;

use indexmap::IndexMap;
use wasmparser::ExternalKind;

use super::summary::{export_kind, import_kind};
use super::tree::{ComponentId, Def, ModuleId, Space, Tree};

/// An item of a module, by its number among those of its kind.
pub type Item = (ModuleId, u32);

/// What supplies each import of this kind where a module is instantiated with these arguments; `None`
/// where that is not known.
pub fn suppliers(
    tree: &Tree<'_>,
    at: ComponentId,
    (module, args): (ModuleId, &[(Cow<'_, str>, u32)]),
    kind: ExternalKind,
) -> Vec<Option<Item>> {
    let args: IndexMap<&str, u32> = args.iter().map(|(name, at)| (&**name, *at)).collect();
    let imports = tree.modules[module.0].summary.imports.iter();
    let of_kind = imports.filter(|import| import_kind(&import.ty) == export_kind(kind));
    let suppliers = of_kind.map(|import| {
        let instance = args.get(import.module)?;
        supplied(tree, at, (*instance, import.name), kind)
    });
    suppliers.collect()
}

/// The item of this kind that a core instance has under this name.
pub fn supplied(
    tree: &Tree<'_>,
    at: ComponentId,
    (instance, name): (u32, &str),
    kind: ExternalKind,
) -> Option<Item> {
    let component = tree.components.get(at.0)?;
    match component.get(Space::CoreInstance, instance)? {
        Def::CoreInstantiate { module, .. } => {
            let id = tree.module(at, *module)?;
            let export = tree.modules[id.0].summary.export(name)?;
            (export_kind(export.kind) == export_kind(kind)).then_some((id, export.index))
        }
        Def::CoreBag(items) => {
            let item = items.iter().find(|item| item.name == name)?;
            match component.get(kind.into(), item.index)? {
                Def::CoreAlias {
                    kind: aliased,
                    instance,
                    name,
                } if export_kind(*aliased) == export_kind(kind) => {
                    supplied(tree, at, (*instance, name), kind)
                }
                _ => None,
            }
        }
        _ => None,
    }
}
