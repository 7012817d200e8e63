//! What did cargo make, and of what?

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Deserialize;

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

/// What is known of a crate's sources without cargo.
pub struct Known<'a> {
    /// Of the component.
    pub folder: &'a Path,
    /// Sorted.
    pub files: &'a [PathBuf],
    /// Whether the manifest says which files they are.
    pub are_chosen: bool,
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
    paths.extend(cargo_lock(known.folder));
    let mut variables = BTreeSet::new();
    for told in told {
        if let Some(out) = &told.out_dir {
            variables.extend(asked_by_script(out));
        }
        if told.reason == ARTIFACT && told.is_own() {
            variables.extend(told.filenames.iter().flat_map(|path| asked_by_crate(path)));
        }
    }
    // Cargo sets these itself.
    variables.retain(|name| !name.starts_with("CARGO_") && name != "OUT_DIR");
    Learned {
        paths: paths.into_iter().collect(),
        variables: variables.into_iter().collect(),
    }
}

/// The lock that cargo reads in a folder, and writes where there is none.
fn cargo_lock(folder: &Path) -> Option<PathBuf> {
    let mut locks = folder.ancestors().map(|folder| folder.join("Cargo.lock"));
    locks.find(|path| path.is_file())
}

/// What a crate depends on, as cargo tells it. For the files of other packages stands the folder of
/// the package: its manifest and what its build script reads go in, too.
fn sources(told: &[Told], artifact: &Path, known: &Known<'_>) -> BTreeSet<PathBuf> {
    let is_known = |file: &Path| {
        known
            .files
            .binary_search_by(|f| f.as_path().cmp(file))
            .is_ok()
    };
    // What build scripts leave there is made of the rest.
    let is_made = |file: &Path| {
        let mut made = told.iter().filter_map(|told| told.out_dir.as_ref());
        made.any(|folder| file.starts_with(folder))
    };
    let mut found = BTreeSet::new();
    for file in depends_on(artifact) {
        if !file.is_absolute() || is_known(&file) || is_made(&file) {
            continue;
        }
        let package = package(&file).filter(|folder| {
            let is_own = known.are_chosen && folder.starts_with(known.folder);
            !is_own && !is_known(&folder.join("Cargo.toml"))
        });
        let Some(package) = package else {
            found.insert(file);
            continue;
        };
        let around = package.ancestors().skip(1);
        let workspaces = around.map(|folder| folder.join("Cargo.toml"));
        found.extend(workspaces.filter(|path| path.is_file() && !is_known(path)));
        found.insert(package.to_path_buf());
    }
    found
}

/// The folder of the package that a file is in, where that can change.
fn package(file: &Path) -> Option<&Path> {
    let mut around = file.ancestors().skip(1);
    let folder = around.find(|folder| folder.join("Cargo.toml").is_file())?;
    (!is_installed(file)).then_some(folder)
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
