//! The ways that are told are real, and without the cause there is no import.
//!
//! `WCT_CORPUS=FOLDER` adds every `.wasm` of a folder.

#[path = "support/binaries.rs"]
mod binaries;
#[path = "support/clang.rs"]
mod clang;

use std::collections::BTreeSet;

use wasmparser::Operator;
use wct::binary::{self, Layer};
use wct::component::Component;
use wct::inspect::capabilities::{Authority, Report, capabilities};
use wct::module::Module;
use wct::progress::Silent;
use wct::shrink::reach::{Function, Step};

fn report(name: &str, bytes: &[u8]) -> Report {
    capabilities(name, bytes).expect("it has a report")
}

/// Everything that a function names or may call, by number; nothing for what is imported.
fn called(module: &Module<'_>, function: u32) -> Option<(BTreeSet<u32>, bool)> {
    let imported = module.imported_functions().expect("imports");
    let bodies = module.bodies().expect("bodies");
    let body = bodies.get(function.checked_sub(imported)? as usize)?;
    let (mut named, mut by_table) = (BTreeSet::new(), false);
    for operator in body.get_operators_reader().expect("a body") {
        match operator.expect("an instruction") {
            Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } => {
                named.insert(function_index);
            }
            Operator::CallIndirect { .. } | Operator::ReturnCallIndirect { .. } => by_table = true,
            _ => {}
        }
    }
    Some((named, by_table))
}

/// Modules in the order of the file, by the name that ways have for them.
fn modules<'c, 'a>(component: &'c Component<'a>, name: &str) -> Vec<&'c Module<'a>> {
    let all = component.all_core_modules();
    let numbered = all.iter().enumerate();
    let found = numbered.filter(|(number, module)| {
        module.name() == Some(name) || format!("core module {number}") == name
    });
    found.map(|(_, module)| *module).collect()
}

#[test]
fn each_stage_of_a_way_calls_the_next() {
    let mut checked = 0;
    for (path, bytes) in binaries::all() {
        if binary::layer(&bytes) != Some(Layer::Component) {
            continue;
        }
        let component = Component::parse(&bytes).expect("a component");
        let report = report(&path, &bytes);
        let imports = report.authorities.iter().flat_map(|found| &found.imports);
        let ways = imports
            .flat_map(|import| &import.functions)
            .filter_map(|f| f.way.as_ref());
        for way in ways {
            for pair in way.windows(2) {
                let [Step::Function(from), Step::Function(to)] = pair else {
                    continue;
                };
                if from.module == to.module {
                    assert!(
                        calls(&component, from, to),
                        "{path}: {from:?} does not call {to:?}"
                    );
                    checked += 1;
                }
            }
        }
    }
    assert!(checked >= 3, "only {checked} calls");
}

fn calls(component: &Component<'_>, from: &Function, to: &Function) -> bool {
    let modules = modules(component, &from.module);
    // What the component around it calls it is not looked up here.
    modules.is_empty()
        || modules
            .iter()
            .any(|module| match called(module, from.index) {
                Some((named, by_table)) => named.contains(&to.index) || by_table,
                None => false,
            })
}

/// Import and function, and whether a way leads there.
fn asked(report: &Report) -> BTreeSet<(String, String, bool)> {
    let imports = report.authorities.iter().flat_map(|found| &found.imports);
    let asked = imports.flat_map(|import| {
        let functions = import.functions.iter().filter(|f| f.name.is_some());
        functions.map(|f| {
            let name = f.name.clone().unwrap_or_default();
            (import.name.clone(), name, f.way.is_some())
        })
    });
    asked.collect()
}

/// What is called removable is gone after `shrink`, and nothing else is that the ways know of.
#[test]
fn shrink_removes_what_is_called_removable() {
    let mut removed = 0;
    for (path, bytes) in binaries::all() {
        let is_component = binary::layer(&bytes) == Some(Layer::Component);
        if !is_component || bytes.len() > 150 << 10 {
            continue;
        }
        let options = wct::shrink::Options::default();
        let Ok((small, _)) = wct::shrink::shrink(&path, &bytes, &options, &Silent) else {
            continue;
        };
        let before = asked(&report(&path, &bytes));
        for (import, function, _) in asked(&report(&path, &small)) {
            let known = before.contains(&(import.clone(), function.clone(), true));
            assert!(known, "{path}: {import}#{function} is still there");
        }
        removed += before.iter().filter(|(_, _, leads)| !leads).count();
    }
    assert!(removed >= 1);
}

fn component_of(definitions: &[&str]) -> Option<Vec<u8>> {
    let core = clang::command("asks", definitions)?;
    let wrapped = wct::new::wrap("asks", &core, &Default::default(), &Silent);
    Some(wrapped.expect("it can be wrapped").0)
}

fn authorities(bytes: &[u8]) -> BTreeSet<Authority> {
    let report = report("asks", bytes);
    report
        .authorities
        .iter()
        .map(|found| found.authority)
        .collect()
}

#[test]
fn without_the_cause_there_is_no_import() {
    let builds = [&[][..], &["ASK_ENVIRONMENT", "ASK_TIME"]];
    let [Some(without), Some(with)] = builds.map(component_of) else {
        return;
    };
    let gained: Vec<Authority> = authorities(&with)
        .difference(&authorities(&without))
        .copied()
        .collect();
    assert!(gained.contains(&Authority::Environment), "{gained:?}");
    assert!(gained.contains(&Authority::Clocks), "{gained:?}");
    let report = report("asks", &with);
    let clocks = report
        .authorities
        .iter()
        .find(|found| found.authority == Authority::Clocks);
    let imports = clocks.iter().flat_map(|found| &found.imports);
    let mut ways = imports
        .flat_map(|import| &import.functions)
        .filter_map(|f| f.way.as_ref());
    let names_it =
        |step: &Step| matches!(step, Step::Function(f) if f.name.as_deref() == Some("time"));
    let begins = |way: &&Vec<Step>| matches!(way.first(), Some(Step::Export(_)));
    assert!(ways.any(|way| begins(&way) && way.iter().any(names_it)));
}
