//! `wct inspect --plan`: a composition as the plan that makes it.

use std::path::{Path, PathBuf};

use serde::Serialize;
use wct::compose::Plan;
use wct::compose::decompose::{Decomposed, decompose};
use wct::diagnostic::{Diagnostic, Result};
use wct::{files, input};

use super::{Report, Written, WrittenFile};
use crate::args;

/// The plan, with what its components weigh.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Shown {
    plan: Plan,
    parts: Vec<Part>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Diagnostic>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Part {
    component: String,
    size: u64,
}

impl Shown {
    pub fn text(&self) -> String {
        self.plan.to_toml()
    }
}

/// Shows the plan, or writes it into a folder together with its components.
pub fn run(name: &str, bytes: &[u8], folder: Option<&Path>) -> Result<Report> {
    let binary = input::to_binary(name, bytes)?;
    let found = decompose(name, &binary)?;
    match folder.filter(|folder| !args::is_dash(folder)) {
        Some(folder) => write(folder, found),
        None => Ok(Report::Plan(Box::new(shown(found)))),
    }
}

fn shown(found: Decomposed<'_>) -> Shown {
    let parts = found.components.iter().map(|(id, part)| Part {
        component: id.clone(),
        size: part.len() as u64,
    });
    Shown {
        parts: parts.collect(),
        plan: found.plan,
        warnings: found.warnings,
    }
}

fn write(folder: &Path, found: Decomposed<'_>) -> Result<Report> {
    let plan = found.plan.to_toml();
    let mut outputs: Vec<(PathBuf, &[u8])> = Vec::new();
    for (id, part) in &found.components {
        let file = found.plan.components.get(id);
        let name = file.map_or(id, |file| &file.source);
        outputs.push((folder.join(name), part));
    }
    outputs.push((folder.join("plan.toml"), plan.as_bytes()));
    for (path, _) in &outputs {
        args::not_an_input(path)?;
    }
    files::make_folder(folder)?;
    let mut written = Vec::new();
    for (path, bytes) in outputs {
        files::write(&path, bytes)?;
        written.push(WrittenFile::new(&path, bytes.len()));
    }
    Ok(Report::Written(Written {
        written,
        warnings: found.warnings,
    }))
}
