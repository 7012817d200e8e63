//! How is a component compiled from Go?

use std::path::PathBuf;

use super::{Call, Made, Recipe, Site};
use crate::build::tools::GO;

pub fn recipe(site: &Site<'_>) -> Recipe {
    let mut call = Call::new(&GO, &site.folder).args([
        "build",
        "-trimpath",
        "-buildvcs=false",
        "-ldflags=-s -w",
    ]);
    if site.is_library() {
        call = call.arg("-buildmode=c-shared");
    }
    let call = call
        .args(site.flags())
        .arg("-o")
        .arg(site.compiled())
        .arg(".")
        .env("GOOS", "wasip1")
        .env("GOARCH", "wasm");
    Recipe {
        tools: vec![&GO],
        calls: vec![site.with_env(call)],
        inputs: site.all_files(),
        variables: &["GOFLAGS", "GOROOT", "GOTOOLCHAIN"],
        witnesses: witnesses(site),
        made: Made::At(site.compiled()),
        ..Recipe::default()
    }
}

/// They can name another version of Go.
fn witnesses(site: &Site<'_>) -> Vec<PathBuf> {
    let around = site.folder.ancestors();
    let named = around.flat_map(|folder| ["go.mod", "go.work"].map(|name| folder.join(name)));
    named.filter(|path| path.is_file()).collect()
}
