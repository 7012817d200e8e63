//! How is an import provided without a provider?
//!
//! Its functions trap, or answer at once: with an error, or with nothing. Where an answer would need
//! a handle, a stream or a future, they trap. For a composition, a component of stubs exports the
//! interfaces that are left open.

pub(crate) mod answer;
mod body;
pub(crate) mod core;

use serde::{Deserialize, Serialize};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId, WorldItem, WorldKey};

use crate::compose::name;
use crate::diagnostic::{self, Diagnostic, Result};
use crate::wit::decode;

/// Imports that are stubbed, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Stub {
    /// `wasi:sockets/*`
    pub pattern: String,
    #[serde(default)]
    pub answer: Answer,
}

/// What a stubbed function does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Stops the program.
    #[default]
    Trap,
    /// Gives the error that means no, or the first one there is; traps without an error to give.
    Deny,
    /// Gives empty lists and strings, none, zero.
    Empty,
}

/// A component of stubs.
pub struct Stubs {
    pub wasm: Vec<u8>,
    pub interfaces: Vec<Stubbed>,
}

/// One interface of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Stubbed {
    pub name: String,
    pub answer: Answer,
    pub functions: Vec<String>,
    /// Those of them that have no such answer to give, and trap.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub traps: Vec<String>,
}

impl Stub {
    /// Reads `PATTERN[=trap|deny|empty]`.
    pub fn parse(text: &str) -> Result<Stub> {
        let (pattern, answer) = text.split_once('=').unwrap_or((text, "trap"));
        let answer = match answer {
            "trap" => Answer::Trap,
            "deny" => Answer::Deny,
            "empty" => Answer::Empty,
            _ => {
                return Err(Diagnostic::invocation(
                    "stub/unreadable",
                    format!("`--stub {text}` cannot be read"),
                )
                .help("write it as `--stub 'PATTERN[=trap|deny|empty]'`"));
            }
        };
        Ok(Stub {
            pattern: pattern.to_string(),
            answer,
        })
    }
}

/// Stubs for what `composed` imports; nothing where no pattern matches.
pub fn stubs(composed: &[u8], wanted: &[Stub]) -> Result<Option<Stubs>> {
    let decoded = decode::component(composed)?;
    let Some(world) = decoded.world else {
        return Ok(None);
    };
    let mut resolve = decoded.packages.resolve;
    let mut interfaces = matching(&resolve, world, wanted);
    if interfaces.is_empty() {
        return Ok(None);
    }
    let is_stubbed = |resolve: &Resolve, key: &WorldKey| {
        let name = resolve.name_world_key(key);
        interfaces.iter().any(|stubbed| stubbed.name == name)
    };
    let names: Vec<(WorldKey, bool)> = resolve.worlds[world]
        .imports
        .keys()
        .map(|key| (key.clone(), is_stubbed(&resolve, key)))
        .collect();
    // What stays imported is only what the stubs' types need: elaborating adds it again.
    resolve.worlds[world].imports.retain(|key, _| {
        let known = names.iter().find(|(name, _)| name == key);
        known.is_some_and(|(_, stubbed)| *stubbed)
    });
    resolve
        .exportize(world, Some("stub".to_string()), None)
        .map_err(|error| failed(&error))?;
    let wasm = encode(&resolve, world, &mut interfaces)?;
    Ok(Some(Stubs { wasm, interfaces }))
}

/// The imported interfaces that a pattern matches; the first pattern decides.
pub(crate) fn matching(resolve: &Resolve, world: WorldId, wanted: &[Stub]) -> Vec<Stubbed> {
    let imports = resolve.worlds[world].imports.iter();
    let stubbed = imports.filter_map(|(key, item)| {
        let name = resolve.name_world_key(key);
        let stub = wanted
            .iter()
            .find(|stub| name::matches(&stub.pattern, &name))?;
        let functions = match item {
            WorldItem::Interface { id, .. } => {
                resolve.interfaces[*id].functions.keys().cloned().collect()
            }
            WorldItem::Function(function) => vec![function.name.clone()],
            WorldItem::Type { .. } => return None,
        };
        Some(Stubbed {
            name,
            answer: stub.answer,
            functions,
            traps: Vec::new(),
        })
    });
    stubbed.collect()
}

fn encode(resolve: &Resolve, world: WorldId, interfaces: &mut [Stubbed]) -> Result<Vec<u8>> {
    let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let module = dummy_module(resolve, world, abi);
    let answers = answer::answers(resolve, world, interfaces, abi)?;
    let mut module = body::fill(&module, &answers)?;
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false)
        .map_err(|error| failed(&error))?;
    let mut encoder = ComponentEncoder::default();
    encoder
        .module(&module)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| failed(&error))
}

fn failed(error: &anyhow::Error) -> Box<Diagnostic> {
    diagnostic::wit_component("stub/impossible", error)
        .help("choose other imports with `--stub`, or provide them with a component")
}
