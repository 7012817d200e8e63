//! Do core modules and components fit each other?
//!
//! By the rules of the validator, which ends at the first difference. It knows only its own types:
//! those of two validators are compared item by item.

use wasmparser::component_types::{
    ComponentCoreModuleTypeId, ComponentEntityType, ComponentTypeId, SubtypeCx,
};

use super::core::{shape, stands};
use super::{Comparison, Verdict, join, kind};

impl Comparison<'_, '_, '_> {
    pub(super) fn opaque(&mut self, path: &str, r: &ComponentEntityType, p: &ComponentEntityType) {
        let (required, provided) = (self.required.types.as_ref(), self.provided.types.as_ref());
        if required.id() != provided.id() {
            return match (*r, *p) {
                (ComponentEntityType::Module(r), ComponentEntityType::Module(p)) => {
                    self.module(path, r, p);
                }
                (ComponentEntityType::Component(r), ComponentEntityType::Component(p)) => {
                    self.component(path, r, p);
                }
                _ => self.differ(path, Verdict::Different, kind(r).into(), kind(p).into()),
            };
        }
        if let Err(error) =
            SubtypeCx::new_with_refs(provided, required).component_entity_type(p, r, 0)
        {
            let reason = format!("a {} that does not fit ({})", kind(p), error.message());
            self.differ(path, Verdict::Different, kind(r).into(), reason);
        }
    }

    /// All required exports are there, and nothing else is asked for.
    fn module(&mut self, path: &str, r: ComponentCoreModuleTypeId, p: ComponentCoreModuleTypeId) {
        let (required, provided) = (self.required, self.provided);
        let (wanted, found) = (&required.types[r], &provided.types[p]);
        let (ours, theirs) = (required.types, provided.types);
        for (name, ty) in &wanted.exports {
            let other = found.exports.get(name);
            if !other.is_some_and(|other| stands((ours, ty), (theirs, other))) {
                let other = other.map(|other| shape(theirs, other));
                self.items(&join(path, name), Some(shape(ours, ty)), other);
            }
        }
        for ((module, name), ty) in &found.imports {
            let other = wanted.imports.get(&(module.clone(), name.clone()));
            if !other.is_some_and(|other| stands((theirs, ty), (ours, other))) {
                let other = other.map(|other| shape(ours, other));
                let path = join(&join(path, module), name);
                self.items(&path, other, Some(shape(theirs, ty)));
            }
        }
    }

    /// Tells of an item that one side alone has, or that differs.
    fn items(&mut self, path: &str, required: Option<String>, provided: Option<String>) {
        let (required, missing) = match required {
            Some(required) => (required, provided.is_none()),
            None => ("nothing".to_string(), false),
        };
        let verdict = if missing {
            Verdict::Missing
        } else {
            Verdict::Different
        };
        self.differ(path, verdict, required, provided.unwrap_or_default());
    }

    fn component(&mut self, path: &str, r: ComponentTypeId, p: ComponentTypeId) {
        let (required, provided) = (self.required, self.provided);
        let (wanted, found) = (&required.types[r], &provided.types[p]);
        for (name, item) in &found.imports {
            let path = join(path, name);
            match wanted.imports.get(name) {
                Some(other) => self.entity(&path, &other.ty, &item.ty),
                None => self.items(&path, None, Some(kind(&item.ty).to_string())),
            }
        }
        for (name, item) in &wanted.exports {
            let path = join(path, name);
            match found.exports.get(name) {
                Some(other) => self.entity(&path, &item.ty, &other.ty),
                None => self.items(&path, Some(kind(&item.ty).to_string()), None),
            }
        }
    }
}
