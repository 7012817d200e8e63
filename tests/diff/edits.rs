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

pub const fn edit(
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

pub const BOTH: (bool, bool) = (true, true);
pub const CALLERS: (bool, bool) = (true, false);
pub const HOSTS: (bool, bool) = (false, true);
pub const NONE: (bool, bool) = (false, false);

/// Edits of functions, resources and comments of the interface `api`.
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
    edit(
        "two resources that are one now",
        (
            "resource a; resource b; f: func(x: borrow<b>);",
            "resource a; type b = a; f: func(x: borrow<b>);",
        ),
        &["changed b"],
        HOSTS,
        "minor",
    ),
    edit(
        "a resource that is two now",
        (
            "resource a; type b = a; f: func(x: borrow<b>);",
            "resource a; resource b; f: func(x: borrow<b>);",
        ),
        &["changed b"],
        CALLERS,
        "major",
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
        "a parameter in capital letters",
        ("f: func(a: u8);", "f: func(A: u8);"),
        &["changed f"],
        BOTH,
        "major",
    ),
    edit(
        "two functions with an unnamed type, which changes, in another order",
        (
            "f: func(x: list<u8>); g: func(x: list<u8>);",
            "g: func(x: list<string>); f: func(x: list<string>);",
        ),
        &["changed f(x)", "changed g(x)"],
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
