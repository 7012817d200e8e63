//! Where did comments alone change?

use std::collections::BTreeMap;

use wit_parser::{Docs, InterfaceId, Resolve, TypeDefKind};

use super::change::{Change, Kind, Place};
use crate::wit::Packages;

/// The comments of one side, by where they are: the place, the item, and the path within it.
pub(super) type Comments = BTreeMap<(Place, String, String), String>;

/// The comments on all interfaces, and on the worlds of a package that is compared as one.
pub(super) fn comments(packages: &Packages, is_package: bool) -> Comments {
    let resolve = &packages.resolve;
    let mut found = Comments::new();
    for (id, interface) in &resolve.interfaces {
        let is_own = interface.package == Some(packages.main);
        if is_own || !is_package {
            of_interface(resolve, id, &mut found);
        }
    }
    if is_package {
        for (name, id) in &resolve.packages[packages.main].worlds {
            let key = (Place::World, name.clone(), String::new());
            found.insert(key, text(&resolve.worlds[*id].docs));
        }
        let package = &resolve.packages[packages.main];
        let name = format!("{}:{}", package.name.namespace, package.name.name);
        let key = (Place::Package, name, String::new());
        found.insert(key, text(&package.docs));
    }
    found
}

fn text(docs: &Docs) -> String {
    docs.contents.clone().unwrap_or_default()
}

fn of_interface(resolve: &Resolve, id: InterfaceId, found: &mut Comments) {
    let Some(name) = resolve.id_of(id) else {
        return;
    };
    let name = name.split('@').next().unwrap_or(&name).to_string();
    let interface = &resolve.interfaces[id];
    let mut add = |path: &str, docs: &Docs| {
        found.insert(
            (Place::Interface, name.clone(), path.to_string()),
            text(docs),
        );
    };
    add("", &interface.docs);
    for (function, known) in &interface.functions {
        add(function, &known.docs);
    }
    for (name, ty) in &interface.types {
        let ty = &resolve.types[*ty];
        add(name, &ty.docs);
        let members: Vec<(&String, &Docs)> = match &ty.kind {
            TypeDefKind::Record(of) => of.fields.iter().map(|f| (&f.name, &f.docs)).collect(),
            TypeDefKind::Variant(of) => of.cases.iter().map(|c| (&c.name, &c.docs)).collect(),
            TypeDefKind::Enum(of) => of.cases.iter().map(|c| (&c.name, &c.docs)).collect(),
            TypeDefKind::Flags(of) => of.flags.iter().map(|f| (&f.name, &f.docs)).collect(),
            _ => Vec::new(),
        };
        for (member, docs) in members {
            add(&format!("{name}.{member}"), docs);
        }
    }
}

/// Comments that differ on what both sides have. A side without any, as most binaries are, tells
/// nothing.
pub(super) fn changes(old: &Comments, new: &Comments, must_have: bool) -> Vec<Change> {
    let is_silent = |side: &Comments| side.values().all(String::is_empty);
    if must_have && (is_silent(old) || is_silent(new)) {
        return Vec::new();
    }
    let both = old
        .iter()
        .filter_map(|(key, was)| Some((key, was, new.get(key)?)));
    let changed = both.filter(|(_, was, is)| was != is);
    let changes = changed.map(|((place, item, path), _, _)| Change {
        path: path.clone(),
        ..Change::of(*place, item, Kind::Docs)
    });
    changes.collect()
}
