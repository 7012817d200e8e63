//! What do all users of an import agree on?
//!
//! Each item is held by one user, with whom all others who need it are compared: the first, or who
//! asks for most. A component, core module or nested instance that has more also serves those who
//! ask for less.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ResourceId};

use super::graph::Graph;
use super::merge::{Place, User};
use super::name::{Spelling, spelling};
use crate::compare::{self, Difference, Verdict, compare_each};
use crate::component::each_type;
use crate::diagnostic::Diagnostic;

/// Two imports of one name that cannot be one.
pub struct Disagreement {
    users: (Place, Place),
    pub differences: Vec<Difference>,
}

/// What the users of one import agree on.
#[derive(Default)]
pub struct Agreed<'p> {
    /// Whose import it was first.
    first: Option<Place>,
    /// Who holds which item. What is no instance is one item without a name.
    holders: BTreeMap<&'p str, Place>,
    /// Items that the first who had them does not hold.
    passed_on: BTreeSet<&'p str>,
    /// How users name the resource types of the import: by all paths that lead to each.
    named: BTreeMap<ResourceId, BTreeSet<Vec<String>>>,
    /// Resource types of users, by the one of a holder that they are.
    roots: BTreeMap<ResourceId, ResourceId>,
}

impl<'p> Agreed<'p> {
    /// Takes users in who agree with all others and with each other; none of them where one does
    /// not. They may come in any order: who asks for most of an item serves also those before.
    pub fn join(&mut self, graph: &Graph<'p, '_>, users: &[User]) -> Result<(), Disagreement> {
        let mut joining = Joining {
            graph,
            known: self,
            new: Agreed::default(),
        };
        let mut aside = Vec::new();
        for user in users {
            let joined = joining.join(user)?;
            if !joined.open.is_empty() {
                aside.push(joined);
            }
        }
        for joined in aside {
            joining.settle(joined)?;
        }
        let new = joining.new;
        self.first = self.first.or(new.first);
        self.holders.extend(new.holders);
        self.passed_on.extend(new.passed_on);
        self.named.extend(new.named);
        self.roots.extend(new.roots);
        Ok(())
    }

    /// Who asks for most of an import that is no instance; the first of one that is.
    pub fn widest(&self) -> Option<Place> {
        self.holders.get("").copied().or(self.first)
    }

    /// The items of an instance of which another user than the first asks for more than that one.
    pub fn wider(&self) -> BTreeMap<Place, BTreeSet<String>> {
        let mut wider: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
        for name in &self.passed_on {
            if let Some(holder) = self.holders.get(name) {
                wider.entry(*holder).or_default().insert(name.to_string());
            }
        }
        wider
    }
}

/// Users on the way in. What is new is kept apart, since they come in together or not at all.
struct Joining<'k, 'g, 'p, 'a> {
    graph: &'g Graph<'p, 'a>,
    known: &'k Agreed<'p>,
    new: Agreed<'p>,
}

/// A user who was compared with the holders of what it asks for.
struct Joined<'p, 'u> {
    user: &'u User,
    /// Resource types of holders with those of the user, as they were met.
    pairs: BTreeMap<ResourceId, ResourceId>,
    /// Items that differ from those of their holders. Another user may have more than both.
    open: Vec<&'p str>,
}

impl<'p> Joining<'_, '_, 'p, '_> {
    /// Compares a user with the holders of what it asks for. Fails at an item that nobody else can
    /// have more of.
    fn join<'u>(&mut self, user: &'u User) -> Result<Joined<'p, 'u>, Disagreement> {
        let graph = self.graph;
        self.expect_kind(user)?;
        self.name(user);
        let mut joined = Joined {
            user,
            pairs: BTreeMap::new(),
            open: Vec::new(),
        };
        let mut held: BTreeMap<Place, Vec<&str>> = BTreeMap::new();
        let mut new = Vec::new();
        for (name, _) in items(graph, user) {
            match self.holder(name) {
                Some(holder) if is_same(graph, holder, user.place()) => {}
                Some(holder) => held.entry(holder).or_default().push(name),
                None => new.push(name),
            }
        }
        for (holder, names) in held {
            let names = names.into_iter();
            let (wide, plain): (Vec<_>, Vec<_>) = names.partition(|name| {
                let both = [holder, user.place()].map(|place| item(graph, place, name));
                both.into_iter().flatten().all(has_subtypes)
            });
            self.compare(holder, &plain, &mut joined)?;
            for name in wide {
                if self.pass_on(name, &mut joined).is_err() {
                    joined.open.push(name);
                }
            }
        }
        self.keep(&joined);
        let new = new.into_iter().map(|name| (name, user.place()));
        self.new.holders.extend(new);
        Ok(joined)
    }

    /// Compares what differed once more, now that each item is held by who asks for most of it.
    fn settle(&mut self, mut joined: Joined<'p, '_>) -> Result<(), Disagreement> {
        for name in std::mem::take(&mut joined.open) {
            self.pass_on(name, &mut joined)?;
        }
        self.keep(&joined);
        Ok(())
    }

    /// Fails where one has an instance and another something else.
    fn expect_kind(&mut self, user: &User) -> Result<(), Disagreement> {
        let graph = self.graph;
        let first = self.known.first;
        let first = first.unwrap_or(*self.new.first.get_or_insert(user.place()));
        let both = (item(graph, first, ""), item(graph, user.place(), ""));
        let (Some(a), Some(b)) = both else {
            return Ok(());
        };
        if compare::kind(a) == compare::kind(b) {
            return Ok(());
        }
        Err(Disagreement {
            users: (first, user.place()),
            differences: vec![Difference {
                path: path(graph, user, "").to_string(),
                verdict: Verdict::Different,
                required: compare::kind(a).to_string(),
                provided: compare::kind(b).to_string(),
            }],
        })
    }

    /// Fails where a user's items differ from those of their holder.
    fn compare(
        &self,
        holder: Place,
        names: &[&'p str],
        joined: &mut Joined<'p, '_>,
    ) -> Result<(), Disagreement> {
        let (graph, user) = (self.graph, joined.user);
        let sides = (graph.side(holder.0), graph.side(user.instance));
        let both = names.iter().filter_map(|name| {
            let (a, b) = (item(graph, holder, name), item(graph, user.place(), name));
            Some((path(graph, user, name), a?, b?))
        });
        let (none, pairs) = (BTreeMap::new(), &mut joined.pairs);
        let mut same = |a, b| self.may_be_one(&none, pairs, (a, b));
        let differences = compare_each(both, sides, &mut same);
        if differences.is_empty() {
            return Ok(());
        }
        Err(Disagreement {
            users: (holder, user.place()),
            differences,
        })
    }

    /// Compares an item of which one may ask for more. Where the holder asks for less, the user
    /// holds it from now on.
    fn pass_on(&mut self, name: &'p str, joined: &mut Joined<'p, '_>) -> Result<(), Disagreement> {
        let (graph, user) = (self.graph, joined.user);
        let Some(holder) = self.holder(name) else {
            return Ok(());
        };
        let both = (item(graph, holder, name), item(graph, user.place(), name));
        let (Some(a), Some(b)) = both else {
            return Ok(());
        };
        let sides = (graph.side(holder.0), graph.side(user.instance));
        // What a comparison meets counts only if it succeeds.
        let (pairs, mut met) = (&joined.pairs, BTreeMap::new());
        let mut serves =
            |b, a| self.stays_one(name, b, a) && self.may_be_one(pairs, &mut met, (a, b));
        if !compare::stands((sides.1, b), (sides.0, a), &mut serves) {
            met.clear();
            let mut has_more =
                |a, b| self.stays_one(name, a, b) && self.may_be_one(pairs, &mut met, (a, b));
            let both = [(path(graph, user, name), a, b)];
            let differences = compare_each(both, sides, &mut has_more);
            if !differences.is_empty() {
                return Err(Disagreement {
                    users: (holder, user.place()),
                    differences,
                });
            }
            self.new.holders.insert(name, user.place());
            self.new.passed_on.insert(name);
        }
        joined.pairs.extend(met);
        Ok(())
    }

    /// May a resource type of a holder and one of a user be one? They are where they have a name in
    /// common. Of those that are named elsewhere, the first has to be no other so far.
    fn may_be_one(
        &self,
        pairs: &BTreeMap<ResourceId, ResourceId>,
        met: &mut BTreeMap<ResourceId, ResourceId>,
        (a, b): (ResourceId, ResourceId),
    ) -> bool {
        if let (Some(a), Some(b)) = (self.names(a), self.names(b)) {
            return !a.is_disjoint(b);
        }
        let root = self.root(a);
        let known = pairs.get(&root).copied();
        known.unwrap_or_else(|| *met.entry(root).or_insert(b)) == b
    }

    /// Are all names that a required resource type has within an item also names of the provided
    /// one? Else an instance would have two where one is asked for.
    fn stays_one(&self, item: &str, required: ResourceId, provided: ResourceId) -> bool {
        let (Some(required), Some(provided)) = (self.names(required), self.names(provided)) else {
            return true;
        };
        let mut within = required
            .iter()
            .filter(|path| path.starts_with(&[item.to_string()]));
        within.all(|path| provided.contains(path))
    }

    /// Notes the names of the resource types that a user needs.
    fn name(&mut self, user: &User) {
        let types = &self.graph.part(user.instance).types;
        for (name, ty) in items(self.graph, user) {
            each_type(types, ty, &mut |names, created, _| {
                if let ComponentAnyTypeId::Resource(id) = created {
                    let before = || self.known.named.get(&id.resource()).cloned();
                    let known = self.new.named.entry(id.resource());
                    let known = known.or_insert_with(|| before().unwrap_or_default());
                    let path = std::iter::once(name).chain(names.iter().map(String::as_str));
                    known.insert(path.map(str::to_string).collect());
                }
            });
        }
    }

    fn names(&self, resource: ResourceId) -> Option<&BTreeSet<Vec<String>>> {
        let new = self.new.named.get(&resource);
        new.or_else(|| self.known.named.get(&resource))
    }

    /// Keeps which resource types of holders those of a user are.
    fn keep(&mut self, joined: &Joined<'p, '_>) {
        for (root, resource) in &joined.pairs {
            if !self.known.roots.contains_key(resource) {
                self.new.roots.entry(*resource).or_insert(*root);
            }
        }
    }

    fn holder(&self, name: &str) -> Option<Place> {
        let new = self.new.holders.get(name);
        new.or_else(|| self.known.holders.get(name)).copied()
    }

    fn root(&self, resource: ResourceId) -> ResourceId {
        let new = self.new.roots.get(&resource);
        let root = new.or_else(|| self.known.roots.get(&resource));
        root.copied().unwrap_or(resource)
    }
}

/// Two items that users ask for whose names exclude each other, each with who asks for it first.
pub fn exclusive<'p, 'u>(
    graph: &Graph<'p, '_>,
    users: &'u [User],
) -> Option<[(&'p str, &'u User); 2]> {
    let mut seen = BTreeSet::new();
    let mut spelled: BTreeMap<Spelling, (&str, &User)> = BTreeMap::new();
    for user in users {
        for (name, _) in items(graph, user) {
            if !seen.insert(name) {
                continue;
            }
            if let Some(other) = spelled.insert(spelling(name), (name, user)) {
                return Some([other, (name, user)]);
            }
        }
    }
    None
}

/// Is it the same import of the same component?
fn is_same(graph: &Graph<'_, '_>, a: Place, b: Place) -> bool {
    std::ptr::eq(graph.part(a.0), graph.part(b.0)) && a.1 == b.1
}

/// What an item of a user's import is called; by the name of the import where it is all of it.
fn path<'s>(graph: &'s Graph<'_, '_>, user: &User, name: &'s str) -> &'s str {
    match name {
        "" => {
            graph.part(user.instance).imports[user.import]
                .extern_name
                .name
        }
        name => name,
    }
}

/// What a user needs of its import, by name.
fn items<'p>(graph: &Graph<'p, '_>, user: &User) -> Vec<(&'p str, &'p ComponentEntityType)> {
    let part = graph.part(user.instance);
    let ty = &part.imports[user.import].item.ty;
    let ComponentEntityType::Instance(id) = ty else {
        return vec![("", ty)];
    };
    let exports = part.types[*id].exports.iter();
    let needed = exports.filter(|(name, _)| user.needs(name));
    needed
        .map(|(name, item)| (name.as_str(), &item.ty))
        .collect()
}

/// One of the items of an import.
fn item<'p>(
    graph: &Graph<'p, '_>,
    (instance, import): Place,
    name: &str,
) -> Option<&'p ComponentEntityType> {
    let part = graph.part(instance);
    let ty = &part.imports[import].item.ty;
    match ty {
        ComponentEntityType::Instance(id) if !name.is_empty() => {
            part.types[*id].exports.get(name).map(|item| &item.ty)
        }
        ty => Some(ty),
    }
}

/// May another type stand for one of this kind? All others stand for themselves alone.
fn has_subtypes(ty: &ComponentEntityType) -> bool {
    match ty {
        ComponentEntityType::Instance(_)
        | ComponentEntityType::Component(_)
        | ComponentEntityType::Module(_) => true,
        ComponentEntityType::Type { created, .. } => matches!(
            created,
            ComponentAnyTypeId::Instance(_) | ComponentAnyTypeId::Component(_)
        ),
        ComponentEntityType::Func(_) | ComponentEntityType::Value(_) => false,
    }
}

impl Disagreement {
    pub fn conflict(self, graph: &Graph<'_, '_>) -> Box<Diagnostic> {
        let shown = |(instance, import): Place| graph.shown_import(instance, import);
        let message = format!(
            "two imports of one name have different types: {} and {}",
            shown(self.users.0),
            shown(self.users.1)
        );
        let error = Diagnostic::error("compose/import-conflict", message);
        let causes = self.differences.iter().map(ToString::to_string);
        causes.fold(error, Diagnostic::cause).help(
            "give one of them another name in a plan: `args.NAME = { import = \"other-name\" }`",
        )
    }
}
