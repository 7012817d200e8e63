//! Which edits of worlds are there, and what are they?

use crate::edits::{CALLERS, Edit, HOSTS, NONE, edit};

/// Edits of the world `app` and of what it names. `user` imports what `app` exports, and `host`
/// exports what `app` imports.
pub const WORLDS: &[Edit] = &[
    edit(
        "an export more",
        (
            "world app { export a; } world user { import a; export run: func(); }",
            "world app { export a; export b; }",
        ),
        &["added t:shop/b"],
        NONE,
        "minor",
    ),
    edit(
        "an export less",
        (
            "world app { export a; export b; } world user { import a; import b; export run: func(); }",
            "world app { export a; }",
        ),
        &["removed t:shop/b"],
        CALLERS,
        "major",
    ),
    edit(
        "another export of the same structure",
        (
            "world app { export a; } world user { import a; export run: func(); }",
            "world app { export like-a; }",
        ),
        &["renamed t:shop/a"],
        CALLERS,
        "major",
    ),
    edit(
        "an import more",
        (
            "world app { import a; export run: func(); } world host { export a; }",
            "world app { import a; import b; export run: func(); }",
        ),
        &["added t:shop/b"],
        HOSTS,
        "major",
    ),
    edit(
        "an import less",
        (
            "world app { import a; import b; export run: func(); } world host { export a; export b; }",
            "world app { import a; export run: func(); }",
        ),
        &["removed t:shop/b"],
        NONE,
        "patch",
    ),
    edit(
        "another import of the same structure",
        (
            "world app { import a; export run: func(); } world host { export a; }",
            "world app { import like-a; export run: func(); }",
        ),
        &["renamed t:shop/a"],
        HOSTS,
        "major",
    ),
    edit(
        "an exported function more",
        (
            "world app { export run: func(); } world user { import run: func(); export go: func(); }",
            "world app { export run: func(); export stop: func(); }",
        ),
        &["added stop"],
        NONE,
        "minor",
    ),
    edit(
        "an exported function of another type",
        (
            "world app { export run: func(); } world user { import run: func(); export go: func(); }",
            "world app { export run: func(x: u8); }",
        ),
        &["changed run"],
        CALLERS,
        "major",
    ),
    edit(
        "an imported function of another type",
        (
            "world app { import log: func(x: string); export run: func(); } world host { export log: func(x: string); }",
            "world app { import log: func(x: u32); export run: func(); }",
        ),
        &["changed (x)"],
        HOSTS,
        "major",
    ),
    edit(
        "a later version of the track",
        (
            "world app { export t:dep/d@1.0.0; } world user { import t:dep/d@1.0.0; export run: func(); }",
            "world app { export t:dep/d@1.2.0; }",
        ),
        &["version t:dep/d"],
        NONE,
        "patch",
    ),
    edit(
        "a version of another track",
        (
            "world app { export t:dep/d@1.0.0; } world user { import t:dep/d@1.0.0; export run: func(); }",
            "world app { export t:dep/d@2.0.0; }",
        ),
        &["version t:dep/d"],
        CALLERS,
        "major",
    ),
    edit(
        "an import of a later version of the track",
        (
            "world app { import t:dep/d@1.0.0; export run: func(); } world host { export t:dep/d@1.0.0; }",
            "world app { import t:dep/d@1.2.0; export run: func(); }",
        ),
        &["version t:dep/d"],
        NONE,
        "patch",
    ),
    edit(
        "an import of another track",
        (
            "world app { import t:dep/d@1.0.0; export run: func(); } world host { export t:dep/d@1.0.0; }",
            "world app { import t:dep/d@2.0.0; export run: func(); }",
        ),
        &["version t:dep/d"],
        HOSTS,
        "major",
    ),
];
