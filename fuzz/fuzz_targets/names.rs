//! A function of any name is shown, by that name or another.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::size::{By, Options, size};

/// A module with one function of this name.
fn module(name: &[u8]) -> Vec<u8> {
    let count = u8::try_from(name.len()).expect("it was cut short");
    let mut bytes = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x04\x01\x02\0\x0b".to_vec();
    let mut names = vec![1, 0, count];
    names.extend_from_slice(name);
    let mut custom = b"\x04name\x01".to_vec();
    leb(names.len(), &mut custom);
    custom.extend(names);
    bytes.push(0);
    leb(custom.len(), &mut bytes);
    bytes.extend(custom);
    bytes
}

fn leb(number: usize, out: &mut Vec<u8>) {
    out.extend([0x80 | (number & 0x7f) as u8, (number >> 7) as u8]);
}

fuzz_target!(|name: &str| {
    let mut end = name.len().min(127);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let bytes = module(&name.as_bytes()[..end]);
    for by in [By::Function, By::Crate] {
        let report = size("input", &bytes, Options { by: Some(by) });
        assert!(report.is_ok(), "{:?}", report.err());
    }
});
