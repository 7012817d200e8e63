//! Do core modules and components fit each other?
//!
//! By the rules of the validator, which ends at the first difference. It knows only its own types:
//! those of two validators are compared item by item.

use wasmparser::component_types::{
    ComponentCoreModuleTypeId, ComponentEntityType, ComponentTypeId, SubtypeCx,
};
use wasmparser::types::EntityType;

use super::core::shape;
use super::heap::Whose;
use super::matching::asked;
use super::{Comparison, Named, Verdict, join, kind};

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
        for (name, ty) in self.members(&wanted.exports, &found.exports) {
            let other = found.exports.get(name);
            let asked = asked(required.types, *ty, other);
            self.core_item(&join(path, name), &asked, other);
        }
        self.turn();
        for (key, ty) in self.members(&found.imports, &wanted.imports) {
            let path = join(&join(path, &key.0), &key.1);
            self.core_item(&path, ty, wanted.imports.get(key));
        }
        self.turn();
    }

    fn core_item(&mut self, path: &str, r: &EntityType, p: Option<&EntityType>) {
        let (ours, theirs) = match self.turned {
            false => (Whose::Ours, Whose::Theirs),
            true => (Whose::Theirs, Whose::Ours),
        };
        match p {
            Some(p) if self.cores.stands((ours, r), (theirs, p)) => {}
            Some(p) => {
                let (r, p) = self.cores.told((ours, r), (theirs, p));
                self.differ(path, Verdict::Different, r, p);
            }
            None => {
                let shape = shape(self.required.types, r);
                self.differ(path, Verdict::Missing, shape, String::new());
            }
        }
    }

    /// All required exports are there, and nothing else is asked for.
    fn component(&mut self, path: &str, r: ComponentTypeId, p: ComponentTypeId) {
        let (required, provided) = (self.required, self.provided);
        let (wanted, found) = (&required.types[r], &provided.types[p]);
        let asked = found.imported_resources.iter();
        self.asked.extend(asked.map(|(id, _)| (*id, None)));
        self.turn();
        self.items(path, Named::All, &found.imports, &wanted.imports);
        self.turn();
        self.items(path, Named::All, &wanted.exports, &found.exports);
    }

    /// Exchanges the sides: who asks for a module or component supplies what it imports.
    fn turn(&mut self) {
        std::mem::swap(&mut self.required, &mut self.provided);
        self.turned = !self.turned;
    }
}
