//! Any WIT is parsed and printed or refused, and what it is encoded to is read back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::diagnostic::Fault;
use wct::inspect::wit;
use wct::wit::Features;

fuzz_target!(|bytes: &[u8]| {
    let Ok(interface) = wit::read("input", bytes, &Features::All) else {
        return;
    };
    let _ = interface.text();
    let _ = interface.files();
    let encoded = match interface.encode(false) {
        Ok(encoded) => encoded,
        Err(error) => {
            assert!(error.fault != Fault::Ours, "{error:?}");
            return;
        }
    };
    let again = wit::read("encoded", &encoded, &Features::All);
    assert!(again.is_ok(), "{:?}", again.err());
});
