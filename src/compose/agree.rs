//! What do all users of an import agree on?
//!
//! Each item is held by one user, with whom all others who need it are compared: the first, or who
//! asks for most. A component, core module or nested instance that has more also serves those who
//! ask for less.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ResourceId};

use super::graph::Graph;
use super::merge::User;
use super::name::{Spelling, spelling};
use crate::compare::{self, Difference, Pairs, Verdict, compare_each};
use crate::diagnostic::Diagnostic;

/// Two imports of one name that cannot be one.
pub struct Disagreement<'u> {
    users: (&'u User, &'u User),
    pub differences: Vec<Difference>,
}

/// In what users differ from each other, or from others who agree.
pub fn disagreement<'u>(
    graph: &Graph<'_, '_>,
    known: &'u [User],
    users: &'u [User],
) -> Option<Disagreement<'u>> {
    let mut agreed = Agreed::new(graph);
    let mut all = known.iter().chain(users);
    all.find_map(|user| agreed.join(user).err())
}

/// Who of users that agree asks for most of an import that is no instance.
pub fn widest<'u>(graph: &Graph<'_, '_>, users: &'u [User]) -> Option<&'u User> {
    let agreed = Agreed::of(graph, users);
    agreed.holders.get("").copied().or(users.first())
}

/// The items of an instance of which another user than the first asks for more than that one.
pub fn wider<'u>(graph: &Graph<'_, '_>, users: &'u [User]) -> Vec<(&'u User, BTreeSet<String>)> {
    let agreed = Agreed::of(graph, users);
    let mut wider: BTreeMap<(usize, usize), (&User, BTreeSet<String>)> = BTreeMap::new();
    for name in &agreed.passed_on {
        if let Some(user) = agreed.holders.get(name).copied() {
            let of = wider.entry((user.instance, user.import));
            let (_, names) = of.or_insert((user, BTreeSet::new()));
            names.insert(name.to_string());
        }
    }
    wider.into_values().collect()
}

struct Agreed<'g, 'p, 'a, 'u> {
    graph: &'g Graph<'p, 'a>,
    /// Who holds which item. What is no instance is one item without a name.
    holders: BTreeMap<&'p str, &'u User>,
    /// Whose import it was first.
    first: Option<&'u User>,
    /// Items that the first who had them does not hold.
    passed_on: BTreeSet<&'p str>,
    /// Resource types of users, by the one of a holder that they are.
    roots: BTreeMap<ResourceId, ResourceId>,
}

impl<'g, 'p, 'a, 'u> Agreed<'g, 'p, 'a, 'u> {
    fn new(graph: &'g Graph<'p, 'a>) -> Self {
        Agreed {
            graph,
            holders: BTreeMap::new(),
            first: None,
            passed_on: BTreeSet::new(),
            roots: BTreeMap::new(),
        }
    }

    fn of(graph: &'g Graph<'p, 'a>, users: &'u [User]) -> Self {
        let mut agreed = Agreed::new(graph);
        for user in users {
            // They were found to agree.
            let _ = agreed.join(user);
        }
        agreed
    }

    /// Takes a user in who agrees with all.
    fn join(&mut self, user: &'u User) -> Result<(), Disagreement<'u>> {
        let graph = self.graph;
        self.expect_kind(user)?;
        let mut held: BTreeMap<(usize, usize), (&User, Vec<&str>)> = BTreeMap::new();
        let mut new = Vec::new();
        for (name, _) in items(graph, user) {
            match self.holders.get(name).copied() {
                Some(holder) if is_same(graph, holder, user) => {}
                Some(holder) => {
                    let of = held.entry((holder.instance, holder.import));
                    of.or_insert((holder, Vec::new())).1.push(name);
                }
                None => new.push(name),
            }
        }
        let mut pairs = Pairs::default();
        let mut met = Vec::new();
        for (holder, names) in held.into_values() {
            let differences = self.compare(holder, user, &names, &mut pairs, &mut met);
            if !differences.is_empty() {
                return Err(Disagreement {
                    users: (holder, user),
                    differences,
                });
            }
        }
        for (root, resource) in met {
            self.roots.entry(resource).or_insert(root);
        }
        self.holders
            .extend(new.into_iter().map(|name| (name, user)));
        Ok(())
    }

    /// Fails where one has an instance and another something else.
    fn expect_kind(&mut self, user: &'u User) -> Result<(), Disagreement<'u>> {
        let graph = self.graph;
        let first = *self.first.get_or_insert(user);
        let (Some(a), Some(b)) = (item(graph, first, ""), item(graph, user, "")) else {
            return Ok(());
        };
        if compare::kind(a) == compare::kind(b) {
            return Ok(());
        }
        let name = graph.part(user.instance).imports[user.import]
            .extern_name
            .name;
        Err(Disagreement {
            users: (first, user),
            differences: vec![Difference {
                path: name.to_string(),
                verdict: Verdict::Different,
                required: compare::kind(a).to_string(),
                provided: compare::kind(b).to_string(),
            }],
        })
    }

    /// In what a user differs from the holder of some items. Where that one asks for less, the user
    /// holds them from now on.
    fn compare(
        &mut self,
        holder: &'u User,
        user: &'u User,
        names: &[&'p str],
        pairs: &mut Pairs,
        met: &mut Vec<(ResourceId, ResourceId)>,
    ) -> Vec<Difference> {
        let graph = self.graph;
        let sides = (graph.side(holder.instance), graph.side(user.instance));
        let both = names.iter().filter_map(|name| {
            let path = match *name {
                "" => {
                    graph.part(user.instance).imports[user.import]
                        .extern_name
                        .name
                }
                name => name,
            };
            Some((path, item(graph, holder, name)?, item(graph, user, name)?))
        });
        let (wide, plain): (Vec<_>, Vec<_>) =
            both.partition(|(_, a, b)| has_subtypes(a) && has_subtypes(b));
        let roots = &self.roots;
        let root = |id: ResourceId| roots.get(&id).copied().unwrap_or(id);
        let differences = compare_each(plain, sides, &mut |a, b| {
            met.push((root(a), b));
            pairs.are_one(root(a), b)
        });
        if !differences.is_empty() {
            return differences;
        }
        for (name, a, b) in wide {
            let mut same = |a: ResourceId, b: ResourceId| pairs.are_one(root(a), b);
            if compare::stands((sides.1, b), (sides.0, a), &mut |b, a| same(a, b)) {
                continue;
            }
            let differences = compare_each([(name, a, b)], sides, &mut same);
            if !differences.is_empty() {
                return differences;
            }
            let key = if names == [""] { "" } else { name };
            self.holders.insert(key, user);
            self.passed_on.insert(key);
        }
        Vec::new()
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
fn is_same(graph: &Graph<'_, '_>, a: &User, b: &User) -> bool {
    std::ptr::eq(graph.part(a.instance), graph.part(b.instance)) && a.import == b.import
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

/// One of the items of a user's import.
fn item<'p>(graph: &Graph<'p, '_>, user: &User, name: &str) -> Option<&'p ComponentEntityType> {
    let part = graph.part(user.instance);
    let ty = &part.imports[user.import].item.ty;
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

impl Disagreement<'_> {
    pub fn conflict(self, graph: &Graph<'_, '_>) -> Box<Diagnostic> {
        let shown = |user: &User| graph.shown_import(user.instance, user.import);
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
