//! What a failed build advises.

use super::project::{self, Project};
use super::{LEAF, link};

/// What is said of a build that fails.
fn refusal(files: &[(&str, &str)]) -> String {
    let refused = Project::of(files).try_build(&[]);
    assert_eq!(refused.status.code(), Some(1));
    project::text(&refused)
}

/// A project whose composition says this.
fn composed(says: &str) -> String {
    let manifest = format!(
        "[component.one]\nlang = 'wat'\n[component.two]\nlang = 'wat'\n\
         [compose.app]\nroot = 'one'\nplug = ['two']\n{says}\n"
    );
    let root = link("g", "h");
    refusal(&[
        ("wct.toml", &manifest),
        ("one.wat", &root),
        ("two.wat", LEAF),
    ])
}

#[test]
fn a_build_advises_keys_of_the_manifest_and_no_options() {
    let module = "(module (import \"a:b/c\" \"f\" (func)) (func (export \"g\")))";
    let app = "[component.app]\nlang = 'wat'\n";
    let of_app = "are keys of `[component.app]`";
    let of_composition = "change `[compose.app]`: `plug`";
    let start = "(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32)))\n\
                 (memory (export \"memory\") 1) (func (export \"_start\")))";
    let without = format!("{app}adapter = 'none'\n");
    for (said, advised) in [
        (refusal(&[("wct.toml", app), ("app.wat", module)]), of_app),
        (
            refusal(&[("wct.toml", &without), ("app.wat", start)]),
            of_app,
        ),
        (composed("closed = true"), of_composition),
        (composed("wires = ['one:h=six']"), of_composition),
        (
            composed("stub = ['x:y/*=zz']"),
            "as `PATTERN[=trap|deny|empty]`",
        ),
        (
            composed("wires = ['one=two']"),
            "as `INSTANCE:IMPORT=INSTANCE[:EXPORT]`",
        ),
        (composed("exports = ['one']"), "as `INSTANCE:EXPORT[=NAME]`"),
    ] {
        let help: Vec<&str> = said.lines().filter(|line| line.contains("help:")).collect();
        assert!(help.iter().any(|line| line.contains(advised)), "{said}");
        assert!(help.iter().all(|line| !line.contains("`-")), "{said}");
    }
}

#[test]
fn what_cannot_be_written_is_shown_as_it_is_typed() {
    let project = Project::of(&[
        ("wct.toml", "[component.leaf]\nlang = 'wat'\n"),
        ("leaf.wat", LEAF),
        ("target/wct/leaf.wasm/in-the-way", ""),
    ]);
    let said = project::text(&project.try_build(&[]));
    assert!(
        said.contains("cannot write `target/wct/leaf.wasm`"),
        "{said}"
    );
    assert!(said.contains("may write there"), "{said}");
}

#[test]
fn a_toolchain_that_is_missing_is_named_with_its_component() {
    let project = Project::of(&[
        (
            "wct.toml",
            "tools.cargo = './cargo.sh'\n[component.one]\nlang = 'rust'\n[component.two]\nlang = 'rust'\n",
        ),
        ("one/Cargo.toml", "package.name = 'one'\n"),
        ("two/Cargo.toml", "package.name = 'two'\n"),
        ("two/rust-toolchain", "1.70.0\n"),
    ]);
    super::settings::write_program(
        &project,
        "cargo.sh",
        "#!/bin/sh\n[ -e rust-toolchain ] || { echo cargo 1.90.0; exit; }\n\
         echo \"error: toolchain '1.70.0' is not installed\" >&2; exit 1\n",
    );
    let said = project::text(&project.try_build(&[]));
    assert!(said.contains("`cargo` does not run for `two`"), "{said}");
    assert!(
        said.contains("toolchain '1.70.0' is not installed"),
        "{said}"
    );
    assert!(said.contains("in `two/rust-toolchain`"), "{said}");
    assert!(!said.contains("`one`"), "{said}");
}
