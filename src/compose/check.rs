//! Does everything fit, before anything is written?

use std::collections::BTreeSet;

use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentValType, ResourceId,
};
use wasmparser::types::Types;

use super::graph::{Arg, At, Graph, Source};
use super::identity::{Identities, Key};
use super::part::{Item, Part};
use crate::compare::{Difference, Pairs, SameResource, Side, Verdict, compare, kind};
use crate::diagnostic::{Diagnostic, Result};

/// Compares each argument with what its import asks for, and collects all that does not fit.
pub fn check(graph: &Graph<'_, '_>, identities: &Identities<'_, '_, '_>) -> Result<()> {
    let mut misfits = Vec::new();
    for (instance, given) in graph.instances.iter().enumerate() {
        for (import, arg) in given.args.iter().enumerate() {
            match arg {
                Arg::From(source) => {
                    misfits.extend(misfit(graph, identities, (instance, import), source));
                }
                Arg::Unused => {}
                Arg::Open(_) => open_import(graph, identities, instance, import)?,
            }
        }
    }
    if misfits.is_empty() {
        return Ok(());
    }
    let resources_only = misfits.iter().all(|misfit| misfit.resources_only);
    Err(told(misfits, resources_only))
}

struct Misfit {
    title: String,
    lines: Vec<String>,
    resources_only: bool,
}

fn told(misfits: Vec<Misfit>, resources_only: bool) -> Box<Diagnostic> {
    let (code, what, help) = if resources_only {
        (
            "compose/resource-mismatch",
            "resource types of different origin meet",
            "wire all imports that share a resource to the same instance",
        )
    } else {
        (
            "compose/type-mismatch",
            "what is wired does not fit",
            "build both components against the same version of the interface",
        )
    };
    let error = Diagnostic::error(code, what);
    let lines = misfits.into_iter().flat_map(|misfit| {
        let lines = misfit.lines.into_iter().map(|line| format!("  {line}"));
        std::iter::once(misfit.title).chain(lines)
    });
    lines.fold(error, Diagnostic::cause).help(help)
}

fn misfit(
    graph: &Graph<'_, '_>,
    identities: &Identities<'_, '_, '_>,
    (instance, import): (usize, usize),
    source: &Source,
) -> Option<Misfit> {
    let mut strangers = BTreeSet::new();
    let mut same = |required: ResourceId, provided: ResourceId| {
        let (wanted, found) = (
            identities.of(instance, required),
            identities.of(source.instance, provided),
        );
        if wanted != found {
            strangers.insert((wanted.clone(), found.clone()));
        }
        wanted == found
    };
    let differences = differences(graph, (instance, import), source, &mut same);
    if differences.is_empty() {
        return None;
    }
    let mut lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
    lines.extend(strangers.iter().map(|(wanted, found)| {
        format!(
            "asked for is {}, given is {}",
            identities.shown(wanted),
            identities.shown(found)
        )
    }));
    let resources = |difference: &Difference| difference.verdict == Verdict::OtherResource;
    Some(Misfit {
        title: format!(
            "{} is given {}",
            graph.shown_import(instance, import),
            graph.shown_source(source)
        ),
        lines,
        resources_only: differences.iter().all(resources),
    })
}

fn differences(
    graph: &Graph<'_, '_>,
    (instance, import): (usize, usize),
    source: &Source,
    same: &mut SameResource<'_>,
) -> Vec<Difference> {
    let (consumer, provider) = (graph.part(instance), graph.part(source.instance));
    let item = &consumer.imports[import];
    if source.at == At::Whole {
        let (ours, theirs) = (graph.side(instance), graph.side(source.instance));
        return whole_differences((ours, item), (theirs, provider), same);
    }
    let wanted = &item.item.ty;
    let path = match wanted {
        ComponentEntityType::Instance(_) => "",
        _ => item.extern_name.name,
    };
    let Some(found) = &graph.type_of(source) else {
        return vec![Difference {
            path: source.path.join("."),
            verdict: Verdict::Missing,
            required: kind(wanted).to_string(),
            provided: String::new(),
        }];
    };
    compare(
        path,
        (graph.side(instance), wanted),
        (graph.side(source.instance), found),
        same,
    )
}

/// Can an instance of a component itself stand for an import?
pub fn whole_fits(wanted: (&Side<'_>, &Item<'_>), provider: (&Side<'_>, &Part<'_>)) -> bool {
    let mut pairs = Pairs::default();
    let mut same = |required, provided| pairs.are_one(required, provided);
    whole_differences(wanted, provider, &mut same).is_empty()
}

/// What keeps an instance of a component itself from standing for an import.
fn whole_differences(
    (required, item): (&Side<'_>, &Item<'_>),
    (provided, provider): (&Side<'_>, &Part<'_>),
    same: &mut SameResource<'_>,
) -> Vec<Difference> {
    let ComponentEntityType::Instance(id) = &item.item.ty else {
        return vec![Difference {
            path: item.extern_name.name.to_string(),
            verdict: Verdict::Different,
            required: kind(&item.item.ty).to_string(),
            provided: "a whole instance".to_string(),
        }];
    };
    let mut differences = Vec::new();
    for (name, wanted) in &required.types[*id].exports {
        let mut exports = provider.exports.iter();
        match exports.find(|export| export.extern_name.name == name) {
            Some(found) => {
                let (wanted, found) = ((required, &wanted.ty), (provided, &found.item.ty));
                differences.extend(compare(name, wanted, found, same));
            }
            None => differences.push(Difference {
                path: name.clone(),
                verdict: Verdict::Missing,
                required: kind(&wanted.ty).to_string(),
                provided: String::new(),
            }),
        }
    }
    differences
}

/// An import of the composition cannot name a type that exists only inside of it.
fn open_import(
    graph: &Graph<'_, '_>,
    identities: &Identities<'_, '_, '_>,
    instance: usize,
    import: usize,
) -> Result<()> {
    let part = graph.part(instance);
    let item = &part.imports[import];
    let mut resources = BTreeSet::new();
    resources_in(
        &part.types,
        &item.item.ty,
        &mut resources,
        &mut BTreeSet::new(),
    );
    for resource in resources {
        let Key::Defined(owner, _) = identities.of(instance, resource) else {
            continue;
        };
        let name = graph.side(instance).resource(resource).to_string();
        let owner = &graph.instances[owner].name;
        let shown = &item.name.full;
        return Err(Diagnostic::error(
            "compose/resource-inside",
            format!(
                "the import `{shown}` needs the resource `{name}`, which only `{owner}` inside has"
            ),
        )
        .cause(format!(
            "{} is left to the host",
            graph.shown_import(instance, import)
        ))
        .cause(format!(
            "`{name}` comes from `{owner}`, an instance that the host cannot see"
        ))
        .help(format!("pass a component that exports `{shown}` with `-d`"))
        .help(format!(
            "leave the interface that defines `{name}` to the host as well, with `--import`"
        )));
    }
    Ok(())
}

/// All resource types that an item mentions.
fn resources_in(
    types: &Types,
    ty: &ComponentEntityType,
    found: &mut BTreeSet<ResourceId>,
    seen: &mut BTreeSet<wasmparser::component_types::ComponentDefinedTypeId>,
) {
    let mut values: Vec<ComponentValType> = Vec::new();
    match *ty {
        ComponentEntityType::Instance(id) => {
            for item in types[id].exports.values() {
                resources_in(types, &item.ty, found, seen);
            }
        }
        ComponentEntityType::Func(id) => {
            values.extend(types[id].params.iter().map(|(_, ty)| *ty));
            values.extend(types[id].result);
        }
        ComponentEntityType::Type { created, .. } => match created {
            ComponentAnyTypeId::Resource(id) => {
                found.insert(id.resource());
            }
            ComponentAnyTypeId::Defined(id) => values.push(ComponentValType::Type(id)),
            _ => {}
        },
        ComponentEntityType::Value(ty) => values.push(ty),
        ComponentEntityType::Module(_) | ComponentEntityType::Component(_) => {}
    }
    while let Some(value) = values.pop() {
        let ComponentValType::Type(id) = value else {
            continue;
        };
        if seen.insert(id) {
            inner(&types[id], &mut values, found);
        }
    }
}

/// The types a type is made of, and the resources it mentions itself.
fn inner(
    ty: &ComponentDefinedType,
    values: &mut Vec<ComponentValType>,
    found: &mut BTreeSet<ResourceId>,
) {
    use ComponentDefinedType as D;
    match ty {
        D::Own(id) | D::Borrow(id) => {
            found.insert(id.resource());
        }
        D::Record(record) => values.extend(record.fields.values()),
        D::Variant(variant) => values.extend(variant.cases.values().filter_map(|case| case.ty)),
        D::Tuple(tuple) => values.extend(tuple.types.iter()),
        D::List { element, .. } | D::FixedLengthList { element, .. } => values.push(*element),
        D::Map { key, value, .. } => values.extend([*key, *value]),
        D::Option { ty, .. } => values.push(*ty),
        D::Result { ok, err, .. } => values.extend(ok.iter().chain(err)),
        D::Future { ty, .. } | D::Stream { ty, .. } => values.extend(ty),
        D::Primitive(_) | D::Flags(_) | D::Enum(_) => {}
    }
}
