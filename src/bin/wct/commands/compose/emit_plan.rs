//! How is a plan written so that it leads to its components?

use std::path::{Component, Path, PathBuf};

use wct::compose::{self, Components, Plan};
use wct::diagnostic::{Diagnostic, Result};
use wct::files;

use crate::args;

/// Writes a plan with the digests of its components. Those that lie `inside` a composition are
/// written into a folder beside it: `app.parts` for `app.toml`.
pub fn write(
    path: &Path,
    plan: &mut Plan,
    components: &Components<'_>,
    inside: &[String],
) -> Result<()> {
    if plan.declarations.is_some() {
        return Err(Diagnostic::error(
            "compose/plan",
            "a plan cannot say what the document declares",
        )
        .cause("it has imports or types of its own")
        .help("keep the document: it is the plan"));
    }
    let is_file = !args::is_dash(path);
    let folder = path.parent().unwrap_or(Path::new(""));
    for (id, file) in &mut plan.components {
        let Some(bytes) = components.get(id) else {
            continue;
        };
        file.sha256 = Some(compose::sha256(bytes));
        if is_file && inside.contains(id) {
            let parts = path.with_extension("parts");
            files::make_folder(&parts)?;
            let part = parts.join(&file.source);
            args::write(&part, bytes, true)?;
            file.source = from_folder(folder, &part).display().to_string();
        } else if is_file {
            let source = from_folder(folder, Path::new(&file.source));
            file.source = source.display().to_string();
        }
    }
    args::write(path, plan.to_toml().as_bytes(), false)
}

/// The path that leads to `to` from a folder; both start from where we are.
fn from_folder(folder: &Path, to: &Path) -> PathBuf {
    if let Ok(within) = to.strip_prefix(folder) {
        return within.to_path_buf();
    }
    let steps = folder
        .components()
        .filter(|step| *step != Component::CurDir);
    let steps: Vec<Component<'_>> = steps.collect();
    let downwards = steps
        .iter()
        .all(|step| matches!(step, Component::Normal(_)));
    if to.is_absolute() || !downwards {
        return std::path::absolute(to).unwrap_or(to.to_path_buf());
    }
    steps.iter().map(|_| "..").collect::<PathBuf>().join(to)
}
