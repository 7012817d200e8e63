//! What `--json` prints is what the schemas in `docs/schemas` say.
//!
//! Every command of every transcript is run with `--json`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

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

/// A copy of the files that a transcript is about.
fn files(transcript: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("there is a place for temporary files");
    let from = transcript.with_extension("in");
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
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("there is a shell");
    serde_json::from_slice(&output.stdout).ok()
}

/// Which schema holds for what a command printed.
fn schema(command: &str, report: &Value) -> String {
    let words: Vec<&str> = command.split(' ').collect();
    let has = |word: &str| {
        words
            .iter()
            .any(|given| given.split('=').next() == Some(word))
    };
    if report.get("error").is_some() {
        return "error".into();
    }
    if report.get("written").is_some() {
        return "written".into();
    }
    let name = words.get(1).copied().unwrap_or_default();
    if name != "inspect" {
        return name.into();
    }
    let text = has("--wat") || has("-t") || has("--print");
    let view = match words.iter().find_map(|word| word.strip_prefix("--")) {
        _ if text => "text",
        _ if has("--why") => "capabilities",
        _ => ["wit", "tree", "size", "capabilities", "graph", "metadata"]
            .into_iter()
            .chain(["objdump", "plan", "syntax"])
            .find(|view| has(&format!("--{view}")))
            .unwrap_or_default(),
    };
    match view {
        "" => name.into(),
        view => format!("{name}-{view}"),
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
    let (mut cases, mut reports) = (String::new(), 0);
    for path in transcripts() {
        let text = fs::read_to_string(&path).expect("a transcript is text");
        let folder = files(&path);
        let own = commands(&text).into_iter();
        for command in own.filter(|command| command.starts_with("wct ")) {
            let Some(report) = report(command, folder.path()) else {
                continue;
            };
            let schema = schema(command, &report);
            let case = json!({ "schema": schema, "report": report, "command": command });
            cases.push_str(&format!("{case}\n"));
            reports += 1;
        }
    }
    assert!(reports > 300, "only {reports} reports");
    let mut check = Command::new("python3")
        .arg(root().join("tests/schemas.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut input = check.stdin.take().expect("its input is piped");
    let writer = std::thread::spawn(move || input.write_all(cases.as_bytes()));
    let output = check.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("it reads");
    let wrong = String::from_utf8_lossy(&output.stdout).trim().to_string();
    assert!(output.status.success() && wrong.is_empty(), "{wrong}");
}
