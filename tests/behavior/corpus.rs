//! What real toolchains made is composed and runs: components of the folder `WCT_CORPUS`.

use wct::compose::{self, Components, File, Flags, Options};
use wct::progress::Silent;

use super::{calls, host};

fn call(wasm: &[u8], function: &str, args: &[&str]) -> String {
    host::call(wasm, function, args).unwrap_or_else(|error| panic!("{error:?}"))
}

/// Real components, where `WCT_CORPUS` names the folder that has them.
fn corpus(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("WCT_CORPUS")?;
    let path = std::path::Path::new(&folder).join(format!("{name}.component.wasm"));
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

fn real(names: &[&str]) -> Option<Result<Vec<u8>, String>> {
    let parts: Option<Vec<_>> = names
        .iter()
        .map(|name| Some((*name, corpus(name)?)))
        .collect();
    let file = |name: &&str| File {
        name: Some(name.to_string()),
        path: name.to_string(),
    };
    let flags = Flags {
        root: names.first().map(file),
        providers: names.iter().skip(1).map(file).collect(),
        ..Flags::default()
    };
    let plan = flags.plan().expect("the options make a plan");
    let parts = parts?;
    let components: Components<'_> = parts
        .iter()
        .map(|(id, bytes)| (id.to_string(), bytes.as_slice()))
        .collect();
    let composed = compose::compose(&plan, &components, &Options::default(), &Silent);
    Some(match composed {
        Ok(composed) => Ok(composed.wasm.expect("it was no dry run")),
        Err(error) => Err(format!("{error:?}")),
    })
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
