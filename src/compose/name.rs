//! Which names mean the same interface?
//!
//! `a:b/c@0.2` with the suffix `.3` is `a:b/c@0.2.3`, and `@0.2.3` may stand where `@0.2.0` is asked
//! for (`Explainer.md`, "Canonical Interface Name").

use std::collections::BTreeMap;

use semver::Version;
use wasmparser::names::ComponentName;

use crate::component::ExternName;

/// A name of an import or export, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// With the whole version.
    pub full: String,
    /// `a:b/c` of `a:b/c@0.2.3`; the whole name where it has no version.
    pub path: String,
    pub version: Option<Version>,
}

/// Versions that may stand for each other: equal up to the first number that is not zero.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Track(u64, u64, u64);

impl Name {
    /// Takes a name apart.
    pub fn parse(name: &str) -> Name {
        let parts = name.split_once('@').filter(|_| name.contains(':'));
        let (path, version) = match parts {
            Some((path, version)) => (path, parse_version(version)),
            None => (name, None),
        };
        Name {
            full: match &version {
                Some(version) => format!("{path}@{version}"),
                None => name.to_string(),
            },
            path: if version.is_some() { path } else { name }.to_string(),
            version,
        }
    }

    /// The name of an import or export, completed by its version suffix.
    pub fn of(name: &ExternName<'_>) -> Name {
        match name.version_suffix {
            Some(suffix) if name.implements.is_none() && name.name.contains('@') => {
                Name::parse(&format!("{}{suffix}", name.name))
            }
            _ => Name::parse(name.name),
        }
    }

    /// Those of several imports or exports, by what is written.
    pub fn all<'a, 'n>(names: impl Iterator<Item = &'n ExternName<'a>>) -> BTreeMap<&'a str, Name>
    where
        'a: 'n,
    {
        names.map(|name| (name.name, Name::of(name))).collect()
    }

    /// What the version can be exchanged within; `None` for names without one and prereleases.
    pub fn track(&self) -> Option<Track> {
        let version = self.version.as_ref()?;
        if !version.pre.is_empty() {
            return None;
        }
        Some(match (version.major, version.minor) {
            (0, 0) => Track(0, 0, version.patch),
            (0, minor) => Track(0, minor, 0),
            (major, _) => Track(major, 0, 0),
        })
    }

    /// May one stand for the other, by name?
    pub fn is_compatible(&self, other: &Name) -> bool {
        self.full == other.full
            || self.path == other.path && self.track().is_some() && self.track() == other.track()
    }
}

/// A name as it excludes others: to hosts `A` is `a`, and `a-b` is `ab`. Two of one spelling cannot
/// stand side by side (`Explainer.md`, "Name Uniqueness").
pub type Spelling = Result<ComponentName, String>;

/// How a name is spelled; by itself where it is none.
pub fn spelling(name: &str) -> Spelling {
    ComponentName::new(name, 0).map_err(|_| name.to_string())
}

/// Why two names of one spelling exclude each other.
pub fn exclusion(one: &str, other: &str) -> &'static str {
    let marks = |name: &str| name.rfind(']').map_or(0, |end| end + 1);
    if one[..marks(one)] == other[..marks(other)] {
        return "names that differ in case and hyphens alone exclude each other";
    }
    "names that differ in `[method]`, `[static]`, `[get]`, case and hyphens alone exclude each other"
}

/// A version, also a canonical one: `0.2` and `1` are the first of their track.
fn parse_version(text: &str) -> Option<Version> {
    if let Ok(version) = Version::parse(text) {
        return Some(version);
    }
    let mut numbers = text.split('.').map(|number| number.parse::<u64>().ok());
    let (major, minor) = (numbers.next()??, numbers.next());
    match (minor, numbers.next()) {
        (None, _) => Some(Version::new(major, 0, 0)),
        (Some(Some(minor)), None) => Some(Version::new(major, minor, 0)),
        _ => None,
    }
}

/// Does `name` match `pattern`, in which `*` stands for anything? A pattern without a version
/// matches every version.
pub fn matches(pattern: &str, name: &str) -> bool {
    let name = match name.split_once('@') {
        Some((path, _)) if !pattern.contains('@') => path,
        _ => name,
    };
    glob(pattern, name)
}

/// Does a text match? `*` stands for anything.
pub(crate) fn glob(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(start) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match name.find(piece) {
            Some(at) => name = &name[at + piece.len()..],
            None => return false,
        }
    }
    name.ends_with(last)
}

/// How many characters have to be put in, taken out or changed; `None` if more than `limit`.
pub fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit || a.len().max(b.len()) > 200 {
        return None;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((y, pair), left) in b.iter().zip(row.windows(2)).zip(0..) {
            let (diagonal, above) = (pair.first().copied(), pair.last().copied());
            let change = diagonal.unwrap_or(0) + usize::from(x != *y);
            let around = above.unwrap_or(0).min(next.get(left).copied().unwrap_or(0)) + 1;
            next.push(change.min(around));
        }
        // No later row has less.
        if next.iter().all(|distance| *distance > limit) {
            return None;
        }
        row = next;
    }
    row.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_one_track_are_compatible() {
        let compatible = |a, b| Name::parse(a).is_compatible(&Name::parse(b));
        assert!(compatible("a:b/c@0.2.0", "a:b/c@0.2.12"));
        assert!(compatible("a:b/c@0.2", "a:b/c@0.2.3"));
        assert!(compatible("a:b/c@1.0.0", "a:b/c@1.7.0"));
        assert!(compatible("a:b/c", "a:b/c"));
        assert!(!compatible("a:b/c@0.2.0", "a:b/c@0.3.0"));
        assert!(!compatible("a:b/c@1.0.0", "a:b/c"));
        assert!(!compatible("a:b/c@0.0.1", "a:b/c@0.0.2"));
        assert!(!compatible("a:b/c@0.2.0-rc", "a:b/c@0.2.0"));
        assert!(!compatible("a:b/c@0.2.0", "a:b/d@0.2.0"));
    }

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches("wasi:*", "wasi:io/streams@0.2.3"));
        assert!(matches("wasi:io/streams", "wasi:io/streams@0.2.3"));
        assert!(matches("*/streams", "wasi:io/streams@0.2.3"));
        assert!(matches("wasi:*/s*@0.2.*", "wasi:io/streams@0.2.3"));
        assert!(!matches("wasi:io", "wasi:io/streams"));
        assert!(!matches("wasi:io/streams@0.2.4", "wasi:io/streams@0.2.3"));
    }

    #[test]
    fn many_stars_are_no_more_work() {
        assert!(glob("*", ""));
        assert!(glob("a*b*c", "a-b-b-c"));
        assert!(!glob("a*b", "a-b-c"));
        assert!(!glob("ab*b", "ab"));
        assert!(!glob(&"*a".repeat(50), &"ab".repeat(50_000)));
    }

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("store", "stores", 2), Some(1));
        assert_eq!(distance("store", "stroe", 2), Some(2));
        assert_eq!(distance("store", "logger", 2), None);
    }
}
