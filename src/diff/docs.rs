//! Where did comments alone change?

use std::collections::{BTreeMap, BTreeSet};

use wit_parser::{Docs, InterfaceId, Resolve, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey};

use super::change::{Change, Kind, Place};
use crate::wit::{self, Packages};

/// The comments of one side, by what they are on.
pub(super) type Comments = BTreeMap<On, String>;

/// What a comment is on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct On {
    /// The world that the item is in, of a package with worlds.
    world: Option<String>,
    place: Place,
    /// With its version where there are several.
    item: String,
    path: String,
}

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub(super) enum Of<'w> {
    /// A package with all interfaces and worlds.
    Package,
    /// One world, by its name where one was given.
    World(Option<&'w str>),
}

/// The comments on all interfaces, and on what stands in the worlds.
pub(super) fn comments(packages: &Packages, of: Of<'_>) -> Comments {
    let resolve = &packages.resolve;
    let main = &resolve.packages[packages.main];
    let is_package = matches!(of, Of::Package);
    let mut found = Comments::new();
    let ambiguous = ambiguous(resolve);
    for (id, interface) in &resolve.interfaces {
        let is_own = interface.package == Some(packages.main);
        let full = resolve.id_of(id).filter(|_| is_own || !is_package);
        let Some(full) = full else { continue };
        let short = without_version(&full);
        let item = if ambiguous.contains(short) {
            &full
        } else {
            short
        };
        of_interface(
            resolve,
            id,
            &On::item(None, Place::Interface, item),
            &mut found,
        );
    }
    match of {
        Of::Package => {
            let name = format!("{}:{}", main.name.namespace, main.name.name);
            found.insert(On::item(None, Place::Package, &name), text(&main.docs));
            for (name, id) in &main.worlds {
                let docs = &resolve.worlds[*id].docs;
                found.insert(On::item(None, Place::World, name), text(docs));
                of_world(resolve, *id, Some(name), &mut found);
            }
        }
        Of::World(name) => {
            let world = wit::world(packages, name).or_else(|_| wit::world(packages, None));
            if let Ok(world) = world {
                of_world(resolve, world, None, &mut found);
            }
        }
    }
    found
}

fn without_version(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// The interfaces that are there in several versions, without these.
fn ambiguous(resolve: &Resolve) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let names = resolve.interfaces.iter();
    let names = names.filter_map(|(id, _)| resolve.id_of(id));
    names
        .map(|name| without_version(&name).to_string())
        .filter(|name| !seen.insert(name.clone()))
        .collect()
}

impl On {
    fn item(world: Option<&str>, place: Place, item: &str) -> On {
        On {
            world: world.map(str::to_string),
            place,
            item: item.to_string(),
            path: String::new(),
        }
    }

    fn within(&self, path: &str) -> On {
        let path = match self.path.as_str() {
            "" => path.to_string(),
            outer => format!("{outer}.{path}"),
        };
        On {
            path,
            ..self.clone()
        }
    }
}

fn text(docs: &Docs) -> String {
    docs.contents.clone().unwrap_or_default()
}

/// What stands in a world itself; interfaces with a name of their own stand elsewhere.
fn of_world(resolve: &Resolve, id: WorldId, world: Option<&str>, found: &mut Comments) {
    let known = &resolve.worlds[id];
    for (place, items) in [
        (Place::Import, &known.imports),
        (Place::Export, &known.exports),
    ] {
        for (key, item) in items {
            let WorldKey::Name(name) = key else { continue };
            let on = On::item(world, place, name);
            match item {
                WorldItem::Function(function) => {
                    found.insert(on, text(&function.docs));
                }
                WorldItem::Interface { id, .. } => of_interface(resolve, *id, &on, found),
                WorldItem::Type { id, .. } => of_type(resolve, *id, &on, found),
            }
        }
    }
}

fn of_interface(resolve: &Resolve, id: InterfaceId, on: &On, found: &mut Comments) {
    let interface = &resolve.interfaces[id];
    found.insert(on.clone(), text(&interface.docs));
    for (name, function) in &interface.functions {
        found.insert(on.within(name), text(&function.docs));
    }
    for (name, ty) in &interface.types {
        of_type(resolve, *ty, &on.within(name), found);
    }
}

fn of_type(resolve: &Resolve, id: TypeId, on: &On, found: &mut Comments) {
    let ty = &resolve.types[id];
    found.insert(on.clone(), text(&ty.docs));
    let members: Vec<(&String, &Docs)> = match &ty.kind {
        TypeDefKind::Record(of) => of.fields.iter().map(|f| (&f.name, &f.docs)).collect(),
        TypeDefKind::Variant(of) => of.cases.iter().map(|c| (&c.name, &c.docs)).collect(),
        TypeDefKind::Enum(of) => of.cases.iter().map(|c| (&c.name, &c.docs)).collect(),
        TypeDefKind::Flags(of) => of.flags.iter().map(|f| (&f.name, &f.docs)).collect(),
        _ => Vec::new(),
    };
    for (member, docs) in members {
        found.insert(on.within(member), text(docs));
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
        .filter_map(|(on, was)| Some((on, was, new.get(on)?)));
    let changed = both.filter(|(_, was, is)| was != is);
    let changes = changed.map(|(on, _, _)| Change {
        world: on.world.clone(),
        path: on.path.clone(),
        ..Change::of(on.place, without_version(&on.item), Kind::Docs)
    });
    changes.collect()
}
