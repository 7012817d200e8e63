//! Wrapping any bytes comes back, and what comes out is valid.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::progress::Silent;

fuzz_target!(|bytes: &[u8]| {
    if let Ok((component, _)) = wct::new::wrap("input", bytes, &Default::default(), &Silent) {
        let verdict = wct::validate::validate("output", &component, &Default::default());
        assert!(verdict.valid);
    }
});
