//! What changed in the imports and exports of a core module?

use std::collections::BTreeMap;
use std::fmt;

use indexmap::IndexMap;
use wasmparser::types::{EntityType, Types};
use wasmparser::{Parser, ValidPayload, Validator, WasmFeatures};

use super::change::{Change, Effect, Kind, Place};
use crate::compare::core::{same, shape, stands};
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
    let mut changes = Vec::new();
    for place in [Place::Import, Place::Export] {
        let (before, after) = (old.items(place), new.items(place));
        let mut added: BTreeMap<&Key, &EntityType> = after.iter().collect();
        for (name, ty) in before {
            let twin = added.remove(name);
            changes.extend(change(
                place,
                name,
                (&old, ty),
                twin.map(|twin| (&new, twin)),
            ));
        }
        let of = |(name, ty): (&&Key, &&EntityType)| Change {
            new: shape(&new.types, ty),
            hosts: Effect::breaking_if(place == Place::Import),
            ..Change::of(place, &name.to_string(), Kind::Added)
        };
        changes.extend(added.iter().map(of));
    }
    Ok(changes)
}

/// What became of an item of the old module.
fn change(
    place: Place,
    name: &Key,
    (old, ty): (&Outside, &EntityType),
    new: Option<(&Outside, &EntityType)>,
) -> Option<Change> {
    let Some((new, twin)) = new else {
        return Some(Change {
            old: shape(&old.types, ty),
            callers: Effect::breaking_if(place == Place::Export),
            ..Change::of(place, &name.to_string(), Kind::Removed)
        });
    };
    let (old, new) = ((&old.types, ty), (&new.types, twin));
    (!same(old, new)).then(|| Change {
        callers: Effect::breaking_if(place == Place::Export && !stands(old, new)),
        hosts: Effect::breaking_if(place == Place::Import && !stands(new, old)),
        old: shape(old.0, old.1),
        new: shape(new.0, new.1),
        ..Change::of(place, &name.to_string(), Kind::Changed)
    })
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
        let exports = exports.map(|(name, ty)| (key(name), ty)).collect();
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
