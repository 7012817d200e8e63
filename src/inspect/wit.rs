//! What is the interface, as WIT?

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use wit_component::WitPrinter;
use wit_parser::{PackageId, Resolve, WorldId, WorldItem, WorldKey};

use crate::diagnostic::{self, Diagnostic, Result};
use crate::input::{self, Kind};
use crate::module::Module;
use crate::wit::decode::{self, Decoded};
use crate::wit::docs;
use crate::wit::scope::{self, Unscoped};
use crate::wit::{self, Features, Packages};

/// The interface of an input. As JSON it is the resolved form that bindings generators read.
pub struct Interface {
    packages: Packages,
    /// Of a component; a WIT package has no world that stands out.
    world: Option<WorldId>,
    /// Imports that WIT cannot say.
    pub warnings: Vec<Diagnostic>,
}

/// What is shown of it.
#[derive(Clone, Debug, Default)]
pub enum Change {
    #[default]
    None,
    /// The world from outside: what it exports is imported.
    Importize {
        world: Option<String>,
        new_name: Option<String>,
    },
    /// The world of a stand-in for the host: what it imports is exported.
    Exportize {
        world: Option<String>,
        new_name: Option<String>,
        /// All imports where empty.
        only: Vec<String>,
    },
    /// The world with one version of each interface it imports.
    MergeImports { world: String },
}

/// A file of a package tree.
#[derive(Debug)]
pub struct File {
    /// Below the root of the tree: `component.wit`, `deps/io.wit`.
    pub path: String,
    pub text: String,
}

impl Serialize for Interface {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.packages.resolve.serialize(serializer)
    }
}

impl From<Packages> for Interface {
    fn from(packages: Packages) -> Interface {
        Interface {
            packages,
            world: None,
            warnings: Vec::new(),
        }
    }
}

fn out_of_scope(unscoped: &Unscoped) -> String {
    let Unscoped { user, ty } = unscoped;
    format!("{user} uses type `{ty}`, which has no name there")
}

impl From<Decoded> for Interface {
    fn from(decoded: Decoded) -> Interface {
        let left_out = decoded.left_out.iter().map(|what| {
            *Diagnostic::warning("wit/left-out", format!("{what} has no form in WIT"))
                .help("print it as text instead: `wct inspect --print --skeleton`")
        });
        let unscoped = scope::unscoped(&decoded.packages.resolve);
        let unscoped = unscoped.first().map(|first| {
            *Diagnostic::warning("wit/out-of-scope", out_of_scope(first))
                .help("add a `use` before you compile this WIT")
        });
        Interface {
            warnings: left_out.chain(unscoped).collect(),
            packages: decoded.packages,
            world: decoded.world,
        }
    }
}

/// Reads the interface of a component, a core module that has one embedded, or a WIT package,
/// binary or text. `name` is the path as the user typed it.
pub fn read(name: &str, bytes: &[u8], features: &Features) -> Result<Interface> {
    let mut interface: Interface = if input::kind(bytes)? == Kind::Text {
        let text = String::from_utf8_lossy(bytes);
        wit::parse(name, &text, features)?.into()
    } else {
        let binary = input::to_binary(name, bytes)?;
        match input::kind(&binary)? {
            Kind::Module => of_module(&binary)?,
            _ => decode::component(&binary)?.into(),
        }
    };
    let warnings = std::mem::take(&mut interface.warnings).into_iter();
    interface.warnings = warnings
        .map(|warning| *Box::new(warning).in_file(name))
        .collect();
    Ok(interface)
}

fn of_module(bytes: &[u8]) -> Result<Interface> {
    let module = Module::parse(bytes, 0..bytes.len())?;
    let embedded = decode::embedded(&module)?.ok_or_else(|| {
        Diagnostic::error("wit/not-embedded", "the core module has no WIT embedded")
            .cause("it has no custom section `component-type`")
            .help("name a component, or the WIT that the module is made for")
    })?;
    Ok(embedded.into())
}

impl Interface {
    /// Turns the world around. Fails where the world is not there or not clear.
    pub fn change(mut self, change: &Change) -> Result<Interface> {
        let failed = |error: anyhow::Error| {
            diagnostic::wit_component("wit/unchangeable", &error)
                .help("choose another world, or another change")
        };
        match change {
            Change::None => return Ok(self),
            Change::Importize { world, new_name } => {
                let id = self.changed_world(world.as_deref())?;
                self.check_new_name(id, new_name.as_deref())?;
                let resolve = &mut self.packages.resolve;
                resolve.importize(id, new_name.clone()).map_err(failed)?;
                self.world = Some(id);
            }
            Change::Exportize {
                world,
                new_name,
                only,
            } => {
                let id = self.changed_world(world.as_deref())?;
                self.check_new_name(id, new_name.as_deref())?;
                let named = self.named_imports(id, only)?;
                // A world cannot export types: functions that are moved use them as imports.
                let moves = |key: &WorldKey, item: &WorldItem| {
                    !matches!(item, WorldItem::Type { .. })
                        && (only.is_empty() || named.contains(key))
                };
                let resolve = &mut self.packages.resolve;
                resolve
                    .exportize(id, new_name.clone(), Some(&moves))
                    .map_err(failed)?;
                self.world = Some(id);
            }
            Change::MergeImports { world } => {
                let id = self.changed_world(Some(world))?;
                let resolve = &mut self.packages.resolve;
                resolve
                    .merge_world_imports_based_on_semver(id)
                    .map_err(failed)?;
                self.world = Some(id);
            }
        }
        Ok(self)
    }

    fn changed_world(&self, name: Option<&str>) -> Result<WorldId> {
        let world = match (self.world, name) {
            (Some(world), None) => world,
            _ => wit::world(&self.packages, name).map_err(|mut error| {
                let help = match name {
                    Some(_) => "name one of its worlds",
                    None => "name the world, as in `--importize=WORLD`",
                };
                error.help = vec![help.to_string()];
                error
            })?,
        };
        match scope::in_world(&self.packages.resolve, world).first() {
            None => Ok(world),
            Some(unscoped) => Err(
                Diagnostic::error("wit/out-of-scope", out_of_scope(unscoped))
                    .help("export the type as well when the component is made"),
            ),
        }
    }

    /// The world gets a new name, which must be one, and free.
    fn check_new_name(&self, world: WorldId, name: Option<&str>) -> Result<()> {
        let Some(name) = name else {
            return Ok(());
        };
        if wasmparser::names::KebabStr::new(name).is_none() {
            return Err(
                Diagnostic::invocation("wit/bad-name", format!("`{name}` is not a name"))
                    .help("write words of letters and digits, joined by `-`"),
            );
        }
        let package = &self.packages.resolve.packages[self.packages.main];
        let taken = package
            .worlds
            .get(name)
            .is_some_and(|other| *other != world);
        if taken || package.interfaces.contains_key(name) {
            return Err(Diagnostic::invocation(
                "wit/taken-name",
                format!("`{name}` is the name of another item of `{}`", package.name),
            )
            .help("choose another name"));
        }
        Ok(())
    }

    /// The imports that are meant by interface name, full name or plain name.
    fn named_imports(&self, world: WorldId, names: &[String]) -> Result<Vec<WorldKey>> {
        let resolve = &self.packages.resolve;
        let mut found = Vec::new();
        for wanted in names {
            let keys = resolve.worlds[world].imports.keys();
            let before = found.len();
            found.extend(keys.filter(|key| is_called(resolve, key, wanted)).cloned());
            if found.len() == before {
                let world = &resolve.worlds[world].name;
                return Err(Diagnostic::error(
                    "wit/unknown-import",
                    format!("world `{world}` does not import `{wanted}`"),
                )
                .help("choose one of the imports that `wct inspect --wit` shows"));
            }
        }
        Ok(found)
    }

    /// The same without comments.
    pub fn without_docs(mut self) -> Interface {
        docs::clear(&mut self.packages.resolve);
        self
    }

    /// The WIT text: the main package, then those it uses.
    pub fn text(&self) -> Result<String> {
        let resolve = &self.packages.resolve;
        let main = self.packages.main;
        let others: Vec<PackageId> = resolve
            .packages
            .iter()
            .map(|(id, _)| id)
            .filter(|id| *id != main)
            .collect();
        print(resolve, main, &others)
    }

    /// The package tree: the main package at its root, the others in `deps`.
    pub fn files(&self) -> Result<Vec<File>> {
        let resolve = &self.packages.resolve;
        let names = file_names(resolve);
        let mut files = Vec::new();
        for ((id, _), name) in resolve.packages.iter().zip(names) {
            let folder = if id == self.packages.main {
                ""
            } else {
                "deps/"
            };
            files.push(File {
                path: format!("{folder}{name}.wit"),
                text: print(resolve, id, &[])?,
            });
        }
        Ok(files)
    }

    /// The binary WIT package. `canonical` writes versions as `@0.2` with a suffix.
    pub fn encode(&self, canonical: bool) -> Result<Vec<u8>> {
        let Packages { resolve, main } = &self.packages;
        let bytes = wit_component::encode(resolve, *main, canonical)
            .map_err(|error| diagnostic::unencodable(&error))?;
        let mut validator =
            wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all());
        validator
            .validate_all(&bytes)
            .map_err(|error| diagnostic::unencodable(&error.into()))?;
        Ok(bytes)
    }

    pub(super) fn resolve(&self) -> &Resolve {
        &self.packages.resolve
    }

    pub(super) fn main(&self) -> PackageId {
        self.packages.main
    }
}

fn is_called(resolve: &Resolve, key: &WorldKey, wanted: &str) -> bool {
    match key {
        WorldKey::Name(name) => name == wanted,
        WorldKey::Interface(id) => {
            resolve.interfaces[*id].name.as_deref() == Some(wanted)
                || resolve.id_of(*id).as_deref() == Some(wanted)
        }
    }
}

fn print(resolve: &Resolve, main: PackageId, others: &[PackageId]) -> Result<String> {
    let mut printer = WitPrinter::default();
    printer.print(resolve, main, others).map_err(|error| {
        diagnostic::wit_component("wit/not-expressible", &error)
            .help("print it as text instead: `wct inspect --print --skeleton`")
    })?;
    Ok(printer.output.to_string())
}

/// A file name for each package, as short as it is unique: `io`, `io@0.2.0`, `wasi:io`,
/// `wasi:io@0.2.0`.
fn file_names(resolve: &Resolve) -> Vec<String> {
    let mut namespaces: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (_, package) in &resolve.packages {
        let versions = namespaces.entry(&package.name.name).or_default();
        *versions.entry(&package.name.namespace).or_default() += 1;
    }
    let name = |(_, package): (PackageId, &wit_parser::Package)| {
        let name = &package.name;
        let homonyms = namespaces.get(name.name.as_str());
        let one_namespace = homonyms.is_none_or(|namespaces| namespaces.len() == 1);
        let versions = homonyms.and_then(|namespaces| namespaces.get(name.namespace.as_str()));
        match (one_namespace, versions == Some(&1), &name.version) {
            (true, false, Some(version)) => format!("{}@{version}", name.name),
            (true, ..) => name.name.clone(),
            (false, true, _) => format!("{}:{}", name.namespace, name.name),
            (false, false, _) => name.to_string(),
        }
    };
    resolve.packages.iter().map(name).collect()
}
