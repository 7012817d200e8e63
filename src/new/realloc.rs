//! How does a module without `cabi_realloc` get one from its own allocator?

use wasm_encoder::{BlockType, Function, MemArg, MemArgTarget, ValType};
use wasmparser::ExternalKind;

use super::core::Core;
use super::heap::{Cure, Heap, Method};
use super::patch::Patch;
use crate::diagnostic::Result;
use crate::module::Module;

/// The two shapes of C's allocators.
#[derive(Clone, Copy)]
enum Shape {
    /// `void *realloc(void *, size_t)`
    Realloc,
    /// `void *malloc(size_t)`
    Malloc,
}

/// The names by which allocators are found, the best first.
const NAMES: [(&str, Shape); 6] = [
    ("realloc", Shape::Realloc),
    ("__libc_realloc", Shape::Realloc),
    ("dlrealloc", Shape::Realloc),
    ("malloc", Shape::Malloc),
    ("__libc_malloc", Shape::Malloc),
    ("dlmalloc", Shape::Malloc),
];

/// Adds `cabi_realloc` where there is an allocator of a known name and signature.
pub(super) fn cure(module: &Module<'_>, core: &Core<'_>) -> Result<Option<Cure>> {
    let names = module.function_names();
    for (name, shape) in NAMES {
        let exported = core
            .exports
            .iter()
            .find(|export| export.name == name && export.kind == ExternalKind::Func)
            .map(|export| export.index);
        let named = names
            .iter()
            .find(|(_, have)| *have == name)
            .map(|(index, _)| index);
        for function in exported.into_iter().chain(named) {
            if fits(module, function, shape)? {
                return add(module, function, name, shape).map(Some);
            }
        }
    }
    Ok(None)
}

/// Whether the function is defined in the module and has the signature of its name.
fn fits(module: &Module<'_>, function: u32, shape: Shape) -> Result<bool> {
    use wasmparser::ValType::I32;
    if function < module.imported_functions()? {
        return Ok(false);
    }
    let Some(signature) = module.signature(function)? else {
        return Ok(false);
    };
    let params: &[_] = match shape {
        Shape::Realloc => &[I32, I32],
        Shape::Malloc => &[I32],
    };
    Ok(signature.params() == params && signature.results() == [I32])
}

fn add(module: &Module<'_>, function: u32, name: &str, shape: Shape) -> Result<Cure> {
    let mut patch = Patch::new(module)?;
    let ty = patch.ty(&[ValType::I32; 4], &[ValType::I32]);
    let body = match shape {
        Shape::Realloc => from_realloc(function),
        Shape::Malloc => from_malloc(function),
    };
    let index = patch.function(ty, &body);
    patch.export("cabi_realloc", index);
    Ok(Cure {
        module: Some(patch.apply()),
        heap: Some(Heap {
            method: Method::CabiRealloc,
            function: Some(name.to_string()),
        }),
    })
}

// The parameters of `cabi_realloc` (component-model `CanonicalABI.md`, "Runtime State").
const OLD: u32 = 0;
const OLD_SIZE: u32 = 1;
const ALIGN: u32 = 2;
const SIZE: u32 = 3;
/// A local.
const NEW: u32 = 4;

/// C's `realloc` does all but the alignment, which is at most 8 and that of every block.
fn from_realloc(realloc: u32) -> Function {
    let mut body = Function::new([(1, ValType::I32)]);
    return_align_for_nothing(&mut body);
    body.instructions()
        .local_get(OLD)
        .local_get(SIZE)
        .call(realloc)
        .local_set(NEW);
    return_new_or_trap(&mut body);
    body
}

/// From `malloc` alone: the old block is copied, and lost.
fn from_malloc(malloc: u32) -> Function {
    let mut body = Function::new([(1, ValType::I32)]);
    return_align_for_nothing(&mut body);
    body.instructions()
        .local_get(SIZE)
        .call(malloc)
        .local_set(NEW);
    let byte = MemArg {
        offset: 0,
        align: 0,
        target: MemArgTarget::Memory(0),
        ordering: None,
    };
    body.instructions()
        // If the old block is the longer one, its end is not kept.
        .local_get(OLD_SIZE)
        .local_get(SIZE)
        .i32_gt_u()
        .if_(BlockType::Empty)
        .local_get(SIZE)
        .local_set(OLD_SIZE)
        .end()
        .local_get(NEW)
        .i32_eqz()
        .if_(BlockType::Empty)
        .unreachable()
        .end()
        .block(BlockType::Empty)
        .loop_(BlockType::Empty)
        .local_get(OLD_SIZE)
        .i32_eqz()
        .br_if(1)
        .local_get(OLD_SIZE)
        .i32_const(1)
        .i32_sub()
        .local_set(OLD_SIZE)
        .local_get(NEW)
        .local_get(OLD_SIZE)
        .i32_add()
        .local_get(OLD)
        .local_get(OLD_SIZE)
        .i32_add()
        .i32_load8_u(byte)
        .i32_store8(byte)
        .br(0)
        .end()
        .end();
    return_new_or_trap(&mut body);
    body
}

/// No bytes need no block: any aligned pointer will do.
fn return_align_for_nothing(body: &mut Function) {
    body.instructions()
        .local_get(SIZE)
        .i32_eqz()
        .if_(BlockType::Empty)
        .local_get(ALIGN)
        .return_()
        .end();
}

fn return_new_or_trap(body: &mut Function) {
    body.instructions()
        .local_get(NEW)
        .i32_eqz()
        .if_(BlockType::Empty)
        .unreachable()
        .end()
        .local_get(NEW)
        .end();
}
