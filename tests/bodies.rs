//! Do functions do the same after their bodies were shortened?
//!
//! Random modules (wasm-smith) run in Wasmtime before and after: results, traps, memories and
//! globals are compared; with all rules, with each family alone, and as a pass among the others.
//! `BODIES=20000 cargo test --release --test bodies` is the long run; `BODIES_FROM` is the first
//! seed.

#[path = "support/mutate.rs"]
#[allow(dead_code)]
mod mutate;

use mutate::Numbers;
use rayon::prelude::*;
use wasm_smith::{Config, Module as Smith};
use wasmparser::WasmFeatures;
use wasmtime::{Engine, Extern, Instance, Module, Store, Trap, Val, ValType};
use wct::progress::Silent;
use wct::shrink;
use wct::shrink::bodies::{Family, Options, optimize};

fn random_module(seed: u64) -> Option<Vec<u8>> {
    let mut numbers = Numbers::new(seed);
    let bytes: Vec<u8> = (0..600 + numbers.below(3000))
        .map(|_| numbers.below(256) as u8)
        .collect();
    let mut data = arbitrary::Unstructured::new(&bytes);
    let config = Config {
        allow_start_export: false,
        canonicalize_nans: true,
        exceptions_enabled: false,
        export_everything: true,
        gc_enabled: false,
        max_imports: 0,
        max_instructions: 150,
        max_memories: 2,
        max_memory32_bytes: 1 << 18,
        max_memory64_bytes: 1 << 18,
        memory64_enabled: seed.is_multiple_of(5),
        memory_max_size_required: true,
        min_funcs: 2,
        max_funcs: 8,
        multi_value_enabled: seed.is_multiple_of(7),
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        simd_enabled: seed.is_multiple_of(3),
        tail_call_enabled: seed.is_multiple_of(4),
        threads_enabled: false,
        custom_page_sizes_enabled: false,
        wide_arithmetic_enabled: false,
        ..Config::default()
    };
    let mut module = Smith::new(config, &mut data).ok()?;
    module.ensure_termination(200).ok()?;
    Some(module.to_bytes())
}

fn value(ty: &ValType, numbers: &mut Numbers) -> Val {
    const ODD: [i64; 12] = [
        0,
        1,
        -1,
        2,
        7,
        64,
        255,
        65_536,
        i32::MIN as i64,
        i32::MAX as i64,
        i64::MIN,
        0x7ff8_0000,
    ];
    let number = ODD[numbers.below(ODD.len())];
    match ty {
        ValType::I32 => Val::I32(number as i32),
        ValType::I64 => Val::I64(number),
        ValType::F32 => Val::F32((number as f32).to_bits()),
        ValType::F64 => Val::F64((number as f64).to_bits()),
        ValType::V128 => Val::V128((number as u128).into()),
        ValType::Ref(ty) => Val::null_ref(ty.heap_type()),
    }
}

fn shown(value: &Val) -> String {
    match value {
        Val::FuncRef(func) => format!("function {}", func.is_some()),
        Val::ExternRef(found) => format!("extern {}", found.is_some()),
        value => format!("{value:?}"),
    }
}

/// All that a host can see of a module: what its functions give, and what they leave behind.
fn observe(engine: &Engine, bytes: &[u8], seed: u64) -> Result<Vec<String>, String> {
    let module = Module::new(engine, bytes).map_err(|error| format!("{error:#}"))?;
    let mut store = Store::new(engine, ());
    let mut seen = Vec::new();
    let instance = match Instance::new(&mut store, &module, &[]) {
        Ok(instance) => instance,
        Err(error) => return Ok(vec![trap(&error)]),
    };
    let mut numbers = Numbers::new(seed);
    let exports: Vec<_> = instance
        .exports(&mut store)
        .map(|e| (e.name().to_string(), e.into_extern()))
        .collect();
    for _ in 0..3 {
        for (name, export) in &exports {
            let Extern::Func(func) = export else {
                continue;
            };
            let ty = func.ty(&store);
            let args: Vec<_> = ty.params().map(|ty| value(&ty, &mut numbers)).collect();
            let mut out = vec![Val::I32(0); ty.results().len()];
            let result = match func.call(&mut store, &args, &mut out) {
                Ok(()) => out.iter().map(shown).collect::<Vec<_>>().join(" "),
                Err(error) => trap(&error),
            };
            seen.push(format!("{name}: {result}"));
        }
    }
    for (name, export) in &exports {
        match export {
            Extern::Memory(memory) => {
                let sum = memory.data(&store).iter().fold(7u64, |sum, byte| {
                    sum.wrapping_mul(0x100_0000_01b3) ^ u64::from(*byte)
                });
                seen.push(format!(
                    "{name}: {} bytes, {sum:x}",
                    memory.data_size(&store)
                ));
            }
            Extern::Global(global) => {
                seen.push(format!("{name}: {}", shown(&global.get(&mut store))));
            }
            _ => {}
        }
    }
    Ok(seen)
}

fn trap(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<Trap>() {
        Some(trap) => format!("trap: {trap}"),
        None => format!("error: {error}"),
    }
}

/// Makes a module smaller.
type Shorten<'s> = dyn Fn(&[u8]) -> Vec<u8> + Sync + 's;

fn check(engine: &Engine, seed: u64, shorten: &Shorten<'_>) -> Option<usize> {
    let module = random_module(seed)?;
    let small = shorten(&module);
    let fail = |what: &str| {
        let stem = std::env::temp_dir().join(format!("bodies-{seed}"));
        std::fs::write(stem.with_extension("before.wasm"), &module).expect("temporary files");
        std::fs::write(stem.with_extension("after.wasm"), &small).expect("temporary files");
        panic!("seed {seed}: {what}; see {}.*", stem.display());
    };
    let mut validator = wasmparser::Validator::new_with_features(WasmFeatures::all());
    if let Err(error) = validator.validate_all(&small) {
        fail(&format!("invalid: {error}"));
    }
    if small.len() > module.len() {
        fail("larger");
    }
    if shorten(&small) != small {
        fail("a second run changes it");
    }
    let before = observe(engine, &module, seed).ok()?;
    match observe(engine, &small, seed) {
        Err(error) => fail(&error),
        Ok(after) if after != before => {
            let first = before.iter().zip(&after).find(|(a, b)| a != b);
            fail(&format!("differs: {first:?}"));
        }
        Ok(_) => {}
    }
    Some(module.len() - small.len())
}

fn engine() -> Engine {
    let mut config = wasmtime::Config::new();
    config
        .cranelift_opt_level(wasmtime::OptLevel::None)
        .cranelift_nan_canonicalization(true);
    config
        .wasm_memory64(true)
        .wasm_multi_memory(true)
        .wasm_tail_call(true);
    config
        .memory_reservation(1 << 20)
        .memory_guard_size(1 << 16);
    Engine::new(&config).expect("this configuration is supported")
}

/// Checks so many modules, or a share of what the environment asks for.
fn run(name: &str, few: u64, share: u64, shorten: &Shorten<'_>) {
    let number = |name: &str| {
        let text = std::env::var(name).ok();
        text.and_then(|text| text.parse::<u64>().ok())
    };
    let first = number("BODIES_FROM").unwrap_or(0);
    let count = number("BODIES").map_or(few, |count| count / share);
    let engine = engine();
    let seeds = (first..first + count).into_par_iter();
    let saved: Vec<_> = seeds
        .filter_map(|seed| check(&engine, seed, shorten))
        .collect();
    let bytes: usize = saved.iter().sum();
    println!(
        "{name}: {} of {count} ran, {bytes} bytes saved",
        saved.len()
    );
    assert!(saved.len() as u64 > count / 2);
}

#[test]
fn random_modules_do_the_same_before_and_after() {
    run("all rules", 200, 1, &|module| {
        optimize(module, &Options::default())
    });
}

#[test]
fn each_family_of_rules_alone_does_the_same() {
    for family in Family::ALL {
        let others = Family::ALL.into_iter().filter(|other| *other != family);
        let options = Options {
            skip: others.collect(),
        };
        run(family.name(), 25, 8, &|module| optimize(module, &options));
    }
}

#[test]
fn bodies_among_the_other_passes_do_the_same() {
    let options = shrink::Options::default();
    run("all passes", 60, 2, &|module| {
        let shrunk = shrink::shrink("random", module, &options, &Silent);
        shrunk.expect("random modules are valid").0
    });
}

/// To move `$t` into `q` does not pay, but into `p`, whose calls are in the other order, it does.
#[test]
fn what_becomes_of_a_function_does_not_depend_on_which_comes_first() {
    const P: &str = r#"(func (export "p") (param i32) (result i32)
        (i32.sub (call $t (i32.const 1)) (call $u (local.get 0))))"#;
    const Q: &str = r#"(func (export "q") (param i32) (result i32)
        (i32.sub (call $u (i32.const 1)) (call $t (local.get 0))))"#;
    let module = |functions: [&str; 2]| {
        let text = format!(
            r#"(module (memory (export "m") 1)
              (func $t (export "t") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
              (func $u (export "u") (param i32) (result i32)
                (i32.store (i32.const 8) (i32.mul (local.get 0) (i32.const 12345)))
                (i32.store (i32.const 16) (local.get 0))
                (i32.load (i32.const 4)))
              {})"#,
            functions.concat()
        );
        let binary = wct::input::to_binary("m.wat", text.as_bytes()).expect("it is text");
        binary.into_owned()
    };
    let with = |threads: usize, module: &[u8]| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let pool = pool.build().expect("there are threads");
        pool.install(|| optimize(module, &Options::default()))
    };
    let [pq, qp] = [module([P, Q]), module([Q, P])];
    let expected = [with(1, &pq), with(1, &qp)];
    assert_eq!(expected[0].len(), expected[1].len());
    for _ in 0..50 {
        assert!([with(8, &pq), with(8, &qp)] == expected);
    }
}
