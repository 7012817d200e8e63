//! In what do two types with named members differ: records, variants, flags and enums?

use wasmparser::collections::{IndexMap, IndexSet};
use wasmparser::component_types::{RecordType, VariantType};
use wasmparser::names::KebabString;

use super::show::braces;
use super::{Comparison, Verdict, join};

impl Comparison<'_, '_, '_> {
    pub(super) fn record(&mut self, path: &str, a: &RecordType, b: &RecordType) {
        for (name, r) in &a.fields {
            let path = join(path, name);
            match b.fields.get(name) {
                Some(p) => self.value(&path, *r, *p),
                None => self.differ(&path, Verdict::Missing, "field".into(), String::new()),
            }
        }
        self.surplus(path, "field", &a.fields, &b.fields);
    }

    pub(super) fn variant(&mut self, path: &str, a: &VariantType, b: &VariantType) {
        for (name, r) in &a.cases {
            let path = join(path, name);
            match b.cases.get(name) {
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
        for name in b.keys().filter(|name| !a.contains_key(*name)) {
            self.unasked(path, name, what);
        }
        let are_same = a.len() == b.len() && a.keys().all(|name| b.contains_key(name));
        if are_same && !a.keys().eq(b.keys()) {
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
        for name in a.iter().filter(|name| !b.contains(*name)) {
            let path = join(path, name);
            self.differ(&path, Verdict::Missing, what.into(), String::new());
        }
        for name in b.iter().filter(|name| !a.contains(*name)) {
            self.unasked(path, name, what);
        }
        if a.len() == b.len() && a.iter().all(|name| b.contains(name)) {
            self.order(path, keyword, a.iter(), b.iter());
        }
    }

    fn unasked(&mut self, path: &str, name: &str, what: &str) {
        let (none, one) = (format!("no {what}"), format!("a {what}"));
        self.differ(&join(path, name), Verdict::Different, none, one);
    }

    fn order<'k>(
        &mut self,
        path: &str,
        keyword: &str,
        a: impl Iterator<Item = &'k KebabString>,
        b: impl Iterator<Item = &'k KebabString>,
    ) {
        let (r, p) = (braces(keyword, a), braces(keyword, b));
        self.differ(path, Verdict::Different, r, p);
    }
}
