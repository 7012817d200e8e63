//! What changed in the imports and exports of a core module?

use std::collections::BTreeMap;

use indexmap::IndexMap;
use wasmparser::types::{EntityType, Types};
use wasmparser::{Parser, ValidPayload, Validator, WasmFeatures};

use super::change::{Change, Effect, Kind, Place};
use crate::compare::core::{shape, stands};
use crate::diagnostic::{self, Diagnostic, Result};

/// The outside of a core module.
struct Outside {
    types: Types,
    imports: IndexMap<String, EntityType>,
    exports: IndexMap<String, EntityType>,
}

/// All changes: imports first, then exports.
pub(super) fn changes(old: &[u8], new: &[u8]) -> Result<Vec<Change>> {
    let (old, new) = (Outside::read(old)?, Outside::read(new)?);
    let mut changes = Vec::new();
    for place in [Place::Import, Place::Export] {
        let (before, after) = (old.items(place), new.items(place));
        let mut added: BTreeMap<&str, &EntityType> =
            after.iter().map(|(name, ty)| (name.as_str(), ty)).collect();
        for (name, ty) in before {
            let twin = added.remove(name.as_str());
            changes.extend(change(
                place,
                name,
                (&old, ty),
                twin.map(|twin| (&new, twin)),
            ));
        }
        let of = |(name, ty): (&&str, &&EntityType)| Change {
            new: shape(&new.types, ty),
            hosts: Effect::breaking_if(place == Place::Import),
            ..Change::of(place, name, Kind::Added)
        };
        changes.extend(added.iter().map(of));
    }
    Ok(changes)
}

/// What became of an item of the old module.
fn change(
    place: Place,
    name: &str,
    (old, ty): (&Outside, &EntityType),
    new: Option<(&Outside, &EntityType)>,
) -> Option<Change> {
    let was = shape(&old.types, ty);
    let Some((new, twin)) = new else {
        return Some(Change {
            old: was,
            callers: Effect::breaking_if(place == Place::Export),
            ..Change::of(place, name, Kind::Removed)
        });
    };
    let is = shape(&new.types, twin);
    let (old, new) = ((&old.types, ty), (&new.types, twin));
    (was != is).then(|| Change {
        callers: Effect::breaking_if(place == Place::Export && !stands(old, new)),
        hosts: Effect::breaking_if(place == Place::Import && !stands(new, old)),
        old: was,
        new: is,
        ..Change::of(place, name, Kind::Changed)
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
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for (module, name, ty) in view.core_imports().into_iter().flatten() {
            let name = format!("{module}#{name}");
            let times = times.entry(name.clone()).or_default();
            imports.insert(numbered(&name, times, &imports), ty);
        }
        let exports = view.core_exports().into_iter().flatten();
        let exports = exports.map(|(name, ty)| (name.to_string(), ty)).collect();
        Outside {
            imports,
            exports,
            types,
        }
    }

    fn items(&self, place: Place) -> &IndexMap<String, EntityType> {
        match place {
            Place::Import => &self.imports,
            _ => &self.exports,
        }
    }
}

/// A module may import something again, as another type, too: `env#log`, then `env#log (2)`.
fn numbered<T>(name: &str, times: &mut usize, taken: &IndexMap<String, T>) -> String {
    loop {
        *times += 1;
        let key = match *times {
            1 => name.to_string(),
            times => format!("{name} ({times})"),
        };
        if !taken.contains_key(&key) {
            return key;
        }
    }
}
