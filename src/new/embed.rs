//! How does WIT get into a core module?

use std::fmt;

use wit_component::StringEncoding;
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId};

use super::{Encoding, Options};
use crate::diagnostic::{self, Diagnostic, Result};
use crate::module::Module;
use crate::wit::{self, Packages};

/// The world that a module implements, as the caller says.
#[derive(Clone)]
pub struct Wit {
    resolve: Resolve,
    world: WorldId,
    encoding: StringEncoding,
}

impl Wit {
    /// Chooses a world: the named one, or the only one.
    pub fn new(packages: Packages, world: Option<&str>, encoding: StringEncoding) -> Result<Wit> {
        let world = wit::world(&packages, world)?;
        Ok(Wit {
            resolve: packages.resolve,
            world,
            encoding,
        })
    }

    /// The world's own name, without its package.
    pub fn world_name(&self) -> &str {
        &self.resolve.worlds[self.world].name
    }
}

impl fmt::Debug for Wit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Wit").field(&self.world_name()).finish()
    }
}

/// How the functions of a dummy module are named and called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DummyAbi {
    /// The names that bindings generators use today.
    #[default]
    Legacy,
    /// The standard names (`cm32p2|…`), for worlds without `async`.
    Standard32,
    /// Lifted asynchronously, with a callback.
    AsyncCallback,
    /// Lifted asynchronously, on a stack of its own.
    AsyncStackful,
}

impl From<DummyAbi> for ManglingAndAbi {
    fn from(abi: DummyAbi) -> ManglingAndAbi {
        match abi {
            DummyAbi::Legacy => ManglingAndAbi::Legacy(LiftLowerAbi::Sync),
            DummyAbi::Standard32 => ManglingAndAbi::Standard32,
            DummyAbi::AsyncCallback => ManglingAndAbi::Legacy(LiftLowerAbi::AsyncCallback),
            DummyAbi::AsyncStackful => ManglingAndAbi::Legacy(LiftLowerAbi::AsyncStackful),
        }
    }
}

/// A module that fits the world of the options and traps in every function.
pub(super) fn dummy_module(abi: DummyAbi, options: &Options) -> Result<Vec<u8>> {
    let Some(wit) = &options.wit else {
        return Err(Diagnostic::invocation(
            "new/no-world",
            "a dummy is made for a world, but there is no WIT",
        )
        .help("name it: `--wit PATH`"));
    };
    Ok(wit_component::dummy_module(
        &wit.resolve,
        wit.world,
        abi.into(),
    ))
}

/// The module with a `component-type` section for the world at its end. One that says the same
/// is there once only: to embed twice is to embed.
pub(super) fn into_module(module: &[u8], wit: &Wit, encoding: &Encoding) -> Result<Vec<u8>> {
    let failed = |error: anyhow::Error| diagnostic::wit_component("new/unencodable-world", &error);
    let mut resolve = wit.resolve.clone();
    if encoding.canonical_names {
        resolve
            .merge_world_imports_based_on_semver(wit.world)
            .map_err(failed)?;
    }
    let mut section = Vec::new();
    wit_component::embed_component_metadata(
        &mut section,
        &resolve,
        wit.world,
        wit.encoding,
        encoding.canonical_names,
    )
    .map_err(failed)?;
    let parsed = Module::parse(module, 0..module.len())?;
    if parsed
        .sections
        .iter()
        .any(|have| parsed.section_bytes(have) == section)
    {
        return Ok(module.to_vec());
    }
    Ok([module, &section].concat())
}
