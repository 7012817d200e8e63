//! How do components become one?
//!
//! ```text
//! plan ─▶ load ─▶ resolve ─▶ merge ─▶ check ─▶ emit ─▶ verify
//! ```
//!
//! A [`Plan`] says as much as the user wants to say. `resolve` finds the rest by name and type,
//! `merge` decides what is left to the host, and everything is checked before a byte is written.

mod agree;
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
mod stubbed;
mod verify;
#[cfg(feature = "wac")]
pub mod wac;
pub mod yaml;

use indexmap::IndexMap;
use wasmparser::{Validator, WasmFeatures};

use crate::compare::Side;
use crate::diagnostic::{Diagnostic, Result};
use crate::input::{self, Kind};
use crate::pieces::Pieces;
use crate::progress::Progress;
use identity::Identities;
use merge::Imports;
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
    /// Leave function bodies unvalidated, where the same components are composed again.
    pub bodies_later: bool,
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
    in_memory(|sink| compose_into(plan, components, options, progress, sink))
}

/// Keeps what goes into the sink.
fn in_memory(compose: impl FnOnce(&mut Sink<'_>) -> Result<Report>) -> Result<Composed> {
    let mut wasm = None;
    let report = compose(&mut |pieces| {
        wasm = Some(pieces.to_vec());
        Ok(())
    })?;
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
    stubbed::compose(plan, components, options, progress, sink)
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
        let background = (!options.bodies_later).then_some(&mut background);
        let parts = load(plan, components, progress, background)?;
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
    let sides: Vec<Side<'_>> = parts.iter().map(Part::side).collect();
    let resolved = resolve::resolve(plan, parts, &sides)?;
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
    mut background: Option<&mut Background<'_, 'scope, 'a>>,
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
        if let Some(background) = &mut background {
            background.begin(source, bytes, unchecked);
        }
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
