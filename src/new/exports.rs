//! Would the component have the exports that the module was written for?

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::ExternalKind;
use wit_parser::{Mangling, WorldItem};

use super::Options;
use super::adapter::{Adapter, Choice, PREVIEW1};
use super::core::Core;
use super::explain;
use super::origin::is_interface;
use crate::diagnostic::{Diagnostic, Result};

/// Refuses a module whose exports would be lost; the warnings are for what the caller asked for.
pub(super) fn check(
    core: &Core<'_>,
    adapters: &[Adapter],
    options: &Options,
) -> Result<Vec<Diagnostic>> {
    let kept = core.exports_of_worlds().next().is_some();
    let mut added = false;
    for adapter in adapters.iter().filter(|adapter| adapter.used) {
        added |= adapter.adds_exports()?;
    }
    if options.allow_empty || kept || added && !loses_interfaces(core) {
        return Ok(Vec::new());
    }
    if core.exports_function("_start") && !loses_interfaces(core) {
        return lost_start(core, adapters, options);
    }
    if core.is_typed() {
        // Its world has no exports: it says so itself.
        return Ok(Vec::new());
    }
    // What it lacks comes before what it would lose.
    match explain::unsatisfied(core, adapters, options) {
        Some(unsatisfied) if explain::lacks_wit(core, adapters, options) => Err(unsatisfied),
        Some(unsatisfied) => Err(unsatisfied.help(NAME_THE_WIT)),
        None => Err(lost_exports(core)),
    }
}

const NAME_THE_WIT: &str = "name the WIT that it implements: `--wit PATH --world NAME`";

/// Whether an untyped module has exports that only WIT would make exports of the component.
fn loses_interfaces(core: &Core<'_>) -> bool {
    !core.is_typed()
        && core
            .exports
            .iter()
            .any(|export| interface(&export.name).is_some())
}

/// `_start` without anything that would call it.
fn lost_start(core: &Core<'_>, adapters: &[Adapter], options: &Options) -> Result<Vec<Diagnostic>> {
    for adapter in adapters.iter().filter(|adapter| adapter.used) {
        if adapter.calls("_start")? {
            return Ok(Vec::new());
        }
    }
    if let Some(unsatisfied) = explain::unsatisfied(core, adapters, options) {
        return Err(unsatisfied);
    }
    let message = format!("nothing would ever call `_start` of `{}`", core.name);
    let adapter = adapters.iter().find(|adapter| adapter.name == PREVIEW1);
    let cause = match adapter {
        Some(Adapter {
            kind: Some(kind), ..
        }) => {
            format!(
                "it is a command, and the {} adapter is not for commands",
                kind.name()
            )
        }
        Some(_) => format!("the adapter given for `{PREVIEW1}` is not one for commands"),
        None => "it is a command, and there is no adapter that makes it `wasi:cli/run`".to_string(),
    };
    // Who turns the choice of adapters off has chosen them: that is heeded, and said.
    if options.adapter == Choice::None && !adapters.is_empty() {
        let warning = Diagnostic::warning("new/lost-start", message).cause(cause);
        return Ok(vec![
            *warning.help("leave out `--adapter none` to have the command adapter"),
        ]);
    }
    let help = match adapter {
        Some(Adapter { kind: Some(_), .. }) => "take the adapter for commands: `--adapter command`",
        _ => "leave out `--adapter` and `--adapt`: the adapter for commands is bundled",
    };
    Err(Diagnostic::error("new/lost-start", message)
        .cause(cause)
        .help(help)
        .help("pass `--allow-empty` to take the component without exports"))
}

/// Exports that no `component-type` section speaks of.
fn lost_exports(core: &Core<'_>) -> Box<Diagnostic> {
    let names: Vec<&str> = core
        .exports
        .iter()
        .filter(|export| export.kind == ExternalKind::Func)
        .map(|export| export.name.as_str())
        .collect();
    let mut interfaces: Vec<String> = names.iter().filter_map(|name| interface(name)).collect();
    interfaces.dedup();
    let diagnostic = Diagnostic::error(
        "new/lost-exports",
        format!("the component of `{}` would export nothing", core.name),
    )
    .cause(
        "the module has no `component-type` section: the toolchain wrote none, or `strip` took \
         it away",
    );
    let diagnostic = match (interfaces.is_empty(), names.is_empty()) {
        (false, _) => {
            let interfaces: Vec<_> = interfaces.iter().map(|name| format!("`{name}`")).collect();
            diagnostic.cause(format!("its exports implement {}", interfaces.join(", ")))
        }
        (true, false) => {
            let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
            diagnostic.cause(format!("it exports {}", names.join(", ")))
        }
        (true, true) => diagnostic.cause("it exports no function"),
    };
    diagnostic
        .help(NAME_THE_WIT)
        .help("pass `--allow-empty` to take the component without exports")
}

/// The interface that an export of this core name implements.
fn interface(name: &str) -> Option<String> {
    let interface = match name.strip_prefix("cm32p2|") {
        Some(rest) => rest.split('|').next(),
        None => name.split_once('#').map(|(interface, _)| interface),
    }?;
    let prefixes = [
        "cabi_post_",
        "[async-lift]",
        "[async-lift-stackful]",
        "[callback]",
    ];
    let prefix = prefixes
        .iter()
        .find_map(|prefix| interface.strip_prefix(prefix));
    let interface = prefix.unwrap_or(interface);
    is_interface(interface).then(|| interface.to_string())
}

/// What the worlds ask the module to export and it does not.
pub(super) fn missing(core: &Core<'_>, options: &Options) -> Option<Box<Diagnostic>> {
    let takes_legacy = !options.encoding.reject_legacy_names;
    let functions = core.functions();
    let taken = functions.filter(|name| takes_legacy || name.starts_with("cm32p2"));
    let taken: BTreeSet<&str> = taken.collect();
    let has_any = |names: &[String]| names.iter().any(|name| taken.contains(name.as_str()));
    let mut missing = Vec::new();
    for world in &core.worlds {
        let resolve = &world.resolve;
        for (key, item) in &resolve.worlds[world.id].exports {
            let key = resolve.name_world_key(key);
            match item {
                WorldItem::Function(function) => {
                    if !has_any(&function_names(None, function)) {
                        missing.push(function.name.clone());
                    }
                }
                WorldItem::Interface { id, .. } => {
                    let canonical = resolve.canonicalized_id_of(*id);
                    for function in resolve.interfaces[*id].functions.values() {
                        let mut names = function_names(Some(&key), function);
                        names.extend(
                            canonical
                                .iter()
                                .flat_map(|c| function_names(Some(c), function)),
                        );
                        if !has_any(&names) {
                            missing.push(format!("{key}#{}", function.name));
                        }
                    }
                }
                WorldItem::Type { .. } => {}
            }
        }
    }
    missing_exports(core, &missing)
}

/// The core names that an export of this function may have.
fn function_names(interface: Option<&str>, function: &wit_parser::Function) -> Vec<String> {
    let name = function.core_export_name(interface, Mangling::Legacy);
    vec![
        function
            .core_export_name(interface, Mangling::Standard32)
            .into_owned(),
        format!("[async-lift]{name}"),
        format!("[async-lift-stackful]{name}"),
        name.into_owned(),
    ]
}

fn missing_exports(core: &Core<'_>, missing: &[String]) -> Option<Box<Diagnostic>> {
    let world = core.world_name.as_deref().unwrap_or_default();
    let message = match missing {
        [] => return None,
        [one] => format!(
            "`{}` does not export `{one}`, which world `{world}` asks for",
            core.name
        ),
        many => format!(
            "`{}` does not export {} functions that world `{world}` asks for",
            core.name,
            many.len()
        ),
    };
    let mut diagnostic = Diagnostic::error("new/missing-export", message);
    if missing.len() > 1 {
        let names: Vec<_> = missing.iter().map(|name| format!("`{name}`")).collect();
        diagnostic = diagnostic.cause(format!("they are {}", names.join(", ")));
    }
    if let Some((wanted, near)) = nearest(core, missing) {
        diagnostic = diagnostic.cause(format!("it exports `{near}`, the world says `{wanted}`"));
    }
    Some(diagnostic.help("choose the world that it was compiled for, or export what is missing"))
}

/// An export that differs from a missing one in version or spelling alone.
fn nearest<'a>(core: &'a Core<'_>, missing: &'a [String]) -> Option<(&'a str, &'a str)> {
    let mut exported = BTreeMap::new();
    for export in &core.exports {
        let name = exported.entry(simplify(&export.name));
        name.or_insert(export.name.as_str());
    }
    missing.iter().find_map(|wanted| {
        let near = exported.get(&simplify(wanted))?;
        Some((wanted.as_str(), *near))
    })
}

/// A name without version, case and separators.
fn simplify(name: &str) -> String {
    let (interface, function) = name.rsplit_once('#').unwrap_or(("", name));
    let interface = interface.split('@').next().unwrap_or_default();
    let letters = |text: &str| text.replace(['-', '_'], "").to_ascii_lowercase();
    format!("{}#{}", letters(interface), letters(function))
}
