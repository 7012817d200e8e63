//! Where did comments alone change?

use std::collections::{BTreeMap, BTreeSet};

use wit_parser::{
    Docs, InterfaceId, Resolve, TypeDefKind, TypeId, World, WorldId, WorldItem, WorldKey,
};

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

/// The comments on the interfaces of a package, or on those that a world reaches, and on what
/// stands in the worlds.
pub(super) fn comments(packages: &Packages, of: Of<'_>) -> Comments {
    let resolve = &packages.resolve;
    let main = &resolve.packages[packages.main];
    let mut found = Comments::new();
    let world = match of {
        Of::Package => None,
        Of::World(name) => {
            let world = wit::world(packages, name).or_else(|_| wit::world(packages, None));
            let Ok(world) = world else { return found };
            Some(world)
        }
    };
    let reached: Vec<InterfaceId> = match world {
        None => main.interfaces.values().copied().collect(),
        Some(world) => named(&resolve.worlds[world]).collect(),
    };
    let ambiguous = ambiguous(resolve, &reached);
    for id in reached {
        let Some(full) = resolve.id_of(id) else {
            continue;
        };
        let short = without_version(&full);
        let item = if ambiguous.contains(short) {
            &full
        } else {
            short
        };
        let on = On::item(None, Place::Interface, item);
        of_interface(resolve, id, &on, &mut found);
    }
    if let Some(world) = world {
        of_world(resolve, world, None, &mut found);
        return found;
    }
    let name = format!("{}:{}", main.name.namespace, main.name.name);
    found.insert(On::item(None, Place::Package, &name), text(&main.docs));
    for (name, id) in &main.worlds {
        let docs = &resolve.worlds[*id].docs;
        found.insert(On::item(None, Place::World, name), text(docs));
        of_world(resolve, *id, Some(name), &mut found);
    }
    found
}

/// The interfaces that a world imports and exports under their own names.
fn named(world: &World) -> impl Iterator<Item = InterfaceId> {
    let keys = world.imports.keys().chain(world.exports.keys());
    keys.filter_map(|key| match key {
        WorldKey::Interface(id) => Some(*id),
        WorldKey::Name(_) => None,
    })
}

fn without_version(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// The interfaces that are there in several versions, without these.
fn ambiguous(resolve: &Resolve, interfaces: &[InterfaceId]) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let interfaces: BTreeSet<_> = interfaces.iter().collect();
    let names = interfaces.into_iter();
    let names = names.filter_map(|id| resolve.id_of(*id));
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
