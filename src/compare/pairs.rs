//! Which resource types of two sides stand for each other?

use std::collections::BTreeMap;

use wasmparser::component_types::ResourceId;

/// Resource types of the required side with those of the provided one, as they are met.
#[derive(Default)]
pub struct Pairs(BTreeMap<ResourceId, ResourceId>);

impl Pairs {
    /// Whether two may be one: the required one has stood for no other so far.
    pub fn are_one(&mut self, required: ResourceId, provided: ResourceId) -> bool {
        *self.0.entry(required).or_insert(provided) == provided
    }

    /// What stands for a required one.
    pub fn get(&self, required: ResourceId) -> Option<ResourceId> {
        self.0.get(&required).copied()
    }
}
