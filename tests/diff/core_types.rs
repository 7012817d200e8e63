//! Items of core modules: which change breaks whom, and is told how?

use std::time::{Duration, Instant};

use super::{Change, Effect, compared};

fn changes(old: &str, new: &str) -> Vec<Change> {
    compared(old.into(), new.into(), None).changes
}

/// The old and new module, and whether callers and hosts break; nothing where there is no change.
type Case<'t> = (&'t str, &'t str, Option<(bool, bool)>);

#[test]
fn items_of_core_modules_match_as_the_specification_says() {
    let exact = r#"(module (type $s (sub (func))) (import "m" "f" (func (exact (type $s)))))"#;
    let inexact = r#"(module (type $s (sub (func))) (import "m" "f" (func (type $s))))"#;
    let below = r#"(module (type $s (sub (func))) (type $t (sub $s (func)))
        (func (export "f") (type $t)))"#;
    let above = r#"(module (type $s (sub (func))) (func (export "f") (type $s)))"#;
    let nullable = r#"(module (global (export "g") funcref (ref.null func)))"#;
    let there = r#"(module (func $f) (elem declare func $f)
        (global (export "g") (ref func) (ref.func $f)))"#;
    let typed = r#"(module (type $s (func)) (func $f (type $s)) (elem declare func $f)
        (global (export "g") (ref $s) (ref.func $f)))"#;
    let set = r#"(module (func $f) (elem declare func $f)
        (global (export "g") (mut (ref func)) (ref.func $f)))"#;
    let settable = r#"(module (global (export "g") (mut funcref) (ref.null func)))"#;
    let once = r#"(module (import "env" "log" (func)))"#;
    let twice = r#"(module (import "env" "log" (func)) (import "env" "log" (func)))"#;
    let both = |first: &str, second: &str| {
        format!(
            r#"(module (import "env" "log" (func (param {first})))
            (import "env" "log" (func (param {second}))))"#
        )
    };
    let (i32_i64, i64_i32, i64_i64) = (both("i32", "i64"), both("i64", "i32"), both("i64", "i64"));
    let (callers, hosts, nobody) = ((true, false), (false, true), (false, false));
    let cases: &[Case<'_>] = &[
        (
            r#"(module (import "env" "memory" (memory 1)))"#,
            r#"(module (import "env" "memory" (memory 1 (pagesize 65536))))"#,
            None,
        ),
        (
            r#"(module (import "env" "memory" (memory 1)))"#,
            r#"(module (import "env" "memory" (memory 1 (pagesize 1))))"#,
            Some(hosts),
        ),
        (once, twice, None),
        (twice, once, None),
        ("(module)", twice, Some(hosts)),
        (twice, "(module)", Some(nobody)),
        (twice, &i64_i64, Some(hosts)),
        (&i32_i64, &i64_i32, None),
        (&i32_i64, &i64_i64, Some(nobody)),
        (&i64_i64, &i64_i32, Some(hosts)),
        (nullable, there, Some(nobody)),
        (there, nullable, Some(callers)),
        (there, typed, Some(nobody)),
        (typed, there, Some(callers)),
        (settable, set, Some(callers)),
        (above, below, Some(nobody)),
        (below, above, Some(callers)),
        (inexact, exact, Some(hosts)),
        (exact, inexact, Some(nobody)),
    ];
    for (old, new, expected) in cases {
        let changes = changes(old, new);
        let found = changes.first().map(|change| {
            let breaks = |effect| effect == Effect::Breaking;
            (breaks(change.callers), breaks(change.hosts))
        });
        assert_eq!(found, *expected, "{old} → {new}: {changes:?}");
        assert!(changes.len() <= 1, "{changes:?}");
    }
}

#[test]
fn a_changed_item_of_a_core_module_reads_another_way() {
    let func = |types: &str| format!(r#"(module {types} (func (export "f") (type $s)))"#);
    let global = |types: &str| {
        format!(r#"(module {types} (global (export "g") (ref null $s) (ref.null $s)))"#)
    };
    let fields = |last: &str| {
        let fields = "(field i32)".repeat(40);
        global(&format!("(type $s (struct {fields}(field {last})))"))
    };
    let chain = |last: &str| {
        let mut types = format!("(type $t0 (struct (field {last})))");
        for at in 1..6 {
            types += &format!("(type $t{at} (struct (field (ref $t{}))))", at - 1);
        }
        global(&format!("{types} (type $s (struct (field (ref $t5))))"))
    };
    for (old, new, said) in [
        (
            func("(type $s (func))"),
            func("(type $s (sub (func)))"),
            "of (sub (func ()))",
        ),
        (
            global("(type $s (struct))"),
            global("(type $s (shared (struct)))"),
            "(shared (struct))",
        ),
        (
            global("(type $s (struct))"),
            global("(rec (type $s (struct)) (type (struct)))"),
            "in another recursion group",
        ),
        (fields("i32"), fields("i64"), "of field 40: i64"),
        (chain("i32"), chain("i64"), "down to (struct i64)"),
    ] {
        let changes = changes(&old, &new);
        let change = changes.first().expect("it changed");
        assert_ne!(change.old, change.new);
        assert!(change.new.ends_with(said), "{}", change.new);
    }
}

#[test]
fn many_exports_of_one_recursion_group_are_compared_in_time() {
    const TYPES: usize = 3000;
    let module = |last: &str| {
        let mut text = "(module (rec ".to_string();
        for at in 0..TYPES - 1 {
            text += &format!("(type (struct (field (ref null {}))))", at + 1);
        }
        text += &format!("(type (struct (field {last}))))");
        for at in 0..TYPES {
            text += &format!(r#"(global (export "g{at}") (ref null {at}) (ref.null {at}))"#);
        }
        text + ")"
    };
    let start = Instant::now();
    assert_eq!(changes(&module("i32"), &module("i32")), []);
    let changes = changes(&module("i32"), &module("i64"));
    assert!(
        start.elapsed() < Duration::from_secs(30),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(changes.len(), TYPES);
}

#[test]
fn a_large_type_is_not_shown_in_full_for_each_item() {
    let module = |last: &str| {
        let fields = "(field i32)".repeat(5000);
        let mut text = format!("(module (type $s (struct {fields} (field {last})))");
        for at in 0..200 {
            text += &format!(r#"(global (export "g{at}") (ref null $s) (ref.null $s))"#);
        }
        text + ")"
    };
    let changes = changes(&module("i32"), &module("i64"));
    assert_eq!(changes.len(), 200);
    let length: usize = changes.iter().map(|change| change.new.len()).sum();
    assert!(length < 100_000, "{length}");
}
