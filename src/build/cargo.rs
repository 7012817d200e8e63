//! What did cargo make, and of what?

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;

use super::inputs::plain;
use super::lang::{Made, Recipe, rust};
use super::memory::Learned;
use crate::diagnostic::{Diagnostic, Result};

/// One line of what cargo says about what it does.
#[derive(Deserialize)]
pub struct Told {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    target: Option<TargetTold>,
    /// Where a build script leaves what it makes.
    out_dir: Option<PathBuf>,
    manifest_path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct TargetTold {
    name: String,
}

const ARTIFACT: &str = "compiler-artifact";

/// The variables that cargo sets itself for crates and build scripts.
const SET_BY_CARGO: &[&str] = &[
    "CARGO",
    "CARGO_CRATE_NAME",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_MAKEFLAGS",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_RUSTC_CURRENT_DIR",
    "CARGO_TARGET_TMPDIR",
    "OUT_DIR",
];

/// What the names of others that it sets begin with.
const SET_BY_CARGO_FOR_EACH: &[&str] = &[
    "CARGO_BIN_",
    "CARGO_CFG_",
    "CARGO_FEATURE_",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
];

/// What is known of a crate's sources without cargo.
pub struct Known<'a> {
    /// Of the component.
    pub folder: &'a Path,
    /// Sorted.
    pub files: &'a [PathBuf],
    /// Whether the manifest says which files they are.
    pub are_chosen: bool,
    /// The folder of the workspace, or of a crate in none, where that is certain.
    pub around: Option<&'a Path>,
}

impl Known<'_> {
    fn has(&self, file: &Path) -> bool {
        let found = self
            .files
            .binary_search_by(|known| known.as_path().cmp(file));
        found.is_ok()
    }

    /// Whether the files of a package are known, or are not to be.
    fn has_package(&self, folder: &Path) -> bool {
        folder.starts_with(self.folder) && (self.are_chosen || self.has(&folder.join("Cargo.toml")))
    }
}

/// One call of cargo at a time for each target folder: two crates, or one with other features, can
/// leave their artifacts at the same path.
pub struct Targets {
    /// By what they are in.
    calls: BTreeMap<PathBuf, Mutex<()>>,
}

impl Targets {
    pub fn new<'r>(recipes: impl Iterator<Item = &'r Recipe>) -> Targets {
        let by_cargo = recipes.filter(|recipe| matches!(recipe.made, Made::ByCargo { .. }));
        let around: Option<BTreeSet<PathBuf>> = by_cargo.map(|r| r.around.clone()).collect();
        // Where a setting names one it can be that of any other crate.
        let around = around.unwrap_or_else(|| BTreeSet::from([PathBuf::new()]));
        Targets {
            calls: around
                .into_iter()
                .map(|folder| (folder, Mutex::default()))
                .collect(),
        }
    }

    /// Waits until no other call can write where this recipe's do; `None` where none can.
    pub fn alone(&self, recipe: &Recipe) -> Option<MutexGuard<'_, ()>> {
        if !matches!(recipe.made, Made::ByCargo { .. }) {
            return None;
        }
        let own = recipe.around.as_ref().and_then(|at| self.calls.get(at));
        let call = own.or_else(|| self.calls.get(Path::new("")))?;
        Some(call.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Told {
    /// All that a call said.
    pub fn of(said: &str) -> Vec<Told> {
        let lines = said.lines();
        lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// Whether it is about a crate that somebody may change.
    fn is_own(&self) -> bool {
        let manifest = self.manifest_path.as_ref();
        manifest.is_some_and(|path| !is_installed(path))
    }
}

/// The one module or component that cargo made. Fails where there is none, or more than one.
pub fn artifact(told: &[Told], bin: Option<&str>) -> Result<PathBuf> {
    let mut made: Vec<(&str, &PathBuf)> = Vec::new();
    for told in told.iter().filter(|told| told.reason == ARTIFACT) {
        let name = told.target.as_ref().map_or("", |target| &target.name);
        let wasm = |path: &&PathBuf| path.extension().is_some_and(|e| e == "wasm");
        made.extend(told.filenames.iter().filter(wasm).map(|path| (name, path)));
    }
    // A dependency that is a `cdylib`, too, leaves its module among the intermediate files.
    let is_final = |path: &Path| !path.parent().is_some_and(|folder| folder.ends_with("deps"));
    made.retain(|(name, path)| bin.is_none_or(|bin| bin == *name) && is_final(path));
    match made.as_slice() {
        [(_, path)] => Ok((*path).clone()),
        [] => Err(Diagnostic::error("build/no-output", "cargo made no module")
            .help("give the crate a `main`, or `crate-type = [\"cdylib\"]` in its table `[lib]`")),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            Err(
                Diagnostic::error("build/no-output", "cargo made more than one module")
                    .cause(format!("they are {}", names.join(", ")))
                    .help(
                        "choose one with `bin = \"NAME\"`, or its crate with `package = \"NAME\"`",
                    ),
            )
        }
    }
}

/// What went into a crate that cargo compiled, besides what is known.
pub fn learned(told: &[Told], artifact: &Path, known: &Known<'_>) -> Learned {
    let mut paths = sources(told, artifact, known);
    paths.extend(cargo_locks(known));
    let mut variables = BTreeSet::new();
    for told in told {
        if let Some(out) = &told.out_dir {
            variables.extend(asked_by_script(out));
        }
        if told.reason == ARTIFACT && told.is_own() {
            variables.extend(told.filenames.iter().flat_map(|path| asked_by_crate(path)));
        }
    }
    variables.retain(|name| !is_set_by_cargo(name));
    Learned {
        paths: paths.into_iter().collect(),
        variables: variables.into_iter().collect(),
    }
}

fn is_set_by_cargo(name: &str) -> bool {
    let mut starts = SET_BY_CARGO_FOR_EACH.iter();
    SET_BY_CARGO.contains(&name) || starts.any(|start| name.starts_with(start))
}

/// The locks that cargo may read, and write where there is none: the one beside the workspace's
/// manifest, unless the workspace leaves the crate out.
fn cargo_locks<'a>(known: &Known<'a>) -> impl Iterator<Item = PathBuf> + use<'a> {
    let top = known.around.unwrap_or(Path::new(""));
    let around = known.folder.ancestors();
    let around = around.take_while(move |folder| folder.starts_with(top));
    let locks = around.map(|folder| folder.join("Cargo.lock"));
    locks.filter(|path| path.is_file())
}

/// What a crate depends on, as cargo tells it. With a file of another package goes the folder of the
/// package: its manifest and what its build script reads go in, too. That folder does not stand for
/// the file, which can be where no sources are looked for.
fn sources(told: &[Told], artifact: &Path, known: &Known<'_>) -> BTreeSet<PathBuf> {
    // What build scripts leave there is made of the rest.
    let made = told.iter().filter_map(|told| told.out_dir.as_deref());
    let made: Vec<PathBuf> = made.map(plain).collect();
    let manifests = told.iter().filter(|told| told.is_own());
    let manifests = manifests.filter_map(|told| told.manifest_path.as_ref());
    let packages: BTreeSet<&Path> = manifests.filter_map(|path| path.parent()).collect();
    let mut found = BTreeSet::new();
    for file in depends_on(artifact) {
        let file = plain(&file);
        let is_made = || made.iter().any(|folder| file.starts_with(folder));
        if !file.is_absolute() || known.has(&file) || is_made() {
            continue;
        }
        let package = file.ancestors().find(|folder| packages.contains(folder));
        if let Some(package) = package.filter(|folder| !known.has_package(folder)) {
            let around = package.ancestors().skip(1);
            let workspaces = around.map(|folder| folder.join("Cargo.toml"));
            found.extend(workspaces.filter(|path| path.is_file() && !known.has(path)));
            found.insert(package.to_path_buf());
        }
        found.insert(file);
    }
    found
}

fn is_installed(path: &Path) -> bool {
    rust::home("CARGO_HOME", ".cargo").is_some_and(|home| path.starts_with(home))
}

/// The files beside an artifact's name in what cargo writes for make.
fn depends_on(artifact: &Path) -> Vec<PathBuf> {
    let Ok(text) = std::fs::read_to_string(artifact.with_extension("d")) else {
        return Vec::new();
    };
    let (_, files) = text.split_once(": ").unwrap_or_default();
    // A space in a name is written as `\ `.
    let files = files.trim_end().replace("\\ ", "\0");
    let files = files.split(' ');
    files
        .map(|file| PathBuf::from(file.replace('\0', " ")))
        .collect()
}

/// The variables that a crate asks for (`env!`), as rustc tells them beside what it makes.
fn asked_by_crate(made: &Path) -> Vec<String> {
    let told = told_by_rustc(made).unwrap_or_default();
    let texts = told
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok());
    let asked = |text: String| -> Vec<String> {
        let lines = text
            .lines()
            .filter_map(|line| line.strip_prefix("# env-dep:"));
        let name = |line: &str| line.split('=').next().unwrap_or_default().to_string();
        lines.map(name).collect()
    };
    texts.flat_map(asked).collect()
}

/// The files that rustc writes for make when it makes this one. A final artifact has lost what tells
/// it from others of its name.
fn told_by_rustc(made: &Path) -> Option<Vec<PathBuf>> {
    let stem = made.file_stem()?.to_str()?;
    let folder = made.parent()?;
    if folder.ends_with("deps") {
        let name = stem.strip_prefix("lib").unwrap_or(stem);
        return Some(vec![folder.join(format!("{name}.d"))]);
    }
    let crate_name = stem.replace('-', "_");
    let is_told = |path: &PathBuf| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = stem.rsplit_once('-').map_or(&*stem, |(name, _)| name);
        path.extension().is_some_and(|e| e == "d") && name == crate_name
    };
    let entries = folder.join("deps").read_dir().ok()?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    Some(paths.filter(is_told).collect())
}

/// The variables that a build script asked for, as cargo keeps what it said.
fn asked_by_script(out: &Path) -> Vec<String> {
    let said = std::fs::read_to_string(out.with_file_name("output")).unwrap_or_default();
    let asked = said.lines().filter_map(|line| {
        let line = line.strip_prefix("cargo:")?;
        let line = line.strip_prefix(':').unwrap_or(line);
        line.strip_prefix("rerun-if-env-changed=")
    });
    asked.map(|name| name.trim().to_string()).collect()
}
