//! What is compared with what?

use std::borrow::Cow;
use std::path::Path;

use semver::Version;
use serde::Serialize;

use super::surface::Form;
use crate::conform::World;
use crate::diagnostic::{self, Diagnostic, Result};
use crate::files::{self, Bytes};
use crate::input;
use crate::inspect::metadata;
use crate::module::Module;
use crate::wit::{self, Features, Packages, decode};

/// One of the two inputs.
pub struct Input {
    /// As the user typed it.
    pub name: String,
    source: Source,
}

enum Source {
    Module(Bytes),
    Component(Bytes),
    Wit(Box<Packages>),
}

/// What an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    CoreModule,
    Component,
    WitPackage,
}

impl Input {
    /// Reads a module, a component, or WIT: a text, a binary package or a directory.
    pub fn load(path: &Path, features: &Features) -> Result<Input> {
        let name = path.display().to_string();
        if path.is_dir() {
            let packages = wit::load(path, features)?;
            return Ok(Input::of_wit(&name, packages));
        }
        Input::of_bytes(&name, files::read(path)?, features)
    }

    /// What these bytes are. `name` is what they are called.
    pub fn of_bytes(name: &str, bytes: Bytes, features: &Features) -> Result<Input> {
        if input::kind(&bytes).map_err(|error| error.in_file(name))? == input::Kind::Text {
            let text = input::wit_text(name, &bytes)?;
            return Ok(Input::of_wit(name, wit::parse(name, text, features)?));
        }
        let bytes = match input::to_binary(name, &bytes)? {
            Cow::Owned(binary) => Bytes::Owned(binary),
            Cow::Borrowed(_) => bytes,
        };
        if input::kind(&bytes)? == input::Kind::Module {
            return Ok(Input {
                name: name.to_string(),
                source: Source::Module(bytes),
            });
        }
        if decode::is_package(&bytes).map_err(|error| error.in_file(name))? {
            let decoded = decode::component(&bytes).map_err(|error| error.in_file(name))?;
            return Ok(Input::of_wit(name, decoded.packages));
        }
        Ok(Input {
            name: name.to_string(),
            source: Source::Component(bytes),
        })
    }

    fn of_wit(name: &str, packages: Packages) -> Input {
        Input {
            name: name.to_string(),
            source: Source::Wit(Box::new(packages)),
        }
    }

    pub fn what(&self) -> What {
        match &self.source {
            Source::Module(_) => What::CoreModule,
            Source::Component(_) => What::Component,
            Source::Wit(_) => What::WitPackage,
        }
    }

    /// The bytes of what can be run.
    pub fn binary(&self) -> Option<&[u8]> {
        match &self.source {
            Source::Module(bytes) | Source::Component(bytes) => Some(bytes),
            Source::Wit(_) => None,
        }
    }

    /// What it says its version is.
    pub fn version(&self) -> Option<Version> {
        match &self.source {
            Source::Wit(packages) => {
                let main = &packages.resolve.packages[packages.main];
                main.name.version.clone()
            }
            Source::Module(bytes) | Source::Component(bytes) => {
                Version::parse(&metadata::version(bytes).ok()??).ok()
            }
        }
    }

    /// Has it a world, however it is written? A core module has one that is embedded.
    pub fn has_world(&self) -> Result<bool> {
        Ok(match &self.source {
            Source::Module(bytes) => self.embedded(bytes)?.is_some(),
            Source::Component(_) | Source::Wit(_) => true,
        })
    }

    /// Its world: of WIT the named one, or the only one.
    pub fn world(&self, name: Option<&str>) -> Result<Form> {
        Ok(Form::World(match &self.source {
            Source::Component(bytes) => World::of_component(&self.name, bytes.to_vec())
                .map_err(|error| error.in_file(&self.name))?,
            Source::Wit(packages) => World::new(packages, name)?,
            Source::Module(bytes) => {
                let Some(packages) = self.embedded(bytes)? else {
                    return Err(Diagnostic::error(
                        "diff/no-world",
                        format!("`{}` is a core module without a world", self.name),
                    )
                    .help("compare it with a core module, or make both components"));
                };
                World::new(&packages, None)?
            }
        }))
    }

    /// All interfaces and worlds of a WIT package.
    pub fn package(&self) -> Result<Option<Form>> {
        let Source::Wit(packages) = &self.source else {
            return Ok(None);
        };
        let (resolve, main) = (&packages.resolve, packages.main);
        let encoded = wit_component::encode(resolve, main, false)
            .map_err(|error| diagnostic::unencodable(&error))?;
        let name = &resolve.packages[main].name;
        Ok(Some(Form::Package {
            encoded,
            name: format!("{}:{}", name.namespace, name.name),
            version: name.version.clone(),
        }))
    }

    /// Its WIT, for the comments in it; none where it cannot be read back.
    pub fn wit(&self) -> Option<Cow<'_, Packages>> {
        match &self.source {
            Source::Wit(packages) => Some(Cow::Borrowed(packages.as_ref())),
            Source::Component(bytes) => Some(Cow::Owned(decode::component(bytes).ok()?.packages)),
            Source::Module(bytes) => Some(Cow::Owned(self.embedded(bytes).ok()??)),
        }
    }

    fn embedded(&self, bytes: &[u8]) -> Result<Option<Packages>> {
        let in_file = |error: Box<Diagnostic>| error.in_file(&self.name);
        let module = Module::parse(bytes, 0..bytes.len()).map_err(in_file)?;
        let decoded = decode::embedded(&module).map_err(in_file)?;
        Ok(decoded.map(|decoded| decoded.packages))
    }
}
