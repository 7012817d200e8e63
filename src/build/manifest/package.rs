//! What do the outputs say about themselves?

use serde::Deserialize;
use toml::Spanned;

use super::Text;
use crate::diagnostic::{Diagnostic, Result};
use crate::metadata::{Change, Key};

/// As it is written. Its `name` is that of the whole project, and outputs have names of their own.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(super) struct Package {
    version: Option<Spanned<String>>,
    description: Option<Spanned<String>>,
    authors: Vec<String>,
    licenses: Option<Spanned<String>>,
    homepage: Option<Spanned<String>>,
    source: Option<Spanned<String>>,
    revision: Option<Spanned<String>>,
}

impl Package {
    /// What is to be written into each output, besides its name. Fails where a value has not the
    /// form of its key.
    pub fn changes(&self, text: &Text) -> Result<Vec<Change>> {
        let given = [
            (Key::Version, &self.version),
            (Key::Description, &self.description),
            (Key::Licenses, &self.licenses),
            (Key::Homepage, &self.homepage),
            (Key::Source, &self.source),
            (Key::Revision, &self.revision),
        ];
        let given = given
            .into_iter()
            .filter_map(|(key, value)| Some((key, value.as_ref()?)))
            .filter(|(_, value)| !value.get_ref().is_empty());
        let mut changes = Vec::new();
        for (key, value) in given {
            let change = Change::new(key, value.get_ref());
            changes.push(change.map_err(|form| {
                let message = format!("`{}` is no value for `{}`", value.get_ref(), key.name());
                let error = Diagnostic::error("build/metadata", message);
                let error = text.mark(error, value.span());
                error.help(format!("write {form}"))
            })?);
        }
        let authors = self.authors.join(", ");
        if !authors.is_empty() {
            changes.extend(Change::new(Key::Authors, &authors));
        }
        Ok(changes)
    }
}
