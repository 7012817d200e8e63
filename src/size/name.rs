//! What are the owners called?

use std::collections::BTreeMap;

use rayon::prelude::*;
use wasmparser::CanonicalFunction;

use super::owner::{Found, Owners};
use crate::binary::Layer;
use crate::component::{Component, Entry};
use crate::diagnostic::demangle;
use crate::inspect::{Body, Part, Root};
use crate::module::{Module, id};

/// Names by owner.
pub(super) struct Names(Vec<Option<String>>);

impl Names {
    pub fn of(root: &Root<'_>, owners: &Owners) -> Names {
        let parts = root.parts();
        let mut names: Vec<Option<String>> = Vec::with_capacity(owners.list.len());
        let mut rest = owners.list.as_slice();
        for (at, part) in parts.iter().enumerate() {
            let count = rest.partition_point(|found| found.part == at);
            let (own, others) = rest.split_at(count);
            names.extend(of_part(part, own));
            rest = others;
        }
        Names(names)
    }

    pub fn get(&self, owner: usize) -> Option<&str> {
        self.0.get(owner)?.as_deref()
    }
}

fn of_part(part: &Part<'_, '_>, own: &[Found]) -> Vec<Option<String>> {
    match part.body {
        Body::Module(module) => of_module(module, own),
        Body::Component(component) => of_component(component, own),
    }
}

fn of_module(module: &Module<'_>, own: &[Found]) -> Vec<Option<String>> {
    let functions = module.function_names();
    let segments = module.data_names();
    let exports = module.exports().unwrap_or_default();
    let imports = module.imports().unwrap_or_default();
    let is_function = |kind| matches!(kind, wasmparser::ExternalKind::Func);
    let exported = exports
        .iter()
        .rev()
        .filter(|export| is_function(export.kind));
    let exported: BTreeMap<u32, &str> = exported.map(|e| (e.index, e.name)).collect();
    let exported = |index: u32| exported.get(&index).map(|name| (*name).to_string());
    let name = |found: &Found| match (found.section?, found.index) {
        (id::CODE, Some(index)) => functions
            .get(index)
            .map(demangle)
            .or_else(|| exported(index)),
        (id::DATA, Some(index)) => segments.get(index).map(str::to_string),
        (id::EXPORT, Some(index)) => Some(exports.get(index as usize)?.name.to_string()),
        (id::IMPORT, Some(index)) => {
            let import = imports.get(index as usize)?;
            Some(format!("{} {}", import.module, import.name))
        }
        (id::CUSTOM, None) => {
            let start = found.range.start;
            let at = module.sections.partition_point(|s| s.range.start < start);
            Some(module.custom_at(module.sections.get(at)?)?.name.to_string())
        }
        _ => None,
    };
    own.par_iter().map(name).collect()
}

fn of_component(component: &Component<'_>, own: &[Found]) -> Vec<Option<String>> {
    let entries = component.entries().unwrap_or_default();
    let nested = component.names();
    let name = |found: &Found| match entries.get(found.line?)? {
        Entry::Import(import) => Some(import.name.name.to_string()),
        Entry::Export(export) => Some(export.name.name.to_string()),
        Entry::Alias(alias) => alias_name(alias).map(str::to_string),
        Entry::Canonical(canonical) => Some(canonical_name(canonical).to_string()),
        Entry::CoreModule(module) => module.name().map(str::to_string),
        Entry::Component(inner) => inner.names().component.map(str::to_string),
        Entry::Other(0, contents) => custom_name(contents),
        Entry::CoreInstance(_) => {
            let index = crate::component::CoreInstanceIndex(found.index?);
            nested
                .core_instances
                .get(&index)
                .map(|name| (*name).to_string())
        }
        _ => None,
    };
    own.iter().map(name).collect()
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

fn custom_name(contents: &[u8]) -> Option<String> {
    let mut reader = wasmparser::BinaryReader::new(contents, 0);
    reader.read_string().ok().map(str::to_string)
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
