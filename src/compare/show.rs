//! How does a type read in WIT?

use wasmparser::PrimitiveValType;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId, ComponentFuncType,
    ComponentValType,
};
use wasmparser::names::KebabString;

use super::Side;

impl Side<'_> {
    /// The primitive that a type is, under any name.
    pub(super) fn primitive(&self, ty: ComponentValType) -> Option<PrimitiveValType> {
        match ty {
            ComponentValType::Primitive(ty) => Some(ty),
            ComponentValType::Type(id) => match self.types[id] {
                ComponentDefinedType::Primitive(ty) => Some(ty),
                _ => None,
            },
        }
    }

    /// `(name: string, limit: u32)`
    pub(super) fn params(&self, func: &ComponentFuncType) -> String {
        let params = func.params.iter();
        let params: Vec<String> = params
            .map(|(name, ty)| format!("{name}: {}", self.value(*ty)))
            .collect();
        format!("({})", params.join(", "))
    }

    /// A type by its name, where it has one.
    pub(super) fn value(&self, ty: ComponentValType) -> String {
        match ty {
            ComponentValType::Primitive(ty) => ty.to_string(),
            ComponentValType::Type(id) => match self.defined.get(&id) {
                Some(name) => name.to_string(),
                None => self.structure(id),
            },
        }
    }

    /// A type by what it is made of, one level deep.
    pub(super) fn structure(&self, id: ComponentDefinedTypeId) -> String {
        use ComponentDefinedType as D;
        let optional = |ty: &Option<ComponentValType>| ty.map(|ty| self.value(ty));
        match &self.types[id] {
            D::Primitive(ty) => ty.to_string(),
            D::Record(record) => braces("record", record.fields.keys()),
            D::Variant(variant) => braces("variant", variant.cases.keys()),
            D::List { element, .. } => format!("list<{}>", self.value(*element)),
            D::Map { key, value, .. } => {
                format!("map<{}, {}>", self.value(*key), self.value(*value))
            }
            D::FixedLengthList {
                element, length, ..
            } => format!("list<{}, {length}>", self.value(*element)),
            D::Tuple(tuple) => {
                let types: Vec<String> = tuple.types.iter().map(|ty| self.value(*ty)).collect();
                format!("tuple<{}>", types.join(", "))
            }
            D::Flags(names) => braces("flags", names.iter()),
            D::Enum(names) => braces("enum", names.iter()),
            D::Option { ty, .. } => format!("option<{}>", self.value(*ty)),
            D::Result { ok, err, .. } => match (optional(ok), optional(err)) {
                (None, None) => "result".to_string(),
                (Some(ok), None) => format!("result<{ok}>"),
                (ok, Some(err)) => format!("result<{}, {err}>", ok.as_deref().unwrap_or("_")),
            },
            D::Own(resource) => self.resource(resource.resource()).to_string(),
            D::Borrow(resource) => format!("borrow<{}>", self.resource(resource.resource())),
            D::Future { ty, .. } => with_element("future", optional(ty)),
            D::Stream { ty, .. } => with_element("stream", optional(ty)),
        }
    }

    pub(super) fn any(&self, id: ComponentAnyTypeId) -> String {
        match id {
            ComponentAnyTypeId::Resource(id) => {
                format!("resource {}", self.resource(id.resource()))
            }
            ComponentAnyTypeId::Defined(id) => self.structure(id),
            ComponentAnyTypeId::Func(_) => "a func type".to_string(),
            ComponentAnyTypeId::Instance(_) => "an instance type".to_string(),
            ComponentAnyTypeId::Component(_) => "a component type".to_string(),
        }
    }
}

fn with_element(keyword: &str, element: Option<String>) -> String {
    match element {
        Some(element) => format!("{keyword}<{element}>"),
        None => keyword.to_string(),
    }
}

/// `record {a, b}`
pub(super) fn braces<'k>(keyword: &str, names: impl Iterator<Item = &'k KebabString>) -> String {
    let names: Vec<&str> = names.map(|name| name.as_str()).collect();
    let list = format!("{{{}}}", names.join(", "));
    if keyword.is_empty() {
        list
    } else {
        format!("{keyword} {list}")
    }
}
