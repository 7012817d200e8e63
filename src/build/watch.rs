//! Did somebody change what a project is built from?

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Project;
use super::manifest;
use super::memory::Memory;
use super::plan::Plan;
use super::work::changed_since;
use crate::diagnostic::Diagnostic;

/// The files that a build looks at, as they are at one time.
pub struct Seen {
    taken: SystemTime,
    /// Digests, by path.
    known: BTreeMap<PathBuf, String>,
    /// Of those that builds found.
    found: BTreeMap<PathBuf, String>,
}

impl Seen {
    /// Those of the project in a folder, or of a manifest.
    pub fn now(place: &Path) -> Seen {
        let taken = SystemTime::now();
        let (plan, memory) = match Project::open(place) {
            Ok(project) => (
                Plan::new(&project).unwrap_or_default(),
                Memory::load(&project.memory()),
            ),
            Err(_) => Default::default(),
        };
        let seen = |path: PathBuf| {
            let digest = memory.digest(&path).unwrap_or_default();
            (path, digest)
        };
        let known = plan.inputs().into_iter().chain([manifest::at(place)]);
        Seen {
            taken,
            known: known.map(seen).collect(),
            found: plan.found(&memory).into_iter().map(seen).collect(),
        }
    }

    /// The files that are others by now. A file that a build found meanwhile is not, unless somebody
    /// wrote to it, too.
    pub fn changed(&self, now: &Seen) -> BTreeSet<PathBuf> {
        let is_found_anew = |path: &Path, digest: &String| match self.found.get(path) {
            Some(before) => before != digest,
            None => !self.known.contains_key(path) && changed_since(path, self.taken),
        };
        let known = now.known.iter();
        let known = known.filter(|(path, digest)| self.known.get(*path) != Some(digest));
        let found = now.found.iter();
        let found = found.filter(|(path, digest)| is_found_anew(path, digest));
        let gone = self.known.keys();
        let gone = gone.filter(|path| !now.known.contains_key(*path));
        let there = known.chain(found).map(|(path, _)| path);
        there.chain(gone).cloned().collect()
    }
}

/// How often in a row something is built again because it changed meanwhile.
const PATIENCE: u32 = 3;

/// The rounds in which sources changed while they were built.
#[derive(Default)]
pub struct Rounds {
    count: u32,
    /// What changed in each of them.
    changed: BTreeSet<PathBuf>,
    told: BTreeSet<PathBuf>,
}

impl Rounds {
    /// Takes down what changed in a round; whether to begin another for it. A step that writes among
    /// its own sources would have one for ever.
    pub fn go_on(&mut self, changed: &BTreeSet<PathBuf>) -> bool {
        let again: BTreeSet<_> = self.changed.intersection(changed).cloned().collect();
        (self.count, self.changed) = match again.is_empty() {
            true => (1, changed.clone()),
            false => (self.count + 1, again),
        };
        let is_patient = self.count < PATIENCE || self.changed.is_empty();
        if !is_patient {
            self.count = 0;
        }
        is_patient
    }

    /// Says of the project in a folder, or of a manifest, which file it was; each once.
    pub fn tell(&mut self, place: &Path) -> Option<Box<Diagnostic>> {
        let file = self.changed.difference(&self.told).next()?.clone();
        let project = Project::open(place).ok();
        let shown = project.map_or(file.display().to_string(), |at| at.shown(&file));
        self.told.insert(file);
        let message = format!("`{shown}` changed in each of {PATIENCE} builds");
        let warning = Diagnostic::warning("build/restless", message)
            .cause("where a step writes it, each build is a reason for another: this one waits")
            .help("name what a component is made from in `inputs`, without what it writes")
            .help("save it again, if it was you");
        Some(warning)
    }
}
