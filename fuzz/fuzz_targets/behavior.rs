//! Any module without imports does the same after it was shrunk.
#![no_main]

#[path = "../../tests/support/mutate.rs"]
#[allow(dead_code)]
mod mutate;
#[path = "../../tests/shrink/observe.rs"]
#[allow(dead_code)]
mod observe;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wct::progress::Silent;
use wct::shrink::{Options, shrink};

static ENGINE: LazyLock<wasmtime::Engine> = LazyLock::new(observe::engine);

fn module(bytes: &[u8]) -> Option<Vec<u8>> {
    let config = wasm_smith::Config {
        canonicalize_nans: true,
        custom_page_sizes_enabled: false,
        gc_enabled: false,
        exceptions_enabled: false,
        max_imports: 0,
        max_memories: 2,
        max_memory32_bytes: 1 << 18,
        max_memory64_bytes: 1 << 18,
        max_table_elements: 64,
        memory_max_size_required: true,
        min_exports: 2,
        min_funcs: 2,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        table_max_size_required: true,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..wasm_smith::Config::default()
    };
    let mut data = arbitrary::Unstructured::new(bytes);
    let mut module = wasm_smith::Module::new(config, &mut data).ok()?;
    module.ensure_termination(200).ok()?;
    Some(module.to_bytes())
}

fuzz_target!(|bytes: &[u8]| {
    let Some(module) = module(bytes) else { return };
    let small = match shrink("input", &module, &Options::default(), &Silent) {
        Ok((small, _)) => small,
        Err(error) => panic!("{error:?}"),
    };
    let (before, after) = (observe::module(&ENGINE, &module), observe::module(&ENGINE, &small));
    assert_eq!(before, after);
});
