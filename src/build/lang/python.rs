//! How is a component made from Python?

use super::js::no_world;
use super::{Call, Made, Recipe, Site};
use crate::build::tools::COMPONENTIZE_PY;
use crate::diagnostic::Result;

pub fn recipe(site: &Site<'_>) -> Result<Recipe> {
    let Some(wit) = &site.wit else {
        return Err(no_world(site));
    };
    let entry = site.entry(&["app.py", "src/app.py"])?;
    let folder = entry.parent().map(|parent| site.folder.join(parent));
    let module = entry.file_stem().unwrap_or_default();
    let mut call = Call::new(&COMPONENTIZE_PY, &site.folder)
        .arg("--wit-path")
        .arg(wit);
    if let Some(world) = site.world() {
        call = call.arg("--world").arg(world);
    }
    let call = call
        .arg("componentize")
        .args(site.flags())
        .arg("--python-path")
        .arg(folder.unwrap_or_else(|| site.folder.clone()))
        .arg("-o")
        .arg(site.compiled())
        .arg(module)
        .env("PYTHONHASHSEED", "0");
    Ok(Recipe {
        tools: vec![&COMPONENTIZE_PY],
        calls: vec![site.with_env(call)],
        inputs: site.all_files(),
        variables: &["PYTHONPATH"],
        made: Made::At(site.compiled()),
        ..Recipe::default()
    })
}
