//! Which keys are there, and what may stand under each?

use serde::Serialize;
use wasm_metadata::{Homepage, Licenses, Revision, Source};

use crate::binary::Layer;
use crate::compose::name::distance;
use crate::diagnostic::{Diagnostic, Result};

/// What something can say about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    Name,
    Version,
    Description,
    Authors,
    Licenses,
    Source,
    Homepage,
    Revision,
}

impl Key {
    pub const ALL: [Key; 8] = [
        Key::Name,
        Key::Version,
        Key::Description,
        Key::Authors,
        Key::Licenses,
        Key::Source,
        Key::Homepage,
        Key::Revision,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Key::Name => "name",
            Key::Version => "version",
            Key::Description => "description",
            Key::Authors => "authors",
            Key::Licenses => "licenses",
            Key::Source => "source",
            Key::Homepage => "homepage",
            Key::Revision => "revision",
        }
    }

    /// The custom section that it is in.
    pub(super) fn section(self, layer: Layer) -> &'static str {
        match (self, layer) {
            (Key::Name, Layer::Component) => "component-name",
            _ => self.name(),
        }
    }

    /// The form that a text under this key has to have; none where the text has it.
    fn broken_form(self, text: &str) -> Option<&'static str> {
        let (is_right, form) = match self {
            Key::Version => (
                semver::Version::parse(text).is_ok(),
                "a version of three numbers, such as `1.4.0`",
            ),
            Key::Licenses => (
                text.parse::<Licenses>().is_ok(),
                "an SPDX expression, such as `MIT OR Apache-2.0`",
            ),
            Key::Source => (text.parse::<Source>().is_ok(), URL),
            Key::Homepage => (text.parse::<Homepage>().is_ok(), URL),
            Key::Revision => (text.parse::<Revision>().is_ok(), "the name of a revision"),
            Key::Name | Key::Description | Key::Authors => (true, ""),
        };
        (!is_right).then_some(form)
    }
}

const URL: &str = "a URL with its scheme, such as `https://example.com`";

/// A key, and what is to stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub(super) key: Key,
    /// None removes it.
    pub(super) value: Option<String>,
}

impl Change {
    /// An empty text removes what is there. Fails with the form that the text should have.
    pub fn new(key: Key, text: &str) -> std::result::Result<Change, &'static str> {
        let value = Some(text).filter(|text| !text.is_empty());
        match value.and_then(|text| key.broken_form(text)) {
            Some(form) => Err(form),
            None => Ok(Change {
                key,
                value: value.map(str::to_string),
            }),
        }
    }

    /// Reads `key=value`.
    pub fn parse(text: &str) -> Result<Change> {
        let Some((name, value)) = text.split_once('=') else {
            return Err(Diagnostic::invocation(
                "metadata/unreadable",
                format!("`{text}` is no key with a value"),
            )
            .help("write `key=value`, and the input before `--set`"));
        };
        let key = Key::ALL.into_iter().find(|key| key.name() == name);
        let key = key.ok_or_else(|| unknown(name))?;
        Change::new(key, value).map_err(|form| {
            Diagnostic::invocation(
                "metadata/bad-value",
                format!("`{value}` is no value for `{name}`"),
            )
            .help(format!("write {form}"))
        })
    }
}

fn unknown(name: &str) -> Box<Diagnostic> {
    let names = Key::ALL.map(|key| format!("`{}`", key.name()));
    let error = Diagnostic::invocation("metadata/unknown-key", format!("there is no key `{name}`"))
        .cause(format!("the keys are {}", names.join(", ")));
    let near = Key::ALL
        .iter()
        .filter_map(|key| Some((distance(key.name(), name, 3)?, key.name())));
    match near.min() {
        Some((_, near)) => error.help(format!("write `{near}` if you mean that")),
        None => error.help("choose one of these"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_form_of_its_key() {
        let accepted = |text: &str| Change::parse(text).is_ok();
        for text in [
            "name=a b",
            "version=1.2.3-rc.1+5",
            "licenses=Apache-2.0 WITH LLVM-exception OR MIT",
            "source=https://example.com/a.git",
            "homepage=http://localhost",
            "revision=0123abcd",
            "description=a=b",
            "authors=",
            "version=",
        ] {
            assert!(accepted(text), "{text}");
        }
        for text in [
            "version=1.2",
            "licenses=my own",
            "source=example.com",
            "homepage=/a",
            "license=MIT",
            "Name=a",
            "name",
            "=a",
        ] {
            assert!(!accepted(text), "{text}");
        }
    }
}
