//! Does a component fit a world?
//!
//! What it imports the world has to import, and what the world exports it has to export. Versions
//! of one track may stand for each other, as they do for hosts.

use std::collections::BTreeMap;

use serde::Serialize;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentItem, ComponentType, ResourceId,
};
use wit_component::StringEncoding;

use crate::compare::{Difference, Side, compare};
use crate::component::{Component, Direction, Signature};
use crate::compose::name::Name;
use crate::diagnostic::{self, Diagnostic, Result};
use crate::wit::{self, Packages};

/// A world to fit.
#[derive(Clone, Debug)]
pub struct World {
    pub name: String,
    /// As toolchains embed it.
    encoded: Vec<u8>,
}

/// An import or export that does not fit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Misfit {
    pub direction: Direction,
    pub name: String,
    /// Other versions that the other side has instead.
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
        let resolve = &packages.resolve;
        let encoded =
            wit_component::metadata::encode(resolve, world, StringEncoding::UTF8, None, false)
                .map_err(|error| diagnostic::wit_component("wit/unencodable", &error))?;
        Ok(World {
            name: resolve.worlds[world].name.clone(),
            encoded,
        })
    }
}

/// All in which a component, in binary form, does not fit a world. Fails where it is not valid.
pub fn conform(component: &[u8], world: &World) -> Result<Vec<Misfit>> {
    let outer = Signature::read(&world.encoded)?;
    let Some(wanted) = world_type(&outer) else {
        return Err(Diagnostic::ours(
            "wit/unencodable",
            format!("the world `{}` was not encoded as one", world.name),
        ));
    };
    let signature = Signature::read(component)?;
    let parsed = Component::parse(component)?;
    let full = |name: &str| {
        let imports = parsed.imports.iter().map(|import| import.name);
        let exports = parsed.exports.iter().map(|export| export.name);
        let found = imports.chain(exports).find(|found| found.name == name);
        found.map_or_else(|| Name::parse(name), |found| Name::of(&found))
    };
    let items = |direction| {
        let externs = signature.externs.iter();
        let of = externs.filter(move |external| external.direction == direction);
        of.map(|external| Named {
            written: external.name,
            name: full(external.name),
            item: &external.item,
        })
        .collect::<Vec<_>>()
    };
    let (imports, exports) = (items(Direction::Import), items(Direction::Export));
    let (world_imports, world_exports) = (named(&wanted.imports), named(&wanted.exports));
    let own = side(&signature.types, imports.iter().chain(&exports));
    let theirs = side(&outer.types, world_imports.iter().chain(&world_exports));
    // Resource types of the component by those of the world, as they are met.
    let mut pairs = BTreeMap::new();
    let mut misfits = Vec::new();
    for import in &imports {
        misfits.extend(misfit(
            Direction::Import,
            (&own, import),
            (&theirs, &world_imports),
            &mut |own, theirs| *pairs.entry(theirs).or_insert(own) == own,
        ));
    }
    for export in &world_exports {
        misfits.extend(misfit(
            Direction::Export,
            (&theirs, export),
            (&own, &exports),
            &mut |theirs, own| *pairs.entry(theirs).or_insert(own) == own,
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
struct Named<'a> {
    written: &'a str,
    name: Name,
    item: &'a ComponentItem,
}

/// The world itself: the one thing that the component around it exports.
fn world_type<'s>(outer: &'s Signature<'_>) -> Option<&'s ComponentType> {
    let [world] = outer.externs.as_slice() else {
        return None;
    };
    let ComponentEntityType::Type {
        created: ComponentAnyTypeId::Component(id),
        ..
    } = world.item.ty
    else {
        return None;
    };
    let mut exports = outer.types[id].exports.values();
    match exports.next()?.ty {
        ComponentEntityType::Component(id) => Some(&outer.types[id]),
        _ => None,
    }
}

fn named<'a>(items: impl IntoIterator<Item = (&'a String, &'a ComponentItem)>) -> Vec<Named<'a>> {
    let items = items.into_iter().map(|(name, item)| Named {
        written: name,
        name: Name::parse(name),
        item,
    });
    items.collect()
}

fn side<'a>(
    types: &'a wasmparser::types::Types,
    items: impl Iterator<Item = &'a Named<'a>>,
) -> Side<'a> {
    Side::new(types, items.map(|named| (named.written, named.item)))
}

/// Why nothing of the other side fits an item.
fn misfit(
    direction: Direction,
    (side, required): (&Side<'_>, &Named<'_>),
    (other, provided): (&Side<'_>, &[Named<'_>]),
    same: &mut dyn FnMut(ResourceId, ResourceId) -> bool,
) -> Option<Misfit> {
    let exact = provided.iter().find(|p| p.name.full == required.name.full);
    let mut fitting = provided.iter();
    let fitting = exact.or_else(|| fitting.find(|p| p.name.is_compatible(&required.name)));
    let Some(found) = fitting else {
        let others = provided
            .iter()
            .filter(|p| p.name.path == required.name.path);
        return Some(Misfit {
            direction,
            name: required.name.full.clone(),
            instead: others.map(|other| other.name.full.clone()).collect(),
            differences: Vec::new(),
        });
    };
    let path = match required.item.ty {
        ComponentEntityType::Instance(_) => "",
        _ => required.written,
    };
    let (wanted, given) = (&required.item.ty, &found.item.ty);
    let differences = compare(path, (side, wanted), (other, given), same);
    (!differences.is_empty()).then(|| Misfit {
        direction,
        name: required.name.full.clone(),
        instead: Vec::new(),
        differences,
    })
}
