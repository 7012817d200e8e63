//! How is a component compiled from C or C++?

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

use super::{Call, Made, Recipe, Site};
use crate::build::manifest::Lang;
use crate::build::tools::{CLANG, CLANGXX, Tool, WIT_BINDGEN};
use crate::diagnostic::Result;

pub fn recipe(site: &Site<'_>, lang: Lang) -> Result<Recipe> {
    let (tool, patterns): (&'static Tool, &[&str]) = match lang {
        Lang::Cpp => (&CLANGXX, &["src/*.cpp", "src/*.cc", "src/*.c"]),
        _ => (&CLANG, &["src/*.c"]),
    };
    let sources = site.sources(patterns)?;
    let bindings = bindings(site);
    let mut call = compiler(site, tool).args(site.flags());
    let mut calls = Vec::new();
    let mut tools = vec![tool];
    if site.is_library() {
        call = call.arg("-mexec-model=reactor");
    }
    if lang == Lang::Cpp {
        // The C++ library for WASI has none.
        call = call.arg("-fno-exceptions");
    }
    if bindings.is_some() {
        // What is generated is C, whatever the rest is.
        let (made, object) = (site.bindings(), site.out.join("bindings.o"));
        let generated = compiler(site, &CLANG).arg("-c").files(&made, "c");
        calls.push(generated.arg("-o").arg(&object));
        call = call.arg("-I").arg(&made).files(&made, "o").arg(object);
        tools.extend([&CLANG, &WIT_BINDGEN]);
    }
    let shown = sources.iter();
    let shown = shown.map(|path| path.strip_prefix(&site.folder).unwrap_or(path));
    calls.push(call.args(shown).arg("-o").arg(site.compiled()));
    Ok(Recipe {
        tools,
        bindings,
        calls: calls.into_iter().map(|call| site.with_env(call)).collect(),
        inputs: inputs(site, &sources),
        variables: &[
            "CPATH",
            "C_INCLUDE_PATH",
            "CPLUS_INCLUDE_PATH",
            "WASI_SDK_PATH",
        ],
        made: Made::At(site.compiled()),
        ..Recipe::default()
    })
}

/// Everything in the component's folder, and the headers around sources that are elsewhere.
fn inputs(site: &Site<'_>, sources: &[PathBuf]) -> Vec<PathBuf> {
    const HEADERS: &[&str] = &["h", "h++", "hh", "hpp", "hxx", "inc", "inl", "ipp", "tpp"];
    let is_header = |path: &PathBuf| {
        let extension = path.extension().and_then(|extension| extension.to_str());
        extension.is_some_and(|extension| HEADERS.contains(&extension))
    };
    let mut found = super::inputs::walk_but(&site.folder, site.others);
    let elsewhere = sources.iter();
    let elsewhere = elsewhere.filter(|path| found.binary_search(path).is_err());
    let around = elsewhere.filter_map(|path| path.parent());
    let around: BTreeSet<PathBuf> = around.map(super::inputs::plain).collect();
    for folder in around {
        let files = super::inputs::walk_but(&folder, site.others).into_iter();
        found.extend(files.filter(is_header));
    }
    found.extend(site.wit_files());
    found.extend_from_slice(sources);
    found.sort();
    found.dedup();
    found
}

/// A compiler that does not tell where it runs.
fn compiler(site: &Site<'_>, tool: &'static Tool) -> Call {
    let maps = site.around().into_iter().map(|(from, to)| {
        let mut map = OsString::from("-ffile-prefix-map=");
        map.push(from);
        map.push("=");
        map.push(to);
        map
    });
    Call::new(tool, &site.folder)
        .args(["--target=wasm32-wasi", "-O2"])
        .args(maps)
}

/// Bindings in C for the world of the component.
fn bindings(site: &Site<'_>) -> Option<Call> {
    let wit = site.wit.as_ref()?;
    let mut call = Call::new(&WIT_BINDGEN, &site.folder)
        .arg("c")
        .arg(wit)
        .arg("--out-dir")
        .arg(site.bindings());
    if let Some(world) = site.world() {
        call = call.arg("--world").arg(world);
    }
    Some(call)
}
