//! The verdict on any bytes is that of wasmparser.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmparser::{Validator, WasmFeatures};
use wct::features::Features;
use wct::validate::{Options, validate};

fuzz_target!(|bytes: &[u8]| {
    let options = |custom_sections| Options {
        features: Features::all(),
        custom_sections,
        ..Options::default()
    };
    let verdict = validate("input", bytes, &options(false));
    // Stricter than wasmparser's.
    let strict = validate("input", bytes, &options(true));
    assert!(verdict.valid || !strict.valid, "{:?}", verdict.findings);
    if wct::binary::layer(bytes).is_some() {
        let peer = Validator::new_with_features(WasmFeatures::all()).validate_all(bytes);
        assert!(verdict.valid || peer.is_err(), "{:?}", verdict.findings);
        assert!(peer.is_ok() || !verdict.valid, "{:?}", peer.err());
    }
});
