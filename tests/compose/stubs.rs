//! Stubs answer what their patterns say, whatever else is called like them.

use crate::sets::Set;
use crate::worlds::text;
use wct::stub::{Answer, Stub};

fn stubbed(parts: &[(&str, &str)], pattern: &str) -> Set {
    let mut set = Set::new(parts.iter().map(|(name, part)| (*name, text(part))));
    set.flags.stubs = vec![Stub::parse(pattern).expect("it is one")];
    set
}

const ROOT: &str = r#"(component
    (import "t:p/log" (instance (export "f" (func)))) (import "t:p/x" (instance)))"#;

const PART: &str = r#"(component (import "t:p/i" (instance (export "f" (func))))
    (instance $own) (export "t:p/x" (instance $own)))"#;

#[test]
fn a_component_may_be_called_stub() {
    let made = stubbed(&[("app", ROOT), ("stub", PART)], "t:p/*").made();
    assert_eq!(made.imports(), Vec::<String>::new());
    let instances = made.report.instances.iter();
    let names: Vec<&str> = instances.map(|instance| instance.name.as_str()).collect();
    assert_eq!(names, ["app", "stub", "stub-2"]);
}

#[test]
fn a_stub_answers_for_its_version_alone_where_versions_are_apart() {
    let old = r#"(component (import "a:b/c@0.2.0" (instance (export "f" (func))))
        (import "t:p/x" (instance)))"#;
    let new = r#"(component (import "a:b/c@0.2.3" (instance (export "f" (func))))
        (instance $own) (export "t:p/x" (instance $own)))"#;
    let parts = [("old", old), ("new", new)];
    let mut set = stubbed(&parts, "a:b/c@0.2.0");
    set.flags.imports.separate = true;
    assert_eq!(set.made().imports(), ["a:b/c@0.2.3"]);
    let joined = stubbed(&parts, "a:b/c@0.2.3").made();
    assert_eq!(joined.imports(), Vec::<String>::new());
}

#[test]
fn a_closed_composition_takes_stubs_for_providers() {
    let mut set = stubbed(&[("app", ROOT), ("part", PART)], "t:p/*");
    set.flags.imports.closed = true;
    assert_eq!(set.made().imports(), Vec::<String>::new());
    set.flags.stubs = vec![Stub::parse("t:p/log").expect("it is one")];
    assert_eq!(set.refused().code, "compose/unsatisfied");
}

#[test]
fn stubs_answer_what_nobody_provides() {
    let wit_text = "package t:p;
        interface types { resource r; record v { x: u32 } }
        interface files { use types.{v}; enum error-code { busy, access }
            open: func() -> result<v, error-code>; all: func() -> list<v>; }
        world main { import types; import files; export run: func(); }";
    let mut set = Set::of(wit_text, &["main"]);
    for answer in [Answer::Trap, Answer::Deny, Answer::Empty] {
        let pattern = "t:p/files".to_string();
        set.flags.stubs = vec![Stub { pattern, answer }];
        let made = set.made();
        assert_eq!(made.imports(), ["t:p/types"], "{answer:?}");
        assert_eq!(made.nested(), 2);
        assert_eq!(made.report.warnings[0].code, "compose/stubbed");
    }
    set.flags.stubs[0].pattern = "t:p/*".to_string();
    let made = set.made();
    assert_eq!(made.imports(), Vec::<String>::new());
    // Of `types` there is nothing to say: it has no functions.
    let warnings = made.report.warnings.iter();
    let said: Vec<&str> = warnings.map(|warning| warning.message.as_str()).collect();
    assert_eq!(said, ["the functions of `t:p/files` answer with nothing"]);
}

#[test]
fn functions_without_an_answer_to_give_are_told_to_trap() {
    let wit_text = "package t:p;
        interface env { resource r; get: func() -> string; open: func() -> r; stop: func();
            ok: func() -> result<u32, string>; }
        world main { import env; export run: func(); }";
    let mut set = Set::of(wit_text, &["main"]);
    for (answer, said, causes) in [
        (
            Answer::Deny,
            "the functions of `t:p/env` answer with an error",
            [
                "they are `ok`",
                "`get` has no error to answer with, and traps when it is called",
                "`open` has no error to answer with, and traps when it is called",
                "`stop` has no error to answer with, and traps when it is called",
            ]
            .as_slice(),
        ),
        (
            Answer::Empty,
            "the functions of `t:p/env` answer with nothing",
            &[
                "they are `get`, `stop`, `ok`",
                "`open` has nothing empty to answer with, and traps when it is called",
            ],
        ),
        (
            Answer::Trap,
            "the functions of `t:p/env` trap when they are called",
            &["they are `get`, `open`, `stop`, `ok`"],
        ),
    ] {
        let pattern = "t:p/env".to_string();
        set.flags.stubs = vec![Stub { pattern, answer }];
        let warning = &set.made().report.warnings[0];
        assert_eq!(warning.message, said);
        assert_eq!(warning.causes, causes);
    }
}
