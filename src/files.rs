//! How do bytes come in and go out, with the path in every error?
//!
//! Large inputs are mapped, and watched; others are read. Outputs get their name when they are
//! complete, so that a reader never sees half of one.

mod output;
#[cfg(target_os = "linux")]
mod unnamed;
mod watch;

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

use crate::diagnostic::{Diagnostic, Result};

pub use output::{Pending, make_folder, prepare, remove, write};
pub use watch::{expect_changes, is_input, unchanged};

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

/// Smaller files are read: that costs half a millisecond, and what others write to them meanwhile
/// does no harm.
const MAP_FROM: u64 = 4 << 20;

/// Reads a file; `-` is standard input. Large regular files are mapped.
pub fn read(path: &Path) -> Result<Bytes> {
    if path.as_os_str() == "-" {
        return read_all(&mut io::stdin().lock()).map_err(|error| unreadable("-", &error));
    }
    open(path).map_err(|error| unreadable(&path.display().to_string(), &error))
}

/// Reads a file piece by piece: neither is it held, nor does it matter who writes to it afterwards.
pub fn read_pieces(path: &Path, mut each: impl FnMut(&[u8])) -> Result<()> {
    let mut read = || -> io::Result<()> {
        let mut file = io::BufReader::with_capacity(1 << 16, File::open(path)?);
        loop {
            let piece = file.fill_buf()?;
            if piece.is_empty() {
                return Ok(());
            }
            each(piece);
            let length = piece.len();
            file.consume(length);
        }
    };
    read().map_err(|error| unreadable(&path.display().to_string(), &error))
}

fn open(path: &Path) -> io::Result<Bytes> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return read_all(&mut file);
    }
    let is_mapped = metadata.len() >= MAP_FROM && watch::may_map();
    watch::remember(path, &metadata, is_mapped);
    if !is_mapped {
        return read_all(&mut file);
    }
    // SAFETY: the map is read-only. What another process writes to the file shows in it, and where
    // it is cut short there are no pages: `unchanged` tells before anything is made of the bytes,
    // and the program explains the signal (`src/bin/wct/cut_short.rs`).
    let map = unsafe { Mmap::map(&file)? };
    Ok(Bytes::Mapped(map))
}

fn read_all(from: &mut dyn Read) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    Ok(Bytes::Owned(bytes))
}

/// What becomes of an error of standard output: a reader that has seen enough is none, but all
/// else would pass half an answer for a whole one.
pub fn answered(result: io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Diagnostic::error(
            "file/unwritable",
            "cannot write to standard output",
        )
        .cause(cause(&error))
        .help("check where it leads")),
        _ => Ok(()),
    }
}

pub(crate) fn unreadable(path: &str, error: &io::Error) -> Box<Diagnostic> {
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
