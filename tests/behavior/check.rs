//! `shrink --check` and `--call` notice what changed, and only that.

use std::time::{Duration, Instant};

use wct::new;
use wct::progress::Silent;
use wct::shrink::{self, Check, Options, Trial};
use wct::stub::Stub;

use super::{guests, worlds};

fn checked(component: &[u8], calls: &[&str], stubs: &[&str]) -> Result<shrink::Report, String> {
    within(Trial::LIMIT, component, calls, stubs)
}

fn within(
    limit: Duration,
    component: &[u8],
    calls: &[&str],
    stubs: &[&str],
) -> Result<shrink::Report, String> {
    let stubs = stubs.iter().map(|text| Stub::parse(text));
    let options = Options {
        check: Check::Behavior(Trial {
            calls: calls.iter().map(|call| call.to_string()).collect(),
            limit,
        }),
        stubs: stubs.collect::<Result<_, _>>().expect("they are stubs"),
        ..Options::default()
    };
    let made = shrink::shrink("input", component, &options, &Silent);
    made.map(|(_, report)| report)
        .map_err(|error| error.code.to_string())
}

const FORMATTER: &str = "demo:documents/formatter@1.0.0";

#[test]
fn calls_give_what_they_gave() {
    let component = guests::rust("documents", "wasm32-wasip2");
    let calls = [
        format!(r#"{FORMATTER}.format("[1, 2]", none)"#),
        format!(r#"{FORMATTER}.format("[1,", some({{indent: 1, sort-keys: true}}))"#),
    ];
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    let report = checked(&component, &calls, &[]).expect("they do");
    let outcomes: Vec<&str> = report.ran.iter().map(|ran| ran.outcome.as_str()).collect();
    assert_eq!(outcomes[0], r#"ok("[1,2]")"#);
    assert!(outcomes[1].starts_with("err({line: 1"), "{outcomes:?}");
    for call in ["nothing()", "formatter.format(", "a:b/c.d()"] {
        assert!(checked(&component, &[call], &[]).is_err(), "{call}");
    }
}

#[test]
fn a_command_prints_what_it_printed_and_a_stub_shows() {
    let core = guests::rust("greet", "wasm32-wasip1");
    let (greet, _) = new::wrap("greet", &core, &new::Options::default(), &Silent)
        .unwrap_or_else(|error| panic!("{error:#?}"));
    let report = checked(&greet, &[], &[]).expect("it does");
    assert_eq!(report.ran.len(), 1);
    assert_eq!(report.ran[0].call, "wasi:cli/run");
    let error = checked(&greet, &[], &["wasi:cli/*=trap"]).expect_err("it prints nothing");
    assert_eq!(error, "shrink/other-behavior");
}

/// One of its functions never ends.
const ENDLESS: &str = r#"(component
  (core module $m
    (func (export "spin") (result i32) (loop (br 0)) (i32.const 1))
    (func (export "one") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func (export "spin") (result u32) (canon lift (core func $i "spin")))
  (func (export "one") (result u32) (canon lift (core func $i "one"))))"#;

#[test]
fn what_does_not_end_is_ended() {
    let component = worlds::text(ENDLESS);
    let second = Duration::from_secs(1);
    let started = Instant::now();
    let error = within(second, &component, &["one()", "spin()"], &[]);
    assert_eq!(error.expect_err("it spins"), "run/timed-out");
    assert!(started.elapsed() < Duration::from_secs(20));
    let report = within(second, &component, &["one()"], &[]).expect("it ends");
    assert_eq!(report.ran[0].outcome, "1");
}
