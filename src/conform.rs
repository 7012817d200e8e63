//! Does a component fit a world?
//!
//! What it imports the world has to import, and what the world exports it has to export. Versions
//! of one track may stand for each other, as they do for hosts.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentItem, ComponentType, ResourceId,
};
use wasmparser::types::Types;
use wit_component::StringEncoding;

use crate::compare::{self, Difference, Pairs, Side, compare_named};
use crate::component::{Component, Direction, Signature};
use crate::compose::name::Name;
use crate::diagnostic::{self, Diagnostic, Result};
use crate::wit::{self, Packages};

/// A world to fit.
#[derive(Clone, Debug)]
pub struct World {
    pub name: String,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    /// A world as a component type, the way toolchains embed it.
    Encoded(Arc<[u8]>),
    /// The world that this component has.
    Component(Arc<[u8]>),
}

/// How many other versions are told of each item.
pub const INSTEAD: usize = 20;

/// How a component has to fit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// No version may stand for another.
    pub exact: bool,
    /// Which of the types that interfaces name have to be there.
    pub named: compare::Named,
    pub view: View,
}

/// From which side a world is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// It imports what the component may import, and exports what it has to export.
    #[default]
    Component,
    /// It exports what the component may import, and imports what it has to export.
    Host,
}

/// An import or export that does not fit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Misfit {
    pub direction: Direction,
    pub name: String,
    /// What the other side has in its place, where that is of another version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared_with: Option<String>,
    /// Other versions that the other side has instead, the newest first: at most [`INSTEAD`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<String>,
    /// None where the other side has nothing of this name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

impl World {
    /// Chooses a world: the named one, or the only one.
    pub fn new(packages: &Packages, name: Option<&str>) -> Result<World> {
        let world = wit::world(packages, name)?;
        let mut resolve = packages.resolve.clone();
        // An exported interface uses the types of another that is exported, too, also where that
        // one is imported as well, as in the component that toolchains make for the world: the
        // world that they embed does not yet say so.
        resolve.generate_nominal_type_ids(world);
        let encoded =
            wit_component::metadata::encode(&resolve, world, StringEncoding::UTF8, None, false)
                .map_err(|error| diagnostic::unencodable(&error))?;
        Ok(World {
            name: resolve.worlds[world].name.clone(),
            source: Source::Encoded(encoded.into()),
        })
    }

    /// What a component, in binary form, imports and exports. `name` is what it is called. Fails
    /// where it is not valid.
    pub fn of_component(name: &str, component: Vec<u8>) -> Result<World> {
        Signature::read(&component)?;
        Ok(World {
            name: name.to_string(),
            source: Source::Component(component.into()),
        })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.source {
            Source::Encoded(bytes) | Source::Component(bytes) => bytes,
        }
    }

    /// What its signature says, which is that of [`World::bytes`].
    pub(crate) fn surface<'a>(&self, signature: &'a Signature<'_>) -> Result<Surface<'a>> {
        if let Source::Component(bytes) = &self.source {
            let component = Component::parse(bytes)?;
            return Ok(Surface::of_component(signature, &component));
        }
        let Some(world) = world_type(signature) else {
            return Err(Diagnostic::ours(
                "wit/unencodable",
                format!("the world `{}` was not encoded as one", self.name),
            ));
        };
        Ok(Surface {
            types: &signature.types,
            imports: named(&world.imports),
            exports: named(&world.exports),
        })
    }
}

/// What one side of a comparison imports and exports.
pub(crate) struct Surface<'a> {
    pub types: &'a Types,
    pub imports: Vec<Named<'a>>,
    pub exports: Vec<Named<'a>>,
}

impl<'a> Surface<'a> {
    fn of_component(signature: &'a Signature<'_>, component: &Component<'_>) -> Self {
        let items = |direction, mut names: BTreeMap<&str, Name>| {
            let externs = signature.externs.iter();
            let of = externs.filter(move |external| external.direction == direction);
            of.map(|external| Named {
                written: external.name,
                name: names
                    .remove(external.name)
                    .unwrap_or_else(|| Name::parse(external.name)),
                item: &external.item,
            })
            .collect()
        };
        let imports = Name::all(component.imports.iter().map(|import| &import.name));
        let exports = Name::all(component.exports.iter().map(|export| &export.name));
        Surface {
            types: &signature.types,
            imports: items(Direction::Import, imports),
            exports: items(Direction::Export, exports),
        }
    }

    fn side(&self) -> Side<'_> {
        self.side_of(self.imports.iter().chain(&self.exports))
    }

    fn side_of<'s>(&'s self, items: impl Iterator<Item = &'s Named<'s>>) -> Side<'s> {
        Side::new(self.types, items.map(|named| (named.written, named.item)))
    }
}

/// All in which a component, in binary form, does not fit a world. Fails where it is not valid.
pub fn conform(component: &[u8], world: &World, terms: Terms) -> Result<Vec<Misfit>> {
    let outer = Signature::read(world.bytes())?;
    let signature = Signature::read(component)?;
    let own = Surface::of_component(&signature, &Component::parse(component)?);
    let mut theirs = world.surface(&outer)?;
    if terms.view == View::Host {
        std::mem::swap(&mut theirs.imports, &mut theirs.exports);
    }
    let (side, other_side) = (own.side(), theirs.side());
    // Each resource type that the component asks for, by the one that the world has for it; and those
    // that the world asks for, by the ones of the component.
    let (mut given, mut asked) = (Pairs::default(), Pairs::default());
    let imported = theirs.side_of(theirs.imports.iter());
    let mut misfits = Vec::new();
    let offered = by_path(&theirs.imports);
    for import in &own.imports {
        misfits.extend(misfit(
            (Direction::Import, terms),
            (&side, import),
            (&other_side, offered.get(&*import.name.path)),
            &mut |own, theirs| given.are_one(own, theirs),
        ));
    }
    let exported = by_path(&own.exports);
    for export in &theirs.exports {
        misfits.extend(misfit(
            (Direction::Export, terms),
            (&other_side, export),
            (&side, exported.get(&*export.name.path)),
            // What a host imports comes before what it exports, so all of it has resources of the
            // component's own.
            &mut |theirs, own| match terms.view == View::Component && imported.has(theirs) {
                true => given.get(own) == Some(theirs),
                false => asked.are_one(theirs, own),
            },
        ));
    }
    Ok(misfits)
}

/// An error with all misfits; nothing where there are none.
pub fn expect(what: &str, misfits: &[Misfit], world: &World) -> Result<()> {
    if misfits.is_empty() {
        return Ok(());
    }
    let name = &world.name;
    let mut error = Diagnostic::error(
        "compose/other-world",
        format!("{what} does not fit the world `{name}`"),
    );
    for misfit in misfits {
        error = error.cause(misfit.told());
        for other in &misfit.instead {
            error = error.cause(format!("  there is `{other}`, which is another version"));
        }
        for difference in &misfit.differences {
            error = error.cause(format!("  {difference}"));
        }
    }
    Err(error.help("provide what the world does not import, and export what it asks for"))
}

impl Misfit {
    fn told(&self) -> String {
        let name = &self.name;
        match (self.direction, self.differences.is_empty()) {
            (Direction::Import, true) => format!("the world does not import `{name}`"),
            (Direction::Export, true) => format!("the export `{name}` is missing"),
            (Direction::Import, false) => format!("the import `{name}` has another type"),
            (Direction::Export, false) => format!("the export `{name}` has another type"),
        }
    }
}

/// An item with its name, written and in full.
pub(crate) struct Named<'a> {
    pub written: &'a str,
    pub name: Name,
    pub item: &'a ComponentItem,
}

/// The world itself: the one thing that the component around it exports.
fn world_type<'s>(outer: &'s Signature<'_>) -> Option<&'s ComponentType> {
    let [world] = outer.externs.as_slice() else {
        return None;
    };
    match definition(&outer.types, &world.item)?.1.ty {
        ComponentEntityType::Component(id) => Some(&outer.types[id]),
        _ => None,
    }
}

/// The interface or world that an item of a WIT package defines, with its full name.
pub(crate) fn definition<'t>(
    types: &'t Types,
    item: &ComponentItem,
) -> Option<(&'t str, &'t ComponentItem)> {
    let ComponentEntityType::Type {
        created: ComponentAnyTypeId::Component(id),
        ..
    } = item.ty
    else {
        return None;
    };
    let (name, defined) = types[id].exports.iter().next()?;
    Some((name, defined))
}

pub(crate) fn named<'a>(
    items: impl IntoIterator<Item = (&'a String, &'a ComponentItem)>,
) -> Vec<Named<'a>> {
    let items = items.into_iter().map(|(name, item)| Named {
        written: name,
        name: Name::parse(name),
        item,
    });
    items.collect()
}

/// All versions of each item, the newest first.
fn by_path<'n, 'a>(items: &'n [Named<'a>]) -> BTreeMap<&'n str, Vec<&'n Named<'a>>> {
    let mut paths: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for item in items {
        paths.entry(&item.name.path).or_default().push(item);
    }
    for versions in paths.values_mut() {
        versions.sort_by(|a, b| b.name.version.cmp(&a.name.version));
    }
    paths
}

/// Why nothing of the other side, of which the versions of this item are given, fits it.
fn misfit(
    (direction, terms): (Direction, Terms),
    (side, required): (&Side<'_>, &Named<'_>),
    (other, provided): (&Side<'_>, Option<&Vec<&Named<'_>>>),
    same: &mut dyn FnMut(ResourceId, ResourceId) -> bool,
) -> Option<Misfit> {
    let provided = provided.map_or(&[][..], Vec::as_slice);
    let exact = provided.iter().find(|p| p.name.full == required.name.full);
    // As hosts do: of several versions that may stand for this one, the newest.
    let compatible = provided
        .iter()
        .find(|p| !terms.exact && p.name.is_compatible(&required.name));
    let Some(found) = exact.or(compatible) else {
        let may_miss = direction == Direction::Import && terms.named == compare::Named::Used;
        let others = provided.iter().take(INSTEAD);
        let others = others.map(|other| other.name.full.clone());
        let misfit = || Misfit {
            direction,
            name: required.name.full.clone(),
            compared_with: None,
            instead: others.collect(),
            differences: Vec::new(),
        };
        let is_nothing = may_miss && compare::is_names(side.types, &required.item.ty);
        return (!is_nothing).then(misfit);
    };
    let path = match required.item.ty {
        ComponentEntityType::Instance(_) => "",
        _ => required.written,
    };
    let (wanted, given) = (&required.item.ty, &found.item.ty);
    let differences = compare_named(terms.named, path, (side, wanted), (other, given), same);
    (!differences.is_empty()).then(|| Misfit {
        direction,
        name: required.name.full.clone(),
        compared_with: (found.name.full != required.name.full).then(|| found.name.full.clone()),
        instead: Vec::new(),
        differences,
    })
}
