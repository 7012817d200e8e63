//! What is in the file more than once?

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::Serialize;

use super::name::{Name, Names, noun};
use super::owner::{Found, Owners};
use crate::diagnostic::Result;
use crate::inspect::{Body, Kind, Root};

/// Bytes that are there more than once.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Duplicate {
    pub kind: Same,
    /// Of one of them.
    pub size: u64,
    pub names: Vec<Name>,
    /// Of all but one.
    pub wasted: u64,
}

/// What is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Same {
    CoreModule,
    Component,
    /// Functions of one core module and one type: the same instructions on the same items.
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
                Some(name) => name.clone(),
                None => Name::plain(&noun(&owners.list[at])),
            },
            _ => Name::plain(&owners.parts[at].path.join(", ")),
        };
        Duplicate {
            kind: self.kind,
            size: self.size,
            names: self.which.iter().map(name).collect(),
            wasted: self.wasted(),
        }
    }
}

/// What may be a copy of something.
struct Candidate {
    kind: Same,
    /// The part that a function is in: others are in any.
    within: usize,
    /// The number of a function's type: that of others is 0.
    ty: u32,
    at: usize,
    range: Range<usize>,
}

/// By part: the numbers of the types of a module's functions, imported ones left out.
struct Types(Vec<(u32, Vec<u32>)>);

impl Types {
    fn read(root: &Root<'_>) -> Result<Types> {
        let parts = root.parts();
        let types = parts.iter().map(|part| match part.body {
            Body::Module(module) => Ok((module.imported_functions()?, module.functions()?)),
            Body::Component(_) => Ok((0, Vec::new())),
        });
        Ok(Types(types.collect::<Result<_>>()?))
    }

    fn of(&self, function: &Found) -> Option<u32> {
        let (imported, types) = self.0.get(function.part)?;
        let position = function.index?.checked_sub(*imported)?;
        types.get(position as usize).copied()
    }
}

fn candidates(owners: &Owners, types: &Types) -> Vec<Candidate> {
    let binaries = owners
        .parts
        .iter()
        .enumerate()
        .skip(1)
        .map(|(at, part)| Candidate {
            kind: match part.kind {
                Kind::Component => Same::Component,
                Kind::CoreModule => Same::CoreModule,
            },
            within: 0,
            ty: 0,
            at,
            range: owners.range(at),
        });
    let functions = owners.list.iter().enumerate();
    let functions = functions.filter(|(_, found)| found.is_function());
    let functions = functions.map(|(at, found)| Candidate {
        kind: Same::Function,
        within: found.part,
        ty: types.of(found).unwrap_or(0),
        at,
        range: found.range.clone(),
    });
    binaries.chain(functions).collect()
}

/// Only those can be copies: no other bytes need to be read.
fn of_equal_length(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let key = |candidate: &Candidate| {
        let Candidate {
            kind, within, ty, ..
        } = *candidate;
        (kind, within, ty, candidate.range.len())
    };
    let mut counts: IndexMap<_, u32> = IndexMap::new();
    for candidate in &candidates {
        *counts.entry(key(candidate)).or_default() += 1;
    }
    let is_alone = |candidate: &Candidate| counts.get(&key(candidate)) == Some(&1);
    candidates
        .into_iter()
        .filter(|candidate| !is_alone(candidate))
        .collect()
}

/// Whole binaries, and functions of one type within one core module, with equal bytes; most
/// wasteful first.
pub(super) fn find(file: &[u8], root: &Root<'_>, owners: &Owners) -> Result<Vec<Copies>> {
    let types = Types::read(root)?;
    let candidates = of_equal_length(candidates(owners, &types));
    let bytes = |candidate: &Candidate| file.get(candidate.range.clone()).unwrap_or_default();
    let digest = |candidate: &Candidate| {
        let mut hasher = DefaultHasher::new();
        bytes(candidate).hash(&mut hasher);
        hasher.finish()
    };
    let digests: Vec<u64> = candidates.par_iter().map(digest).collect();
    let mut copies: IndexMap<_, Vec<&Candidate>> = IndexMap::new();
    for (candidate, digest) in candidates.iter().zip(digests) {
        let key = (candidate.kind, candidate.within, candidate.ty, digest);
        let same = copies.entry(key).or_default();
        // Equal digests are not proof.
        if same
            .first()
            .is_none_or(|first| bytes(first) == bytes(candidate))
        {
            same.push(candidate);
        }
    }
    let mut found: Vec<Copies> = Vec::new();
    for same in copies.into_values().filter(|same| same.len() > 1) {
        found.extend(same.first().map(|first| Copies {
            kind: first.kind,
            which: same.iter().map(|candidate| candidate.at).collect(),
            size: first.range.len() as u64,
        }));
    }
    found.sort_by_key(|copies| std::cmp::Reverse(copies.wasted()));
    Ok(found)
}
