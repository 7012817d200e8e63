//! What others take from this repository works: the package, the action, the hook, completions.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn yaml(path: &str) -> Value {
    let text = fs::read_to_string(root().join(path)).expect("it is there");
    serde_saphyr::from_str(&text).expect("it is YAML")
}

/// All files below a folder, by their paths from the root.
fn files(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of ours").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let path = path.strip_prefix(root()).expect("it is below the root");
            found.push(path.display().to_string());
        }
    }
}

#[test]
fn the_package_holds_every_source_file_and_nothing_else() {
    let listed = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo starts");
    assert!(listed.status.success());
    let listed = String::from_utf8(listed.stdout).expect("paths are text");
    // What cargo adds by itself.
    let own = [".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml.orig"];
    let mut listed: Vec<String> = listed.lines().map(String::from).collect();
    listed.retain(|path| !own.contains(&path.as_str()));
    let mut expected = ["CHANGELOG.md", "Cargo.toml", "LICENSE", "README.md"]
        .map(String::from)
        .to_vec();
    files(&root().join("src"), &mut expected);
    files(&root().join("wit"), &mut expected);
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

/// A folder in which steps of the action are run as a runner does.
struct Runner {
    folder: tempfile::TempDir,
    action: Value,
    /// Where the sources of the action are.
    source: PathBuf,
}

impl Runner {
    fn new() -> Runner {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        let runner = Runner {
            folder,
            action: yaml("action.yml"),
            source: root().to_path_buf(),
        };
        // In the place of a build that takes minutes.
        runner.program("cargo", "echo \"$@\" in $PWD > $RUNNER_TEMP/cargo.log");
        runner
    }

    /// Puts a program before all others of its name.
    fn program(&self, name: &str, script: &str) {
        let path = format!("bin/{name}");
        self.write(&path, &format!("#!/bin/sh\n{script}\n"));
        let path = self.folder.path().join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
        fs::write(path, text).expect("a temporary file is writable");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).unwrap_or_default()
    }

    /// Runs a step with these inputs, and the defaults of all others.
    fn run(&self, step: &str, inputs: &[(&str, &str)]) -> Output {
        let steps = self.action["runs"]["steps"].as_array();
        let steps = steps.expect("the action has steps");
        let found = steps.iter().find(|one| one["id"] == step);
        let found = found.unwrap_or_else(|| panic!("there is no step {step}"));
        let script = found["run"].as_str().expect("it runs something");
        let program = PathBuf::from(env!("CARGO_BIN_EXE_wct"));
        let own = program.parent().expect("it lies in a folder");
        let given = std::env::var_os("PATH").unwrap_or_default();
        let first = [self.folder.path().join("bin"), own.to_path_buf()];
        let path = std::env::join_paths(first.into_iter().chain(std::env::split_paths(&given)));
        let place = match found["working-directory"].as_str() {
            None => self.folder.path(),
            Some("${{ github.action_path }}") => &self.source,
            Some(other) => panic!("{step} is run in {other}"),
        };
        let mut bash = Command::new("bash");
        bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(place)
            .env("PATH", path.expect("folders of a path can be joined"))
            .env("RUNNER_TEMP", self.folder.path())
            .env("GITHUB_OUTPUT", self.folder.path().join("output"))
            .env("GITHUB_PATH", self.folder.path().join("path"))
            .env("GITHUB_STEP_SUMMARY", self.folder.path().join("summary"));
        for (name, value) in found["env"].as_object().into_iter().flatten() {
            bash.env(name, self.value(value.as_str().unwrap_or_default(), inputs));
        }
        bash.output().expect("bash starts")
    }

    /// What `${{ inputs.NAME }}` stands for.
    fn value(&self, expression: &str, inputs: &[(&str, &str)]) -> String {
        let name = expression.trim_start_matches("${{ inputs.");
        let name = name.trim_end_matches(" }}");
        let default = self.action["inputs"][name]["default"].as_str();
        let default = default.unwrap_or_else(|| panic!("{expression}: no such input"));
        let given = inputs.iter().find(|(input, _)| *input == name);
        given.map_or(default, |(_, value)| value).to_string()
    }
}

const OLD: &str = r#"(component
  (import "a" (func)) (core module $m (func (export "f")))
  (core instance $i (instantiate $m)) (func (export "f") (canon lift (core func $i "f"))))"#;
const NEW: &str = r#"(component
  (core module $m (func (export "g")))
  (core instance $i (instantiate $m)) (func (export "g") (canon lift (core func $i "g"))))"#;

fn text(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

#[test]
fn the_action_checks_what_is_there_and_annotates_what_is_wrong() {
    let runner = Runner::new();
    runner.write("target/wct/app.wasm", NEW);
    let good = runner.run("check", &[]);
    assert!(good.status.success(), "{}", text(&good));
    runner.write("target/wct/bad.wasm", "(module (func i32.const))");
    let bad = runner.run("check", &[]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(
        text(&bad).contains("::error file=target/wct/bad.wasm"),
        "{}",
        text(&bad)
    );
}

#[test]
fn the_action_passes_arguments_on_and_runs_nothing_of_them() {
    let runner = Runner::new();
    runner.write("old.wasm", OLD);
    let arguments = [
        ("files", "old.wasm"),
        ("arguments", "--deny * --max-size 1MiB"),
    ];
    let denied = runner.run("check", &arguments);
    assert!(text(&denied).contains("is denied"), "{}", text(&denied));
    // As a block of YAML, one on each line.
    let block = [arguments[0], ("arguments", "--max-size 1MiB\n--deny *\n")];
    let denied = runner.run("check", &block);
    assert!(text(&denied).contains("is denied"), "{}", text(&denied));
    let hostile = runner.run(
        "check",
        &[("files", "$(touch made)"), ("arguments", "`touch made`")],
    );
    assert!(!hostile.status.success());
    assert!(!runner.folder.path().join("made").exists());
}

#[test]
fn the_action_tells_in_the_summary_what_changed_and_fails_where_asked() {
    let runner = Runner::new();
    runner.write("old.wasm", OLD);
    runner.write("new.wasm", NEW);
    let inputs = [("files", "new.wasm"), ("against", "old.wasm")];
    let told = runner.run("compare", &inputs);
    assert!(told.status.success(), "{}", text(&told));
    assert!(
        runner.read("summary").contains("| "),
        "{}",
        runner.read("summary")
    );
    let inputs = [inputs[0], inputs[1], ("fail-on", "breaking size=+90%")];
    assert_eq!(runner.run("compare", &inputs).status.code(), Some(1));
}

#[test]
fn the_action_installs_this_repository_with_its_own_toolchain() {
    let runner = Runner::new();
    assert!(runner.run("install", &[]).status.success());
    let called = runner.read("cargo.log");
    let to = runner.folder.path().join("wct").display().to_string();
    // Rust is chosen by the folder that cargo is called in.
    let place = root().display();
    let expected = format!("install --locked --path . --root {to} in {place}\n");
    assert_eq!(called, expected);
    assert!(runner.run("path", &[]).status.success());
    assert_eq!(runner.read("path"), format!("{to}/bin\n"));
}

#[test]
fn the_action_keeps_the_binary_until_a_source_changes() {
    let mut runner = Runner::new();
    for path in ["src/lib.rs", "wit/a b.wit", "Cargo.toml", "Cargo.lock"] {
        runner.write(path, path);
    }
    runner.write("rust-toolchain.toml", "");
    runner.source = runner.folder.path().to_path_buf();
    let digest = || {
        let output = runner.run("source", &[]);
        assert!(output.status.success(), "{}", text(&output));
        let said = runner.read("output");
        let digest = said.lines().last().and_then(|l| l.strip_prefix("digest="));
        digest.expect("it says a digest").to_string()
    };
    let first = digest();
    assert_eq!((first.len(), digest()), (40, first.clone()));
    runner.write("src/lib.rs", "pub fn new() {}");
    assert_ne!(digest(), first);
    let steps = runner.action["runs"]["steps"].as_array();
    let cache = steps.and_then(|steps| steps.iter().find(|step| step["id"] == "cache"));
    let key = cache.and_then(|cache| cache["with"]["key"].as_str());
    assert!(key.is_some_and(|key| key.contains("${{ steps.source.outputs.digest }}")));
}

#[test]
fn the_action_holds_the_build_to_a_lock_that_is_there() {
    let runner = Runner::new();
    runner.program("wct", "echo \"$@\"");
    assert_eq!(text(&runner.run("build", &[])), "build\n");
    runner.write("wct.lock", "");
    assert_eq!(text(&runner.run("build", &[])), "build --locked\n");
}

#[test]
fn the_hook_checks_the_files_that_it_is_given() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks[0];
    let entry = hook["entry"].as_str().expect("it has an entry");
    let mut words = entry.split(' ');
    assert_eq!(words.next(), Some("wct"));
    let words: Vec<&str> = words.collect();
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    fs::write(folder.path().join("good.wat"), NEW).expect("it is writable");
    fs::write(folder.path().join("bad.wat"), "(module (func i32.const))").expect("it is writable");
    for (files, code) in [(vec!["good.wat"], 0), (vec!["good.wat", "bad.wat"], 1)] {
        let checked = Command::new(env!("CARGO_BIN_EXE_wct"))
            .args(&words)
            .args(&files)
            .current_dir(folder.path())
            .output();
        let status = checked.expect("wct starts").status;
        assert_eq!(status.code(), Some(code), "{files:?}");
    }
}

/// The path with the folder of wct in front.
fn path() -> OsString {
    let own = PathBuf::from(env!("CARGO_BIN_EXE_wct"));
    let own = own.parent().into_iter().map(PathBuf::from);
    let given = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(own.chain(std::env::split_paths(&given)));
    path.expect("folders of a path can be joined")
}

const BASH: &str = r#"
    source <(wct completions bash)
    COMP_WORDS=($1) ; [[ $1 == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _wct wct "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}""#;

const FISH: &str = "wct completions fish | source; complete -C $argv[1] | cut -f1";

/// A terminal in which a line is typed; what zsh would list is written to a file.
const ZSH: &str = r#"
    wct completions zsh > $2/_wct
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z "fpath=($2 \$fpath); PS1=; autoload -Uz compinit; compinit -u -D
    compadd() { local -a hits; builtin compadd -A hits \"\$@\"; print -rl -- \$hits >> $2/hits
      builtin compadd \"\$@\"; }
    finish() { exit }; zle -N finish; bindkey '^X' finish; bindkey '^I' complete-word"
    zpty -n -w z "$1"$'\t\C-X'
    while zpty -r z line; do :; done
    cat $2/hits"#;

/// What a shell offers for a line in a folder with one file, `some.file`; nothing where there is no
/// such shell.
fn offered(shell: &str, line: &str) -> Option<Vec<String>> {
    let (arguments, script): (&[&str], _) = match shell {
        "bash" => (&["bash", "--noprofile", "--norc", "-c"], BASH),
        "fish" => (&["fish", "--no-config", "-c"], FISH),
        _ => (&["zsh", "-f", "-c"], ZSH),
    };
    if Command::new(shell).arg("--version").output().is_err() {
        eprintln!("SKIPPED: {shell} is missing: its completions are not tried");
        assert!(shell != "bash" || std::env::var_os("REQUIRE_TOOLS").is_none());
        return None;
    }
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let (work, own) = (folder.path().join("work"), folder.path().join("own"));
    fs::create_dir_all(&work).expect("a temporary folder can be made");
    fs::create_dir_all(&own).expect("a temporary folder can be made");
    fs::write(work.join("some.file"), "").expect("it is writable");
    let mut command = Command::new("timeout");
    command.arg("120").args(arguments).arg(script);
    // Bash and zsh take a name before the arguments.
    command.args((shell != "fish").then_some(shell));
    command.arg(line).arg(&own).current_dir(&work);
    command.env("PATH", path()).env("HOME", &own);
    let output = command.output().expect("it starts");
    let text = String::from_utf8(output.stdout).expect("it prints text");
    let lines = text.lines().map(|line| line.trim().to_string());
    let found: BTreeSet<String> = lines.filter(|line| !line.is_empty()).collect();
    Some(found.into_iter().collect())
}

#[test]
fn shells_complete_commands_options_and_values() {
    let languages = "assemblyscript c cpp go js python rust ts zig";
    let lines = [
        ("wct val", "validate"),
        ("wct compose --exp", "--explain --export"),
        ("wct completions po", "powershell"),
        ("wct --color ", "always auto never"),
        ("wct init --lang ", languages),
        ("wct init --wasi ", "0.2 0.3"),
        ("wct new --encoding ", "compact-utf16 utf16 utf8"),
        ("wct shrink --skip or", "order"),
        ("wct validate --host ", ""),
        ("wct man comp", "completions compose"),
        ("wct help insp", "inspect"),
        ("wct inspect --importize-w", ""),
        ("wct compose --wire ", ""),
        ("wct compose -d ", "some.file"),
        ("wct inspect --html ", "some.file"),
    ];
    for shell in ["bash", "zsh", "fish"] {
        for (line, expected) in lines {
            let Some(words) = offered(shell, line) else {
                break;
            };
            assert_eq!(words.join(" "), expected, "{shell}: {line}");
        }
    }
}
