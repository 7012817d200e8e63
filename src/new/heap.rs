//! Will the adapter's memory and the module's own heap stay apart?
//!
//! An adapter has no memory of its own. It lives in two pages of the module's, which it takes at
//! the first call: from the module's `cabi_realloc`, or where there is none from `memory.grow`.
//! An allocator that was written for a memory of its own takes `memory.size` for the end of its
//! heap when it starts, or takes for granted that what it grows joins on to what it had; then the
//! adapter's pages are handed out a second time. The component validates, and breaks when the
//! program allocates much.

use rayon::prelude::*;
use serde::Serialize;
use wasmparser::{FunctionBody, Operator};

use super::adapter::Adapter;
use super::core::Core;
use super::{Options, go, memory_view, realloc};
use crate::diagnostic::{Diagnostic, Result};
use crate::module::Module;

/// What to do about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Cure where an adapter is bundled; with the caller's own, warn.
    #[default]
    Auto,
    /// Cure with every adapter.
    Cure,
    /// Leave the module as it is.
    Keep,
}

/// What was done about it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Heap {
    pub method: Method,
    /// The function of the module that serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
}

/// How heap and adapter are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The adapter's memory comes from the module's allocator, by a `cabi_realloc` made from it.
    CabiRealloc,
    /// `memory.size` says the size that the memory was declared with, until a function has run that
    /// grows it.
    InitialSize,
    /// The heap of Go's runtime is told to go on behind the adapter's pages.
    GoHeap,
}

/// The outcome; no module where nothing had to be changed.
#[derive(Default)]
pub(super) struct Cure {
    pub module: Option<Vec<u8>>,
    pub heap: Option<Heap>,
}

/// Where a module looks at the size of its memory, or changes it.
pub(super) struct Site {
    /// Counts defined functions.
    pub body: usize,
    /// In the body, counted from its start.
    pub range: std::ops::Range<usize>,
    pub grows: bool,
}

/// Keeps a module's heap and its adapters apart.
pub(super) fn cure(
    core: &Core<'_>,
    adapters: &[Adapter],
    options: &Options,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Cure> {
    let keeps = options.heap == Policy::Keep || options.encoding.realloc_via_memory_grow;
    let guests = guests(adapters)?;
    if keeps || guests.is_empty() {
        return Ok(Cure::default());
    }
    let module = Module::parse(&core.bytes, 0..core.bytes.len())?;
    if has_realloc(core, &module) {
        return Ok(Cure::default());
    }
    let sites = sites(&module)?;
    if sites.is_empty() {
        return Ok(Cure::default());
    }
    let is_left = options.heap == Policy::Auto && guests.iter().all(|guest| guest.kind.is_none());
    let cure = known(&module, core, &sites)?;
    // Who asks only for new memory, and uses what it is told it got, cannot clash.
    let may_clash = sites.iter().any(|site| !site.grows);
    match cure {
        Some(cure) if !is_left => return Ok(cure),
        Some(_) if may_clash => warnings.push(*clash(core).help(
            "let the module be changed so that it does not: `--heap cure`, or leave out `--adapt`",
        )),
        None if may_clash => warnings.push(
            *clash(core)
                .help("rebuild it with a libc of after 2022, or export `cabi_realloc` from it")
                .help("keep the function names, so that `malloc` can be found"),
        ),
        _ => {}
    }
    Ok(Cure::default())
}

/// The adapters that take memory for themselves.
fn guests(adapters: &[Adapter]) -> Result<Vec<&Adapter>> {
    let mut guests = Vec::new();
    for adapter in adapters.iter().filter(|adapter| adapter.used) {
        if adapter.calls("cabi_realloc")? {
            guests.push(adapter);
        }
    }
    Ok(guests)
}

/// The first cure that fits.
fn known(module: &Module<'_>, core: &Core<'_>, sites: &[Site]) -> Result<Option<Cure>> {
    if let Some(cure) = realloc::cure(module, core)? {
        return Ok(Some(cure));
    }
    if let Some(cure) = go::cure(module, sites)? {
        return Ok(Some(cure));
    }
    memory_view::cure(module, sites)
}

/// Whether the module has a function that adapters take memory from. One of Go's for everybody is
/// none: its runtime calls the adapter before it can allocate.
fn has_realloc(core: &Core<'_>, module: &Module<'_>) -> bool {
    let for_all = ["cabi_realloc", "canonical_abi_realloc", "cm32p2_realloc"];
    let mut for_all = for_all.iter().filter(|_| !go::is_made_by_go(module));
    core.exports_function("cabi_realloc_adapter") || for_all.any(|name| core.exports_function(name))
}

fn clash(core: &Core<'_>) -> Box<Diagnostic> {
    Diagnostic::warning(
        "new/heap-clash",
        format!(
            "the heap of `{}` may run into the adapter's memory",
            core.name
        ),
    )
    .cause("the module has no `cabi_realloc`, and manages the size of its memory by itself")
}

/// From this size of a module on other threads look, too: starting them takes about a millisecond.
const PARALLEL_FROM: usize = 256 << 10;

/// Every `memory.size` and `memory.grow` of the first memory, in order.
fn sites(module: &Module<'_>) -> Result<Vec<Site>> {
    let bodies = module.bodies()?;
    let within = |(at, body)| sites_of(at, body);
    Ok(if module.bytes().len() < PARALLEL_FROM {
        bodies.iter().enumerate().flat_map(within).collect()
    } else {
        bodies
            .par_iter()
            .enumerate()
            .flat_map_iter(within)
            .collect()
    })
}

/// Whether the bytes of one of the instructions are there, if only by chance.
fn may_have_site(body: &[u8]) -> bool {
    body.windows(2)
        .any(|pair| matches!(pair, [0x3f | 0x40, 0x00 | 0x80]))
}

/// Ends at the first instruction that is not valid: that is told by validation.
fn sites_of(at: usize, body: &FunctionBody<'_>) -> Vec<Site> {
    let mut sites = Vec::new();
    if !may_have_site(body.as_bytes()) {
        return sites;
    }
    let Ok(mut reader) = body.get_operators_reader() else {
        return sites;
    };
    let start = body.range().start;
    while !reader.eof() {
        let from = reader.original_position();
        let grows = match reader.read() {
            Ok(Operator::MemorySize { mem: 0 }) => false,
            Ok(Operator::MemoryGrow { mem: 0 }) => true,
            Ok(_) => continue,
            Err(_) => break,
        };
        let to = reader.original_position();
        let range = (from - start) as usize..(to - start) as usize;
        sites.push(Site {
            body: at,
            range,
            grows,
        });
    }
    sites
}
