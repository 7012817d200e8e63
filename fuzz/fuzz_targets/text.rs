//! Any text of a module or component is encoded or refused, with findings marked in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::inspect::text;
use wct::validate::{Options, validate};

fuzz_target!(|source: &str| {
    let _ = validate("input", source.as_bytes(), &Options::default());
    if let Ok(binary) = wct::input::to_binary("input", source.as_bytes()) {
        let _ = text::print("input", &binary, text::Detail::Full);
    }
});
