//! What do the definitions of a component come to when it is instantiated?

use indexmap::{IndexMap, IndexSet};
use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, ComponentTypeRef, ExternalKind, Instance as CoreInstance,
};

use super::value::{Bundle, Value, boxes, get, hosts, member};
use super::{Exported, Instance};
use crate::component::{
    Component, ComponentIndex, CoreInstanceIndex, CoreModuleIndex, Entry, InstanceIndex, Names,
};
use crate::diagnostic::Result;
use crate::inspect::Kind;
use crate::inspect::tree::role;
use crate::module::Module;

/// More boxes than this nobody can read: what is left stays closed.
const MOST: usize = 300;

/// A module or component that can be instantiated; unknown where it is imported.
#[derive(Clone, Copy)]
enum Definition<'c, 'a> {
    Module(&'c Module<'a>, Option<&'a str>),
    /// With the scope around it.
    Component(&'c Component<'a>, Option<&'a str>, usize),
    Unknown,
}

/// One instantiation of a component.
struct Scope<'c, 'a> {
    parent: Option<usize>,
    modules: Vec<Definition<'c, 'a>>,
    components: Vec<Definition<'c, 'a>>,
    core_instances: Vec<Value<'a>>,
    instances: Vec<Value<'a>>,
    /// By kind of core item.
    core: [Vec<Value<'a>>; 5],
    funcs: Vec<Value<'a>>,
}

/// All instantiations, and the boxes and wires that they make.
pub(super) struct Scopes<'c, 'a> {
    depth: usize,
    scopes: Vec<Scope<'c, 'a>>,
    pub boxes: Vec<Instance>,
    /// By who gets it and who gives it.
    pub wires: IndexMap<(usize, usize), IndexSet<String>>,
}

/// Where an instantiation happens, and what it is called.
struct Site<'a> {
    path: Vec<String>,
    /// How many components deep.
    depth: usize,
    args: IndexMap<&'a str, Value<'a>>,
    parent: Option<usize>,
}

impl<'c, 'a> Scopes<'c, 'a> {
    pub fn new(depth: usize) -> Self {
        Scopes {
            depth,
            scopes: Vec::new(),
            boxes: Vec::new(),
            wires: IndexMap::new(),
        }
    }

    /// Instantiates the outermost component, whose imports the host provides.
    pub fn outermost(&mut self, component: &'c Component<'a>) -> Result<Vec<Exported>> {
        let imports = component.imports.iter().map(|import| import.name.name);
        let site = Site {
            path: Vec::new(),
            depth: 0,
            args: imports.map(|name| (name, Value::Host(name))).collect(),
            parent: None,
        };
        let exports = self.open(component, &site)?;
        let exports = exports.iter().map(|(name, value)| {
            let mut sources = IndexSet::new();
            boxes(value, &mut sources);
            Exported {
                name: name.clone(),
                from: sources.into_iter().collect(),
            }
        });
        Ok(exports.collect())
    }

    /// Instantiates a component with its inside shown, and returns its exports.
    fn open(
        &mut self,
        component: &'c Component<'a>,
        site: &Site<'a>,
    ) -> Result<IndexMap<String, Value<'a>>> {
        let at = self.scopes.len();
        self.scopes.push(Scope {
            parent: site.parent,
            modules: Vec::new(),
            components: Vec::new(),
            core_instances: Vec::new(),
            instances: Vec::new(),
            core: Default::default(),
            funcs: Vec::new(),
        });
        let names = component.names();
        let mut exports = IndexMap::new();
        for entry in component.entries()? {
            match entry {
                Entry::CoreModule(module) => {
                    let index = CoreModuleIndex(self.scopes[at].modules.len() as u32);
                    let name = names.core_modules.get(&index).copied();
                    self.scopes[at]
                        .modules
                        .push(Definition::Module(module, name));
                }
                Entry::Component(inner) => {
                    let index = ComponentIndex(self.scopes[at].components.len() as u32);
                    let name = names.components.get(&index).copied();
                    self.scopes[at]
                        .components
                        .push(Definition::Component(inner, name, at));
                }
                Entry::CoreInstance(instance) => self.core_instance(at, site, &names, &instance),
                Entry::Instance(instance) => self.instance(at, site, &names, &instance)?,
                Entry::Alias(alias) => self.alias(at, &alias),
                Entry::Canonical(canonical) => self.canonical(at, &canonical),
                Entry::Import(import) => {
                    let value = site.args.get(import.name.name).cloned();
                    self.import(at, &import.ty, value.unwrap_or(Value::Nothing));
                }
                Entry::Export(export) => {
                    let value = self.item(at, export.kind, export.index);
                    self.again(at, export.kind, export.index, value.clone());
                    if export.kind != ComponentExternalKind::Type {
                        exports.insert(export.name.name.to_string(), value);
                    }
                }
                Entry::CoreType(_) | Entry::Type(_) | Entry::Start(_) | Entry::Other(..) => {}
            }
        }
        Ok(exports)
    }

    fn core_instance(
        &mut self,
        at: usize,
        site: &Site<'a>,
        names: &Names<'a>,
        instance: &CoreInstance<'a>,
    ) {
        let index = self.scopes[at].core_instances.len() as u32;
        let value = match instance {
            CoreInstance::FromExports(items) => {
                let items = items.iter().map(|item| {
                    let space = core_space(item.kind);
                    (
                        item.name.to_string(),
                        get(&self.scopes[at].core[space], item.index),
                    )
                });
                Bundle::of(items.collect())
            }
            CoreInstance::Instantiate { module_index, args } => {
                let module = self.scopes[at].modules.get(*module_index as usize).copied();
                let (name, size) = match module {
                    Some(Definition::Module(module, given)) => {
                        (module.name().or(given), module.range.len() as u64)
                    }
                    _ => (None, 0),
                };
                let index = CoreInstanceIndex(index);
                let called = names.core_instances.get(&index).copied();
                let title = called.or(name).map(str::to_string);
                let number = self.add_box(
                    site,
                    Instance {
                        path: vec![title.unwrap_or_else(|| format!("core module {module_index}"))],
                        kind: Kind::CoreModule,
                        role: name.and_then(role),
                        size,
                        modules: None,
                        host: IndexSet::new(),
                    },
                );
                for arg in args {
                    let given = get(&self.scopes[at].core_instances, arg.index);
                    self.wire(number, arg.name, &given);
                }
                Value::Box(number)
            }
        };
        self.scopes[at].core_instances.push(value);
    }

    fn instance(
        &mut self,
        at: usize,
        site: &Site<'a>,
        names: &Names<'a>,
        instance: &ComponentInstance<'a>,
    ) -> Result<()> {
        let value = match instance {
            ComponentInstance::FromExports(items) => {
                let items = items.iter().map(|item| {
                    (
                        item.name.name.to_string(),
                        self.item(at, item.kind, item.index),
                    )
                });
                Bundle::of(items.collect())
            }
            ComponentInstance::Instantiate {
                component_index,
                args,
            } => {
                let index = self.scopes[at].instances.len() as u32;
                let index = InstanceIndex(index);
                let called = names.instances.get(&index).copied();
                let component = self.scopes[at]
                    .components
                    .get(*component_index as usize)
                    .copied();
                let args = args
                    .iter()
                    .map(|arg| (arg.name, self.item(at, arg.kind, arg.index)));
                let args = args.collect();
                let number = format!("component {component_index}");
                self.instantiate(
                    component.unwrap_or(Definition::Unknown),
                    site,
                    called,
                    number,
                    args,
                )?
            }
        };
        self.scopes[at].instances.push(value);
        Ok(())
    }

    /// What has no core modules only passes things on, and is no box.
    fn instantiate(
        &mut self,
        component: Definition<'c, 'a>,
        site: &Site<'a>,
        called: Option<&'a str>,
        number: String,
        args: IndexMap<&'a str, Value<'a>>,
    ) -> Result<Value<'a>> {
        let (title, size, modules, inner) = match component {
            Definition::Component(inner, given, around) => {
                let name = called.or(inner.names().component).or(given);
                let modules = inner.all_core_modules().len();
                (
                    name.map_or(number, str::to_string),
                    inner.range.len(),
                    modules,
                    Some((inner, around)),
                )
            }
            _ => (number, 0, 0, None),
        };
        if let Some((inner, around)) = inner
            && self.boxes.len() < MOST
            && self.scopes.len() < MOST
            && (site.depth < self.depth || modules == 0)
        {
            let mut path = site.path.clone();
            path.push(title);
            let site = Site {
                path,
                depth: site.depth + usize::from(modules > 0),
                args,
                parent: Some(around),
            };
            return Ok(Bundle::of(self.open(inner, &site)?));
        }
        let closed = self.add_box(
            site,
            Instance {
                path: vec![title],
                kind: Kind::Component,
                role: None,
                size: size as u64,
                modules: Some(modules as u64),
                host: IndexSet::new(),
            },
        );
        for (name, value) in &args {
            self.wire(closed, name, value);
        }
        Ok(Value::Box(closed))
    }

    fn add_box(&mut self, site: &Site<'_>, mut instance: Instance) -> usize {
        instance.path.splice(..0, site.path.iter().cloned());
        self.boxes.push(instance);
        self.boxes.len() - 1
    }

    /// Box `to` gets this under a name.
    fn wire(&mut self, to: usize, name: &str, value: &Value<'a>) {
        let mut sources = IndexSet::new();
        boxes(value, &mut sources);
        for from in sources {
            let names = self.wires.entry((to, from)).or_default();
            names.insert(name.to_string());
        }
        let mut host = IndexSet::new();
        hosts(value, &mut host);
        for import in host {
            self.boxes[to].host.insert(import.to_string());
        }
    }

    fn alias(&mut self, at: usize, alias: &ComponentAlias<'a>) {
        match alias {
            ComponentAlias::InstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let value = member(&get(&self.scopes[at].instances, *instance_index), name);
                self.add(at, *kind, value);
            }
            ComponentAlias::CoreInstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let value = member(&get(&self.scopes[at].core_instances, *instance_index), name);
                self.scopes[at].core[core_space(*kind)].push(value);
            }
            ComponentAlias::Outer { kind, count, index } => {
                let scope = (0..*count).try_fold(at, |at, _| self.scopes[at].parent);
                let scope = scope.map(|scope| &self.scopes[scope]);
                let index = *index as usize;
                match kind {
                    ComponentOuterAliasKind::CoreModule => {
                        let found = scope.and_then(|scope| scope.modules.get(index)).copied();
                        self.scopes[at]
                            .modules
                            .push(found.unwrap_or(Definition::Unknown));
                    }
                    ComponentOuterAliasKind::Component => {
                        let found = scope.and_then(|scope| scope.components.get(index)).copied();
                        self.scopes[at]
                            .components
                            .push(found.unwrap_or(Definition::Unknown));
                    }
                    ComponentOuterAliasKind::CoreType | ComponentOuterAliasKind::Type => {}
                }
            }
        }
    }

    fn canonical(&mut self, at: usize, canonical: &CanonicalFunction) {
        let scope = &mut self.scopes[at];
        match canonical {
            CanonicalFunction::Lift {
                core_func_index, ..
            } => {
                let value = get(&scope.core[0], *core_func_index);
                scope.funcs.push(value);
            }
            CanonicalFunction::Lower { func_index, .. } => {
                let value = get(&scope.funcs, *func_index);
                scope.core[0].push(value);
            }
            _ => scope.core[0].push(Value::Nothing),
        }
    }

    fn import(&mut self, at: usize, ty: &ComponentTypeRef, value: Value<'a>) {
        self.add(at, ty.kind(), value);
    }

    /// Adds to an index space what comes from elsewhere.
    fn add(&mut self, at: usize, kind: ComponentExternalKind, value: Value<'a>) {
        let scope = &mut self.scopes[at];
        match kind {
            ComponentExternalKind::Func => scope.funcs.push(value),
            ComponentExternalKind::Instance => scope.instances.push(value),
            ComponentExternalKind::Module => scope.modules.push(Definition::Unknown),
            ComponentExternalKind::Component => scope.components.push(Definition::Unknown),
            ComponentExternalKind::Value | ComponentExternalKind::Type => {}
        }
    }

    /// Adds the index that an export gives what it exports.
    fn again(&mut self, at: usize, kind: ComponentExternalKind, index: u32, value: Value<'a>) {
        let scope = &mut self.scopes[at];
        let index = index as usize;
        match kind {
            ComponentExternalKind::Module => {
                let found = scope.modules.get(index).copied();
                scope.modules.push(found.unwrap_or(Definition::Unknown));
            }
            ComponentExternalKind::Component => {
                let found = scope.components.get(index).copied();
                scope.components.push(found.unwrap_or(Definition::Unknown));
            }
            kind => self.add(at, kind, value),
        }
    }

    fn item(&self, at: usize, kind: ComponentExternalKind, index: u32) -> Value<'a> {
        let scope = &self.scopes[at];
        match kind {
            ComponentExternalKind::Func => get(&scope.funcs, index),
            ComponentExternalKind::Instance => get(&scope.instances, index),
            _ => Value::Nothing,
        }
    }
}

fn core_space(kind: ExternalKind) -> usize {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => 0,
        ExternalKind::Table => 1,
        ExternalKind::Memory => 2,
        ExternalKind::Global => 3,
        ExternalKind::Tag => 4,
    }
}
