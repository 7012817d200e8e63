//! Callers and hosts: what each of them is told, how often and in what time.

use std::time::{Duration, Instant};

use super::{Change, Effect, compared, composes};
use crate::worlds::text;

/// Whether callers break, and whether hosts do.
fn breaks(old: &str, new: &str) -> (bool, bool) {
    let changes = compared(old.into(), new.into(), None).changes;
    let any = |of: fn(&Change) -> Effect| {
        let mut changes = changes.iter();
        changes.any(|change| of(change) == Effect::Breaking)
    };
    (any(|change| change.callers), any(|change| change.hosts))
}

/// The changes, each in a line.
fn told(old: &str, new: &str) -> Vec<String> {
    let changes = compared(old.into(), new.into(), None).changes;
    let lines = changes.iter().map(|change| {
        let (path, breaks) = (change.full_path(), change.breaks());
        format!("{breaks}: {path} {}", change.happened())
    });
    lines.collect()
}

const A: &str = r#"(export "a" (func))"#;
const A_AND_B: &str = r#"(export "a" (func)) (export "b" (func))"#;

#[test]
fn a_component_that_is_exported_may_import_less_and_one_that_is_imported_more() {
    let exported = |imports: &str| {
        format!(
            r#"(component (component $p
                (import "d" (instance $d {imports}))
                (alias export $d "a" (func $f))
                (export "run" (func $f)))
              (export "plug" (component $p)))"#
        )
    };
    let imported = |imports: &str| {
        format!(
            r#"(component
              (type $c (component
                (import "d" (instance {imports}))
                (export "run" (func))))
              (import "plug" (component (type $c))))"#
        )
    };
    for (old, new, fits) in [(A, A_AND_B, false), (A_AND_B, A, true)] {
        let (o, n) = (exported(old), exported(new));
        assert_eq!(composes(text(&imported(old)), text(&n)), fits);
        assert_eq!(breaks(&o, &n), (!fits, false));
        assert_eq!(breaks(&imported(old), &imported(new)), (false, fits));
        assert_eq!(composes(text(&imported(new)), text(&o)), !fits);
    }
}

#[test]
fn two_resources_that_a_component_is_given_may_be_one_but_one_may_not_be_two() {
    let with = |second: &str| {
        format!(
            r#"(component
              (type $c (component
                (import "d" (instance
                  (export "r" (type $r (sub resource)))
                  (export "s" (type $s ({second})))
                  (export "f" (func (param "r" (borrow $r)) (param "s" (borrow $s))))))))
              (import "plug" (component (type $c))))"#
        )
    };
    let (two, one) = (with("sub resource"), with("eq $r"));
    // The component that hosts have is given what the new side has for it.
    assert_eq!(breaks(&two, &one), (false, false));
    assert_eq!(breaks(&one, &two), (false, true));
}

#[test]
fn another_owner_is_told_once_whatever_the_order_of_functions() {
    let world = |owner: &str, functions: [&str; 2]| {
        let functions =
            functions.map(|name| format!(r#"(export "{name}" (func (param "x" (borrow $r))))"#));
        format!(
            r#"(component
              (import "a:b/h" (instance $h (export "r" (type (sub resource)))))
              (import "a:b/k" (instance $k (export "r" (type (sub resource)))))
              (alias export {owner} "r" (type $owned))
              (import "a:b/i" (instance
                (alias outer 1 $owned (type $r)) {})))"#,
            functions.concat()
        )
    };
    let (old, new) = (world("$h", ["f", "g"]), world("$k", ["g", "f"]));
    assert_eq!(
        told(&old, &new),
        ["hosts: a:b/i.f(x) `a:b/h.r` → `a:b/k.r`"]
    );
}

#[test]
fn a_resource_that_is_exported_is_told_from_the_imported_one() {
    let component = |owner: &str| {
        text(&format!(
            r#"(component
              (import "a:b/h" (instance $h
                (export "r" (type (sub resource))) (export "f" (func))))
              (alias export $h "r" (type $hr))
              (type $own (resource (rep i32)))
              (component $H (import "r" (type $r (sub resource))) (export "r" (type $r)))
              (instance $hx (instantiate $H (with "r" (type $own))))
              (export $hxe "a:b/h" (instance $hx))
              (alias export $hxe "r" (type $xr))
              (core module $m (func (export "g") (param i32)))
              (core instance $mi (instantiate $m))
              (func $g (param "x" (own {owner})) (canon lift (core func $mi "g")))
              (component $I
                (import "r" (type $r (sub resource)))
                (import "g" (func $g (param "x" (own $r))))
                (export $rr "r" (type $r))
                (export "g" (func $g) (func (param "x" (own $rr)))))
              (instance $i (instantiate $I (with "r" (type {owner})) (with "g" (func $g))))
              (export "a:b/i" (instance $i)))"#
        ))
    };
    let report = compared(component("$hr"), component("$xr"), None);
    let told: Vec<String> = report.changes.iter().map(Change::happened).collect();
    assert_eq!(told, ["`imported a:b/h.r` → `exported a:b/h.r`"]);
}

#[test]
fn a_type_of_another_name_is_told_in_full_once() {
    let wit = |name: &str, field: &str, functions: [&str; 3]| {
        let functions = functions.map(|f| format!("{f}: func(x: {name}, y: list<{name}>);"));
        format!(
            "package a:b; interface i {{ record {name} {{ p: {field}, q: {field} }} {} }}",
            functions.concat()
        )
    };
    let (old, new) = (
        wit("order", "u32", ["f", "g", "h"]),
        wit("purchase", "u64", ["h", "g", "f"]),
    );
    assert_eq!(
        told(&old, &new),
        [
            "callers: a:b/i.order type removed",
            "callers, hosts: a:b/i.f(x).p u32 → u64",
            "callers, hosts: a:b/i.f(x).q u32 → u64",
            "callers, hosts: a:b/i.f(y) order → purchase",
            "callers, hosts: a:b/i.g(x) order → purchase",
            "callers, hosts: a:b/i.g(y) order → purchase",
            "callers, hosts: a:b/i.h(x) order → purchase",
            "callers, hosts: a:b/i.h(y) order → purchase",
            "hosts: a:b/i.purchase type added",
        ]
    );
    let (old, new) = (
        wit("order", "u32", ["f", "g", "h"]),
        wit("o", "u32", ["f", "g", "h"]),
    );
    assert_eq!(
        told(&old, &new),
        ["callers, hosts: a:b/i.order renamed to o"]
    );
}

#[test]
fn many_names_of_one_resource_are_compared_in_time() {
    let component = |prefix: &str| {
        let mut text = format!(
            r#"(component (import "a:b/h" (instance $h
            (export "{prefix}" (type $r (sub resource)))"#
        );
        for at in 0..1500 {
            text += &format!(r#"(export "{prefix}{at}" (type (eq $r)))"#);
        }
        text += &format!(
            r#")) (alias export $h "{prefix}" (type $hr))
            (import "a:b/i" (instance (alias outer 1 $hr (type $r))"#
        );
        for at in 0..1000 {
            text +=
                &format!(r#"(type $t{at} (borrow $r)) (export "f{at}" (func (param "x" $t{at})))"#);
        }
        text + ")))"
    };
    let start = Instant::now();
    told(&component("a"), &component("b"));
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}
