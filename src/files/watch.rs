//! Which files were read, and are they as they were?

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::diagnostic::{Diagnostic, Result};

/// All files that this process read as inputs.
static INPUTS: Mutex<Vec<Input>> = Mutex::new(Vec::new());

struct Input {
    path: PathBuf,
    identity: Identity,
    /// Of a file that is mapped.
    state: Option<State>,
}

/// What tells whether somebody wrote to a file.
#[derive(PartialEq, Eq)]
struct State {
    length: u64,
    modified: Option<SystemTime>,
}

/// A file, by whatever path.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(unix)]
fn identity(_: &Path, metadata: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> Option<Identity> {
    std::fs::canonicalize(path).ok()
}

impl State {
    fn of(metadata: &Metadata) -> State {
        State {
            length: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

fn inputs() -> MutexGuard<'static, Vec<Input>> {
    INPUTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers a regular file that is read, or mapped.
pub(super) fn remember(path: &Path, metadata: &Metadata, is_mapped: bool) {
    if let Some(identity) = identity(path, metadata) {
        inputs().push(Input {
            path: path.to_path_buf(),
            identity,
            state: is_mapped.then(|| State::of(metadata)),
        });
    }
}

/// Was this file, by whatever path, read as an input?
pub fn is_input(path: &Path) -> bool {
    let metadata = std::fs::metadata(path);
    let identity = metadata.ok().and_then(|metadata| identity(path, &metadata));
    identity.is_some_and(|identity| inputs().iter().any(|input| input.identity == identity))
}

/// Fails where somebody wrote to a file while it was mapped: what was read of it may be neither
/// the old nor the new.
pub fn unchanged() -> Result<()> {
    let inputs = inputs();
    let changed = inputs.iter().find(|input| {
        let Some(then) = &input.state else {
            return false;
        };
        // A file that was replaced stays as it was for who has mapped it.
        std::fs::metadata(&input.path).is_ok_and(|now| {
            identity(&input.path, &now).as_ref() == Some(&input.identity)
                && State::of(&now) != *then
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
