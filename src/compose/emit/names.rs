//! What are the components and instances of a composition called?
//!
//! By their names in the plan, in the section `component-name`: for people who look at it, and for
//! reading it back into a plan.

use wasm_encoder::{ComponentNameSection, NameMap};

use super::Emitter;

impl Emitter<'_, '_, '_> {
    /// Appends the names.
    pub(super) fn name(&mut self) {
        let mut components = NameMap::new();
        for (index, part) in &self.components {
            components.append(*index, &self.graph.parts[*part].id);
        }
        let made = self.graph.instances.iter().enumerate();
        let made = made.filter(|(at, _)| self.graph.declarations != Some(*at));
        let mut named: Vec<(u32, &str)> = made
            .map(|(at, instance)| (self.instances[at], instance.name.as_str()))
            .collect();
        named.sort_unstable();
        let mut instances = NameMap::new();
        for (index, name) in named {
            instances.append(index, name);
        }
        let mut section = ComponentNameSection::new();
        section.components(&components);
        section.instances(&instances);
        self.writer.custom(&section);
    }
}
