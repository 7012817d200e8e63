//! What changed in the imports and exports of a core module?

use std::collections::BTreeMap;
use std::fmt;

use indexmap::{IndexMap, IndexSet};
use wasmparser::types::{EntityType, Types};
use wasmparser::{Parser, ValidPayload, Validator, WasmFeatures};

use super::change::{Change, Effect, Kind, Place};
use crate::compare::core::shape;
use crate::compare::heap::Whose;
use crate::compare::matching::{Cores, Item, Known};
use crate::diagnostic::{self, Diagnostic, Result};

/// The outside of a core module.
struct Outside {
    types: Types,
    imports: IndexMap<Key, EntityType>,
    exports: IndexMap<Key, EntityType>,
}

/// What an item is known by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    /// Of an import.
    module: Option<String>,
    name: String,
    /// How often it was imported before: a module may do so again, as another type, too.
    again: usize,
}

impl Key {
    /// Whatever it was imported as before.
    fn with(&self, item: Item<'_>, cores: &mut Cores<'_>) -> (Option<&str>, &str, Known) {
        (self.module.as_deref(), &self.name, cores.known(item))
    }
}

impl fmt::Display for Key {
    /// `env#log`, then `env#log (2)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(module) = &self.module {
            write!(f, "{module}#")?;
        }
        f.write_str(&self.name)?;
        match self.again {
            0 => Ok(()),
            again => write!(f, " ({})", again + 1),
        }
    }
}

/// All changes: imports first, then exports.
pub(super) fn changes(old: &[u8], new: &[u8]) -> Result<Vec<Change>> {
    let (old, new) = (Outside::read(old)?, Outside::read(new)?);
    let mut cores = Cores::new(&old.types, &new.types);
    let mut changes = Vec::new();
    for place in [Place::Import, Place::Export] {
        let (before, after) = (old.items(place), new.items(place));
        let mut was = by_type(Whose::Ours, before, &mut cores);
        let mut is = by_type(Whose::Theirs, after, &mut cores);
        let mut added: BTreeMap<&Key, &EntityType> = after.iter().collect();
        for (name, ty) in before {
            // Told once, it is as if it stayed.
            let stays = !is.insert(name.with((Whose::Ours, ty), &mut cores));
            let Some(twin) = added.remove(name) else {
                let of = || Change {
                    old: shape(&old.types, ty),
                    callers: Effect::breaking_if(place == Place::Export),
                    ..Change::of(place, &name.to_string(), Kind::Removed)
                };
                changes.extend((!stays).then(of));
                continue;
            };
            let is_new = was.insert(name.with((Whose::Theirs, twin), &mut cores));
            if !stays || is_new {
                let change = change(place, name, ty, twin, &mut cores);
                let hosts = if is_new {
                    change.hosts
                } else {
                    Effect::Compatible
                };
                changes.push(Change { hosts, ..change });
            }
        }
        for (name, ty) in added {
            if was.insert(name.with((Whose::Theirs, ty), &mut cores)) {
                changes.push(Change {
                    new: shape(&new.types, ty),
                    hosts: Effect::breaking_if(place == Place::Import),
                    ..Change::of(place, &name.to_string(), Kind::Added)
                });
            }
        }
    }
    Ok(changes)
}

/// Items by name and type. One item serves all imports of these.
type ByType<'k> = IndexSet<(Option<&'k str>, &'k str, Known)>;

fn by_type<'k>(
    whose: Whose,
    items: &'k IndexMap<Key, EntityType>,
    cores: &mut Cores<'_>,
) -> ByType<'k> {
    let items = items.iter();
    items
        .map(|(key, ty)| key.with((whose, ty), cores))
        .collect()
}

/// What became of an item that both modules have.
fn change(
    place: Place,
    name: &Key,
    old: &EntityType,
    new: &EntityType,
    cores: &mut Cores<'_>,
) -> Change {
    let (old, new) = ((Whose::Ours, old), (Whose::Theirs, new));
    let shapes = cores.told(old, new);
    Change {
        callers: Effect::breaking_if(place == Place::Export && !cores.stands(old, new)),
        hosts: Effect::breaking_if(place == Place::Import && !cores.stands(new, old)),
        old: shapes.0,
        new: shapes.1,
        ..Change::of(place, &name.to_string(), Kind::Changed)
    }
}

impl Outside {
    /// Fails where the module is not valid; code is not looked at.
    fn read(module: &[u8]) -> Result<Outside> {
        let foreign = |error| diagnostic::wasm(error, module);
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        for payload in Parser::new(0).parse_all(module) {
            let payload = payload.map_err(foreign)?;
            if let ValidPayload::End(types) = validator.payload(&payload).map_err(foreign)? {
                return Ok(Outside::of(types));
            }
        }
        Err(
            Diagnostic::error("wasm/truncated", "the file ends within a section")
                .help("get the file again: it was cut short or damaged"),
        )
    }

    fn of(types: Types) -> Outside {
        let view = types.as_ref();
        let mut imports = IndexMap::new();
        let mut times: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (module, name, ty) in view.core_imports().into_iter().flatten() {
            let times = times.entry((module, name)).or_default();
            let key = Key {
                module: Some(module.to_string()),
                name: name.to_string(),
                again: *times,
            };
            *times += 1;
            imports.insert(key, ty);
        }
        let exports = view.core_exports().into_iter().flatten();
        let key = |name: &str| Key {
            module: None,
            name: name.to_string(),
            again: 0,
        };
        // Nobody asks for a function that is exactly of its type: whose type is a subtype will do.
        let asked = |ty| match ty {
            EntityType::FuncExact(id) => EntityType::Func(id),
            ty => ty,
        };
        let exports = exports.map(|(name, ty)| (key(name), asked(ty)));
        let exports = exports.collect();
        Outside {
            imports,
            exports,
            types,
        }
    }

    fn items(&self, place: Place) -> &IndexMap<Key, EntityType> {
        match place {
            Place::Import => &self.imports,
            _ => &self.exports,
        }
    }
}
