//! What is remembered from one build to the next?
//!
//! Per step, what went in and what came out; per file, what it was when it was last read. A file
//! whose size and time of change are as they were is not read again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::inputs;
use super::report::Weight;
use crate::diagnostic::Result;
use crate::files;

/// Everything that is remembered.
#[derive(Debug, Default)]
pub struct Memory {
    held: Mutex<Held>,
}

/// As it is written to a file.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case")]
struct Held {
    /// Of this form; what another version wrote is forgotten.
    form: u32,
    /// Where it lies: its paths are of there, and a copied project has others.
    place: PathBuf,
    /// Whether it is other than what was written.
    #[serde(skip)]
    changed: bool,
    steps: IndexMap<String, Entry>,
    stamps: IndexMap<PathBuf, Stamp>,
    /// What tools said about their version, by their path and what it was then.
    tools: IndexMap<String, String>,
}

const FORM: u32 = 3;

/// A step that was done.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Entry {
    /// A digest of all that went in.
    pub key: String,
    pub output: Option<Output>,
    pub found: Learned,
    pub weight: Weight,
    pub millis: u64,
}

/// What was found to have gone into a step, besides what was known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Learned {
    /// Files, and folders for all that is in them.
    pub paths: Vec<PathBuf>,
    /// Variables of the caller's.
    pub variables: Vec<String>,
}

impl Learned {
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.variables.is_empty()
    }

    /// The files, without these folders and files.
    pub fn files(&self, but: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
        let files = self.paths.iter().flat_map(|path| inputs::behind(path, but));
        files.collect()
    }
}

/// A file that a step made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Output {
    pub path: PathBuf,
    pub digest: String,
}

/// A file as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Stamp {
    size: u64,
    /// Nanoseconds since 1970.
    modified: u64,
    digest: String,
}

/// A file that was changed this shortly before it was read may change again unnoticed.
const UNSURE: Duration = Duration::from_millis(20);

impl Memory {
    /// What an earlier build wrote; nothing where there was none.
    pub fn load(path: &Path) -> Memory {
        let held = std::fs::read(path).ok();
        let held: Option<Held> = held.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let held = held.filter(|held| held.form == FORM && held.place == path);
        let held = held.unwrap_or_default();
        Memory {
            held: Mutex::new(held),
        }
    }

    /// Writes what became known since it was loaded.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut held = self.held();
        if !held.changed {
            return Ok(());
        }
        held.form = FORM;
        held.place = path.to_path_buf();
        held.stamps.retain(|path, _| path.exists());
        let text = serde_json::to_vec(&*held).expect("its keys are strings");
        files::write(path, &text)
    }

    /// To change it.
    fn changing(&self) -> MutexGuard<'_, Held> {
        let mut held = self.held();
        held.changed = true;
        held
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn entry(&self, step: &str) -> Option<Entry> {
        self.held().steps.get(step).cloned()
    }

    pub fn remember(&self, step: &str, entry: Entry) {
        self.changing().steps.insert(step.to_string(), entry);
    }

    pub fn forget(&self, step: &str) {
        self.changing().steps.shift_remove(step);
    }

    /// The digest of a file. Fails where it cannot be read.
    pub fn digest(&self, path: &Path) -> Result<String> {
        let now = SystemTime::now();
        let stamp = stamp(path);
        if let Some((size, modified)) = stamp {
            let held = self.held();
            let known = held.stamps.get(path);
            if let Some(known) = known.filter(|s| (s.size, s.modified) == (size, modified)) {
                return Ok(known.digest.clone());
            }
        }
        let digest = file_digest(path)?;
        let sure = now.checked_sub(UNSURE).map_or(0, nanos);
        if let Some((size, modified)) = stamp.filter(|(_, modified)| *modified < sure) {
            let stamp = Stamp {
                size,
                modified,
                digest: digest.clone(),
            };
            self.changing().stamps.insert(path.to_path_buf(), stamp);
        }
        Ok(digest)
    }

    /// Whether an output is still what was made.
    pub fn is_intact(&self, output: &Output) -> bool {
        if output.path.is_dir() {
            return folder_digest(&output.path) == output.digest;
        }
        output.path.is_file()
            && self
                .digest(&output.path)
                .is_ok_and(|digest| digest == output.digest)
    }

    /// What `ask` says about a program, asked once as long as neither what else is told to it nor
    /// one of the witnesses changes.
    pub fn version(
        &self,
        program: &Path,
        told: &str,
        witnesses: &[PathBuf],
        ask: impl FnOnce() -> Result<String>,
    ) -> Result<String> {
        let mut key = format!("{} {told}", program.display());
        for path in std::iter::once(program).chain(witnesses.iter().map(PathBuf::as_path)) {
            key.push_str(&format!(" {:?}", stamp(path)));
        }
        if let Some(known) = self.held().tools.get(&key) {
            return Ok(known.clone());
        }
        let version = ask()?;
        self.changing().tools.insert(key, version.clone());
        Ok(version)
    }
}

fn stamp(path: &Path) -> Option<(u64, u64)> {
    let metadata = path.metadata().ok()?;
    Some((metadata.len(), nanos(metadata.modified().ok()?)))
}

fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// In hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Of what is in a file.
pub fn file_digest(path: &Path) -> Result<String> {
    let mut all = Sha256::new();
    files::read_pieces(path, |piece| all.update(piece))?;
    Ok(hex(&all.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest of several things, in order.
#[derive(Default)]
pub struct Key(Sha256);

impl Key {
    pub fn add(&mut self, what: &str, value: &str) {
        for text in [what, value] {
            self.0.update((text.len() as u64).to_le_bytes());
            self.0.update(text);
        }
    }

    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// A digest of the names and contents of all files in a folder.
pub fn folder_digest(folder: &Path) -> String {
    let mut key = Key::default();
    for path in inputs::walk(folder) {
        let below = path.strip_prefix(folder).unwrap_or(&path);
        key.add("file", &below.to_string_lossy());
        key.add("digest", &file_digest(&path).unwrap_or_default());
    }
    key.finish()
}
