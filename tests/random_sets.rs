//! Whatever set of components: a valid composition or a reason, never a panic, never a defect.
//!
//! `SETS=20000` makes it a long run, `FIRST=N` starts with another number.

#[path = "support/mutate.rs"]
mod mutate;
#[path = "support/smaller.rs"]
mod smaller;
#[path = "support/worlds.rs"]
mod worlds;

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mutate::{Numbers, damaged};
use wct::compose::decompose::decompose;
use wct::compose::{self, Components, File, Flags, Options, Plan};
use wct::diagnostic::Fault;
use wct::progress::Silent;
use worlds::{Names, built};

const INTERFACES: usize = 5;

/// One of a family of interfaces: each may use types of those before it. Newer versions have more
/// functions, and a stranger has another type for one of them.
fn interface(shape: &mut Numbers, at: usize, version: usize, stranger: bool) -> String {
    let mut text = format!("interface i{at} {{\n");
    let used = shape.below(at + 1);
    let (kind, rename) = (shape.below(3), shape.below(3) == 0);
    let mut taken = Vec::new();
    if used < at {
        let name = ["r", "v", "e"][kind];
        let local = if rename { "other" } else { "taken" };
        let _ = writeln!(text, "use i{used}.{{{name} as {local}}};");
        taken.push(if kind == 0 {
            format!("borrow<{local}>")
        } else {
            local.to_string()
        });
    }
    text.push_str("resource r { constructor(); get: func() -> u32; }\n");
    text.push_str("record v { a: u32, b: list<string> }\n enum e { one, two }\n");
    let width = if stranger { "u64" } else { "u32" };
    let _ = writeln!(text, "f: func(x: {width}, v: v) -> result<r, e>;");
    if let Some(taken) = taken.first() {
        let _ = writeln!(text, "g: func(x: {taken});");
    }
    if version > 2 {
        text.push_str("newer: func(x: borrow<r>) -> option<v>;\n");
    }
    text.push_str("}\n");
    text
}

/// A component of a set. Worlds that WIT forbids are thrown away.
fn part(set: u64, numbers: &mut Numbers) -> Vec<u8> {
    let tries = (0..1000).map(|_| attempt(set, numbers));
    tries.flatten().next().expect("some worlds are right")
}

fn attempt(set: u64, numbers: &mut Numbers) -> anyhow::Result<Vec<u8>> {
    let version = 1 + numbers.below(4);
    let mut wit = format!("package t:p@0.2.{version};\n");
    let stranger = numbers.below(INTERFACES * 6);
    // The same shapes for all components of a set.
    let mut shape = Numbers::new(set + 1);
    for at in 0..INTERFACES {
        wit += &interface(&mut shape, at, version, at == stranger);
    }
    wit += "world w {\n";
    for at in 0..INTERFACES {
        match numbers.below(5) {
            0 | 1 => drop(writeln!(wit, "import i{at};")),
            2 => drop(writeln!(wit, "export i{at};")),
            3 => drop(writeln!(wit, "import i{at};\nexport i{at};")),
            _ => {}
        }
    }
    wit += "export run: func();\n}\n";
    let names = if numbers.below(4) == 0 {
        Names::Canonical
    } else {
        Names::Full
    };
    built(&wit, "w", names)
}

fn flags(count: usize, numbers: &mut Numbers) -> Flags {
    let file = |at: usize| File::parse(&format!("part{at}"));
    let mut flags = Flags {
        root: Some(file(0)),
        providers: (1..count).map(file).collect(),
        ..Flags::default()
    };
    flags.imports.separate = numbers.below(4) == 0;
    if numbers.below(4) == 0 {
        flags
            .imports
            .open
            .push(format!("t:p/i{}", numbers.below(INTERFACES)));
    }
    if numbers.below(6) == 0 {
        let (to, from) = (numbers.below(count), numbers.below(count));
        let at = numbers.below(INTERFACES);
        flags.wires.push(format!(
            "part{to}:t:p/i{at}@0.2.1=part{from}:t:p/i{at}@0.2.1"
        ));
    }
    if numbers.below(6) == 0 {
        flags.providers.push(file(1));
    }
    flags
}

/// Whether a set was composed, or refused with a reason. Fails with what went wrong.
fn try_set(plan: &Plan, parts: &[Vec<u8>]) -> Result<bool, String> {
    let components: Components<'_> = plan
        .components
        .keys()
        .filter_map(|id| {
            let at: usize = id.strip_prefix("part")?.parse().ok()?;
            Some((id.clone(), parts.get(at)?.as_slice()))
        })
        .collect();
    let compose = |plan: &Plan| compose::compose(plan, &components, &Options::default(), &Silent);
    match compose(plan) {
        Ok(composed) => {
            let wasm = composed.wasm.unwrap_or_default();
            let features = wasmparser::WasmFeatures::all();
            let verdict = wasmparser::Validator::new_with_features(features).validate_all(&wasm);
            if let Err(error) = verdict {
                return Err(format!("invalid: {error}"));
            }
            let plan = composed.report.plan;
            match Plan::parse("plan.toml", &plan.to_toml()) {
                Ok(read) if read == plan => {}
                read => return Err(format!("other in TOML: {read:?}")),
            }
            match compose(&plan) {
                Ok(again) if again.wasm.as_ref() == Some(&wasm) => {}
                Ok(_) => return Err("other bytes from the plan".to_string()),
                Err(error) => return Err(format!("the plan is refused: {error:?}")),
            }
            taken_apart(&wasm)?;
            smaller::smaller(&wasm).map(|_| true)
        }
        Err(error) if error.fault == Fault::Ours => Err(format!("{error:?}")),
        Err(_) => Ok(false),
    }
}

/// Taken apart and composed again it is the same; damaged it is refused, or is another one.
fn taken_apart(wasm: &[u8]) -> Result<(), String> {
    let apart = decompose("set.wasm", wasm).map_err(|error| format!("not read: {error:?}"))?;
    let options = Options::default();
    let again = compose::compose(&apart.plan, &apart.components, &options, &Silent);
    match again {
        Ok(again) => {
            // The order in which a plan lists instances is not in a composition.
            let again = again.wasm.unwrap_or_default();
            let plan = decompose("again.wasm", &again).map(|apart| apart.plan);
            if again != wasm && !plan.is_ok_and(|plan| plan == apart.plan) {
                return Err("other wiring from the parts".to_string());
            }
        }
        Err(error) => return Err(format!("the parts are refused: {error:?}")),
    }
    let mut numbers = Numbers::new(wasm.len() as u64);
    for _ in 0..4 {
        let damaged = damaged(&[wasm.to_vec()], &mut numbers);
        match decompose("damaged.wasm", &damaged) {
            Err(error) if error.fault == Fault::Ours => return Err(format!("{error:?}")),
            _ => {}
        }
    }
    Ok(())
}

/// Sets that once gave an invalid composition: types of two versions under one canonical name, at
/// first, when the composition was taken apart and composed again, or damaged in between.
const FOUND: [u64; 10] = [178, 1652, 4243, 4798, 6134, 8183, 8627, 11636, 13697, 14180];

#[test]
fn random_sets_are_composed_or_refused_with_a_reason() {
    let (first, count) = (number("FIRST", 0), number("SETS", 150));
    let mut composed = 0;
    let mut defects = Vec::new();
    for set in (first..first + count).chain(FOUND) {
        let mut numbers = Numbers::new(set);
        let mut parts: Vec<Vec<u8>> = (0..2 + numbers.below(4))
            .map(|_| part(set, &mut numbers))
            .collect();
        let flags = flags(parts.len(), &mut numbers);
        if numbers.below(4) == 0 {
            let at = numbers.below(parts.len());
            parts[at] = damaged(&parts, &mut numbers);
        }
        let plan = flags.plan().expect("the options make a plan");
        let found = catch_unwind(AssertUnwindSafe(|| try_set(&plan, &parts)));
        match found {
            Ok(Ok(made)) => composed += u64::from(made),
            Ok(Err(defect)) => defects.push(format!("{set}: {defect}")),
            Err(_) => defects.push(format!("{set}: a panic")),
        }
    }
    assert!(
        defects.is_empty(),
        "{} sets:\n{}",
        defects.len(),
        defects.join("\n")
    );
    assert!(
        composed > count / 20,
        "only {composed} of {count} sets were composed"
    );
}

fn number(variable: &str, default: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}
