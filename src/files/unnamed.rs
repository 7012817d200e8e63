//! How is a file written that nobody sees before it is complete?
//!
//! Linux makes files without a name (`O_TMPFILE` in open(2)). One of a process that is killed is
//! gone with it.

use std::ffi::CString;
use std::fs::File;
use std::io::{self, Seek};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::output::{named, temporary};

/// A file without a name, in the folder where it will have one.
pub(super) struct Unnamed {
    file: File,
    folder: PathBuf,
}

impl Unnamed {
    /// Nothing where the file system has no such files.
    pub fn create(folder: &Path) -> io::Result<Option<Unnamed>> {
        let mut options = File::options();
        options.read(true).write(true).mode(0o666);
        match options.custom_flags(libc::O_TMPFILE).open(folder) {
            Ok(file) => Ok(Some(Unnamed {
                file,
                folder: folder.to_path_buf(),
            })),
            Err(error) if is_unsupported(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives it a name, whatever had it before.
    pub fn replace(mut self, target: &Path) -> io::Result<()> {
        match link(&self.file, target) {
            // No link replaces a file; renaming does.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let linked = temporary().make_in(&self.folder, |path| link(&self.file, path))?;
                linked
                    .persist(target)
                    .map(drop)
                    .map_err(|error| error.error)
            }
            // Without `/proc` there is no name to be had for it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut copy = named(&self.folder)?;
                self.file.rewind()?;
                io::copy(&mut self.file, &mut copy)?;
                copy.as_file()
                    .set_permissions(self.file.metadata()?.permissions())?;
                copy.persist(target).map(drop).map_err(|error| error.error)
            }
            linked => linked,
        }
    }
}

fn is_unsupported(error: &io::Error) -> bool {
    let codes = [libc::EOPNOTSUPP, libc::EISDIR, libc::EINVAL];
    error
        .raw_os_error()
        .is_some_and(|code| codes.contains(&code))
}

/// Names an open file.
fn link(file: &File, path: &Path) -> io::Result<()> {
    let open = CString::new(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: both paths are strings that end with a zero, and outlive the call.
    let result = unsafe {
        libc::linkat(
            libc::AT_FDCWD,
            open.as_ptr(),
            libc::AT_FDCWD,
            path.as_ptr(),
            libc::AT_SYMLINK_FOLLOW,
        )
    };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
