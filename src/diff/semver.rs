//! Which step of the version do the changes ask for?

use semver::{BuildMetadata, Version};
use serde::Serialize;

use super::change::{Change, Effect, Kind, Place};

/// The step, and what is made of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Semver {
    /// What the changes are.
    pub level: Level,
    /// What that asks for: below 1.0.0 the numbers stand for less.
    pub bump: Bump,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Version>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Version>,
    /// The first version that will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<Version>,
    /// Whether the new side has it; not known where one has no version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enough: Option<bool>,
}

/// What all changes together are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Not a byte differs that anybody could notice.
    None,
    /// The inside, or comments.
    Fix,
    Addition,
    Breaking,
}

/// A number of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bump {
    None,
    Patch,
    Minor,
    Major,
}

impl Semver {
    /// `inside` says whether the bytes differ.
    pub(super) fn new(
        changes: &[Change],
        inside: bool,
        old: Option<Version>,
        new: Option<Version>,
    ) -> Semver {
        let floor = if inside { Level::Fix } else { Level::None };
        let level = changes.iter().map(level).fold(floor, Level::max);
        let bump = bump(level, old.as_ref());
        let least = old.as_ref().map(|old| next(old, bump));
        let enough = new.as_ref().zip(least.as_ref());
        Semver {
            level,
            bump,
            enough: enough.map(|(new, least)| new.cmp_precedence(least).is_ge()),
            least,
            old,
            new,
        }
    }
}

fn level(change: &Change) -> Level {
    let is_own_version = change.place == Place::Package && change.kind == Kind::Version;
    let adds = matches!(change.kind, Kind::Added) && change.place != Place::Import;
    match change.place {
        // It is the answer, not the question.
        _ if is_own_version => Level::None,
        Place::Interface if change.callers == Effect::Breaking => Level::Breaking,
        // Who only supplies an interface is asked for more, as by each addition to it.
        Place::Interface if adds || change.hosts == Effect::Breaking => Level::Addition,
        Place::Interface => Level::Fix,
        _ if change.is_breaking() => Level::Breaking,
        _ if adds => Level::Addition,
        _ => Level::Fix,
    }
}

fn bump(level: Level, old: Option<&Version>) -> Bump {
    let (major, minor) = old.map_or((1, 0), |old| (old.major, old.minor));
    match (level, major, minor) {
        (Level::None, ..) => Bump::None,
        (Level::Fix, ..) | (_, 0, 0) => Bump::Patch,
        (Level::Addition, 0, _) => Bump::Patch,
        (Level::Addition, ..) | (Level::Breaking, 0, _) => Bump::Minor,
        (Level::Breaking, ..) => Bump::Major,
    }
}

fn next(old: &Version, bump: Bump) -> Version {
    // Build metadata says nothing about the order of versions.
    let mut next = Version {
        build: BuildMetadata::EMPTY,
        ..old.clone()
    };
    // A prerelease becomes the release it announces, or another prerelease of it.
    if !old.pre.is_empty() {
        return next;
    }
    let (major, minor, patch) = (old.major, old.minor, old.patch);
    (next.major, next.minor, next.patch) = match bump {
        Bump::Major => (major.saturating_add(1), 0, 0),
        Bump::Minor => (major, minor.saturating_add(1), 0),
        Bump::Patch => (major, minor, patch.saturating_add(1)),
        Bump::None => (major, minor, patch),
    };
    next
}
