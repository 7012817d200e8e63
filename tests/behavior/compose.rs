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

fn call(wasm: &[u8], function: &str, args: &[&str]) -> String {
    host::call(wasm, function, args).unwrap_or_else(|error| panic!("{error:?}"))
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
    let sum = call(
        &wasm,
        "example:streams/transform@0.1.0#sum",
        &["[1, 2, 39]"],
    );
    assert!(sum.starts_with("ok("), "{sum}");
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
