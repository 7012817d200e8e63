//! How is a composition written?
//!
//! Imports with the types they need, then each distinct component once, then instances behind
//! those they need, then exports. Types are copied from the components that declare them.

mod exports;
mod instance_type;
mod names;
mod writer;

use std::collections::BTreeMap;

use wasm_encoder::reencode::ReencodeComponent;
use wasm_encoder::{ComponentExportKind, ComponentExternName, ComponentTypeRef};
use wasmparser::component_types::ComponentEntityType;

use super::declare::{
    Renumber, Root, Scope, follow, imported_instance, instance_type, refs_of_core_type,
    refs_of_type, type_of_import,
};
use super::graph::{Arg, At, Export, Graph, Source};
use super::identity::{Identities, Key};
use super::merge::Imports;
use crate::component::{Alias, CoreTypeIndex, Elsewhere, ExternName, Item, Origin, TypeIndex};
use crate::diagnostic::{Diagnostic, Result};
use crate::pieces::Pieces;
use instance_type::{Union, taken};
use writer::Writer;

pub use exports::exported;

/// A composition in binary form.
pub struct Emitted<'a> {
    pub wasm: Pieces<'a>,
    /// How many bytes were not put in a second time.
    pub shared: u64,
}

/// Writes what was checked. `order` has each instance behind those it needs.
pub fn emit<'a>(
    graph: &Graph<'_, 'a>,
    imports: &Imports<'_, 'a>,
    identities: &Identities<'_, '_, 'a>,
    order: &[usize],
    exports: &[Export<'_>],
) -> Result<Emitted<'a>> {
    let mut emitter = Emitter {
        graph,
        imports,
        identities,
        writer: Writer::new(),
        scopes: vec![Scope::default(); graph.instances.len()],
        groups: vec![State::Waiting; imports.groups.len()],
        aliases: BTreeMap::new(),
        components: BTreeMap::new(),
        instances: vec![0; graph.instances.len()],
    };
    for group in 0..imports.groups.len() {
        emitter.group(group)?;
    }
    let shared = emitter.instantiate(order)?;
    emitter.export(exports)?;
    emitter.name();
    Ok(Emitted {
        wasm: emitter.writer.finish(),
        shared,
    })
}

struct Emitter<'g, 'p, 'a> {
    graph: &'g Graph<'p, 'a>,
    imports: &'g Imports<'p, 'a>,
    identities: &'g Identities<'g, 'p, 'a>,
    writer: Writer<'a>,
    /// For each instance: its component's own indices, as far as they were needed, to those here.
    scopes: Vec<Scope>,
    groups: Vec<State>,
    /// Items of instances, by instance, kind and name.
    aliases: BTreeMap<(u32, u8, String), u32>,
    /// Where each component is, by the part that it is of.
    components: BTreeMap<u32, usize>,
    /// Where each instance is.
    instances: Vec<u32>,
}

/// How far an import is.
#[derive(Clone, Copy)]
enum State {
    Waiting,
    Busy,
    Done(ComponentExportKind, u32),
}

impl<'g, 'p, 'a> Emitter<'g, 'p, 'a> {
    /// Imports a group, behind those whose types it names.
    fn group(&mut self, at: usize) -> Result<(ComponentExportKind, u32)> {
        match self.groups[at] {
            State::Done(kind, index) => return Ok((kind, index)),
            State::Busy => return Err(self.entangled(at)),
            State::Waiting => self.groups[at] = State::Busy,
        }
        let imports = self.imports;
        let group = &imports.groups[at];
        let ty = self.group_type(at)?;
        let name = extern_name(&group.name, group.renamed.as_deref());
        let index = self.writer.import(name, ty);
        let kind = ty.kind();
        self.groups[at] = State::Done(kind, index);
        Ok((kind, index))
    }

    fn entangled(&self, at: usize) -> Box<Diagnostic> {
        let name = &self.imports.groups[at].full.full;
        Diagnostic::error(
            "compose/import-cycle",
            format!("the types of import `{name}` would be needed before it is imported"),
        )
        .cause("components that use types the other way round cannot share one import")
        .help("keep versions apart with `--separate`, or provide one of the imports")
    }

    fn group_type(&mut self, at: usize) -> Result<ComponentTypeRef> {
        let imports = self.imports;
        let (users, agreed) = (&imports.groups[at].users, &imports.groups[at].agreed);
        let widest = agreed.widest();
        let (instance, import) = widest.ok_or_else(|| internal("an import nobody asked for"))?;
        let declared = self.graph.part(instance).component.imports[import].ty;
        if !matches!(declared, wasmparser::ComponentTypeRef::Instance(_)) {
            return self.plain_type(instance, declared);
        }
        let mut union = Union::default();
        let (taken, wider) = (taken(self.graph, users), agreed.wider());
        let taken = taken
            .iter()
            .map(|(user, names)| (user.place(), Some(names)));
        let wider = wider.iter().map(|(place, names)| (*place, Some(names)));
        let all = users.iter().map(|user| (user.place(), user.only.as_ref()));
        for ((instance, import), only) in taken.chain(wider).chain(all) {
            let part = self.graph.part(instance);
            let declared = part.component.imports[import].ty;
            let wasmparser::ComponentTypeRef::Instance(index) = declared else {
                return Err(internal("imports of two kinds are one group"));
            };
            let Some(declarations) = instance_type(part, index) else {
                // Aliased from an imported type: copied as an alias, which leaves nothing to unite.
                return self.plain_type(instance, declared);
            };
            let needed = union.needed(declarations, only);
            for index in &needed.outer.core_types {
                self.core_type(instance, *index)?;
            }
            for index in &needed.outer.types {
                self.ty(instance, *index)?;
            }
            let missing = union.add(declarations, &needed, &self.scopes[instance]);
            if missing != Default::default() {
                return Err(internal(
                    "a declaration refers to a type that was not copied",
                ));
            }
        }
        let ty = union.finish();
        Ok(ComponentTypeRef::Instance(
            self.writer.ty(|encoder| encoder.instance(&ty)),
        ))
    }

    /// The type of an import that is no instance, copied as it is.
    fn plain_type(
        &mut self,
        instance: usize,
        declared: wasmparser::ComponentTypeRef,
    ) -> Result<ComponentTypeRef> {
        if let wasmparser::ComponentTypeRef::Module(index) = declared {
            return Ok(ComponentTypeRef::Module(self.core_type(instance, index)?));
        }
        for index in type_of_import(declared).types {
            self.ty(instance, index)?;
        }
        let outer = Scope::default();
        let mut renumber = Renumber::new(&self.scopes[instance], &outer);
        renumber
            .component_type_ref(declared)
            .map_err(|_| internal("an import's type was not copied"))
    }

    /// Copies a core type of an instance's component.
    fn core_type(&mut self, instance: usize, index: u32) -> Result<u32> {
        if let Some(known) = self.scopes[instance].core_types.get(&index) {
            return Ok(*known);
        }
        let part = self.graph.part(instance);
        let mut origin = index;
        let ty = loop {
            match part.component.core_types.get(CoreTypeIndex(origin)) {
                Some(Origin::Defined(ty)) => break ty,
                Some(Origin::Elsewhere(Elsewhere::Aliased(Alias::Outer { count: 0, index }))) => {
                    origin = *index;
                }
                _ => return Err(internal("a core type comes from nowhere")),
            }
        };
        let refs = refs_of_core_type(ty).core_types;
        let is_group =
            matches!(&**ty, wasmparser::CoreType::Rec(group) if group.types().len() != 1);
        if is_group || refs.contains(&origin) {
            return Err(recursive_type(&part.id));
        }
        for index in refs {
            self.core_type(instance, index)?;
        }
        let (scope, outer) = (&self.scopes[instance], Scope::default());
        let new = self.writer.core_type(|encoder| {
            let mut renumber = Renumber::new(scope, &outer);
            let _ = renumber.parse_component_core_type(encoder, wasmparser::CoreType::clone(ty));
        });
        self.scopes[instance].core_types.insert(index, new);
        Ok(new)
    }

    /// Copies a type of an instance's component, or finds it in an import.
    fn ty(&mut self, instance: usize, index: u32) -> Result<u32> {
        if let Some(known) = self.scopes[instance].types.get(&index) {
            return Ok(*known);
        }
        let part = self.graph.part(instance);
        let new = match follow(part, index) {
            Some(Root::Imported((import, names))) => {
                self.imported_type(instance, import, &names)?
            }
            Some(Root::Defined(root)) if root != index => self.ty(instance, root)?,
            Some(Root::Defined(root)) => {
                let Some(Origin::Defined(ty)) = part.component.types.get(TypeIndex(root)) else {
                    return Err(internal("a type is written out nowhere"));
                };
                let refs = refs_of_type(ty);
                for index in refs.core_types {
                    self.core_type(instance, index)?;
                }
                for index in refs.types {
                    self.ty(instance, index)?;
                }
                let (scope, outer) = (&self.scopes[instance], Scope::default());
                self.writer.ty(|encoder| {
                    let mut renumber = Renumber::new(scope, &outer);
                    let _ = renumber.parse_component_type(encoder, ty.clone());
                })
            }
            None => return Err(self.hidden_type(instance)),
        };
        self.scopes[instance].types.insert(index, new);
        Ok(new)
    }

    fn hidden_type(&self, instance: usize) -> Box<Diagnostic> {
        let name = &self.graph.instances[instance].name;
        Diagnostic::error(
            "compose/hidden-type",
            format!("an import of `{name}` has a type that comes from an instance inside of it"),
        )
        .help("provide that import with `-d`, so that its type need not be written again")
    }

    /// A type within an import of an instance, as the composition sees it.
    fn imported_type(&mut self, instance: usize, import: usize, names: &[String]) -> Result<u32> {
        let part = self.graph.part(instance);
        let ty = part.type_at(part.imports[import].item.ty, names);
        let resource = match ty {
            Some(ComponentEntityType::Type {
                created: wasmparser::component_types::ComponentAnyTypeId::Resource(id),
                ..
            }) => Some(id.resource()),
            _ => None,
        };
        let is_open = matches!(self.graph.instances[instance].args[import], Arg::Open(_));
        if let (Some(resource), false) = (resource, is_open) {
            return match self.identities.of(instance, resource) {
                Key::Open(group, names) => self.type_in_group(group, &names),
                Key::Defined(..) | Key::Lost(..) => {
                    Err(internal("an open import has a resource from inside"))
                }
            };
        }
        match self.imports.group_of.get(&(instance, import)) {
            Some(group) => self.type_in_group(*group, names),
            None => Err(internal(
                "a type of a provided import is not imported again",
            )),
        }
    }

    fn type_in_group(&mut self, group: usize, names: &[String]) -> Result<u32> {
        let (kind, mut index) = self.group(group)?;
        let Some((last, outer)) = names.split_last() else {
            return match kind {
                ComponentExportKind::Type => Ok(index),
                _ => Err(internal("an import that is no type is used as one")),
            };
        };
        for name in outer {
            index = self.alias(index, ComponentExportKind::Instance, name);
        }
        Ok(self.alias(index, ComponentExportKind::Type, last))
    }

    /// An item of an instance; the same one where it was asked for before.
    fn alias(&mut self, instance: u32, kind: ComponentExportKind, name: &str) -> u32 {
        let key = (instance, kind as u8, name.to_string());
        if let Some(known) = self.aliases.get(&key) {
            return *known;
        }
        let index = self.writer.alias(instance, kind, name);
        self.aliases.insert(key, index);
        index
    }

    /// Puts in each distinct component once and instantiates. Returns the bytes saved by that.
    fn instantiate(&mut self, order: &[usize]) -> Result<u64> {
        let mut shared = 0;
        // By length first: few are as long as another.
        let mut components: BTreeMap<(usize, &[u8]), u32> = BTreeMap::new();
        let made = |instance: &&usize| Some(**instance) != self.graph.declarations;
        let order: Vec<usize> = order.iter().filter(made).copied().collect();
        for instance in &order {
            let part = self.graph.part(*instance);
            let content = (part.bytes.len(), part.bytes);
            match components.get(&content) {
                Some(_) => shared += part.bytes.len() as u64,
                None => {
                    let index = self.writer.component(part.bytes);
                    components.insert(content, index);
                    self.components
                        .insert(index, self.graph.instances[*instance].part);
                }
            }
        }
        for instance in &order {
            let part = self.graph.part(*instance);
            let mut args = Vec::new();
            for (import, item) in part.imports.iter().enumerate() {
                let (kind, index) = self.arg(*instance, import)?;
                args.push((item.extern_name.name, kind, index));
            }
            let component = components[&(part.bytes.len(), part.bytes)];
            self.instances[*instance] = self.writer.instantiate(component, &args);
        }
        Ok(shared)
    }

    fn arg(&mut self, instance: usize, import: usize) -> Result<(ComponentExportKind, u32)> {
        match self.graph.instances[instance].args[import] {
            Arg::Open(_) => match self.imports.group_of.get(&(instance, import)) {
                Some(group) => self.group(*group),
                None => Err(internal("an open import is in no group")),
            },
            Arg::From(ref source) => self.item(source),
            Arg::Unused => Err(internal("an instance is not given one of its imports")),
        }
    }

    /// What an instance has.
    fn item(&mut self, source: &Source) -> Result<(ComponentExportKind, u32)> {
        let instance = source.instance;
        let part = self.graph.part(instance);
        let is_declared = self.graph.declarations == Some(instance);
        let (mut kind, mut index) = match source.at {
            At::Whole => (ComponentExportKind::Instance, self.instances[instance]),
            At::Import(import) => match self.imports.group_of.get(&(instance, import)) {
                Some(group) => self.group(*group)?,
                None => return Err(internal("a declared import is not imported")),
            },
            At::Export(export) if is_declared => self.declared(instance, export)?,
            At::Export(export) => {
                let item = &part.exports[export];
                let kind = export_kind(&item.item.ty);
                let whole = self.instances[instance];
                (kind, self.alias(whole, kind, item.extern_name.name))
            }
        };
        let mut inner = source.clone();
        inner.path.clear();
        for name in &source.path {
            inner.path.push(name.clone());
            let ty = self.graph.type_of(&inner);
            let ty = ty.ok_or_else(|| internal("a path leads nowhere"))?;
            kind = export_kind(&ty);
            index = self.alias(index, kind, name);
        }
        Ok((kind, index))
    }

    /// A type that a document declares, or an import that it passes on.
    fn declared(&mut self, instance: usize, export: usize) -> Result<(ComponentExportKind, u32)> {
        let part = self.graph.part(instance);
        let item = part.component.exports[export].item;
        let import = match item {
            Item::Type(index) => {
                return Ok((ComponentExportKind::Type, self.ty(instance, index.0)?));
            }
            Item::Instance(index) => imported_instance(part, index),
            Item::Func(index) => match part.component.funcs.get(index) {
                Some(Origin::Elsewhere(Elsewhere::Imported(import))) => Some((*import, Vec::new())),
                Some(Origin::Elsewhere(Elsewhere::Aliased(Alias::Export { instance, name }))) => {
                    imported_instance(part, *instance).map(|(import, mut names)| {
                        names.push(name.to_string());
                        (import, names)
                    })
                }
                _ => None,
            },
            _ => None,
        };
        let (import, path) =
            import.ok_or_else(|| internal("a document exports what it has not"))?;
        self.item(&Source {
            instance,
            at: At::Import(import),
            path,
        })
    }
}

fn export_kind(ty: &ComponentEntityType) -> ComponentExportKind {
    match ty {
        ComponentEntityType::Module(_) => ComponentExportKind::Module,
        ComponentEntityType::Func(_) => ComponentExportKind::Func,
        ComponentEntityType::Value(_) => ComponentExportKind::Value,
        ComponentEntityType::Type { .. } => ComponentExportKind::Type,
        ComponentEntityType::Instance(_) => ComponentExportKind::Instance,
        ComponentEntityType::Component(_) => ComponentExportKind::Component,
    }
}

/// The name with its attributes; another name goes without them.
fn extern_name<'n>(name: &ExternName<'n>, renamed: Option<&'n str>) -> ComponentExternName<'n> {
    match renamed {
        Some(renamed) => renamed.into(),
        None => ComponentExternName {
            name: name.name.into(),
            implements: name.implements.map(Into::into),
            version_suffix: name.version_suffix.map(Into::into),
            external_id: name.external_id.map(Into::into),
        },
    }
}

fn recursive_type(part: &str) -> Box<Diagnostic> {
    Diagnostic::error(
        "compose/recursive-type",
        format!("a core module that `{part}` imports has a type that refers to itself"),
    )
    .help("provide that core module: such a type is not passed on to the host")
}

fn internal(what: &str) -> Box<Diagnostic> {
    Diagnostic::ours(
        "compose/internal",
        format!("the composition cannot be written: {what}"),
    )
}
