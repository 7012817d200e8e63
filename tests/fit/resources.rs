//! Whose resource type a component has where a world asks for one.

use wct::conform::{Terms, View, World, conform};
use wct::wit::{Features, parse};

use crate::worlds::{self, Names, component};

/// Whether a component fits the world `w` of a package.
fn fits(wit: &str, wasm: &[u8]) -> bool {
    let packages = parse("world.wit", wit, &Features::None).expect("it is WIT");
    let world = World::new(&packages, Some("w")).expect("it has the world");
    let found = conform(wasm, &world, Terms::default()).expect("both are valid");
    found.is_empty()
}

#[test]
fn two_resources_of_a_component_may_be_one_in_the_world_and_one_may_not_be_two() {
    let package = |second: &str, direction: &str| {
        format!(
            "package t:m;
            interface i {{ resource a; {second} f: func(x: borrow<b>); }}
            world w {{ {direction} i; }}"
        )
    };
    for (direction, one_for_two) in [("import", false), ("export", true)] {
        let [two, one] = ["resource b;", "type b = a;"].map(|second| package(second, direction));
        let made = |wit: &str| component(wit, "w", Names::Full);
        assert!(fits(&two, &made(&two)) && fits(&one, &made(&one)));
        assert_eq!(fits(&two, &made(&one)), one_for_two, "one, {direction}");
        assert_eq!(fits(&one, &made(&two)), !one_for_two, "two, {direction}");
    }
}

#[test]
fn a_resource_that_the_world_has_is_no_other_of_the_component() {
    let wit = "package t:m;
        interface a { resource r; }
        interface b { use a.{r}; f: func() -> r; }
        world w { import a; export b; }";
    let exporting = |own: &str| {
        let text = format!(
            r#"(component
              (import "t:m/a" (instance $a (export "r" (type (sub resource)))))
              (alias export $a "r" (type $theirs))
              (type $ours (resource (rep i32)))
              (core module $m (func (export "f") (result i32) unreachable))
              (core instance $m (instantiate $m))
              (component $c
                (import "r" (type $r (sub resource)))
                (import "f" (func $f (result (own $r))))
                (export $named "r2" (type $r))
                (export "f" (func $f) (func (result (own $named)))))
              (func $f (result (own {own})) (canon lift (core func $m "f")))
              (instance $b (instantiate $c (with "r" (type {own})) (with "f" (func $f))))
              (alias export $b "f" (func $out))
              (alias export $b "r2" (type $type))
              (instance $exported (export "r" (type $type)) (export "f" (func $out)))
              (export "t:m/b" (instance $exported)))"#
        );
        worlds::text(&text)
    };
    assert!(fits(wit, &exporting("$theirs")));
    assert!(!fits(wit, &exporting("$ours")));
}

/// As wit-component resolves it. A world that toolchains embed would say that `b` is exported with
/// the resource that is imported, and `wasm-tools component targets` believes it.
#[test]
fn what_is_exported_uses_the_exported_interface_also_where_both_are_imported() {
    let wit = "package t:m;
        interface a { resource r; }
        interface b { use a.{r}; f: func(x: borrow<r>); }
        world w { import a; import b; export b; export a; }";
    let packages = parse("world.wit", wit, &Features::None).expect("it is WIT");
    let world = World::new(&packages, Some("w")).expect("it has the world");
    let misfits = |wasm: &[u8]| conform(wasm, &world, Terms::default()).expect("both are valid");
    let made = component(wit, "w", Names::Full);
    assert!(misfits(&made).is_empty(), "{:?}", misfits(&made));
    let passed_on = worlds::text(
        r#"(component
          (import "t:m/a" (instance $a (export "r" (type (sub resource)))))
          (alias export $a "r" (type $r))
          (import "t:m/b" (instance $b
            (alias outer 1 $r (type $outer))
            (export "r" (type $own (eq $outer)))
            (type $borrow (borrow $own))
            (export "f" (func (param "x" $borrow)))))
          (type $other (resource (rep i32)))
          (instance $exported (export "r" (type $other)))
          (export "t:m/a" (instance $exported))
          (export "t:m/b" (instance $b)))"#,
    );
    let found = misfits(&passed_on);
    let names: Vec<&str> = found.iter().map(|misfit| misfit.name.as_str()).collect();
    assert_eq!(names, ["t:m/b"]);
}

#[test]
fn a_host_may_export_what_uses_a_resource_of_the_component() {
    let wit = "package t:h;
        interface a { resource r { constructor(); } }
        interface b { use a.{r}; f: func(x: borrow<r>); }
        world guest { export a; }
        world host { import a; export b; }
        world plain { import a; }
        world other { import b; }";
    let packages = parse("world.wit", wit, &Features::None).expect("it is WIT");
    let made = component(wit, "guest", Names::Full);
    let terms = Terms {
        view: View::Host,
        ..Terms::default()
    };
    for (host, fits) in [("host", true), ("plain", true), ("other", false)] {
        let world = World::new(&packages, Some(host)).expect("it has the world");
        let misfits = conform(&made, &world, terms).expect("both are valid");
        assert_eq!(misfits.is_empty(), fits, "{host}: {misfits:?}");
    }
}
