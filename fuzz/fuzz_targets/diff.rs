//! Nothing has changed between any bytes and themselves, and any two inputs are compared.
#![no_main]

mod pair;

use libfuzzer_sys::fuzz_target;
use wct::diff::{Input, diff};
use wct::files::Bytes;
use wct::wit::Features;

fn input(bytes: &[u8]) -> Option<Input> {
    Input::of_bytes("input", Bytes::Owned(bytes.to_vec()), &Features::All).ok()
}

fuzz_target!(|bytes: &[u8]| {
    let Some(pair) = pair::split(bytes) else {
        return;
    };
    let (Some(old), Some(new)) = (input(pair.0), input(pair.1)) else {
        return;
    };
    for (old, new) in [(&old, &old), (&old, &new), (&new, &old)] {
        let _ = diff(old, new, &Default::default());
    }
});
