//! What does an external wasm-opt make smaller still?
//!
//! A guest, never needed: its output is taken for a module only where that is valid by the features
//! that the module used before, exports the same, imports nothing new and is smaller. It is told
//! of no assumption that the module's author has not made. Who runs it is told by [`External`].

use std::borrow::Cow;
use std::fmt::Debug;

use indexmap::IndexMap;
use rayon::prelude::*;
use wasmparser::{Validator, WasmFeatures};

use crate::module::Module;

/// A program outside of this one that makes modules smaller.
pub trait External: Debug + Send + Sync {
    /// A module that does the same, using no features but these, by their names in wasm-opt; or
    /// why there is none.
    fn optimize(&self, module: &[u8], features: &[&str]) -> Result<Vec<u8>, String>;
}

/// What wasm-opt calls the features of a module.
const FEATURES: [(WasmFeatures, &str); 16] = [
    (WasmFeatures::MUTABLE_GLOBAL, "mutable-globals"),
    (
        WasmFeatures::SATURATING_FLOAT_TO_INT,
        "nontrapping-float-to-int",
    ),
    (WasmFeatures::SIGN_EXTENSION, "sign-ext"),
    (WasmFeatures::REFERENCE_TYPES, "reference-types"),
    (
        WasmFeatures::CALL_INDIRECT_OVERLONG,
        "call-indirect-overlong",
    ),
    (WasmFeatures::MULTI_VALUE, "multivalue"),
    (WasmFeatures::BULK_MEMORY, "bulk-memory"),
    (WasmFeatures::BULK_MEMORY_OPT, "bulk-memory-opt"),
    (WasmFeatures::SIMD, "simd"),
    (WasmFeatures::RELAXED_SIMD, "relaxed-simd"),
    (WasmFeatures::THREADS, "threads"),
    (WasmFeatures::TAIL_CALL, "tail-call"),
    (WasmFeatures::MULTI_MEMORY, "multimemory"),
    (WasmFeatures::EXCEPTIONS, "exception-handling"),
    (WasmFeatures::MEMORY64, "memory64"),
    (WasmFeatures::EXTENDED_CONST, "extended-const"),
];

/// Makes these modules smaller, equal ones once; says why where it could not.
pub fn all<'m, 'a: 'm>(
    external: &dyn External,
    modules: impl Iterator<Item = &'m mut Cow<'a, [u8]>>,
) -> Vec<String> {
    let mut equal: IndexMap<Cow<'a, [u8]>, Vec<&'m mut Cow<'a, [u8]>>> = IndexMap::new();
    for module in modules {
        equal.entry(module.clone()).or_default().push(module);
    }
    let equal: Vec<_> = equal.into_iter().collect();
    let refused = equal.into_par_iter().filter_map(|(bytes, modules)| {
        let new = match optimize(external, &bytes) {
            Ok(new) => new?,
            Err(why) => return Some(format!("a module that wasm-opt refused: {why}")),
        };
        for module in modules {
            *module = new.clone().into();
        }
        None
    });
    refused.collect()
}

/// The module made smaller; `None` where it is no better.
fn optimize(external: &dyn External, module: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let Some(features) = features(module) else {
        return Err("it has no name for a feature of this module".to_string());
    };
    let used = FEATURES
        .iter()
        .filter(|(feature, _)| features.contains(*feature));
    let names: Vec<&str> = used.map(|(_, name)| *name).collect();
    let new = external.optimize(module, &names)?;
    let valid = Validator::new_with_features(features).validate_all(&new);
    let better = new.len() < module.len() && valid.is_ok() && fits(module, &new).is_some();
    Ok(better.then_some(new))
}

/// The features without which the module is not valid; `None` where one of them is not in the list.
fn features(module: &[u8]) -> Option<WasmFeatures> {
    let valid = |features: WasmFeatures| {
        let mut validator = Validator::new_with_features(features);
        validator.validate_all(module).is_ok()
    };
    let known = FEATURES
        .iter()
        .fold(WasmFeatures::WASM1, |all, (feature, _)| all | *feature);
    if !valid(known) {
        return None;
    }
    let needless = |(feature, _): &&(WasmFeatures, &str)| valid(known & !*feature);
    let needless = FEATURES.iter().filter(needless);
    // What is not needed alone may be needed where another is not there: then all of them stay.
    let needed = needless.fold(known, |all, (feature, _)| all & !*feature);
    Some(if valid(needed) { needed } else { known })
}

/// Whether the new module exports the same and imports nothing new.
fn fits(old: &[u8], new: &[u8]) -> Option<()> {
    let old = Module::parse(old, 0..old.len()).ok()?;
    let new = Module::parse(new, 0..new.len()).ok()?;
    let names = |module: &Module<'_>| -> Option<Vec<String>> {
        let exports = module.exports().ok()?;
        Some(
            exports
                .iter()
                .map(|e| format!("{:?} {}", e.kind, e.name))
                .collect(),
        )
    };
    let (mut before, mut after) = (names(&old)?, names(&new)?);
    before.sort_unstable();
    after.sort_unstable();
    let imports = |module: &Module<'_>| -> Option<Vec<(String, String)>> {
        let imports = module.imports().ok()?;
        let name = |i: &wasmparser::Import<'_>| (i.module.to_string(), i.name.to_string());
        Some(imports.iter().map(name).collect())
    };
    let known = imports(&old)?;
    let new = imports(&new)?;
    (before == after && new.iter().all(|import| known.contains(import))).then_some(())
}
