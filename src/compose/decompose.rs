//! Which plan makes this composition?
//!
//! A composition is nested components, instances of them, and aliases of what these have. A plan
//! says all of that; what else a component can be (code, types and bundles of its own) it cannot
//! say, and such a component is refused.

mod names;
mod origin;
mod settle;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use wasmparser::{Validator, WasmFeatures};

use super::name::Name;
use super::plan::{self, Plan};
use super::{Components, expect_component, sha256, verify};
use crate::component::{
    Component, ComponentIndex, Elsewhere, Instance, InstanceIndex, Item, Origin, Signature,
};
use crate::diagnostic::{Diagnostic, Result};
use names::Names;
use origin::{Source, origin};

/// A composition taken apart.
pub struct Decomposed<'a> {
    pub plan: Plan,
    /// Each distinct one once, by the names the plan gives them.
    pub components: Components<'a>,
    /// In what the plan makes something else.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a composition in binary form back into a plan. `file` is the path as the user typed it.
/// Fails on what no plan can say, with the reason.
pub fn decompose<'a>(file: &str, wasm: &'a [u8]) -> Result<Decomposed<'a>> {
    expect_component(file, wasm)?;
    // Function bodies aside: the parts that have them are composed again.
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    verify::types(&mut validator, wasm).map_err(|error| verify::invalid(error, file, wasm))?;
    let signature = Signature::read(wasm).map_err(|error| error.in_file(file))?;
    let component = Component::parse(wasm).map_err(|error| error.in_file(file))?;
    let refuse = |reason: String| refused(file, &reason);
    let composition = Composition::read(&component).map_err(refuse)?;
    let plan = composition.plan().map_err(refuse)?;
    let parts = composition.parts.iter();
    let mut components: Components<'_> = parts.map(|(bytes, id)| (id.clone(), *bytes)).collect();
    components.sort_by_key(|id, _| plan.components.get_index_of(id));
    let mut decomposed = Decomposed {
        plan,
        components,
        warnings: composition.lost_attributes(),
    };
    decomposed.warnings.extend(lost_metadata(&component));
    settle::settle(&mut decomposed, &component, &signature)?;
    Ok(decomposed)
}

fn refused(file: &str, reason: &str) -> Box<Diagnostic> {
    Diagnostic::error(
        "compose/not-a-composition",
        format!("`{file}` cannot be read back into a plan"),
    )
    .cause(reason)
    .help(format!(
        "look at what it is made of: `wct inspect --tree {file}`"
    ))
    .help("take it as it is, as one component of a composition: `-d`")
}

/// The reason why something is no composition.
type Reason = String;

/// One instance of a nested component.
struct Made<'c, 'a> {
    name: String,
    component: String,
    part: &'c Component<'a>,
    /// By the names of imports, in their order.
    args: IndexMap<&'a str, Source<'a>>,
}

struct Composition<'c, 'a> {
    component: &'c Component<'a>,
    /// What each distinct part is called.
    parts: IndexMap<&'a [u8], String>,
    instances: IndexMap<InstanceIndex, Made<'c, 'a>>,
    /// Where each export comes from.
    exports: Vec<Source<'a>>,
}

impl<'c, 'a> Composition<'c, 'a> {
    fn read(component: &'c Component<'a>) -> std::result::Result<Self, Reason> {
        expect_no_code(component)?;
        let mut composition = Composition {
            component,
            parts: IndexMap::new(),
            instances: IndexMap::new(),
            exports: Vec::new(),
        };
        let mut names = Names::new(component);
        for (index, defined) in component.instances.iter() {
            if let Origin::Defined(Instance::Instantiate { component, args }) = defined {
                composition.instance(index, *component, args, &mut names)?;
            }
        }
        if composition.instances.is_empty() {
            return Err("it makes no instance of a nested component".to_string());
        }
        for export in &component.exports {
            let from = origin(component, export.item);
            composition.exports.push(from);
        }
        Ok(composition)
    }

    fn instance(
        &mut self,
        index: InstanceIndex,
        component: ComponentIndex,
        args: &[(&'a str, Item)],
        names: &mut Names<'a>,
    ) -> std::result::Result<(), Reason> {
        let part = self.nested(component)?;
        let bytes = part.bytes();
        if !self.parts.contains_key(bytes) {
            let id = names.of_component(component, part);
            if Signature::read(bytes).is_err() {
                return Err(format!(
                    "its component `{id}` refers to what is around it, and cannot stand alone"
                ));
            }
            self.parts.insert(bytes, id);
        }
        let id = self.parts.get(bytes).cloned().unwrap_or_default();
        let given = part.imports.iter().filter_map(|import| {
            let (name, item) = args.iter().find(|(name, _)| *name == import.name.name)?;
            Some((*name, origin(self.component, *item)))
        });
        let args = given.collect();
        let made = Made {
            name: names.of_instance(index, &id),
            component: id,
            part,
            args,
        };
        self.instances.insert(index, made);
        Ok(())
    }

    /// The component nested under this index, perhaps under another name.
    fn nested(&self, mut index: ComponentIndex) -> std::result::Result<&'c Component<'a>, Reason> {
        loop {
            index = match self.component.components.get(index) {
                Some(Origin::Defined(nested)) => return Ok(nested),
                Some(Origin::Elsewhere(Elsewhere::Exported(at))) => {
                    match self.component.exports.get(*at).map(|export| export.item) {
                        Some(Item::Component(other)) => other,
                        _ => return Err("an instance is made from nothing".to_string()),
                    }
                }
                Some(Origin::Elsewhere(Elsewhere::Imported(at))) => {
                    let import = self.component.imports.get(*at);
                    let name = import.map_or("", |import| import.name.name);
                    return Err(format!(
                        "the component `{name}` is not inside: it is imported"
                    ));
                }
                _ => return Err("it makes an instance of what another one exports".to_string()),
            };
        }
    }

    fn plan(&self) -> std::result::Result<Plan, Reason> {
        let mut plan = Plan {
            root: self.root().map(|made| made.name.clone()),
            ..Plan::default()
        };
        plan.imports.separate = self.has_two_versions();
        for made in self.in_order() {
            let file = || plan::File {
                source: format!("{}.wasm", made.component),
                sha256: Some(sha256(made.part.bytes())),
            };
            let components = &mut plan.components;
            components
                .entry(made.component.clone())
                .or_insert_with(file);
            let mut args = IndexMap::new();
            for (import, from) in &made.args {
                args.insert(import.to_string(), self.arg(made, import, from)?);
            }
            let component = (made.component != made.name).then(|| made.component.clone());
            plan.instances
                .insert(made.name.clone(), plan::Instance { component, args });
        }
        if plan.root.is_none() || !self.is_all_of_root() {
            for (export, from) in self.component.exports.iter().zip(&self.exports) {
                plan.exports.push(self.export(export.name.name, from)?);
            }
        }
        Ok(plan)
    }

    /// The instance whose exports the composition has: one that no other uses.
    fn root(&self) -> Option<&Made<'c, 'a>> {
        let args = self.instances.values().flat_map(|made| made.args.values());
        let used: BTreeSet<InstanceIndex> = args.filter_map(Source::instance).collect();
        let exported = self.exports.iter().filter_map(Source::instance);
        let mut roots = exported.filter(|index| !used.contains(index));
        self.instances.get(&roots.next()?)
    }

    /// Does it export all that its root exports, under the same names, and nothing else?
    fn is_all_of_root(&self) -> bool {
        let Some(root) = self.root() else {
            return false;
        };
        let exports = self.component.exports.iter().zip(&self.exports);
        let names: Vec<&str> = exports
            .filter(|(export, from)| from.is_export(&root.name, export.name.name, &self.instances))
            .map(|(export, _)| export.name.name)
            .collect();
        let all = root.part.exports.iter().map(|export| export.name.name);
        names.len() == self.exports.len() && all.eq(names)
    }

    /// The root, then what each needs, as composing finds them; so it gives the same bytes again.
    fn in_order(&self) -> Vec<&Made<'c, 'a>> {
        let root = self.root().map(|made| made.name.as_str());
        let indices = self.instances.iter();
        let first = indices.filter(|(_, made)| Some(made.name.as_str()) == root);
        let exported = self.exports.iter().filter_map(Source::instance);
        let mut order: Vec<InstanceIndex> = Vec::new();
        let mut next = 0;
        let starts = first.map(|(index, _)| *index).chain(exported);
        for start in starts.chain(self.instances.keys().copied()) {
            if !order.contains(&start) {
                order.push(start);
            }
            while let Some(made) = order.get(next).and_then(|index| self.instances.get(index)) {
                for needed in made.args.values().filter_map(Source::instance) {
                    if !order.contains(&needed) {
                        order.push(needed);
                    }
                }
                next += 1;
            }
        }
        let made = order.iter().filter_map(|index| self.instances.get(index));
        made.collect()
    }

    fn arg(
        &self,
        made: &Made<'_, '_>,
        import: &str,
        from: &Source<'_>,
    ) -> std::result::Result<plan::Arg, Reason> {
        let what = format!("what `{}` is given for `{import}`", made.name);
        match from {
            Source::Instance { instance, path } => {
                let mut path: Vec<String> = path.iter().map(ToString::to_string).collect();
                Ok(plan::Arg {
                    instance: Some(self.name(*instance)),
                    whole: path.is_empty(),
                    export: (!path.is_empty()).then(|| path.remove(0)),
                    path,
                    import: None,
                })
            }
            Source::Import { import, path } if path.is_empty() => Ok(plan::Arg {
                import: Some(import.to_string()),
                ..plan::Arg::default()
            }),
            Source::Import { import, .. } => {
                Err(format!("{what} is an item within the import `{import}`"))
            }
            Source::Bundle => Err(format!("{what} is put together from several items")),
            Source::Own => Err(format!("{what} is defined by the composition itself")),
        }
    }

    fn export(&self, name: &str, from: &Source<'_>) -> std::result::Result<plan::Export, Reason> {
        let what = format!("what it exports as `{name}`");
        match from {
            Source::Instance { instance, path } => {
                let instance = self.name(*instance);
                let mut path: Vec<String> = path.iter().map(ToString::to_string).collect();
                let own = path.last().unwrap_or(&instance);
                Ok(plan::Export {
                    name: (own != name).then(|| name.to_string()),
                    instance,
                    export: (!path.is_empty()).then(|| path.remove(0)),
                    path,
                })
            }
            Source::Import { import, .. } => Err(format!("{what} is its import `{import}`")),
            Source::Bundle => Err(format!("{what} is put together from several items")),
            Source::Own => Err(format!("{what} is defined by the composition itself")),
        }
    }

    fn name(&self, instance: InstanceIndex) -> String {
        let made = self.instances.get(&instance);
        made.map(|made| made.name.clone()).unwrap_or_default()
    }

    /// Are there imports that composing would make one?
    fn has_two_versions(&self) -> bool {
        let imports = self.component.imports.iter();
        let names: Vec<Name> = imports.map(|import| Name::of(&import.name)).collect();
        let mut rest = names.as_slice();
        while let Some((first, others)) = rest.split_first() {
            if others.iter().any(|other| other.is_compatible(first)) {
                return true;
            }
            rest = others;
        }
        false
    }

    /// Attributes belong to names that components give; those that the composition gave are lost.
    fn lost_attributes(&self) -> Vec<Diagnostic> {
        let exports = self.component.exports.iter().zip(&self.exports);
        let lost = exports.filter(|(export, from)| {
            let name = export.name;
            let plain = name.implements.is_none()
                && name.version_suffix.is_none()
                && name.external_id.is_none();
            let source = from.instance().and_then(|index| self.instances.get(&index));
            let mut given = source.iter().flat_map(|made| &made.part.exports);
            !plain && !given.any(|given| given.name == name)
        });
        let warnings = lost.map(|(export, _)| {
            *Diagnostic::warning(
                "compose/lost-attribute",
                format!(
                    "the attributes of the export `{}` are not in the plan",
                    export.name.name
                ),
            )
            .cause("the composition has them, but no component inside")
        });
        warnings.collect()
    }
}

/// What a composition says about itself is about none of its components. Who made it is said anew.
fn lost_metadata(component: &Component<'_>) -> Option<Diagnostic> {
    let name = component.names().component;
    let name = name.map(|name| format!("it is called `{name}`"));
    let customs = component.customs().map(|custom| custom.name);
    let customs = customs.filter(|name| !["component-name", "producers"].contains(name));
    let lost: Vec<String> = name
        .into_iter()
        .chain(customs.map(|name| format!("it has the custom section `{name}`")))
        .collect();
    if lost.is_empty() {
        return None;
    }
    let warning = Diagnostic::warning(
        "compose/lost-metadata",
        "what the composition says about itself is not in the plan",
    );
    let warning = lost.into_iter().fold(warning, Diagnostic::cause);
    Some(*warning.help("write it into what is composed again: `wct metadata`"))
}

/// What runs by itself is no composition.
fn expect_no_code(component: &Component<'_>) -> std::result::Result<(), Reason> {
    let modules = component.core_modules.iter();
    let lifted = component.funcs.iter();
    if !component.core_instances.is_empty()
        || modules
            .filter(|(_, module)| module.defined().is_some())
            .count()
            > 0
        || lifted.filter(|(_, func)| func.defined().is_some()).count() > 0
    {
        return Err("it has core modules of its own, not only components".to_string());
    }
    if !component.starts.is_empty() {
        return Err("it has a start function".to_string());
    }
    Ok(())
}
