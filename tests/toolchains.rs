//! Every project that can be begun: `init`, its tests, `build`, a call, `build` again, an edit,
//! `build`, a call. With the real toolchains, on the path or in `target/toolchains`.

#[path = "support/host.rs"]
#[allow(dead_code, unused_imports)]
mod host;
#[path = "support/project.rs"]
#[allow(dead_code)]
mod project;
#[path = "toolchains/served.rs"]
mod served;

use std::process::Command;

use project::Project;
use serde_json::Value;
use wct::component::Component;
use wct::init::{Kind, TEMPLATES, Template};

/// What is to be known of a language.
struct Language {
    name: &'static str,
    /// The tools without which there is nothing to test.
    tools: &'static [&'static str],
    /// Whether components have so many megabytes that the Wasmtime of these tests and making them
    /// smaller would take longer than all else here.
    large: bool,
}

const LANGUAGES: &[Language] = &[
    Language {
        name: "rust",
        tools: &["cargo"],
        large: false,
    },
    Language {
        name: "c",
        tools: &["clang", "wit-bindgen"],
        large: false,
    },
    Language {
        name: "cpp",
        tools: &["clang++", "wit-bindgen"],
        large: false,
    },
    Language {
        name: "js",
        tools: &["componentize-js", "esbuild"],
        large: true,
    },
    Language {
        name: "ts",
        tools: &["componentize-js", "esbuild"],
        large: true,
    },
    Language {
        name: "python",
        tools: &["componentize-py"],
        large: true,
    },
    Language {
        name: "go",
        tools: &["go"],
        large: true,
    },
    Language {
        name: "zig",
        tools: &["python-zig"],
        large: false,
    },
    Language {
        name: "assemblyscript",
        tools: &["asc"],
        large: false,
    },
];

/// A template in its language.
struct Case {
    language: &'static Language,
    template: &'static Template,
}

/// Begins, builds and calls every project of a language.
fn check(name: &str) {
    let language = LANGUAGES.iter().find(|language| language.name == name);
    let language = language.expect("each test is of a known language");
    if !project::has_tools(language.tools) {
        return;
    }
    for template in TEMPLATES.iter().filter(|template| template.lang == name) {
        Case { language, template }.check();
    }
}

impl Case {
    fn check(&self) {
        let (lang, kind) = (self.template.lang, self.template.kind.name());
        let mut options = vec!["--lang", lang, "--kind", kind];
        options.extend(self.template.wasi.iter().flat_map(|wasi| ["--wasi", wasi]));
        let (project, report) = Project::begin_with(&options);
        if self.language.large {
            project.append("wct.toml", "\n[shrink]\nenabled = false\n");
        }
        self.type_next(&project, &report);
        project.expect_nothing_to_do();
        // Where all takes its time, only libraries are edited, and each is called once.
        let large = self.language.large;
        let edited = !large || self.template.kind == Kind::Library;
        if !(large && edited) {
            self.expect(&project, "Hello");
        }
        if edited {
            greet_with(&project, &report, "Howdy");
            project.build();
            self.expect(&project, "Howdy");
            project.expect_nothing_to_do();
        }
    }

    fn shown(&self) -> String {
        format!("{} {}", self.template.lang, self.template.kind.name())
    }

    /// Types what `init` says is next, but for what installs something.
    fn type_next(&self, project: &Project, report: &Value) {
        let next = report["next"].as_array().expect("a list of commands");
        let lines = next.iter().filter_map(Value::as_str);
        let installs = ["cd ", "npm install", "pip install", "rustup target add"];
        for line in lines.filter(|line| !installs.iter().any(|start| line.starts_with(start))) {
            let output = project.typed(line);
            let (stdout, stderr) = (
                String::from_utf8_lossy(&output.stdout),
                project::text(&output),
            );
            assert!(
                output.status.success(),
                "{}: {line}\n{stdout}\n{stderr}",
                self.shown()
            );
        }
    }

    fn expect(&self, project: &Project, greeting: &str) {
        let wasm = project.output("hello");
        match self.template.kind {
            Kind::Library => self.expect_answer(&wasm, greeting),
            Kind::Command => self.expect_output(&wasm, greeting),
            Kind::Http => self.expect_response(&wasm, greeting),
        }
    }

    fn expect_answer(&self, wasm: &[u8], greeting: &str) {
        let exports = exports(wasm);
        let greeter = exports.iter().find(|name| name.contains(":hello/greeter"));
        let function = match greeter {
            Some(interface) => format!("{interface}#greet"),
            None => "greet".to_string(),
        };
        let expected = format!("{greeting}, World!");
        if self.language.large {
            let answer = call_optimised(wasm, &function, &["World"]);
            return assert_eq!(answer, format!("{expected}\n"), "{}", self.shown());
        }
        let answer = host::call(wasm, &function, &["\"World\""]);
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error:?}", self.shown()));
        assert_eq!(answer, format!("\"{expected}\""), "{}", self.shown());
    }

    fn expect_output(&self, wasm: &[u8], greeting: &str) {
        let expected = format!("{greeting}, World!\n");
        if self.language.large {
            let exports = exports(wasm);
            let run = exports
                .iter()
                .find(|name| name.starts_with("wasi:cli/run@"));
            let run = run.unwrap_or_else(|| panic!("{} is no command", self.shown()));
            let printed = call_optimised(wasm, &format!("{run}#run"), &[]);
            return assert_eq!(printed, expected, "{}", self.shown());
        }
        let outcome = host::run(wasm, &["hello"]);
        assert_eq!(outcome.exit, Ok(0), "{}: {}", self.shown(), outcome.stderr);
        assert_eq!(outcome.stdout, expected, "{}", self.shown());
    }

    fn expect_response(&self, wasm: &[u8], greeting: &str) {
        if !project::has_tools(&["jco"]) {
            return;
        }
        // Also one that is longer than what a stream takes at once.
        let names = ["Ada".to_string(), "Ada".repeat(2000)];
        let paths = names.each_ref().map(|name| format!("/{name}?loud"));
        let paths = paths.each_ref().map(String::as_str);
        let bodies = served::responses(wasm, self.template.wasi.unwrap_or("0.2"), &paths);
        let expected = names.map(|name| format!("{greeting}, {name}!\n"));
        assert_eq!(bodies, expected, "{}", self.shown());
    }
}

/// Changes the greeting in all sources of a project.
fn greet_with(project: &Project, report: &Value, greeting: &str) {
    let files = report["files"].as_array().expect("a list of files");
    let mut changed = 0;
    for path in files.iter().filter_map(Value::as_str) {
        let text = String::from_utf8(project.read(path)).expect("it is a text");
        if text.contains("Hello, ") {
            project.write(path, &text.replace("Hello, ", &format!("{greeting}, ")));
            changed += 1;
        }
    }
    assert!(changed > 0, "no greeting in {files:?}");
}

fn exports(wasm: &[u8]) -> Vec<String> {
    let component = Component::parse(wasm).expect("it is one");
    let exports = component.exports.iter();
    exports.map(|export| export.name.name.to_string()).collect()
}

/// What comes of a call in the Wasmtime that `make toolchains` installs: what is printed, and the
/// result in a line.
fn call_optimised(wasm: &[u8], function: &str, texts: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let file = folder.path().join("component.wasm");
    std::fs::write(&file, wasm).expect("a temporary file can be written");
    let output = Command::new("python3")
        .env("PATH", project::path())
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/toolchains/call.py"
        ))
        .arg(&file)
        .arg(function)
        .args(texts)
        .output()
        .expect("python3 starts");
    assert!(output.status.success(), "{}", project::text(&output));
    String::from_utf8(output.stdout).expect("it is a text")
}

#[test]
fn every_language_is_tested() {
    let tested: Vec<&str> = LANGUAGES.iter().map(|language| language.name).collect();
    let mut begun: Vec<&str> = TEMPLATES.iter().map(|template| template.lang).collect();
    begun.dedup();
    assert_eq!(tested, begun);
}

#[test]
fn rust() {
    check("rust");
}

#[test]
fn c() {
    check("c");
}

#[test]
fn cpp() {
    check("cpp");
}

#[test]
fn js() {
    check("js");
}

#[test]
fn quickjs_is_small() {
    if !project::has_tools(&["jco", "esbuild"]) {
        return;
    }
    let project = Project::begin("js", "library");
    let flags = r#"flags = ["--disable", "http", "--disable", "fetch-event"]"#;
    project.replace("wct.toml", flags, r#"engine = "quickjs""#);
    project.build();
    let wasm = project.output("hello");
    assert!(wasm.len() < 2 << 20, "{} bytes", wasm.len());
    let greet = "example:hello/greeter@0.1.0#greet";
    let answer = host::call(&wasm, greet, &["\"World\""]);
    assert_eq!(answer.expect("it answers"), "\"Hello, World!\"");
    project.expect_nothing_to_do();
}

#[test]
fn ts() {
    check("ts");
}

#[test]
fn python() {
    check("python");
}

#[test]
fn go() {
    check("go");
}

#[test]
fn zig() {
    check("zig");
}

#[test]
fn assemblyscript() {
    check("assemblyscript");
}
