//! Which imports does the composition have, and which imports of its instances is each?
//!
//! Imports of one name are one, and so are versions of one track whose types agree: they take the
//! newest name and hold every item that anybody asks for.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};

use super::declare::sources;
use super::graph::{Arg, Graph};
use super::name::Name;
use super::part::Item;
use super::resolve::differences_of;
use crate::compare::Difference;
use crate::component::ExternName;
use crate::diagnostic::{Diagnostic, Result};

/// The imports of a composition.
#[derive(Default)]
pub struct Imports<'a> {
    pub groups: Vec<Group<'a>>,
    /// Which group an import of an instance belongs to.
    pub group_of: BTreeMap<(usize, usize), usize>,
}

/// One import of the composition.
pub struct Group<'a> {
    pub name: ExternName<'a>,
    /// Replaces the name alone.
    pub renamed: Option<String>,
    pub full: Name,
    pub users: Vec<User>,
    /// Other versions that it stands for.
    pub merged: BTreeSet<String>,
}

/// An import of an instance that takes part in a group.
#[derive(Clone, Debug)]
pub struct User {
    pub instance: usize,
    pub import: usize,
    /// Only these types are needed of it; all of it where none are named.
    pub only: Option<BTreeSet<String>>,
}

/// Versions of one interface that could not become one import.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Apart {
    pub import: String,
    pub other: String,
    pub differences: Vec<Difference>,
}

impl<'a> Imports<'a> {
    /// Collects what the instances leave open. Fails where one name would have two types. Where some
    /// versions cannot be joined none are: what uses their types could not be joined either.
    pub fn merge(graph: &Graph<'_, 'a>, separate: bool) -> Result<(Imports<'a>, Vec<Apart>)> {
        let (imports, apart) = Imports::join(graph, separate)?;
        if apart.is_empty() {
            return Ok((imports, apart));
        }
        let (imports, _) = Imports::join(graph, true)?;
        Ok((imports, apart))
    }

    fn join(graph: &Graph<'_, 'a>, separate: bool) -> Result<(Imports<'a>, Vec<Apart>)> {
        let mut imports = Imports::default();
        let mut apart = Vec::new();
        let mut named: IndexMap<&str, Vec<(usize, usize)>> = IndexMap::new();
        for (at, instance) in graph.instances.iter().enumerate() {
            for (import, arg) in instance.args.iter().enumerate() {
                if let Arg::Open(name) = arg {
                    named.entry(name).or_default().push((at, import));
                }
            }
        }
        // The newest first, so that it gives the group its name.
        let named = named.into_iter();
        let sets = named.map(|(name, users)| (imported(graph, name, &users), users));
        let mut sets: Vec<_> = sets.collect();
        sets.sort_by(|(a, ..), (b, ..)| b.full.version.cmp(&a.full.version));
        for (group, users) in sets {
            imports.place(graph, group, &users, separate, &mut apart)?;
        }
        imports.sort(graph);
        imports.need_types(graph, separate)?;
        Ok((imports, apart))
    }

    /// Puts imports of one name into the group that they fit, or into one of their own.
    fn place(
        &mut self,
        graph: &Graph<'_, 'a>,
        mut group: Group<'a>,
        users: &[(usize, usize)],
        separate: bool,
        apart: &mut Vec<Apart>,
    ) -> Result<()> {
        let mut into = None;
        for (at, known) in self.groups.iter().enumerate() {
            let same = known.full.full == group.full.full;
            if !same && (separate || !known.full.is_compatible(&group.full)) {
                continue;
            }
            let differences = disagreements(graph, &known.users, users);
            if differences.is_empty() {
                into = Some(at);
                break;
            }
            if same {
                return Err(conflict(graph, &known.users, users, &differences));
            }
            apart.push(Apart {
                import: known.full.full.clone(),
                other: group.full.full.clone(),
                differences,
            });
        }
        let differences = disagreements_within(graph, users);
        if let Some((first, second, differences)) = differences {
            return Err(conflict(graph, &[user(first)], &[second], &differences));
        }
        let at = match into {
            Some(at) => {
                let known = &mut self.groups[at];
                if known.full.full != group.full.full {
                    known.merged.insert(group.full.full);
                }
                known.users.extend(users.iter().copied().map(user));
                at
            }
            None => {
                group.users = users.iter().copied().map(user).collect();
                self.groups.push(group);
                self.groups.len() - 1
            }
        };
        self.group_of.extend(users.iter().map(|user| (*user, at)));
        Ok(())
    }

    /// Into the order in which instances ask.
    fn sort(&mut self, graph: &Graph<'_, 'a>) {
        let first = |group: &Group<'_>| {
            let users = group.users.iter().map(|user| (user.instance, user.import));
            users.min().unwrap_or((graph.instances.len(), 0))
        };
        for group in &mut self.groups {
            let newest = group.full.version.clone();
            // The newest stays in front: its types are taken first.
            group.users.sort_by_key(|user| {
                let name = &graph.part(user.instance).imports[user.import].name;
                (name.version != newest, user.instance, user.import)
            });
        }
        self.groups.sort_by_key(first);
        for (at, group) in self.groups.iter().enumerate() {
            for user in &group.users {
                self.group_of.insert((user.instance, user.import), at);
            }
        }
    }

    /// An import may name types of another that is satisfied inside. Value types come back as an
    /// import of those types alone, so that their names are kept.
    fn need_types(&mut self, graph: &Graph<'_, 'a>, separate: bool) -> Result<()> {
        let mut open: Vec<(usize, usize, Option<BTreeSet<String>>)> = Vec::new();
        for group in &self.groups {
            open.extend(
                group
                    .users
                    .iter()
                    .map(|user| (user.instance, user.import, None)),
            );
        }
        let mut seen = BTreeSet::new();
        while let Some((instance, import, only)) = open.pop() {
            let part = graph.part(instance);
            let wanted = |name: &str| only.as_ref().is_none_or(|only| only.contains(name));
            for (import, names) in sources(part, import, &wanted) {
                let satisfied = !matches!(graph.instances[instance].args[import], Arg::Open(_));
                let is_resource = matches!(
                    part.type_at(part.imports[import].item.ty, &names),
                    Some(ComponentEntityType::Type {
                        created: ComponentAnyTypeId::Resource(_),
                        ..
                    })
                );
                let Some(name) = names.into_iter().next() else {
                    continue;
                };
                if satisfied && !is_resource && seen.insert((instance, import, name.clone())) {
                    let only = BTreeSet::from([name]);
                    self.add_types(separate, graph, (instance, import), &only)?;
                    open.push((instance, import, Some(only)));
                }
            }
        }
        Ok(())
    }

    fn add_types(
        &mut self,
        separate: bool,
        graph: &Graph<'_, 'a>,
        (instance, import): (usize, usize),
        only: &BTreeSet<String>,
    ) -> Result<()> {
        let item = &graph.part(instance).imports[import];
        let exact = |group: &Group<'_>| group.full.full == item.name.full;
        let differences =
            |group: &Group<'_>| disagreements(graph, &group.users, &[(instance, import)]);
        // Canonical names of several versions are the same; those cannot be kept apart.
        let same_name = |group: &Group<'_>| group.written() == item.extern_name.name;
        let joins = |group: &Group<'_>| {
            (same_name(group) || !separate && group.full.is_compatible(&item.name))
                && differences(group).is_empty()
        };
        let groups = || self.groups.iter();
        let known = groups()
            .position(exact)
            .or_else(|| groups().position(joins));
        let at = match (known, groups().find(|group| same_name(group))) {
            (Some(at), _) => at,
            (None, Some(other)) => {
                let found = differences(other);
                return Err(conflict(graph, &other.users, &[(instance, import)], &found));
            }
            (None, None) => {
                self.groups.push(Group::new(item));
                self.groups.len() - 1
            }
        };
        self.groups[at].rise_to(item);
        self.group_of.insert((instance, import), at);
        let users = &mut self.groups[at].users;
        let same = |user: &&mut User| (user.instance, user.import) == (instance, import);
        match users.iter_mut().find(same) {
            Some(User {
                only: Some(names), ..
            }) => names.extend(only.iter().cloned()),
            Some(_) => {}
            None => users.push(User {
                instance,
                import,
                only: Some(only.clone()),
            }),
        }
        Ok(())
    }
}

impl<'a> Group<'a> {
    fn new(item: &Item<'a>) -> Group<'a> {
        Group {
            name: item.extern_name,
            renamed: None,
            full: item.name.clone(),
            users: Vec::new(),
            merged: BTreeSet::new(),
        }
    }

    /// As it stands in the composition, without its version suffix.
    fn written(&self) -> &str {
        self.renamed.as_deref().unwrap_or(self.name.name)
    }

    /// Takes the name of a newer version whose types it has from now on.
    fn rise_to(&mut self, item: &Item<'a>) {
        if self.renamed.is_none() && item.name.version > self.full.version {
            let before = std::mem::replace(&mut self.full, item.name.clone());
            self.merged.insert(before.full);
            self.name = item.extern_name;
        }
    }
}

fn user((instance, import): (usize, usize)) -> User {
    User {
        instance,
        import,
        only: None,
    }
}

/// The import by this name, before anything is merged into it.
fn imported<'a>(graph: &Graph<'_, 'a>, name: &str, users: &[(usize, usize)]) -> Group<'a> {
    let items = users
        .iter()
        .map(|(instance, import)| &graph.part(*instance).imports[*import]);
    let mut items = items.collect::<Vec<_>>();
    items.sort_by_key(|item| std::cmp::Reverse(item.name.version.clone()));
    let item = items
        .iter()
        .find(|item| item.extern_name.name == name)
        .or(items.first());
    let item = item.expect("a name is collected with its first user");
    let mut group = Group::new(item);
    if item.extern_name.name == name {
        return group;
    }
    group.full = Name::parse(name);
    if group.full.full == name {
        group.renamed = Some(name.to_string());
        return group;
    }
    // A canonical name: another component may know its version suffix.
    let instances = 0..graph.instances.len();
    let items = instances.flat_map(|instance| &graph.part(instance).imports);
    let known = items.filter(|item| item.extern_name.name == name);
    match known.max_by_key(|item| item.name.version.clone()) {
        Some(known) => {
            group.name = known.extern_name;
            group.full = known.name.clone();
        }
        None => group.renamed = Some(group.full.full.clone()),
    }
    group
}

/// In what the imports that join differ from those that are there.
fn disagreements(
    graph: &Graph<'_, '_>,
    known: &[User],
    users: &[(usize, usize)],
) -> Vec<Difference> {
    for known in known {
        for user in users {
            let found = disagree(graph, (known.instance, known.import), *user);
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

type Pair = ((usize, usize), (usize, usize), Vec<Difference>);

fn disagreements_within(graph: &Graph<'_, '_>, users: &[(usize, usize)]) -> Option<Pair> {
    let (first, rest) = users.split_first()?;
    rest.iter().find_map(|user| {
        let found = disagree(graph, *first, *user);
        (!found.is_empty()).then_some((*first, *user, found))
    })
}

/// Items that only one of them has are no disagreement: the import has both.
fn disagree(graph: &Graph<'_, '_>, a: (usize, usize), b: (usize, usize)) -> Vec<Difference> {
    let (part_a, part_b) = (graph.part(a.0), graph.part(b.0));
    if std::ptr::eq(part_a, part_b) && a.1 == b.1 {
        return Vec::new();
    }
    let mut found = differences_of(
        (part_a, &part_a.imports[a.1]),
        (part_b, &part_b.imports[b.1]),
    );
    let is_instance = matches!(
        part_a.imports[a.1].item.ty,
        ComponentEntityType::Instance(_)
    );
    found.retain(|difference| {
        let surplus = difference.verdict == crate::compare::Verdict::Missing;
        !(is_instance && surplus && difference.required != "field" && difference.required != "case")
    });
    found
}

fn conflict(
    graph: &Graph<'_, '_>,
    known: &[User],
    users: &[(usize, usize)],
    differences: &[Difference],
) -> Box<Diagnostic> {
    let first = known.first().map(|user| (user.instance, user.import));
    let shown: Vec<String> = first
        .iter()
        .chain(users.first())
        .map(|(i, n)| graph.shown_import(*i, *n))
        .collect();
    let mut error = Diagnostic::error(
        "compose/import-conflict",
        format!(
            "two imports of one name have different types: {}",
            shown.join(" and ")
        ),
    );
    for difference in differences {
        error = error.cause(difference.to_string());
    }
    error.help("give one of them another name in a plan: `args.NAME = { import = \"other-name\" }`")
}
