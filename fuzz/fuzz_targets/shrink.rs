//! Shrinking any bytes comes back; what was valid stays valid with the same features, and shrinks no
//! further for errors.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::diagnostic::Fault;
use wct::features::Features;
use wct::progress::Silent;
use wct::shrink::{Options, shrink};
use wct::validate;

fn valid(bytes: &[u8], features: Features) -> bool {
    let options = validate::Options {
        features,
        ..validate::Options::default()
    };
    validate::validate("bytes", bytes, &options).valid
}

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
