//! What `--json` prints is what the schemas in `docs/schemas` say.
//!
//! Every command of every transcript is run with `--json`, and some more for fields that no
//! transcript has.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// Commands in `tests/schemas`, for what occurs in no transcript.
const REST: &[&str] = &[
    "wct build --dry-run",
    "wct compose one.wat -d two.wat --dry-run",
    "wct compose plan.toml --dry-run",
    "wct compose whole.toml --dry-run",
    "wct new wasi.wat -o wasi.wasm",
    "wct inspect --tree wasi.wasm",
    "wct inspect --size wasi.wasm",
    "wct inspect --graph dot wasi.wasm",
    "wct inspect --capabilities wasi.wasm",
    "wct inspect $CASES/inspect/metadata.in/app.wat",
    "wct inspect audited.wat",
    "wct compose one.wat -d three.wat --dry-run",
    "wct compose one.wat -d three.wat --stub 'demo:k/*=deny' --dry-run",
    "wct inspect --wit $CASES/inspect/left-out.in/module.wat -o out.wit",
    "wct validate half.wasm",
    "{ echo '(module'; yes '(func drop)' | head -n 1001; echo ')'; } > many.wat; wct validate many.wat",
];

/// What occurs only in a build with the feature `run`.
const OF_RUN: &str = "shrink.json#/$defs/ran/";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The transcripts: those of the cases and those of the docs.
fn transcripts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join("tests/cmd"), root().join("docs")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder of ours").flatten() {
            let path = entry.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("in" | "out") => {}
                Some("md") => found.push(path),
                _ if path.is_dir() => open.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// The commands of a transcript.
fn commands(transcript: &str) -> Vec<&str> {
    let mut is_console = false;
    let mut found = Vec::new();
    for line in transcript.lines() {
        match line.strip_prefix("```") {
            Some(language) => is_console = language == "console",
            None if is_console => found.extend(line.strip_prefix("$ ")),
            None => {}
        }
    }
    found
}

/// A copy of a folder; an empty one where it is not there.
fn copy(from: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("there is a place for temporary files");
    if from.is_dir() {
        let mut cp = Command::new("cp");
        cp.arg("-r").arg(from.join(".")).arg(copy.path());
        let status = cp.status().expect("cp starts");
        assert!(status.success(), "{}", from.display());
    }
    copy
}

/// Runs a command as a transcript has it, with `--json`.
fn report(command: &str, folder: &Path) -> Option<Value> {
    let json = match command.split(' ').any(|word| word == "--json") {
        true => "",
        false => " --json",
    };
    let program = Path::new(env!("CARGO_BIN_EXE_wct"));
    let folders = program.parent().into_iter().map(PathBuf::from);
    let given = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&given)));
    let output = Command::new("sh")
        .args(["-c", &format!("{command}{json}")])
        .env("PATH", path.expect("folders of a path can be joined"))
        .env("CASES", root().join("tests/cmd"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("there is a shell");
    serde_json::from_slice(&output.stdout).ok()
}

/// Views of `wct inspect` that have a schema of their own.
const VIEWS: &[&str] = &[
    "capabilities",
    "graph",
    "metadata",
    "objdump",
    "plan",
    "size",
    "syntax",
    "tree",
    "wit",
];

/// Which schema holds for what a command printed.
fn schema(command: &str, report: &Value) -> String {
    let own = command.rsplit("; ").next().unwrap_or_default();
    let words: Vec<&str> = own.split(' ').collect();
    let has = |word: &str| {
        words
            .iter()
            .any(|given| given.split('=').next() == Some(word))
    };
    if report.get("error").is_some() {
        return "error".into();
    }
    let name = words.get(1).copied().unwrap_or_default();
    if name != "diff" && report.get("written").is_some() {
        return "written".into();
    }
    if name != "inspect" {
        return name.into();
    }
    let text = has("--wat") || has("-t") || has("--print");
    let mut views = VIEWS.iter().filter(|view| has(&format!("--{view}")));
    match views.next() {
        _ if text => "inspect-text".into(),
        _ if has("--why") => "inspect-capabilities".into(),
        Some(view) => format!("inspect-{view}"),
        None => name.into(),
    }
}

/// Whether Python can check schemas; a missing one is a loud skip, or a failure where it is
/// required.
fn has_python() -> bool {
    let mut probe = Command::new("python3");
    probe.args(["-c", "import jsonschema, referencing"]);
    if probe
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
    {
        return true;
    }
    let required = std::env::var_os("REQUIRE_TOOLS");
    let is_required = required.is_some_and(|value| !value.is_empty() && value != "0");
    assert!(!is_required, "python3 with jsonschema is required");
    eprintln!("SKIPPED: python3 with jsonschema is missing: the schemas are not checked");
    false
}

#[test]
fn every_report_is_as_its_schema_says_and_every_field_occurs() {
    if !has_python() {
        return;
    }
    let mut cases = Vec::new();
    for path in transcripts() {
        let text = fs::read_to_string(&path).expect("a transcript is text");
        let own = commands(&text).into_iter();
        let own: Vec<&str> = own.filter(|one| one.starts_with("wct ")).collect();
        cases.extend(run(&own, &path.with_extension("in")));
    }
    assert!(cases.len() > 300, "only {} reports", cases.len());
    let folder = root().join("tests/schemas");
    let rest = run(REST, &folder);
    assert_eq!(rest.len(), REST.len());
    cases.extend(rest);
    cases.push(written_plan(&folder.join("plan.toml")));
    let mut wrong = check(cases);
    wrong.retain(|line| cfg!(feature = "run") || !line.contains(OF_RUN));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What commands print that run one after the other in a copy of a folder.
fn run(commands: &[&str], folder: &Path) -> Vec<Value> {
    let folder = copy(folder);
    let mut cases = Vec::new();
    for command in commands {
        if let Some(report) = report(command, folder.path()) {
            let schema = schema(command, &report);
            cases.push(json!({ "schema": schema, "report": report, "command": command }));
        }
    }
    cases
}

/// A plan as somebody writes it.
fn written_plan(path: &Path) -> Value {
    let text = fs::read_to_string(path).expect("it is there");
    let plan: Value = toml::from_str(&text).expect("it is TOML");
    json!({ "schema": "plan", "report": plan, "command": path.display().to_string() })
}

/// What is wrong, told by line.
fn check(cases: Vec<Value>) -> Vec<String> {
    let mut check = Command::new("python3")
        .arg(root().join("tests/schemas.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut input = check.stdin.take().expect("its input is piped");
    let writer = std::thread::spawn(move || {
        let mut lines = cases.iter().map(|case| writeln!(input, "{case}"));
        lines.all(|written| written.is_ok())
    });
    let output = check.wait_with_output().expect("it ends");
    assert!(writer.join().expect("no panic"), "it reads all of them");
    assert!(output.status.success(), "it ran to its end");
    let text = String::from_utf8(output.stdout).expect("it writes text");
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(String::from).collect()
}
