//! What is composed runs: real guests, wired together and executed.

use wct::compose::{self, Components, File, Flags, Options, Plan};
use wct::new;
use wct::progress::Silent;
use wct::stub::Stub;

use super::{guests, host};

/// Guests as components.
fn part(name: &str) -> Vec<u8> {
    let core = guests::rust(name, "wasm32-unknown-unknown");
    match new::wrap(name, &core, &new::Options::default(), &Silent) {
        Ok((component, _)) => component,
        Err(error) => panic!("{name}: {error:?}"),
    }
}

/// Composes guests, the first being the root; also from the plan that was carried out.
fn composed(names: &[&str]) -> Vec<u8> {
    let file = |name: &&str| File::parse(name);
    let flags = Flags {
        root: names.first().map(file),
        providers: names.iter().skip(1).map(file).collect(),
        ..Flags::default()
    };
    let plan = flags.plan().expect("the options make a plan");
    let (wasm, plan) = carry_out(&plan);
    assert_eq!(carry_out(&plan).0, wasm);
    wasm
}

fn carry_out(plan: &Plan) -> (Vec<u8>, Plan) {
    let parts = plan.components.iter();
    let parts: Vec<_> = parts
        .map(|(id, file)| (id.clone(), part(&file.source)))
        .collect();
    let components: Components<'_> = parts
        .iter()
        .map(|(id, bytes)| (id.clone(), bytes.as_slice()))
        .collect();
    match compose::compose(plan, &components, &Options::default(), &Silent) {
        Ok(composed) => (
            composed.wasm.expect("it was no dry run"),
            composed.report.plan,
        ),
        Err(error) => panic!("{error:#?}"),
    }
}

/// What a composition answers, and what was made smaller of it, too.
fn call(wasm: &[u8], function: &str, args: &[&str]) -> String {
    let answer =
        |wasm| host::call(wasm, function, args).unwrap_or_else(|error| panic!("{error:?}"));
    let before = answer(wasm);
    assert_eq!(before, answer(&super::shrunk(wasm)));
    before
}

#[test]
fn a_diamond_of_four_shares_the_state_behind_a_resource() {
    let wasm = composed(&["office", "cashier", "clerk", "bank"]);
    assert_eq!(call(&wasm, "run", &[]), "(42, 2)");
}

const FORMAT: &str = "demo:documents/formatter@1.0.0#format";

#[test]
fn middlewares_work_on_what_the_next_one_answers() {
    for (names, answer) in [
        (&["shout", "documents"][..], r#"ok("[{\"a\":1}]")"#),
        (&["shout", "shout", "documents"], r#"ok("[[{\"a\":1}]]")"#),
        (
            &["shout", "shout", "shout", "documents"],
            r#"ok("[[[{\"a\":1}]]]")"#,
        ),
    ] {
        let wasm = composed(names);
        assert_eq!(call(&wasm, FORMAT, &[r#""{\"a\": 1}""#, "none"]), answer);
        let refused = call(&wasm, FORMAT, &[r#""[1,""#, "none"]);
        assert!(refused.starts_with("err({line: 1, column: 3"), "{refused}");
    }
}

#[test]
fn stubs_take_the_place_of_files_and_terminals() {
    let core = guests::rust("greet", "wasm32-wasip1");
    let (greet, _) = new::wrap("greet", &core, &new::Options::default(), &Silent)
        .unwrap_or_else(|error| panic!("{error:?}"));
    let stubs = [
        "wasi:filesystem/preopens=empty",
        "wasi:filesystem/*=deny",
        "wasi:cli/terminal-*=empty",
    ];
    let flags = Flags {
        root: Some(File::parse("greet")),
        stubs: stubs
            .iter()
            .map(|text| Stub::parse(text).expect("it is a stub"))
            .collect(),
        ..Flags::default()
    };
    let plan = flags.plan().expect("the options make a plan");
    let components = Components::from([("greet".to_string(), greet.as_slice())]);
    let composed = compose::compose(&plan, &components, &Options::default(), &Silent);
    let composed = composed.unwrap_or_else(|error| panic!("{error:#?}"));
    let left = &composed.report.imports;
    let stubbed = |name: &str| name.contains("filesystem") || name.contains("terminal");
    assert!(left.iter().all(|import| !stubbed(&import.name)), "{left:?}");
    let wasm = composed.wasm.expect("it was no dry run");
    let greeted = host::run(&wasm, &["greet", "world"]);
    assert_eq!(
        host::run(&super::shrunk(&wasm), &["greet", "world"]),
        greeted
    );
    assert_eq!(
        (greeted.stdout.as_str(), greeted.exit),
        ("Hello, world!\n", Ok(0))
    );
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    std::fs::write(folder.path().join("name"), "file\n").expect("it is writable");
    let from_file = host::run_in(&wasm, &["greet", "@/name"], Some(folder.path()));
    assert_eq!(
        from_file.stderr, "/name: entity not found\n",
        "{from_file:?}"
    );
}
