//! Which programs does a build ask for, where are they, and how are they had?

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Serialize;

use super::programs::{Command, Programs};
use crate::diagnostic::{Diagnostic, Result};

/// A program that turns sources into WebAssembly, or helps to.
#[derive(Debug, PartialEq, Eq)]
pub struct Tool {
    /// As in `[tools]`.
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    /// The programs that it may be, the best first, each with its first arguments.
    programs: &'static [(&'static str, &'static [&'static str])],
    version: &'static [&'static str],
    pub minimum: Version,
    /// A command that installs it.
    pub install: &'static str,
    /// A variable that names a folder in which it is.
    home: Option<&'static str>,
}

/// The first three numbers of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

pub const CARGO: Tool = Tool {
    name: "cargo",
    purpose: "Rust",
    programs: &[("cargo", &[])],
    version: &["--version"],
    minimum: Version(1, 82, 0),
    install: "see https://rustup.rs, then `rustup target add wasm32-wasip2`",
    home: None,
};

pub const CLANG: Tool = Tool {
    name: "clang",
    purpose: "C",
    programs: &[("clang", &[])],
    version: &["--version"],
    minimum: Version(14, 0, 0),
    install: "apt-get install clang lld wasi-libc libclang-rt-dev-wasm32",
    home: Some("WASI_SDK_PATH"),
};

pub const CLANGXX: Tool = Tool {
    name: "clang++",
    purpose: "C++",
    programs: &[("clang++", &[])],
    install: "apt-get install clang lld wasi-libc libclang-rt-dev-wasm32 libc++-dev-wasm32",
    ..CLANG
};

pub const WIT_BINDGEN: Tool = Tool {
    name: "wit-bindgen",
    purpose: "bindings for C and C++",
    programs: &[("wit-bindgen", &[])],
    version: &["--version"],
    minimum: Version(0, 40, 0),
    install: "cargo install wit-bindgen-cli",
    home: None,
};

pub const COMPONENTIZE_JS: Tool = Tool {
    name: "componentize-js",
    purpose: "JavaScript, TypeScript",
    programs: &[("componentize-js", &[])],
    version: &["--version"],
    minimum: Version(0, 18, 0),
    install: "npm install --save-dev @bytecodealliance/componentize-js",
    home: None,
};

pub const JCO: Tool = Tool {
    name: "jco",
    purpose: "JavaScript, TypeScript with QuickJS",
    programs: &[("jco", &[])],
    version: &["--version"],
    minimum: Version(1, 35, 0),
    install: "npm install --save-dev @bytecodealliance/jco",
    home: None,
};

pub const ESBUILD: Tool = Tool {
    name: "esbuild",
    purpose: "JavaScript, TypeScript",
    programs: &[("esbuild", &[])],
    version: &["--version"],
    minimum: Version(0, 17, 0),
    install: "npm install --save-dev esbuild",
    home: None,
};

pub const COMPONENTIZE_PY: Tool = Tool {
    name: "componentize-py",
    purpose: "Python",
    programs: &[("componentize-py", &[])],
    version: &["--version"],
    minimum: Version(0, 16, 0),
    install: "pip install componentize-py",
    home: None,
};

pub const GO: Tool = Tool {
    name: "go",
    purpose: "Go",
    programs: &[("go", &[])],
    version: &["version"],
    minimum: Version(1, 24, 0),
    install: "see https://go.dev/dl",
    home: None,
};

pub const ZIG: Tool = Tool {
    name: "zig",
    purpose: "Zig",
    programs: &[
        ("zig", &[]),
        ("python-zig", &[]),
        ("python3", &["-m", "ziglang"]),
    ],
    version: &["version"],
    minimum: Version(0, 17, 0),
    install: "pip install ziglang",
    home: None,
};

pub const ASC: Tool = Tool {
    name: "asc",
    purpose: "AssemblyScript",
    programs: &[("asc", &[])],
    version: &["--version"],
    minimum: Version(0, 27, 0),
    install: "npm install --save-dev assemblyscript",
    home: None,
};

pub const WASM_OPT: Tool = Tool {
    name: "wasm-opt",
    purpose: "smaller outputs, where it is asked for",
    programs: &[("wasm-opt", &[])],
    version: &["--version"],
    minimum: Version(100, 0, 0),
    install: "apt-get install binaryen",
    home: None,
};

/// All of them, in the order in which they are told.
pub const ALL: [&Tool; 12] = [
    &CARGO,
    &CLANG,
    &CLANGXX,
    &WIT_BINDGEN,
    &COMPONENTIZE_JS,
    &JCO,
    &ESBUILD,
    &COMPONENTIZE_PY,
    &GO,
    &ZIG,
    &ASC,
    &WASM_OPT,
];

/// The tool of this name.
pub fn named(name: &str) -> Option<&'static Tool> {
    ALL.into_iter().find(|tool| tool.name == name)
}

/// Where programs are searched for.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// By the names of tools.
    pub settings: IndexMap<String, String>,
    /// What settings are relative to.
    pub root: PathBuf,
    /// Searched in this order: folders of the project's own, then those of the path.
    pub folders: Vec<PathBuf>,
    /// The values of the variables that name homes of tools.
    pub homes: IndexMap<String, PathBuf>,
}

impl Places {
    /// Those of this process, and of a project in `root`.
    pub fn new(root: &Path, settings: IndexMap<String, String>) -> Places {
        let own = ["node_modules/.bin", ".venv/bin", "venv/bin"];
        let mut folders: Vec<PathBuf> = own.map(|folder| root.join(folder)).to_vec();
        if let Some(path) = std::env::var_os("PATH") {
            folders.extend(std::env::split_paths(&path).filter(|folder| folder.is_absolute()));
        }
        let homes = ALL.into_iter().filter_map(|tool| {
            let name = tool.home?;
            Some((name.to_string(), std::env::var_os(name)?.into()))
        });
        Places {
            settings,
            root: root.to_path_buf(),
            folders,
            homes: homes.collect(),
        }
    }

    fn search(&self, program: &str) -> Option<PathBuf> {
        let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        let mut paths = self.folders.iter().map(|folder| folder.join(&name));
        paths.find(|path| is_program(path))
    }
}

fn is_program(path: &Path) -> bool {
    let Ok(metadata) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    metadata.is_file()
}

/// A program that was found.
#[derive(Clone, Debug)]
pub struct Found {
    pub tool: &'static Tool,
    pub program: PathBuf,
    /// What makes it this tool.
    pub arguments: Vec<OsString>,
}

/// A found program, and what it says it is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Told {
    pub program: String,
    /// The first line that it prints about its version.
    pub version: String,
}

impl Tool {
    /// The program, where there is one; an error that says how to get it otherwise.
    pub fn find(&'static self, places: &Places) -> Result<Found> {
        let found = |program: PathBuf, arguments: &[&str]| Found {
            tool: self,
            program,
            arguments: arguments.iter().map(OsString::from).collect(),
        };
        if let Some(setting) = places.settings.get(self.name) {
            let program = match setting.contains('/') {
                true => Some(places.root.join(setting)).filter(|path| is_program(path)),
                false => places.search(setting),
            };
            return program.map(|program| found(program, &[])).ok_or_else(|| {
                self.missing(format!(
                    "`[tools]` says it is `{setting}`, but no program is there"
                ))
            });
        }
        let home = self.home.and_then(|name| places.homes.get(name));
        if let Some(program) = home.map(|home| home.join("bin").join(self.name))
            && is_program(&program)
        {
            return Ok(found(program, &[]));
        }
        let mut programs = self.programs.iter();
        let program =
            programs.find_map(|(name, arguments)| Some(found(places.search(name)?, arguments)));
        program.ok_or_else(|| self.missing("it is not on the path".to_string()))
    }

    /// Fails with how to get it.
    pub fn missing(&self, why: String) -> Box<Diagnostic> {
        Diagnostic::error(
            "build/missing-tool",
            format!("`{}` is needed for {}", self.name, self.purpose),
        )
        .cause(why)
        .help(self.advice())
    }

    /// How it is had.
    pub fn advice(&self) -> String {
        match self.install.starts_with("see ") {
            true => format!("install it: {}", self.install),
            false => format!("install it: `{}`", self.install),
        }
    }
}

impl Found {
    /// Asks for the version. Fails where it does not run, or is too old.
    pub fn version(
        &self,
        programs: &dyn Programs,
        folder: &Path,
        environment: &[(String, OsString)],
    ) -> Result<Told> {
        let command = Command {
            program: self.program.clone(),
            arguments: self.arguments.clone(),
            folder: folder.to_path_buf(),
            environment: environment.to_vec(),
        };
        let command = command.arguments(self.tool.version);
        let ended = programs.run(&command).map_err(|error| {
            self.tool.missing(format!(
                "`{}` does not run: {error}",
                self.program.display()
            ))
        })?;
        let text = format!("{}\n{}", ended.stdout, ended.stderr);
        if !ended.success {
            let line = text.lines().find(|line| !line.trim().is_empty());
            let why = line.unwrap_or("it does not tell its version").trim();
            let why = why.strip_prefix("error: ").unwrap_or(why);
            let message = format!("`{}` does not run", self.tool.name);
            let error = Diagnostic::error("build/missing-tool", message);
            return Err(error.cause(why).help(self.tool.advice()));
        }
        let line = text.lines().find(|line| Version::within(line).is_some());
        let Some((line, version)) = line.and_then(|line| Some((line, Version::within(line)?)))
        else {
            return Err(self
                .tool
                .missing("it does not tell its version".to_string()));
        };
        if version < self.tool.minimum {
            return Err(Diagnostic::error(
                "build/old-tool",
                format!("`{}` is too old", self.tool.name),
            )
            .cause(format!("it says it is `{}`", line.trim()))
            .cause(format!("at least {} is needed", self.tool.minimum))
            .help(self.tool.advice()));
        }
        Ok(Told {
            program: self.program.display().to_string(),
            version: line.trim().to_string(),
        })
    }
}

impl Version {
    /// The first thing in a line that looks like a version.
    fn within(line: &str) -> Option<Version> {
        let words = line.split(|c: char| !(c.is_ascii_digit() || c == '.'));
        let versions: Vec<(bool, Version)> = words.filter_map(Version::read).collect();
        let dotted = versions.iter().find(|(dotted, _)| *dotted);
        dotted.or(versions.first()).map(|(_, version)| *version)
    }

    /// A version, and whether it has more than one number.
    fn read(word: &str) -> Option<(bool, Version)> {
        let numbers = word
            .split('.')
            .map_while(|number| number.parse::<u32>().ok());
        let numbers: Vec<u32> = numbers.collect();
        let get = |at: usize| numbers.get(at).copied();
        let version = Version(get(0)?, get(1).unwrap_or(0), get(2).unwrap_or(0));
        Some((numbers.len() > 1, version))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Version(major, minor, patch) = self;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_print() {
        for (line, version) in [
            ("cargo 1.95.0 (abc 2026-01-01)", Some(Version(1, 95, 0))),
            ("Debian clang version 14.0.6", Some(Version(14, 0, 6))),
            ("go version go1.27.3 linux/amd64", Some(Version(1, 27, 3))),
            ("0.17.1", Some(Version(0, 17, 1))),
            ("wasm-opt version 108", Some(Version(108, 0, 0))),
            ("no number", None),
        ] {
            assert_eq!(Version::within(line), version, "{line}");
        }
    }
}
