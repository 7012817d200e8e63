//! What is built again while sources are watched.

use std::process::Child;
use std::time::{Duration, Instant};

use super::LEAF;
use super::project::Project;

/// A build that ends with this value.
struct Watching(Child);

impl Watching {
    fn begin(project: &Project) -> Watching {
        let build = project.command(&["--watch", "--quiet"]).spawn();
        Watching(build.expect("wct starts"))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It is no matter whether it still runs.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn what_is_watched_is_built_again() {
    // Large enough to be mapped: what it was in the round before does not matter.
    let leaf = format!("{LEAF}{}", "\n;; nothing".repeat(500_000));
    let project = Project::of(&[
        ("wct.toml", "[component.leaf]\nlang = 'wat'\n"),
        ("leaf.wat", &leaf),
    ]);
    let _watching = Watching::begin(&project);
    let output = project.root().join("target/wct/leaf.wasm");
    let read = || std::fs::read(&output).unwrap_or_default();
    let changes = |from: &[u8]| {
        let begin = Instant::now();
        while read() == from {
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "nothing is built"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        // The end of the round.
        std::thread::sleep(Duration::from_millis(600));
        read()
    };
    let first = changes(b"");
    // What cannot be built is told, and waited for.
    project.replace("leaf.wat", "i32.const 1)", "i32.const)");
    std::thread::sleep(Duration::from_secs(2));
    project.replace("leaf.wat", "i32.const)", "i32.const 2)");
    assert_ne!(changes(&first), first);
}

/// Waits until something is so.
fn expect(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(unix)]
#[test]
fn what_is_mended_while_it_fails_is_built() {
    let command = "[ -e begun ] || { : > begun; while [ ! -e ../mended ]; do sleep 0.05; done; exit 1; }; \
                   cp src.wat o.wat";
    let project = Project::of(&[
        (
            "wct.toml",
            &*format!(
                "[component.app]\noutput = 'o.wat'\ninputs = ['src.wat']\ncommand = '{command}'\n"
            ),
        ),
        ("app/src.wat", "(nothing"),
    ]);
    let _watching = Watching::begin(&project);
    expect("the command begins", || {
        project.root().join("app/begun").exists()
    });
    project.write("app/src.wat", LEAF);
    project.write("mended", "");
    let output = project.root().join("target/wct/app.wasm");
    expect("what was mended is built", || output.exists());
}

#[cfg(unix)]
#[test]
fn a_step_that_writes_among_its_sources_is_not_done_for_ever() {
    for end in ["exit 1", "cp app.wat o.wat"] {
        expect_an_end(end);
    }
}

/// Watches a step that writes among its sources, and ends so.
fn expect_an_end(end: &str) {
    let command = format!("command = 'echo >> times; {end}'\n");
    let app = format!("[component.app]\npath = '.'\noutput = 'o.wat'\n{command}");
    let project = Project::of(&[("wct.toml", &*app), ("app.wat", LEAF)]);
    let said = project.root().with_extension("said");
    let to = std::fs::File::create(&said).expect("a temporary file can be made");
    let build = project.command(&["--watch"]).stderr(to).spawn();
    let _watching = Watching(build.expect("wct starts"));
    let times = || project.read("times").len();
    expect("it is done again", || {
        project.root().join("times").exists() && times() >= 3
    });
    std::thread::sleep(Duration::from_secs(2));
    assert!(times() <= 4, "{end}: {} times", times());
    let said = std::fs::read_to_string(said).expect("it is a text");
    let told = "warning: `times` changed in each of 3 builds";
    assert_eq!(said.matches(told).count(), 1, "{said}");
}
