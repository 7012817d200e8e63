//! What was composed, and why like this?

use indexmap::IndexMap;
use serde::Serialize;

use super::decision::{Decision, explain};
use super::graph::{self, Arg, At, Source};
use super::merge::{Apart, Imports};
use super::plan::{self, Plan};
use super::resolve::Resolved;
use crate::diagnostic::Diagnostic;
use crate::stub::{Answer, Stubbed};

/// What was composed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// Where it was written; the shell knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Bytes of the composition; 0 in a dry run.
    pub size: u64,
    /// Bytes that two instances of one component have in common.
    pub shared: u64,
    pub instances: Vec<Instance>,
    /// One for each import of each instance.
    pub decisions: Vec<Decision>,
    /// What the composition asks of its host.
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// Versions of an interface that could not be one import.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Apart>,
    /// Interfaces that are answered without a provider.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stubs: Vec<Stubbed>,
    pub warnings: Vec<Diagnostic>,
    /// The plan with everything decided: composing it gives the same bytes.
    pub plan: Plan,
}

/// One instance.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Instance {
    pub name: String,
    pub component: String,
    /// Bytes of its component.
    pub size: u64,
}

/// One import of the composition.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Import {
    pub name: String,
    /// The instances that use it.
    pub users: Vec<String>,
    /// Other versions that it stands for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<String>,
    /// Only for types that other imports use.
    pub types_only: bool,
}

/// One export of the composition.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Export {
    pub name: String,
    pub instance: String,
    /// Nobody asked for it, but the types of another export come from it.
    pub for_types: bool,
}

pub(super) fn report(
    plan: &Plan,
    resolved: &Resolved<'_, '_>,
    imports: &Imports<'_, '_>,
    exports: &[graph::Export<'_>],
    apart: &[Apart],
) -> Report {
    let graph = &resolved.graph;
    let instances = graph.instances.iter().enumerate();
    let instances = instances
        .filter(|(at, _)| graph.declarations != Some(*at))
        .map(|(at, instance)| Instance {
            name: instance.name.clone(),
            component: graph.part(at).id.clone(),
            size: graph.part(at).bytes.len() as u64,
        });
    let exported = exports.iter().map(|export| Export {
        name: export.shown().to_string(),
        instance: graph.instances[export.source.instance].name.clone(),
        for_types: export.for_types,
    });
    Report {
        output: None,
        size: 0,
        shared: 0,
        instances: instances.collect(),
        decisions: resolved.decisions.clone(),
        imports: asked(resolved, imports),
        exports: exported.collect(),
        apart: apart.to_vec(),
        stubs: Vec::new(),
        warnings: warnings(resolved, apart),
        plan: decided(plan, resolved),
    }
}

/// The warning about an interface that is stubbed, unless it holds types alone.
pub(super) fn stubbed(stubbed: &Stubbed) -> Option<Diagnostic> {
    if stubbed.functions.is_empty() {
        return None;
    }
    let list = |names: &[&String]| {
        let names = names.iter().map(|name| format!("`{name}`"));
        names.collect::<Vec<_>>().join(", ")
    };
    let functions = stubbed.functions.iter();
    let (trapping, answering): (Vec<_>, Vec<_>) =
        functions.partition(|name| stubbed.traps.contains(name));
    let (answer, missing) = match stubbed.answer {
        _ if answering.is_empty() => ("trap when they are called", ""),
        Answer::Trap => ("trap when they are called", ""),
        Answer::Deny => ("answer with an error", "has no error to answer with"),
        Answer::Empty => ("answer with nothing", "has nothing empty to answer with"),
    };
    let message = format!("the functions of `{}` {answer}", stubbed.name);
    let warning = Diagnostic::warning("compose/stubbed", message);
    if answering.is_empty() {
        return Some(*warning.cause(format!("they are {}", list(&trapping))));
    }
    let warning = warning.cause(format!("they are {}", list(&answering)));
    let traps = trapping
        .iter()
        .map(|name| format!("`{name}` {missing}, and traps when it is called"));
    Some(*traps.fold(warning, Diagnostic::cause))
}

fn asked(resolved: &Resolved<'_, '_>, imports: &Imports<'_, '_>) -> Vec<Import> {
    let groups = imports.groups.iter().map(|group| {
        let mut users: Vec<String> = Vec::new();
        for user in &group.users {
            let name = &resolved.graph.instances[user.instance].name;
            if !users.contains(name) {
                users.push(name.clone());
            }
        }
        Import {
            name: group.full.full.clone(),
            users,
            merged: group.merged.iter().cloned().collect(),
            types_only: group.users.iter().all(|user| user.only.is_some()),
        }
    });
    groups.collect()
}

fn warnings(resolved: &Resolved<'_, '_>, apart: &[Apart]) -> Vec<Diagnostic> {
    let unused = resolved.unused.iter().map(|name| {
        *Diagnostic::warning(
            "compose/unused",
            format!("`{name}` is not needed and left out"),
        )
        .help("leave it away, or wire it by hand with `--wire`")
    });
    let apart = apart.iter().map(|apart| {
        let warning = Diagnostic::warning(
            "compose/kept-apart",
            format!(
                "`{}` and `{}` cannot be one import",
                apart.import, apart.other
            ),
        );
        let differences = apart.differences.iter().map(ToString::to_string);
        *differences
            .fold(warning, Diagnostic::cause)
            .help("build the components against the same version of the interface")
    });
    let misfits = resolved.misfits.iter().map(|decision| {
        let (instance, import) = (&decision.instance, &decision.import);
        let message = format!("the import `{import}` of `{instance}` is left to the host");
        let warning = Diagnostic::warning("compose/left-open", message);
        *explain(warning, &decision.candidates).help(format!(
            "say that it is meant with `--import {import}`, or pass a component that fits"
        ))
    });
    unused.chain(apart).chain(misfits).collect()
}

/// The plan as it was carried out.
fn decided(plan: &Plan, resolved: &Resolved<'_, '_>) -> Plan {
    let graph = &resolved.graph;
    let mut components = IndexMap::new();
    let mut instances = IndexMap::new();
    for (at, instance) in graph.instances.iter().enumerate() {
        let part = graph.part(at);
        let given = plan.components.get(&part.id).cloned();
        components.insert(part.id.clone(), given.unwrap_or_default());
        if graph.declarations == Some(at) {
            continue;
        }
        let mut args = IndexMap::new();
        for (item, arg) in part.imports.iter().zip(&instance.args) {
            args.insert(
                item.extern_name.name.to_string(),
                decided_arg(resolved, arg),
            );
        }
        let component = (part.id != instance.name).then(|| part.id.clone());
        instances.insert(instance.name.clone(), plan::Instance { component, args });
    }
    let exports = graph.exports.iter().map(|export| {
        let source = decided_source(resolved, &export.source);
        plan::Export {
            instance: source.instance.unwrap_or_default(),
            export: source.export,
            path: source.path,
            name: export.renamed.clone(),
        }
    });
    Plan {
        root: plan.root.clone(),
        providers: Vec::new(),
        exact_exports: plan.exact_exports,
        imports: plan::Imports {
            separate: plan.imports.separate,
            ..plan::Imports::default()
        },
        stubs: Vec::new(),
        components,
        instances,
        exports: exports.collect(),
        declarations: plan.declarations.clone(),
    }
}

fn decided_arg(resolved: &Resolved<'_, '_>, arg: &Arg) -> plan::Arg {
    match arg {
        Arg::Open(name) => plan::Arg {
            import: Some(name.clone()),
            ..plan::Arg::default()
        },
        Arg::From(source) => decided_source(resolved, source),
        Arg::Unused => plan::Arg::default(),
    }
}

fn decided_source(resolved: &Resolved<'_, '_>, source: &Source) -> plan::Arg {
    let graph = &resolved.graph;
    let part = graph.part(source.instance);
    let export = match source.at {
        At::Whole => None,
        At::Export(at) => Some(&part.exports[at]),
        At::Import(at) => {
            return plan::Arg {
                import: Some(part.imports[at].extern_name.name.to_string()),
                path: source.path.clone(),
                ..plan::Arg::default()
            };
        }
    };
    plan::Arg {
        instance: Some(graph.instances[source.instance].name.clone()),
        export: export.map(|item| item.extern_name.name.to_string()),
        path: source.path.clone(),
        whole: export.is_none(),
        import: None,
    }
}
