//! Which tools does a build have, and which version of each?

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;

use indexmap::IndexMap;

use super::lang::Recipe;
use super::memory::Memory;
use super::programs::Programs;
use super::tools::{Found, Places, Tool};
use super::{Locking, Project};
use crate::diagnostic::{Diagnostic, Result};

/// The tools that were found.
pub struct Toolbox<'a> {
    project: &'a Project,
    places: Places,
    /// What tools said before; nothing where that may not be relied on.
    memory: Option<&'a Memory>,
    programs: &'a dyn Programs,
    found: IndexMap<&'static str, Found>,
    versions: BTreeMap<Asked, String>,
}

/// What the version of a tool depends on: its name, the files that tell of another version, and what
/// is set for it.
type Asked = (&'static str, Vec<PathBuf>, Vec<(String, OsString)>);

fn asked(tool: &Tool, recipe: &Recipe) -> Asked {
    let set = recipe.environment_of(tool).to_vec();
    (tool.name, recipe.witnesses.clone(), set)
}

impl<'a> Toolbox<'a> {
    /// With nothing in it.
    pub fn open(
        project: &'a Project,
        memory: &'a Memory,
        programs: &'a dyn Programs,
        locking: Locking,
    ) -> Toolbox<'a> {
        Toolbox {
            project,
            places: Places::new(&project.root, project.manifest.tools.clone()),
            memory: (locking != Locking::Locked).then_some(memory),
            programs,
            found: IndexMap::new(),
            versions: BTreeMap::new(),
        }
    }

    /// Asks for the tools of recipes, each of a component. Returns what is missing or too old; what
    /// is so everywhere is said once.
    pub fn ask_for<'r>(
        &mut self,
        recipes: impl Iterator<Item = (&'r str, &'r Recipe)>,
    ) -> Vec<Diagnostic> {
        let mut failed = BTreeSet::new();
        let mut missing: Vec<Diagnostic> = Vec::new();
        for (name, recipe) in recipes {
            for tool in &recipe.tools {
                let asked = asked(tool, recipe);
                if failed.contains(&asked) {
                    continue;
                }
                if let Err(error) = self.ask(tool, recipe) {
                    failed.insert(asked);
                    let error = self.in_folder(error, tool, name, recipe);
                    let is_same = |told: &Diagnostic| {
                        told.message == error.message && told.causes == error.causes
                    };
                    if !missing.iter().any(is_same) {
                        missing.push(*error);
                    }
                }
            }
        }
        missing
    }

    /// The error of a tool, where a component has another version of it than the rest of the
    /// project.
    fn in_folder(
        &self,
        mut error: Box<Diagnostic>,
        tool: &'static Tool,
        name: &str,
        recipe: &Recipe,
    ) -> Box<Diagnostic> {
        let is_chosen = |path: &&PathBuf| path.file_stem().is_some_and(|s| s == "rust-toolchain");
        let chosen = recipe.witnesses.iter().find(is_chosen);
        let Some(chosen) = chosen.filter(|_| tool.find(&self.places).is_ok()) else {
            return error;
        };
        error.message = format!("{} for `{name}`", error.message);
        let shown = self.project.shown(chosen);
        let folder = chosen.parent().unwrap_or(chosen);
        error.help = vec![format!(
            "name another toolchain in `{shown}`, or install it: `rustup toolchain install` in `{}`",
            self.project.shown(folder)
        )];
        error
    }

    /// Finds a tool, and asks for its version where the recipe is. Fails where it is missing or too
    /// old.
    pub fn ask(&mut self, tool: &'static Tool, recipe: &Recipe) -> Result<()> {
        let asked = asked(tool, recipe);
        if self.versions.contains_key(&asked) {
            return Ok(());
        }
        let found = tool.find(&self.places)?;
        let call = recipe.calls.first();
        let folder = call.map_or(&self.project.root, |call| &call.folder);
        let ask = || Ok(found.version(self.programs, folder, &asked.2)?.version);
        // What a program runs that is told by arguments can change while the program does not.
        let memory = self.memory.filter(|_| found.arguments.is_empty());
        let version = match memory {
            None => ask()?,
            Some(memory) => {
                // Programs that choose a version look at these.
                let told = format!("{folder:?} {:?} {:?}", recipe.environment(), asked.2);
                let mut witnesses = recipe.witnesses.clone();
                witnesses.extend(installed(&found));
                memory.version(&found.program, &told, &witnesses, ask)?
            }
        };
        self.found.insert(tool.name, found);
        self.versions.insert(asked, version);
        Ok(())
    }

    pub fn found(&self, tool: &Tool) -> Option<&Found> {
        self.found.get(tool.name)
    }

    /// What a tool is where a recipe calls it.
    pub fn version(&self, tool: &Tool, recipe: &Recipe) -> &str {
        let version = self.versions.get(&asked(tool, recipe));
        version.map_or("", String::as_str)
    }

    /// Of all tools, by their names; all of them where components have different ones.
    pub fn versions(&self) -> IndexMap<String, String> {
        let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for ((name, ..), version) in &self.versions {
            versions.entry(name).or_default().insert(version);
        }
        let joined = versions.into_iter().map(|(name, versions)| {
            let versions: Vec<&str> = versions.into_iter().collect();
            (name.to_string(), versions.join(super::lock::AND))
        });
        joined.collect()
    }
}

/// What npm writes when it installs another version; it gives all files the same time.
fn installed(found: &Found) -> Option<PathBuf> {
    let modules = found.program.parent()?.parent()?;
    Some(modules.join(".package-lock.json"))
}
