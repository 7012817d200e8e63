//! Which imports have a provider?

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::TypeRef;
use wit_parser::{InterfaceId, Resolve, WorldItem, WorldKey};

use super::Options;
use super::adapter::Adapter;
use super::core::{Core, Import};
use crate::module::{Provider, provider};

/// What adapters, worlds and built-in functions provide.
pub(super) struct Provided<'a> {
    /// The functions of each adapter; `None` of one that cannot be read.
    adapters: BTreeMap<&'a str, Option<BTreeSet<String>>>,
    /// Functions that worlds import by themselves.
    functions: BTreeSet<&'a str>,
    /// Interfaces that worlds import, by each name that a module may import them by.
    interfaces: BTreeMap<String, Vec<(&'a Resolve, InterfaceId)>>,
    takes_legacy: bool,
}

impl<'a> Provided<'a> {
    pub fn of(core: &'a Core<'_>, adapters: &'a [Adapter], options: &Options) -> Provided<'a> {
        let mut provided = Provided {
            adapters: BTreeMap::new(),
            functions: BTreeSet::new(),
            interfaces: BTreeMap::new(),
            takes_legacy: !options.encoding.reject_legacy_names,
        };
        for adapter in adapters {
            let known = provided.adapters.entry(&adapter.name);
            known.or_insert_with(|| adapter.functions().ok());
        }
        for world in &core.worlds {
            for (key, item) in &world.resolve.worlds[world.id].imports {
                provided.add(&world.resolve, key, item);
            }
        }
        provided
    }

    fn add(&mut self, resolve: &'a Resolve, key: &'a WorldKey, item: &'a WorldItem) {
        match (key, item) {
            (WorldKey::Name(name), WorldItem::Function(_)) => {
                self.functions.insert(name);
            }
            (_, WorldItem::Interface { id, .. }) => {
                let name = resolve.name_world_key(key);
                let canonical = resolve.canonicalized_id_of(*id);
                for name in canonical.into_iter().chain([name]) {
                    let known = self.interfaces.entry(name).or_default();
                    known.push((resolve, *id));
                }
            }
            _ => {}
        }
    }

    /// Errs on the side of yes: the encoder has the last word.
    pub fn has(&self, import: &Import) -> bool {
        if !matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
            return false;
        }
        if let Some(functions) = self.adapters.get(import.module.as_str()) {
            let functions = functions.as_ref();
            return functions.is_none_or(|functions| functions.contains(&import.name));
        }
        let is_standard = import.module.starts_with("cm32p2");
        match import.module.as_str() {
            _ if !is_standard && !self.takes_legacy => false,
            "env" => import.name.starts_with("__wasm_"),
            _ => self.is_in_worlds(import),
        }
    }

    /// Whether a world imports this function, or has the interface whose built-in function it is.
    fn is_in_worlds(&self, import: &Import) -> bool {
        let name = import.name.as_str();
        let module = match provider(&import.module, name) {
            Provider::BuiltIn => return true,
            Provider::World => return name.starts_with('[') || self.functions.contains(name),
            Provider::Module(module) => module,
        };
        let mut known = self.interfaces.get(module).into_iter().flatten();
        known.any(|(resolve, id)| {
            name.starts_with('[')
                || name.contains('_')
                || resolve.interfaces[*id].functions.contains_key(name)
        })
    }
}
