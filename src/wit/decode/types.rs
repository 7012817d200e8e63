//! How does a component's type become a WIT type?

use wasmparser::PrimitiveValType;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentItem, ComponentValType,
    RecordType, VariantType,
};
use wasmparser::names::{
    AccessorKind, ComponentNameKind, KebabString, PlainName, ResourceFuncKind,
};
use wit_parser::{
    Case, Docs, Enum, EnumCase, Field, Flag, Flags, Function, FunctionKind, Handle, Param, Record,
    Result_, Stability, Tuple, Type, TypeDef, TypeDefKind, TypeId, TypeOwner, Variant,
};

use super::{Decoder, Fit, Misfit, entity, parse_name, within};

impl Decoder<'_> {
    /// A type under a name: a definition, or a `use` of one that is known.
    pub(super) fn named_type(
        &mut self,
        name: &str,
        item: &ComponentItem,
        owner: TypeOwner,
    ) -> Fit<TypeId> {
        let ComponentEntityType::Type {
            referenced,
            created,
        } = item.ty
        else {
            return Err(Misfit::of(entity(&item.ty)));
        };
        let source = self.alias_of(referenced);
        let kind = match source {
            Some(other) => {
                self.check_use(other, owner)?;
                TypeDefKind::Type(Type::Id(other))
            }
            None => match referenced {
                ComponentAnyTypeId::Defined(id) => {
                    let types = self.types;
                    self.defined(&types[id])?
                }
                ComponentAnyTypeId::Resource(_) => TypeDefKind::Resource,
                ComponentAnyTypeId::Func(_) => {
                    return Err(Misfit::new("a function type cannot have a name in WIT"));
                }
                ComponentAnyTypeId::Instance(_) => {
                    return Err(Misfit::new("an instance type cannot have a name in WIT"));
                }
                ComponentAnyTypeId::Component(_) => {
                    return Err(Misfit::new("a component type has no form in WIT"));
                }
            },
        };
        let is_resource = matches!(kind, TypeDefKind::Resource);
        let id = self.resolve.types.alloc(TypeDef {
            name: Some(name.to_string()),
            kind,
            owner,
            docs: Docs::default(),
            stability: Stability::default(),
            span: Default::default(),
            external_id: item.external_id.clone(),
        });
        if is_resource {
            self.resources.insert((owner, name.to_string()), id);
        }
        if let Some(other) = source {
            self.roots.insert(id, self.root(other));
        }
        match self.known.insert(created, id) {
            None => Ok(id),
            Some(_) => Err(Misfit::new(
                "it appears under two names, as when what is imported is exported again",
            )),
        }
    }

    /// The named type that this one is another name of.
    fn alias_of(&self, id: ComponentAnyTypeId) -> Option<TypeId> {
        let mut next = Some(id);
        while let Some(id) = next {
            match self.known.get(&id) {
                Some(&found) if self.resolve.types[found].owner != TypeOwner::None => {
                    return Some(found);
                }
                Some(_) => return None,
                None => next = self.types.as_ref().peel_alias(id),
            }
        }
        None
    }

    /// Types are used from where they are defined in an interface that has a name.
    fn check_use(&self, other: TypeId, owner: TypeOwner) -> Fit<()> {
        let source = self.resolve.types[other].owner;
        if source == owner {
            return Ok(());
        }
        match source {
            TypeOwner::Interface(id) if self.resolve.interfaces[id].name.is_some() => Ok(()),
            TypeOwner::Interface(_) => Err(Misfit::new(
                "it is a type of an interface without a name, which cannot be used elsewhere",
            )),
            TypeOwner::World(_) | TypeOwner::None => Err(Misfit::new(
                "it is a type of the world, which cannot be used in an interface",
            )),
        }
    }

    pub(super) fn function(
        &mut self,
        name: &str,
        item: &ComponentItem,
        owner: TypeOwner,
    ) -> Fit<Function> {
        let ComponentEntityType::Func(id) = item.ty else {
            return Err(Misfit::of(entity(&item.ty)));
        };
        let types = self.types;
        let ty = &types[id];
        let parsed = parse_name(name)?;
        let ComponentNameKind::Plain(plain) = parsed.kind() else {
            return Err(Misfit::new(
                "a function cannot have the name of an interface in WIT",
            ));
        };
        let mut params = Vec::with_capacity(ty.params.len());
        for (name, ty) in &ty.params {
            let ty = within(|| format!("parameter `{name}`"), self.value(ty))?;
            let span = Default::default();
            params.push(Param {
                name: name.to_string(),
                ty,
                span,
            });
        }
        let result = match &ty.result {
            Some(ty) => Some(within(|| "result".to_string(), self.value(ty))?),
            None => None,
        };
        let kind = self.function_kind(&plain, ty.async_, owner)?;
        Ok(Function {
            name: name.to_string(),
            kind,
            params,
            result,
            docs: Docs::default(),
            stability: Stability::default(),
            span: Default::default(),
            external_id: item.external_id.clone(),
        })
    }

    /// What a name such as `[method]output-stream.write` says a function is.
    fn function_kind(
        &self,
        name: &PlainName<'_>,
        is_async: bool,
        owner: TypeOwner,
    ) -> Fit<FunctionKind> {
        use AccessorKind::{Get, Set};
        use ResourceFuncKind::{Constructor, Method, Static};
        if is_async && name.accessor.is_some() {
            return Err(Misfit::new("an accessor cannot be asynchronous"));
        }
        let Some(role) = name.resource_func else {
            return Ok(match (name.accessor, is_async) {
                (Some(Get), _) => FunctionKind::Getter,
                (Some(Set), _) => FunctionKind::Setter,
                (None, true) => FunctionKind::AsyncFreestanding,
                (None, false) => FunctionKind::Freestanding,
            });
        };
        let resource = name
            .resource()
            .map(|resource| resource.as_str())
            .unwrap_or_default();
        let Some(&id) = self.resources.get(&(owner, resource.to_string())) else {
            return Err(Misfit::new(format!(
                "resource `{resource}` is not defined beside it"
            )));
        };
        Ok(match (role, name.accessor, is_async) {
            (Constructor, None, false) => FunctionKind::Constructor(id),
            (Constructor, ..) => {
                return Err(Misfit::new(
                    "a constructor is neither accessor nor asynchronous",
                ));
            }
            (Method, Some(Get), _) => FunctionKind::MethodGetter(id),
            (Method, Some(Set), _) => FunctionKind::MethodSetter(id),
            (Method, None, true) => FunctionKind::AsyncMethod(id),
            (Method, None, false) => FunctionKind::Method(id),
            (Static, Some(Get), _) => FunctionKind::StaticGetter(id),
            (Static, Some(Set), _) => FunctionKind::StaticSetter(id),
            (Static, None, true) => FunctionKind::AsyncStatic(id),
            (Static, None, false) => FunctionKind::Static(id),
        })
    }

    /// The type of a value; types without a name are added where they first occur.
    fn value(&mut self, ty: &ComponentValType) -> Fit<Type> {
        let id = match ty {
            ComponentValType::Primitive(primitive) => return Ok(self::primitive(*primitive)),
            ComponentValType::Type(id) => *id,
        };
        let key = ComponentAnyTypeId::from(id);
        if let Some(&known) = self.known.get(&key) {
            return Ok(Type::Id(known));
        }
        let types = self.types;
        let kind = self.defined(&types[id])?;
        if matches!(
            kind,
            TypeDefKind::Record(_)
                | TypeDefKind::Variant(_)
                | TypeDefKind::Enum(_)
                | TypeDefKind::Flags(_)
                | TypeDefKind::Resource
        ) {
            return Err(Misfit::new(format!("a {} without a name", kind.as_str())));
        }
        let id = self.resolve.types.alloc(TypeDef {
            name: None,
            kind,
            owner: TypeOwner::None,
            docs: Docs::default(),
            stability: Stability::default(),
            span: Default::default(),
            external_id: None,
        });
        self.known.insert(key, id);
        Ok(Type::Id(id))
    }

    fn optional(&mut self, ty: Option<&ComponentValType>) -> Fit<Option<Type>> {
        ty.map(|ty| self.value(ty)).transpose()
    }

    fn defined(&mut self, ty: &ComponentDefinedType) -> Fit<TypeDefKind> {
        Ok(match ty {
            ComponentDefinedType::Primitive(ty) => TypeDefKind::Type(primitive(*ty)),
            ComponentDefinedType::Record(ty) => TypeDefKind::Record(self.record(ty)?),
            ComponentDefinedType::Variant(ty) => TypeDefKind::Variant(self.variant(ty)?),
            ComponentDefinedType::List { element, .. } => TypeDefKind::List(self.value(element)?),
            ComponentDefinedType::Map { key, value, .. } => {
                TypeDefKind::Map(self.value(key)?, self.value(value)?)
            }
            ComponentDefinedType::FixedLengthList {
                element, length, ..
            } => TypeDefKind::FixedLengthList(self.value(element)?, *length),
            ComponentDefinedType::Tuple(tuple) => {
                let types = tuple
                    .types
                    .iter()
                    .map(|ty| self.value(ty))
                    .collect::<Fit<_>>()?;
                TypeDefKind::Tuple(Tuple { types })
            }
            ComponentDefinedType::Flags(names) => TypeDefKind::Flags(flags(names.iter())),
            ComponentDefinedType::Enum(names) => TypeDefKind::Enum(enumeration(names.iter())),
            ComponentDefinedType::Option { ty, .. } => TypeDefKind::Option(self.value(ty)?),
            ComponentDefinedType::Result { ok, err, .. } => {
                let ok = self.optional(ok.as_ref())?;
                let err = self.optional(err.as_ref())?;
                TypeDefKind::Result(Result_ { ok, err })
            }
            ComponentDefinedType::Own(id) => {
                TypeDefKind::Handle(Handle::Own(self.resource((*id).into())?))
            }
            ComponentDefinedType::Borrow(id) => {
                TypeDefKind::Handle(Handle::Borrow(self.resource((*id).into())?))
            }
            ComponentDefinedType::Future { ty, .. } => {
                TypeDefKind::Future(self.optional(ty.as_ref())?)
            }
            ComponentDefinedType::Stream { ty, .. } => {
                TypeDefKind::Stream(self.optional(ty.as_ref())?)
            }
        })
    }

    fn record(&mut self, ty: &RecordType) -> Fit<Record> {
        let mut fields = Vec::with_capacity(ty.fields.len());
        for (name, ty) in &ty.fields {
            fields.push(Field {
                name: name.to_string(),
                ty: within(|| format!("field `{name}`"), self.value(ty))?,
                docs: Docs::default(),
                span: Default::default(),
            });
        }
        Ok(Record { fields })
    }

    fn variant(&mut self, ty: &VariantType) -> Fit<Variant> {
        let mut cases = Vec::with_capacity(ty.cases.len());
        for (name, case) in &ty.cases {
            let ty = self.optional(case.ty.as_ref());
            cases.push(Case {
                name: name.to_string(),
                ty: within(|| format!("case `{name}`"), ty)?,
                docs: Docs::default(),
                span: Default::default(),
            });
        }
        Ok(Variant { cases })
    }

    /// The resource that a handle is for.
    fn resource(&self, id: ComponentAnyTypeId) -> Fit<TypeId> {
        let known = self.known.get(&id).copied();
        known.ok_or_else(|| Misfit::new("a handle of a resource that has no name here"))
    }
}

fn flags<'n>(names: impl Iterator<Item = &'n KebabString>) -> Flags {
    let flags = names.map(|name| Flag {
        name: name.to_string(),
        docs: Docs::default(),
        span: Default::default(),
    });
    Flags {
        flags: flags.collect(),
    }
}

fn enumeration<'n>(names: impl Iterator<Item = &'n KebabString>) -> Enum {
    let cases = names.map(|name| EnumCase {
        name: name.to_string(),
        docs: Docs::default(),
        span: Default::default(),
    });
    Enum {
        cases: cases.collect(),
    }
}

pub(super) fn primitive(ty: PrimitiveValType) -> Type {
    match ty {
        PrimitiveValType::Bool => Type::Bool,
        PrimitiveValType::S8 => Type::S8,
        PrimitiveValType::U8 => Type::U8,
        PrimitiveValType::S16 => Type::S16,
        PrimitiveValType::U16 => Type::U16,
        PrimitiveValType::S32 => Type::S32,
        PrimitiveValType::U32 => Type::U32,
        PrimitiveValType::S64 => Type::S64,
        PrimitiveValType::U64 => Type::U64,
        PrimitiveValType::F32 => Type::F32,
        PrimitiveValType::F64 => Type::F64,
        PrimitiveValType::Char => Type::Char,
        PrimitiveValType::String => Type::String,
        PrimitiveValType::ErrorContext => Type::ErrorContext,
    }
}
