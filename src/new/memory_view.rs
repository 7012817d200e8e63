//! How is an allocator without a name kept off the adapter's pages?
//!
//! Allocators like that of wasi-libc before 2023 and AssemblyScript's take all memory up to
//! `memory.size` when they start, and from then on only what they grow themselves. The adapter's
//! pages come before that start. So until a function that grows memory has run, `memory.size` is
//! made to say the size that the memory was declared with; a module that never grows memory is
//! always told that.

use std::collections::{BTreeMap, BTreeSet};

use wasm_encoder::{BlockType, Encode, Function, ValType};
use wasmparser::{FunctionBody, MemoryType};

use super::heap::{Cure, Heap, Method, Site};
use super::patch::Patch;
use crate::diagnostic::Result;
use crate::module::Module;

/// Rewrites the instructions at `sites`, where the allocator is of that kind.
pub(super) fn cure(module: &Module<'_>, sites: &[Site]) -> Result<Option<Cure>> {
    let Some(initial) = initial_pages(module)? else {
        return Ok(None);
    };
    let growing: BTreeSet<usize> = sites
        .iter()
        .filter(|site| site.grows)
        .map(|site| site.body)
        .collect();
    if !growing.iter().all(|body| looks(sites, *body)) {
        return Ok(None);
    }
    let bodies = module.bodies()?;
    let types = module.functions()?;
    let mut patch = Patch::new(module)?;
    let view = View::add(&mut patch, initial);
    let mut by_body: BTreeMap<usize, Vec<&Site>> = BTreeMap::new();
    for site in sites {
        by_body.entry(site.body).or_default().push(site);
    }
    for (at, sites) in by_body {
        let (Some(body), Some(&ty)) = (bodies.get(at), types.get(at)) else {
            return Ok(None);
        };
        let index = module.imported_functions()? + at as u32;
        let Some(signature) = module.signature(index)? else {
            return Ok(None);
        };
        let copy = patch.raw_function(ty, &view.rewrite(body, &sites));
        let params = signature.params().len();
        let started = growing.contains(&at).then_some(view.started);
        let Some(entry) = detour(copy, params, started, body.as_bytes().len()) else {
            return Ok(None);
        };
        patch.replace(body.range().start as usize, entry);
    }
    Ok(Some(Cure {
        module: Some(patch.apply()),
        heap: Some(Heap {
            method: Method::InitialSize,
            function: None,
        }),
    }))
}

/// Whether a function looks at the size. One that does and grows knows which pages are new; one
/// that only grows leaves it to others to assume.
fn looks(sites: &[Site], body: usize) -> bool {
    sites.iter().any(|site| !site.grows && site.body == body)
}

/// The declared size of the module's one memory, if it is an ordinary one of its own.
fn initial_pages(module: &Module<'_>) -> Result<Option<i32>> {
    let imports = module.imports()?;
    let imported =
        |import: &wasmparser::Import<'_>| matches!(import.ty, wasmparser::TypeRef::Memory(_));
    if imports.iter().any(imported) {
        return Ok(None);
    }
    Ok(match module.memories()?.as_slice() {
        [
            MemoryType {
                memory64: false,
                shared: false,
                page_size_log2: None,
                initial,
                ..
            },
        ] => i32::try_from(*initial).ok(),
        _ => None,
    })
}

/// The two functions that stand for the two instructions.
struct View {
    /// The global that is 1 once `memory.size` is to say the truth.
    started: u32,
    size: u32,
    grow: u32,
}

impl View {
    fn add(patch: &mut Patch<'_, '_>, initial: i32) -> View {
        let started = patch.global(0);
        let size_type = patch.ty(&[], &[ValType::I32]);
        let grow_type = patch.ty(&[ValType::I32], &[ValType::I32]);
        let mut size = Function::new([]);
        size.instructions()
            .global_get(started)
            .if_(BlockType::Result(ValType::I32))
            .memory_size(0)
            .else_()
            .i32_const(initial)
            .end()
            .end();
        let mut grow = Function::new([]);
        grow.instructions()
            .i32_const(1)
            .global_set(started)
            .local_get(0)
            .memory_grow(0)
            .end();
        View {
            started,
            size: patch.function(size_type, &size),
            grow: patch.function(grow_type, &grow),
        }
    }

    /// The body with calls in the place of the instructions.
    fn rewrite(&self, body: &FunctionBody<'_>, sites: &[&Site]) -> Vec<u8> {
        let old = body.as_bytes();
        let mut new = Vec::with_capacity(old.len() + 8 * sites.len());
        let mut done = 0;
        for site in sites {
            new.extend_from_slice(&old[done..site.range.start]);
            new.push(CALL);
            let callee = if site.grows { self.grow } else { self.size };
            callee.encode(&mut new);
            done = site.range.end;
        }
        new.extend_from_slice(&old[done..]);
        new
    }
}

const CALL: u8 = 0x10;
const LOCAL_GET: u8 = 0x20;
const GLOBAL_SET: u8 = 0x24;
const I32_CONST: u8 = 0x41;
const NOP: u8 = 0x01;
const END: u8 = 0x0b;

/// A body of exactly `length` bytes that hands its parameters on to another function, and sets a
/// global to 1 when that returns; `None` if there is no room.
fn detour(to: u32, params: usize, started: Option<u32>, length: usize) -> Option<Vec<u8>> {
    // No locals of its own.
    let mut body = vec![0];
    for param in 0..params as u32 {
        body.push(LOCAL_GET);
        param.encode(&mut body);
    }
    body.push(CALL);
    to.encode(&mut body);
    if let Some(global) = started {
        body.extend([I32_CONST, 1, GLOBAL_SET]);
        global.encode(&mut body);
    }
    if body.len() + 1 > length {
        return None;
    }
    body.resize(length - 1, NOP);
    body.push(END);
    Some(body)
}
