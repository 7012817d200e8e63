//! How is a component compiled from AssemblyScript?

use super::{Call, Made, Recipe, Site};
use crate::build::tools::ASC;
use crate::diagnostic::Result;

pub fn recipe(site: &Site<'_>) -> Result<Recipe> {
    let entry = site.entry(&["assembly/index.ts", "src/index.ts"])?;
    let call = Call::new(&ASC, &site.folder)
        .arg(entry)
        .args(["--optimize", "--runtime", "stub"])
        // It would be an import that no world has.
        .args(["--use", "abort="])
        .args(site.flags())
        .arg("--outFile")
        .arg(site.compiled());
    Ok(Recipe {
        tools: vec![&ASC],
        calls: vec![site.with_env(call)],
        inputs: site.all_files(),
        variables: &["NODE_OPTIONS", "NODE_PATH"],
        made: Made::At(site.compiled()),
        ..Recipe::default()
    })
}
