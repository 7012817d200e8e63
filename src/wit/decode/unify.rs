//! Is this the type that is known under that name?
//!
//! The same interface appears once per place where it is imported or exported, each time with
//! types of its own. They are matched part by part, so that unnamed types such as `list<u8>`
//! become one.

use wasmparser::component_types::{ComponentAnyTypeId, ComponentDefinedType, ComponentValType};
use wit_parser::{Type, TypeDefKind, TypeId};

use super::{Decoder, Fit, Misfit};

impl Decoder<'_> {
    /// Matches a type with a known one. Fails where they differ.
    pub(super) fn unify(&mut self, known: TypeId, ty: &ComponentDefinedType) -> Fit<()> {
        use ComponentDefinedType as C;
        use TypeDefKind as W;
        let kind = self.resolve.types[known].kind.clone();
        let different = || Misfit::new("it is one type here and another elsewhere");
        match (ty, &kind) {
            // These have no parts; and what is another name of a type has been matched there.
            (C::Primitive(_) | C::Flags(_) | C::Enum(_) | C::Own(_) | C::Borrow(_), _) => Ok(()),
            (_, W::Type(Type::Id(_))) => Ok(()),
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
            (C::Record(record), W::Record(known)) if record.fields.len() == known.fields.len() => {
                for ((name, ty), known) in record.fields.iter().zip(&known.fields) {
                    if name.as_str() != known.name {
                        return Err(different());
                    }
                    self.unify_value(known.ty, ty)?;
                }
                Ok(())
            }
            (C::Variant(variant), W::Variant(known))
                if variant.cases.len() == known.cases.len() =>
            {
                for ((name, case), known) in variant.cases.iter().zip(&known.cases) {
                    if name.as_str() != known.name {
                        return Err(different());
                    }
                    self.unify_optional(known.ty, case.ty.as_ref())?;
                }
                Ok(())
            }
            (C::Future { ty, .. }, W::Future(known)) | (C::Stream { ty, .. }, W::Stream(known)) => {
                self.unify_optional(*known, ty.as_ref())
            }
            _ => Err(different()),
        }
    }

    fn unify_optional(&mut self, known: Option<Type>, ty: Option<&ComponentValType>) -> Fit<()> {
        match (known, ty) {
            (Some(known), Some(ty)) => self.unify_value(known, ty),
            (None, None) => Ok(()),
            _ => Err(Misfit::new("it has a part here that it has not elsewhere")),
        }
    }

    fn unify_value(&mut self, known: Type, ty: &ComponentValType) -> Fit<()> {
        let (known, id) = match (known, ty) {
            (Type::Id(known), ComponentValType::Type(id)) => (known, *id),
            (Type::Id(_), ComponentValType::Primitive(_)) | (_, ComponentValType::Type(_)) => {
                return Err(Misfit::new("it has a part of another type elsewhere"));
            }
            (_, ComponentValType::Primitive(_)) => return Ok(()),
        };
        match self.known.insert(ComponentAnyTypeId::from(id), known) {
            Some(_) => Ok(()),
            None => {
                let types = self.types;
                self.unify(known, &types[id])
            }
        }
    }
}
