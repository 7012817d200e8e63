//! In what do two types of components differ?
//!
//! A structural comparison that goes on after the first difference and names each by its path:
//! `put(entry).tags: list<string> ≠ list<u8>`. A type with the same name on both sides is compared
//! once, under that name.
//! Both sides may come from different validators.

pub(crate) mod core;
mod heap;
mod members;
mod opaque;
mod pairs;
mod show;
mod side;

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId, ComponentEntityType,
    ComponentFuncTypeId, ComponentInstanceTypeId, ComponentValType, ResourceId,
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

struct Comparison<'s, 'a, 'r> {
    named: Named,
    ends_at_first: bool,
    required: &'s Side<'a>,
    provided: &'s Side<'a>,
    same_resource: &'s mut SameResource<'r>,
    /// Pairs that were compared, so that each differs once and nothing is walked twice.
    seen: BTreeSet<(ComponentDefinedTypeId, ComponentDefinedTypeId)>,
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
            required,
            provided,
            same_resource,
            seen: BTreeSet::new(),
            differences: Vec::new(),
        }
    }

    /// Is all known that is asked?
    fn is_done(&self) -> bool {
        self.ends_at_first && !self.differences.is_empty()
    }

    fn differ(&mut self, path: &str, verdict: Verdict, required: String, provided: String) {
        self.differences.push(Difference {
            path: path.to_string(),
            verdict,
            required,
            provided,
        });
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

    /// Each required export has to be there.
    fn instance(&mut self, path: &str, r: ComponentInstanceTypeId, p: ComponentInstanceTypeId) {
        let (required, provided) = (&self.required.types[r], &self.provided.types[p]);
        for (name, item) in &required.exports {
            if self.named == Named::Used && is_name(&item.ty) {
                continue;
            }
            let path = join(path, name);
            match provided.exports.get(name) {
                Some(found) => self.entity(&path, &item.ty, &found.ty),
                None => {
                    self.differ(
                        &path,
                        Verdict::Missing,
                        kind(&item.ty).into(),
                        String::new(),
                    );
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
        let (ours, theirs) = (required.params.iter(), provided.params.iter());
        if !ours.map(|(name, _)| name).eq(theirs.map(|(name, _)| name)) {
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
        if !(self.same_resource)(r, p) {
            let (r, p) = (self.required.resource(r), self.provided.resource(p));
            self.differ(
                path,
                Verdict::OtherResource,
                format!("`{r}`"),
                format!("`{p}`"),
            );
        }
    }

    fn value(&mut self, path: &str, r: ComponentValType, p: ComponentValType) {
        use ComponentDefinedType as D;
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
            let anonymous = matches!(self.required.types[r], D::Own(_) | D::Borrow(_));
            let same_name = self.same_name(V::Type(r), V::Type(p));
            let path = same_name.filter(|_| !anonymous).unwrap_or(path);
            self.defined(path, r, p);
        }
    }

    /// What both are called: they are told apart under that name, whichever side is asked first.
    fn same_name(&self, r: ComponentValType, p: ComponentValType) -> Option<&'a str> {
        let (ComponentValType::Type(r), ComponentValType::Type(p)) = (r, p) else {
            return None;
        };
        let name = self.required.defined.get(&r)?;
        (self.provided.defined.get(&p) == Some(name)).then_some(*name)
    }

    fn defined(&mut self, path: &str, r: ComponentDefinedTypeId, p: ComponentDefinedTypeId) {
        use ComponentDefinedType as D;
        if !self.seen.insert((r, p)) {
            return;
        }
        let (required, provided) = (self.required, self.provided);
        match (&required.types[r], &provided.types[p]) {
            (D::Primitive(a), D::Primitive(b)) if a == b => {}
            (D::Record(a), D::Record(b)) => self.record(path, a, b),
            (D::Variant(a), D::Variant(b)) => self.variant(path, a, b),
            (D::List { element: a, .. }, D::List { element: b, .. }) => {
                self.inner(path, (r, *a), (p, *b));
            }
            (D::Option { ty: a, .. }, D::Option { ty: b, .. }) => {
                self.inner(path, (r, *a), (p, *b));
            }
            (
                D::Map {
                    key: a, value: c, ..
                },
                D::Map {
                    key: b, value: d, ..
                },
            ) => {
                self.inner(path, (r, *a), (p, *b));
                self.inner(path, (r, *c), (p, *d));
            }
            (
                D::FixedLengthList {
                    element: a,
                    length: m,
                    ..
                },
                D::FixedLengthList {
                    element: b,
                    length: n,
                    ..
                },
            ) if m == n => self.inner(path, (r, *a), (p, *b)),
            (D::Tuple(a), D::Tuple(b)) if a.types.len() == b.types.len() => {
                for (n, (a, b)) in a.types.iter().zip(&b.types).enumerate() {
                    self.value(&format!("{path}.{n}"), *a, *b);
                }
            }
            (D::Flags(a), D::Flags(b)) if a.iter().eq(b) => {}
            (D::Enum(a), D::Enum(b)) if a.iter().eq(b) => {}
            (D::Flags(a), D::Flags(b)) => self.labels(path, ("flags", "flag"), a, b),
            (D::Enum(a), D::Enum(b)) => self.labels(path, ("enum", "case"), a, b),
            (D::Result { ok: a, err: c, .. }, D::Result { ok: b, err: d, .. }) => {
                self.option(&format!("{path}.ok"), *a, *b);
                self.option(&format!("{path}.err"), *c, *d);
            }
            (D::Own(a), D::Own(b)) | (D::Borrow(a), D::Borrow(b)) => {
                self.resource(path, a.resource(), b.resource());
            }
            (D::Future { ty: a, .. }, D::Future { ty: b, .. })
            | (D::Stream { ty: a, .. }, D::Stream { ty: b, .. }) => self.option(path, *a, *b),
            _ => {
                // A type that is compared under its own name says nothing by that name.
                let shown = |side: &Side<'_>, id| match side.defined.get(&id) {
                    Some(name) if *name != path => name.to_string(),
                    _ => side.structure(id),
                };
                let (r, p) = (shown(required, r), shown(provided, p));
                self.differ(path, Verdict::Different, r, p);
            }
        }
    }

    /// An element of an unnamed container: where only that differs, the whole type is shown.
    fn inner(
        &mut self,
        path: &str,
        r: (ComponentDefinedTypeId, ComponentValType),
        p: (ComponentDefinedTypeId, ComponentValType),
    ) {
        let (a, b) = (self.required.primitive(r.1), self.provided.primitive(p.1));
        if a.is_none() && b.is_none() || self.same_name(r.1, p.1).is_some() {
            return self.value(path, r.1, p.1);
        }
        if a != b {
            let (r, p) = (self.required.structure(r.0), self.provided.structure(p.0));
            self.differ(path, Verdict::Different, r, p);
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
