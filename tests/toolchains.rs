//! Every language that a project can be begun in: `init`, `build`, a call in Wasmtime, `build`
//! again, an edit, `build`, a call. With the real toolchains, on the path or in
//! `target/toolchains`.

#[path = "support/host.rs"]
#[allow(dead_code, unused_imports)]
mod host;
#[path = "support/project.rs"]
#[allow(dead_code)]
mod project;

use project::Project;

/// A project as `wct init` begins it, and what its component answers.
struct Case {
    lang: &'static str,
    kind: &'static str,
    /// The tools without which there is nothing to test.
    tools: &'static [&'static str],
    /// The file that says `Hello`.
    greeting: &'static str,
    called: Called,
    /// Whether the output is so large that making it smaller takes longer than all else here.
    large: bool,
}

/// How a component is asked for its greeting.
enum Called {
    Function(&'static str),
    Command,
    /// By a host that these tests do not have: its exports are looked at.
    Http(&'static str),
}

const GREET: Called = Called::Function("example:hello/greeter@0.1.0#greet");

impl Case {
    fn check(&self) {
        if !project::has_tools(self.tools) {
            return;
        }
        let project = Project::begin(self.lang, self.kind);
        if self.large {
            project.append("wct.toml", "\n[shrink]\nenabled = false\n");
        }
        project.build();
        // Wasmtime takes its time for a large one: it is called once, in the end.
        if !self.large {
            self.expect(&project, "Hello");
        }
        project.expect_nothing_to_do();
        project.replace(self.greeting, "Hello, ", "Howdy, ");
        project.build();
        self.expect(&project, "Howdy");
        project.expect_nothing_to_do();
    }

    fn expect(&self, project: &Project, greeting: &str) {
        let wasm = project.output("hello");
        let what = format!("{} {}", self.lang, self.kind);
        match self.called {
            Called::Function(function) => {
                let answer = host::call(&wasm, function, &["\"World\""]);
                let answer = answer.unwrap_or_else(|error| panic!("{what}: {error:?}"));
                assert_eq!(answer, format!("\"{greeting}, World!\""), "{what}");
            }
            Called::Command => {
                let outcome = host::run(&wasm, &["hello"]);
                assert_eq!(outcome.exit, Ok(0), "{what}: {}", outcome.stderr);
                assert_eq!(outcome.stdout, format!("{greeting}, World!\n"), "{what}");
            }
            Called::Http(export) => {
                let component = wct::component::Component::parse(&wasm).expect("it is one");
                let mut exports = component.exports.iter();
                assert!(exports.any(|e| e.name.name.starts_with(export)), "{what}");
                let text = wasm
                    .windows(greeting.len())
                    .any(|w| w == greeting.as_bytes());
                assert!(text, "{what}: no {greeting}");
            }
        }
    }
}

const RUST: Case = Case {
    lang: "rust",
    kind: "library",
    tools: &["cargo"],
    greeting: "src/lib.rs",
    called: GREET,
    large: false,
};

#[test]
fn rust() {
    RUST.check();
    Case {
        kind: "command",
        greeting: "src/main.rs",
        called: Called::Command,
        ..RUST
    }
    .check();
    Case {
        kind: "http",
        called: Called::Http("wasi:http/incoming-handler@0.2"),
        ..RUST
    }
    .check();
}

const C: Case = Case {
    lang: "c",
    tools: &["clang", "wit-bindgen"],
    greeting: "src/greeting.c",
    ..RUST
};

#[test]
fn c() {
    C.check();
    Case {
        kind: "command",
        tools: &["clang"],
        greeting: "src/main.c",
        called: Called::Command,
        ..C
    }
    .check();
}

const CPP: Case = Case {
    lang: "cpp",
    tools: &["clang++", "wit-bindgen"],
    greeting: "src/greeting.cpp",
    ..RUST
};

#[test]
fn cpp() {
    CPP.check();
    Case {
        kind: "command",
        tools: &["clang++"],
        greeting: "src/main.cpp",
        called: Called::Command,
        ..CPP
    }
    .check();
}

const JS: Case = Case {
    lang: "js",
    tools: &["componentize-js", "esbuild"],
    greeting: "src/greeting.js",
    large: true,
    ..RUST
};

#[test]
fn js() {
    JS.check();
}

#[test]
fn ts() {
    Case {
        lang: "ts",
        kind: "command",
        greeting: "src/greeting.ts",
        called: Called::Command,
        ..JS
    }
    .check();
}

const PYTHON: Case = Case {
    lang: "python",
    tools: &["componentize-py"],
    greeting: "greeting.py",
    large: true,
    ..RUST
};

#[test]
fn python() {
    PYTHON.check();
}

const GO: Case = Case {
    lang: "go",
    tools: &["go"],
    greeting: "greeting.go",
    large: true,
    ..RUST
};

#[test]
fn go() {
    GO.check();
    Case {
        kind: "command",
        called: Called::Command,
        ..GO
    }
    .check();
}

#[test]
fn zig() {
    Case {
        lang: "zig",
        tools: &["python-zig"],
        greeting: "src/greeting.zig",
        ..RUST
    }
    .check();
}

#[test]
fn assemblyscript() {
    Case {
        lang: "assemblyscript",
        tools: &["asc"],
        greeting: "assembly/greeting.ts",
        called: Called::Function("greet"),
        ..RUST
    }
    .check();
}
