//! Random components of wasm-smith: types, imports and modules, hardly anything to run.

use rayon::prelude::*;
use wasmtime::{Engine, Store, component};

use crate::mutate::Numbers;
use crate::{observe, seeds, smaller};

fn random(seed: u64) -> Option<Vec<u8>> {
    let mut numbers = Numbers::new(seed);
    let length = 300 + numbers.below(4000);
    let bytes: Vec<u8> = (0..length).map(|_| numbers.below(256) as u8).collect();
    let mut data = arbitrary::Unstructured::new(&bytes);
    let config = wasm_smith::Config {
        gc_enabled: false,
        shared_everything_threads_enabled: false,
        threads_enabled: false,
        max_memory32_bytes: 1 << 18,
        max_memory64_bytes: 1 << 18,
        ..wasm_smith::Config::default()
    };
    let component = wasm_smith::Component::new(config, &mut data).ok()?;
    let bytes = component.to_bytes();
    let features = wasmparser::WasmFeatures::all();
    let mut validator = wasmparser::Validator::new_with_features(features);
    validator.validate_all(&bytes).is_ok().then_some(bytes)
}

/// Whether it has an instance, with imports that trap; nothing where Wasmtime does not take it.
fn instance(engine: &Engine, bytes: &[u8]) -> Option<bool> {
    let component = component::Component::new(engine, bytes).ok()?;
    let mut linker = component::Linker::<()>::new(engine);
    linker.define_unknown_imports_as_traps(&component).ok()?;
    let mut store = Store::new(engine, ());
    Some(linker.instantiate(&mut store, &component).is_ok())
}

#[test]
fn random_components_of_wasm_smith_do_the_same() {
    let engine = observe::engine();
    let made: Vec<bool> = seeds(300)
        .into_par_iter()
        .filter_map(|seed| {
            let component = random(seed)?;
            let small = smaller::smaller(&component);
            let small = small.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let before = instance(&engine, &component);
            let after = instance(&engine, &small);
            // With fewer constructs it may be taken where it was not.
            assert!(before.is_none() || before == after, "seed {seed}");
            Some(before.is_some())
        })
        .collect();
    let ran = made.iter().filter(|ran| **ran).count();
    eprintln!("{} components, {ran} of them instantiated", made.len());
    assert!(made.len() > 100 && ran > 10);
}
