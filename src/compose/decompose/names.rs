//! What are the parts of a composition called?

use std::collections::BTreeSet;

use crate::component::{self, Component, ComponentIndex, InstanceIndex};
use crate::compose::flags::free;

/// Names from the custom section where there is one, else by what components export.
pub struct Names<'a> {
    given: component::Names<'a>,
    components: BTreeSet<String>,
    instances: BTreeSet<String>,
}

impl<'a> Names<'a> {
    pub fn new(component: &Component<'a>) -> Names<'a> {
        Names {
            given: component.names(),
            components: BTreeSet::new(),
            instances: BTreeSet::new(),
        }
    }

    /// A name for a component that no other has.
    pub fn of_component(&mut self, index: ComponentIndex, part: &Component<'_>) -> String {
        let own = part.names().component;
        let export = part.exports.first().map(|export| export.name.name);
        let given = self.given.components.get(&index).copied();
        let names = [given, own, export];
        let name = names.into_iter().flatten().next().unwrap_or_default();
        keep(&simple(name), &mut self.components)
    }

    /// A name for an instance that no other has: that of its component where none is given.
    pub fn of_instance(&mut self, index: InstanceIndex, component: &str) -> String {
        let given = self.given.instances.get(&index).map(|name| simple(name));
        keep(given.as_deref().unwrap_or(component), &mut self.instances)
    }
}

/// A name that can be a file's: `a:b/c@1.2.3` is `c`.
fn simple(name: &str) -> String {
    let name = match name.split_once('@') {
        Some((path, _)) if name.contains(':') => path,
        _ => name,
    };
    let name = name.rsplit([':', '/', '\\']).next().unwrap_or_default();
    let name = name.strip_suffix(".wasm").unwrap_or(name);
    let allowed = |c: char| match c.is_alphanumeric() || "-_.".contains(c) {
        true => c,
        false => '-',
    };
    let name: String = name.chars().take(60).map(allowed).collect();
    match name.trim_start_matches('.') {
        "" => "part".to_string(),
        name => name.to_string(),
    }
}

fn keep(name: &str, taken: &mut BTreeSet<String>) -> String {
    let free = free(name, |name| taken.contains(name));
    taken.insert(free.clone());
    free
}
