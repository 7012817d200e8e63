//! Which projects can be begun?

use serde::Serialize;

use super::Options;

/// What a component is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Called by others.
    Library,
    /// Runs from a start to an end.
    Command,
    /// Answers HTTP requests.
    Http,
}

impl Kind {
    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Library => "library",
            Kind::Command => "command",
            Kind::Http => "http",
        }
    }
}

/// The beginning of a project.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Template {
    pub lang: &'static str,
    pub kind: Kind,
    /// The version of WASI, where there is a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasi: Option<&'static str>,
    #[serde(skip)]
    pub(super) next: &'static [&'static str],
    /// What the workflow sets up.
    #[serde(skip)]
    setup: &'static str,
    #[serde(skip)]
    test: &'static str,
    /// The version of WASI 0.2 that the parts of the toolchain itself are built against.
    #[serde(skip)]
    patch: &'static str,
    /// Keys of the component beside `lang` and `path`.
    #[serde(skip)]
    keys: &'static str,
    #[serde(skip)]
    files: &'static [(&'static str, &'static str)],
}

macro_rules! file {
    ($path:literal, $source:literal) => {
        ($path, include_str!(concat!("templates/", $source)))
    };
}

const HELLO: (&str, &str) = file!("wit/world.wit", "common/hello.wit");
const FUNCTION: (&str, &str) = file!("wit/world.wit", "common/function.wit");
const RUN: (&str, &str) = file!("wit/world.wit", "common/run.wit");
const CLI: (&str, &str) = file!("wit/deps/cli.wit", "common/cli.wit");
const HANDLER: (&str, &str) = file!("wit/world.wit", "common/handler.wit");
const WASI_HTTP: (&str, &str) = file!("wit/deps/http.wit", "common/wasi-http.wit");
const WASI_IO: (&str, &str) = file!("wit/deps/io.wit", "common/wasi-io.wit");
const WASI_CLOCKS: (&str, &str) = file!("wit/deps/clocks.wit", "common/wasi-clocks.wit");

const RUST: &str = "      - run: rustup target add wasm32-wasip2\n";
const CLANG: &str = "\
      - run: sudo apt-get update
      - run: sudo apt-get install -y clang lld wasi-libc libclang-rt-dev-wasm32 libc++-dev-wasm32
";
const BINDGEN: &str = "\
      - run: sudo apt-get update
      - run: sudo apt-get install -y clang lld wasi-libc libclang-rt-dev-wasm32 libc++-dev-wasm32
      - run: cargo install --locked wit-bindgen-cli
";
/// The one that the JavaScript engine answers requests with.
const JS_HTTP: &str = "0.2.10";
const NODE: &str = "      - run: npm install\n";
const PYTHON: &str = "      - run: pip install componentize-py\n";
const GO: &str = "      - uses: actions/setup-go@v5\n        with: { go-version: stable }\n";
const ZIG: &str = "      - run: pip install ziglang\n";

const RUST_LIBRARY: Template = Template {
    lang: "rust",
    kind: Kind::Library,
    wasi: None,
    next: &["rustup target add wasm32-wasip2", "cargo test"],
    setup: RUST,
    test: "cargo test",
    patch: "0.2.12",
    keys: "",
    files: &[
        HELLO,
        // A folder with a `Cargo.toml` would be left out of the package.
        file!("Cargo.toml", "rust-library/manifest.toml"),
        file!("src/lib.rs", "rust-library/src/lib.rs"),
    ],
};

const C_LIBRARY: Template = Template {
    lang: "c",
    next: &["mkdir -p target && cc test/*.c src/greeting.c -o target/test && target/test"],
    setup: BINDGEN,
    test: "mkdir -p target && cc test/*.c src/greeting.c -o target/test && target/test",
    files: &[
        HELLO,
        file!("src/greeting.h", "c-library/src/greeting.h"),
        file!("src/greeting.c", "c-library/src/greeting.c"),
        file!("src/hello.c", "c-library/src/hello.c"),
        file!("test/greeting_test.c", "c-library/test/greeting_test.c"),
    ],
    ..RUST_LIBRARY
};

const CPP_LIBRARY: Template = Template {
    lang: "cpp",
    next: &[
        "mkdir -p target && c++ -std=c++17 test/*.cpp src/greeting.cpp -o target/test && target/test",
    ],
    setup: BINDGEN,
    test: "mkdir -p target && c++ -std=c++17 test/*.cpp src/greeting.cpp -o target/test && target/test",
    keys: "flags = [\"-std=c++17\"]\n",
    files: &[
        HELLO,
        file!("src/greeting.hpp", "cpp-library/src/greeting.hpp"),
        file!("src/greeting.cpp", "cpp-library/src/greeting.cpp"),
        file!("src/hello.cpp", "cpp-library/src/hello.cpp"),
        file!(
            "test/greeting_test.cpp",
            "cpp-library/test/greeting_test.cpp"
        ),
    ],
    ..RUST_LIBRARY
};

const JS_LIBRARY: Template = Template {
    lang: "js",
    next: &["npm install", "npm test"],
    setup: NODE,
    test: "npm test",
    // A library has no use for the network.
    keys: "flags = [\"--disable\", \"http\", \"--disable\", \"fetch-event\"]\n",
    files: &[
        HELLO,
        file!("package.json", "js-library/package.json"),
        file!("src/greeting.js", "js-library/src/greeting.js"),
        file!("src/index.js", "js-library/src/index.js"),
        file!("test/greeting.test.js", "js-library/test/greeting.test.js"),
    ],
    ..RUST_LIBRARY
};

const TS_LIBRARY: Template = Template {
    lang: "ts",
    files: &[
        HELLO,
        file!("package.json", "ts-library/package.json"),
        file!("src/greeting.ts", "ts-library/src/greeting.ts"),
        file!("src/index.ts", "ts-library/src/index.ts"),
        file!("test/greeting.test.ts", "ts-library/test/greeting.test.ts"),
    ],
    ..JS_LIBRARY
};

const PYTHON_LIBRARY: Template = Template {
    lang: "python",
    next: &["pip install componentize-py", "python3 -m unittest"],
    setup: PYTHON,
    test: "python3 -m unittest",
    patch: "0.2.9",
    files: &[
        HELLO,
        file!("app.py", "python-library/app.py"),
        file!("greeting.py", "python-library/greeting.py"),
        file!("test_greeting.py", "python-library/test_greeting.py"),
    ],
    ..RUST_LIBRARY
};

const GO_LIBRARY: Template = Template {
    lang: "go",
    next: &["go test"],
    setup: GO,
    test: "go test",
    files: &[
        HELLO,
        file!("go.mod", "go-library/go.mod"),
        file!("greeting.go", "go-library/greeting.go"),
        file!("greeting_test.go", "go-library/greeting_test.go"),
        file!("export.go", "go-library/export.go"),
    ],
    ..RUST_LIBRARY
};

const ZIG_LIBRARY: Template = Template {
    lang: "zig",
    next: &[
        "pip install ziglang",
        "python3 -m ziglang test src/greeting.zig",
    ],
    setup: ZIG,
    test: "python3 -m ziglang test src/greeting.zig",
    files: &[
        HELLO,
        file!("src/greeting.zig", "zig-library/src/greeting.zig"),
        file!("src/root.zig", "zig-library/src/root.zig"),
    ],
    ..RUST_LIBRARY
};

/// All there are.
pub const TEMPLATES: &[Template] = &[
    RUST_LIBRARY,
    Template {
        kind: Kind::Command,
        files: &[
            file!("Cargo.toml", "rust-command/manifest.toml"),
            file!("src/main.rs", "rust-command/src/main.rs"),
        ],
        ..RUST_LIBRARY
    },
    Template {
        kind: Kind::Http,
        wasi: Some("0.2"),
        files: &[
            file!("Cargo.toml", "rust-http/manifest.toml"),
            file!("src/lib.rs", "rust-http/src/lib.rs"),
        ],
        ..RUST_LIBRARY
    },
    Template {
        kind: Kind::Http,
        wasi: Some("0.3"),
        files: &[
            file!("Cargo.toml", "rust-http-p3/manifest.toml"),
            file!("src/lib.rs", "rust-http-p3/src/lib.rs"),
        ],
        ..RUST_LIBRARY
    },
    C_LIBRARY,
    Template {
        kind: Kind::Command,
        next: &[],
        setup: CLANG,
        test: "mkdir -p target && cc src/*.c -o target/hello && target/hello",
        files: &[file!("src/main.c", "c-command/src/main.c")],
        ..C_LIBRARY
    },
    Template {
        kind: Kind::Http,
        wasi: Some("0.2"),
        files: &[
            HANDLER,
            WASI_HTTP,
            WASI_IO,
            WASI_CLOCKS,
            file!("src/greeting.h", "c-library/src/greeting.h"),
            file!("src/greeting.c", "c-library/src/greeting.c"),
            file!("src/hello.c", "c-http/src/hello.c"),
            file!("test/greeting_test.c", "c-library/test/greeting_test.c"),
        ],
        ..C_LIBRARY
    },
    CPP_LIBRARY,
    Template {
        kind: Kind::Command,
        next: &[],
        setup: CLANG,
        test: "mkdir -p target && c++ src/*.cpp -o target/hello && target/hello",
        files: &[file!("src/main.cpp", "cpp-command/src/main.cpp")],
        ..CPP_LIBRARY
    },
    Template {
        kind: Kind::Http,
        wasi: Some("0.2"),
        files: &[
            HANDLER,
            WASI_HTTP,
            WASI_IO,
            WASI_CLOCKS,
            file!("src/greeting.hpp", "cpp-library/src/greeting.hpp"),
            file!("src/greeting.cpp", "cpp-library/src/greeting.cpp"),
            file!("src/hello.cpp", "cpp-http/src/hello.cpp"),
            file!(
                "test/greeting_test.cpp",
                "cpp-library/test/greeting_test.cpp"
            ),
        ],
        ..CPP_LIBRARY
    },
    JS_LIBRARY,
    Template {
        kind: Kind::Command,
        files: &[
            RUN,
            CLI,
            file!("package.json", "js-library/package.json"),
            file!("src/greeting.js", "js-library/src/greeting.js"),
            file!("src/index.js", "js-command/src/index.js"),
            file!("test/greeting.test.js", "js-library/test/greeting.test.js"),
        ],
        ..JS_LIBRARY
    },
    Template {
        kind: Kind::Http,
        wasi: Some("0.2"),
        patch: JS_HTTP,
        keys: "",
        files: &[
            HANDLER,
            WASI_HTTP,
            WASI_IO,
            WASI_CLOCKS,
            file!("package.json", "js-library/package.json"),
            file!("src/greeting.js", "js-library/src/greeting.js"),
            file!("src/index.js", "js-http/src/index.js"),
            file!("test/greeting.test.js", "js-library/test/greeting.test.js"),
        ],
        ..JS_LIBRARY
    },
    TS_LIBRARY,
    Template {
        kind: Kind::Command,
        files: &[
            RUN,
            CLI,
            file!("package.json", "ts-library/package.json"),
            file!("src/greeting.ts", "ts-library/src/greeting.ts"),
            file!("src/index.ts", "ts-command/src/index.ts"),
            file!("test/greeting.test.ts", "ts-library/test/greeting.test.ts"),
        ],
        ..TS_LIBRARY
    },
    Template {
        kind: Kind::Http,
        wasi: Some("0.2"),
        patch: JS_HTTP,
        keys: "",
        files: &[
            HANDLER,
            WASI_HTTP,
            WASI_IO,
            WASI_CLOCKS,
            file!("package.json", "ts-library/package.json"),
            file!("src/greeting.ts", "ts-library/src/greeting.ts"),
            file!("src/index.ts", "ts-http/src/index.ts"),
            file!("test/greeting.test.ts", "ts-library/test/greeting.test.ts"),
        ],
        ..TS_LIBRARY
    },
    PYTHON_LIBRARY,
    Template {
        kind: Kind::Command,
        files: &[
            RUN,
            CLI,
            file!("app.py", "python-command/app.py"),
            file!("greeting.py", "python-library/greeting.py"),
            file!("test_greeting.py", "python-library/test_greeting.py"),
        ],
        ..PYTHON_LIBRARY
    },
    Template {
        kind: Kind::Http,
        wasi: Some("0.2"),
        files: &[
            HANDLER,
            WASI_HTTP,
            WASI_IO,
            WASI_CLOCKS,
            file!("app.py", "python-http/app.py"),
            file!("greeting.py", "python-library/greeting.py"),
            file!("test_greeting.py", "python-library/test_greeting.py"),
        ],
        ..PYTHON_LIBRARY
    },
    GO_LIBRARY,
    Template {
        kind: Kind::Command,
        files: &[
            file!("go.mod", "go-command/go.mod"),
            file!("greeting.go", "go-command/greeting.go"),
            file!("greeting_test.go", "go-command/greeting_test.go"),
            file!("main.go", "go-command/main.go"),
        ],
        ..GO_LIBRARY
    },
    ZIG_LIBRARY,
    Template {
        kind: Kind::Command,
        files: &[
            file!("src/greeting.zig", "zig-library/src/greeting.zig"),
            file!("src/main.zig", "zig-command/src/main.zig"),
        ],
        ..ZIG_LIBRARY
    },
    Template {
        lang: "assemblyscript",
        next: &["npm install", "npm test"],
        setup: NODE,
        test: "npm test",
        files: &[
            FUNCTION,
            file!("package.json", "assemblyscript-library/package.json"),
            file!(
                "assembly/greeting.ts",
                "assemblyscript-library/assembly/greeting.ts"
            ),
            file!(
                "assembly/index.ts",
                "assemblyscript-library/assembly/index.ts"
            ),
            file!(
                "test/greeting.test.mjs",
                "assemblyscript-library/test/greeting.test.mjs"
            ),
        ],
        ..RUST_LIBRARY
    },
];

/// All languages, each once.
pub fn languages() -> Vec<&'static str> {
    let mut languages: Vec<_> = TEMPLATES.iter().map(|template| template.lang).collect();
    languages.dedup();
    languages
}

impl Template {
    /// Is it of this language and kind?
    pub(super) fn is_of(&self, options: &Options) -> bool {
        self.lang == options.lang && self.kind == options.kind
    }

    /// As it is asked for in its language.
    pub(super) fn shown(&self) -> String {
        match self.wasi {
            Some(wasi) => format!("`{}` with `--wasi {wasi}`", self.kind.name()),
            None => format!("`{}`", self.kind.name()),
        }
    }

    /// Paths and texts, for a project of this name.
    pub(super) fn files(&self, name: &str) -> Vec<(String, String)> {
        let (lang, keys) = (self.lang, self.keys);
        let manifest = format!(
            "[package]\nname = \"example:{name}\"\nversion = \"0.1.0\"\n\n\
             [component.{name}]\nlang = \"{lang}\"\npath = \".\"\n{keys}"
        );
        let workflow = include_str!("templates/common/workflow.yml")
            .replace("__setup__\n", self.setup)
            .replace("__test__", self.test);
        let own = [
            ("wct.toml", manifest.as_str()),
            (".gitignore", include_str!("templates/common/gitignore")),
            (".github/workflows/build.yml", &workflow),
        ];
        let files = own.into_iter().chain(self.files.iter().copied());
        files
            .map(|(path, text)| {
                let text = text.replace("__name__", name);
                (path.to_string(), text.replace("__wasi__", self.patch))
            })
            .collect()
    }
}
