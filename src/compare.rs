//! In what do two types of components differ?
//!
//! A structural comparison that goes on after the first difference and names each by its path:
//! `put(entry).tags: list<string> ≠ list<u8>`. A type with the same name on both sides is compared
//! once, under that name.
//! Both sides may come from different validators.

pub(crate) mod core;
mod defined;
pub(crate) mod heap;
pub(crate) mod matching;
mod members;
mod opaque;
mod pairs;
mod reason;
mod show;
mod side;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::Hash;

use matching::Cores;
use serde::Serialize;
use wasmparser::collections::IndexMap;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedTypeId, ComponentEntityType, ComponentFuncType,
    ComponentFuncTypeId, ComponentInstanceTypeId, ComponentItem, ComponentValType, ResourceId,
};
use wasmparser::types::Types;

pub use pairs::Pairs;
pub use side::Side;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    /// From the item inwards: `put(entry).tags`.
    pub path: String,
    pub verdict: Verdict,
    /// What the path has to be, or is called.
    pub required: String,
    /// What is there instead; nothing where it is missing.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub provided: String,
}

/// How the provided side fails the required one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Not there.
    Missing,
    /// There, and of another type.
    Different,
    /// The same by structure, but a resource type of another origin.
    OtherResource,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict {
            Verdict::Missing => write!(f, "{} `{}` is missing", self.required, self.path),
            Verdict::Different => {
                write!(f, "{}: {} ≠ {}", self.path, self.required, self.provided)
            }
            Verdict::OtherResource if self.required == self.provided => {
                write!(f, "{}: another resource {}", self.path, self.required)
            }
            Verdict::OtherResource => write!(
                f,
                "{}: resource {} is not resource {}",
                self.path, self.required, self.provided
            ),
        }
    }
}

/// Decides whether a resource type of the required side is one of the provided side.
pub type SameResource<'r> = dyn FnMut(ResourceId, ResourceId) -> bool + 'r;

/// Which of the types that an interface names have to be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Named {
    /// Those that something is made of, and resources: hosts look no further.
    #[default]
    Used,
    /// All, as where components are put together.
    All,
}

/// All differences that keep `provided` from standing where `required` is asked for. Items that
/// only the provided side has are none.
pub fn compare(
    path: &str,
    required: (&Side<'_>, &ComponentEntityType),
    provided: (&Side<'_>, &ComponentEntityType),
    same_resource: &mut SameResource<'_>,
) -> Vec<Difference> {
    compare_named(Named::All, path, required, provided, same_resource)
}

/// The same for several items, each with its path.
pub fn compare_each<'t>(
    items: impl IntoIterator<Item = (&'t str, &'t ComponentEntityType, &'t ComponentEntityType)>,
    (required, provided): (&Side<'_>, &Side<'_>),
    same_resource: &mut SameResource<'_>,
) -> Vec<Difference> {
    let mut comparison = Comparison::new(Named::All, required, provided, same_resource);
    for (path, required, provided) in items {
        comparison.entity(path, required, provided);
    }
    comparison.differences
}

/// The same, where perhaps not all named types have to be there.
pub fn compare_named(
    named: Named,
    path: &str,
    required: (&Side<'_>, &ComponentEntityType),
    provided: (&Side<'_>, &ComponentEntityType),
    same_resource: &mut SameResource<'_>,
) -> Vec<Difference> {
    let mut comparison = Comparison::new(named, required.0, provided.0, same_resource);
    comparison.entity(path, required.1, provided.1);
    comparison.differences
}

/// All differences the other way round: what is told once for several items, as a type that they
/// are made of, is told where [`compare`] of the provided with the required side tells it.
pub fn compare_back(
    path: &str,
    required: (&Side<'_>, &ComponentEntityType),
    provided: (&Side<'_>, &ComponentEntityType),
    same_resource: &mut SameResource<'_>,
) -> Vec<Difference> {
    let mut comparison = Comparison::new(Named::All, required.0, provided.0, same_resource);
    comparison.back = true;
    comparison.entity(path, required.1, provided.1);
    comparison.differences
}

/// May `provided` stand where `required` is asked for? Ends at the first difference.
pub fn stands(
    required: (&Side<'_>, &ComponentEntityType),
    provided: (&Side<'_>, &ComponentEntityType),
    same_resource: &mut SameResource<'_>,
) -> bool {
    let mut comparison = Comparison::new(Named::All, required.0, provided.0, same_resource);
    comparison.ends_at_first = true;
    comparison.entity("", required.1, provided.1);
    comparison.differences.is_empty()
}

/// A pair of types, the required one first.
type Defined = (ComponentDefinedTypeId, ComponentDefinedTypeId);

/// Unnamed types are made of each other: what differs could be told more often than anybody reads.
const AGAIN: usize = 10_000;

struct Comparison<'s, 'a, 'r> {
    named: Named,
    ends_at_first: bool,
    /// Whether members are met in the order of the side that is provided, not in that of the other.
    back: bool,
    /// Whether the sides are exchanged, as for what a component imports.
    turned: bool,
    required: &'s Side<'a>,
    provided: &'s Side<'a>,
    same_resource: &'s mut SameResource<'r>,
    /// The resource types that component types import, by those that stand for them.
    asked: BTreeMap<ResourceId, Option<ResourceId>>,
    cores: Cores<'a>,
    /// Pairs that were compared under the name of both, so that each differs once.
    seen: BTreeSet<Defined>,
    /// Pairs without a name of both, by whether they are the same. Those that are not differ
    /// wherever they are.
    unnamed: BTreeMap<Defined, bool>,
    /// How many differences of unnamed pairs may be told again.
    again: usize,
    /// How many differences were met, also those that are not told again.
    met: usize,
    differences: Vec<Difference>,
}

impl<'s, 'a, 'r> Comparison<'s, 'a, 'r> {
    fn new(
        named: Named,
        required: &'s Side<'a>,
        provided: &'s Side<'a>,
        same_resource: &'s mut SameResource<'r>,
    ) -> Self {
        Comparison {
            named,
            ends_at_first: false,
            back: false,
            turned: false,
            required,
            provided,
            same_resource,
            asked: BTreeMap::new(),
            cores: Cores::new(required.types, provided.types),
            seen: BTreeSet::new(),
            unnamed: BTreeMap::new(),
            again: AGAIN,
            met: 0,
            differences: Vec::new(),
        }
    }

    /// Is all known that is asked?
    fn is_done(&self) -> bool {
        self.ends_at_first && !self.differences.is_empty()
    }

    fn differ(&mut self, path: &str, verdict: Verdict, required: String, provided: String) {
        self.met += 1;
        let (verdict, required, provided) = match (self.turned, verdict) {
            (false, _) => (verdict, required, provided),
            (true, Verdict::Missing) => (Verdict::Different, "nothing".to_string(), required),
            (true, _) => (verdict, provided, required),
        };
        self.differences.push(Difference {
            path: path.to_string(),
            verdict,
            required,
            provided,
        });
    }

    /// The members of the required side, in the order in which both directions meet them.
    fn members<'m, K: Clone + Hash + Ord, V>(
        &self,
        required: &'m IndexMap<K, V>,
        provided: &'m IndexMap<K, V>,
    ) -> Vec<(&'m K, &'m V)> {
        let mut members: Vec<(&K, &V)> = required.iter().collect();
        if self.back != self.turned {
            members.sort_by_cached_key(|(name, _)| {
                let other = provided.get_full(*name);
                other.map_or(usize::MAX, |(at, ..)| at)
            });
        }
        members
    }

    fn entity(&mut self, path: &str, r: &ComponentEntityType, p: &ComponentEntityType) {
        use ComponentEntityType as E;
        if self.is_done() {
            return;
        }
        match (*r, *p) {
            (E::Func(r), E::Func(p)) => self.func(path, r, p),
            (E::Instance(r), E::Instance(p)) => self.instance(path, r, p),
            (E::Component(_), E::Component(_)) | (E::Module(_), E::Module(_)) => {
                self.opaque(path, r, p);
            }
            (E::Value(r), E::Value(p)) => self.value(path, r, p),
            (E::Type { created: r, .. }, E::Type { created: p, .. }) => self.any(path, r, p),
            _ => self.differ(path, Verdict::Different, kind(r).into(), kind(p).into()),
        }
    }

    fn instance(&mut self, path: &str, r: ComponentInstanceTypeId, p: ComponentInstanceTypeId) {
        let (required, provided) = (&self.required.types[r], &self.provided.types[p]);
        self.items(path, self.named, &required.exports, &provided.exports);
    }

    /// Each required item has to be there.
    fn items(
        &mut self,
        path: &str,
        named: Named,
        required: &'a IndexMap<String, ComponentItem>,
        provided: &'a IndexMap<String, ComponentItem>,
    ) {
        for (name, item) in self.members(required, provided) {
            if named == Named::Used && is_name(&item.ty) {
                continue;
            }
            let path = join(path, name);
            match provided.get(name) {
                Some(found) => self.entity(&path, &item.ty, &found.ty),
                None => {
                    let kind = kind(&item.ty).to_string();
                    self.differ(&path, Verdict::Missing, kind, String::new());
                }
            }
        }
    }

    fn func(&mut self, path: &str, r: ComponentFuncTypeId, p: ComponentFuncTypeId) {
        let (required, provided) = (&self.required.types[r], &self.provided.types[p]);
        if required.async_ != provided.async_ {
            let word = |is_async| if is_async { "async func" } else { "func" }.to_string();
            let (r, p) = (word(required.async_), word(provided.async_));
            self.differ(path, Verdict::Different, r, p);
        }
        let names = |func: &'a ComponentFuncType| func.params.iter().map(|(name, _)| name.as_str());
        if !names(required).eq(names(provided)) {
            let (r, p) = (
                self.required.params(required),
                self.provided.params(provided),
            );
            self.differ(path, Verdict::Different, r, p);
        } else {
            for ((name, r), (_, p)) in required.params.iter().zip(&*provided.params) {
                self.value(&format!("{path}({name})"), *r, *p);
            }
        }
        self.option(&format!("{path} ->"), required.result, provided.result);
    }

    fn option(&mut self, path: &str, r: Option<ComponentValType>, p: Option<ComponentValType>) {
        match (r, p) {
            (None, None) => {}
            (Some(r), Some(p)) => self.value(path, r, p),
            (r, p) => {
                let text = |side: &Side<'_>, ty: Option<ComponentValType>| {
                    ty.map_or("nothing".to_string(), |ty| side.value(ty))
                };
                let (r, p) = (text(self.required, r), text(self.provided, p));
                self.differ(path, Verdict::Different, r, p);
            }
        }
    }

    fn any(&mut self, path: &str, r: ComponentAnyTypeId, p: ComponentAnyTypeId) {
        use ComponentAnyTypeId as A;
        match (r, p) {
            (A::Defined(r), A::Defined(p)) => self.defined(path, r, p),
            (A::Resource(r), A::Resource(p)) => self.resource(path, r.resource(), p.resource()),
            (A::Func(r), A::Func(p)) => self.func(path, r, p),
            (A::Instance(r), A::Instance(p)) => self.instance(path, r, p),
            (A::Component(a), A::Component(b)) => {
                let (a, b) = (
                    ComponentEntityType::Component(a),
                    ComponentEntityType::Component(b),
                );
                self.opaque(path, &a, &b);
            }
            _ => {
                let (r, p) = (self.required.any(r), self.provided.any(p));
                self.differ(path, Verdict::Different, r, p);
            }
        }
    }

    fn resource(&mut self, path: &str, r: ResourceId, p: ResourceId) {
        if !self.are_one(r, p) {
            let origins = (self.required.origin(r), self.provided.origin(p));
            let names = (self.required.resource(r), self.provided.resource(p));
            let (r, p) = match (names, origins) {
                ((a, b), (Some(r), Some(p))) if a == b && r != p => (r, p),
                (names, _) => names,
            };
            self.differ(
                path,
                Verdict::OtherResource,
                format!("`{r}`"),
                format!("`{p}`"),
            );
        }
    }

    /// What a component type imports is what it is given; all else is asked for elsewhere.
    fn are_one(&mut self, r: ResourceId, p: ResourceId) -> bool {
        for (asked, given) in [(r, p), (p, r)] {
            if let Some(known) = self.asked.get_mut(&asked) {
                return *known.get_or_insert(given) == given;
            }
        }
        match self.turned {
            false => (self.same_resource)(r, p),
            true => (self.same_resource)(p, r),
        }
    }

    fn value(&mut self, path: &str, r: ComponentValType, p: ComponentValType) {
        use ComponentValType as V;
        if self.is_done() {
            return;
        }
        let required_primitive = self.required.primitive(r);
        let provided_primitive = self.provided.primitive(p);
        match (required_primitive, provided_primitive) {
            (Some(a), Some(b)) if a == b => return,
            (None, None) => {}
            _ if self.same_name(r, p).is_some() => {}
            _ => {
                let (r, p) = (self.required.value(r), self.provided.value(p));
                self.differ(path, Verdict::Different, r, p);
                return;
            }
        }
        if let (V::Type(r), V::Type(p)) = (r, p) {
            let path = self.own_name(r, p).unwrap_or(path);
            self.defined(path, r, p);
        }
    }
}

/// Is this a type by a name, and no resource? Who has it is told where something is made of it.
fn is_name(ty: &ComponentEntityType) -> bool {
    let ComponentEntityType::Type { created, .. } = ty else {
        return false;
    };
    !matches!(created, ComponentAnyTypeId::Resource(_))
}

/// Is there nothing in this that a host would have to have? Types alone are nothing.
pub fn is_names(types: &Types, ty: &ComponentEntityType) -> bool {
    match *ty {
        ComponentEntityType::Instance(id) => {
            let mut members = types[id].exports.values();
            members.all(|member| is_names(types, &member.ty))
        }
        _ => is_name(ty),
    }
}

/// The kind of an item as WIT and the specification call it.
pub fn kind(ty: &ComponentEntityType) -> &'static str {
    match ty {
        ComponentEntityType::Module(_) => "core module",
        ComponentEntityType::Func(_) => "func",
        ComponentEntityType::Value(_) => "value",
        ComponentEntityType::Type { .. } => "type",
        ComponentEntityType::Instance(_) => "interface",
        ComponentEntityType::Component(_) => "component",
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_string()
    } else {
        format!("{path}.{name}")
    }
}
