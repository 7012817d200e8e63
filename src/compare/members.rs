//! In what do two types with named members differ: records, variants, flags and enums?

use wasmparser::collections::{IndexMap, IndexSet};
use wasmparser::component_types::{RecordType, VariantType};
use wasmparser::names::KebabString;

use super::show::braces;
use super::{Comparison, Verdict, join};

impl Comparison<'_, '_, '_> {
    pub(super) fn record(&mut self, path: &str, a: &RecordType, b: &RecordType) {
        for (name, r) in self.members(&a.fields, &b.fields) {
            let path = join(path, name);
            match member(&b.fields, name) {
                Some(p) => self.value(&path, *r, *p),
                None => self.differ(&path, Verdict::Missing, "field".into(), String::new()),
            }
        }
        self.surplus(path, "field", &a.fields, &b.fields);
    }

    pub(super) fn variant(&mut self, path: &str, a: &VariantType, b: &VariantType) {
        for (name, r) in self.members(&a.cases, &b.cases) {
            let path = join(path, name);
            match member(&b.cases, name) {
                Some(p) => self.option(&path, r.ty, p.ty),
                None => self.differ(&path, Verdict::Missing, "case".into(), String::new()),
            }
        }
        self.surplus(path, "case", &a.cases, &b.cases);
    }

    /// Fields and cases that only the provided side has, and another order of the same ones.
    fn surplus<A, B>(
        &mut self,
        path: &str,
        what: &str,
        a: &IndexMap<KebabString, A>,
        b: &IndexMap<KebabString, B>,
    ) {
        for name in b.keys().filter(|name| member(a, name).is_none()) {
            self.unasked(path, name, what);
        }
        if a.len() == b.len() && a.keys().all(|name| member(b, name).is_some()) {
            self.order(path, "", a.keys(), b.keys());
        }
    }

    /// The flags of a type, or the cases of an enum.
    pub(super) fn labels(
        &mut self,
        path: &str,
        (keyword, what): (&str, &str),
        a: &IndexSet<KebabString>,
        b: &IndexSet<KebabString>,
    ) {
        for name in a.iter().filter(|name| !has(b, name)) {
            let path = join(path, name);
            self.differ(&path, Verdict::Missing, what.into(), String::new());
        }
        for name in b.iter().filter(|name| !has(a, name)) {
            self.unasked(path, name, what);
        }
        if a.len() == b.len() && a.iter().all(|name| has(b, name)) {
            self.order(path, keyword, a.iter(), b.iter());
        }
    }

    fn unasked(&mut self, path: &str, name: &str, what: &str) {
        let (none, one) = (format!("no {what}"), format!("a {what}"));
        self.differ(&join(path, name), Verdict::Different, none, one);
    }

    /// The same names may be in another order.
    fn order<'k>(
        &mut self,
        path: &str,
        keyword: &str,
        a: impl Iterator<Item = &'k KebabString>,
        b: impl Iterator<Item = &'k KebabString>,
    ) {
        let (r, p) = (braces(keyword, a), braces(keyword, b));
        if r != p {
            self.differ(path, Verdict::Different, r, p);
        }
    }
}

/// The member of this name, letter by letter. To the collections of the validator `A` is `a`, and
/// `a-b` is `ab`, but a type with the one does not stand for a type with the other.
fn member<'m, T>(members: &'m IndexMap<KebabString, T>, name: &KebabString) -> Option<&'m T> {
    let (found, member) = members.get_key_value(name)?;
    (found.as_str() == name.as_str()).then_some(member)
}

fn has(names: &IndexSet<KebabString>, name: &KebabString) -> bool {
    let found = names.get(name);
    found.is_some_and(|found| found.as_str() == name.as_str())
}
