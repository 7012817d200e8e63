//! Did somebody change what a project is built from?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Project;
use super::manifest;
use super::memory::Memory;
use super::plan::Plan;
use super::work::changed_since;

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

    /// Whether a file is another by now. A file that a build found meanwhile is not, unless somebody
    /// wrote to it, too.
    pub fn differs(&self, now: &Seen) -> bool {
        let differs = |(path, digest): (&PathBuf, &String)| match self.found.get(path) {
            Some(before) => before != digest,
            None => !self.known.contains_key(path) && changed_since(path, self.taken),
        };
        self.known != now.known || now.found.iter().any(differs)
    }
}
