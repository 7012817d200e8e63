//! What are the owners called?

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Serialize, Serializer};
use wasmparser::CanonicalFunction;

use super::owner::{Found, Owners};
use crate::binary::Layer;
use crate::component::{Component, Entry};
use crate::diagnostic::demangle;
use crate::inspect::{Body, Part, Root};
use crate::module::{Module, id};

/// What an owner is called. What its language calls it is found out only when somebody reads it:
/// most names are never shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    text: String,
    is_mangled: bool,
}

impl Name {
    pub(super) fn plain(text: &str) -> Name {
        Name {
            text: text.to_string(),
            is_mangled: false,
        }
    }

    fn mangled(text: &str) -> Name {
        Name {
            text: text.to_string(),
            is_mangled: true,
        }
    }

    /// As its language writes it.
    pub fn read(&self) -> Cow<'_, str> {
        match self.is_mangled {
            true => Cow::Owned(demangle(&self.text)),
            false => Cow::Borrowed(&self.text),
        }
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.read())
    }
}

/// Names by owner.
pub(super) struct Names(Vec<Option<Name>>);

impl Names {
    pub fn of(root: &Root<'_>, owners: &Owners) -> Names {
        let parts = root.parts();
        let mut names: Vec<Option<Name>> = Vec::with_capacity(owners.list.len());
        let mut rest = owners.list.as_slice();
        for (at, part) in parts.iter().enumerate() {
            let count = rest.partition_point(|found| found.part == at);
            let (own, others) = rest.split_at(count);
            names.extend(of_part(part, own));
            rest = others;
        }
        Names(names)
    }

    pub fn get(&self, owner: usize) -> Option<&Name> {
        self.0.get(owner)?.as_ref()
    }

    /// All of them, as their languages write them.
    pub fn read(&self) -> Vec<Option<Cow<'_, str>>> {
        let names = self.0.par_iter();
        names.map(|name| name.as_ref().map(Name::read)).collect()
    }

    /// By owner.
    pub fn into_vec(self) -> Vec<Option<Name>> {
        self.0
    }
}

fn of_part(part: &Part<'_, '_>, own: &[Found]) -> Vec<Option<Name>> {
    match part.body {
        Body::Module(module) => of_module(module, own),
        Body::Component(component) => of_component(component, own),
    }
}

fn of_module(module: &Module<'_>, own: &[Found]) -> Vec<Option<Name>> {
    let functions = module.known_function_names();
    let segments = module.data_names();
    let exports = module.exports().unwrap_or_default();
    let imports = module.imports().unwrap_or_default();
    let is_function = |kind| matches!(kind, wasmparser::ExternalKind::Func);
    let exported = exports
        .iter()
        .rev()
        .filter(|export| is_function(export.kind));
    let exported: BTreeMap<u32, &str> = exported.map(|e| (e.index, e.name)).collect();
    let exported = |index: u32| exported.get(&index).map(|name| Name::plain(name));
    let name = |found: &Found| match (found.section?, found.index) {
        (id::CODE, Some(index)) => functions
            .get(index)
            .map(Name::mangled)
            .or_else(|| exported(index)),
        (id::DATA, Some(index)) => segments.get(index).map(Name::plain),
        (id::EXPORT, Some(index)) => Some(Name::plain(exports.get(index as usize)?.name)),
        (id::IMPORT, Some(index)) => {
            let import = imports.get(index as usize)?;
            Some(Name::plain(&format!("{} {}", import.module, import.name)))
        }
        (id::CUSTOM, None) => {
            let start = found.range.start;
            let at = module.sections.partition_point(|s| s.range.start < start);
            Some(Name::plain(
                module.custom_at(module.sections.get(at)?)?.name,
            ))
        }
        _ => None,
    };
    own.par_iter().map(name).collect()
}

fn of_component(component: &Component<'_>, own: &[Found]) -> Vec<Option<Name>> {
    let entries = component.entries().unwrap_or_default();
    let nested = component.names();
    let text = |found: &Found| match entries.get(found.line?)? {
        Entry::Import(import) => Some(import.name.name),
        Entry::Export(export) => Some(export.name.name),
        Entry::Alias(alias) => alias_name(alias),
        Entry::Canonical(canonical) => Some(canonical_name(canonical)),
        Entry::CoreModule(module) => module.name(),
        Entry::Component(inner) => inner.names().component,
        Entry::Other(0, contents) => custom_name(contents),
        Entry::CoreInstance(_) => {
            let index = crate::component::CoreInstanceIndex(found.index?);
            nested.core_instances.get(&index).copied()
        }
        _ => None,
    };
    own.iter()
        .map(|found| text(found).map(Name::plain))
        .collect()
}

fn alias_name<'a>(alias: &wasmparser::ComponentAlias<'a>) -> Option<&'a str> {
    match alias {
        wasmparser::ComponentAlias::InstanceExport { name, .. }
        | wasmparser::ComponentAlias::CoreInstanceExport { name, .. } => Some(name),
        wasmparser::ComponentAlias::Outer { .. } => None,
    }
}

fn canonical_name(canonical: &CanonicalFunction) -> &'static str {
    match canonical {
        CanonicalFunction::Lift { .. } => "lift",
        CanonicalFunction::Lower { .. } => "lower",
        CanonicalFunction::ResourceNew { .. } => "resource.new",
        CanonicalFunction::ResourceDrop { .. } => "resource.drop",
        CanonicalFunction::ResourceRep { .. } => "resource.rep",
        _ => "built-in",
    }
}

fn custom_name(contents: &[u8]) -> Option<&str> {
    let mut reader = wasmparser::BinaryReader::new(contents, 0);
    reader.read_string().ok()
}

/// What an owner is, as people would say it: `type section`, `data segment 3`, `import`.
pub(super) fn noun(found: &Found) -> String {
    let section = found.name();
    let Some(index) = found.index else {
        return match section {
            "preamble" => section.to_string(),
            _ => format!("{section} section"),
        };
    };
    match (found.layer, section) {
        (Layer::Module, "code") => format!("function {index}"),
        (Layer::Module, "data" | "element") => format!("{section} segment {index}"),
        _ => format!("{section} {index}"),
    }
}
