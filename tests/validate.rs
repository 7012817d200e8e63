//! What is valid is told from what is not, with every place, and nothing damaged stops wct.

#[path = "support/clang.rs"]
mod clang;

use std::path::{Path, PathBuf};

use wct::diagnostic::Diagnostic;
use wct::features::Features;
use wct::input;
use wct::progress::Silent;
use wct::validate::{Options, Verdict, validate};

/// Nested modules and components, types, imports, exports, an adapter pair, names.
const COMPONENT: &str = r#"
    (component $outer
      (import "log" (func $log (param "message" string)))
      (core module $memory (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
      (core instance $memory (instantiate $memory))
      (core func $log (canon lower (func $log) (memory (core memory $memory "memory"))))
      (core module $main (import "host" "log" (func $log (param i32 i32)))
        (global $count (mut i32) (i32.const 0))
        (func $run (export "run") (param i32) (result i32)
          (call $log (local.get 0) (i32.const 1))
          (block $done (br_if $done (i32.eqz (local.get 0))))
          (global.get $count))
        (data "text"))
      (core instance $main (instantiate $main
        (with "host" (instance (export "log" (func $log))))))
      (component $inner
        (type $pair (record (field "a" u32) (field "b" (list string))))
        (export "pair" (type $pair)))
      (instance $inner (instantiate $inner))
      (func (export "run") (param "x" u32) (result u32) (canon lift (core func $main "run"))))"#;

fn binary(text: &str) -> Vec<u8> {
    let encoded = input::to_binary("test.wat", text.as_bytes());
    encoded.expect("the text is well formed").into_owned()
}

fn check(bytes: &[u8]) -> Verdict {
    validate("test", bytes, &Options::default())
}

fn place(finding: &Diagnostic) -> &wct::diagnostic::Place {
    finding
        .place
        .as_ref()
        .expect("a fault of a binary has a place")
}

fn function(finding: &Diagnostic) -> String {
    let function = place(finding)
        .function
        .as_ref()
        .expect("the fault is in a function");
    let name = function.name.as_deref().unwrap_or("?");
    format!(
        "{} {} {name}",
        place(finding).nested.join(", "),
        function.index
    )
}

/// wct agrees with the validator it stands on, and tells what that tells first.
fn compare(bytes: &[u8]) {
    let verdict = check(bytes);
    let Err(error) = wasmparser::Validator::new().validate_all(bytes) else {
        assert!(verdict.valid, "{:?}", verdict.findings);
        return;
    };
    assert!(!verdict.valid, "{error}");
    if wct::binary::layer(bytes).is_some() {
        let mut offsets = verdict.findings.iter().map(|finding| place(finding).offset);
        assert!(
            offsets.any(|offset| offset == Some(error.offset())),
            "{error} is not among {:?}",
            verdict.findings
        );
    }
}

#[test]
fn every_truncation_is_judged_as_by_wasmparser() {
    let whole = binary(COMPONENT);
    assert!(check(&whole).valid);
    for length in 0..whole.len() {
        compare(&whole[..length]);
    }
}

#[test]
fn every_flipped_bit_is_judged_as_by_wasmparser() {
    let mut bytes = binary(COMPONENT);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            compare(&bytes);
            bytes[at] ^= 1 << bit;
        }
    }
}

#[test]
fn nothing_and_next_to_nothing_are_invalid() {
    for bytes in [
        &b""[..],
        b"\0",
        b"\0asm",
        b"\0asm\x0d\0\x01",
        b"\0asm\x01\0\0\0\x0a",
    ] {
        let verdict = check(bytes);
        assert!(!verdict.valid && !verdict.findings.is_empty(), "{bytes:?}");
    }
}

#[test]
fn imports_that_end_where_the_code_begins_are_located_once() {
    // One import is announced and none is there: the fault lies on the first byte of the code.
    let verdict = check(b"\0asm\x01\0\0\0\x02\x01\x01\x0a\x04\x01\x02\x00\x0b");
    assert_eq!(verdict.findings[0].code, "wasm/malformed");
    assert_eq!(place(&verdict.findings[0]).offset, Some(11));
}

/// A component around `contents`, as a section of another one.
fn around(contents: &[u8]) -> Vec<u8> {
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    component.push(4);
    leb(contents.len(), &mut component);
    component.extend_from_slice(contents);
    component
}

fn leb(mut value: usize, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[test]
fn components_ten_thousand_deep_do_not_overflow_the_stack() {
    let mut nested = b"\0asm\x0d\0\x01\0".to_vec();
    for _ in 0..10_000 {
        nested = around(&nested);
    }
    let verdict = check(&nested);
    assert!(!verdict.valid);
}

#[test]
fn a_thousand_faults_behind_a_million_sections_are_told_in_time() {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend([0, 0].repeat(1_000_000));
    let module = binary("(module (func drop))");
    for _ in 0..1_000 {
        bytes.push(1);
        leb(module.len(), &mut bytes);
        bytes.extend_from_slice(&module);
    }
    let start = std::time::Instant::now();
    let verdict = check(&bytes);
    assert_eq!(verdict.findings.len(), 1_000);
    let last = place(&verdict.findings[999]);
    assert_eq!(last.nested, ["core module 998"]);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[test]
fn counts_that_cannot_be_are_refused_without_the_memory_for_them() {
    for section in 1..14u8 {
        for preamble in [b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0"] {
            let mut bytes = preamble.to_vec();
            bytes.extend([section, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]);
            assert!(!check(&bytes).valid, "section {section}");
        }
    }
}

#[test]
fn every_invalid_body_is_found_and_named_in_the_order_of_the_file() {
    let verdict = check(&binary(
        r#"(component
             (core module $one
               (func $a (result i32) (i64.const 1))
               (func $fine)
               (func $c (param i32) (drop (f32.neg (local.get 0)))))
             (core module $two
               (func $fine)
               (func $_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE drop)))"#,
    ));
    let found: Vec<_> = verdict.findings.iter().map(function).collect();
    assert_eq!(
        found,
        [
            "core module 0 0 a",
            "core module 0 2 c",
            "core module 1 1 core::fmt::Write::write_fmt"
        ]
    );
    let instructions = verdict
        .findings
        .iter()
        .map(|f| place(f).instruction.clone());
    let instructions: Vec<_> = instructions.flatten().collect();
    assert_eq!(instructions, ["end", "f32.neg", "drop"]);
}

#[test]
fn what_is_nested_behind_a_structural_fault_is_checked_on_its_own() {
    let verdict = check(&binary(
        r#"(component
             (core module $broken (global i32 (i64.const 1)))
             (core module (func $x drop))
             (component
               (core module $fine)
               (component (import "a b" (func)))
               (core module (func $y drop))))"#,
    ));
    let places = verdict.findings.iter().map(|f| place(f).nested.join(", "));
    assert_eq!(
        places.collect::<Vec<_>>(),
        [
            "core module 0",
            "core module 1",
            "component 0, component 0",
            "component 0, core module 1"
        ]
    );
}

#[test]
fn an_alias_to_the_outside_is_no_fault_of_what_was_checked_apart() {
    let verdict = check(&binary(
        r#"(component $outer
             (type $t u32)
             (core module (global i32 (i64.const 1)))
             (component
               (alias outer $outer $t (type $u))
               (export "u" (type $u))
               (core module (func $x drop))))"#,
    ));
    let places = verdict.findings.iter().map(|f| place(f).nested.join(", "));
    assert_eq!(
        places.collect::<Vec<_>>(),
        ["core module 0", "component 0, core module 0"]
    );
}

/// Many functions, `bad` of them invalid, in a module that is large enough to be spread over
/// threads.
fn large(bad: usize) -> Vec<u8> {
    let fine = "(func (result i32) (i32.const 1)".to_string()
        + &" (i32.add (i32.const 2))".repeat(200)
        + ")";
    let bad = "(func (result i32) (i64.const 1))".repeat(bad);
    binary(&format!(
        "(module {} {bad} {})",
        fine.repeat(200),
        fine.repeat(200)
    ))
}

#[test]
fn findings_are_bounded_counted_and_the_same_in_every_run() {
    let module = large(1_500);
    let report = || {
        let verdict = check(&module);
        assert_eq!(verdict.findings.len(), 1_000);
        assert_eq!(verdict.findings_left_out, 500);
        let first = place(&verdict.findings[0])
            .function
            .as_ref()
            .map(|f| f.index);
        assert_eq!(first, Some(200));
        serde_json::to_string(&verdict).expect("a verdict can be written as JSON")
    };
    assert_eq!(report(), report());
}

#[test]
fn the_fewest_features_that_accept_it_are_told() {
    let told = |text: &str, features: &str| {
        let options = Options {
            features: Features::parse(&[features]).expect("known features"),
            ..Options::default()
        };
        let verdict = validate("test", &binary(text), &options);
        verdict
            .findings
            .first()
            .and_then(|finding| finding.help.first())
            .cloned()
    };
    let help = |features: &str| Some(format!("pass `--features {features}` to accept `test`"));
    let simd = "(module (func (drop (i8x16.splat (i32.const 1)))))";
    assert_eq!(told(simd, "wasm1"), help("simd"));
    assert_eq!(told(simd, "wasm2"), None);
    let tables = "(module (table 1 externref) (memory i64 1) (func (result i32 i32) unreachable))";
    assert_eq!(
        told(tables, "wasm1"),
        help("reference-types,multi-value,memory64")
    );
    let value = r#"(component (import "v" (value u32)))"#;
    assert_eq!(told(value, "simd"), None, "it is not used either");
    assert_eq!(told("(module (func drop))", "wasm1"), None);
}

#[test]
fn custom_sections_are_looked_at_only_when_that_is_asked_for() {
    let module = binary(r#"(module (@custom "name" "\01\05\01\07\02ab"))"#);
    assert!(check(&module).valid);
    let options = Options {
        custom_sections: true,
        ..Options::default()
    };
    assert!(!validate("test", &module, &options).valid);
    assert!(validate("test", &binary(COMPONENT), &options).valid);
}

#[test]
fn files_are_told_in_the_order_of_the_arguments() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths: Vec<PathBuf> = (0..64)
        .map(|number| {
            let path = folder.path().join(format!("{number}.wat"));
            let body = if number % 3 == 0 { "drop" } else { "" };
            std::fs::write(&path, format!("(module (func {body}))")).expect("it is writable");
            path
        })
        .collect();
    let report = wct::validate::files(&paths, &Options::default(), &Silent);
    assert!(!report.valid);
    for (number, (path, verdict)) in paths.iter().zip(&report.files).enumerate() {
        assert_eq!(Path::new(&verdict.file), path);
        assert_eq!(verdict.valid, number % 3 != 0);
    }
}

fn average() -> Option<Vec<u8>> {
    clang::library("average")
}

#[test]
fn a_fault_in_a_body_leads_to_the_source_line() {
    let Some(mut module) = average() else {
        return;
    };
    assert!(check(&module).valid);
    // The division becomes one of 64 bits.
    let division = module.windows(2).position(|bytes| bytes == [0x6d, 0x21]);
    module[division.expect("-O0 divides into a local")] = 0x7f;
    for bytes in [module.clone(), component_around(&module)] {
        let verdict = check(&bytes);
        let [finding] = verdict.findings.as_slice() else {
            panic!("one finding: {:?}", verdict.findings);
        };
        let place = place(finding);
        assert_eq!(place.instruction.as_deref(), Some("i64.div_s"));
        let function = place
            .function
            .as_ref()
            .and_then(|function| function.name.as_deref());
        assert_eq!(function, Some("average"));
        let source = place.source.as_ref().expect("DWARF knows the line");
        assert!(source.file.ends_with("average.c"), "{}", source.file);
        assert_eq!(source.line, Some(4));
    }
}

#[test]
fn damaged_debug_information_costs_only_the_source_line() {
    let Some(mut module) = average() else {
        return;
    };
    let division = module.windows(2).position(|bytes| bytes == [0x6d, 0x21]);
    module[division.expect("-O0 divides into a local")] = 0x7f;
    let start = module
        .windows(6)
        .position(|bytes| bytes == b".debug")
        .expect("DWARF is there");
    for at in start..module.len() {
        let sound = module[at];
        for damage in [0x00, 0x7f, 0xff] {
            module[at] = damage;
            assert!(!check(&module).valid);
        }
        module[at] = sound;
    }
}

fn component_around(module: &[u8]) -> Vec<u8> {
    let mut component = b"\0asm\x0d\0\x01\0\x01".to_vec();
    leb(module.len(), &mut component);
    component.extend_from_slice(module);
    component
}
