//! Which imports does the composition have, and which imports of its instances is each?
//!
//! Imports of one name are one, and so are versions of one track whose types agree: they take the
//! newest name and hold every item that anybody asks for.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};

use super::agree::{disagreement, exclusive};
use super::declare::{sources, with_needed};
use super::graph::{Arg, Graph};
use super::name::{Name, Spelling, exclusion, spelling};
use super::part::Item;
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

impl User {
    pub fn needs(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(name))
    }
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
        let (mut imports, apart) = Imports::join(graph, separate)?;
        if !apart.is_empty() {
            (imports, _) = Imports::join(graph, true)?;
        }
        imports.expect_names(graph)?;
        Ok((imports, apart))
    }

    /// Fails where two imports, or items of one, have names that exclude each other.
    fn expect_names(&self, graph: &Graph<'_, 'a>) -> Result<()> {
        let mut known: BTreeMap<Spelling, &Group<'_>> = BTreeMap::new();
        for group in &self.groups {
            let name = group.written();
            if let Some(other) = known.insert(spelling(name), group) {
                let users = other.users.iter().chain(&group.users);
                return Err(exclude(graph, (other.written(), name), users));
            }
            if let Some([one, other]) = exclusive(graph, &group.users) {
                let names = (one.0, other.0);
                return Err(exclude(graph, names, [one.1, other.1].into_iter()));
            }
        }
        Ok(())
    }

    fn join(graph: &Graph<'_, 'a>, separate: bool) -> Result<(Imports<'a>, Vec<Apart>)> {
        let mut imports = Imports::default();
        let mut apart = Vec::new();
        let mut named: IndexMap<&str, Vec<User>> = IndexMap::new();
        for (at, instance) in graph.instances.iter().enumerate() {
            for (import, arg) in instance.args.iter().enumerate() {
                if let Arg::Open(name) = arg {
                    named.entry(name).or_default().push(User {
                        instance: at,
                        import,
                        only: None,
                    });
                }
            }
        }
        // The newest first, so that it gives the group its name.
        let named = named.into_iter();
        let sets = named.map(|(name, users)| (imported(graph, name, &users), users));
        let mut sets: Vec<_> = sets.collect();
        sets.sort_by(|(a, ..), (b, ..)| b.full.version.cmp(&a.full.version));
        for (group, users) in sets {
            imports.place(graph, group, users, separate, &mut apart)?;
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
        users: Vec<User>,
        separate: bool,
        apart: &mut Vec<Apart>,
    ) -> Result<()> {
        if let Some(found) = disagreement(graph, &[], &users) {
            return Err(found.conflict(graph));
        }
        let mut into = None;
        for (at, known) in self.groups.iter().enumerate() {
            let same = known.full.full == group.full.full;
            if !same && (separate || !known.full.is_compatible(&group.full)) {
                continue;
            }
            let Some(found) = disagreement(graph, &known.users, &users) else {
                into = Some(at);
                break;
            };
            if same {
                return Err(found.conflict(graph));
            }
            apart.push(Apart {
                import: known.full.full.clone(),
                other: group.full.full.clone(),
                differences: found.differences,
            });
        }
        let places = users.iter().map(|user| (user.instance, user.import));
        let places: Vec<(usize, usize)> = places.collect();
        let at = match into {
            Some(at) => {
                let known = &mut self.groups[at];
                if known.full.full != group.full.full {
                    known.merged.insert(group.full.full);
                }
                known.users.extend(users);
                at
            }
            None => {
                group.users = users;
                self.groups.push(group);
                self.groups.len() - 1
            }
        };
        self.group_of
            .extend(places.into_iter().map(|place| (place, at)));
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
                let only: BTreeSet<String> = names.into_iter().take(1).collect();
                if satisfied && !is_resource && seen.insert((instance, import, only.clone())) {
                    let user = User {
                        instance,
                        import,
                        only: Some(with_needed(part, import, &only)),
                    };
                    self.add_types(separate, graph, user)?;
                    open.push((instance, import, Some(only)));
                }
            }
        }
        Ok(())
    }

    fn add_types(&mut self, separate: bool, graph: &Graph<'_, 'a>, user: User) -> Result<()> {
        let (instance, import) = (user.instance, user.import);
        let item = &graph.part(instance).imports[import];
        let users = std::slice::from_ref(&user);
        let exact = |group: &Group<'_>| group.full.full == item.name.full;
        // Canonical names of several versions are the same; those cannot be kept apart.
        let same_name = |group: &Group<'_>| group.written() == item.extern_name.name;
        let joins = |group: &Group<'_>| {
            (same_name(group) || !separate && group.full.is_compatible(&item.name))
                && disagreement(graph, &group.users, users).is_none()
        };
        let groups = || self.groups.iter();
        let known = groups()
            .position(exact)
            .or_else(|| groups().position(joins))
            .or_else(|| groups().position(same_name));
        let at = match known {
            Some(at) => match disagreement(graph, &self.groups[at].users, users) {
                Some(found) => return Err(found.conflict(graph)),
                None => at,
            },
            None => {
                self.groups.push(Group::new(item));
                self.groups.len() - 1
            }
        };
        self.groups[at].rise_to(item);
        self.group_of.insert((instance, import), at);
        let users = &mut self.groups[at].users;
        let same = |known: &&mut User| (known.instance, known.import) == (instance, import);
        match users.iter_mut().find(same) {
            Some(known) => {
                if let (Some(names), Some(more)) = (&mut known.only, user.only) {
                    names.extend(more);
                }
            }
            None => users.push(user),
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

/// Two names that cannot stand side by side, and who asks for them.
fn exclude<'u>(
    graph: &Graph<'_, '_>,
    (one, other): (&str, &str),
    users: impl Iterator<Item = &'u User>,
) -> Box<Diagnostic> {
    let message = format!("`{one}` and `{other}` cannot be imported side by side");
    let error = Diagnostic::error("compose/import-conflict", message)
        .cause(exclusion(one, other));
    let shown = users.map(|user| {
        let import = graph.shown_import(user.instance, user.import);
        format!("one of them is asked for by {import}")
    });
    shown.fold(error, Diagnostic::cause).help(
        "give one of the imports another name in a plan: `args.NAME = { import = \"other-name\" }`",
    )
}

/// The import by this name, before anything is merged into it.
fn imported<'a>(graph: &Graph<'_, 'a>, name: &str, users: &[User]) -> Group<'a> {
    let items = users
        .iter()
        .map(|user| &graph.part(user.instance).imports[user.import]);
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
