//! How do the functions of a stub get their answers?
//!
//! The module that traps everywhere is kept, but for the bodies that answer, the memory their
//! answers lie in, and names, so that a trap tells which function it is.

use std::collections::BTreeMap;

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, Function, Instruction, MemorySection,
    MemoryType, NameMap, NameSection, Section as _,
};
use wasmparser::{ExternalKind, Parser, Payload};

use super::answer::Returned;
use crate::binary::{PREAMBLE, Sections};
use crate::diagnostic::{self, Diagnostic, Result};

/// Where answers start: not at zero, which is no place for anything.
const START: usize = 16;
/// The strictest alignment there is.
const ALIGNMENT: usize = 8;
const PAGE: usize = 1 << 16;

/// What a caller's strings and lists are put into memory with.
const REALLOC: &str = "cabi_realloc";

/// The module with these answers, by the exported name of the function.
pub fn fill(module: &[u8], answers: &BTreeMap<String, Returned>) -> Result<Vec<u8>> {
    let plan = Plan::read(module).map_err(|error| diagnostic::wasm(error, module))?;
    let mut data = vec![0; START];
    let mut answering = Vec::new();
    for (names, _) in plan.functions() {
        let returned = names.iter().find_map(|name| answers.get(name));
        answering.push(returned.map(|returned| function(returned, &mut data)));
    }
    let arguments = data.len().next_multiple_of(ALIGNMENT);
    let mut code = CodeSection::new();
    for ((names, body), answering) in plan.functions().zip(answering) {
        match answering {
            Some(function) => code.function(&function),
            None if names.iter().any(|name| name == REALLOC) => code.function(&realloc(arguments)),
            None => code.raw(body),
        };
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
            function.instruction(&Returned::constant(ty, *value));
        }
        Returned::Bytes(bytes) => {
            data.resize(data.len().next_multiple_of(ALIGNMENT), 0);
            function.instruction(&Instruction::I32Const(data.len() as i32));
            data.extend_from_slice(bytes);
        }
    }
    function.instruction(&Instruction::End);
    function
}

/// A body that gives the same place to all arguments, which nobody reads, and has memory reach as
/// far as they do. Traps where it cannot.
fn realloc(start: usize) -> Function {
    const LENGTH: u32 = 3;
    const MISSING: u32 = 0;
    let mut function = Function::new([]);
    function
        .instructions()
        .local_get(LENGTH)
        .i64_extend_i32_u()
        .i64_const((start + PAGE - 1) as i64)
        .i64_add()
        .i64_const(i64::from(PAGE.trailing_zeros()))
        .i64_shr_u()
        .i32_wrap_i64()
        .memory_size(0)
        .i32_sub()
        .local_tee(MISSING)
        .i32_const(0)
        .i32_gt_s()
        .if_(BlockType::Empty)
        .local_get(MISSING)
        .memory_grow(0)
        .i32_const(0)
        .i32_lt_s()
        .if_(BlockType::Empty)
        .unreachable()
        .end()
        .end()
        .i32_const(start as i32)
        .end();
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

    /// The functions defined here: exported names and body.
    fn functions(&self) -> impl Iterator<Item = (&[String], &'m [u8])> {
        let bodies = (self.imported..).zip(&self.bodies);
        bodies.map(|(index, body)| {
            let names = self.exports.get(&index);
            (names.map_or(&[][..], Vec::as_slice), *body)
        })
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
