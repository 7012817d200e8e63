//! What may the new side do that the old one could not?

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::change::Place;
use super::surface::Surface;
use crate::compare;
use crate::diagnostic::Result;
use crate::inspect::capabilities::{Authority, authority_of};
use crate::module::Module;

/// What changed of one authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Capability {
    pub authority: Authority,
    pub change: Held,
    /// Imports without their versions; functions of a core module as `module#function`.
    pub gained: Vec<String>,
    pub lost: Vec<String>,
}

/// Which side has an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// The new one alone.
    Gained,
    /// The old one alone.
    Lost,
    /// Both, by other imports.
    Changed,
}

/// Imports by what they are for.
type Granted = BTreeMap<Authority, BTreeSet<String>>;

/// The imports of all worlds; what is there for its types alone grants nothing.
pub(super) fn of_surface(surface: &Surface<'_>) -> Granted {
    let mut granted = Granted::new();
    for item in &surface.items {
        if item.place == Place::Import && !compare::is_names(surface.types, &item.item.ty) {
            let authority = authority_of(&item.name.path, None);
            let path = item.name.path.clone();
            granted.entry(authority).or_default().insert(path);
        }
    }
    granted
}

/// The functions that a core module imports.
pub(super) fn of_module(bytes: &[u8]) -> Result<Granted> {
    let mut granted = Granted::new();
    for import in Module::parse(bytes, 0..bytes.len())?.imports()? {
        let is_function = matches!(
            import.ty,
            wasmparser::TypeRef::Func(_) | wasmparser::TypeRef::FuncExact(_)
        );
        if is_function {
            let authority = authority_of(import.module, Some(import.name));
            let name = format!("{}#{}", import.module, import.name);
            granted.entry(authority).or_default().insert(name);
        }
    }
    Ok(granted)
}

/// The authorities whose imports differ.
pub(super) fn changes(mut old: Granted, mut new: Granted) -> Vec<Capability> {
    let authorities: BTreeSet<Authority> = old.keys().chain(new.keys()).copied().collect();
    let changes = authorities.into_iter().map(|authority| {
        let old = old.remove(&authority).unwrap_or_default();
        let new = new.remove(&authority).unwrap_or_default();
        Capability {
            authority,
            change: match (old.is_empty(), new.is_empty()) {
                (true, _) => Held::Gained,
                (_, true) => Held::Lost,
                _ => Held::Changed,
            },
            gained: new.difference(&old).cloned().collect(),
            lost: old.difference(&new).cloned().collect(),
        }
    });
    changes
        .filter(|change| !change.gained.is_empty() || !change.lost.is_empty())
        .collect()
}
