//! Which edits of an interface are there, and what are they?

/// One edit of the members of an interface.
pub struct Edit {
    pub claim: &'static str,
    pub old: &'static str,
    pub new: &'static str,
    /// `kind path` of each change.
    pub changes: &'static [&'static str],
    pub callers_break: bool,
    pub hosts_break: bool,
    pub bump: &'static str,
}

const fn edit(
    claim: &'static str,
    (old, new): (&'static str, &'static str),
    changes: &'static [&'static str],
    (callers_break, hosts_break): (bool, bool),
    bump: &'static str,
) -> Edit {
    Edit {
        claim,
        old,
        new,
        changes,
        callers_break,
        hosts_break,
        bump,
    }
}

const BOTH: (bool, bool) = (true, true);
const CALLERS: (bool, bool) = (true, false);
const HOSTS: (bool, bool) = (false, true);
const NONE: (bool, bool) = (false, false);

/// Edits of the interface `api`.
pub const EDITS: &[Edit] = &[
    edit("nothing", ("f: func();", "f: func();"), &[], NONE, "none"),
    edit(
        "layout alone",
        ("f: func(); g: func();", "f:func();\n\n g: func();"),
        &[],
        NONE,
        "none",
    ),
    edit(
        "functions in another order",
        ("f: func(); g: func();", "g: func(); f: func();"),
        &[],
        NONE,
        "none",
    ),
    edit(
        "types in another order",
        (
            "type a = u8; type b = u16; f: func(x: a) -> b;",
            "type b = u16; type a = u8; f: func(x: a) -> b;",
        ),
        &[],
        NONE,
        "none",
    ),
    // Functions.
    edit(
        "a function more",
        ("f: func();", "f: func(); g: func();"),
        &["added g"],
        HOSTS,
        "minor",
    ),
    edit(
        "a function less",
        ("f: func(); g: func();", "f: func();"),
        &["removed g"],
        CALLERS,
        "major",
    ),
    edit(
        "a function renamed",
        ("f: func(); g: func(x: u8);", "f: func(); h: func(x: u8);"),
        &["renamed g"],
        BOTH,
        "major",
    ),
    edit(
        "one function for another",
        ("f: func(); g: func(x: u8);", "f: func(); h: func(x: u16);"),
        &["removed g", "added h"],
        BOTH,
        "major",
    ),
    edit(
        "a parameter more",
        ("f: func(a: u8);", "f: func(a: u8, b: u8);"),
        &["changed f"],
        BOTH,
        "major",
    ),
    edit(
        "an optional parameter more",
        ("f: func(a: u8);", "f: func(a: u8, b: option<u8>);"),
        &["changed f"],
        BOTH,
        "major",
    ),
    edit(
        "a parameter less",
        ("f: func(a: u8, b: u8);", "f: func(a: u8);"),
        &["changed f"],
        BOTH,
        "major",
    ),
    edit(
        "a parameter renamed",
        ("f: func(a: u8);", "f: func(b: u8);"),
        &["changed f"],
        BOTH,
        "major",
    ),
    edit(
        "parameters in another order",
        ("f: func(a: u8, b: u8);", "f: func(b: u8, a: u8);"),
        &["changed f"],
        BOTH,
        "major",
    ),
    edit(
        "a parameter of another type",
        ("f: func(a: u8);", "f: func(a: u16);"),
        &["changed f(a)"],
        BOTH,
        "major",
    ),
    edit(
        "a parameter that became optional",
        ("f: func(a: u8);", "f: func(a: option<u8>);"),
        &["changed f(a)"],
        BOTH,
        "major",
    ),
    edit(
        "parameters and result of other types",
        ("f: func(a: u8) -> u8;", "f: func(b: u8) -> u16;"),
        &["changed f", "changed f ->"],
        BOTH,
        "major",
    ),
    edit(
        "a result where there was none",
        ("f: func();", "f: func() -> u8;"),
        &["changed f ->"],
        BOTH,
        "major",
    ),
    edit(
        "no result where there was one",
        ("f: func() -> u8;", "f: func();"),
        &["changed f ->"],
        BOTH,
        "major",
    ),
    edit(
        "a result of another type",
        ("f: func() -> u8;", "f: func() -> string;"),
        &["changed f ->"],
        BOTH,
        "major",
    ),
    edit(
        "a result that can fail",
        ("f: func() -> u8;", "f: func() -> result<u8>;"),
        &["changed f ->"],
        BOTH,
        "major",
    ),
    edit(
        "an error type",
        (
            "f: func() -> result<u8>;",
            "f: func() -> result<u8, string>;",
        ),
        &["changed f ->.err"],
        BOTH,
        "major",
    ),
    edit(
        "another value of a result",
        (
            "f: func() -> result<u8, string>;",
            "f: func() -> result<u16, string>;",
        ),
        &["changed f ->.ok"],
        BOTH,
        "major",
    ),
    edit(
        "async",
        ("f: func();", "f: async func();"),
        &["changed f"],
        BOTH,
        "major",
    ),
    edit(
        "no longer async",
        ("f: async func();", "f: func();"),
        &["changed f"],
        BOTH,
        "major",
    ),
    // Records.
    edit(
        "a field more",
        (
            "record r { a: u8 } f: func(x: r);",
            "record r { a: u8, b: u8 } f: func(x: r);",
        ),
        &["added r.b"],
        BOTH,
        "major",
    ),
    edit(
        "an optional field more",
        (
            "record r { a: u8 } f: func(x: r);",
            "record r { a: u8, b: option<u8> } f: func(x: r);",
        ),
        &["added r.b"],
        BOTH,
        "major",
    ),
    edit(
        "a field less",
        (
            "record r { a: u8, b: u8 } f: func(x: r);",
            "record r { a: u8 } f: func(x: r);",
        ),
        &["removed r.b"],
        BOTH,
        "major",
    ),
    edit(
        "a field renamed",
        (
            "record r { a: u8 } f: func(x: r);",
            "record r { b: u8 } f: func(x: r);",
        ),
        &["removed r.a", "added r.b"],
        BOTH,
        "major",
    ),
    edit(
        "a field of another type",
        (
            "record r { a: f32 } f: func(x: r);",
            "record r { a: f64 } f: func(x: r);",
        ),
        &["changed r.a"],
        BOTH,
        "major",
    ),
    edit(
        "fields in another order",
        (
            "record r { a: u8, b: u8 } f: func(x: r);",
            "record r { b: u8, a: u8 } f: func(x: r);",
        ),
        &["reordered r"],
        BOTH,
        "major",
    ),
    edit(
        "a field within a field",
        (
            "record i { a: u8 } record r { i: i } f: func(x: r);",
            "record i { a: u16 } record r { i: i } f: func(x: r);",
        ),
        &["changed i.a"],
        BOTH,
        "major",
    ),
    edit(
        "a record that became a tuple",
        (
            "record r { a: u8 } f: func(x: r);",
            "type r = tuple<u8>; f: func(x: r);",
        ),
        &["changed r"],
        BOTH,
        "major",
    ),
    // Variants, enums, flags.
    edit(
        "a case more",
        (
            "variant v { a, b(u8) } f: func(x: v);",
            "variant v { a, b(u8), c } f: func(x: v);",
        ),
        &["added v.c"],
        BOTH,
        "major",
    ),
    edit(
        "a case less",
        (
            "variant v { a, b(u8) } f: func(x: v);",
            "variant v { a } f: func(x: v);",
        ),
        &["removed v.b"],
        BOTH,
        "major",
    ),
    edit(
        "a case renamed",
        (
            "variant v { a, b } f: func(x: v);",
            "variant v { a, c } f: func(x: v);",
        ),
        &["removed v.b", "added v.c"],
        BOTH,
        "major",
    ),
    edit(
        "a case with another value",
        (
            "variant v { a(u8) } f: func(x: v);",
            "variant v { a(u16) } f: func(x: v);",
        ),
        &["changed v.a"],
        BOTH,
        "major",
    ),
    edit(
        "a case with a value where there was none",
        (
            "variant v { a } f: func(x: v);",
            "variant v { a(u16) } f: func(x: v);",
        ),
        &["changed v.a"],
        BOTH,
        "major",
    ),
    edit(
        "cases in another order",
        (
            "variant v { a, b } f: func(x: v);",
            "variant v { b, a } f: func(x: v);",
        ),
        &["reordered v"],
        BOTH,
        "major",
    ),
    edit(
        "a label of an enum more",
        (
            "enum e { a, b } f: func(x: e);",
            "enum e { a, b, c } f: func(x: e);",
        ),
        &["added e.c"],
        BOTH,
        "major",
    ),
    edit(
        "a label of an enum less",
        (
            "enum e { a, b } f: func(x: e);",
            "enum e { a } f: func(x: e);",
        ),
        &["removed e.b"],
        BOTH,
        "major",
    ),
    edit(
        "labels of an enum in another order",
        (
            "enum e { a, b } f: func(x: e);",
            "enum e { b, a } f: func(x: e);",
        ),
        &["reordered e"],
        BOTH,
        "major",
    ),
    edit(
        "an enum that became a variant",
        (
            "enum e { a, b } f: func(x: e);",
            "variant e { a, b } f: func(x: e);",
        ),
        &["changed e"],
        BOTH,
        "major",
    ),
    edit(
        "a flag more",
        (
            "flags g { a } f: func(x: g);",
            "flags g { a, b } f: func(x: g);",
        ),
        &["added g.b"],
        BOTH,
        "major",
    ),
    edit(
        "a flag less",
        (
            "flags g { a, b } f: func(x: g);",
            "flags g { a } f: func(x: g);",
        ),
        &["removed g.b"],
        BOTH,
        "major",
    ),
    edit(
        "flags in another order",
        (
            "flags g { a, b } f: func(x: g);",
            "flags g { b, a } f: func(x: g);",
        ),
        &["reordered g"],
        BOTH,
        "major",
    ),
    // Other types.
    edit(
        "another name for a type",
        ("type a = u8; f: func(x: a);", "type b = u8; f: func(x: b);"),
        &["renamed a"],
        BOTH,
        "major",
    ),
    edit(
        "a type behind a name",
        (
            "type a = u8; f: func(x: a);",
            "type a = u16; f: func(x: a);",
        ),
        &["changed a"],
        BOTH,
        "major",
    ),
    edit(
        "a list of another type",
        ("f: func(x: list<u8>);", "f: func(x: list<u16>);"),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    edit(
        "a list where there was one value",
        ("f: func(x: u8);", "f: func(x: list<u8>);"),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    edit(
        "a tuple with one more",
        ("f: func(x: tuple<u8>);", "f: func(x: tuple<u8, u8>);"),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    edit(
        "a tuple with another type",
        ("f: func(x: tuple<u8, u8>);", "f: func(x: tuple<u8, u16>);"),
        &["changed f(x).1"],
        BOTH,
        "major",
    ),
    edit(
        "a stream of another type",
        ("f: func(x: stream<u8>);", "f: func(x: stream<u16>);"),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    edit(
        "a future where there was a value",
        ("f: func() -> u8;", "f: func() -> future<u8>;"),
        &["changed f ->"],
        BOTH,
        "major",
    ),
    edit(
        "a sign",
        ("f: func(x: u32);", "f: func(x: s32);"),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    edit(
        "a char for a string",
        ("f: func(x: char);", "f: func(x: string);"),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    // Resources.
    edit(
        "a method more",
        (
            "resource r { m: func(); }",
            "resource r { m: func(); n: func(); }",
        ),
        &["added [method]r.n"],
        HOSTS,
        "minor",
    ),
    edit(
        "a method less",
        (
            "resource r { m: func(); n: func(); }",
            "resource r { m: func(); }",
        ),
        &["removed [method]r.n"],
        CALLERS,
        "major",
    ),
    edit(
        "a method renamed",
        (
            "resource r { m: func(); n: func(x: u8); }",
            "resource r { m: func(); o: func(x: u8); }",
        ),
        &["renamed [method]r.n"],
        BOTH,
        "major",
    ),
    edit(
        "a method with another parameter",
        (
            "resource r { m: func(x: u8); }",
            "resource r { m: func(x: u16); }",
        ),
        &["changed [method]r.m(x)"],
        BOTH,
        "major",
    ),
    edit(
        "a method that became static",
        (
            "resource r { m: func(); }",
            "resource r { m: static func(); }",
        ),
        &["removed [method]r.m", "added [static]r.m"],
        BOTH,
        "major",
    ),
    edit(
        "a constructor more",
        (
            "resource r { m: func(); }",
            "resource r { constructor(); m: func(); }",
        ),
        &["added [constructor]r"],
        HOSTS,
        "minor",
    ),
    edit(
        "a constructor with a parameter",
        (
            "resource r { constructor(); }",
            "resource r { constructor(x: u8); }",
        ),
        &["changed [constructor]r"],
        BOTH,
        "major",
    ),
    edit(
        "a resource more",
        ("f: func();", "f: func(); resource r { m: func(); }"),
        &["added r", "added [method]r.m"],
        HOSTS,
        "minor",
    ),
    edit(
        "a resource less",
        ("f: func(); resource r { m: func(); }", "f: func();"),
        &["removed r", "removed [method]r.m"],
        CALLERS,
        "major",
    ),
    edit(
        "a handle that is only borrowed",
        (
            "resource r; f: func(x: r);",
            "resource r; f: func(x: borrow<r>);",
        ),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    edit(
        "another resource",
        (
            "resource r; resource s; f: func(x: r, y: s);",
            "resource r; resource s; f: func(x: s, y: s);",
        ),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    // Comments.
    edit(
        "a comment",
        ("f: func();", "/// Does it.\n f: func();"),
        &["docs f"],
        NONE,
        "patch",
    ),
    edit(
        "a comment on a field",
        (
            "record r { a: u8 } f: func(x: r);",
            "record r { /// It.\n a: u8 } f: func(x: r);",
        ),
        &["docs r.a"],
        NONE,
        "patch",
    ),
    edit(
        "a comment that went",
        ("/// Does it.\n f: func();", "f: func();"),
        &["docs f"],
        NONE,
        "patch",
    ),
    edit(
        "a comment and a function",
        ("f: func();", "/// Does it.\n f: func(); g: func();"),
        &["added g", "docs f"],
        HOSTS,
        "minor",
    ),
];

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
