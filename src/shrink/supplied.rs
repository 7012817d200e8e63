//! Which item of which module does a core instance have under a name?

use std::borrow::Cow;

use indexmap::IndexMap;
use wasmparser::ExternalKind;

use super::named::Named;
use super::summary::{export_kind, import_kind};
use super::tree::{ComponentId, Def, ModuleId, Space, Tree};

/// An item of a module, by its number among those of its kind.
pub type Item = (ModuleId, u32);

/// Who supplies what in a tree.
pub struct Supply<'t, 'a> {
    tree: &'t Tree<'a>,
    named: Named<'t>,
}

impl<'t, 'a> Supply<'t, 'a> {
    pub fn of(tree: &'t Tree<'a>) -> Supply<'t, 'a> {
        Supply {
            tree,
            named: Named::of(tree),
        }
    }

    /// What supplies each import of this kind where a module is instantiated with these arguments;
    /// `None` where that is not known.
    pub fn suppliers(
        &self,
        at: ComponentId,
        (module, args): (ModuleId, &[(Cow<'_, str>, u32)]),
        kind: ExternalKind,
    ) -> Vec<Option<Item>> {
        let args: IndexMap<&str, u32> = args.iter().map(|(name, at)| (&**name, *at)).collect();
        let imports = self.tree.modules[module.0].summary.imports.iter();
        let of_kind = imports.filter(|import| import_kind(&import.ty) == export_kind(kind));
        let suppliers = of_kind.map(|import| {
            let instance = args.get(import.module)?;
            self.item(at, (*instance, import.name), kind)
        });
        suppliers.collect()
    }

    /// The item of this kind that a core instance has under this name.
    pub fn item(
        &self,
        at: ComponentId,
        (instance, name): (u32, &str),
        kind: ExternalKind,
    ) -> Option<Item> {
        let component = self.tree.components.get(at.0)?;
        let line = component.position(Space::CoreInstance, instance)?;
        match &component.lines.get(line)?.def {
            Def::CoreInstantiate { module, .. } => {
                let id = self.tree.module(at, *module)?;
                let export = self.tree.modules[id.0].summary.export(name)?;
                (export_kind(export.kind) == export_kind(kind)).then_some((id, export.index))
            }
            Def::CoreBag(items) => {
                let item = items.get(self.named.item(at, line, name)?)?;
                match component.get(kind.into(), item.index)? {
                    Def::CoreAlias {
                        kind: aliased,
                        instance,
                        name,
                    } if export_kind(*aliased) == export_kind(kind) => {
                        self.item(at, (*instance, name), kind)
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
