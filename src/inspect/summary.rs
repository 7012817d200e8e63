//! What is it, what does it need, what does it weigh, what made it?

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;
use wit_parser::{PackageId, Resolve, WorldId, WorldItem};

use super::metadata::{self, Says};
use super::parts::{Body, Part, Root, Weight, weigh};
use super::wit::Interface;
use crate::component::Component;
use crate::diagnostic::{Diagnostic, Result, Severity};
use crate::input::{self, Kind};
use crate::module::{Module, id};
use crate::wit::decode::{self, Decoded};
use crate::wit::{self, Features};

/// The one-screen summary of an input.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// As the user typed it.
    pub file: String,
    pub kind: What,
    /// Of the binary, also where the input is text; of WIT text; 0 for a folder.
    pub size: u64,
    #[serde(flatten)]
    pub says: Says,
    #[serde(flatten)]
    pub outside: Outside,
    /// Bytes of memory that exist at the start, over all core modules.
    pub memory: u64,
    /// Core modules at any depth, in the order of the file.
    pub core_modules: Vec<CoreModule>,
    /// Nested components at any depth.
    pub components: u64,
    /// What made it and all that is nested in it: by field, then by name, each version.
    pub made_by: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// Why the WIT is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Diagnostic>,
}

/// What kind of thing an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Component,
    CoreModule,
    WitPackage,
}

/// How it meets the world around it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Outside {
    /// The package that WIT defines; none for a component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    pub imports: Vec<Group>,
    pub exports: Vec<Group>,
    /// Interfaces that a WIT package defines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<Entry>,
    /// Worlds that a WIT package defines, or that are embedded in a core module.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub worlds: Vec<World>,
}

/// Imports or exports of one package, or of one module of a core module.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Group {
    /// None for items that belong to no package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    pub items: Vec<Entry>,
}

/// An interface, function or other item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    pub name: String,
    /// Of an interface.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<String>,
}

/// A world, with its imports and exports by name.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct World {
    pub name: String,
    pub imports: Vec<Group>,
    pub exports: Vec<Group>,
}

/// A core module with its weight.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CoreModule {
    pub path: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub functions: u64,
    #[serde(flatten)]
    pub weight: Weight,
}

/// Sums up a module, component or WIT package. `name` is the path as the user typed it.
pub fn summary(name: &str, bytes: &[u8], features: &Features) -> Result<Summary> {
    if input::kind(bytes)? == Kind::Text {
        let text = String::from_utf8_lossy(bytes);
        let packages = wit::parse(name, &text, features)?;
        let mut summary = of_wit(name, &packages.into());
        summary.size = bytes.len() as u64;
        return Ok(summary);
    }
    let binary = input::to_binary(name, bytes)?;
    let root = Root::parse(&binary)?;
    let mut summary = match &root {
        Root::Component(component) => of_component(name, component)?,
        Root::Module(module) => of_module(name, module)?,
    };
    summary.size = binary.len() as u64;
    let parts = root.parts();
    for (at, part) in parts.iter().enumerate() {
        add_part(&mut summary, part, at == 0)?;
    }
    Ok(summary)
}

/// Sums up WIT that was loaded from a folder.
pub fn of_wit(name: &str, interface: &Interface) -> Summary {
    let mut summary = Summary::new(name, What::WitPackage);
    summary.outside = package(interface.resolve(), interface.main());
    summary
}

impl Summary {
    fn new(name: &str, kind: What) -> Summary {
        Summary {
            file: name.to_string(),
            kind,
            size: 0,
            says: Says::default(),
            outside: Outside::default(),
            memory: 0,
            core_modules: Vec::new(),
            components: 0,
            made_by: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }
}

fn of_component(name: &str, component: &Component<'_>) -> Result<Summary> {
    let mut summary = Summary::new(name, What::Component);
    match decode::component(component.bytes()) {
        Ok(decoded) => match decoded.world {
            Some(world) => {
                let resolve = &decoded.packages.resolve;
                let world = &resolve.worlds[world];
                summary.outside.imports = groups(resolve, world.imports.iter());
                summary.outside.exports = groups(resolve, world.exports.iter());
                add_left_out(&mut summary.outside.imports, &decoded);
            }
            None => {
                summary.kind = What::WitPackage;
                let packages = &decoded.packages;
                summary.outside = package(&packages.resolve, packages.main);
            }
        },
        Err(error) if error.code == "wit/not-expressible" => {
            let imports = component.imports.iter().map(|import| import.name.name);
            summary.outside.imports = group(imports.map(entry));
            let exports = component.exports.iter().map(|export| export.name.name);
            summary.outside.exports = group(exports.map(entry));
            summary.warnings.push(as_warning(name, error));
        }
        Err(error) => return Err(error),
    }
    Ok(summary)
}

/// The summary goes on without what this error is about.
fn as_warning(name: &str, error: Box<Diagnostic>) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        ..*error.in_file(name)
    }
}

/// Imports that WIT cannot say are imports still.
fn add_left_out(imports: &mut Vec<Group>, decoded: &Decoded) {
    if decoded.left_out.is_empty() {
        return;
    }
    let items = decoded
        .left_out
        .iter()
        .map(|what| named(&what.replace(" import", "")));
    imports.push(Group {
        from: None,
        items: items.collect(),
    });
}

fn of_module(name: &str, module: &Module<'_>) -> Result<Summary> {
    let mut summary = Summary::new(name, What::CoreModule);
    let imports = module.imports()?;
    let imports = imports.iter();
    let imports = imports.map(|import| (Some(import.module.to_string()), named(import.name)));
    summary.outside.imports = group(imports);
    let exports: Vec<Entry> = module
        .exports()?
        .iter()
        .map(|export| named(export.name))
        .collect();
    if !exports.is_empty() {
        summary.outside.exports.push(Group {
            from: None,
            items: exports,
        });
    }
    match decode::embedded(module) {
        Ok(Some(Decoded {
            packages,
            world: Some(world),
            ..
        })) => {
            summary
                .outside
                .worlds
                .push(world_of(&packages.resolve, world));
        }
        Ok(_) => {}
        Err(error) => summary.warnings.push(as_warning(name, error)),
    }
    Ok(summary)
}

fn package(resolve: &Resolve, main: PackageId) -> Outside {
    let package = &resolve.packages[main];
    let interfaces = package.interfaces.iter().map(|(name, id)| Entry {
        name: name.clone(),
        functions: resolve.interfaces[*id].functions.keys().cloned().collect(),
    });
    let worlds = package.worlds.values().map(|id| world_of(resolve, *id));
    Outside {
        package: Some(package.name.to_string()),
        interfaces: interfaces.collect(),
        worlds: worlds.collect(),
        ..Outside::default()
    }
}

fn world_of(resolve: &Resolve, id: WorldId) -> World {
    let world = &resolve.worlds[id];
    World {
        name: world.name.clone(),
        imports: groups(resolve, world.imports.iter()),
        exports: groups(resolve, world.exports.iter()),
    }
}

/// Items of a world by package, in the order in which the packages first occur.
fn groups<'a>(
    resolve: &Resolve,
    items: impl Iterator<Item = (&'a wit_parser::WorldKey, &'a WorldItem)>,
) -> Vec<Group> {
    group(items.map(|(key, item)| {
        let (package, mut entry) = entry(&resolve.name_world_key(key));
        if let WorldItem::Interface { id, .. } = item {
            entry.functions = resolve.interfaces[*id].functions.keys().cloned().collect();
        }
        (package, entry)
    }))
}

fn group(items: impl Iterator<Item = (Option<String>, Entry)>) -> Vec<Group> {
    let mut groups: IndexMap<Option<String>, Vec<Entry>> = IndexMap::new();
    for (from, entry) in items {
        groups.entry(from).or_default().push(entry);
    }
    let groups = groups.into_iter();
    groups.map(|(from, items)| Group { from, items }).collect()
}

fn named(name: &str) -> Entry {
    Entry {
        name: name.to_string(),
        functions: Vec::new(),
    }
}

/// `wasi:io/poll@0.2.0` as `wasi:io@0.2.0` and `poll`.
fn entry(name: &str) -> (Option<String>, Entry) {
    let Some((package, interface)) = name.split_once('/').filter(|(p, _)| p.contains(':')) else {
        return (None, named(name));
    };
    match interface.split_once('@') {
        Some((interface, version)) => (Some(format!("{package}@{version}")), named(interface)),
        None => (Some(package.to_string()), named(interface)),
    }
}

fn add_part(summary: &mut Summary, part: &Part<'_, '_>, outermost: bool) -> Result<()> {
    let says = metadata::says(part);
    for (field, values) in &says.producers {
        let field = summary.made_by.entry(field.clone()).or_default();
        for (name, version) in values {
            let versions = field.entry(name.clone()).or_default();
            if !version.is_empty() {
                versions.insert(version.clone());
            }
        }
    }
    match part.body {
        Body::Component(_) if !outermost => summary.components += 1,
        Body::Component(_) => {}
        Body::Module(module) => {
            summary.memory = summary.memory.saturating_add(memory(module)?);
            summary.core_modules.push(CoreModule {
                path: part.path.clone(),
                name: part.name().map(str::to_string),
                functions: functions(module),
                weight: weigh(module),
            });
        }
    }
    if outermost {
        summary.says = says;
    }
    Ok(())
}

/// How many functions are defined, without reading them.
fn functions(module: &Module<'_>) -> u64 {
    module
        .section(id::CODE)
        .map_or(0, |section| u64::from(module.count(section)))
}

fn memory(module: &Module<'_>) -> Result<u64> {
    let memories = module.memories()?;
    let bytes = memories.iter().map(|memory| {
        let page = 1u64
            .checked_shl(memory.page_size_log2.unwrap_or(16))
            .unwrap_or(u64::MAX);
        memory.initial.saturating_mul(page)
    });
    Ok(bytes.fold(0, u64::saturating_add))
}
