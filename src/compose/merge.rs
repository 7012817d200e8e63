//! Which imports does the composition have, and which imports of its instances is each?
//!
//! Imports of one name are one, and so are versions of one track whose types agree: they take the
//! newest name and hold every item that anybody asks for.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};

use super::agree::{Agreed, exclusive};
use super::declare::{sources, with_needed};
use super::graph::{Arg, Graph};
use super::name::{Name, Spelling, Track, exclusion, spelling};
use super::part::Item;
use crate::compare::Difference;
use crate::component::ExternName;
use crate::diagnostic::{Diagnostic, Result};

/// An import of an instance: both by their position.
pub type Place = (usize, usize);

/// The imports of a composition.
#[derive(Default)]
pub struct Imports<'p, 'a> {
    pub groups: Vec<Group<'p, 'a>>,
    /// Which group an import of an instance belongs to.
    pub group_of: BTreeMap<Place, usize>,
}

/// One import of the composition.
pub struct Group<'p, 'a> {
    pub name: ExternName<'a>,
    /// Replaces the name alone.
    pub renamed: Option<String>,
    pub full: Name,
    /// Those who ask for the newest version are in front: its types are taken first.
    pub users: Vec<User>,
    /// What they were found to agree on, in this order.
    pub agreed: Agreed<'p>,
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
    pub fn place(&self) -> Place {
        (self.instance, self.import)
    }

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

impl<'p, 'a> Imports<'p, 'a> {
    /// Collects what the instances leave open. Fails where one name would have two types. Where some
    /// versions cannot be joined none are: what uses their types could not be joined either.
    pub fn merge(graph: &Graph<'p, 'a>, separate: bool) -> Result<(Imports<'p, 'a>, Vec<Apart>)> {
        let (mut imports, apart) = Imports::join(graph, separate)?;
        if !apart.is_empty() {
            (imports, _) = Imports::join(graph, true)?;
        }
        imports.expect_names(graph)?;
        Ok((imports, apart))
    }

    /// Fails where two imports, or items of one, have names that exclude each other.
    fn expect_names(&self, graph: &Graph<'p, 'a>) -> Result<()> {
        let mut known: BTreeMap<Spelling, &Group<'_, '_>> = BTreeMap::new();
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

    fn join(graph: &Graph<'p, 'a>, separate: bool) -> Result<(Imports<'p, 'a>, Vec<Apart>)> {
        let mut imports = Imports::default();
        let mut apart = Vec::new();
        for versions in left_open(graph, separate) {
            imports.place(graph, versions, &mut apart)?;
        }
        imports.sort(graph);
        for users in types_needed(graph, &imports.groups) {
            imports.add_types(graph, separate, &users)?;
        }
        Ok((imports, apart))
    }

    /// Makes one group of the versions of an import, the newest first. Where their users do not
    /// agree it makes several.
    fn place(
        &mut self,
        graph: &Graph<'p, 'a>,
        versions: Vec<Group<'p, 'a>>,
        apart: &mut Vec<Apart>,
    ) -> Result<()> {
        let users = versions.iter().flat_map(|version| &version.users);
        let mut users: Vec<User> = users.cloned().collect();
        let newest = versions.first().map(|group| group.full.version.clone());
        users.sort_by_key(|user| {
            let name = &graph.part(user.instance).imports[user.import].name;
            (Some(&name.version) != newest.as_ref(), user.place())
        });
        let mut agreed = Agreed::default();
        let agree = agreed.join(graph, &users).is_ok();
        let mut versions = versions.into_iter();
        match versions.next() {
            Some(newest) if agree => {
                let fulls = versions.map(|version| version.full.full);
                self.groups.push(Group {
                    merged: fulls.filter(|full| *full != newest.full.full).collect(),
                    users,
                    agreed,
                    ..newest
                });
                Ok(())
            }
            newest => {
                let start = self.groups.len();
                let mut versions = newest.into_iter().chain(versions);
                versions.try_for_each(|version| self.place_after(graph, start, version, apart))
            }
        }
    }

    /// Puts the users of one version into the first group from `start` on that they fit, or into
    /// one of their own.
    fn place_after(
        &mut self,
        graph: &Graph<'p, 'a>,
        start: usize,
        mut version: Group<'p, 'a>,
        apart: &mut Vec<Apart>,
    ) -> Result<()> {
        let alone = version.agreed.join(graph, &version.users);
        alone.map_err(|found| found.conflict(graph))?;
        for known in self.groups.iter_mut().skip(start) {
            let same = known.full.full == version.full.full;
            match known.agreed.join(graph, &version.users) {
                Ok(()) => {
                    if !same {
                        known.merged.insert(version.full.full);
                    }
                    known.users.extend(version.users);
                    return Ok(());
                }
                Err(found) if same => return Err(found.conflict(graph)),
                Err(found) => apart.push(Apart {
                    import: known.full.full.clone(),
                    other: version.full.full.clone(),
                    differences: found.differences,
                }),
            }
        }
        self.groups.push(version);
        Ok(())
    }

    /// Into the order in which instances ask.
    fn sort(&mut self, graph: &Graph<'p, 'a>) {
        let first = |group: &Group<'_, '_>| {
            let first = group.users.iter().map(User::place).min();
            first.unwrap_or((graph.instances.len(), 0))
        };
        self.groups.sort_by_key(first);
        for (at, group) in self.groups.iter().enumerate() {
            let places = group.users.iter().map(|user| (user.place(), at));
            self.group_of.extend(places);
        }
    }

    /// Imports types of one name that are needed, for all users at once or, where these do not
    /// agree, for each that fits somewhere.
    fn add_types(&mut self, graph: &Graph<'p, 'a>, separate: bool, users: &[User]) -> Result<()> {
        if self.join_types(graph, separate, users).is_ok() {
            return Ok(());
        }
        let mut users = users.iter().map(std::slice::from_ref);
        users.try_for_each(|user| self.join_types(graph, separate, user))
    }

    /// Puts users of types of one name into a group; into none where they do not agree.
    fn join_types(&mut self, graph: &Graph<'p, 'a>, separate: bool, users: &[User]) -> Result<()> {
        let Some((instance, import)) = users.first().map(User::place) else {
            return Ok(());
        };
        let item = &graph.part(instance).imports[import];
        let is_exact = |group: &Group<'_, '_>| group.full.full == item.name.full;
        let exact = self.groups.iter().position(is_exact);
        // Canonical names of several versions are the same; those cannot be kept apart.
        let same_name = |group: &Group<'_, '_>| group.written() == item.extern_name.name;
        let mut conflict = None;
        let mut into = None;
        for (at, group) in self.groups.iter_mut().enumerate() {
            let has_to = exact.map_or_else(|| same_name(group), |exact| exact == at);
            let may = exact.is_none() && !separate && group.full.is_compatible(&item.name);
            if !has_to && !may {
                continue;
            }
            match group.agreed.join(graph, users) {
                Ok(()) => {
                    into = Some(at);
                    break;
                }
                Err(found) if has_to => conflict = conflict.or(Some(found)),
                Err(_) => {}
            }
        }
        let at = match (into, conflict) {
            (Some(at), _) => at,
            (None, Some(found)) => return Err(found.conflict(graph)),
            (None, None) => {
                let mut group = Group::new(item);
                let alone = group.agreed.join(graph, users);
                alone.map_err(|found| found.conflict(graph))?;
                self.groups.push(group);
                self.groups.len() - 1
            }
        };
        let group = &mut self.groups[at];
        group.rise_to(item);
        group.users.extend_from_slice(users);
        let places = users.iter().map(|user| (user.place(), at));
        self.group_of.extend(places);
        Ok(())
    }
}

/// What the instances leave open, by name. Names that may become one import are together, the
/// newest first, so that it gives the import its name.
fn left_open<'p, 'a>(graph: &Graph<'p, 'a>, separate: bool) -> Vec<Vec<Group<'p, 'a>>> {
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
    let named = named.into_iter();
    let groups = named.map(|(name, users)| imported(graph, name, users));
    let mut groups: Vec<Group<'_, '_>> = groups.collect();
    groups.sort_by(|a, b| b.full.version.cmp(&a.full.version));
    let mut together: IndexMap<(String, Option<Track>), Vec<Group<'_, '_>>> = IndexMap::new();
    for group in groups {
        let key = match group.full.track() {
            Some(track) if !separate => (group.full.path.clone(), Some(track)),
            _ => (group.full.full.clone(), None),
        };
        together.entry(key).or_default().push(group);
    }
    together.into_values().collect()
}

/// An import may name types of another that is satisfied inside. Value types come back as an
/// import of those types alone, so that their names are kept. Returns who needs such types, by the
/// name of the import that has them.
fn types_needed(graph: &Graph<'_, '_>, groups: &[Group<'_, '_>]) -> Vec<Vec<User>> {
    let users = groups.iter().flat_map(|group| &group.users);
    let mut open: Vec<(Place, Option<BTreeSet<String>>)> =
        users.map(|user| (user.place(), None)).collect();
    let mut seen = BTreeSet::new();
    let mut needed: IndexMap<Place, BTreeSet<String>> = IndexMap::new();
    while let Some(((instance, import), only)) = open.pop() {
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
            let place = (instance, import);
            let only: BTreeSet<String> = names.into_iter().take(1).collect();
            if satisfied && !is_resource && seen.insert((place, only.clone())) {
                needed.entry(place).or_default().extend(only.clone());
                open.push((place, Some(only)));
            }
        }
    }
    let mut named: IndexMap<&str, Vec<User>> = IndexMap::new();
    for ((instance, import), only) in needed {
        let part = graph.part(instance);
        let name = part.imports[import].name.full.as_str();
        named.entry(name).or_default().push(User {
            instance,
            import,
            only: Some(with_needed(part, import, &only)),
        });
    }
    named.into_values().collect()
}

impl<'a> Group<'_, 'a> {
    fn new(item: &Item<'a>) -> Self {
        Group {
            name: item.extern_name,
            renamed: None,
            full: item.name.clone(),
            users: Vec::new(),
            agreed: Agreed::default(),
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
    let error = Diagnostic::error("compose/import-conflict", message).cause(exclusion(one, other));
    let shown = users.map(|user| {
        let import = graph.shown_import(user.instance, user.import);
        format!("one of them is asked for by {import}")
    });
    shown.fold(error, Diagnostic::cause).help(
        "give one of the imports another name in a plan: `args.NAME = { import = \"other-name\" }`",
    )
}

/// The import by this name, before anything is merged into it.
fn imported<'p, 'a>(graph: &Graph<'p, 'a>, name: &str, users: Vec<User>) -> Group<'p, 'a> {
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
    group.users = users;
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
