//! What do both directions of a comparison tell of one item?

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::change::Kind;
use crate::compare::{Difference, Verdict};

/// A change within an item.
pub(super) struct Found {
    pub path: String,
    pub kind: Kind,
    pub old: String,
    pub new: String,
    /// Whether it breaks callers of the item.
    pub callers: bool,
    /// Whether it breaks hosts that supply the item.
    pub hosts: bool,
}

/// One list of what both directions of a comparison tell.
pub(super) fn merged(callers: Vec<Difference>, hosts: Vec<Difference>) -> Vec<Found> {
    let missing = |found: &Difference| found.verdict == Verdict::Missing;
    let mut added: IndexMap<String, String> = hosts
        .iter()
        .filter(|found| missing(found))
        .map(|found| (found.path.clone(), found.required.clone()))
        .collect();
    let told: BTreeSet<&str> = callers.iter().map(|found| found.path.as_str()).collect();
    // A type that several items are made of differs once, in the item that its side has first.
    let rest = hosts
        .iter()
        .filter(|found| !missing(found) && !told.contains(found.path.as_str()));
    let rest: Vec<Found> = rest
        .map(|found| {
            let (old, new) = (found.provided.clone(), found.required.clone());
            Found {
                path: found.path.clone(),
                kind: changed(&old, &new),
                old,
                new,
                callers: false,
                hosts: true,
            }
        })
        .collect();
    let for_hosts: BTreeSet<String> = hosts.into_iter().map(|found| found.path).collect();
    let mut list: Vec<Found> = Vec::new();
    for found in callers {
        let hosts = for_hosts.contains(&found.path);
        let (kind, old, new) = match (found.verdict, added.shift_remove(&found.path)) {
            (Verdict::Missing, _) => (Kind::Removed, found.required, String::new()),
            (_, Some(what)) => (Kind::Added, String::new(), what),
            _ => {
                let kind = changed(&found.required, &found.provided);
                (kind, found.required, found.provided)
            }
        };
        list.push(Found {
            path: found.path,
            kind,
            old,
            new,
            callers: true,
            hosts,
        });
    }
    list.extend(added.into_iter().map(|(path, what)| Found {
        path,
        kind: Kind::Added,
        old: String::new(),
        new: what,
        callers: false,
        hosts: true,
    }));
    list.extend(rest);
    list
}

fn changed(old: &str, new: &str) -> Kind {
    match is_reordered(old, new) {
        true => Kind::Reordered,
        false => Kind::Changed,
    }
}

/// `enum {a, b}` and `enum {b, a}`
fn is_reordered(old: &str, new: &str) -> bool {
    let labels = |text: &str| -> Option<(String, Vec<String>)> {
        let (keyword, rest) = text.split_once('{')?;
        let labels = rest.strip_suffix('}')?.split(", ").map(str::to_string);
        let mut labels: Vec<String> = labels.collect();
        labels.sort();
        Some((keyword.to_string(), labels))
    };
    labels(old).is_some_and(|old| Some(old) == labels(new))
}
