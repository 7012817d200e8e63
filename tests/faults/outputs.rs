//! Outputs that cannot be written, or are something other than a file.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::{MAKERS, Scratch, assert_said, component, is_root, listed, output, wct};

/// A small file system that is gone when this is.
struct Disk<'p>(&'p Path);

impl<'p> Disk<'p> {
    fn mount(at: &'p Path) -> Option<Disk<'p>> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=16k", "tmpfs"])
            .arg(at)
            .output();
        let done = mounted.is_ok_and(|mounted| mounted.status.success());
        done.then_some(Disk(at))
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).output();
    }
}

/// The maker's output, where nothing is in its way.
fn undisturbed(scratch: &Scratch, maker: &crate::Maker, input: &Path) -> Vec<u8> {
    let path = scratch.path("undisturbed");
    assert_said(&output(&mut wct(maker.1(input, &path))), 0, &[]);
    std::fs::read(&path).expect("it was written")
}

#[test]
fn on_a_full_disk_nothing_is_left_and_what_was_there_stays() {
    let scratch = Scratch::new();
    let input = scratch.file("input.wasm", &component(0));
    let disk = scratch.folder("disk");
    let Some(_mounted) = Disk::mount(&disk) else {
        eprintln!("SKIPPED: no file system can be mounted here");
        assert!(std::env::var_os("REQUIRE_TOOLS").is_none());
        return;
    };
    std::fs::write(disk.join("filler"), vec![0; 12 << 10]).expect("it has room for this");
    std::fs::write(disk.join("old"), b"old").expect("it has room for this");
    let filled = std::fs::write(disk.join("rest"), vec![0; 16 << 10]);
    assert!(filled.is_err(), "it is full now");
    let before = listed(&disk);
    for maker in MAKERS {
        for name in ["new", "old"] {
            let result = output(&mut wct(maker.1(&input, &disk.join(name))));
            assert_said(&result, 1, &["cannot write", "no space", "make room"]);
            assert_eq!(listed(&disk), before, "{}", maker.0);
        }
    }
    assert_eq!(
        std::fs::read(disk.join("old")).expect("it is there"),
        b"old"
    );
}

#[test]
fn a_limit_of_file_sizes_is_an_error_and_not_the_end() {
    let scratch = Scratch::new();
    let input = scratch.file("input.wasm", &component(0));
    let folder = scratch.folder("out");
    for maker in MAKERS {
        let mut command = wct(maker.1(&input, &folder.join("out")));
        let limit = libc::rlimit {
            rlim_cur: 10,
            rlim_max: 10,
        };
        // SAFETY: the call is allowed between fork and exec.
        unsafe {
            command.pre_exec(move || match libc::setrlimit(libc::RLIMIT_FSIZE, &limit) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            });
        }
        assert_said(
            &output(&mut command),
            1,
            &["cannot write", "file too large"],
        );
        assert_eq!(listed(&folder), [""; 0], "{}", maker.0);
    }
}

/// As somebody whom permissions bind.
fn as_nobody(command: &mut Command) -> &mut Command {
    const NOBODY: u32 = 65_534;
    match is_root() {
        true => command.uid(NOBODY).gid(NOBODY),
        false => command,
    }
}

fn allow(path: &Path, mode: u32) {
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(path, permissions).expect("it is ours");
}

/// A program that nobody may run cannot show anything.
fn nobody_can_run() -> bool {
    let started = as_nobody(&mut wct(["--version"])).output();
    let runs = started.is_ok_and(|output| output.status.success());
    if !runs {
        eprintln!("SKIPPED: others may not run {}", env!("CARGO_BIN_EXE_wct"));
    }
    runs
}

#[test]
fn what_may_not_be_written_to_stays_as_it_is() {
    if !nobody_can_run() {
        return;
    }
    let scratch = Scratch::new();
    allow(scratch.0.path(), 0o755);
    let input = scratch.file("input.wasm", &component(0));
    let (closed, open) = (scratch.folder("closed"), scratch.folder("open"));
    allow(&closed, 0o555);
    allow(&open, 0o777);
    let old = scratch.file("open/old", b"old");
    allow(&old, 0o444);
    for maker in MAKERS {
        for path in [closed.join("new"), old.clone()] {
            let result = output(as_nobody(&mut wct(maker.1(&input, &path))));
            assert_said(&result, 1, &["cannot write", "permission denied"]);
        }
        assert_eq!(listed(&closed), [""; 0], "{}", maker.0);
        assert_eq!(listed(&open), ["old"], "{}", maker.0);
    }
    assert_eq!(std::fs::read(&old).expect("it is there"), b"old");
}

#[test]
fn a_folder_or_a_missing_one_is_no_place_for_a_file() {
    let scratch = Scratch::new();
    let input = scratch.file("input.wasm", &component(0));
    let folder = scratch.folder("folder.wasm");
    for maker in MAKERS {
        let result = output(&mut wct(maker.1(&input, &folder)));
        assert_said(&result, 1, &["cannot write", "is a directory"]);
        let missing = scratch.path("no/such/folder/out");
        let result = output(&mut wct(maker.1(&input, &missing)));
        assert_said(&result, 1, &["cannot write", "no such file or directory"]);
    }
}

#[test]
fn through_a_symbolic_link_its_target_is_written_and_the_link_stays() {
    let scratch = Scratch::new();
    let input = scratch.file("input.wasm", &component(0));
    let links = scratch.folder("links");
    for maker in MAKERS {
        let expected = undisturbed(&scratch, &maker, &input);
        let target = scratch.file("target", b"old");
        for (name, to) in [
            ("direct", "../target"),
            ("twice", "direct"),
            ("ahead", "../ahead"),
        ] {
            let link = links.join(name);
            let _ = std::fs::remove_file(&link);
            let _ = std::fs::remove_file(scratch.path("ahead"));
            symlink(to, &link).expect("a link can be made");
            assert_said(&output(&mut wct(maker.1(&input, &link))), 0, &[]);
            assert!(link.is_symlink(), "{}: {name}", maker.0);
            assert_eq!(std::fs::read(&link).expect("it was written"), expected);
        }
        assert_eq!(std::fs::read(&target).expect("it was written"), expected);
    }
    symlink("loop", links.join("loop")).expect("a link can be made");
    let result = output(&mut wct(MAKERS[0].1(&input, &links.join("loop"))));
    assert_said(
        &result,
        1,
        &["cannot write", "too many levels of symbolic links"],
    );
}

#[test]
fn a_named_pipe_gets_all_of_it() {
    let scratch = Scratch::new();
    let input = scratch.file("input.wasm", &component(200_000));
    for maker in MAKERS {
        let expected = undisturbed(&scratch, &maker, &input);
        let pipe = scratch.path("pipe");
        crate::inputs::make_pipe(&pipe);
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read(pipe).expect("a pipe can be read")
        });
        assert_said(&output(&mut wct(maker.1(&input, &pipe))), 0, &[]);
        assert_eq!(reader.join().expect("it ends"), expected, "{}", maker.0);
        std::fs::remove_file(&pipe).expect("the pipe is still there");
    }
}

#[test]
fn an_input_is_never_overwritten_unasked() {
    let scratch = Scratch::new();
    let bytes = component(1_000);
    let input = scratch.file("input.wasm", &bytes);
    symlink("input.wasm", scratch.path("link.wasm")).expect("a link can be made");
    std::fs::hard_link(&input, scratch.path("same.wasm")).expect("a link can be made");
    for maker in MAKERS {
        for name in ["input.wasm", "./input.wasm", "link.wasm", "same.wasm"] {
            let result = output(&mut wct(maker.1(&input, &scratch.path(name))));
            assert_said(&result, 2, &["is an input", "name another file with `-o`"]);
        }
    }
    assert_eq!(std::fs::read(&input).expect("it is there"), bytes);
    let in_place = output(wct(["shrink", "--in-place"]).arg(&input));
    assert_said(&in_place, 0, &["wrote"]);
    assert!(std::fs::read(&input).expect("it is there").len() < bytes.len());
}

#[test]
fn an_output_has_the_permissions_of_what_it_replaces() {
    let scratch = Scratch::new();
    let input = scratch.file("input.wasm", &component(0));
    let old = scratch.file("old.wasm", b"old");
    allow(&old, 0o750);
    for maker in MAKERS {
        assert_said(&output(&mut wct(maker.1(&input, &old))), 0, &[]);
        let mode = std::fs::metadata(&old).expect("it is there").permissions();
        assert_eq!(mode.mode() & 0o777, 0o750, "{}", maker.0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_is_written_to_by_any_of_its_names() {
    let scratch = Scratch::new();
    let input = scratch.file("in.wasm", &component(0));
    for name in ["/dev/stdout", "/proc/self/fd/1"] {
        let made = output(wct(["metadata", "--set", "name=a", "-q", "-o", name]).arg(&input));
        assert_said(&made, 0, &[]);
        assert!(made.stdout.starts_with(b"\0asm"), "{name}");
    }
}
