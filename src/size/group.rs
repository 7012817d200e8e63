//! How much is it together, by one question?

use indexmap::IndexMap;
use serde::Serialize;

use super::name::{Name, Names, noun};
use super::owner::{Found, Owners};
use super::retained::{Cause, References};
use super::source::{Sources, crates};
use crate::binary::Layer;
use crate::inspect::Root;
use crate::module::id;

/// The question that sums are made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Core module or component, without what is nested in it.
    Module,
    Section,
    /// Functions of one name together, such as the copies of a generic one.
    Function,
    /// By the names of functions: a crate of Rust, a package of Go, a namespace of C++.
    Crate,
    /// The file of the source, from DWARF.
    Source,
    /// The export that nothing but it needs.
    Export,
}

/// Owners that have the same answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Group {
    /// In parentheses what has no answer: `(data)`.
    pub name: String,
    pub size: u64,
    /// How many owners have a share in it.
    pub owners: u64,
}

/// Everything in the file, summed up, the largest first.
pub(super) fn groups(
    by: By,
    file: &[u8],
    root: &Root<'_>,
    owners: &Owners,
    names: &Names,
    references: Option<&References>,
) -> Vec<Group> {
    let mut sums = Sums::default();
    match by {
        By::Module => sums.each(owners, |_, found| part_name(owners, found.part)),
        By::Section => sums.each(owners, |at, found| section_name(found, names.get(at))),
        By::Function => {
            let names = names.read();
            sums.each(owners, |at, found| {
                match (found.is_function(), &names[at]) {
                    (true, Some(name)) => name.to_string(),
                    (true, None) => format!("{}: {}", part_name(owners, found.part), noun(found)),
                    _ => without_answer(found).to_string(),
                }
            });
        }
        By::Crate => {
            let crates = crates(root, owners);
            sums.each(owners, |at, found| match crates.get(&at) {
                Some(name) => name.clone(),
                None => without_answer(found).to_string(),
            });
        }
        By::Source => {
            let mut sources = Sources::of(file, root);
            for found in &owners.list {
                let mut rest = found.size;
                for (name, size) in sources.shares(found) {
                    rest -= size;
                    sums.add(name, size);
                }
                if rest > 0 {
                    sums.add(without_answer(found).to_string(), rest);
                }
            }
        }
        By::Export => sums.each(owners, |at, found| match references {
            Some(_) if found.section == Some(0) => without_answer(found).to_string(),
            Some(references) => cause(&references.causes[at]),
            None => "(not known)".to_string(),
        }),
    }
    sums.sorted()
}

#[derive(Default)]
struct Sums(IndexMap<String, (u64, u64)>);

impl Sums {
    fn each(&mut self, owners: &Owners, name: impl Fn(usize, &Found) -> String) {
        for (at, found) in owners.list.iter().enumerate() {
            if found.size > 0 {
                self.add(name(at, found), found.size);
            }
        }
    }

    fn add(&mut self, name: String, size: u64) {
        let (sum, count) = self.0.entry(name).or_default();
        *sum += size;
        *count += 1;
    }

    fn sorted(self) -> Vec<Group> {
        let groups = self
            .0
            .into_iter()
            .map(|(name, (size, owners))| Group { name, size, owners });
        let mut groups: Vec<Group> = groups.collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.size));
        groups
    }
}

/// The nested definitions from the outermost inwards, and the name.
pub(super) fn part_name(owners: &Owners, part: usize) -> String {
    let part = &owners.parts[part];
    let path = match (part.path.is_empty(), part.kind) {
        (false, _) => part.path.join(", "),
        (true, crate::inspect::Kind::Component) => "component".to_string(),
        (true, crate::inspect::Kind::CoreModule) => "core module".to_string(),
    };
    match &part.name {
        Some(name) => format!("{path} `{name}`"),
        None => path,
    }
}

fn section_name(found: &Found, name: Option<&Name>) -> String {
    match (found.layer, found.section, name) {
        (_, None, _) => "preamble".to_string(),
        (_, Some(0), Some(name)) => format!("custom `{}`", name.read()),
        (Layer::Module, Some(_), _) => found.name().to_string(),
        (Layer::Component, Some(1 | 4), _) => format!("{} (header)", found.name()),
        (Layer::Component, Some(_), _) => format!("component: {}", found.name()),
    }
}

/// What stands for owners that the question is not about.
fn without_answer(found: &Found) -> &'static str {
    match (found.layer, found.section) {
        _ if found.is_function() => "(other functions)",
        (_, Some(0)) => "(custom sections)",
        (Layer::Module, Some(id::DATA)) => "(data)",
        _ => "(structure)",
    }
}

fn cause(cause: &Cause) -> String {
    match cause {
        Cause::Export(export, Some(member)) => format!("{export}#{member}"),
        Cause::Export(export, None) => export.to_string(),
        Cause::Shared => "(several exports)".to_string(),
        Cause::Instantiation => "(instantiation)".to_string(),
        Cause::None => "(unused)".to_string(),
    }
}
