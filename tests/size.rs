//! Every byte has one owner, whatever the file and whatever the question.
//!
//! `WCT_CORPUS=FOLDER` adds every `.wasm` of a folder.

#[path = "support/binaries.rs"]
mod binaries;
#[path = "support/clang.rs"]
mod clang;

use std::collections::BTreeMap;

use wct::module::Module;
use wct::progress::Silent;
use wct::shrink::{self, shrink};
use wct::size::{By, Options, Report, size};

fn report(name: &str, bytes: &[u8], by: Option<By>) -> Report {
    size(name, bytes, Options { by }).expect("every byte has an owner")
}

#[test]
fn the_owners_add_up_to_the_file() {
    for (path, bytes) in binaries::all() {
        let report = report(&path, &bytes, None);
        let sum: u64 = report.owners.iter().map(|owner| owner.size).sum();
        assert_eq!(sum, bytes.len() as u64, "{path}");
        assert!(
            report
                .owners
                .is_sorted_by_key(|owner| std::cmp::Reverse(owner.size))
        );
        for owner in &report.owners {
            let retained = owner.retained.unwrap_or(owner.size);
            assert!(
                retained >= owner.size && retained <= sum,
                "{path}: {owner:?}"
            );
        }
    }
}

#[test]
fn the_answers_to_every_question_add_up_to_the_file() {
    const QUESTIONS: [By; 6] = [
        By::Module,
        By::Section,
        By::Function,
        By::Crate,
        By::Source,
        By::Export,
    ];
    for (path, bytes) in binaries::all() {
        for by in QUESTIONS {
            let report = report(&path, &bytes, Some(by));
            let sum: u64 = report.groups.iter().map(|group| group.size).sum();
            assert_eq!(sum, bytes.len() as u64, "{path}, {by:?}");
        }
    }
}

/// What is called removable is gone after `shrink`, which may find more.
#[test]
fn shrink_takes_away_at_least_what_is_called_removable() {
    let mut compared = 0;
    for (path, bytes) in binaries::all() {
        if bytes.len() > 150 << 10 {
            continue;
        }
        let Some(removable) = report(&path, &bytes, None).removable else {
            continue;
        };
        let options = shrink::Options::default();
        let Ok((small, _)) = shrink(&path, &bytes, &options, &Silent) else {
            continue;
        };
        let saved = (bytes.len() - small.len()) as u64;
        assert!(saved >= removable.total, "{path}: {saved} of {removable:?}");
        compared += 1;
    }
    assert!(compared >= 4);
}

/// The same instructions in functions of other types are none, and the host of a module could
/// compare what it exports.
#[test]
fn only_functions_that_shrink_merges_are_called_removable() {
    let body = "(i32.store (i32.const 0) (i32.const 77)) (local.get 0)";
    let module = format!(
        r#"(module (memory 1)
            (func (export "a") (param i32) (result i32) {body})
            (func (export "b") (param i32 i64) (result i32) {body})
            (func (export "c") (param i32) (result i32) {body})
            (func (param i32) (result i32) {body})
            (func (export "e") (result i32) (call 3 (i32.const 1))))"#
    );
    let report = report("module", module.as_bytes(), None);
    let counts = report.duplicates.iter().map(|found| found.names.len());
    assert_eq!(counts.collect::<Vec<_>>(), [3]);
    let removable = report.removable.expect("it is valid");
    assert_eq!(removable.duplicates, report.duplicates[0].size);
    assert_eq!(removable.total, removable.duplicates);
}

#[test]
fn functions_without_a_name_section_have_the_names_of_the_debugging_information() {
    let Some(named) = clang::library("average") else {
        return;
    };
    let module = Module::parse(&named, 0..named.len()).expect("a module");
    let without = module.emit(|section| {
        let is_name = module.custom_at(section).is_some_and(|c| c.name == "name");
        is_name.then(Vec::new)
    });
    let module = Module::parse(&without, 0..without.len()).expect("a module");
    assert!(module.function_names().is_empty());
    let names = |bytes: &[u8]| {
        let owners = report("average", bytes, None).owners;
        let functions = owners.into_iter().filter(|o| o.section == "code");
        let names = functions.filter_map(|o| Some((o.index?, o.name?.read().into_owned())));
        names.collect::<BTreeMap<u32, String>>()
    };
    // What the linker makes has a name, but no source.
    let mut expected = names(&named);
    expected.retain(|_, name| !name.starts_with("__wasm"));
    let mut found = names(&without);
    found.retain(|_, name| !name.starts_with("__wasm"));
    assert_eq!(found, expected);
    assert!(found.values().any(|name| name == "average"), "{found:?}");
    let told = module.known_function_names();
    assert!(told.iter().any(|(_, name)| name == "average"));
}
