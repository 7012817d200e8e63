//! In what do two value types differ?

use wasmparser::component_types::{ComponentDefinedType, ComponentDefinedTypeId, ComponentValType};

use super::{Comparison, Side, Verdict};

impl<'a> Comparison<'_, 'a, '_> {
    /// The name that two types are compared under wherever they are; handles have none.
    pub(super) fn own_name(
        &self,
        r: ComponentDefinedTypeId,
        p: ComponentDefinedTypeId,
    ) -> Option<&'a str> {
        use ComponentDefinedType as D;
        let is_handle = matches!(self.required.types[r], D::Own(_) | D::Borrow(_));
        let name = self.same_name(ComponentValType::Type(r), ComponentValType::Type(p));
        name.filter(|_| !is_handle)
    }

    /// What both are called: they are told apart under that name, whichever side is asked first.
    pub(super) fn same_name(&self, r: ComponentValType, p: ComponentValType) -> Option<&'a str> {
        let (ComponentValType::Type(r), ComponentValType::Type(p)) = (r, p) else {
            return None;
        };
        let name = self.required.defined.get(&r)?;
        (self.provided.defined.get(&p) == Some(name)).then_some(*name)
    }

    pub(super) fn defined(
        &mut self,
        path: &str,
        r: ComponentDefinedTypeId,
        p: ComponentDefinedTypeId,
    ) {
        let pair = if self.turned { (p, r) } else { (r, p) };
        if self.own_name(r, p).is_some() {
            if self.seen.insert(pair) {
                self.structures(path, r, p);
            }
            return;
        }
        let known = self.unnamed.get(&pair).copied();
        match known {
            Some(true) => return,
            Some(false) if self.is_told_by_name(r, p) => {
                let value = |side: &Side<'_>, id| side.value(ComponentValType::Type(id));
                let (r, p) = (value(self.required, r), value(self.provided, p));
                return self.differ(path, Verdict::Different, r, p);
            }
            Some(false) if self.again == 0 => {
                self.met += 1;
                return;
            }
            _ => {}
        }
        let before = self.met;
        self.structures(path, r, p);
        let met = self.met - before;
        if known.is_some() {
            self.again = self.again.saturating_sub(met.max(1));
        }
        self.unnamed.insert(pair, met == 0);
    }

    /// Has one of two types a name to be told by? Handles are told by their resource.
    fn is_told_by_name(&self, r: ComponentDefinedTypeId, p: ComponentDefinedTypeId) -> bool {
        use ComponentDefinedType as D;
        let is_handle = matches!(self.required.types[r], D::Own(_) | D::Borrow(_));
        let (required, provided) = (&self.required.defined, &self.provided.defined);
        !is_handle && (required.contains_key(&r) || provided.contains_key(&p))
    }

    fn structures(&mut self, path: &str, r: ComponentDefinedTypeId, p: ComponentDefinedTypeId) {
        use ComponentDefinedType as D;
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
            (D::Flags(a), D::Flags(b)) => self.labels(path, ("flags", "flag"), a, b),
            (D::Enum(a), D::Enum(b)) => self.labels(path, ("enum", "case"), a, b),
            (D::Result { ok: a, err: c, .. }, D::Result { ok: b, err: d, .. }) => {
                self.option(&format!("{path}.ok"), *a, *b);
                self.option(&format!("{path}.err"), *c, *d);
            }
            (D::Own(a), D::Own(b)) | (D::Borrow(a), D::Borrow(b)) => {
                self.resource(path, a.resource(), b.resource());
            }
            (D::Future { ty: Some(a), .. }, D::Future { ty: Some(b), .. })
            | (D::Stream { ty: Some(a), .. }, D::Stream { ty: Some(b), .. }) => {
                self.inner(path, (r, *a), (p, *b));
            }
            (D::Future { ty: None, .. }, D::Future { ty: None, .. })
            | (D::Stream { ty: None, .. }, D::Stream { ty: None, .. }) => {}
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
