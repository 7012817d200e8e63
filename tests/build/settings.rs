//! What tools, settings and variables have to do with what is built.

use std::os::unix::fs::PermissionsExt;

use super::project::{self, Project};
use super::{LEAF, ran, ran_with};

/// Cargo as it is for wct: it tells its version by the folder, and makes a component that tells
/// its features.
const CARGO: &str = r#"#!/bin/sh
t=default; [ -e rust-toolchain ] && read t < rust-toolchain
[ -e "$RUSTUP_HOME/of-${PWD##*/}" ] && t=of-${PWD##*/}
read v < "$RUSTUP_HOME/$t"
[ "$1" = --version ] && echo "cargo $v" && exit
made=$PWD/target/app.wasm; mkdir -p target
while [ $# -gt 1 ]; do [ "$1" = --features ] && of=$2; shift; done
echo "(component (@custom \"of\" \"features $of\"))" > "$made"
sleep 0.3
echo "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"app\"},\"filenames\":[\"$made\"]}"
"#;

pub fn write_program(project: &Project, path: &str, text: &str) {
    project.write(path, text);
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(project.root().join(path), mode).expect("it is ours");
}

/// A project with such a cargo.
fn with_cargo(components: &str) -> Project {
    let manifest = format!("tools.cargo = './cargo.sh'\nshrink.enabled = false\n{components}");
    let project = Project::of(&[
        ("wct.toml", &*manifest),
        ("rustup/default", "1.90.0\n"),
        ("rustup/other", "1.91.0\n"),
    ]);
    write_program(&project, "cargo.sh", CARGO);
    project
}

fn rustup(project: &Project) -> (&'static str, String) {
    (
        "RUSTUP_HOME",
        project.root().join("rustup").display().to_string(),
    )
}

#[test]
fn crates_with_artifacts_at_one_path_are_kept_apart() {
    let project = with_cargo(
        "[component.one]\nlang = 'rust'\npath = 'app'\nfeatures = ['one']\n\
         [component.two]\nlang = 'rust'\npath = 'app'\nfeatures = ['two']\n",
    );
    project.write("app/Cargo.toml", "package.name = 'app'\n");
    for target in [None, Some("elsewhere")] {
        project.append("app/Cargo.toml", "# changed\n");
        let mut build = project.command(&["-j", "2"]);
        let (name, value) = rustup(&project);
        build.env(name, value).env_remove("CARGO_TARGET_DIR");
        build.envs(target.map(|folder| ("CARGO_TARGET_DIR", folder)));
        let output = build.output().expect("wct starts");
        assert!(output.status.success(), "{}", project::text(&output));
        for name in ["one", "two"] {
            let wasm = String::from_utf8_lossy(&project.output(name)).into_owned();
            assert!(wasm.contains(&format!("features {name}")), "{name}: {wasm}");
        }
    }
}

#[test]
fn components_may_have_toolchains_of_their_own() {
    let project = with_cargo("[component.one]\nlang = 'rust'\n[component.two]\nlang = 'rust'\n");
    let (name, value) = rustup(&project);
    let set = [(name, value.as_str())];
    project.write("rustup/update-hashes/default", "a");
    for name in ["one", "two"] {
        project.write(
            &format!("{name}/Cargo.toml"),
            &format!("package.name = '{name}'\n"),
        );
    }
    let lock = || String::from_utf8(project.read("wct.lock")).expect("it is a text");
    let compiled = || {
        let mut ran = ran_with(&project, &set);
        ran.retain(|step| step.ends_with("/compile"));
        ran
    };
    assert_eq!(compiled(), ["one/compile", "two/compile"]);
    project.write("two/rust-toolchain", "other\n");
    assert_eq!(compiled(), ["two/compile"]);
    assert!(
        lock().contains("cargo = \"cargo 1.90.0, cargo 1.91.0\""),
        "{}",
        lock()
    );
    // An update writes to a file that was there.
    project.write("rustup/default", "1.90.1\n");
    project.write("rustup/update-hashes/default", "bc");
    assert_eq!(compiled(), ["one/compile"]);
    assert!(lock().contains("cargo 1.90.1, cargo 1.91.0"), "{}", lock());
    // So does `rustup override`, to the folder that it names.
    project.write("six/Cargo.toml", "package.name = 'six'\n");
    project.append("wct.toml", "[component.six]\nlang = 'rust'\n");
    let six = project.root().join("six").canonicalize();
    let six = six.expect("it is there").display().to_string();
    project.write("rustup/of-six", "1.92.0\n");
    project.write(
        "rustup/settings.toml",
        &format!("[overrides]\n\"{six}\" = \"of-six\"\n"),
    );
    assert_eq!(compiled(), ["six/compile"]);
    assert!(lock().contains("cargo 1.91.0, cargo 1.92.0"), "{}", lock());
    // A part of the project has a part of the versions.
    for arguments in [
        &["--step", "one"][..],
        &["--step", "one", "--locked"],
        &["--locked"],
    ] {
        let output = project
            .command(arguments)
            .envs(set)
            .output()
            .expect("wct starts");
        assert!(output.status.success(), "{}", project::text(&output));
    }
    project.write("rustup/other", "1.91.1\n");
    let refused = project
        .command(&["--locked"])
        .envs(set)
        .output()
        .expect("wct starts");
    let said = project::text(&refused);
    assert!(
        said.contains("and was `cargo 1.90.1, cargo 1.91.0, cargo 1.92.0`"),
        "{said}"
    );
}

#[test]
fn settings_of_cargo_are_inputs() {
    let project = with_cargo("[component.one]\nlang = 'rust'\n");
    project.write("one/Cargo.toml", "package.name = 'one'\n");
    let (name, value) = rustup(&project);
    let home = project.root().join("home").display().to_string();
    let set = [(name, value.as_str()), ("CARGO_HOME", &home)];
    let is_compiled = |more: &[(&'static str, &'static str)]| {
        let set = [&set[..], more].concat();
        ran_with(&project, &set).contains(&"one/compile".to_string())
    };
    assert!(is_compiled(&[]));
    assert!(!is_compiled(&[]));
    for path in ["one/.cargo/config", "home/config.toml"] {
        project.write(path, "\n");
        assert!(is_compiled(&[]), "{path}");
    }
    for name in [
        "CARGO_PROFILE_RELEASE_OPT_LEVEL",
        "SOURCE_DATE_EPOCH",
        "RUSTC_BOOTSTRAP",
    ] {
        assert!(is_compiled(&[(name, "1")]), "{name}");
        assert!(is_compiled(&[]), "{name} is gone");
    }
    assert!(!is_compiled(&[("CARGO_BUILD_JOBS", "2")]));
}

#[test]
fn a_program_that_is_told_what_to_run_is_asked_each_time() {
    let project = Project::of(&[
        (
            "wct.toml",
            "[component.app]\nlang = 'zig'\nsources = ['a.zig']\n",
        ),
        ("app/a.zig", ""),
        ("version", "0.17.0\n"),
    ]);
    write_program(
        &project,
        ".venv/bin/python3",
        "#!/bin/sh\nif [ \"$3\" = version ]; then read v < ../version; echo $v; exit; fi\n\
         for last; do :; done\necho '(component)' > \"${last#-femit-bin=}\"\n",
    );
    let own = project.root().join(".venv/bin").display().to_string();
    let set = [("PATH", own.as_str())];
    assert!(!ran_with(&project, &set).is_empty());
    assert!(ran_with(&project, &set).is_empty());
    project.write("version", "0.18.0\n");
    assert!(!ran_with(&project, &set).is_empty());
}

#[test]
fn a_component_may_be_called_as_anything_that_a_build_writes() {
    let names = ["building", "memory", "CACHEDIR"];
    let tables =
        names.map(|name| format!("[component.{name}]\nlang = 'wat'\nsources = ['a.wat']\n"));
    let project = Project::of(&[("wct.toml", &*tables.concat()), ("a.wat", LEAF)]);
    project.build();
    project.expect_nothing_to_do();
    assert!(ran(&project).is_empty());
}
