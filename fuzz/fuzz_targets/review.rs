//! Any bytes have owners that add up, ways to imports, and a page.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::graph::Format;
use wct::inspect::{capabilities, wiring};
use wct::size::{By, Options};

fuzz_target!(|bytes: &[u8]| {
    let _ = wct::size::size("input", bytes, Options { by: Some(By::Source) });
    let _ = capabilities::capabilities("input", bytes);
    for depth in [0, 9] {
        if let Ok(report) = wiring::wiring("input", bytes, depth) {
            let _ = report.graph(&|count| count.to_string()).draw(Format::Svg);
        }
    }
    let _ = wct::html::page("input", bytes, &|count| count.to_string());
});
