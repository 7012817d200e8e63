//! How do components become one?
//!
//! ```text
//! plan ─▶ load ─▶ resolve ─▶ merge ─▶ check ─▶ emit ─▶ verify
//! ```
//!
//! A [`Plan`] says as much as the user wants to say. `resolve` finds the rest by name and type,
//! `merge` decides what is left to the host, and everything is checked before a byte is written.

mod check;
mod decision;
mod declare;
mod emit;
mod flags;
mod graph;
mod identity;
mod merge;
pub(crate) mod name;
mod part;
pub mod plan;
mod report;
mod resolve;
#[cfg(feature = "wac")]
pub mod wac;
pub mod yaml;

use indexmap::IndexMap;
use wasmparser::{Parser, Validator, WasmFeatures};

use crate::diagnostic::{self, Diagnostic, Result};
use crate::input::{self, Kind};
use crate::progress::Progress;
use crate::stub;
use identity::Identities;
use merge::Imports;
use name::Name;
use part::Part;
use resolve::Resolved;

pub use decision::{Candidate, Decision, Outcome, Reason};
pub use flags::{File, Flags};
pub use plan::Plan;
pub use report::Report;

/// The components of a plan in binary form, by the names it gives them.
pub type Components<'a> = IndexMap<String, &'a [u8]>;

/// What to do with a plan.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Stop before anything is written.
    pub dry_run: bool,
}

/// A composition, and what was decided on the way. Nothing is written in a dry run.
pub struct Composed {
    pub wasm: Option<Vec<u8>>,
    pub report: Report,
}

/// Composes. Fails where something does not fit, with what was looked at.
pub fn compose(
    plan: &Plan,
    components: &Components<'_>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Composed> {
    if plan.stubs.is_empty() {
        return compose_once(plan, components, options, progress);
    }
    // Twice: what the stubs have to offer is what the composition without them leaves open.
    let mut open = compose_once(plan, components, &Options::default(), progress)?;
    let stubs = match &open.wasm {
        Some(wasm) => stub::stubs(wasm, &plan.stubs)?,
        None => None,
    };
    let Some(stubs) = stubs else {
        return Err(no_stubs(plan, &open.report));
    };
    let stubbed = with_stubs(&open.report.plan, &stubs);
    let mut components = components.clone();
    components.insert(STUB.to_string(), &stubs.wasm);
    let mut composed = compose_once(&stubbed, &components, options, progress)?;
    open.report.plan.stubs.clone_from(&plan.stubs);
    composed.report.plan = open.report.plan;
    let given = open.report.decisions.into_iter();
    let decided = given.filter(|decision| !matches!(decision.outcome, Outcome::Open(_)));
    for decision in decided {
        let same = |other: &&mut Decision| {
            (&other.instance, &other.import) == (&decision.instance, &decision.import)
        };
        if let Some(other) = composed.report.decisions.iter_mut().find(same) {
            *other = decision;
        }
    }
    composed.report.warnings = open.report.warnings;
    composed
        .report
        .warnings
        .extend(stubs.interfaces.iter().map(report::stubbed));
    composed.report.stubs = stubs.interfaces;
    Ok(composed)
}

/// What a plan calls the component of stubs.
const STUB: &str = "stub";

/// The plan in which stubs stand for what they offer.
fn with_stubs(plan: &Plan, stubs: &stub::Stubs) -> Plan {
    let mut plan = plan.clone();
    let names: Vec<Name> = stubs
        .interfaces
        .iter()
        .map(|stubbed| Name::parse(&stubbed.name))
        .collect();
    for instance in plan.instances.values_mut() {
        for arg in instance.args.values_mut() {
            let Some(import) = arg.import.as_deref().map(Name::parse) else {
                continue;
            };
            let exact = names.iter().find(|name| name.full == import.full);
            if let Some(name) =
                exact.or_else(|| names.iter().find(|name| name.is_compatible(&import)))
            {
                *arg = plan::Arg {
                    instance: Some(STUB.to_string()),
                    export: Some(name.full.clone()),
                    ..plan::Arg::default()
                };
            }
        }
    }
    plan
}

fn no_stubs(plan: &Plan, report: &Report) -> Box<Diagnostic> {
    let patterns: Vec<String> = plan
        .stubs
        .iter()
        .map(|stub| format!("`{}`", stub.pattern))
        .collect();
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

fn compose_once(
    plan: &Plan,
    components: &Components<'_>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Composed> {
    let parts = load(plan, components, progress)?;
    let resolved = resolve::resolve(plan, &parts)?;
    refuse_idle(plan, &resolved)?;
    let graph = &resolved.graph;
    let order = graph.order()?;
    let (imports, apart) = Imports::merge(graph, plan.imports.separate)?;
    let identities = Identities::new(graph, &imports);
    check::check(graph, &identities)?;
    let exports = emit::exported(graph)?;
    let mut report = report::report(plan, &resolved, &imports, &exports, &apart);
    if options.dry_run {
        return Ok(Composed { wasm: None, report });
    }
    let emitted = emit::emit(graph, &imports, &identities, &order, &exports)?;
    verify(&emitted.wasm)?;
    report.size = emitted.wasm.len() as u64;
    report.shared = emitted.shared;
    Ok(Composed {
        wasm: Some(emitted.wasm),
        report,
    })
}

fn load<'a>(
    plan: &Plan,
    components: &Components<'a>,
    progress: &dyn Progress,
) -> Result<Vec<Part<'a>>> {
    progress.begin("reading", components.len() as u64);
    let mut parts = Vec::new();
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    for (id, bytes) in components {
        let source = plan
            .components
            .get(id)
            .map_or(id.as_str(), |given| given.source.as_str());
        expect_component(source, bytes)?;
        let wanted = plan
            .components
            .get(id)
            .and_then(|given| given.sha256.as_deref());
        if let Some(wanted) = wanted.filter(|wanted| *wanted != sha256(bytes)) {
            return Err(Diagnostic::error(
                "compose/other-content",
                format!("`{source}` is not the file that the plan was made with"),
            )
            .cause(format!(
                "the plan has SHA-256 {wanted}, the file {}",
                sha256(bytes)
            ))
            .help("get that file, or remove `sha256` from the plan"));
        }
        parts.push(Part::load(&mut validator, id, source, bytes)?);
        progress.advance(1);
    }
    progress.end();
    Ok(parts)
}

/// Fails on what is no component in binary form.
fn expect_component(source: &str, bytes: &[u8]) -> Result<()> {
    if input::kind(bytes).map_err(|error| error.in_file(source))? == Kind::Component {
        return Ok(());
    }
    Err(Diagnostic::error(
        "compose/not-a-component",
        format!("`{source}` is no component"),
    )
    .help(format!("make it one first: `wct new {source}`")))
}

/// The digest that a plan names a component by.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A provider that nobody needs is pruned; but if that is all of them, or if one was nearly
/// needed, the user meant something else.
fn refuse_idle(plan: &Plan, resolved: &Resolved<'_, '_>) -> Result<()> {
    let near = |provider: &String| {
        let decisions = resolved.decisions.iter();
        let mut decisions =
            decisions.filter(|decision| matches!(decision.outcome, Outcome::Open(_)));
        decisions.find(|decision| decision.candidates.iter().any(|c| c.instance == *provider))
    };
    if let Some(decision) = resolved.unused.iter().find_map(near) {
        let error = Diagnostic::error(
            "compose/near-miss",
            format!(
                "nothing provides `{}` of `{}`, but something nearly does",
                decision.import, decision.instance
            ),
        );
        return Err(decision::explain(error, &decision.candidates)
            .help(format!(
                "leave it to the host with `--import {}`",
                decision.import
            ))
            .help("wire it by hand: `--wire 'INSTANCE:IMPORT=PROVIDER:EXPORT'`"));
    }
    if plan.providers.is_empty() || resolved.unused.len() < plan.providers.len() {
        return Ok(());
    }
    let mut error = Diagnostic::error(
        "compose/nothing-to-compose",
        "no import is provided by any of the other components",
    );
    for decision in &resolved.decisions {
        error = error.cause(format!(
            "`{}` asks for `{}`",
            decision.instance, decision.import
        ));
    }
    for part in resolved
        .graph
        .parts
        .iter()
        .filter(|part| plan.providers.contains(&part.id))
    {
        for export in &part.exports {
            error = error.cause(format!("`{}` offers `{}`", part.id, export.name.full));
        }
    }
    Err(error
        .help("wire by hand what has different names: `--wire 'INSTANCE:IMPORT=PROVIDER:EXPORT'`"))
}

/// The validator has the last word. Bodies were validated with the components they are from.
fn verify(wasm: &[u8]) -> Result<()> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    for payload in Parser::new(0).parse_all(wasm) {
        if let Err(error) = payload.and_then(|payload| validator.payload(&payload)) {
            let reason = diagnostic::wasm(error, wasm);
            let ours = Diagnostic::ours("compose/internal", "the composition is not valid");
            let causes = std::iter::once(reason.message).chain(reason.causes);
            return Err(causes.fold(ours, Diagnostic::cause));
        }
    }
    Ok(())
}
