//! How does a component come about that needs no compiler of a known language?

use std::path::PathBuf;

use super::{Argument, By, Call, Made, Recipe, Site};
use crate::diagnostic::Result;

/// Takes a ready-made file.
pub fn file(site: &Site<'_>, file: &str) -> Recipe {
    let file = site.folder.join(file);
    Recipe {
        inputs: vec![file.clone()],
        made: Made::At(file),
        ..Recipe::default()
    }
}

/// Runs a command of the user's.
pub fn command(site: &Site<'_>, command: &str) -> Recipe {
    let output = site.component.output.as_ref();
    let output: PathBuf =
        output.map_or_else(PathBuf::new, |output| site.folder.join(output.get_ref()));
    let call = Call {
        by: By::Shell,
        arguments: vec![Argument::Text(command.into())],
        folder: site.folder.clone(),
        environment: Vec::new(),
        when_locked: None,
    };
    let mut inputs = match &site.component.inputs {
        Some(patterns) => super::inputs::matching(&site.folder, patterns.get_ref()),
        None => site.all_files(),
    };
    inputs.retain(|path| *path != output);
    Recipe {
        calls: vec![site.with_env(call)],
        inputs,
        made: Made::At(output),
        ..Recipe::default()
    }
}

/// Takes a text of a module or component.
pub fn wat(site: &Site<'_>) -> Result<Recipe> {
    let name = format!("{}.wat", site.name);
    let source = site
        .folder
        .join(site.entry(&[&name, "src/*.wat", "*.wat"])?);
    Ok(Recipe {
        inputs: vec![source.clone()],
        made: Made::At(source),
        ..Recipe::default()
    })
}
