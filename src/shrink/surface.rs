//! What has a component or module to do with its surroundings?
//!
//! Imports and exports with their attributes and types. Imports may go, also members of imported
//! instances; nothing else may change.

use wasmparser::TypeRef;

use super::summary::{export_kind, import_kind};
use crate::compare::{Pairs, Side, compare};
use crate::component::{Component, Direction, ExternName, Signature};
use crate::diagnostic::Result;
use crate::input::{self, Kind};
use crate::module::Module;

/// Imports and exports, each as text: name, attributes, and the type of a core module's item.
pub struct Surface {
    pub imports: Vec<Item>,
    pub exports: Vec<Item>,
}

/// One import or export.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub name: String,
    /// All else that is seen of it, but for the type of a component's item.
    details: String,
}

impl Surface {
    pub fn of(bytes: &[u8]) -> Result<Surface> {
        if input::kind(bytes)? == Kind::Component {
            let component = Component::parse(bytes)?;
            let item = |name: &ExternName<'_>| Item {
                name: name.name.to_string(),
                details: format!("{name:?}"),
            };
            return Ok(Surface {
                imports: component.imports.iter().map(|i| item(&i.name)).collect(),
                exports: component.exports.iter().map(|e| item(&e.name)).collect(),
            });
        }
        Surface::of_module(&Module::parse(bytes, 0..bytes.len())?)
    }

    fn of_module(module: &Module<'_>) -> Result<Surface> {
        let types = module.types()?;
        let imports = module.imports()?;
        let shown = |ty: TypeRef| match ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                format!("{:?}", types.get(ty as usize))
            }
            TypeRef::Tag(tag) => format!("{:?}", types.get(tag.func_type_idx as usize)),
            ty => format!("{ty:?}"),
        };
        let mut spaces: [Vec<String>; 5] = Default::default();
        for import in &imports {
            spaces[import_kind(&import.ty) as usize].push(shown(import.ty));
        }
        let [functions, tables, memories, globals, tags] = &mut spaces;
        functions.extend(
            module
                .functions()?
                .into_iter()
                .map(TypeRef::Func)
                .map(shown),
        );
        tables.extend(
            module
                .tables()?
                .iter()
                .map(|table| shown(TypeRef::Table(table.ty))),
        );
        memories.extend(
            module
                .memories()?
                .into_iter()
                .map(TypeRef::Memory)
                .map(shown),
        );
        globals.extend(
            module
                .globals()?
                .iter()
                .map(|global| shown(TypeRef::Global(global.ty))),
        );
        tags.extend(module.tags()?.into_iter().map(TypeRef::Tag).map(shown));
        let exports = module.exports()?;
        Ok(Surface {
            imports: imports
                .iter()
                .map(|import| Item {
                    name: format!("{} {}", import.module, import.name),
                    details: shown(import.ty),
                })
                .collect(),
            exports: exports
                .iter()
                .map(|export| Item {
                    name: export.name.to_string(),
                    details: spaces[export_kind(export.kind) as usize]
                        .get(export.index as usize)
                        .cloned()
                        .unwrap_or_default(),
                })
                .collect(),
        })
    }
}

/// In what the types differ: of exports in anything, of imports in what was not asked for before.
pub fn type_differences(before: &[u8], after: &[u8]) -> Result<Vec<String>> {
    if input::kind(before)? != Kind::Component {
        return Ok(Vec::new());
    }
    let (old, new) = (Signature::read(before)?, Signature::read(after)?);
    let old_side = Side::new(&old.types, old.externs.iter().map(|e| (e.name, &e.item)));
    let new_side = Side::new(&new.types, new.externs.iter().map(|e| (e.name, &e.item)));
    let (mut there, mut back) = (Pairs::default(), Pairs::default());
    let mut found = Vec::new();
    for item in &new.externs {
        let mut same = old.externs.iter();
        let same = same.find(|o| o.name == item.name && o.direction == item.direction);
        let Some(was) = same else {
            continue;
        };
        let (wanted, given) = ((&new_side, &item.item.ty), (&old_side, &was.item.ty));
        found.extend(compare(item.name, wanted, given, &mut |a, b| {
            there.are_one(a, b)
        }));
        if item.direction == Direction::Export {
            found.extend(compare(item.name, given, wanted, &mut |a, b| {
                back.are_one(a, b)
            }));
        }
    }
    Ok(found.iter().map(ToString::to_string).collect())
}
