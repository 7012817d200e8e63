//! How does an output get to its place?
//!
//! Complete or not at all. Where the file system has files without a name, an output gets its name
//! when it is complete; elsewhere it is a neighbour called `.wct-` and six characters until then.

use std::fs::{File, Metadata, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::cause;
#[cfg(target_os = "linux")]
use super::unnamed::Unnamed;
use super::watch::unchanged;
use crate::diagnostic::{Diagnostic, Result};
use crate::pieces::Pieces;

/// Writes a whole file at once. On failure whatever was at `path` is as before.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    prepare(path, &Pieces::from(bytes))?.commit()
}

fn unwritable(path: &Path, error: &io::Error) -> Box<Diagnostic> {
    let shown = path.display();
    Diagnostic::error("file/unwritable", format!("cannot write `{shown}`"))
        .cause(cause(error))
        .help(help(error))
}

fn help(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room, or name another place with `-o`"
        }
        io::ErrorKind::FileTooLarge => "raise the limit (`ulimit -f`)",
        _ => "name a place that exists and that you may write to with `-o`",
    }
}

/// An output that is complete but not yet in its place.
pub struct Pending {
    path: PathBuf,
    place: Place,
}

enum Place {
    /// What becomes the file at this path.
    File(Neighbour, PathBuf),
    /// A device or a pipe, which is written to.
    Special(Vec<u8>),
}

/// A file beside the one that it will replace.
enum Neighbour {
    #[cfg(target_os = "linux")]
    Unnamed(Unnamed),
    Named(tempfile::NamedTempFile),
}

/// Writes a file beside `path`, which is as before until [`Pending::commit`].
pub fn prepare(path: &Path, pieces: &Pieces<'_>) -> Result<Pending> {
    let place = prepare_place(path, pieces).map_err(|error| {
        // A piece of a mapped file that was cut short cannot be written.
        unchanged()
            .err()
            .unwrap_or_else(|| unwritable(path, &error))
    })?;
    let path = path.to_path_buf();
    Ok(Pending { path, place })
}

impl Pending {
    /// Puts it in its place, where no input changed meanwhile.
    pub fn commit(self) -> Result<()> {
        unchanged()?;
        let committed = match self.place {
            Place::File(neighbour, target) => neighbour.replace(&target),
            Place::Special(bytes) => File::options()
                .write(true)
                .open(&self.path)
                .and_then(|mut file| file.write_all(&bytes)),
        };
        committed.map_err(|error| unwritable(&self.path, &error))
    }
}

/// Makes a folder, and those around it that are missing.
pub fn make_folder(path: &Path) -> Result<()> {
    std::fs::create_dir_all(path).map_err(|error| {
        let shown = path.display();
        Diagnostic::error(
            "file/unwritable",
            format!("cannot make the folder `{shown}`"),
        )
        .cause(cause(&error))
        .help(help(&error))
    })
}

/// Removes a file.
pub fn remove(path: &Path) -> Result<()> {
    std::fs::remove_file(path).map_err(|error| unwritable(path, &error))
}

fn prepare_place(path: &Path, pieces: &Pieces<'_>) -> io::Result<Place> {
    let existing = match std::fs::metadata(path) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if existing.as_ref().is_some_and(Metadata::is_dir) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // Devices and pipes are written to, not replaced. What `/dev/stdout` is called in the end is no
    // path to it.
    if existing
        .as_ref()
        .is_some_and(|metadata| !metadata.is_file())
    {
        return Ok(Place::Special(pieces.to_vec()));
    }
    let target = followed(path);
    if existing.is_some() {
        // Renaming asks the folder alone: a file that may not be written to stays as it is.
        File::options().append(true).open(&target)?;
    }
    let mut neighbour = Neighbour::beside(&target)?;
    for piece in pieces.iter() {
        neighbour.file().write_all(piece)?;
    }
    if let Some(metadata) = existing {
        neighbour.file().set_permissions(metadata.permissions())?;
    }
    Ok(Place::File(neighbour, target))
}

/// Systems follow no more links than this.
const MAX_LINKS: usize = 40;

/// What symbolic links lead to, also where nothing is there yet: a link stays a link.
fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        let Ok(link) = std::fs::read_link(&path) else {
            break;
        };
        path = folder(&path).join(link);
    }
    path
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

impl Neighbour {
    fn beside(target: &Path) -> io::Result<Neighbour> {
        let folder = folder(target);
        #[cfg(target_os = "linux")]
        if let Some(unnamed) = Unnamed::create(folder)? {
            return Ok(Neighbour::Unnamed(unnamed));
        }
        named(folder).map(Neighbour::Named)
    }

    fn file(&mut self) -> &mut File {
        match self {
            #[cfg(target_os = "linux")]
            Neighbour::Unnamed(unnamed) => unnamed.file(),
            Neighbour::Named(named) => named.as_file_mut(),
        }
    }

    fn replace(self, target: &Path) -> io::Result<()> {
        match self {
            #[cfg(target_os = "linux")]
            Neighbour::Unnamed(unnamed) => unnamed.replace(target),
            Neighbour::Named(named) => named.persist(target).map(drop).map_err(|error| error.error),
        }
    }
}

/// What temporary files are called.
pub(super) fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".wct-");
    builder
}

/// A file with a name of its own in this folder.
pub(super) fn named(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = temporary();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As other tools create files: what the user's mask leaves of read and write for all.
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
