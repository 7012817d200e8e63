//! Shrinking any bytes comes back; what was valid stays valid, and shrinks no further for errors.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::diagnostic::Fault;
use wct::progress::Silent;
use wct::shrink::{Options, shrink};

fuzz_target!(|bytes: &[u8]| {
    match shrink("input", bytes, &Options::default(), &Silent) {
        Ok((small, _)) => {
            let verdict = wct::validate::validate("output", &small, &Default::default());
            assert!(verdict.valid, "{:?}", verdict.findings);
            assert!(small.len() <= bytes.len() || wct::binary::layer(bytes).is_none());
        }
        Err(error) => assert!(error.fault != Fault::Ours, "{error:?}"),
    }
});
