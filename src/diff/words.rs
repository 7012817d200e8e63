//! How are the changes said in a few words?

use super::change::{Change, Effect, Kind, Place};
use super::semver::{Bump, Level};
use super::{Report, What};

impl What {
    pub fn noun(self) -> &'static str {
        match self {
            What::CoreModule => "core module",
            What::Component => "component",
            What::WitPackage => "WIT package",
        }
    }
}

impl Report {
    /// In one line: what it is, and which version it asks for.
    pub fn verdict(&self) -> String {
        let semver = &self.semver;
        let level = match semver.level {
            Level::None => return "nothing changed".to_string(),
            Level::Fix => "no change of the interface",
            Level::Addition => "additions",
            Level::Breaking => "breaking changes",
        };
        let bump = match semver.bump {
            Bump::None => "no new version",
            Bump::Patch => "a patch version",
            Bump::Minor => "a minor version",
            Bump::Major => "a major version",
        };
        let mut text = format!("{level}: asks for {bump}");
        if let Some(least) = &semver.least {
            text += &format!(", {least}");
        }
        if let (Some(new), Some(enough)) = (&semver.new, semver.enough) {
            text += &match enough {
                true => format!("; {new} will do"),
                false => format!("; {new} is too low"),
            };
        }
        text
    }
}

impl Change {
    /// Whom it breaks.
    pub fn breaks(&self) -> &'static str {
        match (self.callers, self.hosts) {
            (Effect::Breaking, Effect::Breaking) => "callers, hosts",
            (Effect::Breaking, _) => "callers",
            (_, Effect::Breaking) => "hosts",
            _ => "",
        }
    }

    /// Where the item is, in a word, and its world.
    pub fn location(&self) -> String {
        let word = match self.place {
            Place::Package => "package",
            Place::Interface => "interface",
            Place::World => "world",
            Place::Import => "import",
            Place::Export => "export",
        };
        match &self.world {
            Some(world) => format!("{world}: {word}"),
            None => word.to_string(),
        }
    }

    pub fn happened(&self) -> String {
        let (old, new) = (&self.old, &self.new);
        match self.kind {
            Kind::Removed if old.is_empty() => "removed".to_string(),
            Kind::Removed => format!("{old} removed"),
            Kind::Added if new.is_empty() => "added".to_string(),
            Kind::Added => format!("{new} added"),
            Kind::Renamed => format!("renamed to {new}"),
            Kind::Changed => format!("{old} → {new}"),
            Kind::Reordered => format!("order {old} → {new}"),
            Kind::Version => format!("version {old} → {new}"),
            Kind::Docs => "comment changed".to_string(),
        }
    }
}
