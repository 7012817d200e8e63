//! What real toolchains made is composed and runs: components of the folder `WCT_CORPUS`.

use super::real::{component, composed};
use super::{calls, host};

fn call(wasm: &[u8], function: &str, args: &[&str]) -> String {
    host::call(wasm, function, args).unwrap_or_else(|error| panic!("{error:?}"))
}

fn real(names: &[&str]) -> Option<Result<Vec<u8>, String>> {
    let parts = names.iter().map(|name| Some((*name, component(name)?)));
    Some(composed(&parts.collect::<Option<Vec<_>>>()?))
}

#[test]
fn real_pipelines_run() {
    let text = r#""{\"name\":\"wct\",\"list\":[1,2,3]}""#;
    let run = "example:pipeline/run@1.0.0#round-trip";
    let mut answers = std::collections::BTreeSet::new();
    for names in [
        &["pipeline.wasip2", "json_tools.wasip2", "compressor.wasip2"][..],
        &["pipeline.unknown", "json_tools.v105", "compressor.unknown"],
        &["pipeline.unknown", "compressor.wasip2", "json_tools.wasip2"],
    ] {
        let Some(made) = real(names) else {
            return;
        };
        let wasm = made.unwrap_or_else(|error| panic!("{error}"));
        answers.insert(call(&wasm, run, &[text]));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[test]
fn real_middlewares_run_once_and_twice() {
    let text = r#""{\"a\":1}""#;
    let run = "example:pipeline/run@1.0.0#round-trip";
    for names in [
        &[
            "pipeline.unknown",
            "middleware.unknown",
            "json_tools.v105",
            "compressor.unknown",
        ][..],
        &[
            "pipeline.wasip2",
            "middleware.wasip2",
            "middleware.unknown",
            "json_tools.wasip2",
            "compressor.wasip2",
        ],
    ] {
        let Some(made) = real(names) else {
            return;
        };
        let wasm = made.unwrap_or_else(|error| panic!("{error}"));
        let answer = call(&wasm, run, &[text]);
        assert!(answer.starts_with("ok("), "{answer}");
    }
}

#[test]
fn real_async_components_run_together() {
    let Some(made) = real(&["p3-custom", "p3-source"]) else {
        return;
    };
    let wasm = made.unwrap_or_else(|error| panic!("{error}"));
    let sum = "example:streams/transform@0.1.0#sum";
    // The chunk that the other component hands over counts too: 6.
    assert_eq!(call(&wasm, sum, &["[1, 2, 39]"]), "ok(48)");
    let upper = "example:streams/transform@0.1.0#upper";
    let program = host::Program::new(&wasm, host::LIMIT).expect("it compiles");
    let answer = calls::transform(&program, upper, b"streams and futures");
    let (bytes, count) = answer.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(String::from_utf8_lossy(&bytes), "STREAMS AND FUTURES");
    assert_eq!(count, bytes.len() as u64);
}

#[test]
fn a_real_consumer_gets_resources_of_a_real_provider() {
    let service = "example:kv-consumer/service@0.1.0";
    let steps: [calls::Step<'_>; 2] = [("make", &["\"shop\""]), ("count", &["$0"])];
    for names in [
        &["kv_consumer.wasip2", "kv_provider.wasip2"][..],
        &["kv_consumer.unknown", "kv_provider.unknown"],
        &["kv_consumer.wasip2", "kv_provider.unknown"],
    ] {
        let Some(made) = real(names) else {
            return;
        };
        let wasm = made.unwrap_or_else(|error| panic!("{error}"));
        let program = host::Program::new(&wasm, host::LIMIT).expect("it compiles");
        let answers = calls::in_turn(&program, service, &steps);
        let answers = answers.unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(answers, ["ok(a handle)", "2"], "{names:?}");
    }
}

#[test]
fn a_real_component_of_another_type_is_refused() {
    let Some(made) = real(&[
        "pipeline.unknown",
        "json_tools.u8indent",
        "compressor.unknown",
    ]) else {
        return;
    };
    let error = made.expect_err("the types differ");
    assert!(error.contains("format-options.indent: u32 ≠ u8"), "{error}");
    let error = real(&["pipeline.unknown", "json_tools.v200", "compressor.unknown"]);
    let error = error
        .expect("the corpus is there")
        .expect_err("the version differs");
    assert!(error.contains("is of an incompatible version"), "{error}");
}
