//! How is a component made from JavaScript or TypeScript?

use std::collections::BTreeSet;

use super::{Call, Made, Recipe, Site};
use crate::build::manifest::{Engine, Lang};
use crate::build::tools::{COMPONENTIZE_JS, ESBUILD, JCO};
use crate::diagnostic::{Diagnostic, Result};

/// Hosts that know nothing of async functions run what it makes, too.
const QUICKJS: [&str; 4] = [
    "componentize",
    "--backend",
    "quickjs",
    "--backend-qjs-disable-async",
];

pub fn recipe(site: &Site<'_>, lang: Lang) -> Result<Recipe> {
    let entries: &[&str] = match lang {
        Lang::Ts => &["src/index.ts", "src/app.ts", "app.ts"],
        _ => &["src/index.js", "src/app.js", "app.js"],
    };
    let Some(wit) = &site.wit else {
        return Err(no_world(site));
    };
    let entry = site.entry(entries)?;
    let bundle = site.out.join("bundle.js");
    // One module without types; what a world provides stays imported.
    let external = namespaces(site)
        .into_iter()
        .map(|name| format!("--external:{name}:*"));
    let bundling = Call::new(&ESBUILD, &site.folder)
        .arg(&entry)
        .args([
            "--bundle",
            "--format=esm",
            "--target=es2022",
            "--log-level=warning",
        ])
        .args(external)
        .arg(format!("--outfile={}", bundle.display()));
    let engine = site.component.engine.as_ref();
    let engine = engine.map(|engine| *engine.get_ref()).unwrap_or_default();
    let (tool, words): (_, &[&str]) = match engine {
        Engine::StarlingMonkey => (&COMPONENTIZE_JS, &[]),
        Engine::QuickJs => (&JCO, &QUICKJS),
    };
    let mut componentize = Call::new(tool, &site.folder)
        .args(words.iter().copied())
        .arg(bundle)
        .arg("--wit")
        .arg(wit);
    if let Some(world) = site.world() {
        componentize = componentize.arg("--world-name").arg(world);
    }
    let componentize = componentize
        .args(site.flags())
        .arg("-o")
        .arg(site.compiled());
    let calls = [bundling, componentize];
    Ok(Recipe {
        tools: vec![&ESBUILD, tool],
        calls: calls.map(|call| site.with_env(call)).to_vec(),
        inputs: site.all_files(),
        variables: &["NODE_OPTIONS", "NODE_PATH"],
        made: Made::At(site.compiled()),
        ..Recipe::default()
    })
}

/// The namespaces of the packages in the component's WIT, and WASI's.
fn namespaces(site: &Site<'_>) -> BTreeSet<String> {
    let texts = site
        .wit_files()
        .into_iter()
        .filter_map(|path| std::fs::read_to_string(path).ok());
    let mut found = BTreeSet::from(["wasi".to_string()]);
    for text in texts {
        let packages = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("package "));
        found.extend(packages.filter_map(|name| Some(name.trim().split_once(':')?.0.to_string())));
    }
    found
}

/// Some languages cannot do without.
pub fn no_world(site: &Site<'_>) -> Box<Diagnostic> {
    Diagnostic::error("build/no-wit", format!("`{}` has no WIT", site.name))
        .cause("what it imports and exports is not said by its sources")
        .help("put its world into the folder `wit`, or name another with `wit = \"PATH\"`")
}
