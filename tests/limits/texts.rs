//! Texts that nest deeply, or mean much more than they say.

use crate::{BINARY, WIT, withstands};

const DEEP: usize = 10_000;

fn nested(before: &str, open: &str, inside: &str, close: &str, after: &str) -> Vec<u8> {
    let (open, close) = (open.repeat(DEEP), close.repeat(DEEP));
    format!("{before}{open}{inside}{close}{after}").into_bytes()
}

#[test]
fn texts_of_modules_and_components_may_nest_ten_thousand_deep() {
    let few = &BINARY[..3];
    let texts = [
        nested("", "(component ", "", ")", ""),
        nested("", "(", "", "", ""),
        nested("", "(;", "", ";)", "(module)"),
        nested("(module (func ", "(block ", "", ")", "))"),
        nested("(module (func ", "block ", "", "end ", "))"),
        nested(
            "(module (func (drop ",
            "(i32.eqz ",
            "(i32.const 1)",
            ")",
            ")))",
        ),
        nested("(component (type ", "(component (type ", "u8", "))", "))"),
        nested(
            "(component (import \"f\" (func (param \"a\" ",
            "(list ",
            "u8",
            ")",
            "))))",
        ),
    ];
    for text in texts {
        withstands("deep.wat", &text, few);
    }
}

#[test]
fn wit_may_nest_ten_thousand_deep() {
    let texts = [
        nested(
            "package a:b; world w { import f: func(a: ",
            "list<",
            "u8",
            ">",
            "); }",
        ),
        nested("", "/*", "", "*/", "package a:b;"),
        nested(
            "package a:b; world w { import i: interface ",
            "{",
            "",
            "}",
            "",
        ),
        nested("", "package a:b { ", "", "}", ""),
    ];
    for text in texts {
        withstands("deep.wit", &text, WIT);
    }
}

#[test]
fn a_long_chain_of_types_is_followed_once() {
    let chain = |step: &dyn Fn(usize) -> String| {
        let steps: String = (1..=3 * DEEP).map(step).collect();
        format!("package a:b; interface i {{ type t0 = u8; {steps} }} world w {{ export i; }}")
    };
    let same = chain(&|n| format!("type t{n} = t{};", n - 1));
    let lists = chain(&|n| format!("type t{n} = list<t{}>;", n - 1));
    for text in [same, lists] {
        withstands("chain.wit", text.as_bytes(), WIT);
    }
}

#[test]
fn types_that_double_at_every_step_are_refused_or_told_by_name() {
    let forms = [
        "type t{n} = tuple<t{p}, t{p}>;",
        "record t{n} { a: t{p}, b: t{p} }",
    ];
    for form in forms.iter().chain(&["variant t{n} { a(t{p}), b(t{p}) }"]) {
        let step = |n: usize| {
            let form = form.replace("{n}", &n.to_string());
            form.replace("{p}", &(n - 1).to_string())
        };
        let steps: String = (1..=64).map(step).collect();
        let text = format!(
            "package a:b; interface i {{ type t0 = u8; {steps} f: func(a: t64) -> t64; }}
             world w {{ import i; export i; }}"
        );
        withstands("doubles.wit", text.as_bytes(), WIT);
    }
}

#[test]
fn plans_and_documents_may_nest_ten_thousand_deep() {
    let plans = [
        nested("a = ", "[", "", "]", ""),
        nested("a = ", "{a=", "1", "}", ""),
        nested("", "a.", "a = 1", "", ""),
        nested("[", "a.", "a", "", "]"),
    ];
    for text in plans {
        withstands(
            "wct.toml",
            &text,
            &["compose {} -o {out}", "build {folder}"],
        );
    }
    let documents = [
        nested("package a:b; let x = ", "(", "y", ")", ";"),
        nested("package a:b; let x = y", ".a", "", "", ";"),
        nested("package a:b; let x = ", "new a:c { x: ", "y", "}", ";"),
        nested("package a:b; type t = ", "list<", "u8", ">", ";"),
        nested("package a:b; ", "/*", "", "*/", ""),
    ];
    for text in documents {
        let commands = ["compose {} -o {out}", "inspect --syntax {}"];
        withstands("document.wac", &text, &commands);
    }
    let doubling: String = ('b'..='z')
        .map(|name| {
            let before = char::from(name as u8 - 1);
            format!("{name}: &{name} [*{before}, *{before}]\n")
        })
        .collect();
    let configurations = [
        nested("a: ", "[", "", "]", ""),
        format!("a: &a [x, x]\n{doubling}").into_bytes(),
    ];
    for text in configurations {
        let command = "compose tests/cmd/compose/plan.in/app.wat --config {} -o {out}";
        withstands("config.yaml", &text, &[command]);
    }
}

/// Each line is its own length, and there are many tokens on this one.
#[test]
fn one_long_line_is_marked_in_proportion() {
    let functions: String = (0..3_000)
        .map(|n| {
            format!(
                "(export \"f{n}\" (func (param \"a\" {}))) ",
                "(tuple u8 u8 u8)"
            )
        })
        .collect();
    let text = format!("(component (import \"a:b/c\" (instance {functions})))");
    withstands("line.wat", text.as_bytes(), &["inspect --html {out} {}"]);
}
