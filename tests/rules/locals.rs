//! Which reads and writes of locals go, and which statements are written once?

use wct::shrink::bodies::Family;

use super::{Case, check};

const FACTS: [Case<'static>; 7] = [
    (
        "a local that holds a constant is the constant",
        "(result i32) (local $a i32) (local.set $a (i32.const 5)) (call $p) (call $f (i32.add (local.get $a) (i32.const 3)))",
        "(result i32) (local $a i32) (local.set $a (i32.const 5)) (call $p) (call $f (i32.const 8))",
    ),
    (
        "a local that is written on the way round a loop holds nothing known",
        "(local $a i32) (loop (local.set $a (call $f (local.get $a))) (br_if 0 (local.get $x)))",
        "(local $a i32) (loop (local.set $a (call $f (local.get $a))) (br_if 0 (local.get $x)))",
    ),
    (
        "an expression whose value a local holds is that local",
        "(result i32) (local $a i32) (local.set $a (i32.mul (local.get $x) (local.get $y))) (call $p) (i32.mul (local.get $x) (local.get $y))",
        "(result i32) (local $a i32) (local.set $a (i32.mul (local.get $x) (local.get $y))) (call $p) (local.get $a)",
    ),
    (
        "after one operand was written it is not",
        "(result i32) (local $a i32) (local.set $a (i32.mul (local.get $x) (local.get $y))) (local.set $x (call $f (local.get $a))) (i32.mul (local.get $x) (local.get $y))",
        "(result i32) (local $a i32) (local.set $a (i32.mul (local.get $x) (local.get $y))) (local.set $x (call $f (local.get $a))) (i32.mul (local.get $x) (local.get $y))",
    ),
    (
        "two loads from one place may differ",
        "(result i32) (local $a i32) (local.set $a (i32.load (local.get $x))) (call $p) (i32.load (local.get $x))",
        "(result i32) (local $a i32) (local.set $a (i32.load (local.get $x))) (call $p) (i32.load (local.get $x))",
    ),
    (
        "a write of what the local holds is none",
        "(result i32) (local $a i32) (local.set $a (local.get $x)) (call $p) (local.set $a (local.get $x)) (call $f (local.get $a))",
        "(result i32) (local $a i32) (local.set $a (local.get $x)) (call $p) (drop (local.get $x)) (call $f (local.get $x))",
    ),
    (
        "where a condition does not hold, what it tested is zero",
        "(result i32) (if (local.get $x) (then (call $p) (return (i32.const 1)))) (call $f (i32.add (local.get $x) (i32.const 3)))",
        "(result i32) (if (local.get $x) (then (call $p) (return (i32.const 1)))) (call $f (i32.const 3))",
    ),
];

#[test]
fn facts() {
    check(Family::Facts, &FACTS);
}

const SINK: [Case<'static>; 5] = [
    (
        "a write moves to the first read",
        "(result i32) (local $a i32) (local.set $a (call $f (local.get $x))) (i32.add (local.get $a) (local.get $y))",
        "(result i32) (local $a i32) (i32.add (local.tee $a (call $f (local.get $x))) (local.get $y))",
    ),
    (
        "a call does not move behind another",
        "(result i32) (local $a i32) (local.set $a (call $f (local.get $x))) (call $p) (local.get $a)",
        "(result i32) (local $a i32) (local.set $a (call $f (local.get $x))) (call $p) (local.get $a)",
    ),
    (
        "a load does not move behind a store",
        "(result i32) (local $a i32) (local.set $a (i32.load (local.get $x))) (i32.store (local.get $y) (i32.const 1)) (local.get $a)",
        "(result i32) (local $a i32) (local.set $a (i32.load (local.get $x))) (i32.store (local.get $y) (i32.const 1)) (local.get $a)",
    ),
    (
        "a pure value moves behind a store",
        "(result i32) (local $a i32) (local.set $a (i32.add (local.get $x) (local.get $y))) (i32.store (local.get $y) (i32.const 1)) (local.get $a)",
        "(result i32) (local $a i32) (i32.store (local.get $y) (i32.const 1)) (local.tee $a (i32.add (local.get $x) (local.get $y)))",
    ),
    (
        "nothing moves into a loop",
        "(local $a i32) (local.set $a (i32.add (local.get $x) (local.get $y))) (loop (br_if 0 (call $f (local.get $a))))",
        "(local $a i32) (local.set $a (i32.add (local.get $x) (local.get $y))) (loop (br_if 0 (call $f (local.get $a))))",
    ),
];

#[test]
fn sink() {
    check(Family::Sink, &SINK);
}

const WRITES: [Case<'static>; 4] = [
    (
        "a write that nobody reads is dropped",
        "(local $a i32) (local.set $a (call $f (local.get $x)))",
        "(local $a i32) (drop (call $f (local.get $x)))",
    ),
    (
        "a write that is written over is dropped",
        "(result i32) (local $a i32) (local.set $a (local.get $x)) (local.set $a (call $f (local.get $y))) (local.get $a)",
        "(result i32) (local $a i32) (drop (local.get $x)) (local.set $a (call $f (local.get $y))) (local.get $a)",
    ),
    (
        "a tee that nobody reads is its value",
        "(result i32) (local $a i32) (local.tee $a (call $f (local.get $x)))",
        "(result i32) (local $a i32) (call $f (local.get $x))",
    ),
    (
        "a write that the next turn of a loop reads stays",
        "(local $a i32) (loop (call $p) (br_if 0 (call $f (local.get $a))) (local.set $a (i32.const 1)) (br_if 0 (local.get $x)))",
        "(local $a i32) (loop (call $p) (br_if 0 (call $f (local.get $a))) (local.set $a (i32.const 1)) (br_if 0 (local.get $x)))",
    ),
];

#[test]
fn writes() {
    check(Family::Writes, &WRITES);
}

const SHARE: [Case<'static>; 3] = [
    (
        "locals that are never needed at the same time are one",
        "(local $a i32) (local $b i32) (local.set $a (call $f (local.get $x))) (drop (call $f (local.get $a))) (drop (call $f (local.get $a))) (call $p) (local.set $b (call $f (local.get $x))) (drop (call $f (local.get $b)))",
        "(local.set $y (call $f (local.get $x))) (drop (call $f (local.get $y))) (drop (call $f (local.get $y))) (call $p) (local.set $x (call $f (local.get $x))) (drop (call $f (local.get $x)))",
    ),
    (
        "a local of another type than all that are free stays",
        "(local $a f64) (local.set $a (f64.const 1)) (call $p) (drop (local.get $a))",
        "(local $a f64) (local.set $a (f64.const 1)) (call $p) (drop (local.get $a))",
    ),
    (
        "a local that nothing uses is not declared",
        "(local $a i32) (local $b f64) (call $p)",
        "(call $p)",
    ),
];

#[test]
fn share() {
    check(Family::Share, &SHARE);
}

const TAILS: [Case<'static>; 5] = [
    (
        "what both arms end in stands behind them",
        "(if (local.get $x) (then (call $p) (global.set $g (local.get $y))) (else (call $q) (global.set $g (local.get $y))))",
        "(if (local.get $x) (then (call $p)) (else (call $q))) (global.set $g (local.get $y))",
    ),
    (
        "where only the first operand differs it is the value of the arms",
        "(if (local.get $x) (then (call $p) (global.set $g (i32.const 1))) (else (call $q) (global.set $g (i32.const 2))))",
        "(global.set $g (if (result i32) (local.get $x) (then (call $p) (i32.const 1)) (else (call $q) (i32.const 2))))",
    ),
    (
        "what differs in another operand stays",
        "(if (local.get $x) (then (call $p) (i32.store (local.get $x) (i32.const 1))) (else (call $q) (i32.store (local.get $x) (i32.const 2))))",
        "(if (local.get $x) (then (call $p) (i32.store (local.get $x) (i32.const 1))) (else (call $q) (i32.store (local.get $x) (i32.const 2))))",
    ),
    (
        "one path in three that ends otherwise leaves the others to share",
        "(block (if (local.get $x) (then (call $p) (i32.store offset=300 (local.get $x) (i32.const 300)) (br 1))) (if (local.get $y) (then (call $q) (i32.store offset=300 (local.get $x) (i32.const 300)) (br 1))) (call $p))",
        "(block (block (if (local.get $x) (then (call $p) (br 1))) (if (local.get $y) (then (call $q) (br 1))) (call $p) (br 1)) (i32.store offset=300 (local.get $x) (i32.const 300)))",
    ),
    (
        "too short a tail stays: the block would cost more",
        "(block (if (local.get $x) (then (call $p) (call $q) (br 1))) (if (local.get $y) (then (call $p) (call $q) (br 1))) (global.set $g (i32.const 0)))",
        "(block (if (local.get $x) (then (call $p) (call $q) (br 1))) (if (local.get $y) (then (call $p) (call $q) (br 1))) (global.set $g (i32.const 0)))",
    ),
];

#[test]
fn tails() {
    check(Family::Tails, &TAILS);
}
