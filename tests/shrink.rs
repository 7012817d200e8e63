//! Does a component do the same after it was shrunk?
//!
//! Random modules (wasm-smith, and a generator of our own), alone, lifted into components and sharing
//! what they have, and real guests, executed before and after, with all passes, with each alone and
//! with each left out. `SHRINK=10000 cargo test --release --test shrink` is the long run;
//! `SHRINK_FROM` is the first seed.

#[path = "behavior/calls.rs"]
mod calls;
#[path = "shrink/cases.rs"]
mod cases;
#[path = "shrink/components.rs"]
mod components;
#[path = "shrink/corpus.rs"]
mod corpus;
#[path = "support/deeds.rs"]
mod deeds;
#[path = "shrink/edges.rs"]
mod edges;
#[path = "support/guests.rs"]
#[allow(dead_code)]
mod guests;
#[path = "support/host.rs"]
#[allow(dead_code)]
mod host;
#[path = "support/mutate.rs"]
#[allow(dead_code)]
mod mutate;
#[path = "shrink/observe.rs"]
mod observe;
#[path = "shrink/parts.rs"]
mod parts;
#[path = "support/real.rs"]
mod real;
#[path = "support/smaller.rs"]
mod smaller;
#[path = "shrink/smith.rs"]
mod smith;
#[path = "support/worlds.rs"]
#[allow(dead_code)]
mod worlds;
#[path = "shrink/writer.rs"]
mod writer;

use std::collections::BTreeMap;

use mutate::Numbers;
use rayon::prelude::*;
use wasm_encoder as enc;
use wct::progress::Silent;
use wct::shrink::{self, Options, Pass};

fn shrink(bytes: &[u8], options: &Options) -> Vec<u8> {
    match shrink::shrink("input", bytes, options, &Silent) {
        Ok((output, _)) => output,
        Err(error) => panic!("{error:?}"),
    }
}

/// With everything, and without each pass.
fn choices() -> Vec<Options> {
    let without = |pass| Options {
        skip: vec![pass],
        ..Options::default()
    };
    let only = |pass: Pass| Options {
        skip: Pass::ALL
            .into_iter()
            .filter(|other| *other != pass)
            .collect(),
        ..Options::default()
    };
    // Half of all runs have every pass.
    let mut choices = vec![Options::default(); 2 * Pass::ALL.len()];
    choices.extend(Pass::ALL.map(without));
    choices.extend(Pass::ALL.map(only));
    choices
}

fn random_module(seed: u64, gc: bool) -> Option<Vec<u8>> {
    let mut numbers = Numbers::new(seed);
    let length = 600 + numbers.below(4000);
    let bytes: Vec<u8> = (0..length).map(|_| numbers.below(256) as u8).collect();
    let mut data = arbitrary::Unstructured::new(&bytes);
    let config = wasm_smith::Config {
        allow_start_export: seed.is_multiple_of(2),
        canonicalize_nans: true,
        exceptions_enabled: seed.is_multiple_of(6),
        // Else what nothing leads to could not go.
        export_everything: seed.is_multiple_of(3),
        min_exports: 2,
        gc_enabled: gc,
        max_imports: 0,
        max_instructions: 100,
        max_memories: 2,
        max_memory32_bytes: 1 << 18,
        max_memory64_bytes: 1 << 18,
        memory64_enabled: seed.is_multiple_of(5),
        memory_max_size_required: true,
        min_funcs: 2,
        max_funcs: 12,
        min_tables: (seed % 2) as u32,
        min_element_segments: (seed % 3) as usize,
        min_data_segments: (seed % 4) as usize,
        table_max_size_required: true,
        max_table_elements: 64,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        simd_enabled: seed.is_multiple_of(3),
        tail_call_enabled: seed.is_multiple_of(4),
        threads_enabled: false,
        custom_page_sizes_enabled: false,
        wide_arithmetic_enabled: false,
        ..wasm_smith::Config::default()
    };
    let mut module = wasm_smith::Module::new(config, &mut data).ok()?;
    module.ensure_termination(200).ok()?;
    Some(module.to_bytes())
}

/// A component that lifts every other function of a module that has only numbers.
fn lifted(module: &[u8], odd: bool) -> Option<Vec<u8>> {
    let parsed = wct::module::Module::parse(module, 0..module.len()).ok()?;
    let mut out = enc::Component::new();
    let mut wanted = Vec::new();
    for (position, export) in parsed.exports().ok()?.into_iter().enumerate() {
        let is_func = export.kind == wasmparser::ExternalKind::Func;
        let ty = is_func
            .then(|| parsed.signature(export.index).ok()?)
            .flatten();
        let number = |ty: &wasmparser::ValType| {
            use enc::PrimitiveValType as P;
            Some(match ty {
                wasmparser::ValType::I32 => P::U32,
                wasmparser::ValType::I64 => P::U64,
                wasmparser::ValType::F32 => P::F32,
                wasmparser::ValType::F64 => P::F64,
                _ => return None,
            })
        };
        let Some(ty) = ty else { continue };
        let params: Option<Vec<_>> = ty.params().iter().map(number).collect();
        let results: Option<Vec<_>> = ty.results().iter().map(number).collect();
        if let (Some(params), Some(results)) = (params, results)
            && params.len() <= 16
            && results.len() <= 1
            && (position % 2 == 1) == odd
        {
            wanted.push((export.name, params, results.first().copied()));
        }
    }
    if wanted.is_empty() {
        return None;
    }
    out.section(&enc::RawSection {
        id: 1,
        data: module,
    });
    let mut instances = enc::InstanceSection::new();
    instances.instantiate(0, Vec::<(&str, enc::ModuleArg)>::new());
    out.section(&instances);
    for (index, wanted) in wanted.iter().enumerate() {
        lift(&mut out, index as u32, wanted);
    }
    let mut exports = enc::ComponentExportSection::new();
    for index in 0..wanted.len() {
        exports.export(
            &*format!("f{index}"),
            enc::ComponentExportKind::Func,
            index as u32,
            None,
        );
    }
    out.section(&exports);
    Some(out.finish())
}

type Wanted<'a> = (
    &'a str,
    Vec<enc::PrimitiveValType>,
    Option<enc::PrimitiveValType>,
);

/// Lifts one function of the only core instance.
fn lift(out: &mut enc::Component, index: u32, (name, params, result): &Wanted<'_>) {
    let mut types = enc::ComponentTypeSection::new();
    let names: Vec<String> = (0..params.len()).map(|p| format!("p{p}")).collect();
    let params: Vec<_> = names
        .iter()
        .map(String::as_str)
        .zip(params.iter().copied())
        .collect();
    let mut ty = types.function();
    ty.params(params);
    match result {
        Some(result) => ty.result(Some(enc::ComponentValType::Primitive(*result))),
        None => ty.result(None),
    };
    out.section(&types);
    let mut aliases = enc::ComponentAliasSection::new();
    aliases.alias(enc::Alias::CoreInstanceExport {
        instance: 0,
        kind: enc::ExportKind::Func,
        name,
    });
    out.section(&aliases);
    let mut lifts = enc::CanonicalFunctionSection::new();
    lifts.lift(index, index, []);
    out.section(&lifts);
}

fn seeds(default: u64) -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let from = number("SHRINK_FROM").unwrap_or(0);
    from..from + number("SHRINK").unwrap_or(default)
}

/// Smaller or as it was, the same again, and the same to see.
fn compare(bytes: &[u8], options: &Options, seed: u64, observe: impl Fn(&[u8]) -> Vec<String>) {
    let output = shrink(bytes, options);
    assert!(output.len() <= bytes.len(), "seed {seed} grew: {options:?}");
    assert_eq!(shrink(&output, options), output, "seed {seed}: {options:?}");
    let before = observe(bytes);
    // How much room a host has is no behaviour, and an object that nobody uses needs none.
    if !before.iter().any(|end| end == "AllocationTooLarge") {
        assert_eq!(before, observe(&output), "seed {seed}: {options:?}");
    }
}

#[test]
fn random_modules_do_the_same() {
    let engine = observe::engine();
    let choices = choices();
    let ran = seeds(300).into_par_iter().filter(|&seed| {
        let Some(module) = random_module(seed, seed.is_multiple_of(7)) else {
            return false;
        };
        let options = &choices[Numbers::new(seed).below(choices.len())];
        compare(&module, options, seed, |bytes| {
            observe::module(&engine, bytes)
        });
        true
    });
    assert!(ran.count() > 100);
}

#[test]
fn random_modules_in_components_do_the_same() {
    let engine = observe::engine();
    let choices = choices();
    let ran = seeds(300).into_par_iter().filter(|&seed| {
        let module = random_module(seed, false);
        let Some(component) = module.and_then(|module| lifted(&module, seed % 4 < 2)) else {
            return false;
        };
        let options = &choices[Numbers::new(seed).below(choices.len())];
        compare(&component, options, seed, |bytes| {
            observe::component(&engine, bytes)
        });
        true
    });
    assert!(ran.count() > 30);
}

/// Seeds of modules that a second run once made smaller.
const FOUND: [u64; 1] = [200_087];

#[test]
fn modules_full_of_edges_do_the_same() {
    let engine = observe::engine();
    let choices = choices();
    let seeds: Vec<u64> = seeds(200).chain(FOUND).collect();
    seeds.into_par_iter().for_each(|seed| {
        let options = &choices[Numbers::new(seed).below(choices.len())];
        compare(&edges::module(seed), options, seed, |bytes| {
            observe::module(&engine, bytes)
        });
    });
}

#[test]
fn modules_that_share_what_they_have_do_the_same() {
    let engine = observe::engine();
    let choices = choices();
    seeds(200).into_par_iter().for_each(|seed| {
        let options = &choices[Numbers::new(seed).below(choices.len())];
        compare(&edges::component(seed), options, seed, |bytes| {
            observe::component(&engine, bytes)
        });
    });
}

#[test]
fn random_inputs_reach_every_pass_and_every_kind_of_end() {
    let engine = observe::engine();
    let mut saved = BTreeMap::new();
    let mut seen = String::new();
    for seed in 0..40 {
        let inputs = [edges::module(seed), edges::component(seed)];
        for input in &inputs {
            let made = shrink::shrink("input", input, &Options::default(), &Silent);
            let (_, report) = made.unwrap_or_else(|error| panic!("{error:?}"));
            for entry in report.passes {
                *saved.entry(entry.pass).or_insert(0) += entry.saved;
            }
        }
        seen += &observe::module(&engine, &inputs[0]).join("\n");
        seen += &observe::component(&engine, &inputs[1]).join("\n");
    }
    // Texts have nothing to strip, and two different modules nothing to share.
    let idle = ["strip", "dedupe", "wasm-opt"];
    for pass in Pass::ALL.iter().filter(|pass| !idle.contains(&pass.name())) {
        assert!(
            saved.get(pass.name()).is_some_and(|saved| *saved > 0),
            "{saved:?}"
        );
    }
    for end in [
        "I32(",
        "I64(",
        "U32(",
        "a bad indirect call",
        "MemoryOutOfBounds",
        "TableOutOfBounds",
        "UnreachableCodeReached",
        "IntegerDivisionByZero",
        "logged [1",
    ] {
        assert!(seen.contains(end), "never seen: {end}");
    }
}

#[test]
fn random_compositions_do_the_same() {
    let engine = observe::engine();
    let choices = choices();
    let ran = seeds(150).into_par_iter().filter(|&seed| {
        let modules: Vec<Vec<u8>> = (0..1 + seed % 2)
            .filter_map(|leaf| random_module(seed * 2 + leaf, false))
            .collect();
        let Some(component) = components::around(&modules, seed) else {
            return false;
        };
        let options = &choices[Numbers::new(seed).below(choices.len())];
        compare(&component, options, seed, |bytes| {
            observe::component(&engine, bytes)
        });
        true
    });
    assert!(ran.count() > 30);
}

#[test]
fn a_rust_library_answers_as_before_without_each_pass() {
    let core = guests::rust("documents", "wasm32-wasip1");
    let wrapped = wct::new::wrap("documents", &core, &wct::new::Options::default(), &Silent);
    let (component, _) = wrapped.expect("it becomes a component");
    const FORMAT: &str = "demo:documents/formatter@1.0.0#format";
    let calls: [&[&str]; 3] = [
        &[r#""{\"b\": [1, {}], \"a\": null}""#, "none"],
        &[
            r#""{\"b\": [1], \"a\": 2}""#,
            "some({indent: 1, sort-keys: true})",
        ],
        &[r#""[1,""#, "none"],
    ];
    let answers = |bytes: &[u8]| -> Vec<String> {
        let call = |args: &&[&str]| host::call(bytes, FORMAT, args).expect("it answers");
        calls.iter().map(call).collect()
    };
    let before = answers(&component);
    for options in choices().into_iter().skip(2 * Pass::ALL.len() - 1) {
        let output = shrink(&component, &options);
        assert_eq!(before, answers(&output), "{options:?}");
    }
    let output = shrink(&component, &Options::default());
    assert!(output.len() * 10 < component.len() * 9);
}

#[test]
fn a_command_runs_as_before() {
    let core = guests::rust("greet", "wasm32-wasip1");
    let wrapped = wct::new::wrap("greet", &core, &wct::new::Options::default(), &Silent);
    let (component, _) = wrapped.expect("it becomes a component");
    let output = shrink(&component, &Options::default());
    for args in [&["greet", "world"][..], &["greet"][..]] {
        assert_eq!(host::run(&component, args), host::run(&output, args));
    }
}
