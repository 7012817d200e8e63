//! Processes that are killed in the middle.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::{MAKERS, Scratch, assert_said, component, listed, output, wct};

/// Into so many steps the time of a run is divided.
const MOMENTS: u32 = 24;

/// Runs it undisturbed, then kills it at many moments and has `look` look at what is there.
fn killed(arguments: &[PathBuf], prepare: impl Fn(), look: impl Fn()) {
    prepare();
    let start = Instant::now();
    assert_said(&output(&mut wct(arguments)), 0, &[]);
    let time = start.elapsed();
    for moment in 0..=MOMENTS {
        prepare();
        let mut child = wct(arguments).spawn().expect("wct starts");
        // Most of the writing is at the end.
        let share = f64::from(moment) / f64::from(MOMENTS);
        std::thread::sleep(time.mul_f64(share.sqrt()));
        let _ = child.kill();
        child.wait().expect("it ends");
        look();
    }
}

/// Nothing but these is there: what had no name is gone with its process. To replace a file, Linux
/// has to give the complete one a name of its own for a moment.
fn assert_only(folder: &Path, names: &[&str], whole: &[u8], replaced: bool) {
    for name in listed(folder) {
        let is_temporary = name.starts_with(".wct-");
        let is_whole = || std::fs::read(folder.join(&name)).is_ok_and(|found| found == whole);
        let allowed = is_temporary && (!cfg!(target_os = "linux") || replaced && is_whole());
        assert!(names.contains(&name.as_str()) || allowed, "{name} was left");
    }
}

#[test]
fn what_a_killed_maker_leaves_is_complete_or_as_it_was() {
    let scratch = Scratch::new();
    let input = scratch.file("input.wasm", &component(1 << 20));
    for maker in MAKERS {
        let whole = scratch.path("whole");
        assert_said(&output(&mut wct(maker.1(&input, &whole))), 0, &[]);
        let whole = std::fs::read(&whole).expect("it was written");
        let folder = scratch.folder(maker.0);
        let replaced = scratch.folder(&format!("{}-replaced", maker.0));
        let (new, old) = (folder.join("new"), replaced.join("old"));
        let remove = || {
            let _ = std::fs::remove_file(&new);
        };
        killed(&maker.1(&input, &new), remove, || {
            let found = std::fs::read(&new).ok();
            assert!(found.is_none_or(|found| found == whole), "{}", maker.0);
            assert_only(&folder, &["new"], &whole, false);
        });
        let reset = || std::fs::write(&old, b"old").expect("it is ours");
        killed(&maker.1(&input, &old), reset, || {
            let found = std::fs::read(&old).expect("it is there");
            assert!(found == whole || found == b"old", "{}", maker.0);
            assert_only(&replaced, &["old"], &whole, true);
        });
    }
}

#[test]
fn a_core_module_on_its_way_into_a_component_is_killed_cleanly() {
    let scratch = Scratch::new();
    let wit = scratch.file(
        "w.wit",
        b"package a:b; world w { export f: func() -> u32; }",
    );
    let text = format!(
        r#"(module (func (export "f") (result i32) i32.const 42) (@custom "x" "{}"))"#,
        "x".repeat(1 << 20)
    );
    let core = scratch.file("core.wasm", &crate::binary(&text));
    let folder = scratch.folder("out");
    let new = folder.join("new.wasm");
    let words = ["new", "--wit"].map(PathBuf::from);
    let rest = [wit, core, "-o".into(), new.clone()];
    let arguments: Vec<PathBuf> = words.into_iter().chain(rest).collect();
    assert_said(&output(&mut wct(&arguments)), 0, &[]);
    let whole = std::fs::read(&new).expect("it was written");
    let remove = || {
        let _ = std::fs::remove_file(&new);
    };
    killed(&arguments, remove, || {
        let found = std::fs::read(&new).ok();
        assert!(found.is_none_or(|found| found == whole));
        assert_only(&folder, &["new.wasm"], &whole, false);
    });
}

#[test]
fn in_place_the_old_one_stays_until_the_new_one_is_complete() {
    let scratch = Scratch::new();
    let folder = scratch.folder("only");
    let bytes = component(1 << 20);
    let path = folder.join("a.wasm");
    let put = || std::fs::write(&path, &bytes).expect("it is ours");
    let arguments = [PathBuf::from("shrink"), "--in-place".into(), path.clone()];
    put();
    assert_said(&output(&mut wct(&arguments)), 0, &[]);
    let whole = std::fs::read(&path).expect("it is there");
    killed(&arguments, put, || {
        let found = std::fs::read(&path).expect("it is there");
        assert!(found == whole || found == bytes);
        assert_only(&folder, &["a.wasm"], &whole, true);
    });
}

/// Every file of a folder and those in it, with its bytes, but for logs, which tell times.
fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for name in listed(folder) {
        let path = folder.join(&name);
        match path.is_dir() {
            true if name == "logs" => {}
            true => found.extend(tree(&path)),
            false if path.extension().is_some_and(|e| e == "wasm" || e == "lock") => {
                let bytes = std::fs::read(&path).expect("it is there");
                found.push((path, bytes));
            }
            false => {}
        }
    }
    found
}

#[test]
fn a_build_that_was_killed_goes_on_to_the_same_end() {
    let scratch = Scratch::new();
    let manifest = "[package]\nname = \"a:b\"\nversion = \"1.0.0\"\n\n\
                    [component.one]\nfile = \"one.wasm\"\n\n[component.two]\nfile = \"two.wasm\"\n";
    let project = |name: &str| {
        let folder = scratch.folder(name);
        scratch.file(&format!("{name}/wct.toml"), manifest.as_bytes());
        scratch.file(&format!("{name}/one.wasm"), &component(1 << 19));
        scratch.file(&format!("{name}/two.wasm"), &component(1 << 18));
        folder
    };
    let build = |folder: &Path| wct([Path::new("build"), folder]);
    let calm = project("calm");
    let start = Instant::now();
    assert_said(&output(&mut build(&calm)), 0, &[]);
    let time = start.elapsed();
    let expected = tree(&calm);
    assert!(expected.len() > 3, "{expected:?}");
    for moment in 1..=8 {
        let folder = project(&format!("killed-{moment}"));
        let mut child = build(&folder).spawn().expect("wct starts");
        std::thread::sleep(time.mul_f64(f64::from(moment) / 8.0) + Duration::from_millis(1));
        let _ = child.kill();
        child.wait().expect("it ends");
        assert_said(&output(&mut build(&folder)), 0, &[]);
        let found = tree(&folder);
        let relative = |all: &[(PathBuf, Vec<u8>)], root: &Path| -> Vec<(PathBuf, Vec<u8>)> {
            let all = all.iter().map(|(path, bytes)| {
                let path = path.strip_prefix(root).expect("it is in it");
                (path.to_path_buf(), bytes.clone())
            });
            all.collect()
        };
        assert!(
            relative(&found, &folder) == relative(&expected, &calm),
            "{moment}"
        );
    }
}
