//! Which rules does the project of a file have?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Rules;
use super::file::in_manifest;
use crate::diagnostic::{Diagnostic, Result};
use crate::{files, project};

/// The rules of the projects that files are in. None by default.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// By the folders of the files: which manifest holds, where there is one.
    folders: BTreeMap<PathBuf, Option<PathBuf>>,
    /// Of those that have rules.
    manifests: BTreeMap<PathBuf, Rules>,
}

impl Found {
    /// Looks for the manifest of each file's project, or else that of the working directory. Fails
    /// where one cannot be read.
    pub fn around(paths: &[PathBuf]) -> Result<Found> {
        let mut found = Found::default();
        let mut read = BTreeMap::new();
        let here = project::manifest(Path::new("."));
        for path in paths {
            let folder = folder(path);
            if found.folders.contains_key(folder) {
                continue;
            }
            let manifest = project::manifest(folder).or_else(|| here.clone());
            if let Some(manifest) = manifest.as_ref().filter(|path| !read.contains_key(*path)) {
                read.insert(manifest.clone(), rules(manifest)?);
            }
            found.folders.insert(folder.to_path_buf(), manifest);
        }
        let with_rules = |(manifest, rules): (_, Option<Rules>)| Some((manifest, rules?));
        found.manifests = read.into_iter().filter_map(with_rules).collect();
        Ok(found)
    }

    /// The rules for a file, where its project has some.
    pub(in crate::validate) fn of(&self, path: &Path) -> Option<&Rules> {
        let manifest = self.folders.get(folder(path))?;
        self.manifests.get(manifest.as_ref()?)
    }

    /// Says of each manifest that it is heeded, for nobody named it.
    pub(in crate::validate) fn notes(&self) -> Vec<Diagnostic> {
        let note = |manifest: &PathBuf| {
            let manifest = manifest.display();
            let message = format!("the policy of `{manifest}` holds; `--no-policy` leaves it out");
            *Diagnostic::note("validate/found-policy", message)
        };
        self.manifests.keys().map(note).collect()
    }
}

/// Where the project of a file is looked for.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        _ if path.is_dir() => path,
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn rules(manifest: &Path) -> Result<Option<Rules>> {
    let bytes = files::read(manifest)?;
    in_manifest(
        &manifest.display().to_string(),
        &String::from_utf8_lossy(&bytes),
    )
}
