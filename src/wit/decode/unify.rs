//! Is this the type that is known under that name?
//!
//! The same interface appears once per place where it is imported or exported, each time with
//! types of its own. They are matched part by part, so that unnamed types such as `list<u8>`
//! become one.

use wasmparser::PrimitiveValType;
use wasmparser::component_types::{
    AliasableResourceId, ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId,
    ComponentFuncType, ComponentValType, RecordType, VariantType,
};
use wit_parser::{Function, Handle, Record, Type, TypeDefKind, TypeId, Variant};

use super::types::primitive;
use super::{Decoder, Fit, Misfit, within};

impl Decoder<'_> {
    /// Matches a type with a known one. Fails where they differ.
    pub(super) fn unify(&mut self, known: TypeId, ty: &ComponentDefinedType) -> Fit<()> {
        use ComponentDefinedType as C;
        use TypeDefKind as W;
        let kind = self.resolve.types[self.root(known)].kind.clone();
        match (ty, &kind) {
            (C::Primitive(ty), W::Type(known)) => self.unify_primitive(*known, *ty),
            (C::Flags(names), W::Flags(known)) => {
                let known = known.flags.iter().map(|flag| flag.name.as_str());
                is_one(known.eq(names.iter().map(|name| name.as_str())))
            }
            (C::Enum(names), W::Enum(known)) => {
                let known = known.cases.iter().map(|case| case.name.as_str());
                is_one(known.eq(names.iter().map(|name| name.as_str())))
            }
            (C::Own(id), W::Handle(Handle::Own(known)))
            | (C::Borrow(id), W::Handle(Handle::Borrow(known))) => self.unify_resource(*known, *id),
            (C::List { element, .. }, W::List(known)) => self.unify_value(*known, element),
            (C::Map { key, value, .. }, W::Map(known_key, known_value)) => {
                self.unify_value(*known_key, key)?;
                self.unify_value(*known_value, value)
            }
            (
                C::FixedLengthList {
                    element, length, ..
                },
                W::FixedLengthList(known, known_length),
            ) if length == known_length => self.unify_value(*known, element),
            (C::Tuple(tuple), W::Tuple(known)) if tuple.types.len() == known.types.len() => {
                for (ty, known) in tuple.types.iter().zip(&known.types) {
                    self.unify_value(*known, ty)?;
                }
                Ok(())
            }
            (C::Option { ty, .. }, W::Option(known)) => self.unify_value(*known, ty),
            (C::Result { ok, err, .. }, W::Result(known)) => {
                self.unify_optional(known.ok, ok.as_ref())?;
                self.unify_optional(known.err, err.as_ref())
            }
            (C::Record(record), W::Record(known)) => self.unify_record(known, record),
            (C::Variant(variant), W::Variant(known)) => self.unify_variant(known, variant),
            (C::Future { ty, .. }, W::Future(known)) | (C::Stream { ty, .. }, W::Stream(known)) => {
                self.unify_optional(*known, ty.as_ref())
            }
            _ => is_one(false),
        }
    }

    /// Matches a function with the known one of its name.
    pub(super) fn unify_function(&mut self, known: &Function, ty: &ComponentFuncType) -> Fit<()> {
        let names = ty.params.iter().map(|(name, _)| name.as_str());
        let known_names = known.params.iter().map(|param| param.name.as_str());
        if known.kind.is_async() != ty.async_ || !names.eq(known_names) {
            return Err(Misfit::new("it is one function here and another elsewhere"));
        }
        for (known, (name, ty)) in known.params.iter().zip(&ty.params) {
            let matched = self.unify_value(known.ty, ty);
            within(|| format!("parameter `{name}`"), matched)?;
        }
        let matched = self.unify_optional(known.result, ty.result.as_ref());
        within(|| "result".to_string(), matched)
    }

    /// What a type is another name of, in the end.
    pub(super) fn root(&self, id: TypeId) -> TypeId {
        self.roots.get(&id).copied().unwrap_or(id)
    }

    fn unify_record(&mut self, known: &Record, record: &RecordType) -> Fit<()> {
        is_one(known.fields.len() == record.fields.len())?;
        for (known, (name, ty)) in known.fields.iter().zip(&record.fields) {
            is_one(known.name == name.as_str())?;
            self.unify_value(known.ty, ty)?;
        }
        Ok(())
    }

    fn unify_variant(&mut self, known: &Variant, variant: &VariantType) -> Fit<()> {
        is_one(known.cases.len() == variant.cases.len())?;
        for (known, (name, case)) in known.cases.iter().zip(&variant.cases) {
            is_one(known.name == name.as_str())?;
            self.unify_optional(known.ty, case.ty.as_ref())?;
        }
        Ok(())
    }

    fn unify_optional(&mut self, known: Option<Type>, ty: Option<&ComponentValType>) -> Fit<()> {
        match (known, ty) {
            (Some(known), Some(ty)) => self.unify_value(known, ty),
            (None, None) => Ok(()),
            _ => Err(Misfit::new("it has a part here that it has not elsewhere")),
        }
    }

    fn unify_value(&mut self, known: Type, ty: &ComponentValType) -> Fit<()> {
        let types = self.types;
        match (known, ty) {
            (Type::Id(known), ComponentValType::Type(id)) => self.unify_part(known, *id),
            (known, ComponentValType::Primitive(ty)) => self.unify_primitive(known, *ty),
            (known, ComponentValType::Type(id)) => match &types[*id] {
                ComponentDefinedType::Primitive(ty) => self.unify_primitive(known, *ty),
                _ => Err(other_part()),
            },
        }
    }

    /// A primitive type may have a name of its own.
    fn unify_primitive(&self, known: Type, ty: PrimitiveValType) -> Fit<()> {
        let known = match known {
            Type::Id(id) => match self.resolve.types[self.root(id)].kind {
                TypeDefKind::Type(known) => known,
                _ => return Err(other_part()),
            },
            known => known,
        };
        match known == primitive(ty) {
            true => Ok(()),
            false => Err(other_part()),
        }
    }

    fn unify_part(&mut self, known: TypeId, id: ComponentDefinedTypeId) -> Fit<()> {
        let types = self.types;
        let key = ComponentAnyTypeId::from(id);
        let root = self.root(known);
        let is_named = |id: TypeId| self.resolve.types[id].name.is_some();
        match self.known.get(&key).map(|before| self.root(*before)) {
            Some(before) if before == root => return Ok(()),
            Some(before) if is_named(before) && is_named(root) => return Err(other_part()),
            // What may be without a name is none of the names that it is matched with.
            None if !is_named(root) || needs_name(&types[id]) => {
                self.known.insert(key, known);
            }
            // Types without a name are the same where they are made of the same.
            _ if !self.matched.insert((root, key)) => return Ok(()),
            _ => {}
        }
        self.unify(root, &types[id])
    }

    fn unify_resource(&self, known: TypeId, id: AliasableResourceId) -> Fit<()> {
        let found = self.known.get(&ComponentAnyTypeId::from(id));
        match found.is_none_or(|found| self.root(*found) == self.root(known)) {
            true => Ok(()),
            false => Err(Misfit::new("it is a handle of another resource elsewhere")),
        }
    }
}

/// Is it of a kind that WIT has no form for without a name?
fn needs_name(ty: &ComponentDefinedType) -> bool {
    use ComponentDefinedType as C;
    matches!(ty, C::Record(_) | C::Variant(_) | C::Enum(_) | C::Flags(_))
}

fn is_one(same: bool) -> Fit<()> {
    match same {
        true => Ok(()),
        false => Err(Misfit::new("it is one type here and another elsewhere")),
    }
}

fn other_part() -> Misfit {
    Misfit::new("it has a part of another type elsewhere")
}
