//! Which adapter stands between a module and WASI 0.2?

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;
use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER, WASI_SNAPSHOT_PREVIEW1_PROXY_ADAPTER,
    WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasmparser::ExternalKind;

use super::core::{self, Core};
use super::{Named, Options};
use crate::binary::{self, Layer};
use crate::diagnostic::{Diagnostic, Result};
use crate::input;
use crate::module::Module;

/// The module that WASI preview 1 programs import, and the name of the adapters for it.
pub const PREVIEW1: &str = "wasi_snapshot_preview1";

/// Which bundled adapter to take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// What the module looks like it needs.
    #[default]
    Auto,
    /// This one.
    Bundled(Kind),
    /// None; those that the caller gives are taken as they are.
    None,
}

/// The bundled adapters for [`PREVIEW1`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Calls `_start` when the component's `wasi:cli/run` is called.
    Command,
    /// Translates imports, and exports nothing.
    Reactor,
    /// As a reactor, on what an HTTP proxy offers: no files, environment or sockets.
    Proxy,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Command => "command",
            Kind::Reactor => "reactor",
            Kind::Proxy => "proxy",
        }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Kind::Command => WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER,
            Kind::Reactor => WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
            Kind::Proxy => WASI_SNAPSHOT_PREVIEW1_PROXY_ADAPTER,
        }
    }
}

/// An adapter that the encoder is given.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Adapter {
    /// The module whose imports it provides.
    pub name: String,
    /// `None` for one of the caller's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Why it was taken.
    pub reason: String,
    #[serde(skip)]
    pub(super) bytes: Cow<'static, [u8]>,
    /// Whether the module imports it, or it exports something of its own.
    #[serde(skip)]
    pub(super) used: bool,
}

impl Adapter {
    fn bundled(kind: Kind, reason: impl Into<String>) -> Adapter {
        Adapter {
            name: PREVIEW1.to_string(),
            kind: Some(kind),
            reason: reason.into(),
            bytes: Cow::Borrowed(kind.bytes()),
            used: true,
        }
    }

    fn given(given: &Named) -> Result<Adapter> {
        let bytes = input::to_binary(&given.path, &given.bytes)?.into_owned();
        if binary::layer(&bytes) == Some(Layer::Component) {
            return Err(is_component(&given.name).in_file(&given.path));
        }
        let module = Module::parse(&bytes, 0..bytes.len());
        let worlds = module.and_then(|module| core::worlds(&module));
        worlds.map_err(|error| error.in_file(&given.path))?;
        Ok(Adapter {
            name: given.name.clone(),
            kind: None,
            reason: "given".to_string(),
            bytes: Cow::Owned(bytes),
            used: true,
        })
    }

    fn module(&self) -> Result<Module<'_>> {
        Module::parse(&self.bytes, 0..self.bytes.len())
    }

    /// Whether it calls this export of the module that it adapts.
    pub(super) fn calls(&self, export: &str) -> Result<bool> {
        let imports = self.module()?.imports()?;
        Ok(imports
            .iter()
            .any(|import| import.module == "__main_module__" && import.name == export))
    }

    /// The functions that it provides.
    pub(super) fn functions(&self) -> Result<BTreeSet<String>> {
        let exports = self.module()?.exports()?;
        let functions = exports.iter().filter(|e| e.kind == ExternalKind::Func);
        Ok(functions.map(|export| export.name.to_string()).collect())
    }

    /// Whether the component gets exports from it.
    pub(super) fn adds_exports(&self) -> Result<bool> {
        let exports = self.module()?.exports()?;
        Ok(exports.iter().any(|export| export.name.contains('#')))
    }
}

fn is_component(name: &str) -> Box<Diagnostic> {
    let message = format!("the adapter for `{name}` is a component");
    Diagnostic::error("new/is-component", message)
        .help("give a core module: components are joined by composing them")
}

/// The adapters for a module: those of the caller, and the bundled one that it needs.
pub(super) fn choose(core: &Core<'_>, options: &Options) -> Result<Vec<Adapter>> {
    let mut adapters = given(options)?;
    for adapter in &mut adapters {
        let imported = core
            .imports
            .iter()
            .any(|import| import.module == adapter.name);
        adapter.used = imported || adapter.adds_exports()?;
    }
    if !adapters.iter().any(|adapter| adapter.name == PREVIEW1) {
        adapters.extend(bundled(core, options.adapter));
    }
    Ok(adapters)
}

/// The adapters of the caller.
pub(super) fn given(options: &Options) -> Result<Vec<Adapter>> {
    options.adapters.iter().map(Adapter::given).collect()
}

fn bundled(core: &Core<'_>, choice: Choice) -> Option<Adapter> {
    match choice {
        Choice::None => None,
        Choice::Bundled(kind) => {
            let mut adapter = Adapter::bundled(kind, "asked for");
            let imported = core.imports.iter().any(|import| import.module == PREVIEW1);
            adapter.used = imported || kind == Kind::Command;
            Some(adapter)
        }
        Choice::Auto => find(core),
    }
}

/// What the module looks like it needs.
fn find(core: &Core<'_>) -> Option<Adapter> {
    let needs: Vec<&str> = core
        .imports
        .iter()
        .filter(|import| import.module == PREVIEW1)
        .map(|import| import.name.as_str())
        .collect();
    let has_start = core.exports_function("_start");
    let runs = core
        .exports_of_worlds()
        .any(|name| name.starts_with("wasi:cli/run@"));
    if has_start && !runs {
        return match needs.is_empty() {
            false => Some(Adapter::bundled(
                Kind::Command,
                format!("it imports `{PREVIEW1}` and exports `_start`"),
            )),
            // A command that asks nothing of its host. The adapter needs its memory.
            true if exports_memory(core) => {
                Some(Adapter::bundled(Kind::Command, "it exports `_start`"))
            }
            true => None,
        };
    }
    if needs.is_empty() {
        return None;
    }
    let handler = core.exports_of_worlds().find(|name| is_http_handler(name));
    if let Some(handler) = handler.filter(|_| !needs.iter().any(|need| is_beyond_proxy(need))) {
        let why = format!("its world exports `{handler}`, and it opens no files or sockets");
        return Some(Adapter::bundled(Kind::Proxy, why));
    }
    let why = if has_start {
        format!("it imports `{PREVIEW1}`, and its world exports `wasi:cli/run`")
    } else {
        format!("it imports `{PREVIEW1}` and exports no `_start`")
    };
    Some(Adapter::bundled(Kind::Reactor, why))
}

fn is_http_handler(export: &str) -> bool {
    export.starts_with("wasi:http/incoming-handler@0.2")
}

/// Whether the proxy adapter has this function only to say that it is not supported, and a
/// program that imports it means to use it: every libc imports some of the other ones.
fn is_beyond_proxy(function: &str) -> bool {
    function.starts_with("path_") || function.starts_with("sock_") || function == "fd_readdir"
}

fn exports_memory(core: &Core<'_>) -> bool {
    core.exports
        .iter()
        .any(|export| export.name == "memory" && export.kind == ExternalKind::Memory)
}
