//! Where do things come from, while a component is instantiated on paper?

use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};

use crate::component::Component;
use crate::module::Module;

/// Where something comes from.
#[derive(Clone)]
pub(super) enum Value<'c, 'a> {
    /// Nowhere: a type, a built-in of the canonical ABI.
    Nothing,
    /// An import of the outermost component.
    Host(&'a str),
    Box(usize),
    Bundle(Rc<Bundle<'c, 'a>>),
    Definition(Definition<'c, 'a>),
}

/// A module or component that can be instantiated, with the name that is around it.
#[derive(Clone, Copy)]
pub(super) enum Definition<'c, 'a> {
    Module(&'c Module<'a>, Option<&'a str>),
    /// With the scope around it.
    Component(&'c Component<'a>, Option<&'a str>, usize),
}

/// Named things, and where all of them come from: bundles in bundles are not walked again.
#[derive(Default)]
pub(super) struct Bundle<'c, 'a> {
    items: IndexMap<String, Value<'c, 'a>>,
    boxes: IndexSet<usize>,
    hosts: IndexSet<&'a str>,
}

impl<'c, 'a> Bundle<'c, 'a> {
    pub fn of(items: IndexMap<String, Value<'c, 'a>>) -> Value<'c, 'a> {
        let mut bundle = Bundle::default();
        for value in items.values() {
            boxes(value, &mut bundle.boxes);
            hosts(value, &mut bundle.hosts);
        }
        bundle.items = items;
        Value::Bundle(Rc::new(bundle))
    }
}

pub(super) fn get<'c, 'a>(values: &[Value<'c, 'a>], index: u32) -> Value<'c, 'a> {
    values
        .get(index as usize)
        .cloned()
        .unwrap_or(Value::Nothing)
}

/// What an export of an instance is.
pub(super) fn member<'c, 'a>(instance: &Value<'c, 'a>, name: &str) -> Value<'c, 'a> {
    match instance {
        Value::Bundle(bundle) => bundle.items.get(name).cloned().unwrap_or(Value::Nothing),
        value => value.clone(),
    }
}

pub(super) fn boxes(value: &Value<'_, '_>, found: &mut IndexSet<usize>) {
    match value {
        Value::Box(number) => {
            found.insert(*number);
        }
        Value::Bundle(bundle) => found.extend(&bundle.boxes),
        Value::Host(_) | Value::Definition(_) | Value::Nothing => {}
    }
}

pub(super) fn hosts<'a>(value: &Value<'_, 'a>, found: &mut IndexSet<&'a str>) {
    match value {
        Value::Host(import) => {
            found.insert(import);
        }
        Value::Bundle(bundle) => found.extend(&bundle.hosts),
        Value::Box(_) | Value::Definition(_) | Value::Nothing => {}
    }
}
