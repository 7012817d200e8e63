//! What is composed fits: imports, exports, types, sharing, and the same bytes again.

#[path = "compose/agreed.rs"]
mod agreed;
#[path = "compose/flags.rs"]
mod flags;
#[path = "compose/many.rs"]
mod many;
#[path = "support/sets.rs"]
mod sets;
#[path = "support/smaller.rs"]
mod smaller;
#[path = "compose/stubs.rs"]
mod stubs;
#[path = "support/worlds.rs"]
mod worlds;

use sets::{Set, causes};
use wct::compose::File;
use worlds::{Names, component, text, wit};

const NOTHING: &[&str] = &[];

/// All orders of three.
const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

const STORE: &str = "package t:p;
    interface kv { resource entry { get: func() -> u32; } open: func() -> entry; }
    interface left { use kv.{entry}; wrap: func(e: entry) -> u32; }
    interface right { use kv.{entry}; make: func() -> entry; }
    interface outer { use kv.{entry}; last: func() -> entry; }
    world store { export kv; }
    world left-part { import kv; export left; }
    world right-part { import kv; export right; }
    world main { import kv; import left; import right; export run: func() -> u32; }
    world shows { import kv; export outer; }
    world both { import left; import right; export run: func() -> u32; }
";

#[test]
fn a_diamond_shares_the_resource_in_the_middle() {
    let made = Set::of(STORE, &["main", "left-part", "right-part", "store"]).made();
    assert_eq!(made.imports(), NOTHING);
    assert_eq!(made.exports(), ["run"]);
    assert_eq!(made.nested(), 4);
    assert_eq!(made.report.instances.len(), 4);
}

#[test]
fn providers_may_be_given_in_any_order() {
    let parts = ["left-part", "right-part", "store"];
    let mut made = ORDERS.iter().map(|order| {
        let mut worlds = vec!["main"];
        worlds.extend(order.iter().map(|at| parts[*at]));
        Set::of(STORE, &worlds).made().wasm
    });
    let first = made.next().expect("there is a first order");
    assert!(made.all(|other| other == first));
}

#[test]
fn a_chain_with_a_short_cut_is_no_conflict() {
    let wit = "package t:p;
        interface b { resource r; f: func(r: borrow<r>); }
        interface a { use b.{r}; g: func() -> r; }
        world part-b { export b; }
        world part-a { import b; export a; }
        world main { import a; import b; export run: func(); }";
    let made = Set::of(wit, &["main", "part-a", "part-b"]).made();
    assert_eq!((made.imports(), made.nested()), (vec![], 3));
}

#[test]
fn dependencies_of_dependencies_are_found() {
    let wit = "package t:p;
        interface a { f: func(); } interface b { f: func(); } interface c { f: func(); }
        world main { import a; export run: func(); }
        world one { import b; export a; }
        world two { import c; export b; }
        world three { export c; }";
    let made = Set::of(wit, &["main", "three", "two", "one"]).made();
    assert_eq!((made.imports(), made.nested()), (vec![], 4));
}

#[test]
fn files_may_be_named_as_cargo_names_them() {
    let wit = "package t:p; interface kv { get: func() -> u32; }
        world main { import kv; export run: func(); } world store { export kv; }";
    let made = Set::new([
        ("my_app", component(wit, "main", Names::Full)),
        ("my_key_value.store", component(wit, "store", Names::Full)),
    ])
    .made();
    assert_eq!(made.imports(), NOTHING);
    assert_eq!(made.exports(), ["run"]);
    assert_eq!(made.nested(), 2);
    assert_eq!(made.report.instances[1].name, "my_key_value.store");
}

const WRAPPED: &str = "package t:p;
    interface handler { resource req { path: func() -> string; } handle: func(r: req) -> string; }
    world main { import handler; export run: func(); }
    world middle { import handler; export handler; }
    world last { export handler; }";

#[test]
fn middlewares_become_a_chain() {
    for count in 0..4 {
        let mut set = Set::of(WRAPPED, &["main", "middle", "last"]);
        let middle = set.flags.providers.remove(0);
        for _ in 0..count {
            set.flags.providers.insert(0, middle.clone());
        }
        let made = set.made();
        assert_eq!(made.imports(), NOTHING, "{count}");
        assert_eq!(made.report.instances.len(), 2 + count);
        assert_eq!(made.nested(), if count == 0 { 2 } else { 3 }, "{count}");
    }
}

#[test]
fn a_middleware_may_be_the_root() {
    let mut set = Set::of(WRAPPED, &["middle", "last"]);
    let made = set.made();
    assert_eq!(
        (made.imports(), made.exports()),
        (vec![], vec!["t:p/handler".to_string()])
    );
    let root = set.flags.root.take();
    set.flags.chain = root
        .into_iter()
        .chain(set.flags.providers.drain(..))
        .collect();
    assert_eq!(set.made().wasm, made.wasm);
}

#[test]
fn a_newer_version_of_the_track_serves_and_the_newest_is_taken() {
    let versioned = |version: &str, items: &str, worlds: &str| {
        format!("package t:p@{version}; interface i {{ f: func(); {items} }} {worlds}")
    };
    let root = versioned("0.2.0", "", "world main { import i; export run: func(); }");
    let old = versioned("0.2.1", "", "world old { export i; }");
    let new = versioned("0.2.3", "g: func();", "world new { export i; }");
    let set = Set::new([
        ("main", component(&root, "main", Names::Full)),
        ("old", component(&old, "old", Names::Full)),
        ("new", component(&new, "new", Names::Full)),
    ]);
    let made = set.made();
    assert_eq!(made.imports(), NOTHING);
    assert_eq!(made.report.instances[1].name, "new");
}

#[test]
fn a_version_that_is_too_old_says_which_function_it_lacks() {
    let root = "package t:p@0.2.3; interface i { f: func(); g: func(); } world main { import i; }";
    let old = "package t:p@0.2.0; interface i { f: func(); } world old { export i; }";
    let error = Set::new([
        ("main", component(root, "main", Names::Full)),
        ("old", component(old, "old", Names::Full)),
    ])
    .refused();
    assert_eq!(error.code, "compose/type-mismatch");
    assert!(
        causes(&error).contains("is too old\n  func `g` is missing"),
        "{error:#?}"
    );
}

/// Two components that leave another version of one interface open.
fn two_versions(names: [Names; 2]) -> Set {
    let kv = "interface kv { open: func() -> u32; }";
    let root = format!(
        "package t:p; {kv} world main {{ import kv; import t:io/s@0.2.3; export run: func(); }} package t:io@0.2.3 {{ interface s {{ resource r {{ f: func(); }} }} }}"
    );
    let part = format!(
        "package t:p; {kv} world part {{ import t:io/s@0.2.12; export kv; }} package t:io@0.2.12 {{ interface s {{ resource r {{ f: func(); g: func(); }} }} }}"
    );
    Set::new([
        ("main", component(&root, "main", names[0])),
        ("part", component(&part, "part", names[1])),
    ])
}

#[test]
fn imports_of_one_track_are_one_import_of_the_newest_name() {
    let made = two_versions([Names::Full, Names::Full]).made();
    assert_eq!(made.imports(), ["t:io/s@0.2.12"]);
    let text = wit(&made.wasm);
    assert!(text.contains("g: func();"), "{text}");
    assert_eq!(made.report.imports[0].merged, ["t:io/s@0.2.3"]);
}

#[test]
fn versions_are_kept_apart_on_demand() {
    let mut set = two_versions([Names::Full, Names::Full]);
    set.flags.imports.separate = true;
    assert_eq!(set.made().imports(), ["t:io/s@0.2.3", "t:io/s@0.2.12"]);
}

#[test]
fn canonical_names_are_kept_and_mixed() {
    use Names::{Canonical, Full};
    for (names, import) in [
        ([Canonical, Canonical], "t:io/s@0.2"),
        ([Full, Canonical], "t:io/s@0.2"),
        ([Canonical, Full], "t:io/s@0.2.12"),
    ] {
        let made = two_versions(names).made();
        assert_eq!(made.imports(), [import]);
        let component = made.component();
        let suffix = component.imports[0].name.version_suffix;
        assert_eq!(suffix, (import == "t:io/s@0.2").then_some(".12"));
    }
}

#[test]
fn canonical_and_full_names_meet() {
    let wit = "package t:p@0.2.3; interface i { f: func(); }
        world main { import i; export run: func(); } world part { export i; }";
    for names in [
        [Names::Full, Names::Canonical],
        [Names::Canonical, Names::Full],
    ] {
        let made = Set::new([
            ("main", component(wit, "main", names[0])),
            ("part", component(wit, "part", names[1])),
        ])
        .made();
        assert_eq!(made.imports(), NOTHING);
    }
}

#[test]
fn attributes_of_names_stay() {
    let root = r#"(component
        (import "kv" (func))
        (import "primary" (implements "t:p/store@0.2") (version-suffix ".3") (external-id "the-first")
            (instance $i (export "f" (func))))
        (alias export $i "f" (func $f))
        (instance $o (export "f" (func $f)))
        (export "shown" (implements "t:p/store@0.2") (version-suffix ".3") (external-id "out") (instance $o)))"#;
    let part = r#"(component
        (core module $m (func (export "f"))) (core instance $i (instantiate $m))
        (func (export "kv") (canon lift (core func $i "f"))))"#;
    let made = Set::new([("main", text(root)), ("part", text(part))]).made();
    let component = made.component();
    let names = [component.imports[0].name, component.exports[0].name];
    assert_eq!(names.map(|name| name.name), ["primary", "shown"]);
    assert_eq!(
        names.map(|name| name.implements),
        [Some("t:p/store@0.2"); 2]
    );
    assert_eq!(names.map(|name| name.version_suffix), [Some(".3"); 2]);
    assert_eq!(
        names.map(|name| name.external_id),
        [Some("the-first"), Some("out")]
    );
}

#[test]
fn an_exported_interface_keeps_the_types_it_uses() {
    let made = Set::of(STORE, &["shows", "store"]).made();
    assert_eq!(made.exports(), ["t:p/kv", "t:p/outer"]);
    let text = wit(&made.wasm);
    assert!(text.contains("use kv.{entry};"), "{text}");
    let of_types: Vec<bool> = made
        .report
        .exports
        .iter()
        .map(|export| export.for_types)
        .collect();
    assert_eq!(of_types, [true, false]);
}

#[test]
fn value_types_that_an_export_uses_keep_their_interface_too() {
    let wit_text = "package t:p;
        interface types { record point { x: u32 } origin: func() -> point; }
        interface shape { use types.{point}; center: func() -> point; }
        world part { export types; } world main { import types; export shape; }";
    let made = Set::of(wit_text, &["main", "part"]).made();
    assert_eq!(made.exports(), ["t:p/types", "t:p/shape"]);
    assert!(
        wit(&made.wasm).contains("use types.{point};"),
        "{}",
        wit(&made.wasm)
    );
}

#[test]
fn types_of_a_provided_interface_come_back_alone_for_an_open_one() {
    let wit_text = "package t:p;
        interface types { record point { x: u32 } record unused { y: u32 } origin: func() -> point; }
        interface shape { use types.{point}; center: func() -> point; }
        world part { export types; } world main { import types; import shape; export run: func(); }";
    let made = Set::of(wit_text, &["main", "part"]).made();
    assert_eq!(made.imports(), ["t:p/types", "t:p/shape"]);
    let text = wit(&made.wasm);
    assert!(text.contains("use types.{point};"), "{text}");
    assert!(
        !text.contains("origin") && !text.contains("unused"),
        "{text}"
    );
}

#[test]
fn an_open_import_cannot_have_a_resource_from_inside() {
    let error = Set::of(STORE, &["main", "store", "right-part"]).refused();
    assert_eq!(error.code, "compose/resource-inside");
    assert!(
        error
            .message
            .contains("`t:p/left` needs the resource `entry`, which only `store`"),
        "{error:#?}"
    );
}

#[test]
fn a_resource_of_the_world_is_imported_and_provided() {
    let root = r#"(component (import "r" (type $r (sub resource)))
        (import "f" (func (param "x" (own $r)))))"#;
    let other = r#"(component (import "r" (type $r (sub resource)))
        (core module $m (func (export "f") (param i32))) (core instance $i (instantiate $m))
        (func (export "f") (param "x" (own $r)) (canon lift (core func $i "f"))))"#;
    let made = Set::new([("main", text(root)), ("other", text(other))]).made();
    assert_eq!(made.imports(), ["r"]);
    assert_eq!(made.nested(), 2);
}

#[test]
fn one_component_in_two_roles_lies_inside_once() {
    let wit_text = "package t:p; interface kv { get: func() -> u32; }
        world main { import primary: kv; import backup: kv; export run: func(); }
        world store { export kv; }";
    let mut set = Set::of(wit_text, &["main", "store"]);
    set.flags.providers = ["first=store.wasm", "second=store.wasm"]
        .map(File::parse)
        .to_vec();
    set.flags.wires = vec![
        "root:primary=first:t:p/kv".to_string(),
        "main:backup=second:t:p/kv".to_string(),
    ];
    let made = set.made();
    assert_eq!((made.report.instances.len(), made.nested()), (3, 2));
    assert!(made.report.shared > 0);
    assert_eq!(made.imports(), NOTHING);
}

#[test]
fn the_right_name_and_the_wrong_type_is_refused_with_all_reasons() {
    let of = |types: &str, world: &str| {
        component(
            &format!(
                "package t:p; interface kv {{ {types} }} world main {{ import kv; }} world part {{ export kv; }}"
            ),
            world,
            Names::Full,
        )
    };
    let error = Set::new([
        ("main", of("record entry { tags: list<string>, at: u64 } put: func(e: entry); get: func() -> option<entry>; size: func() -> u32;", "main")),
        ("part", of("record entry { tags: list<u8>, at: u64 } put: func(e: entry); get: func() -> entry; size: async func() -> u32;", "part")),
    ])
    .refused();
    assert_eq!(error.code, "compose/type-mismatch");
    let text = causes(&error);
    for line in [
        "entry.tags: list<string> ≠ list<u8>",
        "get ->: option<entry> ≠ entry",
        "size: func ≠ async func",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn a_plain_name_of_another_type_is_left_open_where_its_component_is_in_use() {
    let wit_text = "package t:p; interface kv { get: func() -> u32; }
        world main { import kv; import log: func(text: string); export run: func(); }
        world part { export kv; export log: func(); }
        world idle { export log: func(); }";
    let made = Set::of(wit_text, &["main", "part"]).made();
    assert_eq!((made.imports(), made.nested()), (vec!["log".into()], 2));
    assert_eq!(made.report.warnings[0].code, "compose/left-open");
    let error = Set::of(wit_text, &["main", "idle"]).refused();
    assert_eq!(error.code, "compose/type-mismatch");
}

#[test]
fn resources_of_two_stores_do_not_meet() {
    let mut set = Set::of(STORE, &["main", "left-part", "right-part", "store"]);
    set.flags.providers.push(File::parse("other=store.wasm"));
    set.flags.wires = vec!["left-part:t:p/kv=other".to_string()];
    let error = set.refused();
    assert_eq!(error.code, "compose/resource-mismatch");
    let text = causes(&error);
    assert!(
        text.contains("asked for is the one of `store`, given is the one of `other`"),
        "{text}"
    );
}

#[test]
fn a_cycle_is_shown() {
    let wit_text = "package t:p; interface a { f: func(); } interface b { f: func(); }
        world main { import a; } world one { import b; export a; } world two { import a; export b; }";
    let error = Set::of(wit_text, &["main", "one", "two"]).refused();
    assert_eq!(error.code, "compose/cycle");
    assert!(
        error.message.contains("`one` → `two` → `one`"),
        "{error:#?}"
    );
}

#[test]
fn exports_are_chosen_and_renamed() {
    let mut set = Set::of(STORE, &["main", "left-part", "right-part", "store"]);
    set.flags.exports = vec!["root:run=start".to_string(), "store:t:p/kv".to_string()];
    assert_eq!(set.made().exports(), ["start", "t:p/kv"]);
    set.flags.exports.push("root:run=start".to_string());
    assert_eq!(set.refused().code, "compose/duplicate-export");
}

#[test]
fn what_nobody_needs_is_left_out_with_a_warning() {
    let wit_text = "package t:p; interface a { f: func(); } interface other { f: func(); }
        world main { import a; } world one { export a; } world two { export other; }";
    let made = Set::of(wit_text, &["main", "one", "two"]).made();
    assert_eq!(made.nested(), 2);
    assert_eq!(made.report.warnings[0].code, "compose/unused");
    assert_eq!(
        Set::of(wit_text, &["main", "two"]).refused().code,
        "compose/nothing-to-compose"
    );
}

#[test]
fn closed_compositions_refuse_what_is_left_over() {
    let mut set = Set::of(STORE, &["both", "left-part", "right-part"]);
    assert_eq!(set.made().imports(), ["t:p/kv"]);
    set.flags.imports.closed = true;
    assert_eq!(set.refused().code, "compose/unsatisfied");
    set.flags.imports.open = vec!["t:p/kv".to_string()];
    assert_eq!(set.made().imports(), ["t:p/kv"]);
}

#[test]
fn functions_modules_and_types_are_provided_like_interfaces() {
    let root = r#"(component
        (import "m" (core module $m (export "f" (func (param i32)))))
        (import "f" (func (param "x" u32) (result string)))
        (import "i" (instance (export "n" (instance (export "g" (func)))))))"#;
    let part = r#"(component
        (core module $m (func (export "f") (param i32)) (func (export "g")) (memory (export "memory") 1)
            (func (export "s") (param i32) (result i32) unreachable)
            (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
        (core instance $c (instantiate $m))
        (export "m" (core module $m))
        (func (export "f") (param "x" u32) (result string)
            (canon lift (core func $c "s") (memory (core memory $c "memory")) (realloc (core func $c "r"))))
        (func $g (canon lift (core func $c "g")))
        (instance $n (export "g" (func $g))) (instance $i (export "n" (instance $n)))
        (export "i" (instance $i)))"#;
    let made = Set::new([("main", text(root)), ("part", text(part))]).made();
    assert_eq!(made.imports(), NOTHING);
    let alone = Set::new([("main", text(root)), ("other", text(r#"(component (core module $m (func (export "f") (param i32))) (export "m" (core module $m)))"#))]).made();
    assert_eq!(alone.imports(), ["f", "i"]);
}
