//! Any text is a manifest or is refused with a place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::build::manifest::Manifest;

fuzz_target!(|source: &str| {
    if let Err(error) = Manifest::parse("wct.toml", source) {
        assert!(!error.code.is_empty());
    }
});
