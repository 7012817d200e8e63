//! Binaries that claim huge counts, nest deeply, or mean much more than they say.

use wasm_encoder::Encode;

use crate::{BINARY, withstands};

const MODULE: &[u8] = b"\0asm\x01\0\0\0";
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// Fills a section.
fn section(id: u8, contents: &[u8]) -> Vec<u8> {
    let mut out = vec![id];
    contents.encode(&mut out);
    out
}

fn number(number: u32) -> Vec<u8> {
    let mut out = Vec::new();
    number.encode(&mut out);
    out
}

/// A vector of these items.
fn items<T: AsRef<[u8]>>(items: impl ExactSizeIterator<Item = T>) -> Vec<u8> {
    let mut out = number(items.len() as u32);
    items.for_each(|item| out.extend_from_slice(item.as_ref()));
    out
}

fn string(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    text.encode(&mut out);
    out
}

/// The module of these sections.
fn module(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let sections = sections.iter().map(|(id, contents)| section(*id, contents));
    MODULE.iter().copied().chain(sections.flatten()).collect()
}

/// A function without parameters.
fn plain() -> (u8, Vec<u8>) {
    (1, vec![1, 0x60, 0, 0])
}

/// Functions of this type with these bodies, the first of which is exported.
fn functions(bodies: &[Vec<u8>]) -> Vec<u8> {
    module(&[
        plain(),
        (3, items(bodies.iter().map(|_| [0]))),
        (7, [&[1][..], &string("f"), &[0, 0]].concat()),
        (
            10,
            items(bodies.iter().map(|body| {
                let mut out = Vec::new();
                body[..].encode(&mut out);
                out
            })),
        ),
    ])
}

/// A body with these locals.
fn body(locals: &[(u32, u8)], code: &[u8]) -> Vec<u8> {
    let locals = items(locals.iter().map(|(count, ty)| {
        let mut out = number(*count);
        out.push(*ty);
        out
    }));
    [&locals[..], code, &[0x0b]].concat()
}

#[test]
fn a_count_is_no_promise() {
    let huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
    let padded = [&huge[..], &[0; 100_000]].concat();
    for (preamble, last) in [(MODULE, 13), (COMPONENT, 12)] {
        for id in 1..=last {
            for contents in [&huge[..], &padded] {
                let binary = [preamble, &section(id, contents)].concat();
                let few = [
                    "validate {}",
                    "inspect {}",
                    "inspect --size {}",
                    "shrink {} -o {out}",
                ];
                withstands("count.wasm", &binary, &few);
            }
        }
    }
    let names = [&string("name")[..], &[1, 8, 1], &huge, &[1, b'a']].concat();
    withstands("names.wasm", &module(&[(0, names)]), BINARY);
    withstands(
        "locals.wasm",
        &functions(&[body(&[(u32::MAX, 0x7f)], &[])]),
        BINARY,
    );
}

#[test]
fn many_locals_cost_few_bytes_and_are_not_all_written() {
    let bodies = vec![body(&[(50_000, 0x7f)], &[]); 4_000];
    withstands("locals.wasm", &functions(&bodies), BINARY);
}

#[test]
fn bodies_may_nest_two_hundred_thousand_deep() {
    const DEEP: usize = 200_000;
    let around = |open: &[u8], close: &[u8]| [open.repeat(DEEP), close.repeat(DEEP)].concat();
    let bodies = [
        body(&[], &around(&[0x02, 0x40], &[0x0b])),
        body(&[], &around(&[0x03, 0x40], &[0x0b])),
        body(&[], &around(&[0x41, 1, 0x04, 0x40], &[0x0b])),
        body(
            &[(1, 0x7f)],
            &[&[0x20, 0], &[0x45].repeat(DEEP)[..], &[0x1a]].concat(),
        ),
        body(
            &[(1, 0x7f)],
            &[around(&[0x20, 0], &[0x6a]), vec![0x1a]].concat(),
        ),
    ];
    let commands = ["validate {}", "inspect --size {}", "shrink {} -o {out}"];
    for body in bodies {
        withstands("deep.wasm", &functions(&[body]), &commands);
    }
}

#[test]
fn components_may_nest_three_thousand_deep() {
    let nest = |inner: Vec<u8>, _| [COMPONENT, &section(4, &inner)].concat();
    withstands(
        "deep.wasm",
        &(0..3_000).fold(COMPONENT.to_vec(), nest),
        BINARY,
    );
}

#[test]
fn a_group_of_types_is_held_once() {
    let group = [
        &[1, 0x4e][..],
        &number(20_000),
        &[0x60, 0, 0].repeat(20_000),
    ]
    .concat();
    withstands("group.wasm", &module(&[(1, group.clone())]), BINARY);
    let component = [COMPONENT, &section(3, &group)].concat();
    withstands("group.wasm", &component, BINARY);
}

#[test]
fn many_names_are_found_in_time() {
    const MANY: usize = 50_000;
    let name = |n: usize| string(&format!("{n:06}"));
    let exports = items((0..MANY).map(|n| [name(n), vec![0, 0]].concat()));
    let one = functions(&[body(&[], &[])]);
    let exported = module(&[
        plain(),
        (3, vec![1, 0]),
        (7, exports),
        (10, vec![1, 2, 0, 0x0b]),
    ]);
    let from_one = items((0..MANY).map(|n| [string("a"), name(n), vec![0, 0]].concat()));
    let from_many = items((0..MANY).map(|n| [name(n), string("a"), vec![0, 0]].concat()));
    let customs = [one, section(0, &string("a")).repeat(MANY)].concat();
    for binary in [
        exported,
        module(&[plain(), (2, from_one)]),
        module(&[plain(), (2, from_many)]),
        customs,
    ] {
        withstands("names.wasm", &binary, BINARY);
    }
}

/// Function n calls import n, and the next function.
#[test]
fn the_ways_to_many_imports_are_not_all_told_in_full() {
    const MANY: u32 = 10_000;
    let imports = items(
        (0..MANY as usize).map(|n| [string("a"), string(&format!("{n:06}")), vec![0, 0]].concat()),
    );
    let bodies = items((0..MANY as usize).map(|n| {
        let mut code = [vec![0x10], number(n as u32)].concat();
        if n as u32 + 1 < MANY {
            code.push(0x10);
            code.extend(number(MANY + n as u32 + 1));
        }
        let mut out = Vec::new();
        body(&[], &code)[..].encode(&mut out);
        out
    }));
    let binary = module(&[
        plain(),
        (2, imports),
        (3, items((0..MANY).map(|_| [0]))),
        (7, [&[1][..], &string("f"), &[0], &number(MANY)].concat()),
        (10, bodies),
    ]);
    withstands(
        "ways.wasm",
        &binary,
        &["inspect --capabilities {}", "inspect --html {out} {}"],
    );
}

/// Each component makes two instances of the one before it.
#[test]
fn instances_that_double_at_every_step_are_not_all_made() {
    for inner in [
        r#"(import "g" (func $g)) (export "f" (func $g))"#,
        r#"(import "g" (func $g))
           (core module $m (memory 1) (func (export "f")))
           (core instance $i (instantiate $m))
           (func (export "f") (canon lift (core func $i "f")))"#,
    ] {
        let steps: String = (1..=40)
            .map(|n| {
                let before = n - 1;
                format!(
                    r#"(component $c{n} (import "g" (func $g))
                      (alias outer 1 $c{before} (component $p))
                      (instance $a (instantiate $p (with "g" (func $g))))
                      (instance $b (instantiate $p (with "g" (func $a "f"))))
                      (export "f" (func $b "f")))"#
                )
            })
            .collect();
        let text = format!(
            r#"(component (import "g" (func $g)) (component $c0 {inner}) {steps}
              (instance $x (instantiate $c40 (with "g" (func $g))))
              (export "f" (func $x "f")))"#
        );
        withstands("laughs.wat", text.as_bytes(), BINARY);
    }
}

/// Ten thousand units, each of which refers to the same thirty thousand ranges of addresses.
#[test]
fn debugging_information_that_shares_its_ranges_is_left_alone() {
    let abbreviations = [1, 0x11, 0, 0x55, 0x17, 0x11, 0x01, 0, 0, 0];
    // Length, version, abbreviations, bytes of an address; the ranges and where it begins.
    let unit = [&[16, 0, 0, 0, 4, 0][..], &[0; 4], &[4, 1], &[0; 8]].concat();
    let range = |n: u32| [(2 * n + 1).to_le_bytes(), (2 * n + 2).to_le_bytes()].concat();
    let ranges: Vec<u8> = (0..30_000).flat_map(range).chain([0; 8]).collect();
    let custom = |name: &str, data: &[u8]| section(0, &[&string(name)[..], data].concat());
    let sections = [
        custom(".debug_abbrev", &abbreviations),
        custom(".debug_info", &unit.repeat(10_000)),
        custom(".debug_ranges", &ranges),
    ];
    let whole = functions(&[body(&[], &[])]);
    let broken = functions(&[body(&[], &[0x6a])]);
    for module in [whole, broken] {
        withstands(
            "debug.wasm",
            &[&module[..], &sections.concat()].concat(),
            BINARY,
        );
    }
}

const LENGTH: usize = 6000;

/// Two chains of functions, alike from the end: each pair is known to be one when the next one is.
fn chains(in_each: &str, last: &str) -> String {
    let link = |name: &str, n: usize| {
        let next = n + 1;
        format!(
            "(func ${name}{n} (result i32) {in_each}
              (i32.add (call ${name}{next}) (i32.const {n})))"
        )
    };
    let links = (0..LENGTH).flat_map(|n| ["a", "b"].map(|name| link(name, n)));
    let ends = ["a", "b"].map(|name| format!("(func ${name}{LENGTH} (result i32) {last})"));
    links.chain(ends).collect()
}

#[test]
fn chains_of_equal_functions_become_one() {
    let chains = chains("", "(i32.load (i32.const 4))");
    let text = format!(
        r#"(module (memory 1) {chains}
          (func (export "f") (result i32) (i32.add (call $a0) (call $b0))))"#
    );
    withstands("chains.wat", text.as_bytes(), &["shrink {} -o {out}"]);
}

/// Each pair that becomes one changes what one function calls, which is like no other.
#[test]
fn what_calls_all_of_a_chain_is_not_written_for_each_of_its_links() {
    let chains = chains(
        "(drop (memory.grow (i32.const 3)))",
        "(memory.grow (i32.const 1))",
    );
    let calls: String = (0..LENGTH)
        .map(|n| format!("(drop (call $a{n})) (drop (call $b{n}))"))
        .collect();
    let text = format!(r#"(module (memory 1) {chains} (func (export "f") {calls}))"#);
    withstands("called.wat", text.as_bytes(), &["shrink {} -o {out}"]);
}

/// Every call is of another slot, which another segment fills; every import has a module name, and
/// every argument a name, of its own.
#[test]
fn what_is_asked_for_by_name_or_slot_is_found_at_once() {
    let all = |each: &dyn Fn(usize) -> String| (0..50_000).map(each).collect::<String>();
    let slots = format!(
        r#"(component (import "h" (func $h)) (core func $h (canon lower (func $h)))
          (core module $m (import "h" "h" (func $h)) (table 50000 funcref) {} {}
            (func (export "run") {}))
          (core instance $h (export "h" (func $h)))
          (core instance $i (instantiate $m (with "h" (instance $h))))
          (func (export "run") (canon lift (core func $i "run"))))"#,
        all(&|n| format!("(elem (i32.const {n}) $f{n})")),
        all(&|n| format!("(func $f{n} (result i32) (call $h) i32.const {n})")),
        all(&|n| format!("(drop (call_indirect (result i32) (i32.const {n})))")),
    );
    let modules = format!(
        r#"(component (core module $m {}) (core instance $i (instantiate $m))
          (core module $n {} (func (export "run") {}))
          (core instance $j (instantiate $n {}))
          (func (export "run") (canon lift (core func $j "run"))))"#,
        all(&|n| format!(r#"(func (export "f{n}") unreachable)"#)),
        all(&|n| format!(r#"(import "m{n}" "f{n}" (func $f{n}))"#)),
        all(&|n| format!("(call $f{n})")),
        all(&|n| format!(r#"(with "m{n}" (instance $i))"#)),
    );
    let members = format!(
        r#"(component
          (import "a:b/c" (instance $i (type $t (func)) {}))
          (component $c (type $t (func)) {} (export "f" (func $f0)))
          {}
          (instance $c (instantiate $c {}))
          (export "f" (func $c "f")))"#,
        all(&|n| format!(r#"(export "f{n}" (func (type $t)))"#)),
        all(&|n| format!(r#"(import "f{n}" (func $f{n} (type $t)))"#)),
        all(&|n| format!(r#"(alias export $i "f{n}" (func $f{n}))"#)),
        all(&|n| format!(r#"(with "f{n}" (func $f{n}))"#)),
    );
    let bag = format!(
        r#"(component (core module $m {}) (core instance $i (instantiate $m))
          (core module $n {} (func (export "run") {}))
          (core instance $bag {})
          (core instance $j (instantiate $n (with "m" (instance $bag))))
          (func (export "run") (canon lift (core func $j "run"))))"#,
        all(&|n| format!(r#"(global (export "g{n}") i32 i32.const {n})"#)),
        all(&|n| format!(r#"(import "m" "g{n}" (global $g{n} i32))"#)),
        all(&|n| format!("(drop (global.get $g{n}))")),
        all(&|n| format!(r#"(export "g{n}" (global $i "g{n}"))"#)),
    );
    let stub = "shrink {} --stub h=trap -o {out}";
    withstands("slots.wat", slots.as_bytes(), &[stub]);
    for (name, text) in [
        ("modules.wat", modules),
        ("members.wat", members),
        ("bag.wat", bag),
    ] {
        withstands(name, text.as_bytes(), &["shrink {} -o {out}"]);
    }
}
