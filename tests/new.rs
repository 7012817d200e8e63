//! Components that `wct new` makes do what their modules were written to do: executed.

#[path = "support/clang.rs"]
mod clang;
#[path = "support/guests.rs"]
mod guests;
#[path = "support/host.rs"]
#[allow(dead_code, unused_imports)]
mod host;

use wct::diagnostic::Result;
use wct::input;
use wct::module::{Module, id};
use wct::new::{
    self, DummyAbi, Kind, Libraries, Library, Method, Named, Options, Policy, Report,
    StringEncoding, Wit,
};
use wct::progress::Silent;
use wct::wit::{self, Features};

fn wasm(text: &str) -> Vec<u8> {
    let bytes = input::to_binary("test.wat", text.as_bytes()).expect("the text is right");
    bytes.into_owned()
}

fn made(made: Result<(Vec<u8>, Report)>) -> (Vec<u8>, Report) {
    made.expect("it can be done")
}

fn wrap(core: &[u8], heap: Policy) -> (Vec<u8>, Report) {
    let options = Options {
        heap,
        ..Options::default()
    };
    made(new::wrap("test.wasm", core, &options, &Silent))
}

/// Options with a world of a WIT text.
fn with_wit(text: &str) -> Options {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let path = folder.path().join("world.wit");
    std::fs::write(&path, text).expect("a temporary file is writable");
    let world = wit::load(&path, &Features::default())
        .and_then(|packages| Wit::new(packages, None, StringEncoding::UTF8));
    Options {
        wit: Some(world.expect("it can be done")),
        ..Options::default()
    }
}

/// A command whose heap takes all memory there is when it starts, as wasi-libc's did until 2022:
/// it speaks, fills 40 blocks of 8 KiB and speaks again.
const GREEDY: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "before\n")
  (data (i32.const 32) "after\n")
  (global $next (mut i32) (i32.const 0))
  (global $end (mut i32) (i32.const 0))
  (func $sbrk (param $bytes i32) (result i32)
    (if (i32.eqz (local.get $bytes))
      (then (return (i32.shl (memory.size) (i32.const 16)))))
    (i32.shl (memory.grow (i32.shr_u (local.get $bytes) (i32.const 16))) (i32.const 16)))
  (func $malloc (param $size i32) (result i32)
    (if (i32.eqz (global.get $end))
      (then
        (global.set $next (i32.const 1024))
        (global.set $end (call $sbrk (i32.const 0)))))
    (if (i32.gt_u (i32.add (global.get $next) (local.get $size)) (global.get $end))
      (then
        (global.set $next (call $sbrk (i32.const 0x20000)))
        (global.set $end (i32.add (global.get $next) (i32.const 0x20000)))))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get $size))))
  (func $say (param $text i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $text))
    (i32.store (i32.const 4) (local.get $length))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start") (local $blocks i32)
    (call $say (i32.const 16) (i32.const 7))
    (loop $again
      (memory.fill (call $malloc (i32.const 8192)) (i32.const 0xff) (i32.const 8192))
      (local.set $blocks (i32.add (local.get $blocks) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $blocks) (i32.const 40))))
    (call $say (i32.const 32) (i32.const 6))))"#;

/// The same, with a heap like AssemblyScript's: it looks at the size twice when it starts, and
/// when it grows before and after; what is between is new.
fn assembly_script() -> String {
    let start = GREEDY.find("  (func $sbrk").expect("it is there");
    let end = GREEDY.find("  (func $say").expect("it is there");
    let heap = r#"
  (func $initialize
    (if (i32.gt_u (i32.const 1) (memory.size)) (then (drop (memory.grow (i32.const 1)))))
    (global.set $next (i32.const 1024))
    (global.set $end (i32.shl (memory.size) (i32.const 16))))
  (func $expand (local $before i32)
    (local.set $before (memory.size))
    (if (i32.lt_s (memory.grow (i32.const 2)) (i32.const 0)) (then (unreachable)))
    (global.set $next (i32.shl (local.get $before) (i32.const 16)))
    (global.set $end (i32.shl (memory.size) (i32.const 16))))
  (func $malloc (param $size i32) (result i32)
    (if (i32.eqz (global.get $end)) (then (call $initialize)))
    (if (i32.gt_u (i32.add (global.get $next) (local.get $size)) (global.get $end))
      (then (call $expand)))
    (global.get $next)
    (global.set $next (i32.add (global.get $next) (local.get $size))))
"#;
    format!("{}{heap}{}", &GREEDY[..start], &GREEDY[end..])
}

/// A command whose heap goes on where it ended, whoever was there meanwhile, as that of Go's
/// runtime does. 64 and 72 are the addresses of `bloc` and `blocMax`.
const CONTIGUOUS: &str = r#"(module
  (@custom "go:buildid" (before first) "test")
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "before\n")
  (data (i32.const 32) "after\n")
  (data (i32.const 64) "\00\04\00\00\00\00\00\00\00\00\02\00\00\00\00\00")
  (func (result i32) (memory.size))
  (func $grow (param i32) (result i32) (memory.grow (local.get 0)))
  (func $sbrk (param $bytes i64) (result i32) (local $old i64) (local $new i64)
    (local.set $old (i64.load (i32.wrap_i64 (i64.const 64))))
    (local.set $new (i64.add (local.get $old) (local.get $bytes)))
    (if (i64.gt_u (local.get $new) (i64.load (i32.wrap_i64 (i64.const 72))))
      (then
        (local.set $new (i64.add (i64.load (i32.wrap_i64 (i64.const 72))) (i64.const 0x10000)))
        (if (i32.lt_s (call $grow (i32.const 1)) (i32.const 0)) (then (unreachable)))
        (i64.store (i32.wrap_i64 (i64.const 72)) (local.get $new))))
    (i64.store (i32.wrap_i64 (i64.const 64))
      (i64.add (i64.load (i32.wrap_i64 (i64.const 64))) (local.get $bytes)))
    (i32.wrap_i64 (local.get $old)))
  (func $say (param $text i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $text))
    (i32.store (i32.const 4) (local.get $length))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start") (local $blocks i32)
    (call $say (i32.const 16) (i32.const 7))
    (loop $again
      (memory.fill (call $sbrk (i64.const 8192)) (i32.const 0xff) (i32.const 8192))
      (local.set $blocks (i32.add (local.get $blocks) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $blocks) (i32.const 40))))
    (call $say (i32.const 32) (i32.const 6))))"#;

fn method(report: &Report) -> Option<Method> {
    report.heap.as_ref().map(|heap| heap.method)
}

/// Runs a module as it is and cured; only the second may get to its end.
fn is_cured(core: &[u8], by: Method) {
    let (kept, report) = wrap(core, Policy::Keep);
    assert_eq!(method(&report), None);
    let outcome = host::run(&kept, &["test"]);
    assert!(outcome.exit.is_err(), "there is no clash: {outcome:?}");

    let (cured, report) = wrap(core, Policy::Auto);
    assert_eq!(method(&report), Some(by));
    assert!(report.warnings.is_empty());
    let outcome = host::run(&cured, &["test"]);
    assert_eq!(
        (outcome.stdout.as_str(), outcome.exit),
        ("before\nafter\n", Ok(0))
    );
}

#[test]
fn a_heap_with_a_named_allocator_lends_the_adapter_its_memory() {
    is_cured(&wasm(GREEDY), Method::CabiRealloc);
}

#[test]
fn a_heap_without_names_keeps_off_the_adapters_memory() {
    is_cured(&without_customs(&wasm(GREEDY)), Method::InitialSize);
}

#[test]
fn a_heap_that_looks_before_and_after_growing_keeps_off_the_adapters_memory() {
    let core = without_customs(&wasm(&assembly_script()));
    is_cured(&core, Method::InitialSize);
}

#[test]
fn a_heap_of_one_piece_goes_on_behind_the_adapters_memory() {
    is_cured(&wasm(CONTIGUOUS), Method::GoHeap);
}

#[test]
fn a_cure_moves_no_code() {
    let core = without_customs(&wasm(GREEDY));
    let (cured, _) = wrap(&core, Policy::Auto);
    let component = wct::component::Component::parse(&cured).expect("it can be done");
    let module = component.all_core_modules()[0].clone();
    let before = Module::parse(&core, 0..core.len()).expect("it can be done");
    let starts = |module: &Module<'_>| -> Vec<u64> {
        let code = module.section(id::CODE).expect("there is code");
        let bodies = module.bodies().expect("it can be done");
        let starts = bodies
            .iter()
            .map(|body| body.range().start - code.contents.start as u64);
        starts.collect()
    };
    let (before, after) = (starts(&before), starts(&module));
    assert_eq!(before[..], after[..before.len()]);
}

/// The module without names, producers and all else that no program sees.
fn without_customs(core: &[u8]) -> Vec<u8> {
    let module = Module::parse(core, 0..core.len()).expect("it can be done");
    module.emit(|section| (section.id == id::CUSTOM).then(Vec::new))
}

#[test]
fn a_c_program_that_allocates_much_runs_with_and_without_names() {
    let Some(core) = clang::command("heap", &[]) else {
        return;
    };
    for core in [without_customs(&core), core] {
        let (component, report) = wrap(&core, Policy::Auto);
        assert!(report.warnings.is_empty(), "{report:?}");
        let outcome = host::run(&component, &["heap"]);
        assert_eq!(outcome.exit, Ok(0), "{outcome:?}");
        assert!(
            outcome.stdout.ends_with("all blocks intact\n"),
            "{outcome:?}"
        );
    }
}

#[test]
fn the_adapter_is_found_by_what_the_module_is() {
    let kind = |name: &str| {
        let (_, report) = wrap(&guests::rust(name, "wasm32-wasip1"), Policy::Auto);
        let kinds: Vec<_> = report.adapters.iter().map(|adapter| adapter.kind).collect();
        (kinds, method(&report))
    };
    assert_eq!(kind("documents"), (vec![Some(Kind::Reactor)], None));
    let from_libc = Some(Method::CabiRealloc);
    assert_eq!(kind("greet"), (vec![Some(Kind::Command)], from_libc));
}

#[test]
fn a_command_that_imports_nothing_runs() {
    let core = wasm(r#"(module (memory (export "memory") 1) (func (export "_start")))"#);
    let (component, _) = wrap(&core, Policy::Auto);
    assert_eq!(host::run(&component, &["test"]).exit, Ok(0));
}

const ADDER: &str = "package demo:adder;\nworld adder { export add: func(a: u32, b: u32) -> u32; }";

#[test]
fn embedded_wit_gives_a_module_its_exports() {
    let core = wasm(
        r#"(module (func (export "add") (param i32 i32) (result i32)
             (i32.add (local.get 0) (local.get 1))))"#,
    );
    let options = with_wit(ADDER);
    let (component, report) = made(new::wrap("adder.wasm", &core, &options, &Silent));
    assert_eq!(report.exports, ["add"]);
    let sum = host::call(&component, "add", &["40", "2"]);
    assert_eq!(sum.expect("it can be done"), "42");

    let (module, _) = made(new::embed("adder.wasm", &core, &options));
    let (again, _) = made(new::wrap("adder.wasm", &module, &options, &Silent));
    assert_eq!(again, component, "to embed twice is to embed");
}

#[test]
fn libraries_call_each_other() {
    let library = |name: &str, text: &str| Library {
        module: Named {
            name: name.to_string(),
            path: format!("{name}.wat"),
            bytes: wasm(text),
        },
        dl_openable: false,
    };
    let dylink = r#"(@custom "dylink.0" (before first) "\01\04\00\00\00\00")"#;
    let app = format!(
        r#"(module {dylink} (import "env" "plus" (func $plus (param i32 i32) (result i32)))
             (func (export "add") (param i32 i32) (result i32)
               (call $plus (local.get 0) (local.get 1))))"#
    );
    let math = format!(
        r#"(module {dylink} (func (export "plus") (param i32 i32) (result i32)
             (i32.add (local.get 0) (local.get 1))))"#
    );
    let libraries = Libraries {
        list: vec![library("app", &app), library("math", &math)],
        ..Libraries::default()
    };
    let (component, _) = made(new::link(&libraries, &with_wit(ADDER), &Silent));
    let sum = host::call(&component, "add", &["40", "2"]);
    assert_eq!(sum.expect("it can be done"), "42");
}

#[test]
fn a_dummy_fits_its_world_and_traps() {
    for abi in [
        DummyAbi::Legacy,
        DummyAbi::Standard32,
        DummyAbi::AsyncStackful,
    ] {
        let (component, report) = made(new::dummy(abi, &with_wit(ADDER), &Silent));
        assert_eq!(report.exports, ["add"]);
        if abi != DummyAbi::AsyncStackful {
            let error = host::call(&component, "add", &["40", "2"]).expect_err("it traps");
            assert!(format!("{error:?}").contains("unreachable"), "{error:?}");
        }
    }
}
