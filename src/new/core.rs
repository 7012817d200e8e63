//! What does a core module want from the world, and what does it offer?

use std::borrow::Cow;

use wasmparser::{ExternalKind, TypeRef};
use wit_parser::{Resolve, WorldId};

use super::{Options, embed, ownership, repeats};
use crate::binary::{self, Layer};
use crate::diagnostic::{Diagnostic, Result};
use crate::module::Module;
use crate::wit::decode;

/// A core module on its way into a component.
pub(super) struct Core<'a> {
    /// The path as the user typed it.
    pub name: String,
    /// With the WIT that the options ask for.
    pub bytes: Cow<'a, [u8]>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// One per `component-type` section; none where the module does not say what it is for.
    pub worlds: Vec<World>,
    /// The first world's name in full.
    pub world_name: Option<String>,
    /// Whether it is a shared library (tool-conventions `DynamicLinking.md`).
    pub is_library: bool,
}

#[derive(Clone)]
pub(super) struct Import {
    pub module: String,
    pub name: String,
    pub ty: TypeRef,
}

#[derive(Clone)]
pub(super) struct Export {
    pub name: String,
    pub kind: ExternalKind,
    pub index: u32,
}

/// A world that a module was compiled for.
#[derive(Clone)]
pub(super) struct World {
    pub resolve: Resolve,
    pub id: WorldId,
}

impl<'a> Core<'a> {
    /// Reads a module and embeds the WIT of the options. Fails on a component.
    pub fn read(name: &str, bytes: Cow<'a, [u8]>, options: &Options) -> Result<Core<'a>> {
        if binary::layer(&bytes) == Some(Layer::Component) {
            return Err(is_component(name));
        }
        let bytes = match &options.wit {
            None => bytes,
            Some(wit) => {
                let embedded = embed::into_module(&bytes, wit, &options.encoding);
                Cow::Owned(embedded.map_err(|error| error.in_file(name))?)
            }
        };
        let module = Module::parse(&bytes, 0..bytes.len()).map_err(|e| e.in_file(name))?;
        let imports = imports(&module).map_err(|error| error.in_file(name))?;
        let exports = exports(&module).map_err(|error| error.in_file(name))?;
        let worlds = worlds(&module).map_err(|error| error.in_file(name))?;
        let is_library = module.custom("dylink.0").is_some() || module.custom("dylink").is_some();
        Ok(Core {
            name: name.to_string(),
            world_name: worlds.first().map(World::name),
            imports,
            exports,
            worlds,
            is_library,
            bytes,
        })
    }

    /// A module with nothing in it.
    pub fn nothing(name: &str) -> Core<'static> {
        Core {
            name: name.to_string(),
            bytes: Cow::Borrowed(&[]),
            imports: Vec::new(),
            exports: Vec::new(),
            worlds: Vec::new(),
            world_name: None,
            is_library: false,
        }
    }

    /// Whether the module says what it was compiled for.
    pub fn is_typed(&self) -> bool {
        !self.worlds.is_empty()
    }

    /// The names of the functions that it exports.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        let exports = self.exports.iter();
        let functions = exports.filter(|export| export.kind == ExternalKind::Func);
        functions.map(|export| export.name.as_str())
    }

    /// Does the module export a function of this name?
    pub fn exports_function(&self, name: &str) -> bool {
        self.functions().any(|function| function == name)
    }

    /// The names of all that its worlds export.
    pub fn exports_of_worlds(&self) -> impl Iterator<Item = String> + '_ {
        self.worlds.iter().flat_map(World::exports)
    }
}

impl World {
    /// `namespace:package/world@version`.
    pub fn name(&self) -> String {
        let world = &self.resolve.worlds[self.id];
        match world.package {
            Some(package) => self.resolve.id_of_name(package, &world.name),
            None => world.name.clone(),
        }
    }

    /// The names of its imports.
    pub fn imports(&self) -> impl Iterator<Item = String> + '_ {
        let imports = &self.resolve.worlds[self.id].imports;
        imports.keys().map(|key| self.resolve.name_world_key(key))
    }

    fn exports(&self) -> impl Iterator<Item = String> + '_ {
        let exports = &self.resolve.worlds[self.id].exports;
        exports.keys().map(|key| self.resolve.name_world_key(key))
    }
}

fn is_component(name: &str) -> Box<Diagnostic> {
    Diagnostic::error(
        "new/is-component",
        format!("`{name}` is a component already"),
    )
    .help(format!("look at it: `wct inspect {name}`"))
    .help("give the core module that it was made from, if it is to be made anew")
}

fn not_its_own() -> Box<Diagnostic> {
    Diagnostic::error(
        "wit/not-embedded",
        "the section `component-type` has a type in it that belongs elsewhere",
    )
    .help("rebuild the module with current bindings, or embed its WIT again")
}

fn imports(module: &Module<'_>) -> Result<Vec<Import>> {
    let imports = module.imports()?;
    Ok(imports
        .iter()
        .map(|import| Import {
            module: import.module.to_string(),
            name: import.name.to_string(),
            ty: import.ty,
        })
        .collect())
}

fn exports(module: &Module<'_>) -> Result<Vec<Export>> {
    let exports = module.exports()?;
    Ok(exports
        .iter()
        .map(|export| Export {
            name: export.name.to_string(),
            kind: export.kind,
            index: export.index,
        })
        .collect())
}

/// The worlds of the `component-type` sections, whatever follows that in their names. Fails on one
/// that has no form in WIT: the encoder takes only others.
pub(super) fn worlds(module: &Module<'_>) -> Result<Vec<World>> {
    module
        .customs()
        .filter(|custom| custom.name.starts_with("component-type"))
        .map(|section| {
            let known = decode::embedded_world(section.data)?;
            if binary::layer(section.data).is_some() && repeats::a_type(section.data)? {
                return Err(not_its_own());
            }
            // What the encoder will see; it reads an older form of the section by other means.
            let seen = wit_parser::decoding::decode_world(section.data);
            let (resolve, id) = seen.unwrap_or(known);
            if ownership::holds(&resolve, id) {
                Ok(World { resolve, id })
            } else {
                Err(not_its_own())
            }
        })
        .collect()
}
