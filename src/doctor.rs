//! Which toolchains are there, and how are the others had?

use std::path::Path;

use rayon::prelude::*;
use serde::Serialize;

use crate::build::Programs;
use crate::build::tools::{ALL, Places, Tool};

/// What was found.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub tools: Vec<Checked>,
}

/// A tool, and whether it is there.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Checked {
    pub name: &'static str,
    /// What it is for.
    pub purpose: &'static str,
    pub minimum: String,
    /// What it says it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// How it is had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub install: Option<String>,
}

/// Looks for all tools that a build may ask for, from a folder on.
pub fn doctor(folder: &Path, programs: &dyn Programs) -> Report {
    let root = folder
        .canonicalize()
        .unwrap_or_else(|_| folder.to_path_buf());
    let places = Places::new(&root, Default::default());
    let tools = ALL
        .par_iter()
        .map(|tool| check(tool, &places, &root, programs));
    Report {
        tools: tools.collect(),
    }
}

fn check(tool: &'static Tool, places: &Places, folder: &Path, programs: &dyn Programs) -> Checked {
    let mut checked = Checked {
        name: tool.name,
        purpose: tool.purpose,
        minimum: tool.minimum.to_string(),
        version: None,
        program: None,
        problems: Vec::new(),
        install: None,
    };
    let told = tool
        .find(places)
        .and_then(|found| found.version(programs, folder, &[]));
    match told {
        Ok(told) => {
            checked.version = Some(told.version);
            checked.program = Some(told.program);
        }
        Err(error) => {
            checked.problems = error.causes;
            checked.install = Some(tool.install.to_string());
        }
    }
    checked
}
