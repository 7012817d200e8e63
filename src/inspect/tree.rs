//! What is nested in a component, and what is each instance given?

use serde::Serialize;

use super::parts::{Kind, Root};
use crate::component::{
    Alias, Canonical, Component, CoreFuncIndex, CoreInstance, CoreInstanceIndex, CoreItem,
    Elsewhere, Instance, InstanceIndex, Item, Names, Nested, Origin,
};
use crate::diagnostic::Result;
use crate::input;
use crate::module::Module;

/// A binary with all that is in it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Node {
    pub kind: Kind,
    /// In the index space of its kind in the component around it; none for the input itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    pub size: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Node>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<Made>,
}

/// What wit-component made a core module for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Translates another interface, such as WASI preview 1.
    Adapter,
    /// Stands in for functions that need a memory that does not exist yet.
    Shim,
    /// Fills the shim's table once all is there.
    Fixups,
}

/// An instance.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Made {
    /// `core instance 3`, `instance 0`.
    pub instance: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `core module 0`; none for one that only bundles items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What its imports are given, or what it bundles.
    pub given: Vec<Given>,
}

/// One argument of an instance, or one item it bundles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Given {
    pub name: String,
    pub from: String,
}

/// Draws the tree of a module or component.
pub fn tree(name: &str, bytes: &[u8]) -> Result<Node> {
    let binary = input::to_binary(name, bytes)?;
    Ok(match Root::parse(&binary)? {
        Root::Module(module) => of_module(&module, None, None),
        Root::Component(component) => of_component(&component, None, None),
    })
}

/// A core module; `given` is what the component around it calls it.
fn of_module(module: &Module<'_>, index: Option<u32>, given: Option<&str>) -> Node {
    let name = module.name().or(given);
    Node {
        kind: Kind::CoreModule,
        index,
        name: name.map(str::to_string),
        role: name.and_then(role),
        size: module.range.len() as u64,
        children: Vec::new(),
        instances: Vec::new(),
    }
}

/// Told by the names that versions of wit-component give.
pub(crate) fn role(name: &str) -> Option<Role> {
    match name {
        "wit-component:shim" | "wit-component-shim-module" => Some(Role::Shim),
        "wit-component:fixups" | "wit-component-fixup" => Some(Role::Fixups),
        _ => name
            .starts_with("wit-component:adapter:")
            .then_some(Role::Adapter),
    }
}

fn of_component(component: &Component<'_>, index: Option<u32>, given: Option<&str>) -> Node {
    let names = component.names();
    let nested = component
        .sections
        .iter()
        .filter_map(|definition| definition.nested);
    let children = nested.filter_map(|nested| match nested {
        Nested::CoreModule(index) => {
            let given = names.core_modules.get(&index).copied();
            Some(of_module(
                component.core_module(index)?,
                Some(index.0),
                given,
            ))
        }
        Nested::Component(index) => {
            let given = names.components.get(&index).copied();
            Some(of_component(
                component.component(index)?,
                Some(index.0),
                given,
            ))
        }
    });
    Node {
        kind: Kind::Component,
        index,
        name: names.component.or(given).map(str::to_string),
        role: None,
        size: component.range.len() as u64,
        children: children.collect(),
        instances: instances(component, &names),
    }
}

/// All instances that are made here, core instances first.
fn instances(component: &Component<'_>, names: &Names<'_>) -> Vec<Made> {
    let core = component
        .core_instances
        .iter()
        .map(|(index, instance)| Made {
            instance: format!("core instance {}", index.0),
            name: names
                .core_instances
                .get(&index)
                .map(|name| (*name).to_string()),
            of: match instance {
                CoreInstance::Instantiate { module, .. } => {
                    Some(format!("core module {}", module.0))
                }
                CoreInstance::FromExports(_) => None,
            },
            given: core_given(component, instance),
        });
    let made = component.instances.iter().filter_map(|(index, origin)| {
        let instance = origin.defined()?;
        Some(Made {
            instance: format!("instance {}", index.0),
            name: names.instances.get(&index).map(|name| (*name).to_string()),
            of: match instance {
                Instance::Instantiate { component, .. } => {
                    Some(format!("component {}", component.0))
                }
                Instance::FromExports(_) => None,
            },
            given: given(component, instance),
        })
    });
    core.chain(made).collect()
}

fn core_given(component: &Component<'_>, instance: &CoreInstance<'_>) -> Vec<Given> {
    match instance {
        CoreInstance::Instantiate { args, .. } => {
            let args = args.iter().map(|(name, index)| Given {
                name: (*name).to_string(),
                from: format!("core instance {}", index.0),
            });
            args.collect()
        }
        CoreInstance::FromExports(exports) => {
            let exports = exports.iter().map(|export| Given {
                name: export.name.to_string(),
                from: core_origin(component, export.item),
            });
            exports.collect()
        }
    }
}

fn given(component: &Component<'_>, instance: &Instance<'_>) -> Vec<Given> {
    match instance {
        Instance::Instantiate { args, .. } => {
            let args = args.iter().map(|(name, item)| Given {
                name: (*name).to_string(),
                from: origin(component, *item),
            });
            args.collect()
        }
        Instance::FromExports(exports) => {
            let exports = exports.iter().map(|export| Given {
                name: export.name.name.to_string(),
                from: origin(component, export.item),
            });
            exports.collect()
        }
    }
}

/// Where an item comes from, in one step: ``core instance 2 export `memory` ``.
fn core_origin(component: &Component<'_>, item: CoreItem) -> String {
    let (kind, index, alias) = match item {
        CoreItem::Func(index) => {
            let alias = match component.core_funcs.get(index) {
                Some(Origin::Elsewhere(Elsewhere::Aliased(alias))) => Some(alias),
                Some(Origin::Defined(canonical)) => {
                    return canonical_origin(component, index, canonical);
                }
                _ => None,
            };
            ("core function", index.0, alias)
        }
        CoreItem::Table(index) => ("core table", index.0, component.core_tables.get(index)),
        CoreItem::Memory(index) => ("core memory", index.0, component.core_memories.get(index)),
        CoreItem::Global(index) => ("core global", index.0, component.core_globals.get(index)),
        CoreItem::Tag(index) => ("core tag", index.0, component.core_tags.get(index)),
    };
    match alias {
        Some(Alias::CoreExport {
            instance: CoreInstanceIndex(instance),
            name,
        }) => {
            format!("core instance {instance} export `{name}`")
        }
        _ => format!("{kind} {index}"),
    }
}

/// What a core function that the component model makes stands for.
fn canonical_origin(
    component: &Component<'_>,
    index: CoreFuncIndex,
    canonical: &Canonical,
) -> String {
    match canonical {
        Canonical::Lower { func, .. } => {
            format!("lowered {}", origin(component, Item::Func(*func)))
        }
        Canonical::ResourceNew(ty) => format!("resource.new of type {}", ty.0),
        Canonical::ResourceDrop(ty) => format!("resource.drop of type {}", ty.0),
        Canonical::ResourceRep(ty) => format!("resource.rep of type {}", ty.0),
        Canonical::Lift { .. } | Canonical::Builtin(_) => {
            format!("builtin, core function {}", index.0)
        }
    }
}

fn origin(component: &Component<'_>, item: Item) -> String {
    let (kind, index, elsewhere) = match item {
        Item::CoreModule(index) => (
            "core module",
            index.0,
            component.core_modules.get(index).and_then(elsewhere),
        ),
        Item::Func(index) => (
            "function",
            index.0,
            component.funcs.get(index).and_then(elsewhere),
        ),
        Item::Value(index) => (
            "value",
            index.0,
            component.values.get(index).and_then(elsewhere),
        ),
        Item::Type(index) => (
            "type",
            index.0,
            component.types.get(index).and_then(elsewhere),
        ),
        Item::Instance(index) => (
            "instance",
            index.0,
            component.instances.get(index).and_then(elsewhere),
        ),
        Item::Component(index) => (
            "component",
            index.0,
            component.components.get(index).and_then(elsewhere),
        ),
    };
    match elsewhere {
        Some(Elsewhere::Imported(at)) => match component.imports.get(at) {
            Some(import) => format!("import `{}`", import.name.name),
            None => format!("{kind} {index}"),
        },
        Some(Elsewhere::Aliased(Alias::Export {
            instance: InstanceIndex(instance),
            name,
        })) => {
            format!("instance {instance} export `{name}`")
        }
        _ => format!("{kind} {index}"),
    }
}

fn elsewhere<'a, T>(origin: &Origin<'a, T>) -> Option<Elsewhere<'a>> {
    match origin {
        Origin::Elsewhere(elsewhere) => Some(*elsewhere),
        Origin::Defined(_) => None,
    }
}
