//! Which WIT is meant, and which world of it?

mod comments;
pub mod decode;
pub(crate) mod docs;
pub mod scope;
mod sources;

use std::path::Path;

use wit_parser::{PackageId, Resolve, WorldId};

use crate::diagnostic::{Diagnostic, Result};
use crate::files;
use crate::input::{self, Kind};

/// Loaded WIT: everything known, and which package was asked for.
#[derive(Clone)]
pub struct Packages {
    pub resolve: Resolve,
    pub main: PackageId,
}

/// Which `@unstable` items are taken (`WIT.md`, "Feature Gates").
#[derive(Clone, Debug, Default)]
pub enum Features {
    #[default]
    None,
    Some(Vec<String>),
    All,
}

impl Features {
    /// A resolve that takes these features.
    pub fn resolve(&self) -> Resolve {
        let mut resolve = Resolve::new();
        match self {
            Features::None => {}
            Features::Some(names) => resolve.features.extend(names.iter().cloned()),
            Features::All => resolve.all_features = true,
        }
        resolve
    }
}

/// Loads WIT from a directory (with `deps`), a file, standard input for `-`, or a binary WIT
/// package. Fails with a label where the text is at fault.
pub fn load(path: &Path, features: &Features) -> Result<Packages> {
    if path.is_dir() {
        return load_folder(path, features);
    }
    let bytes = files::read(path)?;
    let name = path.display().to_string();
    if let Some(packages) = load_binary(&name, &bytes)? {
        return Ok(packages);
    }
    let is_text = matches!(input::kind(&bytes), Ok(Kind::Text));
    if is_text || path.as_os_str() == "-" {
        return parse(&name, &String::from_utf8_lossy(&bytes), features);
    }
    let mut resolve = features.resolve();
    let main = sources::push_other(&mut resolve, path)?;
    Ok(Packages { resolve, main })
}

fn load_folder(path: &Path, features: &Features) -> Result<Packages> {
    if !holds_wit(path) {
        let error = sources::no_files(path);
        return Err(error.help("name the directory that holds them, often `wit`"));
    }
    let mut resolve = features.resolve();
    let main = sources::push_folder(&mut resolve, path)?;
    Ok(Packages { resolve, main })
}

/// The interface of a binary, or of its text format; `None` for all else.
fn load_binary(name: &str, bytes: &[u8]) -> Result<Option<Packages>> {
    let Ok(Kind::Component | Kind::Wat) = input::kind(bytes) else {
        return Ok(None);
    };
    let binary = input::to_binary(name, bytes)?;
    let decoded = match input::kind(&binary)? {
        Kind::Component => decode::component(&binary),
        _ => return Ok(None),
    };
    decoded
        .map(|decoded| Some(decoded.packages))
        .map_err(|error| error.in_file(name))
}

/// Parses the text of a package that needs no other. Fails with a label where it is at fault.
pub fn parse(name: &str, text: &str, features: &Features) -> Result<Packages> {
    let mut resolve = features.resolve();
    let main = sources::push_text(&mut resolve, name, text)?;
    Ok(Packages { resolve, main })
}

fn holds_wit(path: &Path) -> bool {
    let Ok(entries) = path.read_dir() else {
        return false;
    };
    let mut names = entries.filter_map(|entry| Some(entry.ok()?.path()));
    names.any(|path| path.extension().is_some_and(|extension| extension == "wit"))
}

/// Chooses a world: the named one, or the only one. An ambiguous choice lists the worlds.
pub fn world(packages: &Packages, name: Option<&str>) -> Result<WorldId> {
    let resolve = &packages.resolve;
    if let Ok(world) = resolve.select_world(&[packages.main], name) {
        return Ok(world);
    }
    let worlds = worlds(packages);
    let package = &resolve.packages[packages.main].name;
    let listed = worlds.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>();
    Err(match (name, worlds.as_slice()) {
        (_, []) => Diagnostic::error("wit/no-world", format!("package `{package}` has no world"))
            .help("add a `world` to the WIT: it says what the component imports and exports"),
        (None, [first, ..]) => Diagnostic::error(
            "wit/ambiguous-world",
            format!("package `{package}` has {} worlds", worlds.len()),
        )
        .cause(format!("they are {}", listed.join(", ")))
        .help(format!("choose one, for instance with `--world {first}`")),
        (Some(name), _) => Diagnostic::error(
            "wit/unknown-world",
            format!("package `{package}` has no world `{name}`"),
        )
        .cause(format!("its worlds are {}", listed.join(", ")))
        .help("choose one of them with `--world`, or write it in full: `namespace:package/world`"),
    })
}

/// The names of the worlds of the main package, in the order of the text.
fn worlds(packages: &Packages) -> Vec<&str> {
    let package = &packages.resolve.packages[packages.main];
    package.worlds.keys().map(String::as_str).collect()
}
