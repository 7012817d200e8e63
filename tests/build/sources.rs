//! What is a source of a component, and what is done where one changes.

use std::os::unix::fs::PermissionsExt;

use super::project::{self, Project};
use super::{LEAF, ran};

/// Crates of one workspace, compiled by a cargo that writes down how it is called.
fn workspace(names: &[&str]) -> Project {
    let project = Project::of(&[(
        "cargo.sh",
        "#!/bin/sh\necho \"$PWD $*\" >> \"$CALLS\"\nexec cargo \"$@\"\n",
    )]);
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(project.root().join("cargo.sh"), mode).expect("it is ours");
    let members = format!("workspace = {{ members = {names:?}, resolver = \"3\" }}\n");
    project.write("Cargo.toml", &members);
    let mut manifest = "tools.cargo = \"./cargo.sh\"\n".to_string();
    for name in names {
        let about = format!("package = {{ name = \"{name}\", edition = \"2024\" }}\n");
        project.write(&format!("{name}/Cargo.toml"), &about);
        project.write(&format!("{name}/src/main.rs"), "fn main() {}\n");
        manifest += &format!("[component.{name}]\nlang = \"rust\"\npath = \"{name}\"\n");
    }
    project.write("wct.toml", &manifest);
    project
}

/// Builds, and tells for each call of cargo its folder and the packages that it names.
fn calls(project: &Project) -> (std::process::Output, Vec<String>) {
    let log = project.root().join("calls");
    let mut command = project.command(&["-j", "1"]);
    let output = command.env("CALLS", &log).output().expect("wct runs");
    let text = std::fs::read_to_string(&log).unwrap_or_default();
    // Nothing was called where it is not there.
    let _ = std::fs::remove_file(&log);
    let root = project.root().canonicalize().expect("it is there");
    let call = |line: &str| {
        let (folder, arguments) = line.split_once(" build ")?;
        let below = std::path::Path::new(folder).strip_prefix(&root);
        let below = below.expect("calls are in the project").display();
        let named: Vec<_> = arguments.split(" --package ").skip(1).collect();
        Some(format!("{below}:{}", named.join(" ")))
    };
    (output, text.lines().filter_map(call).collect())
}

#[test]
fn one_call_of_cargo_compiles_what_is_due_of_a_workspace() {
    let project = workspace(&["one", "two", "six"]);
    let expect = |expected: &[&str]| {
        let (output, calls) = calls(&project);
        assert!(output.status.success(), "{}", project::text(&output));
        assert_eq!(calls, expected);
    };
    expect(&[":one six two", "one:", "two:", "six:"]);
    // What is due alone needs no such call.
    project.append("two/src/main.rs", "// changed\n");
    expect(&["two:"]);
    // Each call tells what failed.
    project.append("one/src/main.rs", "// changed\n");
    project.append("two/src/main.rs", "fn broken() -> u32 {}\n");
    let (failed, called) = calls(&project);
    assert_eq!(called, [":one two", "one:", "two:"]);
    let said = project::text(&failed);
    assert!(said.contains("failed for `two`"), "{said}");
    assert!(said.contains("mismatched types"), "{said}");
    assert!(!said.contains("failed for `one`"), "{said}");
    // Settings that cargo sees from one folder alone keep that crate apart.
    project.replace("two/src/main.rs", "fn broken() -> u32 {}\n", "");
    project.append("six/src/main.rs", "// changed\n");
    project.write("six/.cargo/config.toml", "");
    expect(&["two:", "six:"]);
}

#[test]
fn a_source_that_changes_while_it_is_compiled_is_compiled_again() {
    let project = workspace(&["one"]);
    project.write(
        "cargo.sh",
        "#!/bin/sh\n\
         cargo \"$@\" || exit 1\n\
         case \"$*\" in *build*) [ -e ../done ] || echo '// changed' >> src/main.rs; : > ../done;; esac\n",
    );
    project.build();
    assert!(ran(&project).contains(&"one/compile".to_string()));
    project.expect_nothing_to_do();
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_what_is_no_file_is_no_source() {
    let project = Project::of(&[
        (
            "wct.toml",
            "[component.app]\npath = 'app'\noutput = 'o.wat'\ncommand = 'cat part/*.txt > o.wat'\n",
        ),
        ("app/src/build/x.txt", "; one"),
        ("elsewhere/leaf.txt", LEAF),
    ]);
    let app = project.root().join("app");
    std::os::unix::fs::symlink("../elsewhere", app.join("part")).expect("a link can be made");
    std::os::unix::fs::symlink("..", app.join("back")).expect("a link can be made");
    let _socket = std::os::unix::net::UnixListener::bind(app.join("socket")).expect("it is free");
    project.build();
    project.expect_nothing_to_do();
    // Also in a folder that is called as if it were made by a build.
    for changed in ["elsewhere/leaf.txt", "app/src/build/x.txt"] {
        project.append(changed, "\n;; changed");
        assert!(
            ran(&project).contains(&"app/compile".to_string()),
            "{changed}"
        );
    }
}

#[test]
fn a_copied_project_is_built_where_it_is() {
    let project = Project::of(&[
        ("wct.toml", "[component.leaf]\nlang = 'wat'\n"),
        ("leaf.wat", LEAF),
    ]);
    project.build();
    let copy = Project::of(&[]);
    for file in ["wct.toml", "leaf.wat", "target/wct/memory.json"] {
        let text = String::from_utf8(project.read(file)).expect("it is a text");
        copy.write(file, &text);
    }
    copy.build();
    assert_eq!(copy.output("leaf"), project.output("leaf"));
}

#[test]
fn a_source_that_is_named_has_to_be_there() {
    let project = Project::of(&[
        (
            "wct.toml",
            "[component.leaf]\nlang = 'wat'\nsources = ['leaf.wat', 'typo.wat']\n",
        ),
        ("leaf.wat", LEAF),
    ]);
    let refused = project.try_build(&[]);
    let said = project::text(&refused);
    assert!(said.contains("`typo.wat` is nowhere"), "{said}");
    assert!(!said.contains("`leaf.wat`"), "{said}");
}

/// A crate with a dependency, each with a build script.
const CRATES: &[(&str, &str)] = &[
    (
        "wct.toml",
        "shrink.enabled = false\n[component.app]\nlang = 'rust'\n",
    ),
    (
        "Cargo.toml",
        "workspace = { members = ['app', 'shared'], resolver = '3' }\n",
    ),
    (
        "app/Cargo.toml",
        "package = { name = 'my-app', edition = '2024' }\ndependencies.shared.path = '../shared'\n",
    ),
    (
        "app/build.rs",
        r#"fn main() {
            println!("cargo:rerun-if-changed=../listed");
            println!("cargo:rerun-if-changed=../.head");
            println!("cargo::rerun-if-env-changed=ASKED_BY_SCRIPT");
            let out = std::env::var("OUT_DIR").unwrap();
            std::fs::write(out + "/made.rs", "fn made() {}").unwrap();
        }"#,
    ),
    (
        "app/src/main.rs",
        r#"include!(concat!(env!("OUT_DIR"), "/made.rs"));
        fn main() { made(); println!("{:?} {:?} {:?}", shared::D,
            option_env!("ASKED_BY_CRATE"), option_env!("CARGO_ASKED")); }"#,
    ),
    (".head", "1"),
    ("listed/one.txt", "1"),
    (
        "shared/Cargo.toml",
        "package = { name = 'shared', version = '0.1.0', edition = '2024' }\n",
    ),
    (
        "shared/build.rs",
        r#"fn main() { println!("cargo:rustc-env=D={}", std::fs::read_to_string("data").unwrap()); }"#,
    ),
    (
        "shared/src/lib.rs",
        r#"pub const D: (&str, &str, Option<&str>) = (env!("D"), env!("CARGO_PKG_VERSION"), option_env!("ASKED_BELOW"));
        pub const X: [&str; 2] = [include_str!("../dist/x"), include_str!("../.x")];"#,
    ),
    ("shared/data", "1"),
    ("shared/dist/x", "1"),
    ("shared/.x", "1"),
];

#[test]
fn all_that_goes_into_a_crate_has_it_compiled_again() {
    let project = Project::of(CRATES);
    let is_compiled = |set: &[(&str, &str)]| {
        let ran = super::ran_with(&project, set);
        ran.contains(&"app/compile".to_string())
    };
    assert!(is_compiled(&[]));
    assert!(!is_compiled(&[]), "what its build script made is no source");
    project.replace("shared/Cargo.toml", "0.1.0", "0.2.0");
    assert!(is_compiled(&[]), "the manifest of a dependency");
    let written = [
        "shared/data",
        "shared/dist/x",
        "shared/.x",
        "listed/one.txt",
        "listed/deep/two.txt",
        ".head",
    ];
    for path in written {
        project.write(path, "2");
        assert!(is_compiled(&[]), "{path}");
        assert!(!is_compiled(&[]), "{path} is as it was");
    }
    project.write("elsewhere/x", "");
    assert!(!is_compiled(&[]), "what is in the workspace and not read");
    for name in [
        "ASKED_BY_SCRIPT",
        "ASKED_BY_CRATE",
        "ASKED_BELOW",
        "CARGO_ASKED",
    ] {
        assert!(is_compiled(&[(name, "1")]), "{name}");
        assert!(!is_compiled(&[(name, "1")]), "{name} is as it was");
        assert!(is_compiled(&[]), "{name} is gone");
    }
}

#[test]
fn a_component_may_depend_on_the_package_around_it() {
    let project = Project::of(&[
        (
            "wct.toml",
            "shrink.enabled = false\n[component.wasm]\nlang = 'rust'\n",
        ),
        (
            "Cargo.toml",
            "package = { name = 'around-it', edition = '2024' }\n\
             workspace = { members = ['wasm', 'other'], resolver = '3' }\n",
        ),
        (
            "build.rs",
            r#"fn main() { println!("cargo:rustc-env=D={}", std::fs::read_to_string("data").unwrap()); }"#,
        ),
        ("src/lib.rs", r#"pub const D: &str = env!("D");"#),
        ("data", "1"),
        (
            "wasm/Cargo.toml",
            "package = { name = 'in-it', edition = '2024' }\ndependencies.around-it.path = '..'\n",
        ),
        (
            "wasm/src/main.rs",
            r#"fn main() { println!("{}", around_it::D); }"#,
        ),
        (
            "other/Cargo.toml",
            "package = { name = 'other', edition = '2024' }\n",
        ),
        ("other/src/main.rs", "fn main() {}\n"),
    ]);
    let is_compiled = || ran(&project).contains(&"wasm/compile".to_string());
    assert!(is_compiled());
    assert!(!is_compiled());
    project.write("data", "2");
    assert!(is_compiled(), "what the build script of a dependency reads");
    project.append("other/src/main.rs", "// changed\n");
    assert!(!is_compiled(), "what it does not depend on");
    // Cargo does not look at it.
    project.write("wasm/Cargo.lock", "version = 4\n");
    is_compiled();
    project.append("Cargo.lock", "# changed\n");
    assert!(is_compiled(), "the lock of the workspace");
}

#[test]
fn paths_of_the_machine_are_not_in_outputs() {
    let project = Project::of(&[
        (
            "project/wct.toml",
            "[component.app]\nlang = 'rust'\nprofile = 'dev'\n[shrink]\nenabled = false\n",
        ),
        (
            "Cargo.toml",
            "workspace = { members = ['project/app'], resolver = '3' }\n",
        ),
        (
            "project/app/Cargo.toml",
            "package = { name = 'outside-app', edition = '2024' }\n\
             dependencies.outside.path = '../../../outside'\n",
        ),
        (
            "project/app/src/main.rs",
            "fn main() { println!(\"{}\", outside::at(std::env::args().count())); }\n",
        ),
        (
            "../outside/Cargo.toml",
            "package = { name = 'outside', version = '0.1.0', edition = '2024' }\nworkspace = {}\n",
        ),
        (
            "../outside/src/lib.rs",
            "pub fn at(n: usize) -> u8 { std::hint::black_box(vec![1])[n] }\n",
        ),
    ]);
    let output = project.try_build(&["project"]);
    assert!(output.status.success(), "{}", project::text(&output));
    let wasm = project.read("project/target/wct/app.wasm");
    let holds = |text: &str| wasm.windows(text.len()).any(|at| at == text.as_bytes());
    let machine = project.root().parent().expect("it is in a folder");
    assert!(!holds(&machine.display().to_string()));
    assert!(holds("../../outside/src/lib.rs"));
}

#[test]
fn a_path_that_leads_out_may_begin_with_a_dot() {
    let project = Project::of(&[
        (
            "project/wct.toml",
            "[component.leaf]\nlang = 'wat'\npath = './../leaf'\n\
             [component.around]\npath = '..'\noutput = 'o.wat'\ncommand = 'cp in.wat o.wat'\n",
        ),
        ("leaf/leaf.wat", LEAF),
        ("in.wat", LEAF),
    ]);
    let said = |arguments: &[&str]| project::text(&project.try_build(arguments));
    assert!(said(&["project"]).contains("wrote"));
    project.append("leaf/leaf.wat", "\n;; changed");
    let due = project.try_build(&["project", "--dry-run"]).stdout;
    let due = String::from_utf8(due).expect("it is a text");
    assert!(due.contains("leaf/compile\n"), "{due}");
    assert!(due.contains("around/compile (up to date)"), "{due}");
}

#[test]
fn a_step_may_write_large_files_again() {
    let command = "head -c 5000000 /dev/zero > large; cp app.wat o.wat";
    let project = Project::of(&[
        (
            "wct.toml",
            &*format!("[component.app]\npath = '.'\noutput = 'o.wat'\ncommand = '{command}'\n"),
        ),
        ("app.wat", LEAF),
    ]);
    for _ in 0..3 {
        project.build();
    }
}

#[test]
fn sources_that_the_manifest_names_elsewhere_are_inputs() {
    let project = Project::of(&[
        (
            "wct.toml",
            "tools.clang = './clang.sh'\n[component.app]\nlang = 'c'\n\
             sources = ['src/*.c', '../common/*.c', 'build/made.c']\n\
             [component.deep]\nlang = 'c'\npath = 'common/deep'\n",
        ),
        (
            "clang.sh",
            "#!/bin/sh\n[ $1 = --version ] && echo clang version 19.0.0 && exit\n\
             for last; do :; done\necho '(component)' > $last\n",
        ),
    ]);
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(project.root().join("clang.sh"), mode).expect("it is ours");
    let sources = [
        "app/src/a.c",
        "common/b.c",
        "app/build/made.c",
        "app/build/made.h",
        "common/b.h",
        "common/more/b.hxx",
    ];
    for path in sources.iter().chain(&["common/deep/src/c.c"]) {
        project.write(path, "// one\n");
    }
    project.build();
    project.expect_nothing_to_do();
    for path in sources {
        project.append(path, "// two\n");
        assert_eq!(ran(&project), ["app/compile"], "{path}");
    }
    project.write("common/other.txt", "");
    project.expect_nothing_to_do();
    // A header of another component.
    project.write("common/deep/c.h", "// one\n");
    assert_eq!(ran(&project), ["deep/compile"]);
}

#[test]
fn what_is_made_is_no_source_wherever_it_is() {
    let command = "cp src/app.wat app.core";
    let app = format!("[component.app]\npath = '..'\noutput = 'app.core'\ncommand = '{command}'\n");
    let project = Project::of(&[("pack/wct.toml", &*app), ("src/app.wat", LEAF)]);
    let build = || {
        let output = project.try_build(&["pack"]);
        assert!(output.status.success(), "{}", project::text(&output));
        project::text(&output)
    };
    build();
    assert!(build().contains("nothing to do"));
    for (mark, made) in [("CACHEDIR.TAG", "app.o"), ("pyvenv.cfg", "lib.py")] {
        project.write(&format!("tools/out/{mark}"), "");
        assert!(build().contains("nothing to do"), "{mark}");
        project.write(&format!("tools/out/{made}"), "");
        assert!(build().contains("nothing to do"), "{mark}");
    }
    project.write("tools/in/source", "");
    assert!(!build().contains("nothing to do"));
}
