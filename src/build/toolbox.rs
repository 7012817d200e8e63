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
use crate::diagnostic::Result;

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
