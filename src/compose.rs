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
pub mod decompose;
pub mod edit;
mod emit;
mod flags;
mod graph;
mod identity;
mod merge;
pub(crate) mod name;
mod part;
pub mod plan;
pub mod report;
mod resolve;
mod verify;
#[cfg(feature = "wac")]
pub mod wac;
pub mod yaml;

use indexmap::IndexMap;
use wasmparser::{Validator, WasmFeatures};

use crate::diagnostic::{Diagnostic, Result};
use crate::input::{self, Kind};
use crate::pieces::Pieces;
use crate::progress::Progress;
use crate::stub;
use identity::Identities;
use merge::Imports;
use name::Name;
use part::Part;
use resolve::Resolved;
use verify::{Background, Findings};

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

/// Takes a composition as it is made: see [`compose_into`].
pub type Sink<'s> = dyn FnMut(&Pieces<'_>) -> Result<()> + 's;

/// Composes. Fails where something does not fit, with what was looked at.
pub fn compose(
    plan: &Plan,
    components: &Components<'_>,
    options: &Options,
    progress: &dyn Progress,
) -> Result<Composed> {
    let mut wasm = None;
    let mut sink = |pieces: &Pieces<'_>| {
        wasm = Some(pieces.to_vec());
        Ok(())
    };
    let report = compose_into(plan, components, options, progress, &mut sink)?;
    Ok(Composed { wasm, report })
}

/// Composes into `sink`, which is called once, or not at all in a dry run. It works while the
/// composition is still validated: what it took counts only if this function succeeds.
pub fn compose_into(
    plan: &Plan,
    components: &Components<'_>,
    options: &Options,
    progress: &dyn Progress,
    sink: &mut Sink<'_>,
) -> Result<Report> {
    if plan.stubs.is_empty() {
        return compose_once(plan, components, options, progress, sink);
    }
    // Twice: what the stubs have to offer is what the composition without them leaves open.
    let mut wasm = Vec::new();
    let mut take = |pieces: &Pieces<'_>| {
        wasm = pieces.to_vec();
        Ok(())
    };
    let mut open = compose_once(plan, components, &Options::default(), progress, &mut take)?;
    let Some(stubs) = stub::stubs(&wasm, &plan.stubs)? else {
        return Err(no_stubs(plan, &open));
    };
    let stubbed = with_stubs(&open.plan, &stubs);
    let mut components = components.clone();
    components.insert(STUB.to_string(), &stubs.wasm);
    let mut report = compose_once(&stubbed, &components, options, progress, sink)?;
    open.plan.stubs.clone_from(&plan.stubs);
    report.plan = open.plan;
    let given = open.decisions.into_iter();
    let decided = given.filter(|decision| !matches!(decision.outcome, Outcome::Open(_)));
    for decision in decided {
        let same = |other: &&mut Decision| {
            (&other.instance, &other.import) == (&decision.instance, &decision.import)
        };
        if let Some(other) = report.decisions.iter_mut().find(same) {
            *other = decision;
        }
    }
    report.warnings = open.warnings;
    report
        .warnings
        .extend(stubs.interfaces.iter().filter_map(report::stubbed));
    report.stubs = stubs.interfaces;
    Ok(report)
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
    sink: &mut Sink<'_>,
) -> Result<Report> {
    let findings = Findings::default();
    let composed = rayon::in_place_scope(|scope| {
        let mut background = Background::new(scope, &findings);
        let parts = load(plan, components, progress, &mut background)?;
        let (mut report, wasm) = carry_out(plan, &parts, options)?;
        if let Some(wasm) = wasm {
            report.size = wasm.len();
            verify::handed(&wasm, sink)?;
        }
        Ok(report)
    });
    composed.and_then(|report| findings.none().map(|()| report))
}

/// Everything but the last word on validity.
fn carry_out<'a>(
    plan: &Plan,
    parts: &[Part<'a>],
    options: &Options,
) -> Result<(Report, Option<Pieces<'a>>)> {
    let resolved = resolve::resolve(plan, parts)?;
    refuse_idle(plan, &resolved)?;
    let graph = &resolved.graph;
    let order = graph.order()?;
    let (imports, apart) = Imports::merge(graph, plan.imports.separate)?;
    let identities = Identities::new(graph, &imports);
    check::check(graph, &identities)?;
    let exports = emit::exported(graph, plan.exact_exports)?;
    let mut report = report::report(plan, &resolved, &imports, &exports, &apart);
    if options.dry_run {
        return Ok((report, None));
    }
    let emitted = emit::emit(graph, &imports, &identities, &order, &exports)?;
    report.shared = emitted.shared;
    Ok((report, Some(emitted.wasm)))
}

fn load<'a: 'scope, 'scope>(
    plan: &Plan,
    components: &Components<'a>,
    progress: &dyn Progress,
    background: &mut Background<'_, 'scope, 'a>,
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
        if let Some(wanted) = wanted.filter(|wanted| !wanted.eq_ignore_ascii_case(&sha256(bytes))) {
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
        let (part, unchecked) = Part::load(&mut validator, id, source, bytes)?;
        background.begin(source, bytes, unchecked);
        parts.push(part);
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
