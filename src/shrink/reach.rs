//! Which way leads from an export to an import?

use serde::Serialize;

use super::live::{Live, Rules, Stage};
use super::scan::Kind;
use super::summary::{Depth, Summary, export_kind};
use super::tree::Tree;
use crate::component::Component;
use crate::diagnostic::{Result, demangle};

/// A stage of the way to an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// An export of the component.
    Export(String),
    /// A function of a core module.
    Function {
        /// By name, or by its number in the order of the file.
        module: String,
        index: u32,
        /// As its language writes it.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
}

/// An import, or a member of one that is an instance.
pub type Target = (String, Option<String>);

/// The shortest way to each of these imports of a valid component. `None` where nothing leads
/// there; a way without an export begins with what instantiation does.
pub fn ways(component: &Component<'_>, targets: &[Target]) -> Result<Vec<Option<Vec<Step>>>> {
    let tree = Tree::of_component(component, Depth::Bodies)?;
    let rules = Rules {
        refine_tables: true,
        exports: None,
    };
    let live = Live::traced(&tree, rules);
    let way = |(import, member): &Target| {
        let stages = live.way(import, member.as_deref())?;
        Some(stages.into_iter().map(|stage| step(&tree, stage)).collect())
    };
    Ok(targets.iter().map(way).collect())
}

fn step(tree: &Tree<'_>, stage: Stage<'_>) -> Step {
    match stage {
        Stage::Export(name) => Step::Export(name.to_string()),
        Stage::Function(id, index) => {
            let module = &tree.modules[id.0].summary.module;
            let number = || format!("core module {}", id.0);
            Step::Function {
                module: module.name().map_or_else(number, str::to_string),
                index,
                name: name(&tree.modules[id.0].summary, index),
            }
        }
    }
}

/// As the name section has it, or the name that it is exported under.
fn name(summary: &Summary<'_>, function: u32) -> Option<String> {
    let own = summary.module.function_name(function);
    let mut exports = summary.exports.iter();
    let exported = exports
        .find(|export| export_kind(export.kind) == Kind::Func && export.index == function)
        .map(|export| export.name.to_string());
    own.map(|name| demangle(&name)).or(exported)
}
