//! Shrinking any bytes comes back; what was valid stays valid with the same features, and shrinks no
//! further for errors.
#![no_main]

mod verdict;

use libfuzzer_sys::fuzz_target;
use verdict::valid;
use wct::diagnostic::Fault;
use wct::features::Features;
use wct::progress::Silent;
use wct::shrink::{Options, shrink};

fuzz_target!(|bytes: &[u8]| {
    match shrink("input", bytes, &Options::default(), &Silent) {
        Ok((small, _)) => {
            assert!(valid(&small, Features::all()));
            let by_default = |bytes: &[u8]| valid(bytes, Features::default());
            assert!(by_default(&small) || !by_default(bytes));
            assert!(small.len() <= bytes.len() || wct::binary::layer(bytes).is_none());
        }
        Err(error) => assert!(error.fault != Fault::Ours, "{error:?}"),
    }
});
