//! Which files is a WIT package made of?
//!
//! Those of its folder, with the packages in `deps` below it: folders, files, and binary packages,
//! as `Resolve::push_dir` of wit-parser finds them.

use std::path::{Path, PathBuf};

use wit_parser::{PackageId, Resolve, SourceMap, UnresolvedPackageGroup};

use super::comments;
use crate::diagnostic::{self, Diagnostic, Result};
use crate::files;
use crate::input::{self, Kind};

/// Adds the package of a folder, and those that it may use. Fails with a label where a text is at
/// fault.
pub fn push_folder(resolve: &mut Resolve, folder: &Path) -> Result<PackageId> {
    let main = package_of(folder)?;
    let mut others = Vec::new();
    let deps = folder.join("deps");
    let deps = if deps.exists() {
        listed(&deps)?
    } else {
        Vec::new()
    };
    for path in deps {
        if path.is_dir() {
            others.push(package_of(&path)?);
        } else if has_extension(&path, &["wit", "wat", "wasm"]) {
            others.extend(single(resolve, &path)?);
        }
    }
    let text_of = |name: &str| std::fs::read_to_string(name).ok();
    resolve
        .push_groups(main, others)
        .map_err(|error| diagnostic::wit(&error.into(), resolve, &text_of))
}

/// Adds a package that is one text.
pub fn push_text(resolve: &mut Resolve, name: &str, text: &str) -> Result<PackageId> {
    let group = package(name, &[(name.to_string(), text.to_string())])?;
    let text_of = |_: &str| Some(text.to_string());
    resolve
        .push_group(group)
        .map_err(|error| diagnostic::wit(&error.into(), resolve, &text_of))
}

/// Adds a package that is a binary, or says what else the file is.
pub fn push_other(resolve: &mut Resolve, path: &Path) -> Result<PackageId> {
    let text_of = |name: &str| std::fs::read_to_string(name).ok();
    resolve
        .push_file(path)
        .map_err(|error| diagnostic::wit(&error, resolve, &text_of))
}

/// Reads a package that is one file; none where it is a binary one, which is added at once.
fn single(resolve: &mut Resolve, path: &Path) -> Result<Option<UnresolvedPackageGroup>> {
    let bytes = files::read(path)?;
    if matches!(input::kind(&bytes), Ok(Kind::Text)) {
        let name = path.display().to_string();
        let text = text(path, &bytes)?;
        return package(&name.clone(), &[(name, text)]).map(Some);
    }
    push_other(resolve, path).map(|_| None)
}

/// Parses the package that the files of a folder are.
fn package_of(folder: &Path) -> Result<UnresolvedPackageGroup> {
    let files = files_of(folder)?;
    if files.is_empty() {
        return Err(no_files(folder).help("put its `.wit` files there, or take the folder away"));
    }
    package(&folder.display().to_string(), &files)
}

pub(super) fn no_files(folder: &Path) -> Box<Diagnostic> {
    let shown = folder.display().to_string();
    let error = Diagnostic::error("wit/no-files", format!("`{shown}` holds no `.wit` file"));
    error.in_file(&shown)
}

/// Parses the files of a package, each with its name; `from` is where they are.
fn package(from: &str, files: &[(String, String)]) -> Result<UnresolvedPackageGroup> {
    let mut sources = SourceMap::new();
    for (name, text) in files {
        sources.push_str(name, comments::blanked(text));
    }
    sources.parse().map_err(|(sources, error)| {
        // No other fault has no place.
        if !error.kind().span().is_known() {
            let begun = match files {
                [(name, _)] if name == from => "it",
                _ => "one of its files",
            };
            return Diagnostic::error("wit/syntax", format!("`{from}` has no `package` line"))
                .in_file(from)
                .help(format!("begin {begun} with one, as `package example:api;`"));
        }
        let mut failed = Resolve::new();
        failed.push_source_map(sources);
        let text_of = |name: &str| {
            let file = files.iter().find(|(known, _)| known == name)?;
            Some(file.1.clone())
        };
        diagnostic::wit(&error.into(), &failed, &text_of)
    })
}

/// The WIT files of a folder, with their texts.
fn files_of(folder: &Path) -> Result<Vec<(String, String)>> {
    let files = listed(folder)?.into_iter();
    let files = files.filter(|path| !path.is_dir() && has_extension(path, &["wit"]));
    files
        .map(|path| {
            Ok((
                path.display().to_string(),
                text(&path, &files::read(&path)?)?,
            ))
        })
        .collect()
}

fn text(path: &Path, bytes: &[u8]) -> Result<String> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        let path = path.display();
        Diagnostic::error("wit/unreadable", format!("`{path}` is not valid UTF-8"))
            .help("save it as UTF-8")
    })?;
    Ok(text.to_string())
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| known.contains(&extension))
}

/// What is in a folder, in order.
fn listed(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = folder.read_dir().and_then(|entries| {
        let paths = entries.map(|entry| Ok(entry?.path()));
        paths.collect::<std::io::Result<Vec<_>>>()
    });
    let mut paths =
        entries.map_err(|error| files::unreadable(&folder.display().to_string(), &error))?;
    paths.sort();
    Ok(paths)
}
