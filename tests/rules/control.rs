//! Which blocks, branches and statements go?

use wct::shrink::bodies::Family;

use super::{Case, check};

const BLOCKS: [Case<'static>; 12] = [
    (
        "what follows a branch is not reached",
        "(block (br 0) (call $p)) (call $q)",
        "(call $q)",
    ),
    (
        "a branch that may not be taken makes the rest conditional",
        "(block (br_if 0 (local.get $x)) (call $p))",
        "(if (i32.eqz (local.get $x)) (then (call $p)))",
    ),
    (
        "a block that nothing branches to is its statements",
        "(block (call $p)) (call $q)",
        "(call $p) (call $q)",
    ),
    (
        "a block that is branched to twice from within stays",
        "(block (br_if 0 (local.get $x)) (call $p) (br_if 0 (local.get $y)) (call $q)) (call $p)",
        "(block (br_if 0 (local.get $x)) (call $p) (br_if 0 (local.get $y)) (call $q)) (call $p)",
    ),
    (
        "a branch over a conditional that ends the block needs the block",
        "(block (call $p) (br_if 0 (local.get $x)) (br_if 0 (local.get $y)) (if (call $f (local.get $x)) (then (call $q) (br_if 1 (local.get $y)) (call $p)))) (call $p)",
        "(block (call $p) (br_if 0 (local.get $x)) (br_if 0 (local.get $y)) (if (call $f (local.get $x)) (then (call $q) (br_if 1 (local.get $y)) (call $p)))) (call $p)",
    ),
    (
        "a block that ends the function is the function",
        "(block (br_if 0 (local.get $x)) (call $p) (br_if 0 (local.get $y)) (call $q))",
        "(br_if 0 (local.get $x)) (call $p) (br_if 0 (local.get $y)) (call $q)",
    ),
    (
        "a loop that nothing branches to is its statements",
        "(loop (call $p)) (call $q)",
        "(call $p) (call $q)",
    ),
    (
        "a loop that goes round stays",
        "(loop (call $p) (br_if 0 (local.get $x)))",
        "(loop (call $p) (br_if 0 (local.get $x)))",
    ),
    (
        "a block that a conditional ends is the conditional",
        "(block (block (br_if 0 (local.get $x)) (call $p) (br_if 1 (local.get $y)) (call $q))) (call $p)",
        "(if (i32.eqz (local.get $x)) (then (call $p) (br_if 0 (local.get $y)) (call $q))) (call $p)",
    ),
    (
        "a return at the end is the end",
        "(result i32) (return (call $f (local.get $x)))",
        "(result i32) (call $f (local.get $x))",
    ),
    (
        "a return before the end stays",
        "(result i32) (if (local.get $x) (then (call $p) (return (i32.const 1)))) (call $f (i32.const 2))",
        "(result i32) (if (local.get $x) (then (call $p) (return (i32.const 1)))) (call $f (i32.const 2))",
    ),
    (
        "a table all of whose labels are one is a branch, and the index goes where it is pure",
        "(block (block (br_table 1 1 1 (local.get $x))) (call $p)) (call $q)",
        "(call $q)",
    ),
];

#[test]
fn blocks_and_branches() {
    check(Family::Control, &BLOCKS);
}

const CHOICES: [Case<'static>; 12] = [
    (
        "a condition that is known leaves one arm",
        "(if (i32.const 1) (then (call $p)) (else (call $q)))",
        "(call $p)",
    ),
    (
        "an empty first arm is turned round",
        "(if (i32.lt_s (local.get $x) (local.get $y)) (then) (else (call $q)))",
        "(if (i32.ge_s (local.get $x) (local.get $y)) (then (call $q)))",
    ),
    (
        "floats have no opposite of less: a NaN is neither",
        "(if (f32.lt (local.get $z) (local.get $z)) (then) (else (call $q)))",
        "(if (f32.lt (local.get $z) (local.get $z)) (then) (else (call $q)))",
    ),
    (
        "without arms a pure condition goes",
        "(if (i32.add (local.get $x) (local.get $y)) (then))",
        "",
    ),
    (
        "without arms a condition with effects is dropped",
        "(if (call $f (local.get $x)) (then))",
        "(drop (call $f (local.get $x)))",
    ),
    (
        "two pure arms are a choice of values",
        "(result i32) (if (result i32) (local.get $x) (then (local.get $y)) (else (i32.const 7)))",
        "(result i32) (select (local.get $y) (i32.const 7) (local.get $x))",
    ),
    (
        "an arm that may trap is not evaluated early",
        "(result i32) (if (result i32) (local.get $x) (then (i32.load (local.get $y))) (else (i32.const 7)))",
        "(result i32) (if (result i32) (local.get $x) (then (i32.load (local.get $y))) (else (i32.const 7)))",
    ),
    (
        "an arm that is a branch is a conditional branch",
        "(block (loop (call $p) (if (local.get $x) (then (br 2))) (call $q) (br 0))) (call $q)",
        "(block (loop (call $p) (br_if 1 (local.get $x)) (call $q) (br 0))) (call $q)",
    ),
    (
        "a choice between equal pure values is the value",
        "(result i32) (select (local.get $y) (local.get $y) (local.get $x))",
        "(result i32) (local.get $y)",
    ),
    (
        "a choice whose condition has effects stays",
        "(result i32) (select (local.get $y) (local.get $y) (call $f (local.get $x)))",
        "(result i32) (select (local.get $y) (local.get $y) (call $f (local.get $x)))",
    ),
    (
        "a test of not zero is the number",
        "(if (i32.ne (local.get $x) (i32.const 0)) (then (call $p)))",
        "(if (local.get $x) (then (call $p)))",
    ),
    (
        "an arm that ends by leaving makes the rest the other arm",
        "(block (if (local.get $x) (then (call $p) (br 1))) (call $q))",
        "(if (local.get $x) (then (call $p)) (else (call $q)))",
    ),
];

#[test]
fn conditions_and_arms() {
    check(Family::Control, &CHOICES);
}

const DROPS: [Case<'static>; 6] = [
    (
        "a pure value that is dropped goes",
        "(drop (i32.add (local.get $x) (local.get $y)))",
        "",
    ),
    (
        "a division by zero must still trap",
        "(drop (i32.div_u (local.get $x) (local.get $y)))",
        "(drop (i32.div_u (local.get $x) (local.get $y)))",
    ),
    (
        "a load out of bounds must still trap",
        "(drop (i32.load (local.get $x)))",
        "(drop (i32.load (local.get $x)))",
    ),
    (
        "of a pure operation the operands with effects stay",
        "(drop (i32.add (call $f (local.get $x)) (local.get $y)))",
        "(drop (call $f (local.get $x)))",
    ),
    (
        "a global set to itself goes",
        "(global.set $g (global.get $g))",
        "",
    ),
    (
        "a global set to another stays",
        "(global.set $g (global.get $h))",
        "(global.set $g (global.get $h))",
    ),
];

#[test]
fn values_that_are_dropped() {
    check(Family::Control, &DROPS);
}
