//! Is the output what it has to be?
//!
//! Valid, with the same exports, and no import or type that was not there.

use std::collections::BTreeSet;

use super::Options;
use super::surface::{self, Item, Surface};
use crate::component::Component;
use crate::diagnostic::{Diagnostic, Result, Severity};
use crate::features::Features;
use crate::input::{self, Kind};
use crate::module::Module;
use crate::validate;

fn validated(name: &str, bytes: &[u8]) -> Result<()> {
    let options = validate::Options {
        features: Features::all(),
        ..validate::Options::default()
    };
    let verdict = validate::validate(name, bytes, &options);
    let mut findings = verdict.findings.into_iter();
    // Warnings are about what is valid.
    match findings.find(|finding| finding.severity == Severity::Error) {
        Some(error) => Err(Box::new(error)),
        None => Ok(()),
    }
}

/// Fails where the input is not valid: nothing can be said of what that does.
pub fn valid_input(name: &str, bytes: &[u8]) -> Result<()> {
    validated(name, bytes).map_err(|error| error.in_file(name))
}

/// Fails where an export is chosen that is not there.
pub fn chosen_exports(bytes: &[u8], options: &Options) -> Result<()> {
    if options.exports.is_empty() {
        return Ok(());
    }
    let exports = Surface::of(bytes)?.exports;
    let is_there = |name: &&String| exports.iter().any(|export| export.name == **name);
    let Some(unknown) = options.exports.iter().find(|name| !is_there(name)) else {
        return Ok(());
    };
    let names = exports.iter().map(|export| format!("`{}`", export.name));
    let names: Vec<String> = names.collect();
    let error = Diagnostic::error(
        "shrink/unknown-export",
        format!("there is no export `{unknown}`"),
    );
    Err(error.help(format!("choose among {}", names.join(", "))))
}

/// Compares the output with the input; returns the imports that are gone.
pub fn output(before: &[u8], after: &[u8], options: &Options) -> Result<Vec<String>> {
    validated("output", after).map_err(|error| {
        broken("the output is not valid").cause(match &error.place {
            Some(place) => format!("{} at {place:?}", error.message),
            None => error.message.clone(),
        })
    })?;
    let (old, new) = (Surface::of(before)?, Surface::of(after)?);
    if !has_exports(&old, &new, options) {
        return Err(broken("the output has other exports than the input"));
    }
    let (imported, left) = (set(&old.imports), set(&new.imports));
    if let Some(import) = new.imports.iter().find(|i| !imported.contains(i)) {
        let error = broken("the output imports what the input does not");
        return Err(error.cause(import.name.clone()));
    }
    let differences = surface::type_differences(before, after)?;
    if !differences.is_empty() {
        let error = broken("the output has other types than the input");
        return Err(differences.into_iter().fold(error, Diagnostic::cause));
    }
    let gone = old.imports.iter().filter(|import| !left.contains(import));
    Ok(gone.map(|import| import.name.clone()).collect())
}

/// Are the exports those that were there, in the same order? Of those that are not chosen only what
/// the chosen ones need is left: a type that they name.
fn has_exports(old: &Surface, new: &Surface, options: &Options) -> bool {
    let left = set(&new.exports);
    let is_chosen = |name| options.exports.is_empty() || options.exports.contains(name);
    let expected = old.exports.iter();
    let expected = expected.filter(|export| is_chosen(&export.name) || left.contains(export));
    expected.eq(&new.exports)
}

fn set(items: &[Item]) -> BTreeSet<&Item> {
    items.iter().collect()
}

fn broken(message: &str) -> Box<Diagnostic> {
    Diagnostic::ours("shrink/broken-output", message)
        .help("shrink with `--skip` and the passes one by one to find the one at fault")
}

/// How many functions are defined in it, at any depth, and how many imports it has.
pub fn counts(bytes: &[u8]) -> (usize, usize) {
    let imports = Surface::of(bytes).map_or(0, |surface| surface.imports.len());
    (functions(bytes), imports)
}

fn functions(bytes: &[u8]) -> usize {
    let of_module = |module: &Module<'_>| module.functions().map_or(0, |functions| functions.len());
    match input::kind(bytes) {
        Ok(Kind::Component) => Component::parse(bytes).map_or(0, |component| {
            let modules = component.all_core_modules();
            modules.into_iter().map(of_module).sum()
        }),
        _ => Module::parse(bytes, 0..bytes.len()).map_or(0, |module| of_module(&module)),
    }
}
