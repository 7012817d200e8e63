//! A project in a folder of its own, built by wct.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A project that goes away with this value.
pub struct Project {
    folder: tempfile::TempDir,
    /// Below it.
    root: PathBuf,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where tools are searched for: those that `make toolchains` installs come first.
pub fn path() -> std::ffi::OsString {
    let installed = root().join("target/toolchains");
    let own = ["bin", "node_modules/.bin", "python/bin"].map(|folder| installed.join(folder));
    let given = std::env::var_os("PATH").unwrap_or_default();
    let wct = Path::new(env!("CARGO_BIN_EXE_wct")).parent();
    let wct = wct.into_iter().map(Path::to_path_buf);
    let folders = own.into_iter().chain(wct);
    let folders = folders.chain(std::env::split_paths(&given));
    std::env::join_paths(folders).expect("folders of a path can be joined")
}

/// Whether these programs are there. A missing one is a loud skip; with
/// `REQUIRE_TOOLCHAINS=1` a failure.
pub fn has_tools(tools: &[&str]) -> bool {
    let path = path();
    let there = |tool: &&&str| std::env::split_paths(&path).any(|f| f.join(tool).is_file());
    let missing: Vec<_> = tools.iter().filter(|tool| !there(tool)).collect();
    if missing.is_empty() {
        return true;
    }
    let required = std::env::var_os("REQUIRE_TOOLCHAINS");
    assert!(
        required.is_none_or(|value| value.is_empty() || value == "0"),
        "{missing:?} are required; `make toolchains` installs them"
    );
    eprintln!("SKIPPED: {missing:?} are missing; `make toolchains` installs them");
    false
}

pub fn wct() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wct"));
    command
        .env("NO_COLOR", "1")
        .env("PATH", path())
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null());
    command
}

pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

impl Project {
    /// An empty one.
    pub fn empty() -> Project {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        let root = folder.path().join("hello");
        std::fs::create_dir(&root).expect("a temporary folder can be made");
        Project { folder, root }
    }

    /// One that holds these files.
    pub fn of(files: &[(&str, &str)]) -> Project {
        let project = Project::empty();
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// One as `wct init` begins it.
    pub fn begin(lang: &str, kind: &str) -> Project {
        Project::begin_with(&["--lang", lang, "--kind", kind]).0
    }

    /// One as `wct init` begins it with these options, and its report.
    pub fn begin_with(options: &[&str]) -> (Project, serde_json::Value) {
        let project = Project::empty();
        let output = wct()
            .args(["init", "--json"])
            .args(options)
            .arg(project.root())
            .output()
            .expect("wct starts");
        assert!(output.status.success(), "{}", text(&output));
        let report = serde_json::from_slice(&output.stdout).expect("a report is JSON");
        (project, report)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        let folder = path.parent().expect("a file is in a folder");
        std::fs::create_dir_all(folder).expect("a temporary folder can be made");
        std::fs::write(&path, text).expect("a temporary file can be written");
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        let path = self.root.join(path);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn append(&self, path: &str, more: &str) {
        let text = String::from_utf8(self.read(path)).expect("it is a text");
        self.write(path, &(text + more));
    }

    pub fn replace(&self, path: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.read(path)).expect("it is a text");
        assert!(text.contains(from), "{path} has no {from}");
        self.write(path, &text.replace(from, to));
    }

    /// `wct build` with these arguments, in the project.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.here(wct());
        command.arg("build").args(arguments);
        command
    }

    /// A line that is typed in the project.
    pub fn typed(&self, line: &str) -> Output {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(line).env("PATH", path());
        let output = self.here(shell).output();
        output.expect("a shell starts")
    }

    fn here(&self, mut command: Command) -> Command {
        command
            .current_dir(&self.root)
            .stdin(Stdio::null())
            // Crates that several projects need are compiled once.
            .env("CARGO_TARGET_DIR", root().join("target/toolchain-tests"));
        command
    }

    pub fn try_build(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("wct starts")
    }

    pub fn build(&self) -> String {
        let output = self.try_build(&[]);
        assert!(output.status.success(), "{}", text(&output));
        text(&output)
    }

    pub fn expect_nothing_to_do(&self) {
        let said = self.build();
        assert!(said.contains("nothing to do"), "{said}");
    }

    pub fn output(&self, name: &str) -> Vec<u8> {
        self.read(&format!("target/wct/{name}.wasm"))
    }
}
