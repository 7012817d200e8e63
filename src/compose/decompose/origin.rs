//! Where does an item of a composition come from?

use indexmap::IndexMap;

use super::Made;
use crate::component::{
    Alias, Component, Elsewhere, Export, Instance, InstanceIndex, Item, Origin, TypeIndex,
};

/// The end of a chain of aliases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// An instance of a nested component, or something in it by the names that lead there.
    Instance {
        instance: InstanceIndex,
        path: Vec<&'a str>,
    },
    /// An import of the composition, or something in it.
    Import { import: &'a str, path: Vec<&'a str> },
    /// Several items under one name.
    Bundle,
    /// Nothing else: it is defined here.
    Own,
}

impl Source<'_> {
    /// The instance that has it.
    pub fn instance(&self) -> Option<InstanceIndex> {
        match self {
            Source::Instance { instance, .. } => Some(*instance),
            _ => None,
        }
    }

    /// Is it this export of this instance?
    pub fn is_export(
        &self,
        name: &str,
        export: &str,
        instances: &IndexMap<InstanceIndex, Made<'_, '_>>,
    ) -> bool {
        let made = self.instance().and_then(|index| instances.get(&index));
        let is_here = made.is_some_and(|made| made.name == name);
        is_here && matches!(self, Source::Instance { path, .. } if *path == [export])
    }
}

/// Follows aliases, exports and bundles to where an item comes from.
pub fn origin<'a>(component: &Component<'a>, item: Item) -> Source<'a> {
    let mut item = item;
    let mut path = Vec::new();
    // Indices lead backwards in a valid component.
    loop {
        match elsewhere(component, item) {
            Some(Elsewhere::Imported(at)) => {
                path.reverse();
                return match component.imports.get(at) {
                    Some(import) => Source::Import {
                        import: import.name.name,
                        path,
                    },
                    None => Source::Own,
                };
            }
            Some(Elsewhere::Exported(at)) => match component.exports.get(at) {
                Some(export) => item = export.item,
                None => return Source::Own,
            },
            Some(Elsewhere::Aliased(Alias::Export { instance, name })) => {
                path.push(name);
                item = Item::Instance(instance);
            }
            Some(Elsewhere::Aliased(Alias::Outer { count: 0, index })) => match item {
                Item::Type(_) => item = Item::Type(TypeIndex(index)),
                _ => return Source::Own,
            },
            Some(Elsewhere::Aliased(_)) => return Source::Own,
            None => match defined(component, item) {
                Some((instance, Instance::Instantiate { .. })) => {
                    path.reverse();
                    return Source::Instance { instance, path };
                }
                Some((_, Instance::FromExports(exports))) => {
                    let Some(name) = path.pop() else {
                        return bundle(component, exports);
                    };
                    match exports.iter().find(|export| export.name.name == name) {
                        Some(export) => item = export.item,
                        None => return Source::Own,
                    }
                }
                None => return Source::Own,
            },
        }
    }
}

fn defined<'c, 'a>(
    component: &'c Component<'a>,
    item: Item,
) -> Option<(InstanceIndex, &'c Instance<'a>)> {
    let Item::Instance(index) = item else {
        return None;
    };
    Some((index, component.instances.get(index)?.defined()?))
}

/// A bundle of exports of one instance, all under their own names, stands for the instance.
fn bundle<'a>(component: &Component<'a>, exports: &[Export<'a>]) -> Source<'a> {
    let whole = |export: &Export<'a>| match origin(component, export.item) {
        Source::Instance { instance, path } if path == [export.name.name] => Some(instance),
        _ => None,
    };
    let mut instances = exports.iter().map(whole);
    match instances.next() {
        Some(Some(instance)) if instances.all(|other| other == Some(instance)) => {
            Source::Instance {
                instance,
                path: Vec::new(),
            }
        }
        _ => Source::Bundle,
    }
}

fn elsewhere<'a>(component: &Component<'a>, item: Item) -> Option<Elsewhere<'a>> {
    fn of<'a, T>(origin: Option<&Origin<'a, T>>) -> Option<Elsewhere<'a>> {
        match origin? {
            Origin::Elsewhere(elsewhere) => Some(*elsewhere),
            Origin::Defined(_) => None,
        }
    }
    match item {
        Item::CoreModule(index) => of(component.core_modules.get(index)),
        Item::Func(index) => of(component.funcs.get(index)),
        Item::Value(index) => of(component.values.get(index)),
        Item::Type(index) => of(component.types.get(index)),
        Item::Instance(index) => of(component.instances.get(index)),
        Item::Component(index) => of(component.components.get(index)),
    }
}
