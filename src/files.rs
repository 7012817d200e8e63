//! How do bytes come in and go out, with the path in every error?
//!
//! Files are mapped, not copied. Outputs go to a temporary neighbour that is renamed when it is
//! complete, so that a reader never sees half of one.

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use crate::diagnostic::{Diagnostic, Result};
use crate::pieces::Pieces;

/// The bytes of an input.
pub enum Bytes {
    Mapped(Mmap),
    Owned(Vec<u8>),
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Mapped(map) => map,
            Bytes::Owned(bytes) => bytes,
        }
    }
}

/// Below this size reading is cheaper than mapping.
const MAP_FROM: u64 = 64 << 10;

/// Reads a file; `-` is standard input. Large regular files are mapped.
pub fn read(path: &Path) -> Result<Bytes> {
    if path.as_os_str() == "-" {
        return read_all(&mut io::stdin().lock()).map_err(|error| unreadable("-", &error));
    }
    open(path).map_err(|error| unreadable(&path.display().to_string(), &error))
}

fn open(path: &Path) -> io::Result<Bytes> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() || metadata.len() < MAP_FROM {
        return read_all(&mut file);
    }
    // SAFETY: the map is read-only and private. Another process that cuts the file short while it
    // is mapped would end this one; that is the price of not copying.
    let map = unsafe { Mmap::map(&file)? };
    Ok(Bytes::Mapped(map))
}

fn read_all(from: &mut dyn Read) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    Ok(Bytes::Owned(bytes))
}

fn unreadable(path: &str, error: &io::Error) -> Box<Diagnostic> {
    let diagnostic =
        Diagnostic::error("file/unreadable", format!("cannot read `{path}`")).cause(cause(error));
    match error.kind() {
        io::ErrorKind::NotFound => diagnostic.help("check the path; nothing is there"),
        io::ErrorKind::IsADirectory => {
            diagnostic.help("name a file in it: a module, a component or a WIT package")
        }
        io::ErrorKind::PermissionDenied => diagnostic.help("make the file readable for you"),
        _ => diagnostic.help("check that the file can be read"),
    }
}

/// Writes a whole file at once: to a temporary neighbour, then renamed. On failure whatever was
/// at `path` is as before.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    prepare(path, &Pieces::from(bytes))?.commit()
}

fn unwritable(path: &Path, error: &io::Error) -> Box<Diagnostic> {
    let shown = path.display();
    Diagnostic::error("file/unwritable", format!("cannot write `{shown}`"))
        .cause(cause(error))
        .help("name a place that exists and that you may write to with `-o`")
}

/// An output that is complete but not yet in its place.
pub struct Pending {
    path: PathBuf,
    place: Place,
}

enum Place {
    /// The neighbour, and what it will replace.
    Neighbour(tempfile::NamedTempFile, PathBuf),
    /// A device or a pipe, which is written to.
    Special(Vec<u8>),
}

/// Writes a file beside `path`, which is as before until [`Pending::commit`].
pub fn prepare(path: &Path, pieces: &Pieces<'_>) -> Result<Pending> {
    let place = prepare_place(path, pieces).map_err(|error| unwritable(path, &error))?;
    let path = path.to_path_buf();
    Ok(Pending { path, place })
}

impl Pending {
    /// Puts it in its place.
    pub fn commit(self) -> Result<()> {
        let committed = match self.place {
            Place::Neighbour(neighbour, target) => neighbour
                .persist(target)
                .map(drop)
                .map_err(|error| error.error),
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
        .help("name a place that exists and that you may write to with `-o`")
    })
}

fn prepare_place(path: &Path, pieces: &Pieces<'_>) -> io::Result<Place> {
    // Devices and pipes are written to, not replaced; so is what a symbolic link leads to.
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let existing = std::fs::metadata(&target);
    if existing.as_ref().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if existing.as_ref().is_ok_and(|metadata| !metadata.is_file()) {
        return Ok(Place::Special(pieces.to_vec()));
    }
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut neighbour = tempfile::Builder::new();
    neighbour.prefix(".wct-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As other tools create files: what the user's mask leaves of read and write for all.
        neighbour.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut neighbour = neighbour.tempfile_in(folder)?;
    for piece in pieces.iter() {
        neighbour.write_all(piece)?;
    }
    neighbour.flush()?;
    if let Ok(metadata) = existing {
        neighbour
            .as_file()
            .set_permissions(metadata.permissions())?;
    }
    Ok(Place::Neighbour(neighbour, target))
}

/// The operating system's words, without its number.
fn cause(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => text.to_string(),
    }
}
