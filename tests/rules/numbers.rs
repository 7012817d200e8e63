//! Which shorter instructions compute the same number?

use wct::shrink::bodies::Family;

use super::{Case, check};

const CONSTANTS: [Case<'static>; 8] = [
    (
        "constants are computed",
        "(result i32) (i32.add (i32.const 3) (i32.const 4))",
        "(result i32) (i32.const 7)",
    ),
    (
        "a division of constants by zero traps",
        "(result i32) (i32.div_s (i32.const 3) (i32.const 0))",
        "(result i32) (i32.div_s (i32.const 3) (i32.const 0))",
    ),
    (
        "the least number divided by minus one traps",
        "(result i32) (i32.div_s (i32.const -2147483648) (i32.const -1))",
        "(result i32) (i32.div_s (i32.const -2147483648) (i32.const -1))",
    ),
    (
        "the sum of floats is left to whoever runs it",
        "(result f32) (f32.add (f32.const 1) (f32.const 2))",
        "(result f32) (f32.add (f32.const 1) (f32.const 2))",
    ),
    (
        "sums with constants add up",
        "(result i32) (i32.add (i32.add (local.get $x) (i32.const 3)) (i32.const 4))",
        "(result i32) (i32.add (local.get $x) (i32.const 7))",
    ),
    (
        "64 is a byte longer than -64",
        "(result i32) (i32.add (local.get $x) (i32.const 64))",
        "(result i32) (i32.sub (local.get $x) (i32.const -64))",
    ),
    (
        "63 is not longer than -63",
        "(result i32) (i32.add (local.get $x) (i32.const 63))",
        "(result i32) (i32.add (local.get $x) (i32.const 63))",
    ),
    (
        "a power of two is a shift with a shorter constant",
        "(result i32) (i32.mul (local.get $x) (i32.const 128))",
        "(result i32) (i32.shl (local.get $x) (i32.const 7))",
    ),
];

#[test]
fn constants() {
    check(Family::Control, &CONSTANTS);
}

const TESTS: [Case<'static>; 10] = [
    (
        "a comparison that is turned round is its opposite",
        "(result i32) (i32.eqz (i32.eq (local.get $x) (local.get $y)))",
        "(result i32) (i32.ne (local.get $x) (local.get $y))",
    ),
    (
        "less than 64 is at most 63",
        "(result i32) (i32.lt_s (local.get $x) (i32.const 64))",
        "(result i32) (i32.le_s (local.get $x) (i32.const 63))",
    ),
    (
        "below the least number there is none",
        "(result i32) (i32.lt_s (local.get $x) (i32.const -2147483648))",
        "(result i32) (i32.lt_s (local.get $x) (i32.const -2147483648))",
    ),
    (
        "above the greatest number there is none",
        "(result i32) (i32.gt_u (local.get $x) (i32.const -1))",
        "(result i32) (i32.gt_u (local.get $x) (i32.const -1))",
    ),
    (
        "equal to zero has an instruction",
        "(result i32) (i64.eq (local.get $w) (i64.const 0))",
        "(result i32) (i64.eqz (local.get $w))",
    ),
    (
        "without sign, less than one is zero",
        "(result i32) (i32.lt_u (local.get $x) (i32.const 1))",
        "(result i32) (i32.eqz (local.get $x))",
    ),
    (
        "with sign, less than one may be negative",
        "(result i32) (i32.le_s (local.get $x) (i32.const 0))",
        "(result i32) (i32.le_s (local.get $x) (i32.const 0))",
    ),
    (
        "a truth value that is not zero is itself",
        "(result i32) (i32.ne (i32.eq (local.get $x) (local.get $y)) (i32.const 0))",
        "(result i32) (i32.eq (local.get $x) (local.get $y))",
    ),
    (
        "a number that is not zero need not be one",
        "(result i32) (i32.ne (local.get $x) (i32.const 0))",
        "(result i32) (i32.ne (local.get $x) (i32.const 0))",
    ),
    (
        "an extended number is zero where it was before",
        "(result i32) (i64.eqz (i64.extend_i32_s (local.get $x)))",
        "(result i32) (i32.eqz (local.get $x))",
    ),
];

#[test]
fn tests() {
    check(Family::Control, &TESTS);
}

const MEMORY: [Case<'static>; 11] = [
    (
        "a byte without sign has no upper bits to mask",
        "(result i32) (i32.and (i32.load8_u (local.get $x)) (i32.const 255))",
        "(result i32) (i32.load8_u (local.get $x))",
    ),
    (
        "a byte with sign has",
        "(result i32) (i32.and (i32.load8_s (local.get $x)) (i32.const 255))",
        "(result i32) (i32.and (i32.load8_s (local.get $x)) (i32.const 255))",
    ),
    (
        "an addend goes into the offset where the sum cannot wrap",
        "(result i32) (i32.load (i32.add (i32.shr_u (local.get $x) (i32.const 1)) (i32.const 8)))",
        "(result i32) (i32.load offset=8 (i32.shr_u (local.get $x) (i32.const 1)))",
    ),
    (
        "a sum that may wrap stays: the effective address does not",
        "(result i32) (i32.load (i32.add (local.get $x) (i32.const 8)))",
        "(result i32) (i32.load (i32.add (local.get $x) (i32.const 8)))",
    ),
    (
        "a constant address and its offset are one",
        "(result i32) (i32.load offset=20000 (i32.const 100))",
        "(result i32) (i32.load (i32.const 20100))",
    ),
    (
        "a constant address whose sum does not fit stays",
        "(result i32) (i32.load offset=8 (i32.const -1))",
        "(result i32) (i32.load offset=8 (i32.const -1))",
    ),
    (
        "bits that are not stored need no mask",
        "(i32.store8 (local.get $x) (i32.and (local.get $y) (i32.const 255)))",
        "(i32.store8 (local.get $x) (local.get $y))",
    ),
    (
        "bits that are stored do",
        "(i32.store16 (local.get $x) (i32.and (local.get $y) (i32.const 255)))",
        "(i32.store16 (local.get $x) (i32.and (local.get $y) (i32.const 255)))",
    ),
    (
        "a wrapped number is stored from the wide one",
        "(i32.store (local.get $x) (i32.wrap_i64 (local.get $w)))",
        "(i64.store32 (local.get $x) (local.get $w))",
    ),
    (
        "a load that is wrapped is a narrow load",
        "(result i32) (i32.wrap_i64 (i64.load32_u (local.get $x)))",
        "(result i32) (i32.load (local.get $x))",
    ),
    (
        "a wide load that is wrapped stays: it may trap further on",
        "(result i32) (i32.wrap_i64 (i64.load (local.get $x)))",
        "(result i32) (i32.wrap_i64 (i64.load (local.get $x)))",
    ),
];

#[test]
fn memory() {
    check(Family::Control, &MEMORY);
}
