//! Where do things come from, while a component is instantiated on paper?

use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};

/// Where something comes from.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    /// Nowhere: a type, a built-in of the canonical ABI.
    Nothing,
    /// An import of the outermost component.
    Host(&'a str),
    Box(usize),
    Bundle(Rc<Bundle<'a>>),
}

/// Named things, and where all of them come from: bundles in bundles are not walked again.
#[derive(Debug, Default)]
pub(super) struct Bundle<'a> {
    items: IndexMap<String, Value<'a>>,
    boxes: IndexSet<usize>,
    hosts: IndexSet<&'a str>,
}

impl<'a> Bundle<'a> {
    pub fn of(items: IndexMap<String, Value<'a>>) -> Value<'a> {
        let mut bundle = Bundle::default();
        for value in items.values() {
            boxes(value, &mut bundle.boxes);
            hosts(value, &mut bundle.hosts);
        }
        bundle.items = items;
        Value::Bundle(Rc::new(bundle))
    }
}

pub(super) fn get<'a>(values: &[Value<'a>], index: u32) -> Value<'a> {
    values
        .get(index as usize)
        .cloned()
        .unwrap_or(Value::Nothing)
}

/// What an export of an instance is.
pub(super) fn member<'a>(instance: &Value<'a>, name: &str) -> Value<'a> {
    match instance {
        Value::Bundle(bundle) => bundle.items.get(name).cloned().unwrap_or(Value::Nothing),
        value => value.clone(),
    }
}

pub(super) fn boxes(value: &Value<'_>, found: &mut IndexSet<usize>) {
    match value {
        Value::Box(number) => {
            found.insert(*number);
        }
        Value::Bundle(bundle) => found.extend(&bundle.boxes),
        Value::Host(_) | Value::Nothing => {}
    }
}

pub(super) fn hosts<'a>(value: &Value<'a>, found: &mut IndexSet<&'a str>) {
    match value {
        Value::Host(import) => {
            found.insert(import);
        }
        Value::Bundle(bundle) => found.extend(&bundle.hosts),
        Value::Box(_) | Value::Nothing => {}
    }
}
