//! Which edits of types are there, and what are they?

use crate::edits::{BOTH, Edit, edit};

/// Edits of the types of the interface `api`.
pub const TYPES: &[Edit] = &[
    // One named type in the place of another.
    edit(
        "a result of another named type",
        (
            "enum e { a, b } record r { a: u8 } use-e: func(x: e); use-r: func(x: r); f: func() -> e;",
            "enum e { a, b } record r { a: u8 } use-e: func(x: e); use-r: func(x: r); f: func() -> r;",
        ),
        &["changed f ->"],
        BOTH,
        "major",
    ),
    edit(
        "a parameter of another named type",
        (
            "enum e { a, b } record r { a: u8 } use-e: func(x: e); use-r: func(x: r); f: func(x: e);",
            "enum e { a, b } record r { a: u8 } use-e: func(x: e); use-r: func(x: r); f: func(x: r);",
        ),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    edit(
        "a named type that became optional",
        (
            "enum e { a, b } use-e: func(x: e); f: func(x: e);",
            "enum e { a, b } use-e: func(x: e); f: func(x: option<e>);",
        ),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    edit(
        "an option of another named type",
        (
            "enum e { a, b } record r { a: u8 } use-e: func(x: e); use-r: func(x: r); f: func(x: option<e>);",
            "enum e { a, b } record r { a: u8 } use-e: func(x: e); use-r: func(x: r); f: func(x: option<r>);",
        ),
        &["changed f(x)"],
        BOTH,
        "major",
    ),
    edit(
        "a result of two functions of another type, in another order",
        (
            "enum e { a, b } record h { b: u8 } u: func(x: e, y: h); f: func() -> option<e>; g: func() -> option<e>;",
            "enum e { a, b } record h { b: u8 } u: func(x: e, y: h); g: func() -> option<h>; f: func() -> option<h>;",
        ),
        &["changed f ->", "changed g ->"],
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
        "names in capital letters",
        (
            "record r { a: u8 } enum e { a } variant v { a(r), b(e) } flags g { a-b } f: func(x: v, y: g);",
            "record r { A: u8 } enum e { A } variant v { A(r), b(e) } flags g { ab } f: func(x: v, y: g);",
        ),
        &[
            "removed r.a",
            "added r.A",
            "removed e.a",
            "added e.A",
            "removed v.a",
            "added v.A",
            "removed g.a-b",
            "added g.ab",
        ],
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
];
