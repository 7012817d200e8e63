//! What does each rule for function bodies do, and where must it not?
//!
//! A case holds a body before and after, as instructions; equal ones are those that must stay. Only
//! the family of rules that the case is about runs.

#[path = "rules/control.rs"]
mod control;
#[path = "rules/locals.rs"]
mod locals;
#[path = "rules/numbers.rs"]
mod numbers;
#[path = "rules/whole.rs"]
mod whole;

use wct::shrink::bodies::{Family, Options, optimize};

/// A claim, the instructions before and after.
pub type Case<'a> = (&'a str, &'a str, &'a str);

/// Instructions in a function that has something to work with.
fn frame(body: &str) -> String {
    format!(
        r#"(module
          (import "" "f" (func $f (param i32) (result i32)))
          (import "" "p" (func $p))
          (import "" "q" (func $q))
          (memory 1)
          (global $g (mut i32) (i32.const 0))
          (global $h (mut i32) (i32.const 0))
          (func (export "t") (param $x i32) (param $y i32) (param $w i64) (param $z f32) {body}))"#
    )
}

fn binary(text: &str) -> Vec<u8> {
    let buffer = wast::parser::ParseBuffer::new(text).expect("cases can be read");
    let mut module: wast::Wat = wast::parser::parse(&buffer).unwrap_or_else(|error| {
        panic!("{error}\n{text}");
    });
    module.encode().expect("cases have an encoding")
}

/// The function bodies of a module.
fn bodies(module: &[u8]) -> Vec<&[u8]> {
    let payloads = wasmparser::Parser::new(0).parse_all(module);
    let bodies = payloads.filter_map(|payload| match payload {
        Ok(wasmparser::Payload::CodeSectionEntry(body)) => Some(body.as_bytes()),
        _ => None,
    });
    bodies.collect()
}

/// Asserts for whole modules what these families do.
pub fn check_modules(families: &[Family], cases: &[Case]) {
    let skip = Family::ALL
        .into_iter()
        .filter(|other| !families.contains(other));
    let options = Options {
        skip: skip.collect(),
    };
    for (claim, before, after) in cases {
        let found = optimize(&binary(before), &options);
        let shown = wasmprinter::print_bytes(&found).expect("the output is valid");
        let mut validator = wasmparser::Validator::new();
        validator.validate_all(&found).expect("the output is valid");
        assert!(
            bodies(&found) == bodies(&binary(after)),
            "{claim}: instead of\n{after}\nthere is\n{shown}"
        );
    }
}

/// Asserts what a family does to these bodies.
pub fn check(family: Family, cases: &[Case]) {
    for (claim, before, after) in cases {
        let (before, after) = (frame(before), frame(after));
        check_modules(&[family], &[(claim, &before, &after)]);
    }
}

#[test]
fn every_family_has_a_name_and_a_proof() {
    let mut names: Vec<_> = Family::ALL.iter().map(|family| family.name()).collect();
    assert!(Family::ALL.iter().all(|family| family.proof().len() > 30));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Family::ALL.len());
}
