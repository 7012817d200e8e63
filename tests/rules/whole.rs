//! What happens to functions as a whole?

use wct::shrink::bodies::Family;

use super::{Case, check_modules};

const UNREACHED: [Case<'static>; 3] = [
    (
        "what nothing calls traps",
        r#"(module (import "" "p" (func)) (func (call 0) (call 0)) (func (export "t") (call 0)))"#,
        r#"(module (import "" "p" (func)) (func unreachable) (func (export "t") (call 0)))"#,
    ),
    (
        "what only the unreached call is unreached",
        r#"(module (import "" "p" (func)) (func (call 2) (call 0)) (func (call 0) (call 0)) (func (export "t") (call 0)))"#,
        r#"(module (import "" "p" (func)) (func unreachable) (func unreachable) (func (export "t") (call 0)))"#,
    ),
    (
        "what a table holds is reached",
        r#"(module (import "" "p" (func)) (table 1 funcref) (elem (i32.const 0) 1) (func (call 0) (call 0)) (func (export "t") (call 0)))"#,
        r#"(module (import "" "p" (func)) (table 1 funcref) (elem (i32.const 0) 1) (func (call 0) (call 0)) (func (export "t") (call 0)))"#,
    ),
];

#[test]
fn unreached() {
    check_modules(&[Family::Unreached], &UNREACHED);
}

const MOVES: [Case<'static>; 4] = [
    (
        "a function called from one place moves there",
        r#"(module (import "" "p" (func)) (func (call 0) (call 0) (call 0)) (func (export "t") (call 1) (call 0)))"#,
        r#"(module (import "" "p" (func)) (func unreachable) (func (export "t") (call 0) (call 0) (call 0) (call 0)))"#,
    ),
    (
        "a function that is exported stays",
        r#"(module (import "" "p" (func)) (func (export "u") (call 0) (call 0) (call 0)) (func (export "t") (call 1) (call 0)))"#,
        r#"(module (import "" "p" (func)) (func (export "u") (call 0) (call 0) (call 0)) (func (export "t") (call 1) (call 0)))"#,
    ),
    (
        "a function that calls itself stays",
        r#"(module (import "" "p" (func)) (func (call 0) (call 1) (call 0)) (func (export "t") (call 1) (call 0)))"#,
        r#"(module (import "" "p" (func)) (func (call 0) (call 1) (call 0)) (func (export "t") (call 1) (call 0)))"#,
    ),
    (
        "a long function called from two places stays",
        r#"(module (import "" "p" (func)) (func (call 0) (call 0) (call 0) (call 0) (call 0) (call 0) (call 0)) (func (export "t") (call 1) (call 1)))"#,
        r#"(module (import "" "p" (func)) (func (call 0) (call 0) (call 0) (call 0) (call 0) (call 0) (call 0)) (func (export "t") (call 1) (call 1)))"#,
    ),
];

#[test]
fn moves() {
    // A block that nothing branches to is left for the rules of control flow.
    check_modules(&[Family::Moves, Family::Control], &MOVES);
}

/// Nothing nests where statements follow on each other.
#[test]
fn a_value_may_wait_for_many_statements() {
    let body = |address: &str| {
        let between = "(call 0)".repeat(2000);
        format!(
            r#"(module (import "" "p" (func)) (memory 1) (func (export "t")
              i32.const 0 i32.load {between} {address} i32.store))"#
        )
    };
    let before = body("i32.const 1 i32.const 2 i32.add");
    let after = body("i32.const 3");
    let claim = "behind the statements a sum is folded";
    check_modules(&[Family::Control], &[(claim, &before, &after)]);
}
