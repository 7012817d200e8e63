//! What does a stubbed function answer?

use std::collections::BTreeMap;

use wasm_encoder::{Instruction, ValType};
use wit_parser::{
    Function, Int, ManglingAndAbi, Resolve, SizeAlign, Type, TypeDefKind, WasmExport,
    WasmExportKind, WorldId, WorldItem,
};

use wit_parser::abi::{AbiVariant, WasmType};

use super::{Answer, Stubbed, failed};
use crate::diagnostic::Result;

/// What a core function gives back.
#[derive(Clone, Debug, PartialEq)]
pub enum Returned {
    Nothing,
    /// One core value.
    Value(WasmType, i32),
    /// A pointer to these bytes.
    Bytes(Vec<u8>),
}

impl Returned {
    /// What puts one core value on the stack.
    pub fn constant(ty: &WasmType, value: i32) -> Instruction<'static> {
        match value_type(ty) {
            ValType::I64 => Instruction::I64Const(i64::from(value)),
            ValType::F32 => Instruction::F32Const(0.0.into()),
            ValType::F64 => Instruction::F64Const(0.0.into()),
            _ => Instruction::I32Const(value),
        }
    }
}

pub fn value_type(ty: &WasmType) -> ValType {
    match ty {
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
    }
}

/// Cases that mean no, the clearest first.
const DENIALS: &[&str] = &[
    "access",
    "access-denied",
    "not-permitted",
    "permission-denied",
    "denied",
    "forbidden",
    "unsupported",
    "not-supported",
];

/// The answers of core functions, by the name they are exported by. Those without one trap, which
/// their interfaces keep.
pub fn answers(
    resolve: &Resolve,
    world: WorldId,
    interfaces: &mut [Stubbed],
    abi: ManglingAndAbi,
) -> Result<BTreeMap<String, Returned>> {
    let shape = Shape::of(resolve)?;
    let mut answers = BTreeMap::new();
    for (key, item) in &resolve.worlds[world].exports {
        let name = resolve.name_world_key(key);
        let mut stubbed = interfaces.iter_mut();
        let Some(stubbed) = stubbed.find(|stubbed| stubbed.name == name) else {
            continue;
        };
        let (interface, functions): (_, Vec<&Function>) = match item {
            WorldItem::Interface { id, .. } => (
                Some(key),
                resolve.interfaces[*id].functions.values().collect(),
            ),
            WorldItem::Function(function) => (None, vec![function]),
            WorldItem::Type { .. } => continue,
        };
        for func in functions {
            let kind = WasmExportKind::Normal;
            let export = WasmExport::Func {
                interface,
                func,
                kind,
            };
            let name = resolve.wasm_export_name(abi, export);
            match shape.returned(func, stubbed.answer, abi.export_variant()) {
                Some(returned) => {
                    answers.insert(name, returned);
                }
                None if stubbed.answer == Answer::Trap => {}
                None => stubbed.traps.push(func.name.clone()),
            }
        }
    }
    Ok(answers)
}

/// The types of functions as they are in memory.
pub struct Shape<'r> {
    resolve: &'r Resolve,
    sizes: SizeAlign,
}

impl<'r> Shape<'r> {
    pub fn of(resolve: &'r Resolve) -> Result<Shape<'r>> {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve).map_err(|error| failed(&error))?;
        Ok(Shape { resolve, sizes })
    }

    /// What the function gives back where it answers so; it traps where there is nothing.
    pub fn returned(
        &self,
        func: &Function,
        answer: Answer,
        variant: AbiVariant,
    ) -> Option<Returned> {
        let signature = self.resolve.wasm_signature(variant, func);
        let Some(ty) = &func.result else {
            return (answer == Answer::Empty).then_some(Returned::Nothing);
        };
        let bytes = match answer {
            Answer::Trap => return None,
            Answer::Empty => self.is_empty_possible(ty).then(|| self.zeros(ty))?,
            Answer::Deny => self.denial(ty)?,
        };
        if signature.retptr {
            return Some(Returned::Bytes(bytes));
        }
        // One core value: a number, or the case of a result or enum.
        let first = bytes.first().copied().unwrap_or(0);
        let ty = signature.results.first()?;
        Some(Returned::Value(*ty, i32::from(first)))
    }

    fn zeros(&self, ty: &Type) -> Vec<u8> {
        vec![0; self.sizes.size(ty).size_wasm32()]
    }

    /// Are zeros a value of the type? Not where that would be a handle.
    fn is_empty_possible(&self, ty: &Type) -> bool {
        let possible = |ty: &Option<Type>| ty.as_ref().is_none_or(|ty| self.is_empty_possible(ty));
        let Type::Id(id) = ty else {
            return !matches!(ty, Type::ErrorContext);
        };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Record(record) => record
                .fields
                .iter()
                .all(|field| self.is_empty_possible(&field.ty)),
            TypeDefKind::Tuple(tuple) => tuple.types.iter().all(|ty| self.is_empty_possible(ty)),
            TypeDefKind::Variant(variant) => variant.cases.first().is_some_and(|c| possible(&c.ty)),
            TypeDefKind::Result(result) => possible(&result.ok),
            TypeDefKind::FixedLengthList(ty, _) | TypeDefKind::Type(ty) => {
                self.is_empty_possible(ty)
            }
            TypeDefKind::Flags(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Option(_)
            | TypeDefKind::List(_)
            | TypeDefKind::Map(..) => true,
            TypeDefKind::Resource
            | TypeDefKind::Handle(_)
            | TypeDefKind::Future(_)
            | TypeDefKind::Stream(_)
            | TypeDefKind::Unknown => false,
        }
    }

    /// The error that means no.
    fn denial(&self, ty: &Type) -> Option<Vec<u8>> {
        let mut ty = *ty;
        let (ok, err) = loop {
            let Type::Id(id) = ty else {
                return None;
            };
            match &self.resolve.types[id].kind {
                TypeDefKind::Type(other) => ty = *other,
                TypeDefKind::Result(result) => break (result.ok.as_ref(), result.err.as_ref()),
                _ => return None,
            }
        };
        let mut bytes = self.zeros(&ty);
        *bytes.first_mut()? = 1;
        if let Some(err) = err {
            let offset = self.sizes.payload_offset(Int::U8, [ok, Some(err)]);
            let (case, is_possible) = self.denying_case(err);
            if !is_possible {
                return None;
            }
            if let Some(case) = case {
                // Types with more than 256 cases begin with the low byte as well.
                *bytes.get_mut(offset.size_wasm32())? = case;
            }
        }
        Some(bytes)
    }

    /// Which case of an error type means no, and whether zeros serve for the rest.
    fn denying_case(&self, err: &Type) -> (Option<u8>, bool) {
        let mut err = *err;
        loop {
            let Type::Id(id) = err else {
                return (None, self.is_empty_possible(&err));
            };
            match &self.resolve.types[id].kind {
                TypeDefKind::Type(other) => err = *other,
                TypeDefKind::Enum(cases) => {
                    let names = cases.cases.iter().map(|case| case.name.as_str());
                    return (denying(&names.collect::<Vec<_>>()), true);
                }
                TypeDefKind::Variant(variant) => {
                    let names = variant.cases.iter().map(|case| case.name.as_str());
                    let case = denying(&names.collect::<Vec<_>>());
                    let chosen = variant.cases.get(usize::from(case.unwrap_or(0)));
                    let payload = chosen.and_then(|case| case.ty.as_ref());
                    return (case, payload.is_none_or(|ty| self.is_empty_possible(ty)));
                }
                _ => return (None, self.is_empty_possible(&err)),
            }
        }
    }
}

fn denying(names: &[&str]) -> Option<u8> {
    let position = |denial: &&str| names.iter().position(|name| name == denial);
    let found = DENIALS.iter().find_map(position)?;
    u8::try_from(found).ok()
}
