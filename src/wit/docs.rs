//! How does WIT lose its comments?

use wit_parser::{Docs, Resolve, TypeDefKind, WorldItem};

/// Takes out all comments, so that nothing that is made of the WIT has any.
pub(crate) fn clear(resolve: &mut Resolve) {
    for (_, package) in &mut resolve.packages {
        package.docs = Docs::default();
    }
    for (_, world) in &mut resolve.worlds {
        world.docs = Docs::default();
        let items = world.imports.values_mut().chain(world.exports.values_mut());
        for item in items {
            match item {
                WorldItem::Interface { docs, .. } => *docs = Docs::default(),
                WorldItem::Function(function) => function.docs = Docs::default(),
                WorldItem::Type { .. } => {}
            }
        }
    }
    for (_, interface) in &mut resolve.interfaces {
        interface.docs = Docs::default();
        let functions = interface.functions.values_mut();
        functions.for_each(|function| function.docs = Docs::default());
    }
    for (_, ty) in &mut resolve.types {
        ty.docs = Docs::default();
        for docs in members(&mut ty.kind) {
            *docs = Docs::default();
        }
    }
}

fn members(kind: &mut TypeDefKind) -> Vec<&mut Docs> {
    match kind {
        TypeDefKind::Record(of) => of.fields.iter_mut().map(|field| &mut field.docs).collect(),
        TypeDefKind::Variant(of) => of.cases.iter_mut().map(|case| &mut case.docs).collect(),
        TypeDefKind::Enum(of) => of.cases.iter_mut().map(|case| &mut case.docs).collect(),
        TypeDefKind::Flags(of) => of.flags.iter_mut().map(|flag| &mut flag.docs).collect(),
        _ => Vec::new(),
    }
}
