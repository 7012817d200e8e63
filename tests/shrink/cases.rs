//! What is seldom in a component, or wired in an unusual way, is kept as well.

use wct::component::Component;
use wct::shrink::{Options, Pass};
use wct::stub::Stub;

use crate::{observe, shrink, worlds};

/// Shrinks it, and compares what a host sees.
fn component(text: &str) -> Vec<u8> {
    let engine = observe::engine();
    let before = worlds::text(text);
    let output = shrink(&before, &Options::default());
    let seen = observe::component(&engine, &before);
    assert!(!seen.iter().any(|end| end.contains("bad indirect call")));
    assert_eq!(seen, observe::component(&engine, &output));
    output
}

fn module(text: &str) -> Vec<u8> {
    let engine = observe::engine();
    let before = worlds::text(text);
    let output = shrink(&before, &Options::default());
    assert_eq!(
        observe::module(&engine, &before),
        observe::module(&engine, &output)
    );
    output
}

#[test]
fn functions_of_a_table_that_an_unknown_module_is_given_stay() {
    component(
        r#"(component
          (component $C
            (core module $M
              (import "" "t" (table 1 funcref))
              (type $v (func (result i32)))
              (func (export "go") (result i32) i32.const 0 call_indirect (type $v)))
            (export "m" (core module $M)))
          (instance $c (instantiate $C))
          (alias export $c "m" (core module $M))
          (core module $A
            (type $v (func (result i32)))
            (table (export "t") 1 1 funcref)
            (func $f (result i32) i32.const 42)
            (elem (i32.const 0) $f))
          (core instance $a (instantiate $A))
          (alias core export $a "t" (core table $t))
          (core instance $bag (export "t" (table $t)))
          (core instance $m (instantiate $M (with "" (instance $bag))))
          (func (export "run") (result u32) (canon lift (core func $m "go"))))"#,
    );
}

#[test]
fn types_that_only_references_name_stay() {
    let unused = "(type $u (func (param i64 f64 f64 f64 f64)))";
    let used = "(type $t (func (param i32 i32 i32) (result i32 i64)))";
    let dead = "(func $dead (type $u)) (func $dead2 (type $u) nop nop)";
    for held in [
        "(global (export \"g\") (ref null $t) (ref.null $t))",
        "(global (export \"g\") funcref (ref.null $t))",
        "(table (export \"t\") 1 (ref null $t))",
        "(table (export \"t\") 2 funcref (ref.null $t))",
        "(table (export \"t\") 2 funcref) (elem (i32.const 0) funcref (ref.null $t))",
        "(table (export \"t\") 2 (ref null $t)) (elem (i32.const 0) (ref null $t) (ref.null $t))",
    ] {
        module(&format!("(module {unused} {used} {held} {dead})"));
    }
    component(&format!(
        r#"(component
          (core module $m {unused} {used} {dead}
            (global $g (mut (ref null $t)) (ref.null $t))
            (func (export "f") (result i32) (ref.is_null (global.get $g))))
          (core instance $i (instantiate $m))
          (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
    ));
}

#[test]
fn a_chosen_export_keeps_the_exported_types_it_names() {
    let text = worlds::text(
        r#"(component
          (type $r' (record (field "a" u32)))
          (export $r "r" (type $r'))
          (core module $m (func (export "f") (param i32)) (func (export "g")))
          (core instance $i (instantiate $m))
          (func (export "f") (param "x" $r) (canon lift (core func $i "f")))
          (func (export "g") (canon lift (core func $i "g"))))"#,
    );
    let options = Options {
        exports: vec!["f".to_string()],
        ..Options::default()
    };
    let output = shrink(&text, &options);
    let parsed = Component::parse(&output).expect("it is valid");
    let names: Vec<&str> = parsed.exports.iter().map(|e| e.name.name).collect();
    assert_eq!(names, ["r", "f"]);
}

#[test]
fn a_chosen_interface_keeps_all_of_another_whose_types_it_has() {
    const WIT: &str = "package x:y;
        interface types { record p { a: u32 } mk: func() -> p; }
        interface api { use types.{p}; f: func(x: p); }
        interface other { g: func(); }
        world w { export types; export api; export other; }";
    let whole = worlds::component(WIT, "w", worlds::Names::Full);
    let options = Options {
        exports: vec!["x:y/api".to_string()],
        ..Options::default()
    };
    let output = shrink(&whole, &options);
    let parsed = Component::parse(&output).expect("it is valid");
    let names: Vec<&str> = parsed.exports.iter().map(|e| e.name.name).collect();
    assert_eq!(names, ["x:y/types", "x:y/api"]);
}

#[test]
fn a_copy_within_a_copy_is_found() {
    let numbers = r#"(component $B
        (core module (func (export "a") (result i32) i32.const 1)
          (func (export "b") (result i32) i32.const 123456789)
          (func (export "c") (result i32) i32.const 123456780))
        (core instance $i (instantiate 0))
        (func (export "a") (result u32) (canon lift (core func $i "a")))
        (func (export "b") (result u32) (canon lift (core func $i "b"))))"#;
    let around = format!(
        r#"(component $X {numbers} (instance $b (instantiate $B))
            (func (export "a") (alias export $b "a")))
          (instance $x (instantiate $X))"#
    );
    let text = format!(
        r#"(component {numbers}
          (component $Y {around} (export "a" (func $x "a")))
          (component $Z {around} (export "z" (func $x "a")))
          (instance $b (instantiate $B))
          (instance $y (instantiate $Y))
          (instance $z (instantiate $Z))
          (export "b" (func $b "b"))
          (export "y" (func $y "a"))
          (export "x" (func $z "z")))"#
    );
    let output = component(&text);
    let parsed = Component::parse(&output).expect("it is valid");
    assert_eq!(parsed.all_core_modules().len(), 1);
}

#[test]
fn an_import_goes_though_another_of_its_type_stays() {
    let text = r#"(component
          (type $t (instance (export "f" (func)) (export "g" (func))))
          (import "a" (instance $a (type $t)))
          (import "b" (instance $b (type $t)))
          (core func $l (canon lower (func $a "f")))
          (core module $m (import "" "f" (func)) (func (export "r") call 0))
          (core instance $i (instantiate $m (with "" (instance (export "f" (func $l))))))
          (func (export "r") (canon lift (core func $i "r"))))"#;
    let output = shrink(&worlds::text(text), &Options::default());
    let parsed = Component::parse(&output).expect("it is valid");
    let names: Vec<&str> = parsed.imports.iter().map(|i| i.name.name).collect();
    assert_eq!(names, ["a"]);
}

#[test]
fn what_two_imports_of_one_type_are_asked_for_stays() {
    component(
        r#"(component
          (component $P
            (core module $m (func (export "f") (result i32) i32.const 1)
              (func (export "g") (result i32) i32.const 2))
            (core instance $i (instantiate $m))
            (func $f (result u32) (canon lift (core func $i "f")))
            (func $g (result u32) (canon lift (core func $i "g")))
            (instance $both (export "f" (func $f)) (export "g" (func $g)))
            (export "both" (instance $both)))
          (component $C
            (type $t (instance (export "f" (func (result u32))) (export "g" (func (result u32)))))
            (import "a" (instance $a (type $t)))
            (import "b" (instance $b (type $t)))
            (export "f" (func $a "f"))
            (export "g" (func $b "g")))
          (instance $p (instantiate $P))
          (instance $c (instantiate $C (with "a" (instance $p "both")) (with "b" (instance $p "both"))))
          (export "x" (func $c "f"))
          (export "y" (func $c "g")))"#,
    );
}

#[test]
fn the_last_byte_of_the_address_space_is_data_like_any_other() {
    let text = worlds::text(
        r#"(module (memory i64 0x1000000000000) (data (i64.const -1) "\01")
          (data (i64.const 0) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
          (func (export "f") (result i32) (i32.load8_u (i64.const 0))))"#,
    );
    shrink(&text, &Options::default());
}

#[test]
fn a_global_that_atomic_instructions_write_is_no_constant() {
    let text = worlds::text(
        r#"(component (core module $m
            (global $k (mut i32) (i32.const 0))
            (func (export "bump") (result i32) (global.atomic.rmw.add seqcst $k (i32.const 1)))
            (func (export "get") (result i32) (i32.add (global.get $k) (i32.const 5))))
          (core instance $i (instantiate $m))
          (func (export "bump") (result u32) (canon lift (core func $i "bump")))
          (func (export "get") (result u32) (canon lift (core func $i "get"))))"#,
    );
    // No engine of the tests runs it.
    let options = Options {
        skip: vec![Pass::Strip, Pass::Rename],
        ..Options::default()
    };
    assert_eq!(shrink(&text, &options), text);
}

#[test]
fn names_follow_the_items_of_a_component() {
    let text = worlds::text(
        r#"(component $all
          (core module $dead (func $d))
          (core module $first (func (export "a") (result i32) i32.const 1))
          (core module $second (func (export "a") (result i32) i32.const 2))
          (core instance $i1 (instantiate $first))
          (core instance $i2 (instantiate $second))
          (func $fa (export "a") (result u32) (canon lift (core func $i1 "a")))
          (func $fb (export "b") (result u32) (canon lift (core func $i2 "a"))))"#,
    );
    let mut options = Options::default();
    options.strip.names = true;
    let output = shrink(&text, &options);
    let parsed = Component::parse(&output).expect("it is valid");
    let names = parsed.names();
    assert_eq!(names.component, Some("all"));
    let modules: Vec<&str> = names.core_modules.values().copied().collect();
    assert_eq!(modules, ["first", "second"]);
    for (index, name) in &names.core_modules {
        let module = parsed.core_module(*index).expect("it is there");
        assert_eq!(module.name(), Some(*name));
    }
    let instances: Vec<&str> = names.core_instances.values().copied().collect();
    assert_eq!(instances, ["i1", "i2"]);
}

#[test]
fn a_package_keeps_its_documentation_unless_parts_of_it_go() {
    let mut resolve = wit_parser::Resolve::new();
    let wit = "package a:b; /// what c is
        interface c { f: func(); } /// what d is
        interface d { g: func(); }";
    let package = resolve.push_str("test.wit", wit).expect("it is right");
    let package = wit_component::encode(&resolve, package, false).expect("it can be written");
    let docs = |options: &Options| {
        let output = shrink(&package, options);
        let decoded = wit_component::decode(&output).expect("it can be read");
        let interfaces = decoded.resolve().interfaces.iter();
        let docs = interfaces.filter_map(|(_, interface)| interface.docs.contents.clone());
        docs.collect::<Vec<_>>()
    };
    assert_eq!(docs(&Options::default()), ["what c is", "what d is"]);
    let mut dropped = Options::default();
    dropped.strip.drop_metadata = true;
    assert!(docs(&dropped).is_empty());
    let one = Options {
        exports: vec!["c".to_string()],
        ..Options::default()
    };
    assert!(docs(&one).is_empty());
}

#[test]
fn instances_that_have_names_stay_apart() {
    let text = worlds::text(
        r#"(component
          (import "f" (func $f)) (import "g" (func $g))
          (core func $lf (canon lower (func $f)))
          (core func $lg (canon lower (func $g)))
          (core instance $fs (export "x" (func $lf)))
          (core instance $gs (export "x" (func $lg)))
          (core module $m (import "fs" "x" (func)) (import "gs" "x" (func))
            (func (export "r") call 0 call 1))
          (core instance $i
            (instantiate $m (with "fs" (instance $fs)) (with "gs" (instance $gs))))
          (func (export "r") (canon lift (core func $i "r"))))"#,
    );
    let mut options = Options::default();
    options.strip.names = true;
    let output = shrink(&text, &options);
    let parsed = Component::parse(&output).expect("it is valid");
    let names = parsed.names();
    let instances: Vec<&str> = names.core_instances.values().copied().collect();
    assert_eq!(instances, ["fs", "gs", "i"]);
}

/// Each module gets two globals of the one before, in both orders: the ways to the first are twice
/// as many with each.
#[test]
fn a_global_is_followed_once_whoever_asks() {
    let mut text = String::from(
        r#"(component (core module $M0 (global (export "x") i32 (i32.const 7))
          (global (export "y") i32 (i32.const 7)))
          (core instance $a0 (instantiate $M0)) (core instance $b0 (instantiate $M0))"#,
    );
    for (before, now) in (0..40).zip(1..) {
        text += &format!(
            r#"(core module $M{now} (import "p" "x" (global i32)) (import "p" "y" (global i32))
              (export "x" (global 0)) (export "y" (global 1))
              (func (export "g") (result i32)
                (i32.add (i32.const {now}) (i32.sub (global.get 0) (global.get 1)))))
            (alias core export $a{before} "x" (core global $x{now}))
            (alias core export $a{before} "y" (core global $y{now}))
            (core instance $s{now} (export "x" (global $x{now})) (export "y" (global $y{now})))
            (core instance $t{now} (export "x" (global $y{now})) (export "y" (global $x{now})))
            (core instance $a{now} (instantiate $M{now} (with "p" (instance $s{now}))))
            (core instance $b{now} (instantiate $M{now} (with "p" (instance $t{now}))))
            (func (export "g{now}") (result u32) (canon lift (core func $b{now} "g")))"#
        );
    }
    shrink(&worlds::text(&(text + ")")), &Options::default());
}

/// The same with imports of nested components.
#[test]
fn an_import_is_followed_once_whoever_asks() {
    let mut text = r#"(core func $f (canon lower (func $x)))
        (core func $g (canon lower (func $y)))
        (core module $m (import "" "f" (func)) (import "" "g" (func))
          (func (export "r") call 0 call 1))
        (core instance $i
          (instantiate $m (with "" (instance (export "f" (func $f)) (export "g" (func $g))))))
        (func (export "r") (canon lift (core func $i "r")))"#
        .to_string();
    for _ in 0..40 {
        text = format!(
            r#"(component $C (import "x" (func $x)) (import "y" (func $y)) {text})
              (instance (instantiate $C (with "x" (func $x)) (with "y" (func $y))))
              (instance $c (instantiate $C (with "x" (func $y)) (with "y" (func $x))))
              (export "r" (func $c "r"))"#
        );
    }
    let text = format!(
        r#"(component (import "x" (func $x))
          (component $C (import "x" (func $x)) (import "y" (func $y)) {text})
          (instance $c (instantiate $C (with "x" (func $x)) (with "y" (func $x))))
          (export "r" (func $c "r")))"#
    );
    let options = Options {
        stubs: vec![Stub::parse("x=trap").expect("it is a stub")],
        ..Options::default()
    };
    let output = shrink(&worlds::text(&text), &options);
    let parsed = Component::parse(&output).expect("it is valid");
    assert!(parsed.imports.is_empty());
}

/// A second run changes nothing, however little each round gained.
#[test]
fn long_chains_of_small_gains_are_followed_to_their_end() {
    let calls: String = (0..900)
        .map(|n| {
            let next = n + 1;
            format!(
                "(func $f{n} (param i32) (result i32)
                  (i32.add (i32.load (local.get 0)) (call $f{next} (local.get 0))))"
            )
        })
        .collect();
    let calls = format!(
        r#"(module (memory 1) {calls}
          (func $f900 (param i32) (result i32) local.get 0)
          (func (export "f") (param i32) (result i32) (call $f0 (local.get 0))))"#
    );
    let returns: String = (0..400)
        .map(|n| {
            format!(
                "(if (i32.eq (local.get 0) (i32.const {n})) (then
                  (i32.store (i32.const {}) (local.get 0)) (return (i32.const {}))))",
                n * 4 % 100,
                n % 10
            )
        })
        .collect();
    let returns = format!(
        r#"(module (memory 1)
          (func (export "f") (param i32) (result i32) {returns} i32.const 1))"#
    );
    for text in [calls, returns] {
        let output = module(&text);
        assert_eq!(shrink(&output, &Options::default()).len(), output.len());
    }
}
