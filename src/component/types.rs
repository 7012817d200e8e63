//! Which types does an item export?

use std::collections::BTreeMap;

use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentInstanceTypeId,
};
use wasmparser::types::Types;

/// Ways to one instance type that are gone: where each of many types has the one before it twice,
/// there are too many to go all.
const MOST_WAYS: usize = 16;

/// Calls `found` with every type that an item exports: its path, the type, and what it was made of.
/// A type that several paths lead to comes up several times.
pub fn each_type(
    types: &Types,
    ty: &ComponentEntityType,
    found: &mut dyn FnMut(&[String], ComponentAnyTypeId, ComponentAnyTypeId),
) {
    let mut walk = Walk {
        types,
        path: Vec::new(),
        ways: BTreeMap::new(),
        found,
    };
    walk.item(ty);
}

struct Walk<'t, 'f> {
    types: &'t Types,
    path: Vec<String>,
    /// How many were gone so far.
    ways: BTreeMap<ComponentInstanceTypeId, usize>,
    found: &'f mut dyn FnMut(&[String], ComponentAnyTypeId, ComponentAnyTypeId),
}

impl Walk<'_, '_> {
    fn item(&mut self, ty: &ComponentEntityType) {
        match *ty {
            ComponentEntityType::Type {
                created,
                referenced,
            } => (self.found)(&self.path, created, referenced),
            ComponentEntityType::Instance(id) => {
                let ways = self.ways.entry(id).or_default();
                *ways += 1;
                if *ways > MOST_WAYS {
                    return;
                }
                for (name, item) in &self.types[id].exports {
                    self.path.push(name.clone());
                    self.item(&item.ty);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::Signature;
    use crate::input;

    /// Two to the power of 14 ways lead to the innermost type.
    #[test]
    fn types_in_types_are_told_within_bounds() {
        let mut text = r#"(component (import "i" (instance
            (export "z" (type $r (sub resource)))
            (type $t0 (instance (alias outer 1 $r (type $x)) (export "r" (type (eq $x)))))"#
            .to_string();
        for at in 0..14 {
            text += &format!(
                r#"(type $t{} (instance (alias outer 1 $t{at} (type $x))
                (export "a" (instance (type $x))) (export "b" (instance (type $x)))))"#,
                at + 1
            );
        }
        text += r#"(export "n" (instance (type $t14))))))"#;
        let component = input::to_binary("i", text.as_bytes()).expect("it is text");
        let signature = Signature::read(&component).expect("it is valid");
        let mut paths = Vec::new();
        for found in &signature.externs {
            each_type(&signature.types, &found.item.ty, &mut |path, _, _| {
                paths.push(path.join("."));
            });
        }
        assert_eq!(paths.first().map(String::as_str), Some("z"));
        assert_eq!(paths.len(), 1 + MOST_WAYS);
    }
}
