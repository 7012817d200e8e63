//! What is in the file more than once?

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::Serialize;

use super::name::{Names, noun};
use super::owner::Owners;
use crate::inspect::Kind;

/// Bytes that are there more than once.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Duplicate {
    pub kind: Same,
    /// Of one of them.
    pub size: u64,
    pub names: Vec<String>,
    /// Of all but one.
    pub wasted: u64,
}

/// What is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Same {
    CoreModule,
    Component,
    /// Functions of one core module: the same instructions on the same items.
    Function,
}

/// Owners or parts with the same bytes.
pub(super) struct Copies {
    pub kind: Same,
    /// Positions in the parts, or of functions in the owners.
    pub which: Vec<usize>,
    pub size: u64,
}

impl Copies {
    pub fn wasted(&self) -> u64 {
        self.size * (self.which.len() as u64 - 1)
    }

    pub fn told(&self, owners: &Owners, names: &Names) -> Duplicate {
        let name = |&at: &usize| match self.kind {
            Same::Function => match names.get(at) {
                Some(name) => name.to_string(),
                None => noun(&owners.list[at]),
            },
            _ => owners.parts[at].path.join(", "),
        };
        Duplicate {
            kind: self.kind,
            size: self.size,
            names: self.which.iter().map(name).collect(),
            wasted: self.wasted(),
        }
    }
}

/// Whole binaries, and functions within one core module, with equal bytes; most wasteful first.
pub(super) fn find(file: &[u8], owners: &Owners) -> Vec<Copies> {
    let binaries = owners.parts.iter().enumerate().skip(1).map(|(at, part)| {
        let kind = match part.kind {
            Kind::Component => Same::Component,
            Kind::CoreModule => Same::CoreModule,
        };
        // Its preamble is the first thing a part has.
        let first = owners.list.partition_point(|found| found.part < at);
        let start = owners.list.get(first).map_or(0, |found| found.range.start);
        (kind, 0, at, start..start + part.size as usize)
    });
    let functions = owners.list.iter().enumerate();
    let functions = functions.filter(|(_, found)| found.is_function());
    let functions =
        functions.map(|(at, found)| (Same::Function, found.part, at, found.range.clone()));
    let all: Vec<(Same, usize, usize, Range<usize>)> = binaries.chain(functions).collect();
    let bytes = |range: &Range<usize>| file.get(range.clone()).unwrap_or_default();
    let digest = |item: &(Same, usize, usize, Range<usize>)| {
        let mut hasher = DefaultHasher::new();
        bytes(&item.3).hash(&mut hasher);
        hasher.finish()
    };
    let digests: Vec<u64> = all.par_iter().map(digest).collect();
    let mut copies: IndexMap<(Same, usize, u64, usize), Vec<(usize, &Range<usize>)>> =
        IndexMap::new();
    for ((kind, within, at, range), digest) in all.iter().zip(digests) {
        let same = copies
            .entry((*kind, *within, digest, range.len()))
            .or_default();
        // Equal digests are not proof.
        if same
            .first()
            .is_none_or(|(_, first)| bytes(first) == bytes(range))
        {
            same.push((*at, range));
        }
    }
    let found = copies.into_iter().filter(|(_, same)| same.len() > 1);
    let mut found: Vec<Copies> = found
        .map(|((kind, _, _, size), same)| Copies {
            kind,
            which: same.into_iter().map(|(at, _)| at).collect(),
            size: size as u64,
        })
        .collect();
    found.sort_by_key(|copies| std::cmp::Reverse(copies.wasted()));
    found
}
