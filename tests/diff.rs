//! What is called compatible composes with what was made for the old side, and nothing else does.

#[path = "diff/core_types.rs"]
mod core_types;
#[path = "diff/directions.rs"]
mod directions;
#[path = "diff/edits.rs"]
mod edits;
#[path = "support/sets.rs"]
#[allow(dead_code)]
mod sets;
#[path = "support/smaller.rs"]
mod smaller;
#[path = "diff/type_edits.rs"]
mod type_edits;
#[path = "diff/world_edits.rs"]
mod world_edits;
#[path = "support/worlds.rs"]
#[allow(dead_code)]
mod worlds;

use edits::{EDITS, Edit};
use sets::Set;
use type_edits::TYPES;
use wct::diff::{self, Change, Effect, Input, Options, Report};
use wct::files::Bytes;
use wct::wit::Features;
use world_edits::WORLDS;
use worlds::{Names, component};

fn input(bytes: Vec<u8>) -> Input {
    let input = Input::of_bytes("input", Bytes::Owned(bytes), &Features::None);
    input.unwrap_or_else(|error| panic!("{error:#?}"))
}

fn compared(old: Vec<u8>, new: Vec<u8>, world: Option<&str>) -> Report {
    let options = Options {
        world: world.map(str::to_string),
        ..Options::default()
    };
    diff::diff(&input(old), &input(new), &options).unwrap_or_else(|error| panic!("{error:#?}"))
}

fn json(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).expect("it has a form in JSON");
    value.as_str().map(str::to_string).unwrap_or_default()
}

/// A part that provides takes the place of all that the root imports.
fn composes(root: Vec<u8>, provider: Vec<u8>) -> bool {
    let imports = |wasm: &[u8]| {
        let component = wct::component::Component::parse(wasm).expect("it is one");
        let names = component.imports.iter();
        names
            .map(|import| import.name.name.to_string())
            .collect::<Vec<_>>()
    };
    if imports(&root).is_empty() {
        return true;
    }
    let left = imports(&provider);
    match Set::new([("root", root), ("provider", provider)]).run() {
        Ok(made) => made
            .imports()
            .iter()
            .all(|name| left.contains(&name.to_string())),
        Err(_) => false,
    }
}

/// What is told of an edit, if it is not what was expected.
fn wrong(edit: &Edit, report: &Report, callers: bool, hosts: bool) -> Option<String> {
    let told = |change: &Change| {
        let path = if change.path.is_empty() {
            &change.item
        } else {
            &change.path
        };
        format!("{} {path}", json(change.kind))
    };
    let told: Vec<String> = report.changes.iter().map(told).collect();
    let breaks = |of: fn(&Change) -> Effect| {
        let mut changes = report.changes.iter();
        changes.any(|change| of(change) == Effect::Breaking)
    };
    let verdict = (breaks(|c| c.callers), breaks(|c| c.hosts));
    let found = (told, verdict, json(report.semver.bump), (!callers, !hosts));
    let breaking = (edit.callers_break, edit.hosts_break);
    let changes = edit.changes.iter().map(|change| change.to_string());
    let expected = (changes.collect(), breaking, edit.bump.to_string(), breaking);
    (found != expected).then(|| format!("{}: {found:?}\n    not {expected:?}", edit.claim))
}

const PACKAGE: &str = "package t:shop@1.0.0;
    world user { import api; export run: func(); }
    world provider { export api; }
    interface api { ";

#[test]
fn each_edit_of_an_interface_is_found_and_judged_as_composing_judges_it() {
    let mut faults = Vec::new();
    for edit in EDITS.iter().chain(TYPES) {
        let wit = |members: &str| format!("{PACKAGE}{members} }}");
        let (old, new) = (wit(edit.old), wit(edit.new));
        let made = |wit: &str, world| component(wit, world, Names::Full);
        let callers = composes(made(&old, "user"), made(&new, "provider"));
        let hosts = composes(made(&new, "user"), made(&old, "provider"));
        let report = compared(old.clone().into(), new.clone().into(), None);
        faults.extend(wrong(edit, &report, callers, hosts));
        // The same from the outside: components of the two.
        let report = compared(made(&old, "provider"), made(&new, "provider"), None);
        let breaks = report.changes.iter().any(Change::is_breaking);
        if breaks != edit.callers_break {
            faults.push(format!("{}: exported {:#?}", edit.claim, report.changes));
        }
        let report = compared(made(&old, "user"), made(&new, "user"), None);
        let breaks = report.changes.iter().any(Change::is_breaking);
        if breaks != edit.hosts_break {
            faults.push(format!("{}: imported {:#?}", edit.claim, report.changes));
        }
    }
    let count = EDITS.len() + TYPES.len();
    assert!(count >= 60, "only {count} edits");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

const PARTS: &str = "package t:shop@1.0.0;
    interface a { f: func(); }
    interface b { g: func() -> u8; }
    interface like-a { f: func(); }
    package t:dep@1.0.0 { interface d { f: func(); } }
    package t:dep@1.2.0 { interface d { f: func(); } }
    package t:dep@2.0.0 { interface d { f: func(); } }
    ";

#[test]
fn each_edit_of_a_world_is_found_and_judged_as_composing_judges_it() {
    let mut faults = Vec::new();
    for edit in WORLDS {
        let (old, new) = (
            format!("{PARTS}{}", edit.old),
            format!("{PARTS}{}", edit.new),
        );
        let made = |wit: &str, world| component(wit, world, Names::Full);
        let app = made(&new, "app");
        let callers = match old.contains("world user") {
            true => composes(made(&old, "user"), app.clone()),
            false => true,
        };
        let hosts = match old.contains("world host") {
            true => composes(app.clone(), made(&old, "host")),
            false => true,
        };
        let report = compared(old.clone().into(), new.into(), Some("app"));
        faults.extend(wrong(edit, &report, callers, hosts));
        let report = compared(made(&old, "app"), app, None);
        let breaks = report.changes.iter().any(Change::is_breaking);
        if breaks != (edit.callers_break || edit.hosts_break) {
            faults.push(format!("{}: built {:#?}", edit.claim, report.changes));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn below_1_0_0_the_numbers_of_a_version_stand_for_less() {
    let asked = |version: &str, old: &str, new: &str| {
        let wit = |body: &str| format!("package t:p@{version}; interface i {{ {body} }}").into();
        let semver = compared(wit(old), wit(new), None).semver;
        (json(semver.bump), json(semver.least))
    };
    for (version, breaking, addition, fix) in [
        (
            "1.2.3",
            ("major", "2.0.0"),
            ("minor", "1.3.0"),
            ("patch", "1.2.4"),
        ),
        (
            "0.2.3",
            ("minor", "0.3.0"),
            ("patch", "0.2.4"),
            ("patch", "0.2.4"),
        ),
        (
            "0.0.3",
            ("patch", "0.0.4"),
            ("patch", "0.0.4"),
            ("patch", "0.0.4"),
        ),
        (
            "2.0.0-rc.1",
            ("major", "2.0.0-rc.1"),
            ("minor", "2.0.0-rc.1"),
            ("patch", "2.0.0-rc.1"),
        ),
    ] {
        for (new, (bump, least)) in [
            ("g: func();", breaking),
            ("f: func(); g: func();", addition),
            ("/// It.\n f: func();", fix),
            ("f: func();", ("none", version)),
        ] {
            let expected = (bump.to_string(), least.to_string());
            assert_eq!(
                asked(
                    version,
                    "f: func(x: u8);",
                    &new.replace("f: func()", "f: func(x: u8)")
                ),
                expected
            );
        }
    }
}

#[test]
fn changes_of_owners_add_up_to_the_change_of_the_file() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "wat"))
        .collect();
    paths.sort();
    let load = |path: &std::path::PathBuf| Input::load(path, &Features::None).ok();
    let mut compared = 0;
    for (old, new) in paths.iter().zip(paths.iter().cycle().skip(1)) {
        for new in [new, old] {
            let (Some(a), Some(b)) = (load(old), load(new)) else {
                continue;
            };
            // A core module without a world is nothing to compare a component with.
            let Ok(report) = diff::diff(&a, &b, &Options::default()) else {
                continue;
            };
            let Some(bytes) = report.bytes else {
                continue;
            };
            let sum: i64 = bytes.owners.iter().map(|owner| owner.change).sum();
            assert_eq!(sum, bytes.new as i64 - bytes.old as i64, "{old:?} {new:?}");
            if new == old {
                assert!(
                    report.changes.is_empty() && bytes.owners.is_empty(),
                    "{old:?}"
                );
                assert_eq!(json(report.semver.bump), "none");
            }
            compared += 1;
        }
    }
    assert!(compared >= 4, "only {compared} pairs");
}

/// Bindings leave types out that no function has; a component may name them all the same.
#[test]
fn a_type_that_no_function_has_breaks_who_names_it_alone() {
    let wit = |members: &str| format!("{PACKAGE}{members} }}");
    let (old, new) = (
        wit("record r { a: u8 } f: func();"),
        wit("record r { a: u16 } f: func();"),
    );
    let provider = |wit: &str| component(wit, "provider", Names::Full);
    let naming = worlds::text(
        r#"(component
          (import "t:shop/api@1.0.0" (instance $api
            (type $r' (record (field "a" u8)))
            (export "r" (type (eq $r')))
            (export "f" (func))))
          (alias export $api "f" (func $f))
          (export "run" (func $f)))"#,
    );
    let user = component(&old, "user", Names::Full);
    for (caller, composes_with_new) in [(naming, false), (user, true)] {
        assert!(composes(caller.clone(), provider(&old)));
        assert_eq!(composes(caller, provider(&new)), composes_with_new);
    }
    let report = compared(old.into(), new.into(), None);
    let paths: Vec<String> = report.changes.iter().map(Change::full_path).collect();
    assert_eq!(paths, ["t:shop/api.r.a"]);
    assert!(report.changes.iter().all(Change::is_breaking));
}

#[test]
fn build_metadata_makes_no_version_higher() {
    let wit = |version: &str, body: &str| {
        format!("package t:p@{version}; interface i {{ {body} }}").into_bytes()
    };
    let (f, f_and_g) = ("f: func();", "f: func(); g: func();");
    for (old, new, least) in [
        (("1.0.0+x", f), ("1.1.0", f_and_g), "1.1.0"),
        (("1.0.0+x", f), ("1.0.0", f), "1.0.0"),
        (("1.0.0-rc.1+x", f), ("1.0.0-rc.1", f_and_g), "1.0.0-rc.1"),
    ] {
        let semver = compared(wit(old.0, old.1), wit(new.0, new.1), None).semver;
        assert_eq!(json(semver.least), least, "{old:?}");
        assert_eq!(semver.enough, Some(true), "{old:?}");
    }
}

#[test]
fn each_of_two_imports_of_one_name_is_compared() {
    let module = |first: &str, second: &str| {
        let text = format!(
            r#"(module (import "env" "log" (func (param {first})))
                       (import "env" "log" (func (param {second}))))"#
        );
        text.into_bytes()
    };
    for (first, second, path) in [("i64", "i32", "env#log"), ("i32", "i64", "env#log (2)")] {
        let report = compared(module("i32", "i32"), module(first, second), None);
        let paths: Vec<String> = report.changes.iter().map(Change::full_path).collect();
        assert_eq!(paths, [path]);
    }
}

#[test]
fn comments_are_compared_on_all_that_has_one() {
    let wit = |of_function: &str, of_old: &str, of_new: &str| {
        format!(
            "package t:p;
            world w {{
                import d:d/i@0.2.0;
                import d:d/i@0.3.0;
                /// {of_function}
                export run: func();
            }}
            package d:d@0.2.0 {{ interface i {{ /// {of_old}\n f: func(); }} }}
            package d:d@0.3.0 {{ interface i {{ /// {of_new}\n f: func(); }} }}"
        )
    };
    let old = wit("one", "one", "one");
    let told = |new: String, world: Option<&str>| {
        let report = compared(old.clone().into(), new.into(), world);
        let changes = report.changes.iter();
        let told = changes.map(|change| format!("{} {}", json(change.kind), change.full_path()));
        told.collect::<Vec<_>>()
    };
    let world = Some("w");
    assert_eq!(told(wit("two", "one", "one"), None), ["docs run"]);
    assert_eq!(told(wit("two", "one", "one"), world), ["docs run"]);
    assert_eq!(told(wit("one", "two", "one"), world), ["docs d:d/i.f"]);
    assert_eq!(told(wit("one", "one", "two"), world), ["docs d:d/i.f"]);
}

#[test]
fn comments_of_interfaces_that_a_world_does_not_have_are_not_told_with_it() {
    let wit = |of_other: &str| {
        let text = format!(
            "package t:p; interface i {{ f: func(); }} world w {{ import i; }}
            /// {of_other}\n interface other {{ g: func(); }}"
        );
        text.into_bytes()
    };
    let report = compared(wit("one"), wit("two"), Some("w"));
    assert!(report.changes.is_empty(), "{:?}", report.changes);
    assert_eq!(compared(wit("one"), wit("two"), None).changes.len(), 1);
}

#[test]
fn imports_of_two_modules_are_not_one_because_their_names_meet() {
    let module = |from: &str, name: &str| format!(r#"(module (import "{from}" "{name}" (func)))"#);
    let (old, new) = (module("a#b", "c"), module("a", "b#c"));
    let report = compared(old.into_bytes(), new.into_bytes(), None);
    let told = report.changes.iter().map(|change| json(change.kind));
    assert_eq!(told.collect::<Vec<_>>(), ["removed", "added"]);
}

#[test]
fn a_core_module_is_judged_alike_alone_and_in_a_component() {
    let alone = |item: &str| format!("(module {item})").into_bytes();
    let within = |item: &str| {
        let module = format!("(core module $m {item})");
        format!(r#"(component {module} (export "m" (core module $m)))"#).into_bytes()
    };
    let memory = |pages| format!(r#"(memory (export "m") {pages})"#);
    let import = |pages| format!(r#"(import "a" "m" (memory {pages}))"#);
    let held = |field| {
        format!(
            r#"(type $t (struct (field {field})))
            (func (export "f") (param (ref null $t)))"#
        )
    };
    let global = |ty| {
        format!(r#"(func $f) (elem declare func $f) (global (export "g") {ty} (ref.func $f))"#)
    };
    let below = |ty| {
        format!(
            r#"(type $s (sub (func))) (type $t (sub $s (func))) (func (export "f") (type {ty}))"#
        )
    };
    let later = |text: String| format!("(type (func (result f64 f64))) {text}");
    for (old, new, breaks) in [
        (memory(1), memory(2), false),
        (memory(2), memory(1), true),
        (import(1), import(2), true),
        (import(2), import(1), false),
        (held("i32"), held("i64"), true),
        (held("i32"), later(held("i32")), false),
        (global("funcref"), global("(ref func)"), false),
        (global("(ref func)"), global("funcref"), true),
        (global("(mut funcref)"), global("(mut (ref func))"), true),
        (below("$s"), below("$t"), false),
        (below("$t"), below("$s"), true),
    ] {
        for input in [&alone as &dyn Fn(&str) -> Vec<u8>, &within] {
            let report = compared(input(&old), input(&new), None);
            let changes = &report.changes;
            assert_eq!(
                changes.iter().any(Change::is_breaking),
                breaks,
                "{changes:?}"
            );
        }
    }
}
