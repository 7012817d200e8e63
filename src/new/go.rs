//! How does the heap of Go's runtime get past the adapter's pages?
//!
//! Go takes it that its memory grows in one piece: `sbrk` (runtime/mem_wasm.go) grows the memory,
//! does not look at which pages it got, and hands out what follows `blocMax`. It cannot be asked
//! for memory either, since the first call to the adapter comes before its allocator is ready.
//! So the adapter's pages are grown behind its back and both of its marks, `bloc` and `blocMax`,
//! are moved past them. Their addresses are read off `sbrk`, which is found by its shape.

use wasm_encoder::{BlockType, Encode, Function, MemArg, MemArgTarget, ValType};
use wasmparser::{FunctionBody, Operator};

use super::heap::{Cure, Heap, Method, Site};
use super::patch::Patch;
use crate::diagnostic::Result;
use crate::module::Module;

/// The addresses of the runtime's variables.
struct Marks {
    bloc: i32,
    bloc_max: i32,
}

pub(super) fn is_made_by_go(module: &Module<'_>) -> bool {
    module.custom("go:buildid").is_some()
}

/// Adds a `cabi_realloc_adapter` to a module of Go's. The name makes the encoder use it for
/// adapters alone.
pub(super) fn cure(module: &Module<'_>, sites: &[Site]) -> Result<Option<Cure>> {
    if !is_made_by_go(module) {
        return Ok(None);
    }
    let mut growing = sites.iter().filter(|site| site.grows);
    let (Some(grow), None) = (growing.next(), growing.next()) else {
        return Ok(None);
    };
    let grow = module.imported_functions()? + grow.body as u32;
    let bodies = module.bodies()?;
    let Some(marks) = bodies.iter().find_map(|body| marks(body, grow)) else {
        return Ok(None);
    };
    let mut patch = Patch::new(module)?;
    let ty = patch.ty(&[ValType::I32; 4], &[ValType::I32]);
    let index = patch.function(ty, &grow_behind(&marks));
    patch.export("cabi_realloc_adapter", index);
    Ok(Some(Cure {
        module: Some(patch.apply()),
        heap: Some(Heap {
            method: Method::GoHeap,
            function: None,
        }),
    }))
}

/// What `sbrk` says about the marks: it adds to `bloc` in memory, and stores to one address
/// besides, which is `blocMax`. `None` for any other function.
fn marks(body: &FunctionBody<'_>, grow: u32) -> Option<Marks> {
    let operators = operators(body, grow)?;
    let bloc = operators.windows(5).find_map(|window| match window {
        [
            Operator::I64Const { value: to },
            Operator::I32WrapI64,
            Operator::I64Const { value: from },
            Operator::I32WrapI64,
            Operator::I64Load { .. },
        ] if to == from => Some(*to),
        _ => None,
    })?;
    let stored = |address: i64| {
        operators.windows(5).any(|window| match window {
            [
                Operator::I64Const { value },
                Operator::I32WrapI64,
                Operator::LocalGet { .. },
                Operator::I64Load { .. } | Operator::I64Store { .. },
                rest,
            ] => *value == address && is_store(&window[3], rest),
            _ => false,
        })
    };
    let constants = operators.windows(2).filter_map(|window| match window {
        [Operator::I64Const { value }, Operator::I32WrapI64] => Some(*value),
        _ => None,
    });
    let bloc_max = constants
        .filter(|value| *value != bloc)
        .find(|value| stored(*value))?;
    Some(Marks {
        bloc: i32::try_from(bloc).ok()?,
        bloc_max: i32::try_from(bloc_max).ok()?,
    })
}

fn is_store(fourth: &Operator<'_>, fifth: &Operator<'_>) -> bool {
    matches!(fourth, Operator::I64Store { .. }) || matches!(fifth, Operator::I64Store { .. })
}

/// The instructions of a body that calls `grow` and is no longer than `sbrk` may be.
fn operators<'a>(body: &FunctionBody<'a>, grow: u32) -> Option<Vec<Operator<'a>>> {
    const LONGEST: usize = 1024;
    let bytes = body.as_bytes();
    let mut call = vec![0x10];
    grow.encode(&mut call);
    if bytes.len() > LONGEST || !bytes.windows(call.len()).any(|window| window == call) {
        return None;
    }
    let reader = body.get_operators_reader().ok()?;
    let operators: Vec<Operator<'a>> =
        reader.into_iter().collect::<wasmparser::Result<_>>().ok()?;
    let calls = operators.iter().any(
        |operator| matches!(operator, Operator::Call { function_index } if *function_index == grow),
    );
    calls.then_some(operators)
}

// Parameters of `cabi_realloc`; locals.
const SIZE: u32 = 3;
const PAGES: u32 = 4;
const START: u32 = 5;

/// Grows the memory by whole pages and moves Go's marks past them, if its heap ended there.
fn grow_behind(marks: &Marks) -> Function {
    let word = MemArg {
        offset: 0,
        align: 3,
        target: MemArgTarget::Memory(0),
        ordering: None,
    };
    let mut body = Function::new([(2, ValType::I32)]);
    body.instructions()
        .local_get(SIZE)
        .i32_const(0xffff)
        .i32_add()
        .i32_const(16)
        .i32_shr_u()
        .local_tee(PAGES)
        .memory_grow(0)
        .local_tee(START)
        .i32_const(-1)
        .i32_eq()
        .if_(BlockType::Empty)
        .unreachable()
        .end()
        .i32_const(marks.bloc_max)
        .i64_load(word)
        .local_get(START)
        .i64_extend_i32_u()
        .i64_const(16)
        .i64_shl()
        .i64_eq()
        .if_(BlockType::Empty);
    for mark in [marks.bloc, marks.bloc_max] {
        body.instructions()
            .i32_const(mark)
            .local_get(START)
            .local_get(PAGES)
            .i32_add()
            .i64_extend_i32_u()
            .i64_const(16)
            .i64_shl()
            .i64_store(word);
    }
    body.instructions()
        .end()
        .local_get(START)
        .i32_const(16)
        .i32_shl()
        .end();
    body
}
