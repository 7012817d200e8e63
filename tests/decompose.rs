//! Compositions are read back into plans, changed, and checked against worlds.

#[allow(dead_code)]
#[path = "support/sets.rs"]
mod sets;
#[path = "support/smaller.rs"]
mod smaller;
#[path = "support/worlds.rs"]
mod worlds;

use sets::{Set, causes};
use wct::component::Component;
use wct::compose::decompose::{Decomposed, decompose};
use wct::compose::edit::Edit;
use wct::compose::{self, Components, Options, Plan};
use wct::conform::{Terms, World, conform};
use wct::diagnostic::Diagnostic;
use wct::progress::Silent;
use wct::wit::{Features, parse};
use worlds::{Names, component, text, wit};

const STORE: &str = "package t:p;
    interface kv { resource entry { get: func() -> u32; } open: func() -> entry; }
    interface outer { use kv.{entry}; last: func() -> entry; }
    world store { export kv; }
    world shows { import kv; export outer; }
    world audit { import kv; export kv; }
    world narrow { export outer; }
    world wide { export kv; export outer; }
";

fn apart<'a>(name: &str, wasm: &'a [u8]) -> Decomposed<'a> {
    decompose(name, wasm).unwrap_or_else(|error| panic!("{error:#?}"))
}

fn composed(plan: &Plan, components: &Components<'_>) -> Result<Vec<u8>, Box<Diagnostic>> {
    let made = compose::compose(plan, components, &Options::default(), &Silent)?;
    Ok(made.wasm.expect("it was no dry run"))
}

fn names(wasm: &[u8]) -> (Vec<String>, Vec<String>) {
    let component = Component::parse(wasm).expect("it is a component");
    let imports = component.imports.iter();
    let exports = component.exports.iter();
    (
        imports.map(|import| import.name.name.to_string()).collect(),
        exports.map(|export| export.name.name.to_string()).collect(),
    )
}

#[test]
fn exports_stay_as_few_as_they_were() {
    let shows = component(STORE, "shows", Names::Full);
    let store = component(STORE, "store", Names::Full);
    let parts = [("shows", shows.as_slice()), ("store", store.as_slice())];
    let components: Components<'_> = parts.map(|(id, part)| (id.to_string(), part)).into();
    let mut plan = Set::of(STORE, &["shows", "store"]).made().report.plan;
    plan.exact_exports = true;
    let wasm = composed(&plan, &components).expect("it fits");
    assert_eq!(names(&wasm).1, ["t:p/outer"]);
    let found = apart("made.wasm", &wasm);
    assert!(found.plan.exact_exports && found.warnings.is_empty());
    let again = composed(&found.plan, &found.components).expect("it fits");
    assert_eq!(wit(&again), wit(&wasm));
    assert_eq!(again, wasm);
}

#[test]
fn versions_that_were_apart_stay_apart() {
    let wasm = text(
        r#"(component
        (import "a:b/c@0.2.0" (instance $old (export "f" (func))))
        (import "a:b/c@0.2.3" (instance $new (export "f" (func))))
        (component $one (import "a:b/c@0.2.0" (instance (export "f" (func)))))
        (component $two (import "a:b/c@0.2.3" (instance (export "f" (func)))))
        (instance $first (instantiate $one (with "a:b/c@0.2.0" (instance $old))))
        (instance $second (instantiate $two (with "a:b/c@0.2.3" (instance $new)))))"#,
    );
    let found = apart("made.wasm", &wasm);
    assert!(found.plan.imports.separate);
    let again = composed(&found.plan, &found.components).expect("it fits");
    assert_eq!(names(&again), names(&wasm));
    let instances: Vec<&String> = found.plan.instances.keys().collect();
    assert_eq!(instances, ["first", "second"]);
}

#[test]
fn a_bundle_of_what_one_instance_has_is_that_instance() {
    let wasm = text(
        r#"(component
        (component $part (import "g" (func $g)) (export "f" (func $g)))
        (component $user (import "i" (instance $i (export "f" (func)))) (alias export $i "f" (func $f)) (export "h" (func $f)))
        (import "g" (func $g))
        (instance $p (instantiate $part (with "g" (func $g))))
        (alias export $p "f" (func $f))
        (instance $bundle (export "f" (func $f)))
        (instance $u (instantiate $user (with "i" (instance $bundle))))
        (alias export $u "h" (func $h))
        (export "h" (func $h)))"#,
    );
    let found = apart("made.wasm", &wasm);
    let arg = &found.plan.instances["u"].args["i"];
    assert!(arg.whole, "{arg:?}");
    assert_eq!(arg.instance.as_deref(), Some("p"));
    let again = composed(&found.plan, &found.components).expect("it fits");
    assert_eq!(wit(&again), wit(&wasm));
}

#[test]
fn attributes_that_only_the_composition_has_are_told() {
    let wasm = text(
        r#"(component
        (component $part (import "g" (func $g)) (export "f" (func $g)))
        (import "g" (func $g))
        (instance $p (instantiate $part (with "g" (func $g))))
        (alias export $p "f" (func $f))
        (export "f" (external-id "known-as") (func $f)))"#,
    );
    let warnings = apart("made.wasm", &wasm).warnings;
    let codes: Vec<&str> = warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["compose/lost-attribute"]);
}

#[test]
fn what_a_composition_says_about_itself_is_told() {
    let wasm = text(
        r#"(component $app
        (component $part (@custom "version" "2") (import "g" (func $g)) (export "f" (func $g)))
        (@custom "version" "1") (@custom "producers" "\00")
        (import "g" (func $g))
        (instance $p (instantiate $part (with "g" (func $g))))
        (alias export $p "f" (func $f))
        (export "f" (func $f)))"#,
    );
    let warnings = apart("made.wasm", &wasm).warnings;
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].code, "compose/lost-metadata");
    let causes = ["it is called `app`", "it has the custom section `version`"];
    assert_eq!(warnings[0].causes, causes);
}

/// Changes a composition: each edit with the component that it names.
fn changed(wasm: &[u8], edits: &[(&str, &[u8])]) -> Result<Vec<u8>, Box<Diagnostic>> {
    let found = apart("made.wasm", wasm);
    let (mut plan, mut components) = (found.plan, found.components);
    for (edit, bytes) in edits {
        let edit = match edit.contains(':') {
            true => Edit::interpose(edit)?,
            false => Edit::replace(edit)?,
        };
        components.insert(edit.apply(&mut plan, bytes)?, bytes);
    }
    components.retain(|id, _| plan.components.contains_key(id));
    composed(&plan, &components)
}

#[test]
fn a_middleware_passes_resources_on() {
    let made = Set::of(STORE, &["shows", "store"]).made();
    let audit = component(STORE, "audit", Names::Full);
    let once = changed(&made.wasm, &[("root:t:p/kv=audit.wasm", &audit)]).expect("it fits");
    let plan = apart("once.wasm", &once).plan;
    let provider = |instance: &str| plan.instances[instance].args["t:p/kv"].instance.clone();
    assert_eq!(provider("shows").as_deref(), Some("audit"));
    assert_eq!(provider("audit").as_deref(), Some("store"));
    assert_eq!(names(&once), names(&made.wasm));
}

#[test]
fn a_middleware_may_stand_before_the_host() {
    let shows = component(STORE, "shows", Names::Full);
    let components = Components::from([("shows".to_string(), shows.as_slice())]);
    let plan = Plan {
        root: Some("shows".to_string()),
        ..Plan::default()
    };
    let alone = composed(&plan, &components).expect("it fits");
    let audit = component(STORE, "audit", Names::Full);
    let wasm = changed(&alone, &[("shows:t:p/kv=audit.wasm", &audit)]).expect("it fits");
    assert_eq!(names(&wasm).0, ["t:p/kv"]);
    assert_eq!(apart("made.wasm", &wasm).plan.instances.len(), 2);
}

#[test]
fn a_new_part_has_to_offer_what_the_old_one_did() {
    let made = Set::of(STORE, &["shows", "store"]).made();
    let narrow = component(STORE, "narrow", Names::Full);
    let error = changed(&made.wasm, &[("store=narrow.wasm", &narrow)]).expect_err("it lacks kv");
    assert_eq!(error.code, "compose/unknown-export");
    let wide = component(STORE, "wide", Names::Full);
    let wasm = changed(&made.wasm, &[("store=wide.wasm", &wide)]).expect("it fits");
    assert_eq!(apart("made.wasm", &wasm).plan.components.len(), 2);
}

#[test]
fn a_newer_part_asks_the_host_for_the_newer_version() {
    let of = |version: &str, extra: &str| {
        let wit = format!(
            "package t:p@{version}; interface i {{ f: func(); {extra} }} world w {{ import i; export run: func(); }}"
        );
        component(&wit, "w", Names::Full)
    };
    let old = of("0.2.1", "");
    let components = Components::from([("w".to_string(), old.as_slice())]);
    let plan = Plan {
        root: Some("w".to_string()),
        ..Plan::default()
    };
    let wasm = composed(&plan, &components).expect("it fits");
    let new = of("0.2.5", "g: func();");
    let wasm = changed(&wasm, &[("w=new.wasm", &new)]).expect("it fits");
    assert_eq!(names(&wasm).0, ["t:p/i@0.2.5"]);
}

/// Why a component for `world` of one text does not fit the world `host` of another.
fn misfits(own: &str, theirs: &str) -> Vec<String> {
    let wasm = component(own, "w", Names::Full);
    let packages = parse("host.wit", theirs, &Features::None).expect("it is WIT");
    let world = World::new(&packages, Some("host")).expect("it has the world");
    let found = conform(&wasm, &world, Terms::default()).expect("both are valid");
    match wct::conform::expect("it", &found, &world) {
        Ok(()) => Vec::new(),
        Err(error) => causes(&error).lines().skip(1).map(str::to_string).collect(),
    }
}

#[test]
fn a_component_fits_a_world_that_gives_more_and_asks_for_less() {
    let of = |version: &str, extra: &str, world: &str| {
        format!(
            "package t:p@{version}; interface a {{ resource r {{ get: func() -> u32; }} make: func() -> r; {extra} }}
             interface b {{ use a.{{r}}; take: func(x: r); }} {world}"
        )
    };
    let own = of(
        "0.2.0",
        "",
        "world w { import a; export b; export run: func(); }",
    );
    let host = of(
        "0.2.4",
        "more: func();",
        "world host { import a; import b; export b; }",
    );
    assert_eq!(misfits(&own, &host), Vec::<String>::new());
    let other = of("0.3.0", "", "world host { import a; export b; }");
    let told = misfits(&own, &other);
    assert!(
        told.contains(&"the world does not import `t:p/a@0.2.0`".to_string()),
        "{told:#?}"
    );
    assert!(
        told.contains(&"  there is `t:p/b@0.2.0`, which is another version".to_string()),
        "{told:#?}"
    );
}

#[test]
fn every_misfit_is_told() {
    let own = "package t:p; interface a { f: func(x: u32); g: func(); } world w { import a; import z: func(); export run: func() -> u32; }";
    let host = "package t:p; interface a { f: func(x: u64); } world host { import a; export run: func(); export stop: func(); }";
    let told = misfits(own, host);
    for line in [
        "the import `t:p/a` has another type",
        "  f(x): u32 ≠ u64",
        "  func `g` is missing",
        "the world does not import `z`",
        "the export `run` has another type",
        "the export `stop` is missing",
    ] {
        assert!(told.contains(&line.to_string()), "{line}\n{told:#?}");
    }
}

#[test]
fn imports_of_modules_and_components_stay_as_they_are() {
    let wasm = text(
        r#"(component
        (type $c (component (import "f" (func)) (export "g" (func))))
        (import "m" (core module $m (import "a" "b" (func (param i32))) (export "c" (memory 1))))
        (import "c" (component $c (type $c)))
        (component $part
            (type $c (component (import "f" (func)) (export "g" (func))))
            (import "m" (core module (import "a" "b" (func (param i32))) (export "c" (memory 1))))
            (import "c" (component (type $c))))
        (instance $p (instantiate $part (with "m" (core module $m)) (with "c" (component $c)))))"#,
    );
    let found = apart("made.wasm", &wasm);
    assert!(found.warnings.is_empty(), "{:#?}", found.warnings);
    let again = composed(&found.plan, &found.components).expect("it fits");
    assert_eq!(names(&again), names(&wasm));
}
