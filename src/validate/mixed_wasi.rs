//! Does a component import several versions of WASI?
//!
//! Hosts take versions of one track for each other, so that it often works; it also often means
//! that parts were built with toolchains of different age.

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use super::asked::{Asked, imports};
use crate::component::Component;
use crate::compose::name::Name;
use crate::diagnostic::{Diagnostic, Result};
use crate::shrink::reach::{self, Step, Target};

/// The packages that are released together, under one version.
const PACKAGES: &[&str] = &[
    "wasi:cli/",
    "wasi:clocks/",
    "wasi:filesystem/",
    "wasi:http/",
    "wasi:io/",
    "wasi:random/",
    "wasi:sockets/",
];

/// A warning with the interfaces of each version and what imports them, where there are several.
pub fn finding(wasm: &[u8]) -> Result<Option<Diagnostic>> {
    let component = Component::parse(wasm)?;
    let versions = component
        .imports
        .iter()
        .filter_map(|import| version(&Name::of(&import.name)));
    let versions: BTreeSet<Version> = versions.collect();
    if versions.len() < 2 {
        return Ok(None);
    }
    let imports = imports(wasm, &component)?;
    let targets: Vec<Target> = imports.iter().flat_map(Asked::targets).collect();
    let mut origins = reach::ways(&component, &targets)?.into_iter().map(origin);
    let mut groups: BTreeMap<&Version, Group<'_>> = BTreeMap::new();
    for import in &imports {
        let origins: Vec<_> = origins.by_ref().take(import.targets().len()).collect();
        let version = version(&import.name).and_then(|version| versions.get(&version));
        if let Some(version) = version {
            let group = groups.entry(version).or_default();
            group.interfaces.push(&import.name.path);
            group.origins.extend(origins.into_iter().flatten());
        }
    }
    let listed: Vec<String> = versions.iter().map(ToString::to_string).collect();
    let message = format!("it imports WASI of several versions: {}", listed.join(", "));
    let mut finding = Diagnostic::warning("validate/mixed-wasi", message);
    for (version, group) in &groups {
        finding = finding.cause(format!("{version}: {}", group.told()));
    }
    let finding = finding.help("build all parts against one version of WASI");
    Ok(Some(*finding))
}

/// The interfaces of one version.
#[derive(Default)]
struct Group<'a> {
    interfaces: Vec<&'a str>,
    /// The core modules that ask for them.
    origins: BTreeSet<String>,
}

impl Group<'_> {
    fn told(&self) -> String {
        let quoted = |name: &str| format!("`{name}`");
        let interfaces: Vec<String> = self.interfaces.iter().map(|name| quoted(name)).collect();
        let origins: Vec<String> = self.origins.iter().map(|name| quoted(name)).collect();
        match origins.as_slice() {
            [] => interfaces.join(", "),
            origins => format!("{}, from {}", interfaces.join(", "), origins.join(", ")),
        }
    }
}

/// The version of an interface of WASI.
fn version(name: &Name) -> Option<Version> {
    let is_wasi = PACKAGES
        .iter()
        .any(|package| name.path.starts_with(package));
    name.version.clone().filter(|_| is_wasi)
}

/// The core module at the end of a way.
fn origin(way: Option<Vec<Step>>) -> Option<String> {
    way?.into_iter().rev().find_map(|step| match step {
        Step::Function(function) => Some(function.module),
        Step::Export(_) | Step::LeftOut => None,
    })
}
