//! How do the functions of a stub get their answers?
//!
//! The module that traps everywhere is kept, but for the bodies that answer, the memory their
//! answers lie in, and names, so that a trap tells which function it is.

use std::collections::BTreeMap;

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, Function, Instruction, MemorySection, MemoryType, NameMap,
    NameSection, Section as _,
};
use wasmparser::{ExternalKind, Parser, Payload};
use wit_parser::abi::WasmType;

use super::answer::Returned;
use crate::binary::{PREAMBLE, Sections};
use crate::diagnostic::{self, Diagnostic, Result};

/// Where answers start: not at zero, which is no place for anything.
const START: usize = 16;
const PAGE: usize = 1 << 16;

/// The module with these answers, by the exported name of the function.
pub fn fill(module: &[u8], answers: &BTreeMap<String, Returned>) -> Result<Vec<u8>> {
    let plan = Plan::read(module).map_err(|error| diagnostic::wasm(error, module))?;
    let mut data = vec![0; START];
    let mut code = CodeSection::new();
    for (at, body) in plan.bodies.iter().enumerate() {
        let names = plan.exports.get(&(plan.imported + at as u32));
        let answer = names
            .into_iter()
            .flatten()
            .find_map(|name| answers.get(name));
        match answer {
            Some(returned) => {
                code.function(&function(returned, &mut data));
            }
            None => {
                code.raw(body);
            }
        }
    }
    let mut out = module.get(..PREAMBLE).unwrap_or_default().to_vec();
    for section in Sections::new(module, 0..module.len()) {
        let section = section.map_err(|_| broken())?;
        match section.id {
            5 => memory(data.len()).append_to(&mut out),
            10 => {
                code.append_to(&mut out);
                segment(&data).append_to(&mut out);
            }
            _ => out.extend_from_slice(&module[section.range]),
        }
    }
    plan.names().append_to(&mut out);
    Ok(out)
}

fn broken() -> Box<Diagnostic> {
    Diagnostic::ours("stub/internal", "the module of a stub is damaged")
}

/// A body that gives back its answer; bytes are put into the data.
fn function(returned: &Returned, data: &mut Vec<u8>) -> Function {
    let mut function = Function::new([]);
    match returned {
        Returned::Nothing => {}
        Returned::Value(ty, value) => {
            function.instruction(&match ty {
                WasmType::I64 | WasmType::PointerOrI64 => Instruction::I64Const(i64::from(*value)),
                WasmType::F32 => Instruction::F32Const(0.0.into()),
                WasmType::F64 => Instruction::F64Const(0.0.into()),
                WasmType::I32 | WasmType::Pointer | WasmType::Length => {
                    Instruction::I32Const(*value)
                }
            });
        }
        Returned::Bytes(bytes) => {
            // The strictest alignment there is.
            data.resize(data.len().next_multiple_of(8), 0);
            function.instruction(&Instruction::I32Const(data.len() as i32));
            data.extend_from_slice(bytes);
        }
    }
    function.instruction(&Instruction::End);
    function
}

fn memory(bytes: usize) -> MemorySection {
    let mut section = MemorySection::new();
    section.memory(MemoryType {
        minimum: bytes.div_ceil(PAGE) as u64,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    section
}

fn segment(data: &[u8]) -> DataSection {
    let mut section = DataSection::new();
    section.active(0, &ConstExpr::i32_const(0), data.iter().copied());
    section
}

/// What has to be known of the module.
#[derive(Default)]
struct Plan<'m> {
    imported: u32,
    bodies: Vec<&'m [u8]>,
    /// Names by function.
    exports: BTreeMap<u32, Vec<String>>,
}

impl<'m> Plan<'m> {
    fn read(module: &'m [u8]) -> std::result::Result<Plan<'m>, wasmparser::Error> {
        let mut plan = Plan::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let is_func = matches!(import?.ty, wasmparser::TypeRef::Func(_));
                        plan.imported += u32::from(is_func);
                    }
                }
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            let names = plan.exports.entry(export.index).or_default();
                            names.push(export.name.to_string());
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => plan.bodies.push(body.as_bytes()),
                _ => {}
            }
        }
        Ok(plan)
    }

    fn names(&self) -> NameSection {
        let mut functions = NameMap::new();
        for (index, names) in &self.exports {
            if let Some(name) = names.first() {
                functions.append(*index, &format!("stub of {name}"));
            }
        }
        let mut section = NameSection::new();
        section.functions(&functions);
        section
    }
}
