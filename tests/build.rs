//! What `wct build` promises beyond its transcripts: it rebuilds what changed and nothing else, it
//! gives the same bytes anywhere, and it leaves nothing behind when it is interrupted.

#[path = "build/advice.rs"]
mod advice;
#[path = "support/project.rs"]
#[allow(dead_code)]
mod project;
#[path = "build/settings.rs"]
mod settings;
#[path = "build/sources.rs"]
mod sources;
#[path = "build/watch.rs"]
mod watch;

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use project::Project;

const LEAF: &str = r#"(component
  (core module $m (func (export "f") (result i32) i32.const 1))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))"#;

/// `name` imports what `from` exports, and exports a function of its own.
fn link(name: &str, from: &str) -> String {
    format!(
        r#"(component
  (import "{from}" (func $from (result u32)))
  (core func $lowered (canon lower (func $from)))
  (core module $m
    (import "" "f" (func $f (result i32)))
    (func (export "f") (result i32) call $f i32.const 1 i32.add))
  (core instance $i (instantiate $m (with "" (instance (export "f" (func $lowered))))))
  (func (export "{name}") (result u32) (canon lift (core func $i "f"))))"#
    )
}

/// What came of each step: `app/compile` → `ran`.
fn outcomes(project: &Project, set: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut command = project.command(&["--json"]);
    let output = command.envs(set.iter().copied()).output();
    let output = output.expect("wct starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let steps = report["steps"].as_array().expect("there are steps");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_string();
    steps
        .iter()
        .map(|step| (text(&step["step"]), text(&step["outcome"])))
        .collect()
}

fn ran(project: &Project) -> Vec<String> {
    ran_with(project, &[])
}

/// What is done where these variables are set.
fn ran_with(project: &Project, set: &[(&str, &str)]) -> Vec<String> {
    let outcomes = outcomes(project, set).into_iter();
    outcomes
        .filter(|(_, outcome)| outcome == "ran")
        .map(|(step, _)| step)
        .collect()
}

#[test]
fn what_changed_is_built_again_with_what_depends_on_it() {
    let project = Project::of(&[
        (
            "wct.toml",
            "[component.leaf]\nlang = 'wat'\n\
             [component.caller]\nlang = 'wat'\n\
             [component.alone]\nlang = 'wat'\n\
             [compose.app]\nroot = 'caller'\nplug = ['leaf']\n",
        ),
        ("leaf.wat", LEAF),
        ("caller.wat", &link("g", "f")),
        ("alone.wat", LEAF),
    ]);
    assert_eq!(ran(&project).len(), 15);
    assert_eq!(ran(&project), [""; 0]);

    // The time alone is no change.
    std::thread::sleep(Duration::from_millis(30));
    project.write("leaf.wat", LEAF);
    assert_eq!(ran(&project), [""; 0]);

    // A change that changes nothing in the binary ends there.
    project.write("leaf.wat", &format!("{LEAF} ;; a comment"));
    assert_eq!(ran(&project), ["leaf/compile"]);

    project.replace("leaf.wat", "i32.const 1)", "i32.const 2)");
    let again = ran(&project);
    assert!(again.contains(&"leaf/compile".to_string()), "{again:?}");
    assert!(again.contains(&"app/validate".to_string()), "{again:?}");
    assert!(
        again.iter().all(|step| !step.starts_with("alone/")),
        "{again:?}"
    );
    assert!(!again.contains(&"caller/compile".to_string()), "{again:?}");

    // So is what somebody else changed or took away.
    project.write("target/wct/app.wasm", "broken");
    assert_eq!(ran(&project), ["app/metadata"]);
    std::fs::remove_file(project.root().join("target/wct/leaf/compile.wasm")).expect("it is there");
    assert_eq!(ran(&project), ["leaf/compile"]);

    // A setting is an input.
    project.append("wct.toml", "[shrink]\nkeep-names = true\n");
    let again = ran(&project);
    assert!(
        again.iter().all(|step| !step.ends_with("/compile")),
        "{again:?}"
    );
    assert!(again.contains(&"alone/shrink".to_string()), "{again:?}");
}

#[test]
fn compositions_are_parts_of_others() {
    let project = Project::of(&[
        (
            "wct.toml",
            "[component.a]\nlang = 'wat'\n\
             [component.b]\nlang = 'wat'\n\
             [component.c]\nlang = 'wat'\n\
             [compose.outer]\nroot = 'c'\nplug = ['inner']\n\
             [compose.inner]\nroot = 'b'\nplug = ['a']\n",
        ),
        ("a.wat", LEAF),
        ("b.wat", &link("g", "f")),
        ("c.wat", &link("h", "g")),
    ]);
    project.build();
    let wasm = project.output("outer");
    let component = wct::component::Component::parse(&wasm).expect("it is a component");
    assert!(component.imports.is_empty());
    assert!(
        !project.root().join("target/wct/inner.wasm").exists(),
        "it is a part alone"
    );
}

/// Independent steps run at the same time: each of these waits for the other.
#[test]
fn independent_components_are_built_at_the_same_time() {
    let wait = |own: &str, other: &str| {
        format!(
            "[component.{own}]\npath = '.'\noutput = 'leaf.wat'\ninputs = ['leaf.wat']\n\
             command = '''touch {own}.begun; n=0; while [ ! -e {other}.begun ]; do \
             n=$((n+1)); [ $n -lt 300 ] || exit 1; sleep 0.1; done'''\n"
        )
    };
    let manifest = wait("one", "two") + &wait("two", "one");
    let project = Project::of(&[("wct.toml", &manifest), ("leaf.wat", LEAF)]);
    let output = project.try_build(&["--jobs", "2"]);
    assert!(output.status.success(), "{}", project::text(&output));
}

#[test]
fn two_folders_give_the_same_bytes() {
    let mut langs = vec![("rust", "command")];
    if project::has_tools(&["clang", "wit-bindgen"]) {
        langs.push(("c", "library"));
    }
    for (lang, kind) in langs {
        let bytes = || {
            let project = Project::begin(lang, kind);
            let mut build = project.command(&[]);
            // Each has to compile what it needs by itself.
            build.env_remove("CARGO_TARGET_DIR");
            let output = build.output().expect("wct starts");
            assert!(output.status.success(), "{}", project::text(&output));
            let compiled = project.read("target/wct/hello/compile.wasm");
            let place = project.root().display().to_string();
            let told = compiled.windows(place.len()).any(|w| w == place.as_bytes());
            assert!(!told, "{lang}: the folder is in the output");
            (compiled, project.output("hello"))
        };
        let (first, second) = (bytes(), bytes());
        assert!(first.0 == second.0, "{lang}: compiled forms differ");
        assert!(first.1 == second.1, "{lang}: outputs differ");
    }
}

#[test]
fn ten_components_are_looked_at_quickly() {
    let mut manifest = String::new();
    let mut files = Vec::new();
    for number in 0..10 {
        manifest.push_str(&format!("[component.c{number}]\nlang = 'wat'\n"));
        files.push((format!("c{number}/src/c.wat"), LEAF.to_string()));
    }
    files.push(("wct.toml".to_string(), manifest));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    let project = Project::of(&files);
    project.build();
    // The fastest of a few, without optimisation, on a machine that may be busy.
    let times = (0..5).map(|_| {
        let begin = Instant::now();
        project.expect_nothing_to_do();
        begin.elapsed()
    });
    let fastest = times.min().expect("there are some");
    assert!(fastest < Duration::from_millis(500), "{fastest:?}");
}

#[cfg(unix)]
#[test]
fn two_builds_wait_for_each_other() {
    let command = "printf '(component ' > o.wat; sleep 0.4; echo ')' >> o.wat";
    let project = Project::of(&[(
        "wct.toml",
        &*format!("[component.app]\noutput = 'o.wat'\ncommand = \"{command}\"\n"),
    )]);
    let mut first = project.command(&["-q"]).spawn().expect("wct starts");
    std::thread::sleep(Duration::from_millis(150));
    project.build();
    assert!(first.wait().expect("it ends").success());
}

#[test]
fn a_component_may_be_the_root_of_the_composition_that_has_its_name() {
    let manifest = "[component.app]\nlang = 'wat'\nsources = ['app.wat']\n\
        [component.leaf]\nlang = 'wat'\nsources = ['leaf.wat']\n\
        [compose.app]\nroot = 'app'\nplug = ['leaf']\n";
    let project = Project::of(&[
        ("wct.toml", manifest),
        ("app.wat", &*link("app", "f")),
        ("leaf.wat", LEAF),
    ]);
    project.build();
    project.expect_nothing_to_do();
    project.replace("wct.toml", "root = 'app'", "root = 'leaf'");
    project.replace("wct.toml", "plug = ['leaf']", "plug = []");
    let refused = project.try_build(&[]);
    assert_eq!(refused.status.code(), Some(1));
    let said = project::text(&refused);
    assert!(
        said.contains("`app` is a component, and a composition without it"),
        "{said}"
    );
}

#[test]
fn a_lock_that_says_nothing_any_more_is_removed() {
    let project = Project::of(&[
        ("wct.toml", "[component.leaf]\nfile = 'leaf.wat'\n"),
        ("leaf.wat", LEAF),
    ]);
    project.build();
    assert!(project.root().join("wct.lock").exists());
    project.replace("wct.toml", "file = 'leaf.wat'", "lang = 'wat'");
    project.build();
    assert!(!project.root().join("wct.lock").exists());
    assert!(project.try_build(&["--locked"]).status.success());
}

#[cfg(unix)]
#[test]
fn an_external_optimizer_is_the_one_that_the_manifest_names() {
    let project = Project::of(&[
        (
            "wct.toml",
            "tools.wasm-opt = './opt.sh'\nshrink.wasm-opt = 'auto'\n[component.leaf]\nlang = 'wat'\n",
        ),
        ("leaf.wat", LEAF),
    ]);
    let opt = |version: u32| {
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = --version ] && echo wasm-opt version {version} && exit\necho >> called\n"
        );
        project.write("opt.sh", &script);
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(project.root().join("opt.sh"), mode).expect("it is ours");
    };
    // Where it is there if it is, another version is another outcome.
    project.build();
    for version in [120, 121] {
        opt(version);
        let ran = ran(&project);
        assert!(ran.contains(&"leaf/shrink".to_string()), "{ran:?}");
        assert!(project.root().join("called").exists());
        let lock = String::from_utf8(project.read("wct.lock")).expect("it is a text");
        assert!(
            lock.contains(&format!("wasm-opt version {version}")),
            "{lock}"
        );
    }
    project.expect_nothing_to_do();
}

#[test]
fn a_lock_remembers_the_tools() {
    let project = Project::begin("rust", "command");
    project.build();
    let lock = String::from_utf8(project.read("wct.lock")).expect("it is a text");
    assert!(lock.contains("cargo = \"cargo 1."), "{lock}");
    let again = project.try_build(&["--locked"]);
    assert!(again.status.success(), "{}", project::text(&again));

    project.replace("wct.lock", "cargo 1.", "cargo 0.");
    let refused = project.try_build(&["--locked"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = project::text(&refused);
    assert!(
        said.contains("`cargo` is `cargo 1.") && said.contains("was `cargo 0."),
        "{said}"
    );
    // Without it, the lock is written anew.
    project.build();
    let again = project.try_build(&["--locked"]);
    assert!(again.status.success(), "{}", project::text(&again));
}

#[test]
fn a_ready_made_file_that_changed_is_refused() {
    let project = Project::of(&[
        ("wct.toml", "[component.leaf]\nfile = 'vendor/leaf.wat'\n"),
        ("vendor/leaf.wat", LEAF),
    ]);
    project.build();
    let kept = project.output("leaf");
    project.replace("vendor/leaf.wat", "i32.const 1)", "i32.const 2)");
    for arguments in [&[][..], &["--locked"]] {
        let refused = project.try_build(arguments);
        assert_eq!(refused.status.code(), Some(1));
        let said = project::text(&refused);
        assert!(said.contains("`vendor/leaf.wat` has changed"), "{said}");
        assert!(project.output("leaf") == kept, "it was built");
    }
    let taken = project.try_build(&["--update"]);
    assert!(taken.status.success(), "{}", project::text(&taken));
    assert!(project.output("leaf") != kept, "it was not built");
    let again = project.try_build(&["--locked"]);
    assert!(again.status.success(), "{}", project::text(&again));
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_no_program_and_no_half_of_a_file() {
    let project = Project::of(&[
        (
            "wct.toml",
            "[component.slow]\npath = '.'\noutput = 'slow.wat'\ninputs = ['leaf.wat']\n\
             command = 'sleep 300 & echo $! > below.pid; echo $$ > shell.pid; wait'\n\
             [component.leaf]\nlang = 'wat'\n",
        ),
        ("leaf.wat", LEAF),
    ]);
    let mut build = project.command(&[]).spawn().expect("wct starts");
    let begin = Instant::now();
    let pid = |name: &str| {
        let text = std::fs::read_to_string(project.root().join(name)).unwrap_or_default();
        text.trim().parse::<i32>().ok()
    };
    while pid("shell.pid").is_none() {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "the command does not begin"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let number = i32::try_from(build.id()).expect("a process has a number");
    // SAFETY: sends a signal to a process that was started here and not waited for yet.
    assert_eq!(unsafe { libc::kill(number, libc::SIGINT) }, 0);
    let ended = build.wait().expect("wct ends");
    assert_eq!(ended.code(), Some(130));
    for name in ["shell.pid", "below.pid"] {
        let pid = pid(name).expect("it was written");
        assert!(is_gone(pid), "{name} still runs");
    }
    let left = files(&project.root().join("target/wct"));
    assert!(left.iter().all(|name| !name.contains(".wct-")), "{left:?}");
    assert!(
        !left.iter().any(|name| name.contains("slow.wasm")),
        "{left:?}"
    );
}

/// Whether a process has ended, or does so soon. One that nobody waited for is gone, too.
#[cfg(unix)]
fn is_gone(pid: i32) -> bool {
    let begin = Instant::now();
    loop {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        if state.is_ok_and(|state| !state.contains(") Z")) {
            std::thread::sleep(Duration::from_millis(20));
        } else {
            return true;
        }
        if begin.elapsed() > Duration::from_secs(5) {
            return false;
        }
    }
}

#[cfg(unix)]
fn files(folder: &std::path::Path) -> Vec<String> {
    let Ok(entries) = folder.read_dir() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        found.push(entry.path().display().to_string());
        found.extend(files(&entry.path()));
    }
    found
}
