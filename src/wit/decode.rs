//! What is the WIT of a binary?
//!
//! A component's imports and exports, or the types that a binary WIT package exports, are read
//! back into a [`Resolve`]. Not every valid component has a form in WIT: what has none is an
//! error that names it, with the path to it.

mod interfaces;
mod misfit;
mod packages;
mod types;
mod unify;

use indexmap::{IndexMap, IndexSet};
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentItem, ComponentType,
};
use wasmparser::names::{ComponentName, ComponentNameKind, InterfaceName};
use wasmparser::types::Types;
use wasmparser::{BinaryReader, WasmFeatures};
use wit_parser::{
    CloneMaps, Docs, InterfaceId, PackageMetadata, PackageName, Resolve, Stability, TypeId,
    TypeOwner, WorldId, WorldItem, WorldKey,
};

use self::misfit::{Fit, Misfit, within};
use self::packages::Draft;
use super::Packages;
use crate::binary::Sections;
use crate::component::{Direction, Extern, Signature};
use crate::diagnostic::{self, Diagnostic, Result};
use crate::module::{Module, custom};

/// WIT that was read from a binary.
pub struct Decoded {
    pub packages: Packages,
    /// Of a component; a WIT package has no world that stands out.
    pub world: Option<WorldId>,
    /// Imports that have no form in WIT and are not shown: `core module import `a``.
    pub left_out: Vec<String>,
}

/// Reads the WIT of a component, or of a binary WIT package. Fails where it is not valid, and
/// where an import or export has no form in WIT.
pub fn component(file: &[u8]) -> Result<Decoded> {
    let signature = Signature::read(file)?;
    let mut decoded = match package_form(&signature) {
        Some(form) => package(&signature, form).map_err(Misfit::diagnose)?,
        None => world_of(&signature).map_err(Misfit::diagnose)?,
    };
    add_docs(file, &mut decoded.packages)?;
    Ok(decoded)
}

/// Reads the world that toolchains embed into a core module; `None` where there is none. Several
/// embedded worlds are merged into one.
pub fn embedded(module: &Module<'_>) -> Result<Option<Decoded>> {
    let sections = module
        .customs()
        .filter(|c| c.name.starts_with("component-type"));
    let mut merged: Option<(Resolve, WorldId)> = None;
    for section in sections {
        let (resolve, world) = embedded_world(section.data)?;
        let (into, target) = merged.get_or_insert_with(packages::merging_world);
        let failed = |error: anyhow::Error| {
            diagnostic::wit_component("wit/unmergeable", &error)
                .help("rebuild the module with one version of the interfaces it is made for")
        };
        let remap = into.merge(resolve).map_err(failed)?;
        let world = remap
            .map_world(world, Default::default())
            .map_err(|e| failed(e.into()))?;
        into.merge_worlds(world, *target, &mut CloneMaps::default())
            .map_err(failed)?;
    }
    Ok(merged.and_then(|(resolve, world)| {
        let main = resolve.worlds[world].package?;
        Some(Decoded {
            packages: Packages { resolve, main },
            world: Some(world),
            left_out: Vec::new(),
        })
    }))
}

/// Before wit-component 0.18 the section held an encoding, a world's name and a package.
const OLD_SECTION: u8 = 0x03;

/// Reads one `component-type` section. Fails where it holds no world.
pub(crate) fn embedded_world(data: &[u8]) -> Result<(Resolve, WorldId)> {
    if data.first() == Some(&OLD_SECTION) {
        let mut reader = BinaryReader::new(data, 0);
        let name = reader
            .read_u8()
            .and_then(|_| reader.read_u8())
            .and_then(|_| reader.read_string());
        let name = name.map_err(|error| diagnostic::wasm(error, data))?;
        let rest = data.get(reader.current_position()..).unwrap_or_default();
        let decoded = component(rest)?;
        let world = super::world(&decoded.packages, Some(name))?;
        return Ok((decoded.packages.resolve, world));
    }
    let signature = Signature::read(data)?;
    let [world] = signature.externs.as_slice() else {
        return Err(Diagnostic::error(
            "wit/not-embedded",
            "the section `component-type` does not hold one world",
        )
        .help("rebuild the module with current bindings, or embed its WIT again"));
    };
    let mut decoder = Decoder::new(&signature.types);
    let read = decoder
        .exported_definition(&world.item)
        .and_then(|draft| decoder.finish(draft));
    let (resolve, main) = read.map_err(Misfit::diagnose)?;
    let world = resolve.packages[main].worlds.values().next().copied();
    let world = world
        .ok_or_else(|| Misfit::new("it holds an interface where a world belongs").diagnose())?;
    Ok((resolve, world))
}

/// Is this component a WIT package in binary form? Fails where it is not valid.
pub fn is_package(file: &[u8]) -> Result<bool> {
    Ok(package_form(&Signature::read(file)?).is_some())
}

/// How a binary WIT package is written (wit-component changed it once).
#[derive(Clone, Copy, PartialEq, Eq)]
enum PackageForm {
    /// One component type `ns:name/wit` that exports all.
    One,
    /// A component type for each interface and world.
    Many,
}

/// A WIT package exports component types and nothing else; `None` for every other component.
fn package_form(signature: &Signature<'_>) -> Option<PackageForm> {
    let first = signature.externs.first()?;
    let all_types = signature.externs.iter().all(|external| {
        external.direction == Direction::Export && component_type(&external.item).is_some()
    });
    if !all_types {
        return None;
    }
    match parse_name(first.name).ok()?.kind() {
        ComponentNameKind::Interface(name) if name.interface().as_str() == "wit" => {
            Some(PackageForm::One)
        }
        ComponentNameKind::Plain(name) if name.is_bare() => Some(PackageForm::Many),
        _ => None,
    }
}

fn component_type(item: &ComponentItem) -> Option<wasmparser::component_types::ComponentTypeId> {
    match item.ty {
        ComponentEntityType::Type {
            created: ComponentAnyTypeId::Component(id),
            ..
        } => Some(id),
        _ => None,
    }
}

fn package(signature: &Signature<'_>, form: PackageForm) -> Fit<Decoded> {
    let mut decoder = Decoder::new(&signature.types);
    let mut whole: Option<Draft> = None;
    for external in &signature.externs {
        let step = || format!("export `{}`", external.name);
        let read = match form {
            PackageForm::One => decoder.whole_package(external),
            PackageForm::Many => decoder.exported_definition(&external.item),
        };
        let draft = within(step, read)?;
        match &mut whole {
            None => whole = Some(draft),
            Some(whole) => within(step, whole.absorb(draft))?,
        }
    }
    let whole = whole.ok_or_else(|| Misfit::new("it exports nothing"))?;
    let (resolve, main) = decoder.finish(whole)?;
    Ok(Decoded {
        packages: Packages { resolve, main },
        world: None,
        left_out: Vec::new(),
    })
}

/// The world of a component. Binaries do not name it; `root:component/root` is the custom.
fn world_of(signature: &Signature<'_>) -> Fit<Decoded> {
    let mut decoder = Decoder::new(&signature.types);
    let world = decoder.resolve.worlds.alloc(packages::empty_world("root"));
    let mut draft = Draft::new(PackageName {
        namespace: "root".to_string(),
        name: "component".to_string(),
        version: None,
    });
    draft.worlds.insert("root".to_string(), world);
    let mut left_out = Vec::new();
    for external in &signature.externs {
        match decoder.world_item(external, world, &mut draft)? {
            Some((key, item)) => {
                let world = &mut decoder.resolve.worlds[world];
                let items = match external.direction {
                    Direction::Import => &mut world.imports,
                    Direction::Export => &mut world.exports,
                };
                if items.insert(key, item).is_some() {
                    return Err(Misfit::new("another item has the same name in WIT")
                        .within(external_step(external)));
                }
            }
            None => {
                let what = entity(&external.item.ty);
                left_out.push(format!("{what} import `{}`", external.name));
            }
        }
    }
    let (resolve, main) = decoder.finish(draft)?;
    Ok(Decoded {
        packages: Packages { resolve, main },
        world: Some(world),
        left_out,
    })
}

fn external_step(external: &Extern<'_>) -> String {
    match external.direction {
        Direction::Import => format!("import `{}`", external.name),
        Direction::Export => format!("export `{}`", external.name),
    }
}

/// Doc comments and stability, which a binary package keeps in a custom section of its own.
fn add_docs(file: &[u8], packages: &mut Packages) -> Result<()> {
    let sections = Sections::new(file, 0..file.len()).filter_map(std::result::Result::ok);
    let mut customs = sections
        .filter(|s| s.id == 0)
        .filter_map(|s| custom(file, &s));
    let Some(docs) = customs.find(|custom| custom.name == PackageMetadata::SECTION_NAME) else {
        return Ok(());
    };
    let added = PackageMetadata::decode(docs.data)
        .and_then(|docs| docs.inject(&mut packages.resolve, packages.main));
    added.map_err(|error| {
        diagnostic::wit_component("wit/broken-docs", &error)
            .help("strip the section `package-docs`: it does not describe this package")
    })
}

/// What kind of item it is, for messages.
fn entity(ty: &ComponentEntityType) -> &'static str {
    match ty {
        ComponentEntityType::Module(_) => "core module",
        ComponentEntityType::Func(_) => "function",
        ComponentEntityType::Value(_) => "value",
        ComponentEntityType::Type { .. } => "type",
        ComponentEntityType::Instance(_) => "instance",
        ComponentEntityType::Component(_) => "component",
    }
}

fn parse_name(name: &str) -> Fit<ComponentName> {
    ComponentName::new_with_features(name, 0, WasmFeatures::all())
        .map_err(|error| Misfit::new(error.message()))
}

fn package_name(name: &InterfaceName<'_>, item: &ComponentItem) -> Fit<PackageName> {
    let version = name.version(item.version_suffix.as_deref());
    Ok(PackageName {
        namespace: name.namespace().to_string(),
        name: name.package().to_string(),
        version: version.map_err(|error| Misfit::new(error.message()))?,
    })
}

/// Reads types into a [`Resolve`], remembering what each became.
struct Decoder<'a> {
    types: &'a Types,
    resolve: Resolve,
    /// Packages that are used but not defined here, by name.
    foreign: IndexMap<String, Draft>,
    /// Which of the foreign packages an interface belongs to.
    package_of: IndexMap<InterfaceId, usize>,
    /// Interfaces of the package itself, by their full name.
    local: IndexMap<String, InterfaceId>,
    resources: IndexMap<(TypeOwner, String), TypeId>,
    known: IndexMap<ComponentAnyTypeId, TypeId>,
    /// What each type that is another name of one is in the end.
    roots: IndexMap<TypeId, TypeId>,
    /// Pairs of types, of which one at least has no name, that were found to be the same.
    matched: IndexSet<(TypeId, ComponentAnyTypeId)>,
}

impl<'a> Decoder<'a> {
    fn new(types: &'a Types) -> Decoder<'a> {
        Decoder {
            types,
            resolve: Resolve::default(),
            foreign: IndexMap::new(),
            package_of: IndexMap::new(),
            local: IndexMap::new(),
            resources: IndexMap::new(),
            known: IndexMap::new(),
            roots: IndexMap::new(),
            matched: IndexSet::new(),
        }
    }

    /// An item of the world of a component; `None` for what WIT leaves out silently.
    fn world_item(
        &mut self,
        external: &Extern<'_>,
        world: WorldId,
        draft: &mut Draft,
    ) -> Fit<Option<(WorldKey, WorldItem)>> {
        let Extern {
            name,
            direction,
            item,
        } = external;
        let imported = *direction == Direction::Import;
        let read = match item.ty {
            ComponentEntityType::Type { .. } if imported => {
                self.world_type(name, item, TypeOwner::World(world))
            }
            ComponentEntityType::Func(_) => {
                self.world_function(name, item, TypeOwner::World(world))
            }
            ComponentEntityType::Instance(_) => self.world_instance(name, item, draft),
            _ if imported => return Ok(None),
            ref other => Err(Misfit::of(entity(other))),
        };
        within(|| external_step(external), read).map(Some)
    }

    /// All of a package in the old form.
    fn whole_package(&mut self, external: &Extern<'_>) -> Fit<Draft> {
        let name = parse_name(external.name)?;
        let ComponentNameKind::Interface(name) = name.kind() else {
            return Err(Misfit::new("its name is not that of a package"));
        };
        let mut draft = Draft::new(package_name(&name, &external.item)?);
        let types = self.types;
        let ty =
            component_type(&external.item).ok_or_else(|| Misfit::new("it is no component type"))?;
        self.uses(&types[ty])?;
        for (name, item) in &types[ty].exports {
            let read = self.definition(name, item, &mut draft);
            within(|| format!("export `{name}`"), read)?;
        }
        Ok(draft)
    }

    /// One interface or world of a package: what a component type exports as its only item.
    fn exported_definition(&mut self, item: &ComponentItem) -> Fit<Draft> {
        let types = self.types;
        let id = component_type(item).ok_or_else(|| Misfit::of(entity(&item.ty)))?;
        let mut exports = types[id].exports.iter();
        let (Some((name, item)), None) = (exports.next(), exports.next()) else {
            return Err(Misfit::new("a component type has no form in WIT"));
        };
        let step = || format!("export `{name}`");
        let parsed = parse_name(name)?;
        let ComponentNameKind::Interface(parsed) = parsed.kind() else {
            return Err(Misfit::new("its name says no package").within(step()));
        };
        let mut draft = Draft::new(within(step, package_name(&parsed, item))?);
        self.uses(&types[id])?;
        within(step, self.definition(name, item, &mut draft))?;
        Ok(draft)
    }

    /// The interfaces that a definition uses.
    fn uses(&mut self, ty: &ComponentType) -> Fit<()> {
        for (name, item) in &ty.imports {
            within(
                || format!("import `{name}`"),
                self.known_interface(name, item),
            )?;
        }
        Ok(())
    }

    fn definition(&mut self, name: &str, item: &ComponentItem, draft: &mut Draft) -> Fit<()> {
        match item.ty {
            ComponentEntityType::Instance(_) => self.interface(name, item, draft).map(|_| ()),
            ComponentEntityType::Component(id) => {
                let types = self.types;
                self.world(name, &types[id], draft)
            }
            ref other => Err(Misfit::of(entity(other))),
        }
    }

    fn world(&mut self, name: &str, ty: &ComponentType, draft: &mut Draft) -> Fit<()> {
        let name = self.definition_name(name)?;
        let name = name.ok_or_else(|| Misfit::new("its name says no package"))?;
        let owner = TypeOwner::World(self.resolve.worlds.next_id());
        let mut world = packages::empty_world(&name);
        for (name, item) in &ty.imports {
            let read = match item.ty {
                ComponentEntityType::Type { .. } => self.world_type(name, item, owner),
                ComponentEntityType::Func(_) => self.world_function(name, item, owner),
                ComponentEntityType::Instance(_) => self.world_instance(name, item, draft),
                ref other => Err(Misfit::of(entity(other))),
            };
            let (key, item) = within(|| format!("import `{name}`"), read)?;
            world.imports.insert(key, item);
        }
        for (name, item) in &ty.exports {
            let read = match item.ty {
                ComponentEntityType::Func(_) => self.world_function(name, item, owner),
                ComponentEntityType::Instance(_) => self.world_instance(name, item, draft),
                ref other => Err(Misfit::of(entity(other))),
            };
            let (key, item) = within(|| format!("export `{name}`"), read)?;
            world.exports.insert(key, item);
        }
        let id = self.resolve.worlds.alloc(world);
        draft.add_world(name, id)
    }

    fn world_type(
        &mut self,
        name: &str,
        item: &ComponentItem,
        owner: TypeOwner,
    ) -> Fit<(WorldKey, WorldItem)> {
        let id = self.named_type(name, item, owner)?;
        let span = Default::default();
        Ok((
            WorldKey::Name(name.to_string()),
            WorldItem::Type { id, span },
        ))
    }

    fn world_function(
        &mut self,
        name: &str,
        item: &ComponentItem,
        owner: TypeOwner,
    ) -> Fit<(WorldKey, WorldItem)> {
        let function = self.function(name, item, owner)?;
        Ok((
            WorldKey::Name(name.to_string()),
            WorldItem::Function(function),
        ))
    }

    /// An interface that a world imports or exports, under its own name or another.
    fn world_instance(
        &mut self,
        name: &str,
        item: &ComponentItem,
        draft: &mut Draft,
    ) -> Fit<(WorldKey, WorldItem)> {
        let (key, id) = match &item.implements {
            Some(implements) => {
                let id = self.known_interface(implements, item)?;
                (WorldKey::Name(name.to_string()), id)
            }
            None => match parse_name(name)?.kind() {
                ComponentNameKind::Interface(_) => {
                    let id = self.known_interface(name, item)?;
                    (WorldKey::Interface(id), id)
                }
                ComponentNameKind::Plain(_) => self.interface(name, item, draft)?,
            },
        };
        let item = WorldItem::Interface {
            id,
            stability: Stability::default(),
            external_id: item.external_id.clone(),
            docs: Docs::default(),
            span: Default::default(),
        };
        Ok((key, item))
    }
}
