//! Why can this module not become a component?
//!
//! The encoder stops at the first thing it cannot place. Here the module's imports and exports
//! are held against its worlds and adapters to name all of them, with their origin and a way out.

use indexmap::{IndexMap, IndexSet};

use super::Options;
use super::adapter::{Adapter, PREVIEW1};
use super::core::{Core, World};
use super::encode::Failure;
use super::exports;
use super::origin::{self, Env, Origin};
use super::provided::Provided;
use crate::diagnostic::{self, Diagnostic};
use crate::validate;

/// The reason for a failure, as far as it can be told.
pub(super) fn failure(
    failure: Failure,
    core: &Core<'_>,
    adapters: &[Adapter],
    options: &Options,
) -> Box<Diagnostic> {
    if let Some(invalid) = invalid_module(core) {
        return invalid;
    }
    match failure {
        Failure::Invalid(error) => invalid_output(&error),
        Failure::Refused(error) => unsatisfied(core, adapters, options)
            .or_else(|| exports::missing(core, options))
            .unwrap_or_else(|| {
                refused(format!("`{}` cannot become a component", core.name), &error)
            }),
    }
}

/// A core module that is not valid by itself.
pub(super) fn invalid_module(core: &Core<'_>) -> Option<Box<Diagnostic>> {
    let error = validate::first_fault(&core.bytes)?;
    Some(diagnostic::wasm(error, &core.bytes).in_file(&core.name))
}

/// A valid module that became an invalid component.
pub(super) fn invalid_output(error: &wasmparser::Error) -> Box<Diagnostic> {
    Diagnostic::error("new/invalid-output", "the component would not be valid")
        .cause(error.message())
        .help("check the names given with `--import-name`: they go into the component as they are")
        .help("write it nevertheless with `--skip-validation`, to look at it")
}

/// What the encoder says, without the words about its own inner steps.
pub(super) fn refused(message: String, error: &anyhow::Error) -> Box<Diagnostic> {
    const STEPS: [&str; 3] = [
        "failed to decode world from module",
        "module was not valid",
        "failed to encode a component from module",
    ];
    let causes = error.chain().map(|cause| cause.to_string());
    let mut causes = causes.filter(|cause| !STEPS.contains(&cause.as_str()));
    let first = causes.next().unwrap_or_default();
    let mut lines = first.lines();
    let diagnostic =
        Diagnostic::error("new/failed", message).cause(lines.next().unwrap_or_default());
    let rest = lines.map(|line| line.trim().to_string());
    let rest: Vec<String> = rest.chain(causes).collect();
    rest.into_iter()
        .fold(diagnostic, |diagnostic, cause| diagnostic.cause(cause))
}

/// What nothing provides, by origin.
fn lacking(
    core: &Core<'_>,
    adapters: &[Adapter],
    options: &Options,
) -> IndexMap<Origin, IndexSet<String>> {
    let provided = Provided::of(core, adapters, options);
    let left = core.imports.iter().filter(|import| !provided.has(import));
    let env = Env::of(core);
    let mut origins: IndexMap<Origin, IndexSet<String>> = IndexMap::new();
    for import in left {
        let name = format!("`{}::{}`", import.module, import.name);
        let names = origins.entry(origin::of(import, env)).or_default();
        names.insert(name);
    }
    origins
}

/// Whether [`unsatisfied`] asks for WIT.
pub(super) fn lacks_wit(core: &Core<'_>, adapters: &[Adapter], options: &Options) -> bool {
    let origins = lacking(core, adapters, options);
    let mut origins = origins.keys();
    core.world_name.is_none() && origins.any(|origin| matches!(origin, Origin::Wit | Origin::World))
}

/// All imports that nothing provides, by origin.
pub(super) fn unsatisfied(
    core: &Core<'_>,
    adapters: &[Adapter],
    options: &Options,
) -> Option<Box<Diagnostic>> {
    let origins = lacking(core, adapters, options);
    let count: usize = origins.values().map(IndexSet::len).sum();
    if count == 0 {
        return None;
    }
    let message = match count {
        1 => format!("nothing provides an import of `{}`", core.name),
        _ => format!("nothing provides {count} imports of `{}`", core.name),
    };
    let mut diagnostic = Diagnostic::error("new/unsatisfied-import", message);
    for (origin, names) in &origins {
        let verb = if names.len() == 1 { "is" } else { "are" };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        diagnostic = diagnostic.cause(format!("{} {verb} {}", names.join(", "), origin.describe()));
    }
    if let Some(near) = nearby(core).filter(|_| origins.contains_key(&Origin::Wit)) {
        diagnostic = diagnostic.cause(near);
    }
    for origin in origins.keys() {
        diagnostic = diagnostic.help(help(*origin, core, adapters));
    }
    Some(diagnostic)
}

/// The way out, by what the caller has done already.
fn help(origin: Origin, core: &Core<'_>, adapters: &[Adapter]) -> String {
    let adapter = adapters.iter().find(|adapter| adapter.name == PREVIEW1);
    match (origin, adapter, &core.world_name) {
        (Origin::Preview1, Some(_), _) => {
            "take the bundled adapter that has it: `--adapter command` or `--adapter reactor`"
                .into()
        }
        (Origin::Wit | Origin::World, _, Some(world)) => {
            format!("add it to the imports of world `{world}`, or compile against that WIT")
        }
        _ => origin.help().to_string(),
    }
}

/// An interface of the worlds that differs from an import in its version alone.
fn nearby(core: &Core<'_>) -> Option<String> {
    let keys: IndexSet<String> = core.worlds.iter().flat_map(World::imports).collect();
    let mut stems: IndexMap<&str, &str> = IndexMap::new();
    for key in &keys {
        let stem = key.split('@').next().unwrap_or_default();
        stems.entry(stem).or_insert(key);
    }
    core.imports.iter().find_map(|import| {
        let (stem, _) = import.module.split_once('@')?;
        if !origin::is_interface(stem) || keys.contains(&import.module) {
            return None;
        }
        let near = stems.get(stem)?;
        Some(format!(
            "the module imports `{}`, its world has `{near}`",
            import.module
        ))
    })
}
