//! How are imports answered that nothing provides?
//!
//! By a component of stubs. It is composed twice: what the stubs have to offer is what the
//! composition without them leaves open.

use std::collections::BTreeMap;

use super::decision::{Decision, Outcome};
use super::flags;
use super::name::Name;
use super::plan::{self, Plan};
use super::report::{self, Import, Report};
use super::{Components, Options, Sink, compose_once, in_memory};
use crate::diagnostic::{Diagnostic, Result};
use crate::progress::Progress;
use crate::stub::{self, Stubs};

/// Composes a plan that has stubs. Fails where there is nothing for them to answer.
pub fn compose(
    plan: &Plan,
    components: &Components<'_>,
    options: &Options,
    progress: &dyn Progress,
    sink: &mut Sink<'_>,
) -> Result<Report> {
    let first = Options {
        dry_run: false,
        bodies_later: true,
    };
    let composed = in_memory(|sink| compose_once(plan, components, &first, progress, sink))?;
    let mut open = composed.report;
    let wasm = composed.wasm.unwrap_or_default();
    let Some(stubs) = stub::stubs(&wasm, &plan.stubs)? else {
        return Err(no_stubs(plan, &open));
    };
    refuse_declared(plan, &stubs)?;
    let taken =
        |name: &str| components.contains_key(name) || open.plan.instances.contains_key(name);
    let name = flags::free("stub", taken);
    let stubbed = with_stubs(&open, &stubs, &name);
    let mut components = components.clone();
    components.insert(name, &stubs.wasm);
    let mut report = compose_once(&stubbed, &components, options, progress, sink)?;
    open.plan.stubs.clone_from(&plan.stubs);
    report.plan = open.plan;
    keep_decided(&mut report, open.decisions);
    report.warnings = open.warnings;
    report
        .warnings
        .extend(stubs.interfaces.iter().filter_map(report::stubbed));
    report.stubs = stubs.interfaces;
    Ok(report)
}

/// What was decided without stubs was not given by a plan.
fn keep_decided(report: &mut Report, decisions: Vec<Decision>) {
    let of = |decision: &Decision| (decision.instance.clone(), decision.import.clone());
    let decided = decisions.into_iter();
    let decided = decided.filter(|decision| !matches!(decision.outcome, Outcome::Open(_)));
    let mut decided: BTreeMap<_, _> = decided.map(|decision| (of(&decision), decision)).collect();
    for decision in &mut report.decisions {
        if let Some(known) = decided.remove(&of(decision)) {
            *decision = known;
        }
    }
}

/// The plan of what was left open, in which the instance `stub` stands for what it offers.
fn with_stubs(open: &Report, stubs: &Stubs, stub: &str) -> Plan {
    let mut plan = open.plan.clone();
    for (instance, given) in &mut plan.instances {
        for arg in given.args.values_mut() {
            let Some(import) = &arg.import else {
                continue;
            };
            let import = import_of(&open.imports, instance, &Name::parse(import));
            let offered = stubs.interfaces.iter().find(|offered| {
                import.is_some_and(|import| Name::parse(&offered.name).full == import.name)
            });
            if let Some(offered) = offered {
                *arg = plan::Arg {
                    instance: Some(stub.to_string()),
                    export: Some(offered.name.clone()),
                    ..plan::Arg::default()
                };
            }
        }
    }
    plan
}

/// The import of the composition that one of an instance became. A canonical name does not tell the
/// whole version, but an instance has only one import of that name.
fn import_of<'r>(imports: &'r [Import], instance: &String, wanted: &Name) -> Option<&'r Import> {
    let is_same =
        |import: &&Import| import.name == wanted.full || import.merged.contains(&wanted.full);
    let is_close = |import: &&Import| {
        import.users.contains(instance) && Name::parse(&import.name).is_compatible(wanted)
    };
    let mut close = imports.iter();
    imports
        .iter()
        .find(is_same)
        .or_else(|| close.find(is_close))
}

fn no_stubs(plan: &Plan, report: &Report) -> Box<Diagnostic> {
    let stubs = plan.stubs.iter();
    let patterns: Vec<String> = stubs.map(|stub| format!("`{}`", stub.pattern)).collect();
    let error = Diagnostic::error(
        "compose/nothing-to-stub",
        format!(
            "no import that is left open matches {}",
            patterns.join(", ")
        ),
    );
    let imports = report.imports.iter();
    let error = imports.fold(error, |error, import| {
        error.cause(format!("left open is `{}`", import.name))
    });
    error.help("write the pattern as `wasi:sockets/*`; `*` stands for anything")
}

/// What a document declares to be imported stays an import.
fn refuse_declared(plan: &Plan, stubs: &Stubs) -> Result<()> {
    let declarations = plan.declarations.iter();
    let mut declared = declarations.flat_map(|declarations| &declarations.imports);
    let is_stubbed = |import: &&String| {
        let import = Name::parse(import).full;
        let mut offered = stubs.interfaces.iter();
        offered.any(|offered| Name::parse(&offered.name).full == import)
    };
    let Some(import) = declared.find(is_stubbed) else {
        return Ok(());
    };
    let message = format!("the document declares the import `{import}`, which is to be stubbed");
    Err(Diagnostic::error("compose/declared-import", message)
        .cause("what a document declares is imported")
        .help("remove the declaration: instances of packages import it by `...` alone")
        .help("choose other imports with `--stub`"))
}
