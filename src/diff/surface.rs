//! Which items does an input have, and where?

use semver::Version;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ComponentItem};
use wasmparser::types::Types;

use super::change::Place;
use crate::compare::Side;
use crate::component::Signature;
use crate::compose::name::Name;
use crate::conform::{self, Named, World};
use crate::diagnostic::{Diagnostic, Result};

/// What of an input is compared.
pub enum Form {
    World(World),
    /// A WIT package, in binary form.
    Package {
        encoded: Vec<u8>,
        /// `example:shop`
        name: String,
        version: Option<Version>,
    },
}

/// An interface, import or export.
pub(super) struct Item<'a> {
    /// Of a WIT package: the world that imports or exports it.
    pub world: Option<&'a str>,
    pub place: Place,
    pub written: &'a str,
    pub name: Name,
    /// The interface that a plainly named instance is.
    pub implements: Option<Name>,
    pub item: &'a ComponentItem,
}

/// All items of one side.
pub(super) struct Surface<'a> {
    pub types: &'a Types,
    pub items: Vec<Item<'a>>,
    /// What the interfaces of a WIT package use of others.
    pub used: Vec<Named<'a>>,
    /// Those of a WIT package.
    pub worlds: Vec<&'a str>,
    /// The name and version of a WIT package.
    pub package: Option<(&'a str, Option<&'a Version>)>,
}

impl Form {
    pub(super) fn signature(&self) -> Result<Signature<'_>> {
        Signature::read(match self {
            Form::World(world) => world.bytes(),
            Form::Package { encoded, .. } => encoded,
        })
    }

    pub(super) fn surface<'a>(&'a self, signature: &'a Signature<'_>) -> Result<Surface<'a>> {
        let types = &signature.types;
        let mut surface = Surface {
            types,
            items: Vec::new(),
            used: Vec::new(),
            worlds: Vec::new(),
            package: None,
        };
        match self {
            Form::World(world) => {
                let found = world.surface(signature)?;
                surface.add(None, found.imports, found.exports);
            }
            Form::Package { name, version, .. } => {
                surface.package = Some((name, version.as_ref()));
                for external in &signature.externs {
                    surface.used.extend(used(types, &external.item));
                    let defined = conform::definition(types, &external.item);
                    let (full, item) = defined.ok_or_else(|| unencoded(name))?;
                    surface.define(external.name, full, item);
                }
            }
        }
        Ok(surface)
    }
}

/// What an interface or world of a WIT package imports.
fn used<'a>(types: &'a Types, definition: &ComponentItem) -> Vec<Named<'a>> {
    match definition.ty {
        ComponentEntityType::Type {
            created: ComponentAnyTypeId::Component(id),
            ..
        } => conform::named(&types[id].imports),
        _ => Vec::new(),
    }
}

fn unencoded(name: &str) -> Box<Diagnostic> {
    Diagnostic::ours(
        "wit/unencodable",
        format!("the package `{name}` was not encoded as one"),
    )
}

impl<'a> Surface<'a> {
    fn define(&mut self, name: &'a str, full: &'a str, item: &'a ComponentItem) {
        let ComponentEntityType::Component(id) = item.ty else {
            self.items.push(Item {
                world: None,
                place: Place::Interface,
                written: full,
                name: Name::parse(full),
                implements: None,
                item,
            });
            return;
        };
        self.worlds.push(name);
        let world = &self.types[id];
        let (imports, exports) = (&world.imports, &world.exports);
        let (imports, exports) = (conform::named(imports), conform::named(exports));
        self.add(Some(name), imports, exports);
    }

    fn add(&mut self, world: Option<&'a str>, imports: Vec<Named<'a>>, exports: Vec<Named<'a>>) {
        for (place, items) in [(Place::Import, imports), (Place::Export, exports)] {
            self.items.extend(items.into_iter().map(|named| Item {
                world,
                place,
                written: named.written,
                name: named.name,
                implements: named.item.full_implements().map(|name| Name::parse(&name)),
                item: named.item,
            }));
        }
    }

    pub fn side(&self) -> Side<'a> {
        let items = self.items.iter();
        Side::new(self.types, items.map(|item| (item.written, item.item)))
    }

    /// What an item is known by on both sides: versions left out, and the package's own name.
    pub fn key<'n>(&self, name: &'n Name) -> (bool, &'n str) {
        let own = self.package.and_then(|(package, _)| {
            let rest = name.path.strip_prefix(package)?;
            rest.strip_prefix('/')
        });
        (own.is_some(), own.unwrap_or(&name.path))
    }
}
