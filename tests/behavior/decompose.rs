//! What is taken apart, changed and composed again runs: whoever composed it.

use std::path::Path;

use wct::compose::decompose::decompose;
use wct::compose::edit::Edit;
use wct::compose::{self, Components, Options, Plan};
use wct::progress::Silent;
use wct::{files, input};

use super::host;

fn data(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(name);
    let bytes = files::read(&path).unwrap_or_else(|error| panic!("{error:#?}"));
    let binary = input::to_binary(name, &bytes).unwrap_or_else(|error| panic!("{error:#?}"));
    binary.into_owned()
}

fn composed(plan: &Plan, components: &Components<'_>) -> Vec<u8> {
    let made = compose::compose(plan, components, &Options::default(), &Silent);
    let made = made.unwrap_or_else(|error| panic!("{error:#?}"));
    made.wasm.expect("it was no dry run")
}

/// What a composition answers, and what was made smaller of it, too.
fn run(wasm: &[u8]) -> String {
    let answer = |wasm| host::call(wasm, "run", &[]).unwrap_or_else(|error| panic!("{error:?}"));
    let before = answer(wasm);
    assert_eq!(before, answer(&super::shrunk(wasm)));
    before
}

/// The log counts: its second answer is 200 and more only if app and store share one.
const SHARED: &str = "120201";

#[test]
fn compositions_of_other_tools_do_the_same_after_a_round_trip() {
    for (name, answer) in [
        ("plugged.wat", "20101"),
        ("composed.wat", SHARED),
        ("document.wat", SHARED),
    ] {
        let wasm = data(name);
        assert_eq!(run(&wasm), answer, "{name} itself");
        let apart = decompose(name, &wasm).unwrap_or_else(|error| panic!("{error:#?}"));
        assert_eq!((apart.components.len(), apart.warnings.len()), (3, 0));
        let again = composed(&apart.plan, &apart.components);
        assert_eq!(run(&again), answer, "{name}");
        let plan = decompose(name, &again).map(|apart| apart.plan);
        assert_eq!(plan.expect("it is a composition"), apart.plan);
    }
}

/// Composes what `edits` make of a composition.
fn changed(name: &str, edits: &[Edit]) -> Vec<u8> {
    let wasm = data(name);
    let apart = decompose(name, &wasm).unwrap_or_else(|error| panic!("{error:#?}"));
    let (mut plan, mut components) = (apart.plan, apart.components);
    let new: Vec<Vec<u8>> = edits.iter().map(|edit| data(edit.path())).collect();
    for (edit, bytes) in edits.iter().zip(&new) {
        let id = edit.apply(&mut plan, bytes);
        let id = id.unwrap_or_else(|error| panic!("{error:#?}"));
        components.insert(id, bytes);
    }
    components.retain(|id, _| plan.components.contains_key(id));
    composed(&plan, &components)
}

fn edit(text: &str) -> Edit {
    let edit = match text.contains(':') {
        true => Edit::interpose(text),
        false => Edit::replace(text),
    };
    edit.unwrap_or_else(|error| panic!("{error:#?}"))
}

#[test]
fn a_replaced_part_takes_the_place_of_the_old_one() {
    for name in ["composed.wat", "document.wat"] {
        let wasm = changed(name, &[edit("store=parts/plain-store.wat")]);
        assert_eq!(run(&wasm), "20101", "{name}");
    }
}

#[test]
fn middlewares_stand_between_an_import_and_its_provider() {
    let audit = || edit("root:demo:shop/store=parts/audit.wat");
    let once = changed("document.wat", &[audit()]);
    assert_eq!(run(&once), "120208");
    let twice = changed("document.wat", &[audit(), audit()]);
    assert_eq!(run(&twice), "120215");
}
