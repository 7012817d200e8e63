//! How is a component compiled from Zig?

use std::ffi::OsString;

use super::{Call, Made, Recipe, Site};
use crate::build::tools::ZIG;
use crate::diagnostic::Result;

pub fn recipe(site: &Site<'_>) -> Result<Recipe> {
    let entry = site.entry(&["src/main.zig", "src/root.zig"])?;
    let mut call = Call::new(&ZIG, &site.folder)
        .arg("build-exe")
        .arg(entry)
        .args(["-target", "wasm32-wasi", "-O", "ReleaseSmall"]);
    if site.is_library() {
        call = call.args(["-fno-entry", "-rdynamic", "-mexec-model=reactor"]);
    }
    let mut emit = OsString::from("-femit-bin=");
    emit.push(site.compiled());
    let call = call
        .args(site.flags())
        .arg("--cache-dir")
        .arg(site.out.join("cache"))
        .arg(emit);
    Ok(Recipe {
        tools: vec![&ZIG],
        calls: vec![site.with_env(call)],
        inputs: site.all_files(),
        variables: &["ZIG_LIB_DIR"],
        made: Made::At(site.compiled()),
        ..Recipe::default()
    })
}
