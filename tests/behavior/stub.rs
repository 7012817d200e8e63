//! What a stub answers: the same in a composition and in what `shrink` makes.

use std::fmt::Write;

use wct::compose::{self, Components, File, Flags};
use wct::new;
use wct::progress::Silent;
use wct::shrink;
use wct::stub::Stub;
use wit_parser::Resolve;

use super::worlds::text;
use super::{guests, host};

/// A function of the interface that is stubbed: name, result, the core value that it gives or
/// nothing where that lies in memory, its answers, and what it takes: in WIT, and the core values.
struct Case {
    name: &'static str,
    ty: &'static str,
    core: Option<&'static str>,
    empty: Option<&'static str>,
    deny: Option<&'static str>,
    params: &'static str,
    args: &'static [u32],
}

impl Case {
    const fn taking(self, params: &'static str, args: &'static [u32]) -> Case {
        Case {
            params,
            args,
            ..self
        }
    }
}

const fn case(
    name: &'static str,
    ty: &'static str,
    core: Option<&'static str>,
    empty: Option<&'static str>,
    deny: Option<&'static str>,
) -> Case {
    Case {
        name,
        ty,
        core,
        empty,
        deny,
        params: "",
        args: &[],
    }
}

const TYPES: &str = "enum code { busy, access } variant fail { other(string), denied }
    record point { x: s32, y: f64, name: string } flags perms { a, b }";

#[rustfmt::skip]
const CASES: &[Case] = &[
    case("number", "u64", Some("i64"), Some("0"), None),
    case("letter", "char", Some("i32"), Some("'\\u{0}'"), None),
    case("real", "f32", Some("f32"), Some("0"), None),
    case("text", "string", None, Some("\"\""), None),
    case("bytes", "list<u8>", None, Some("[]"), None),
    case("maybe", "option<point>", None, Some("none"), None),
    case("where", "point", None, Some("{x: 0, y: 0, name: \"\"}"), None),
    case("pair", "tuple<u8, string>", None, Some("(0, \"\")"), None),
    case("may", "perms", Some("i32"), Some("{}"), None),
    case("which", "code", Some("i32"), Some("busy"), None),
    case("plain", "result", Some("i32"), Some("ok"), Some("err")),
    case("coded", "result<u32, code>", None, Some("ok(0)"), Some("err(access)")),
    case("failed", "result<list<string>, fail>", None, Some("ok([])"), Some("err(denied)")),
    case("said", "result<string, string>", None, Some("ok(\"\")"), Some("err(\"\")")),
    case("opened", "result<u32, code>", None, Some("ok(0)"), Some("err(access)"))
        .taking("path: string, parts: list<string>", &[TEXT, 5, TEXTS, 2]),
    case("sent", "result", Some("i32"), Some("ok"), Some("err"))
        .taking("much: string, more: list<u64>", &[ZEROS, 100_000, ZEROS, 10_000]),
    case("summed", "u32", Some("i32"), Some("0"), None)
        .taking("a: tuple<u64, u64, u64, u64, u64, u64, u64, u64, u64>,
            b: tuple<u64, u64, u64, u64, u64, u64, u64, u64>", &[ZEROS]),
];

/// Where the caller has five letters, two strings that are these letters, and 100,000 zeros.
const TEXT: u32 = 256;
const TEXTS: u32 = 264;
const ZEROS: u32 = 1024;

/// A component that hands on what an import answers, from memory full of something else.
fn passing() -> Vec<u8> {
    let (mut called, mut functions) = (String::new(), String::new());
    let (mut imports, mut exports) = (String::new(), String::new());
    for case in CASES {
        let Case { name, ty, core, .. } = case;
        let _ = write!(called, "{name}: func({}) -> {ty}; ", case.params);
        let _ = write!(functions, "{name}: func() -> {ty}; ");
        let params = "(param i32)".repeat(case.args.len());
        let args = case.args.iter().map(|arg| format!("(i32.const {arg})"));
        let args: String = args.collect();
        let (signature, body) = match core {
            Some(core) => (
                format!("{params} (result {core})"),
                format!("(call ${name} {args})"),
            ),
            None => {
                let body = format!("(call ${name} {args} (i32.const 64)) (i32.const 64)");
                (format!("{params} (param i32)"), body)
            }
        };
        let result = core.unwrap_or("i32");
        let _ = write!(
            imports,
            "(import \"t:p/i\" \"{name}\" (func ${name} {signature}))"
        );
        let _ = write!(
            exports,
            "(func (export \"t:p/j#{name}\") (result {result}) {body})"
        );
    }
    // Of asynchronous functions the caller learns whether the call is over: it is.
    let later = "later: async func() -> result<string, code>; ";
    let _ = write!(
        imports,
        "(import \"t:p/i\" \"[async-lower]later\" (func $later (param i32) (result i32)))"
    );
    let _ = write!(
        exports,
        "(func (export \"t:p/j#later\") (result i32)
            (if (i32.ne (call $later (i32.const 64)) (i32.const 2)) (then unreachable)) (i32.const 64))"
    );
    let wit = format!(
        "package t:p; interface i {{ {TYPES} {called} {later} }}
         interface j {{ {TYPES} {functions} {later} }} world w {{ import i; export j; }}"
    );
    let core = format!(
        "(module {imports} (memory (export \"memory\") 2) {exports}
           (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
           (data (i32.const 64) \"{}\")
           (data (i32.const {TEXT}) \"hello\")
           (data (i32.const {TEXTS}) \"\\00\\01\\00\\00\\05\\00\\00\\00\\00\\01\\00\\00\\05\\00\\00\\00\"))",
        "\\fe".repeat(64)
    );
    let mut module = text(&core);
    let mut resolve = Resolve::new();
    let package = resolve
        .push_str("test.wit", &wit)
        .expect("the WIT of a test is right");
    let world = resolve
        .select_world(&[package], Some("w"))
        .expect("there is one");
    let encoding = wit_component::StringEncoding::UTF8;
    wit_component::embed_component_metadata(&mut module, &resolve, world, encoding, false)
        .expect("it can be embedded");
    let mut encoder = wit_component::ComponentEncoder::default();
    let encoder = encoder.module(&module).expect("the module fits");
    encoder.encode().expect("it becomes a component")
}

/// Without the import, by a component of stubs and by functions of stubs.
fn stubbed(component: &[u8], stubs: &[&str]) -> [Vec<u8>; 2] {
    let stubs: Vec<Stub> = stubs
        .iter()
        .map(|text| Stub::parse(text).expect("it is a stub"))
        .collect();
    let flags = Flags {
        root: Some(File::parse("root")),
        stubs: stubs.clone(),
        ..Flags::default()
    };
    let plan = flags.plan().expect("the options make a plan");
    let components = Components::from([("root".to_string(), component)]);
    let composed = compose::compose(&plan, &components, &compose::Options::default(), &Silent);
    let composed = composed.unwrap_or_else(|error| panic!("{error:#?}"));
    let options = shrink::Options {
        stubs,
        ..shrink::Options::default()
    };
    [
        composed.wasm.expect("it was no dry run"),
        shrunk(component, &options).0,
    ]
}

fn shrunk(component: &[u8], options: &shrink::Options) -> (Vec<u8>, shrink::Report) {
    let made = shrink::shrink("root", component, options, &Silent);
    made.unwrap_or_else(|error| panic!("{error:#?}"))
}

fn imports(component: &[u8]) -> usize {
    let component = wct::component::Component::parse(component);
    component.expect("it is a component").imports.len()
}

#[test]
fn every_type_has_an_answer_and_what_has_none_traps() {
    let component = passing();
    for (how, later) in [
        ("empty", Some("ok(\"\")")),
        ("deny", Some("err(access)")),
        ("trap", None),
    ] {
        let expected = CASES.iter().map(|case| match how {
            "empty" => (case.name, case.empty),
            "deny" => (case.name, case.deny),
            _ => (case.name, None),
        });
        let expected: Vec<_> = expected.chain([("later", later)]).collect();
        let [composed, shrunk] = stubbed(&component, &[&format!("t:p/i={how}")]);
        for (made, names_it) in [(composed, true), (shrunk, false)] {
            assert_eq!(imports(&made), 0);
            for (name, answer) in &expected {
                let found = host::call(&made, &format!("t:p/j#{name}"), &[]);
                match answer {
                    Some(answer) => assert_eq!(found.expect("it answers"), *answer, "{how} {name}"),
                    None => {
                        let error = format!("{:?}", found.expect_err("it traps"));
                        assert!(error.contains("unreachable"), "{how} {name}: {error}");
                        let named = error.contains(&format!("!stub of t:p/i#{name}\n"));
                        assert_eq!(named, names_it, "{how} {name}: {error}");
                    }
                }
            }
        }
    }
}

const WASI: &[&str] = &["wasi:random/*=empty", "wasi:*=trap"];

#[test]
fn a_library_computes_without_any_import() {
    let component = guests::rust("documents", "wasm32-wasip2");
    let stubs = WASI.iter().map(|text| Stub::parse(text));
    let options = shrink::Options {
        stubs: stubs.collect::<Result<_, _>>().expect("they are stubs"),
        ..shrink::Options::default()
    };
    let (made, report) = shrunk(&component, &options);
    let (plain, _) = shrunk(&component, &shrink::Options::default());
    assert_eq!(imports(&made), 0);
    assert!(imports(&plain) > 5);
    // What printed panics is gone.
    assert!(made.len() * 1000 < plain.len() * 975, "{}", made.len());
    let exit = report
        .stubbed
        .iter()
        .find(|found| found.name.starts_with("wasi:cli/exit@"))
        .expect("it was imported");
    assert_eq!(exit.traps, ["exit"]);
    for format in super::FORMATS {
        let call = |wasm: &[u8]| host::call(wasm, super::FORMAT, format).expect("it answers");
        assert_eq!(call(&made), call(&component));
    }
}

#[test]
fn stubs_reach_into_nested_components() {
    let core = guests::rust("greet", "wasm32-wasip1");
    let (greet, _) = new::wrap("greet", &core, &new::Options::default(), &Silent)
        .unwrap_or_else(|error| panic!("{error:#?}"));
    // A composition around it: its imports are passed on.
    let [outer, _] = stubbed(&greet, &["wasi:cli/terminal-*=empty"]);
    let options = shrink::Options {
        stubs: ["wasi:filesystem/preopens=empty", "wasi:filesystem/*=deny"]
            .map(|text| Stub::parse(text).expect("it is a stub"))
            .into(),
        ..shrink::Options::default()
    };
    let (made, report) = shrunk(&outer, &options);
    let gone = |name: &&String| name.contains("filesystem");
    assert_eq!(report.imports_removed.iter().filter(gone).count(), 2);
    for args in [&["greet", "world"][..], &["greet", "@/name"]] {
        assert_eq!(host::run(&made, args), host::run(&greet, args));
    }
}
