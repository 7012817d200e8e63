//! Which owners of bytes grew, shrank, came and went?
//!
//! Parts are matched by content, then by name, then by position. In them functions are matched by
//! name, those without a match by body; all else is summed up by section.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;

use crate::diagnostic::Result;
use crate::size::owned::{Owned, OwnedPart, owned};

/// The sizes of both sides, and whose bytes make the difference.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Bytes {
    pub old: u64,
    pub new: u64,
    /// The largest change first. The changes add up to the difference of the sizes.
    pub owners: Vec<Owner>,
    /// Functions with another body of the same size.
    pub rewritten: u64,
}

/// Whose size changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Owner {
    /// As the new side has it, or the old one where it is gone: `core module 0`.
    pub part: String,
    /// A function, demangled; a section.
    pub name: String,
    pub old: u64,
    pub new: u64,
    pub change: i64,
}

/// Compares two binaries.
pub(super) fn changes(old: &[u8], new: &[u8]) -> Result<Bytes> {
    let ((old_parts, before), (new_parts, after)) = (owned(old)?, owned(new)?);
    let twins = twins(old, &old_parts, new, &new_parts);
    let mut sums = Sums {
        owners: BTreeMap::new(),
        rewritten: 0,
    };
    // The numbers of the new parts, then those of old ones that are gone.
    let gone = |part: usize| new_parts.len() + part;
    let place = |part: usize| twins.get(&part).copied().unwrap_or_else(|| gone(part));
    let before: Vec<(usize, &Owned)> = before.iter().map(|o| (place(o.part), o)).collect();
    let after: Vec<(usize, &Owned)> = after.iter().map(|o| (o.part, o)).collect();
    sums.functions((old, &before), (new, &after));
    for (part, owner) in before.iter().filter(|(_, owner)| !owner.is_function) {
        sums.add(*part, section(owner), owner.size, 0);
    }
    for (part, owner) in after.iter().filter(|(_, owner)| !owner.is_function) {
        sums.add(*part, section(owner), 0, owner.size);
    }
    let told = |part: usize| match part.checked_sub(new_parts.len()) {
        Some(gone) => old_parts.get(gone),
        None => new_parts.get(part),
    };
    let mut owners: Vec<Owner> = Vec::new();
    for ((part, name), (old, new)) in sums.owners {
        if old != new {
            owners.push(Owner {
                part: told(part).map(|part| part.told.clone()).unwrap_or_default(),
                name,
                old,
                new,
                change: new as i64 - old as i64,
            });
        }
    }
    owners.sort_by_key(|owner| std::cmp::Reverse(owner.change.unsigned_abs()));
    Ok(Bytes {
        old: old.len() as u64,
        new: new.len() as u64,
        owners,
        rewritten: sums.rewritten,
    })
}

/// What a part is known by on both sides.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Known<'p> {
    Bytes(&'p [u8]),
    Name(&'p str),
    Path(&'p [String]),
}

/// How a part is known, one way after the other.
type Way = for<'p> fn(&'p [u8], &'p OwnedPart) -> Option<Known<'p>>;

const WAYS: [Way; 3] = [
    |file, part| Some(Known::Bytes(file.get(part.range.clone())?)),
    |_, part| part.name.as_deref().map(Known::Name),
    |_, part| Some(Known::Path(&part.path)),
];

/// New parts by old ones.
fn twins(
    old: &[u8],
    old_parts: &[OwnedPart],
    new: &[u8],
    new_parts: &[OwnedPart],
) -> BTreeMap<usize, usize> {
    // The outermost ones are each other's.
    let mut twins = BTreeMap::from([(0, 0)]);
    let mut taken = BTreeSet::from([0]);
    for way in WAYS {
        let mut free: BTreeMap<Known<'_>, VecDeque<usize>> = BTreeMap::new();
        for (at, part) in new_parts.iter().enumerate() {
            if let Some(known) = way(new, part).filter(|_| !taken.contains(&at)) {
                free.entry(known).or_default().push_back(at);
            }
        }
        for (at, part) in old_parts.iter().enumerate() {
            if !twins.contains_key(&at)
                && let Some(known) = way(old, part)
                && let Some(twin) = free.get_mut(&known).and_then(VecDeque::pop_front)
            {
                taken.insert(twin);
                twins.insert(at, twin);
            }
        }
    }
    twins
}

/// What all functions without a name are called.
const UNNAMED: &str = "(functions without a name)";

/// Old and new sizes by part and name.
struct Sums {
    owners: BTreeMap<(usize, String), (u64, u64)>,
    rewritten: u64,
}

/// Functions that are not matched yet, by part and what they are matched by.
type Waiting<'o, K> = BTreeMap<(usize, K), VecDeque<&'o Owned>>;

impl Sums {
    fn add(&mut self, part: usize, name: String, old: u64, new: u64) {
        let sizes = self.owners.entry((part, name)).or_default();
        sizes.0 += old;
        sizes.1 += new;
    }

    fn functions<'o>(
        &mut self,
        (old, before): (&'o [u8], &[(usize, &'o Owned)]),
        (new, after): (&'o [u8], &[(usize, &'o Owned)]),
    ) {
        let functions = |owners: &[(usize, &'o Owned)]| -> Vec<(usize, &'o Owned)> {
            let owners = owners.iter().copied();
            owners.filter(|(_, owner)| owner.is_function).collect()
        };
        let mut named: Waiting<'o, Option<&'o str>> = BTreeMap::new();
        for (part, owner) in functions(after) {
            let key = (part, owner.name.as_deref());
            named.entry(key).or_default().push_back(owner);
        }
        let mut gone = Vec::new();
        for (part, owner) in functions(before) {
            let name = owner.name.as_deref();
            let twin = match name {
                Some(_) => named.get_mut(&(part, name)).and_then(VecDeque::pop_front),
                None => None,
            };
            let Some(twin) = twin else {
                gone.push((part, owner));
                continue;
            };
            let same_size = owner.size == twin.size;
            if same_size && old.get(owner.range.clone()) != new.get(twin.range.clone()) {
                self.rewritten += 1;
            }
            self.add(part, called(owner), owner.size, twin.size);
        }
        let mut by_body: Waiting<'o, &'o [u8]> = BTreeMap::new();
        for ((part, _), owners) in named {
            for owner in owners {
                let body = new.get(owner.range.clone()).unwrap_or_default();
                by_body.entry((part, body)).or_default().push_back(owner);
            }
        }
        for (part, owner) in gone {
            let body = old.get(owner.range.clone()).unwrap_or_default();
            let twin = by_body.get_mut(&(part, body)).and_then(VecDeque::pop_front);
            if twin.is_none() {
                self.add(part, called(owner), owner.size, 0);
            }
        }
        for ((part, _), owners) in by_body {
            for owner in owners {
                self.add(part, called(owner), 0, owner.size);
            }
        }
    }
}

fn called(owner: &Owned) -> String {
    owner.name.clone().unwrap_or_else(|| UNNAMED.to_string())
}

fn section(owner: &Owned) -> String {
    match (owner.section, &owner.name) {
        ("preamble", _) => "preamble".to_string(),
        ("custom", Some(name)) => format!("custom section `{name}`"),
        (section, _) => format!("{section} section"),
    }
}
