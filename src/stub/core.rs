//! How does a core function stand for an import?
//!
//! It has the signature that the import has when it is lowered, and does at once what the import
//! would have done with memory and results (`CanonicalABI.md`, "canon lower").

use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    MemArg, MemArgTarget, MemoryType, Module, TypeSection, ValType,
};
use wit_parser::abi::AbiVariant;
use wit_parser::{self as wit, Resolve};

use super::Answer;
use super::answer::{Returned, Shape, value_type};

/// A function in place of a lowered import.
#[derive(Clone, Debug, PartialEq)]
pub struct CoreStub {
    params: Vec<ValType>,
    results: Vec<ValType>,
    /// Traps where there is nothing.
    returned: Option<Returned>,
    /// Its result says whether the call is over.
    is_async: bool,
}

/// The state of a call that is over (`CanonicalABI.md`, "Subtask State").
const RETURNED: i32 = 2;

impl CoreStub {
    /// In place of an import that is lowered, perhaps with `async`.
    pub fn lowered(
        resolve: &Resolve,
        shape: &Shape<'_>,
        func: &wit::Function,
        answer: Answer,
        is_async: bool,
    ) -> CoreStub {
        let variant = match is_async {
            true => AbiVariant::GuestImportAsync,
            false => AbiVariant::GuestImport,
        };
        let signature = resolve.wasm_signature(variant, func);
        CoreStub {
            params: signature.params.iter().map(value_type).collect(),
            results: signature.results.iter().map(value_type).collect(),
            returned: shape.returned(func, answer, variant),
            is_async,
        }
    }

    /// In place of dropping a handle where there can be none: that traps.
    pub fn dropped() -> CoreStub {
        CoreStub {
            params: vec![ValType::I32],
            results: Vec::new(),
            returned: None,
            is_async: false,
        }
    }

    pub fn traps(&self) -> bool {
        self.returned.is_none()
    }

    /// Does its answer lie in the caller's memory?
    pub fn needs_memory(&self) -> bool {
        matches!(self.returned, Some(Returned::Bytes(_)))
    }

    fn body(&self) -> Function {
        let mut body = Function::new([]);
        match &self.returned {
            None => {
                body.instructions().unreachable();
            }
            Some(Returned::Nothing) => {}
            Some(Returned::Value(ty, value)) => {
                body.instruction(&Returned::constant(ty, *value));
            }
            Some(Returned::Bytes(bytes)) => self.write(bytes, &mut body),
        }
        if self.is_async && !self.traps() {
            body.instructions().i32_const(RETURNED);
        }
        body.instructions().end();
        body
    }

    /// Writes the answer to where the last parameter points to.
    fn write(&self, bytes: &[u8], body: &mut Function) {
        let pointer = self.params.len().saturating_sub(1) as u32;
        let mut offset = 0;
        let at = |offset| MemArg {
            offset,
            align: 0,
            target: MemArgTarget::Memory(0),
            ordering: None,
        };
        let mut rest = bytes;
        while let Some((piece, after)) = rest.split_first_chunk::<8>() {
            body.instructions()
                .local_get(pointer)
                .i64_const(i64::from_le_bytes(*piece))
                .i64_store(at(offset));
            offset += 8;
            rest = after;
        }
        if let Some((piece, after)) = rest.split_first_chunk::<4>() {
            body.instructions()
                .local_get(pointer)
                .i32_const(i32::from_le_bytes(*piece))
                .i32_store(at(offset));
            offset += 4;
            rest = after;
        }
        for &byte in rest {
            body.instructions()
                .local_get(pointer)
                .i32_const(i32::from(byte))
                .i32_store8(at(offset));
            offset += 1;
        }
    }
}

/// A module that exports these functions by their numbers. Where they need a memory, it imports
/// one whose module and field have empty names.
pub fn module(stubs: &[CoreStub]) -> Vec<u8> {
    let mut types = TypeSection::new();
    let mut functions = FunctionSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    for (number, stub) in (0..).zip(stubs) {
        types
            .ty()
            .function(stub.params.iter().copied(), stub.results.iter().copied());
        functions.function(number);
        exports.export(&number.to_string(), ExportKind::Func, number);
        code.function(&stub.body());
    }
    let mut module = Module::new();
    module.section(&types);
    if stubs.iter().any(CoreStub::needs_memory) {
        let mut imports = ImportSection::new();
        let any = MemoryType {
            minimum: 0,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        imports.import("", "", EntityType::Memory(any));
        module.section(&imports);
    }
    module.section(&functions);
    module.section(&exports);
    module.section(&code);
    module.finish()
}
