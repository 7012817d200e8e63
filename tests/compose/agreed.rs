//! Imports of one name become one: what all of their users agree on, and nothing else.

use crate::ORDERS;
use crate::sets::{Set, causes};
use crate::worlds::text;

fn set(parts: &[(&str, &str)]) -> Set {
    Set::new(parts.iter().map(|(name, part)| (*name, text(part))))
}

/// Asks for `t:p/i` with these items, and for `t:p/next` where it is not the last.
fn asks(items: &str, next: Option<&str>, own: Option<&str>) -> String {
    imports(
        &format!(r#"(import "t:p/i" (instance {items}))"#),
        next,
        own,
    )
}

/// Has this import, and one of `t:p/next` where it is not the last.
fn imports(import: &str, next: Option<&str>, own: Option<&str>) -> String {
    let next = next.map(|name| format!(r#"(import "t:p/{name}" (instance))"#));
    let own = own.map(|name| format!(r#"(instance $own) (export "t:p/{name}" (instance $own))"#));
    let (next, own) = (next.unwrap_or_default(), own.unwrap_or_default());
    format!("(component {import} {next} {own})")
}

/// Three components, each with one of these imports, in every order, and others behind them.
fn in_any_order<'s>(
    parts: [&'s str; 3],
    others: &'s [(&str, &str)],
) -> impl Iterator<Item = Set> + 's {
    ORDERS.into_iter().map(move |order| {
        let [first, second, third] = order.map(|at| parts[at]);
        let first = imports(first, Some("x"), Some("run"));
        let second = imports(second, Some("y"), Some("x"));
        let third = imports(third, None, Some("y"));
        let parts = [("first", &*first), ("second", &second), ("third", &third)];
        set(&[&parts, others].concat())
    })
}

#[test]
fn flags_that_differ_are_a_conflict() {
    let flags = |names: &str| {
        format!(
            r#"(type $f (flags {names})) (export "f" (type $g (eq $f))) (export "g" (func (param "x" $g)))"#
        )
    };
    let (two, three) = (flags(r#""a" "b""#), flags(r#""a" "b" "c""#));
    for (first, second) in [(&two, &three), (&three, &two)] {
        let (first, second) = (asks(first, Some("x"), None), asks(second, None, Some("x")));
        let error = set(&[("first", &first), ("second", &second)]).refused();
        assert_eq!(error.code, "compose/import-conflict");
    }
}

#[test]
fn users_disagree_also_about_what_the_first_does_not_ask_for() {
    let f = r#"(export "f" (func))"#;
    let first = asks(f, Some("x"), None);
    let second = r#"(component (import "t:p/i" (instance (export "f" (func)) (export "g" (func))))
        (import "t:p/y" (instance)) (instance $own) (export "t:p/x" (instance $own)))"#;
    let third = asks(
        &format!(r#"{f} (export "g" (func (param "x" u32)))"#),
        None,
        Some("y"),
    );
    let error = set(&[("first", &first), ("second", second), ("third", &third)]).refused();
    assert_eq!(error.code, "compose/import-conflict");
    assert!(error.message.contains("`second`") && error.message.contains("`third`"));
}

/// Asks for `t:p/types`, which has a record of these fields, and uses it in another interface.
fn uses(fields: &str, user: &str, rest: &str) -> String {
    format!(
        r#"(component
        (import "t:p/types" (instance $t (type $r (record {fields})) (export "r" (type (eq $r)))))
        (alias export $t "r" (type $r))
        (import "t:p/{user}" (instance (alias outer 1 $r (type $o)) (export "r" (type $q (eq $o)))
            (export "f" (func (param "x" $q)))))
        {rest})"#
    )
}

fn types(fields: &str) -> String {
    format!(
        r#"(component (type $r (record {fields})) (instance $i (export "r" (type $r)))
        (export "t:p/types" (instance $i)))"#
    )
}

#[test]
fn types_of_two_providers_do_not_come_back_as_one() {
    let (one, two) = (r#"(field "a" u32)"#, r#"(field "a" u32) (field "b" u32)"#);
    let own = r#"(instance $own) (export "t:p/x" (instance $own))"#;
    let first = uses(one, "left", r#"(import "t:p/x" (instance))"#);
    let second = uses(two, "right", own);
    let (types_one, types_two) = (types(one), types(two));
    let mut set = set(&[
        ("first", &first),
        ("second", &second),
        ("one", &types_one),
        ("two", &types_two),
    ]);
    set.flags.wires = vec!["second:t:p/types=two".to_string()];
    assert_eq!(set.refused().code, "compose/import-conflict");
}

#[test]
fn a_resource_that_one_user_takes_from_elsewhere_is_that_one_for_all() {
    let own = |name: &str| format!(r#"(instance $own) (export "t:p/{name}" (instance $own))"#);
    let next = |name: &str| format!(r#"(import "t:p/{name}" (instance))"#);
    let defines = |rest: &str| {
        format!(
            r#"(component (import "t:p/mid" (instance (export "res" (type $r (sub resource)))
            (export "f" (func (param "x" (own $r)))))) {rest})"#
        )
    };
    let takes = |rest: &str| {
        format!(
            r#"(component (import "t:p/types" (instance $t (export "res" (type (sub resource)))))
            (alias export $t "res" (type $r))
            (import "t:p/mid" (instance (alias outer 1 $r (type $o)) (export "res" (type $q (eq $o)))
                (export "f" (func (param "x" (own $q)))))) {rest})"#
        )
    };
    let (first, second) = (defines(&next("one")), takes(&own("one")));
    let made = set(&[("first", &first), ("second", &second)]).made();
    assert_eq!(made.imports(), ["t:p/types", "t:p/mid"]);
    let (first, second) = (takes(&next("one")), defines(&own("one")));
    let made = set(&[("first", &first), ("second", &second)]).made();
    assert_eq!(made.imports(), ["t:p/types", "t:p/mid"]);
}

#[test]
fn a_type_that_is_provided_comes_back_for_an_open_function() {
    let root = r#"(component (type $r (record (field "a" u32))) (import "rec" (type $q (eq $r)))
        (import "cb" (func (param "x" $q))) (import "t:p/one" (instance)))"#;
    let part = r#"(component (type $r (record (field "a" u32))) (export "rec" (type $r))
        (instance $own) (export "t:p/one" (instance $own)))"#;
    let made = set(&[("root", root), ("part", part)]).made();
    assert_eq!(made.imports(), ["rec", "cb"]);
    let types_only: Vec<bool> = made.report.imports.iter().map(|i| i.types_only).collect();
    assert_eq!(types_only.iter().filter(|only| **only).count(), 1);
}

#[test]
fn an_older_middleware_before_the_asker_is_no_misfit() {
    let i = |version: &str, items: &str| {
        format!(r#"(import "t:p/i@{version}" (instance $i (export "f" (func)) {items}))"#)
    };
    let (old, new) = (i("0.2.0", ""), i("0.2.1", r#"(export "g" (func))"#));
    let root = format!(r#"(component {old} (export "z" (instance $i)))"#);
    let first = format!(r#"(component {old} (export "t:p/i@0.2.0" (instance $i)))"#);
    let second = format!(r#"(component {new} (export "t:p/i@0.2.1" (instance $i)))"#);
    let made = set(&[("root", &root), ("first", &first), ("second", &second)]).made();
    assert_eq!(made.imports(), ["t:p/i@0.2.1"]);
    assert_eq!(made.report.instances.len(), 3);
}

#[test]
fn who_asks_for_more_of_an_item_decides_how_it_is_imported() {
    let (f, g) = (r#"(export "f" (func))"#, r#"(export "g" (func))"#);
    for kind in ["component", "core module", "instance"] {
        let item = |inner: &str| format!(r#"(export "y" ({kind} {inner}))"#);
        let (less, more) = (item(f), item(&format!("{f} {g}")));
        for (first, second) in [(&less, &more), (&more, &less)] {
            let first = asks(first, Some("x"), None);
            let second = asks(second, None, Some("x"));
            let made = set(&[("first", &first), ("second", &second)]).made();
            assert_eq!(made.imports(), ["t:p/i"], "{kind}");
        }
        let other = item(&format!("{f} {}", r#"(export "h" (func))"#));
        let (first, second) = (asks(&more, Some("x"), None), asks(&other, None, Some("x")));
        let error = set(&[("first", &first), ("second", &second)]).refused();
        assert_eq!(error.code, "compose/import-conflict", "{kind}");
    }
}

#[test]
fn who_asks_for_more_of_an_import_that_is_no_interface_decides_how_it_is_declared() {
    let import = |kind: &str, items: &str, rest: &str| {
        format!(r#"(component (import "y" ({kind} {items})) {rest})"#)
    };
    let (f, g) = (r#"(export "f" (func))"#, r#"(export "g" (func))"#);
    let both = format!("{f} {g}");
    let next = r#"(import "t:p/x" (instance))"#;
    let own = r#"(instance $own) (export "t:p/x" (instance $own))"#;
    for kind in ["component", "core module"] {
        for (first, second) in [(f, both.as_str()), (&both, f)] {
            let (first, second) = (import(kind, first, next), import(kind, second, own));
            let made = set(&[("first", &first), ("second", &second)]).made();
            assert_eq!(made.imports(), ["y"], "{kind}");
        }
    }
    let (first, second) = (import("instance", f, next), import("core module", f, own));
    let error = set(&[("first", &first), ("second", &second)]).refused();
    assert_eq!(error.code, "compose/import-conflict");
}

#[test]
fn who_asks_for_most_may_come_at_any_place() {
    let (f, g) = (r#"(export "f" (func))"#, r#"(export "g" (func))"#);
    let both = format!("{f} {g}");
    for kind in ["component", "core module"] {
        let import = |items: &str| format!(r#"(import "plug" ({kind} {items}))"#);
        for set in in_any_order([&import(f), &import(g), &import(&both)], &[]) {
            assert_eq!(set.made().imports(), ["plug"], "{kind}");
        }
        let other = import(r#"(export "h" (func))"#);
        for set in in_any_order([&import(f), &import(&both), &other], &[]) {
            assert_eq!(set.refused().code, "compose/import-conflict", "{kind}");
        }
    }
    for kind in ["component", "core module", "instance"] {
        let import = |version: u32, one: &str, other: &str| {
            format!(
                r#"(import "t:p/i@0.2.{version}" (instance (export "one" ({kind} {one}))
                    (export "other" ({kind} {other}))))"#
            )
        };
        // Nobody has most of both.
        for versions in [[0, 0, 0], [0, 0, 1], [1, 0, 0], [0, 1, 2], [2, 1, 0]] {
            let [less, crossed, more] = versions;
            let parts = [
                import(less, f, f),
                import(crossed, g, &both),
                import(more, &both, f),
            ];
            let newest = format!("t:p/i@0.2.{}", less.max(crossed).max(more));
            for set in in_any_order([&parts[0], &parts[1], &parts[2]], &[]) {
                let made = set.made();
                assert_eq!(made.imports(), [newest.as_str()], "{kind} {versions:?}");
                assert!(made.report.apart.is_empty());
            }
        }
    }
}

#[test]
fn who_needs_most_of_the_types_that_come_back_may_come_at_any_place() {
    let record = |name: &str| {
        format!(
            r#"(type $r{name} (record (field "a" u32))) (export "{name}" (type (eq $r{name})))"#
        )
    };
    let needs = |user: &str, first: &str, items: &str| {
        format!(
            r#"(import "t:p/types" (instance $t (export "n" (instance {items}))))
            (alias export $t "n" (instance $n)) (alias export $n "{first}" (type $r))
            (import "t:p/{user}" (instance (alias outer 1 $r (type $o)) (export "r" (type $q (eq $o)))
                (export "f" (func (param "x" $q)))))"#
        )
    };
    let (a, b) = (record("a"), record("b"));
    let parts = [
        needs("left", "a", &a),
        needs("right", "b", &b),
        needs("all", "a", &format!("{a} {b}")),
    ];
    let types = r#"(component (type $r (record (field "a" u32)))
        (instance $n (export "a" (type $r)) (export "b" (type $r)))
        (instance $i (export "n" (instance $n))) (export "t:p/types" (instance $i)))"#;
    let parts = [&*parts[0], &parts[1], &parts[2]];
    for set in in_any_order(parts, &[("types", types)]) {
        assert_eq!(set.made().imports().len(), 4);
    }
}

#[test]
fn a_resource_of_a_nested_instance_is_the_same_for_all() {
    let n = r#"(export "n" (instance $n (export "q" (type (sub resource)))
        (export "q2" (type (sub resource)))))"#;
    let takes = |resource: &str| {
        format!(
            r#"(import "t:p/i" (instance {n} (alias export $n "{resource}" (type $x))
                (export "f" (func (param "p" (own $x))))))"#
        )
    };
    let plain = format!(r#"(import "t:p/i" (instance {n}))"#);
    for set in in_any_order([&plain, &takes("q"), &takes("q2")], &[]) {
        assert_eq!(set.refused().code, "compose/import-conflict");
    }
    // Who has no `q` takes another resource than who has both.
    let without = takes("q2").replace(r#"(export "q" (type (sub resource)))"#, "");
    for set in in_any_order([&plain, &takes("q"), &without], &[]) {
        assert_eq!(set.refused().code, "compose/import-conflict");
    }
    for set in in_any_order([&plain, &takes("q2"), &without], &[]) {
        assert_eq!(set.made().imports(), ["t:p/i"]);
    }
    // Who has one resource by two names has them of an instance that has one.
    let one = plain.replace(
        r#"(export "q2" (type (sub resource)))"#,
        r#"(export "q2" (type (eq 0)))"#,
    );
    for set in in_any_order([&plain, &one, &takes("q")], &[]) {
        assert_eq!(set.made().imports(), ["t:p/i"]);
    }
    let more = plain.replace("(export \"q2\"", "(export \"q3\" (func)) (export \"q2\"");
    for set in in_any_order([&more, &takes("q"), &takes("q")], &[]) {
        assert_eq!(set.made().imports(), ["t:p/i"]);
    }
}

#[test]
fn names_that_differ_in_case_or_hyphens_are_not_the_same() {
    let f = |name: &str| format!(r#"(export "f" (func (param "{name}" u32)))"#);
    let own = |items: &str| {
        format!(
            r#"(component (import "t:p/i" (instance $i {items})) (export "t:p/j" (instance $i)))"#
        )
    };
    let root = |items: &str| format!(r#"(component (import "t:p/j" (instance {items})))"#);
    for (one, other) in [("a", "A"), ("a-b", "ab")] {
        let (root, part) = (root(&f(one)), own(&f(other)));
        let error = set(&[("root", &root), ("part", &part)]).refused();
        assert_eq!(error.code, "compose/type-mismatch");
        // Functions side by side in one interface.
        let g = |name: &str| format!(r#"(export "{name}" (func))"#);
        let first = asks(&g(one), Some("x"), None);
        let second = asks(&g(other), None, Some("x"));
        let error = set(&[("first", &first), ("second", &second)]).refused();
        assert_eq!(error.code, "compose/import-conflict");
        // Imports, and exports, side by side.
        let (next, own) = (
            r#"(import "t:p/x" (instance))"#,
            r#"(instance $own) (export "t:p/x" (instance $own))"#,
        );
        let part = |name: &str, rest: &str| {
            format!(r#"(component (import "{name}" (func $f)) (export "{name}" (func $f)) {rest})"#)
        };
        let (first, second) = (part(one, next), part(other, own));
        let mut set = set(&[("first", &first), ("second", &second)]);
        assert_eq!(set.refused().code, "compose/import-conflict");
        set.flags.exports = vec![format!("first:{one}"), format!("second:{other}")];
        set.flags.wires = vec![format!("first:{one}=second:{other}")];
        assert_eq!(set.refused().code, "compose/duplicate-export");
    }
}

#[test]
fn a_method_and_a_static_function_of_one_name_exclude_each_other() {
    let resource = |items: &str| {
        format!(r#"(import "t:p/i" (instance (export "a" (type $a (sub resource))) {items}))"#)
    };
    let method =
        |name: &str| format!(r#"(export "[method]a.{name}" (func (param "self" (borrow $a))))"#);
    let first = imports(&resource(&method("b")), Some("x"), None);
    let function = resource(r#"(export "[static]a.b" (func))"#);
    for (second, reason) in [
        (function, "differ in `[method]`, `[static]`, `[get]`"),
        (resource(&method("B")), "differ in case and hyphens alone"),
    ] {
        let second = imports(&second, None, Some("x"));
        let error = set(&[("first", &first), ("second", &second)]).refused();
        assert_eq!(error.code, "compose/import-conflict");
        assert!(causes(&error).contains(reason), "{error:?}");
    }
}
