//! Inspecting any bytes comes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::inspect::{metadata, sections, summary, text, tree, wit};

fuzz_target!(|bytes: &[u8]| {
    let features = wct::wit::Features::All;
    let _ = summary::summary("input", bytes, &features);
    let _ = tree::tree("input", bytes);
    let _ = sections::sections("input", bytes);
    let _ = metadata::metadata("input", bytes);
    let _ = text::print("input", bytes, text::Detail::Skeleton);
    if let Ok(interface) = wit::read("input", bytes, &features) {
        let _ = interface.text();
        let _ = interface.encode(false);
    }
});
