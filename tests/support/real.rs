//! Real components, where `WCT_CORPUS` names the folder that has them; and compositions of any.

use std::path::PathBuf;

use wct::compose::{self, Components, File, Flags, Options};
use wct::progress::Silent;

/// Where they are. To have none is a loud skip.
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("WCT_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: WCT_CORPUS names no folder");
    }
    folder
}

pub fn component(name: &str) -> Option<Vec<u8>> {
    let path = folder()?.join(format!("{name}.component.wasm"));
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// Components under their names, wired to the first. Fails with what `compose` says.
pub fn composed(parts: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, String> {
    let mut files = parts.iter().map(|(name, _)| File {
        name: Some(name.to_string()),
        path: name.to_string(),
    });
    let flags = Flags {
        root: files.next(),
        providers: files.collect(),
        ..Flags::default()
    };
    let plan = flags.plan().expect("the options make a plan");
    let components: Components<'_> = parts
        .iter()
        .map(|(name, bytes)| (name.to_string(), bytes.as_slice()))
        .collect();
    let made = compose::compose(&plan, &components, &Options::default(), &Silent);
    let made = made.map_err(|error| format!("{error:?}"))?;
    Ok(made.wasm.expect("it was no dry run"))
}
