//! What a guest did before, it does as a component: real programs, executed.

#[path = "behavior/calls.rs"]
mod calls;
#[cfg(feature = "run")]
#[path = "behavior/check.rs"]
mod check;
#[path = "support/clang.rs"]
mod clang;
#[path = "behavior/compose.rs"]
mod compose;
#[path = "behavior/corpus.rs"]
mod corpus;
#[path = "behavior/decompose.rs"]
mod decompose;
#[path = "support/guests.rs"]
mod guests;
#[path = "support/host.rs"]
#[allow(dead_code)]
mod host;
#[path = "support/real.rs"]
mod real;
#[path = "behavior/stub.rs"]
mod stub;
#[path = "support/worlds.rs"]
#[allow(dead_code)]
mod worlds;

use wct::metadata::{self, Change};
use wct::new::{self, Options};
use wct::progress::Silent;

fn wrap(name: &str, core: &[u8]) -> Vec<u8> {
    match new::wrap(name, core, &Options::default(), &Silent) {
        Ok((component, _)) => component,
        Err(error) => panic!("{name}: {error:?}"),
    }
}

fn shrunk(wasm: &[u8]) -> Vec<u8> {
    let made = wct::shrink::shrink("made", wasm, &wct::shrink::Options::default(), &Silent);
    made.unwrap_or_else(|error| panic!("{error:#?}")).0
}

const FORMAT: &str = "demo:documents/formatter@1.0.0#format";
/// Arguments of `format`: accepted, with options, and refused.
const FORMATS: &[&[&str]] = &[
    &[r#""{\"b\": [1, {}], \"a\": null}""#, "none"],
    &[
        r#""{\"b\": [1], \"a\": 2}""#,
        "some({indent: 1, sort-keys: true})",
    ],
    &[r#""[1,""#, "none"],
];
const SUMMARIZE: &str = "demo:documents/formatter@1.0.0#summarize";

#[test]
fn a_rust_library_answers_with_records_options_and_results() {
    for target in ["wasm32-unknown-unknown", "wasm32-wasip1"] {
        let component = wrap(target, &guests::rust("documents", target));
        let call = |function: &str, args: &[&str]| {
            host::call(&component, function, args).unwrap_or_else(|error| panic!("{error:?}"))
        };
        let text = r#""{\"b\": [1, {}], \"a\": null}""#;
        assert_eq!(
            call(FORMAT, &[text, "none"]),
            r#"ok("{\"b\":[1,{}],\"a\":null}")"#
        );
        assert_eq!(
            call(FORMAT, &[text, "some({indent: 1, sort-keys: true})"]),
            r#"ok("{\n \"a\": null,\n \"b\": [\n  1,\n  {}\n ]\n}")"#
        );
        assert_eq!(
            call(SUMMARIZE, &[text]),
            r#"ok({depth: 3, values: 5, keys: ["b", "a"]})"#
        );
        let refused = call(SUMMARIZE, &[r#""[1,""#]);
        assert!(
            refused.starts_with("err({line: 1, column: 3, reason: "),
            "{refused}"
        );
    }
}

#[test]
fn a_rust_command_has_its_arguments_files_streams_and_exit_code() {
    let component = wrap("greet", &guests::rust("greet", "wasm32-wasip1"));
    let greeted = host::run(&component, &["greet", "world"]);
    assert_eq!(
        (greeted.stdout.as_str(), greeted.exit),
        ("Hello, world!\n", Ok(0))
    );

    let unnamed = host::run(&component, &["greet"]);
    assert_eq!(unnamed.stderr, "usage: greet NAME|@FILE\n");
    // `wasi:cli/exit` of 0.2 tells success from failure, no more: 3 becomes 1.
    assert_eq!((unnamed.stdout.as_str(), unnamed.exit), ("", Ok(1)));

    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    std::fs::write(folder.path().join("name"), "file\n").expect("it is writable");
    let from_file = host::run_in(&component, &["greet", "@/name"], Some(folder.path()));
    assert_eq!(
        (from_file.stdout.as_str(), from_file.exit),
        ("Hello, file!\n", Ok(0))
    );
    let absent = host::run_in(&component, &["greet", "@/absent"], Some(folder.path()));
    assert_eq!(
        (absent.stderr.as_str(), absent.exit),
        ("/absent: entity not found\n", Ok(1))
    );
}

#[test]
fn a_c_command_runs() {
    let Some(core) = clang::command("hello", &[]) else {
        return;
    };
    let outcome = host::run(&wrap("hello", &core), &["hello", "you"]);
    assert_eq!(
        (outcome.stdout.as_str(), outcome.exit),
        ("Hello from C, you\n", Ok(0))
    );
}

#[test]
fn what_says_something_else_about_itself_does_the_same() {
    let changes = ["name=other", "version=1.0.0", "licenses=MIT"];
    let changes = changes.map(|text| Change::parse(text).expect("it is a change"));
    let described = |bytes: &[u8]| {
        let made = metadata::write("greet", bytes, &changes);
        made.unwrap_or_else(|error| panic!("{error:#?}")).0
    };
    let core = guests::rust("greet", "wasm32-wasip1");
    for component in [
        described(&wrap("greet", &core)),
        wrap("greet", &described(&core)),
    ] {
        let greeted = host::run(&component, &["greet", "world"]);
        assert_eq!(
            (greeted.stdout.as_str(), greeted.exit),
            ("Hello, world!\n", Ok(0))
        );
    }
}
