//! What do the definitions of a component come to when it is instantiated?

use indexmap::{IndexMap, IndexSet};
use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, ExternalKind, Instance as CoreInstance,
};

use super::value::{Bundle, Definition, Value, boxes, get, hosts, member};
use super::{Exported, Instance};
use crate::component::{
    Component, ComponentIndex, CoreInstanceIndex, CoreModuleIndex, Entry, InstanceIndex, Names,
};
use crate::diagnostic::Result;
use crate::inspect::Kind;
use crate::inspect::tree::role;

/// More boxes than this nobody can read: what is left stays closed.
const MOST: usize = 300;

/// One instantiation of a component.
struct Scope<'c, 'a> {
    parent: Option<usize>,
    modules: Vec<Value<'c, 'a>>,
    components: Vec<Value<'c, 'a>>,
    core_instances: Vec<Value<'c, 'a>>,
    instances: Vec<Value<'c, 'a>>,
    /// By kind of core item.
    core: [Vec<Value<'c, 'a>>; 5],
    funcs: Vec<Value<'c, 'a>>,
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
struct Site<'c, 'a> {
    path: Vec<String>,
    /// How many components deep.
    depth: usize,
    args: IndexMap<&'a str, Value<'c, 'a>>,
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
        site: &Site<'c, 'a>,
    ) -> Result<IndexMap<String, Value<'c, 'a>>> {
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
                    let module = Value::Definition(Definition::Module(module, name));
                    self.scopes[at].modules.push(module);
                }
                Entry::Component(inner) => {
                    let index = ComponentIndex(self.scopes[at].components.len() as u32);
                    let name = names.components.get(&index).copied();
                    let inner = Value::Definition(Definition::Component(inner, name, at));
                    self.scopes[at].components.push(inner);
                }
                Entry::CoreInstance(instance) => self.core_instance(at, site, &names, &instance),
                Entry::Instance(instance) => self.instance(at, site, &names, &instance)?,
                Entry::Alias(alias) => self.alias(at, &alias),
                Entry::Canonical(canonical) => self.canonical(at, &canonical),
                Entry::Import(import) => {
                    let value = site.args.get(import.name.name).cloned();
                    self.add(at, import.ty.kind(), value.unwrap_or(Value::Nothing));
                }
                Entry::Export(export) => {
                    let value = self.item(at, export.kind, export.index);
                    // It has another index under the name that it is exported by.
                    self.add(at, export.kind, value.clone());
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
        site: &Site<'c, 'a>,
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
                let module = get(&self.scopes[at].modules, *module_index);
                let (name, size) = match module {
                    Value::Definition(Definition::Module(module, given)) => {
                        (module.name().or(given), module.range.len() as u64)
                    }
                    _ => (None, 0),
                };
                let mut host = IndexSet::new();
                hosts(&module, &mut host);
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
                        host: host.into_iter().map(str::to_string).collect(),
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
        site: &Site<'c, 'a>,
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
                let component = get(&self.scopes[at].components, *component_index);
                let args = args
                    .iter()
                    .map(|arg| (arg.name, self.item(at, arg.kind, arg.index)));
                let args = args.collect();
                let number = format!("component {component_index}");
                self.instantiate(&component, site, called, number, args)?
            }
        };
        self.scopes[at].instances.push(value);
        Ok(())
    }

    /// What has no core modules only passes things on, and is no box.
    fn instantiate(
        &mut self,
        component: &Value<'c, 'a>,
        site: &Site<'c, 'a>,
        called: Option<&'a str>,
        number: String,
        args: IndexMap<&'a str, Value<'c, 'a>>,
    ) -> Result<Value<'c, 'a>> {
        let (title, size, modules, inner) = match *component {
            Value::Definition(Definition::Component(inner, given, around)) => {
                let name = called.or(inner.names().component).or(given);
                let modules = inner.all_core_modules().len();
                (
                    name.map_or(number, str::to_string),
                    inner.range.len(),
                    Some(modules as u64),
                    Some((inner, around)),
                )
            }
            _ => (number, 0, None, None),
        };
        let has_modules = modules != Some(0);
        if let Some((inner, around)) = inner
            && self.boxes.len() < MOST
            && self.scopes.len() < MOST
            && (site.depth < self.depth || !has_modules)
        {
            let mut path = site.path.clone();
            path.push(title);
            let site = Site {
                path,
                depth: site.depth + usize::from(has_modules),
                args,
                parent: Some(around),
            };
            return Ok(Bundle::of(self.open(inner, &site)?));
        }
        let mut host = IndexSet::new();
        hosts(component, &mut host);
        let closed = self.add_box(
            site,
            Instance {
                path: vec![title],
                kind: Kind::Component,
                role: None,
                size: size as u64,
                modules,
                host: host.into_iter().map(str::to_string).collect(),
            },
        );
        for (name, value) in &args {
            self.wire(closed, name, value);
        }
        Ok(Value::Box(closed))
    }

    fn add_box(&mut self, site: &Site<'_, '_>, mut instance: Instance) -> usize {
        instance.path.splice(..0, site.path.iter().cloned());
        self.boxes.push(instance);
        self.boxes.len() - 1
    }

    /// Box `to` gets this under a name.
    fn wire(&mut self, to: usize, name: &str, value: &Value<'c, 'a>) {
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
                let found = match kind {
                    ComponentOuterAliasKind::CoreModule => scope.map(|scope| &scope.modules),
                    ComponentOuterAliasKind::Component => scope.map(|scope| &scope.components),
                    ComponentOuterAliasKind::CoreType | ComponentOuterAliasKind::Type => return,
                };
                let found = found.map_or(Value::Nothing, |found| get(found, *index));
                let own = &mut self.scopes[at];
                match kind {
                    ComponentOuterAliasKind::CoreModule => own.modules.push(found),
                    _ => own.components.push(found),
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

    /// Adds to an index space what comes from elsewhere.
    fn add(&mut self, at: usize, kind: ComponentExternalKind, value: Value<'c, 'a>) {
        let scope = &mut self.scopes[at];
        match kind {
            ComponentExternalKind::Func => scope.funcs.push(value),
            ComponentExternalKind::Instance => scope.instances.push(value),
            ComponentExternalKind::Module => scope.modules.push(value),
            ComponentExternalKind::Component => scope.components.push(value),
            ComponentExternalKind::Value | ComponentExternalKind::Type => {}
        }
    }

    fn item(&self, at: usize, kind: ComponentExternalKind, index: u32) -> Value<'c, 'a> {
        let scope = &self.scopes[at];
        match kind {
            ComponentExternalKind::Func => get(&scope.funcs, index),
            ComponentExternalKind::Instance => get(&scope.instances, index),
            ComponentExternalKind::Module => get(&scope.modules, index),
            ComponentExternalKind::Component => get(&scope.components, index),
            ComponentExternalKind::Value | ComponentExternalKind::Type => Value::Nothing,
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
