//! How does a core module become a component?
//!
//! ```text
//! module or libraries ─▶ embed WIT ─▶ choose adapters ─▶ cure the heap ─▶ encode ─▶ validate
//! ```
//! Every step may refuse, and says why: a component that validates but lost its exports, or that
//! traps in its own allocator, is worse than none.

mod adapter;
mod core;
mod embed;
mod encode;
mod explain;
mod exports;
mod go;
mod heap;
mod link;
mod memory_view;
mod origin;
mod ownership;
mod patch;
mod provided;
mod realloc;
mod repeats;

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::Serialize;

use crate::component::Component;
use crate::diagnostic::{Diagnostic, Result};
use crate::input;
use crate::progress::Progress;

pub use adapter::{Adapter, Choice, Kind, PREVIEW1};
pub use embed::{DummyAbi, Wit};
pub use heap::{Heap, Method, Policy};
pub use link::{Libraries, Library};
pub use wit_component::StringEncoding;

use core::Core;

/// What to make of it.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Embedded before anything else.
    pub wit: Option<Wit>,
    pub adapter: Choice,
    /// Adapters of the caller's; one of a name that is bundled wins.
    pub adapters: Vec<Named>,
    pub heap: Policy,
    /// Take a component that exports nothing, or lost exports.
    pub allow_empty: bool,
    pub encoding: Encoding,
}

/// A module with the name that others import it by.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    /// Where it comes from, as the user typed it.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// How the component is encoded.
#[derive(Clone, Debug)]
pub struct Encoding {
    /// Instance imports by old name, with their new one.
    pub import_names: IndexMap<String, String>,
    /// Unify imports of compatible versions.
    pub merge_imports: bool,
    /// Shorten versions in names to what is compatible, the rest as a suffix.
    pub canonical_names: bool,
    /// Take only core names of the standard form (`cm32p2|…`).
    pub reject_legacy_names: bool,
    pub debug_names: bool,
    /// Shims call by `return_call_ref`; hosts then need tail calls and function references.
    pub return_call_ref: bool,
    /// Adapters take memory by `memory.grow`, never from the module's `cabi_realloc`.
    pub realloc_via_memory_grow: bool,
    pub validate: bool,
}

impl Default for Encoding {
    fn default() -> Self {
        Encoding {
            import_names: IndexMap::new(),
            merge_imports: true,
            canonical_names: false,
            reject_legacy_names: false,
            debug_names: true,
            return_call_ref: false,
            realloc_via_memory_grow: false,
            validate: true,
        }
    }
}

/// What was made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub output: Output,
    /// Bytes of the binary form.
    pub size: u64,
    /// In full: `namespace:package/world@version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub world: Option<String>,
    pub adapters: Vec<Adapter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heap: Option<Heap>,
    /// Names at component level, in order; none for a core module.
    pub imports: Vec<String>,
    pub exports: Vec<String>,
    pub warnings: Vec<Diagnostic>,
}

/// What kind of binary was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    Component,
    /// A core module with WIT embedded.
    Module,
}

/// Wraps a core module, binary or text. `name` is the path as the user typed it.
///
/// Fails when the module is not valid, when something that it imports has no provider, when the
/// world asks for what it does not export, and when the component would lose its exports.
pub fn wrap(
    name: &str,
    bytes: &[u8],
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Vec<u8>, Report)> {
    let core = Core::read(name, input::to_binary(name, bytes)?, options)?;
    wrap_core(&core, options, progress).map_err(|mut error| {
        input::mark(name, bytes, std::slice::from_mut(&mut *error));
        error
    })
}

/// Makes a component for the world of `options.wit` whose exports trap.
pub fn dummy(
    abi: DummyAbi,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Vec<u8>, Report)> {
    let module = embed::dummy_module(abi, options)?;
    let core = Core::read("the dummy module", Cow::Owned(module), options)?;
    wrap_core(&core, options, progress)
}

/// Embeds the WIT of `options` into a core module, and leaves it a core module.
pub fn embed(name: &str, bytes: &[u8], options: &Options) -> Result<(Vec<u8>, Report)> {
    let core = Core::read(name, input::to_binary(name, bytes)?, options)?;
    Ok(embedded(core))
}

/// Makes a core module for the world of `options.wit` whose exports trap.
pub fn dummy_module(abi: DummyAbi, options: &Options) -> Result<(Vec<u8>, Report)> {
    let module = embed::dummy_module(abi, options)?;
    let core = Core::read("the dummy module", Cow::Owned(module), options)?;
    Ok(embedded(core))
}

/// Links shared-everything libraries to a component. With WIT in `options`, the first library
/// gets it.
pub fn link(
    libraries: &Libraries,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Vec<u8>, Report)> {
    link::link(libraries, options, progress)
}

fn wrap_core(
    core: &Core<'_>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Vec<u8>, Report)> {
    let adapters = adapter::choose(core, options)?;
    let mut warnings = exports::check(core, &adapters, options)?;
    let cure = heap::cure(core, &adapters, options, &mut warnings)?;
    let module = cure.module.as_deref().unwrap_or(&core.bytes);
    let component = encode::module(module, &adapters, options, progress)
        .map_err(|failure| explain::failure(failure, core, &adapters, options))?;
    let mut report = report(&component, core, adapters, warnings)?;
    report.heap = cure.heap;
    Ok((component, report))
}

fn report(
    component: &[u8],
    core: &Core<'_>,
    adapters: Vec<Adapter>,
    warnings: Vec<Diagnostic>,
) -> Result<Report> {
    let parsed = Component::parse(component)?;
    Ok(Report {
        output: Output::Component,
        size: component.len() as u64,
        world: core.world_name.clone(),
        adapters: adapters
            .into_iter()
            .filter(|adapter| adapter.used)
            .collect(),
        heap: None,
        imports: parsed
            .imports
            .iter()
            .map(|import| import.name.name.to_string())
            .collect(),
        exports: parsed
            .exports
            .iter()
            .map(|export| export.name.name.to_string())
            .collect(),
        warnings,
    })
}

fn embedded(core: Core<'_>) -> (Vec<u8>, Report) {
    let module = core.bytes.into_owned();
    let report = Report {
        output: Output::Module,
        size: module.len() as u64,
        world: core.world_name,
        adapters: Vec::new(),
        heap: None,
        imports: Vec::new(),
        exports: Vec::new(),
        warnings: Vec::new(),
    };
    (module, report)
}
