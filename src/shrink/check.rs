//! Is the output what it has to be?
//!
//! Valid, with the same exports and no import that was not there.

use super::Options;
use crate::component::Component;
use crate::diagnostic::{Diagnostic, Result};
use crate::features::Features;
use crate::input::{self, Kind};
use crate::module::Module;
use crate::validate;

fn validated(name: &str, bytes: &[u8]) -> Result<()> {
    let options = validate::Options {
        features: Features::parse(&["all".to_string()])?,
        ..validate::Options::default()
    };
    let verdict = validate::validate(name, bytes, &options);
    match verdict.findings.into_iter().next() {
        Some(finding) => Err(Box::new(finding)),
        None => Ok(()),
    }
}

/// Fails where the input is not valid: nothing can be said of what that does.
pub fn valid_input(name: &str, bytes: &[u8]) -> Result<()> {
    validated(name, bytes).map_err(|error| error.in_file(name))
}

/// Fails where an export is chosen that is not there.
pub fn chosen_exports(bytes: &[u8], options: &Options) -> Result<()> {
    let exports = Surface::of(bytes)?.exports;
    let Some(unknown) = options.exports.iter().find(|name| !exports.contains(name)) else {
        return Ok(());
    };
    let names: Vec<String> = exports.iter().map(|name| format!("`{name}`")).collect();
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
    let kept = |export: &&String| {
        let name = export.split('\0').next().unwrap_or(export);
        options.exports.is_empty() || options.exports.iter().any(|chosen| chosen == name)
    };
    let expected: Vec<&String> = old.exports.iter().filter(kept).collect();
    if expected != new.exports.iter().collect::<Vec<_>>() {
        return Err(broken("the output has other exports than the input"));
    }
    if let Some(import) = new
        .imports
        .iter()
        .find(|import| !old.imports.contains(import))
    {
        return Err(broken("the output imports what the input does not").cause(import.clone()));
    }
    let gone = old
        .imports
        .into_iter()
        .filter(|import| !new.imports.contains(import));
    Ok(gone.collect())
}

fn broken(message: &str) -> Box<Diagnostic> {
    Diagnostic::ours("shrink/broken-output", message)
        .help("shrink with `--skip` and the passes one by one to find the one at fault")
}

/// What an input has to do with its surroundings.
struct Surface {
    imports: Vec<String>,
    exports: Vec<String>,
}

impl Surface {
    fn of(bytes: &[u8]) -> Result<Surface> {
        if input::kind(bytes)? == Kind::Component {
            let component = Component::parse(bytes)?;
            let imports = component.imports.iter();
            let exports = component.exports.iter();
            return Ok(Surface {
                imports: imports.map(|import| import.name.name.to_string()).collect(),
                exports: exports.map(|export| export.name.name.to_string()).collect(),
            });
        }
        let module = Module::parse(bytes, 0..bytes.len())?;
        let imports = module.imports()?.into_iter();
        let exports = module.exports()?.into_iter();
        Ok(Surface {
            imports: imports
                .map(|import| format!("{} {}", import.module, import.name))
                .collect(),
            exports: exports.map(|export| export.name.to_string()).collect(),
        })
    }
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
