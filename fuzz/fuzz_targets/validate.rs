//! Validating any bytes comes back.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = wct::validate::validate("input", bytes, &Default::default());
});
