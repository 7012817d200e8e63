//! Other programs can read what `validate --format` writes.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use wct::progress::Silent;
use wct::validate::{Budget, Checks, Format, Options, Report, Rules, files};

/// Texts and binaries, valid and not, with names that have to be escaped.
fn report(folder: &tempfile::TempDir) -> Report {
    let inputs: [(&str, &[u8]); 6] = [
        ("good.wat", b"(module)"),
        ("a, b: 100% <&\"'>.wat", b"(module (func $\"<]]>\" drop))"),
        ("cut.wasm", b"\0asm\x01\0\0\0\x0a"),
        (
            "big.wat",
            b"(component (import \"a\" (func)) (import \"b\" (func)))",
        ),
        ("syntax.wat", b"(module\n  (func i32.what))"),
        ("\u{fc}.txt", b"no such thing\x1b[0m"),
    ];
    let mut paths: Vec<PathBuf> = Vec::new();
    for (name, bytes) in inputs {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a temporary file is writable");
        paths.push(path);
    }
    paths.push("nowhere.wasm".into());
    let budget = Budget {
        imports: Some(1),
        ..Budget::default()
    };
    let checks = Checks {
        rules: Rules {
            budget,
            ..Rules::default()
        },
        ..Checks::default()
    };
    let options = Options {
        checks,
        ..Options::default()
    };
    files(&paths, &options, &Silent)
}

/// Runs a Python program with a text as its input; `None` where it cannot be run here.
fn python(program: &str, needs: &str, input: &str) -> Option<String> {
    let mut probe = Command::new("python3");
    probe.args(["-c", &format!("import {needs}")]);
    let has = probe.stderr(Stdio::null()).status();
    if !has.is_ok_and(|status| status.success()) {
        let is_required = std::env::var_os("REQUIRE_TOOLS");
        let is_required = is_required.is_some_and(|value| !value.is_empty() && value != "0");
        assert!(!is_required, "python3 with {needs} is required");
        eprintln!("SKIPPED: python3 with {needs} is missing: the format is not checked");
        return None;
    }
    let mut child = Command::new("python3")
        .args(["-c", program])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut stdin = child.stdin.take().expect("its input is piped");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "refused: {input}");
    Some(String::from_utf8(output.stdout).expect("it writes text"))
}

fn count(report: &Report) -> usize {
    report.files.iter().map(|file| file.findings.len()).sum()
}

#[test]
fn sarif_passes_its_schema() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let report = report(&folder);
    assert!(count(&report) >= 6);
    let sarif = report.written_as(Format::Sarif);
    let document: serde_json::Value = serde_json::from_str(&sarif).expect("it is JSON");
    let results = document["runs"][0]["results"].as_array();
    assert_eq!(results.map(Vec::len), Some(count(&report)));
    // That it is the schema that decides shows where a level is none.
    let program = r#"
import json, sys, jsonschema
schema = json.load(open("testdata/sarif-2.1.0.schema.json"))
kind = jsonschema.validators.validator_for(schema)
kind.check_schema(schema)
check = kind(schema, format_checker=kind.FORMAT_CHECKER)
document = json.load(sys.stdin)
check.validate(document)
document["runs"][0]["results"][0]["level"] = "terrible"
print(check.is_valid(document))
"#;
    if let Some(spoilt) = python(program, "jsonschema", &sarif) {
        assert_eq!(spoilt, "False\n");
    }
}

#[test]
fn junit_is_parsed_to_what_was_found() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let report = report(&folder);
    let program = r#"
import json, sys
from xml.etree import ElementTree
suites = ElementTree.fromstring(sys.stdin.buffer.read())
assert suites.tag == "testsuites" and [s.tag for s in suites] == ["testsuite"]
suite = suites[0]
assert int(suite.get("tests")) == len(suite)
assert int(suite.get("failures")) == sum(c.find("failure") is not None for c in suite)
json.dump([[c.get("name"), [f.get("message") for f in c.iter("failure")]] for c in suite], sys.stdout)
"#;
    let xml = report.written_as(Format::Junit);
    let Some(parsed) = python(program, "xml.etree", &xml) else {
        return;
    };
    let parsed: serde_json::Value = serde_json::from_str(&parsed).expect("it is JSON");
    let files = report.files.iter().map(|file| {
        let messages: Vec<&str> = file.findings.iter().map(|f| f.message.as_str()).collect();
        serde_json::json!([file.file, messages])
    });
    assert_eq!(parsed, files.collect::<serde_json::Value>());
}

#[test]
fn annotations_are_read_as_the_runner_reads_them() {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let report = report(&folder);
    let text = report.written_as(Format::Github);
    assert_eq!(text.lines().count(), count(&report));
    let findings = report.files.iter().flat_map(|file| &file.findings);
    for (line, finding) in text.lines().zip(findings) {
        // A command is `::name property=value,…::data`.
        let rest = line.strip_prefix("::error ").expect("it is a command");
        let (properties, data) = rest.split_once("::").expect("it has data");
        let mut keys = Vec::new();
        for property in properties.split(',') {
            let (key, value) = property.split_once('=').expect("a property has a value");
            keys.push(key);
            let value = unescaped(value);
            match key {
                "file" => assert!(value.ends_with(".wat") || value.contains('.'), "{line}"),
                "title" => assert_eq!(value, finding.code),
                _ => assert!(value.parse::<usize>().is_ok_and(|n| n > 0), "{line}"),
            }
        }
        assert!(keys.contains(&"file") && keys.contains(&"title"), "{line}");
        let data = unescaped(data);
        assert_eq!(data.lines().next(), Some(finding.message.as_str()));
    }
}

/// As the runner undoes its escapes.
fn unescaped(text: &str) -> String {
    let escapes = [
        ("%0D", "\r"),
        ("%0A", "\n"),
        ("%3A", ":"),
        ("%2C", ","),
        ("%25", "%"),
    ];
    escapes
        .iter()
        .fold(text.to_string(), |text, (escape, plain)| {
            text.replace(escape, plain)
        })
}
