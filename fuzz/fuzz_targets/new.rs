//! Wrapping any bytes comes back, and what comes out is valid: with all features, since a module, or
//! the WIT in it, may ask for any.
#![no_main]

mod verdict;

use libfuzzer_sys::fuzz_target;
use wct::features::Features;
use wct::progress::Silent;

fuzz_target!(|bytes: &[u8]| {
    if let Ok((component, _)) = wct::new::wrap("input", bytes, &Default::default(), &Silent) {
        assert!(verdict::valid(&component, Features::all()));
    }
});
