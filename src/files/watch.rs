//! Which files were read, and are they as they were?

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::diagnostic::{Diagnostic, Result};

/// The files that were read as inputs for what is being made.
static INPUTS: Mutex<Inputs> = Mutex::new(Inputs::new(true));

struct Inputs {
    all: BTreeSet<Identity>,
    mapped: Vec<Mapped>,
    may_map: bool,
}

impl Inputs {
    const fn new(may_map: bool) -> Inputs {
        Inputs {
            all: BTreeSet::new(),
            mapped: Vec::new(),
            may_map,
        }
    }
}

/// A file, and what it was when it was mapped.
struct Mapped {
    path: PathBuf,
    identity: Identity,
    state: State,
}

/// What tells whether somebody wrote to a file.
#[derive(PartialEq, Eq)]
struct State {
    length: u64,
    modified: Option<SystemTime>,
}

/// A file, by whatever path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Identity(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

#[cfg(unix)]
fn identity(_: &Path, metadata: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some(Identity((metadata.dev(), metadata.ino())))
}

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> Option<Identity> {
    std::fs::canonicalize(path).ok().map(Identity)
}

impl State {
    fn of(metadata: &Metadata) -> State {
        State {
            length: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

fn inputs() -> MutexGuard<'static, Inputs> {
    INPUTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers a regular file that is read, or mapped.
pub(super) fn remember(path: &Path, metadata: &Metadata, is_mapped: bool) {
    let Some(identity) = identity(path, metadata) else {
        return;
    };
    let mut inputs = inputs();
    if is_mapped {
        inputs.mapped.push(Mapped {
            path: path.to_path_buf(),
            identity: identity.clone(),
            state: State::of(metadata),
        });
    }
    inputs.all.insert(identity);
}

/// Whether large files may be mapped.
pub(super) fn may_map() -> bool {
    inputs().may_map
}

/// Begins anew for who goes on when inputs change: those that were read are forgotten, and none is
/// mapped any more, since what is written to a mapped file can end the program.
pub fn expect_changes() {
    *inputs() = Inputs::new(false);
}

/// Was this file, by whatever path, read as an input?
pub fn is_input(path: &Path) -> bool {
    let metadata = std::fs::metadata(path);
    let identity = metadata.ok().and_then(|metadata| identity(path, &metadata));
    identity.is_some_and(|identity| inputs().all.contains(&identity))
}

/// Fails where somebody wrote to a file while it was mapped: what was read of it may be neither
/// the old nor the new.
pub fn unchanged() -> Result<()> {
    let inputs = inputs();
    let changed = inputs.mapped.iter().find(|input| {
        // A file that was replaced stays as it was for who has mapped it.
        std::fs::metadata(&input.path).is_ok_and(|now| {
            identity(&input.path, &now).as_ref() == Some(&input.identity)
                && State::of(&now) != input.state
        })
    });
    match changed {
        None => Ok(()),
        Some(input) => Err(Diagnostic::error(
            "file/changed",
            format!("`{}` changed while it was read", input.path.display()),
        )
        .help("run again once it is written")),
    }
}
