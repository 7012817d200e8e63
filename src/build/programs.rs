//! How are other programs run?
//!
//! Not by this library: a build asks whoever calls it.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// Runs programs for a build.
pub trait Programs: Sync {
    /// Runs one to its end, without standard input. Fails where it cannot be started.
    fn run(&self, command: &Command) -> io::Result<Ended>;
}

/// A program with all that it is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
    pub folder: PathBuf,
    /// What is set besides the caller's environment.
    pub environment: Vec<(String, OsString)>,
}

/// How a program ended.
#[derive(Clone, Debug, Default)]
pub struct Ended {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Command {
    /// With more arguments.
    #[must_use]
    pub fn arguments<A: Into<OsString>>(mut self, more: impl IntoIterator<Item = A>) -> Command {
        self.arguments.extend(more.into_iter().map(Into::into));
        self
    }

    /// As it would be typed.
    pub fn shown(&self) -> String {
        let set = self
            .environment
            .iter()
            .map(|(name, value)| format!("{name}={}", quoted(&value.to_string_lossy())));
        let program = self.program.file_name().unwrap_or(self.program.as_os_str());
        let words = std::iter::once(program).chain(self.arguments.iter().map(OsString::as_os_str));
        let words = words.map(|word| quoted(&word.to_string_lossy()));
        set.chain(words).collect::<Vec<_>>().join(" ")
    }
}

/// In quotes where a shell would read more than one word.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}
