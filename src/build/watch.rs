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
        let manifest = match place.is_file() {
            true => place.to_path_buf(),
            false => place.join(manifest::NAME),
        };
        let Ok(project) = Project::open(place) else {
            let digest = Memory::default().digest(&manifest).unwrap_or_default();
            return Seen {
                taken,
                known: BTreeMap::from([(manifest, digest)]),
                found: BTreeMap::new(),
            };
        };
        let plan = Plan::new(&project).unwrap_or_default();
        let memory = Memory::load(&project.memory());
        let seen = |path: PathBuf| {
            let digest = memory.digest(&path).unwrap_or_default();
            (path, digest)
        };
        let known = plan.inputs().into_iter().chain([manifest]);
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
