//! What was built from, that the manifest does not say?

use std::path::Path;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Result};
use crate::files;

/// What the lock file is called.
pub const NAME: &str = "wct.lock";

/// The contents of a lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Lock {
    pub version: u32,
    /// Ready-made components, by their names.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub file: IndexMap<String, File>,
    /// What tools say about their version, by their names.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub tool: IndexMap<String, String>,
}

/// A ready-made component.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct File {
    pub path: String,
    pub sha256: String,
}

/// What may become of a lock that does not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locking {
    /// New entries are added; a changed digest is refused.
    #[default]
    Careful,
    /// Everything is refused that the lock does not say.
    Locked,
    /// Everything is taken as it is now.
    Update,
}

const HEAD: &str = "# Written by `wct build`. Keep it with the sources.\n";
const VERSION: u32 = 1;

/// Between the versions of a tool that is another for some components.
pub const AND: &str = ", ";

impl Lock {
    /// A lock of these things.
    pub fn new(file: IndexMap<String, File>, tool: IndexMap<String, String>) -> Lock {
        let version = VERSION;
        let mut lock = Lock {
            version,
            file,
            tool,
        };
        lock.file.sort_keys();
        lock.tool.sort_keys();
        lock
    }

    /// The lock of a project; `None` where it has none. `shown` is the path as the user sees it.
    pub fn load(path: &Path, shown: &str) -> Result<Option<Lock>> {
        if !path.exists() {
            return Ok(None);
        }
        let bytes = files::read(path)?;
        let text = String::from_utf8_lossy(&bytes);
        let lock: Option<Lock> = toml::from_str(&text).ok();
        match lock.filter(|lock| lock.version == VERSION) {
            Some(lock) => Ok(Some(lock)),
            None => Err(Diagnostic::error(
                "build/unreadable-lock",
                format!("`{shown}` is not a lock file of this version of wct"),
            )
            .help("remove it, and build again to write a new one")),
        }
    }

    /// Takes over what another lock says of what this one is not about.
    pub fn keep(&mut self, other: &Lock) {
        for (name, file) in &other.file {
            self.file
                .entry(name.clone())
                .or_insert_with(|| file.clone());
        }
        for (name, versions) in &other.tool {
            let own = self.tool.entry(name.clone()).or_default();
            let known: Vec<&str> = versions.split(AND).collect();
            if own.is_empty() || own.split(AND).all(|version| known.contains(&version)) {
                own.clone_from(versions);
            }
        }
        self.file.sort_keys();
        self.tool.sort_keys();
    }

    /// Writes it; one that says nothing is no file.
    pub fn save(&self, path: &Path, is_there: bool) -> Result<()> {
        match (self.file.is_empty() && self.tool.is_empty(), is_there) {
            (false, _) => files::write(path, self.to_text().as_bytes()),
            (true, true) => files::remove(path),
            (true, false) => Ok(()),
        }
    }

    fn to_text(&self) -> String {
        let text = toml::to_string(self).expect("texts under texts can be written");
        format!("{HEAD}{text}")
    }

    /// Fails where `self`, which is now, is not what the lock allows.
    pub fn check(&self, lock: Option<&Lock>, locking: Locking, shown: &str) -> Result<()> {
        let none = Lock::default();
        let lock = lock.unwrap_or(&none);
        if locking == Locking::Update {
            return Ok(());
        }
        for (name, file) in &self.file {
            if let Some(known) = lock.file.get(name)
                && known != file
            {
                return Err(changed(name, known, file, shown));
            }
        }
        let drift = self.drift(lock);
        if locking != Locking::Locked || drift.is_empty() {
            return Ok(());
        }
        let error = Diagnostic::error(
            "build/lock-drift",
            format!("`{shown}` does not say what is built from now"),
        );
        let error = drift.into_iter().fold(error, Diagnostic::cause);
        Err(error.help("build without `--locked` to write it, and keep what it says"))
    }

    /// What is not as the lock says.
    fn drift(&self, lock: &Lock) -> Vec<String> {
        let mut drift = Vec::new();
        for name in self
            .file
            .keys()
            .filter(|name| !lock.file.contains_key(*name))
        {
            drift.push(format!("it does not list the file of `{name}`"));
        }
        for (name, version) in &self.tool {
            match lock.tool.get(name) {
                Some(known) if known == version => {}
                Some(known) => {
                    drift.push(format!("`{name}` is `{version}`, and was `{known}`"));
                }
                None => drift.push(format!("it does not list the tool `{name}`")),
            }
        }
        let gone =
            |name: &&String| !self.file.contains_key(*name) && !self.tool.contains_key(*name);
        for name in lock.file.keys().chain(lock.tool.keys()).filter(gone) {
            drift.push(format!("it lists `{name}`, which is not used"));
        }
        drift
    }
}

fn changed(name: &str, known: &File, now: &File, shown: &str) -> Box<Diagnostic> {
    let error = Diagnostic::error(
        "build/changed-digest",
        format!("the file of `{name}` is not the one in `{shown}`"),
    );
    let error = match known.path == now.path {
        true => error.cause(format!("`{}` has changed", now.path)),
        false => error.cause(format!("it was `{}`, and is `{}`", known.path, now.path)),
    };
    error
        .cause(format!("the digest was {}", known.sha256))
        .cause(format!("the digest is {}", now.sha256))
        .help("get the file back, or take the new one with `wct build --update`")
}
