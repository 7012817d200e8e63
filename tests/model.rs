//! The parsed component: nothing is lost, and every index space is as long as it should be.
//!
//! `WCT_CORPUS=FOLDER` adds every `.wasm` of a folder.

#[path = "support/binaries.rs"]
mod binaries;

use wasmparser::types::TypesRef;
use wasmparser::{Parser, Payload, ValidPayload, Validator, WasmFeatures};
use wct::binary::{self, Layer};
use wct::component::Component;
use wct::module::Module;

#[test]
fn parse_then_emit_gives_the_same_bytes() {
    for (path, bytes) in binaries::all() {
        let emitted = match binary::layer(&bytes) {
            Some(Layer::Module) => {
                let module = Module::parse(&bytes, 0..bytes.len()).expect("it parses");
                module.emit(|_| None)
            }
            _ => Component::parse(&bytes)
                .expect("it parses")
                .emit(&mut |_| None),
        };
        assert!(emitted == bytes, "{path}");
    }
}

#[test]
fn replacing_a_module_by_itself_changes_nothing_but_padded_lengths() {
    for (path, bytes) in binaries::all() {
        if binary::layer(&bytes) != Some(Layer::Component) {
            continue;
        }
        let component = Component::parse(&bytes).expect("it parses");
        let emitted = component.emit(&mut |module| Some(module.bytes().to_vec()));
        let again = Component::parse(&emitted).expect("it parses again");
        let contents = |component: &Component<'_>| -> Vec<Vec<u8>> {
            let modules = component.all_core_modules();
            modules
                .into_iter()
                .map(|module| module.bytes().to_vec())
                .collect()
        };
        assert!(contents(&component) == contents(&again), "{path}");
        assert!(emitted.len() <= bytes.len(), "{path}");
    }
}

#[test]
fn every_index_space_is_as_long_as_the_validator_says() {
    for (path, bytes) in binaries::all() {
        if binary::layer(&bytes) != Some(Layer::Component) {
            continue;
        }
        let component = Component::parse(&bytes).expect("it parses");
        let mut inside_out = Vec::new();
        collect(&component, &mut inside_out);
        let mut inside_out = inside_out.into_iter();
        each_component(&bytes, |types| {
            let component = inside_out.next().expect("as many components");
            assert_eq!(lengths(component), counts(types), "{path}");
        });
        assert!(inside_out.next().is_none(), "{path}");
    }
}

/// Components in the order in which they end.
fn collect<'r, 'a>(component: &'r Component<'a>, found: &mut Vec<&'r Component<'a>>) {
    for (_, nested) in component.components.iter() {
        if let Some(nested) = nested.defined() {
            collect(nested, found);
        }
    }
    found.push(component);
}

/// Calls with the types of each component, just before it ends.
fn each_component(bytes: &[u8], mut see: impl FnMut(TypesRef<'_>)) {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut is_component = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.expect("it parses");
        if let Payload::Version { encoding, .. } = &payload {
            is_component.push(*encoding == wasmparser::Encoding::Component);
        }
        if matches!(payload, Payload::End(_)) && is_component.pop() == Some(true) {
            see(validator.types(0).expect("a component is open"));
        }
        match validator.payload(&payload).expect("it is valid") {
            ValidPayload::Ok | ValidPayload::Parser(_) | ValidPayload::Func(..) => {}
            ValidPayload::End(_) => {}
        }
    }
}

fn lengths(component: &Component<'_>) -> [usize; 13] {
    [
        component.core_modules.len(),
        component.core_instances.len(),
        component.core_types.len(),
        component.core_funcs.len(),
        component.core_tables.len(),
        component.core_memories.len(),
        component.core_globals.len(),
        component.core_tags.len(),
        component.components.len(),
        component.instances.len(),
        component.types.len(),
        component.funcs.len(),
        component.values.len(),
    ]
}

fn counts(types: TypesRef<'_>) -> [usize; 13] {
    [
        types.module_count() as usize,
        types.core_instance_count() as usize,
        types.core_type_count_in_component() as usize,
        types.function_count() as usize,
        types.table_count() as usize,
        types.memory_count() as usize,
        types.global_count() as usize,
        types.tag_count() as usize,
        types.component_count() as usize,
        types.component_instance_count() as usize,
        types.component_type_count() as usize,
        types.component_function_count() as usize,
        types.value_count() as usize,
    ]
}
