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
