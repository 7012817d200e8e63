//! Which way leads from an export to an import?

use serde::Serialize;

use super::live::{Live, Rules, Stage};
use super::scan::Kind;
use super::summary::{Depth, Summary, export_kind};
use super::tree::{ModuleId, Tree};
use crate::component::{Component, Nested};
use crate::diagnostic::{Result, demangle};
use crate::inspect::tree::{Role, role};
use crate::module::{ItemNames, Module};

/// A stage of the way to an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// An export of the component.
    Export(String),
    /// A function of a core module.
    Function(Function),
}

/// A function on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Function {
    /// By name, or by its number in the order of the file.
    pub module: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    pub index: u32,
    /// As its language writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// It is called by its number in a table, and only so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub indirect: bool,
}

impl Step {
    /// Reached through a table, and only so.
    pub fn is_indirect(&self) -> bool {
        matches!(self, Step::Function(function) if function.indirect)
    }
}

/// An import, or a member of one that is an instance.
pub type Target = (String, Option<String>);

/// The shortest way to each of these imports of a valid component; one that goes through a table
/// only where no other leads there. `None` where nothing does; a way without an export begins with
/// what instantiation does.
pub fn ways(component: &Component<'_>, targets: &[Target]) -> Result<Vec<Option<Vec<Step>>>> {
    let tree = Tree::of_component(component, Depth::Bodies)?;
    let live = Live::traced(&tree, RULES);
    let mut names = Vec::new();
    module_names(component, &mut names);
    let names = Names::of(&tree, names);
    let way = |(import, member): &Target| {
        let stages = live.way(import, member.as_deref())?;
        Some(names.steps(stages))
    };
    Ok(targets.iter().map(way).collect())
}

/// The same for the functions that a module imports, by module name and name.
pub fn ways_of_module(
    module: &Module<'_>,
    targets: &[(String, String)],
) -> Result<Vec<Option<Vec<Step>>>> {
    let tree = Tree::of_module(module.clone(), Depth::Bodies)?;
    let live = Live::traced(&tree, RULES);
    let names = Names::of(&tree, vec![module.name()]);
    let way = |(from, name): &(String, String)| {
        let mut steps = names.steps(live.way_of_module(from, name)?);
        let first = steps.first().and_then(|step| match step {
            Step::Function(function) => Some(function.index),
            Step::Export(_) => None,
        });
        let summary = &tree.modules.first()?.summary;
        if let Some(export) = first.and_then(|first| exported(summary, first)) {
            steps.insert(0, Step::Export(export));
        }
        Some(steps)
    };
    Ok(targets.iter().map(way).collect())
}

const RULES: Rules<'_> = Rules {
    refine_tables: true,
    exports: None,
};

/// What the core modules call themselves or, where they do not, are called by the component around
/// them; in the order of the file.
fn module_names<'a>(component: &Component<'a>, names: &mut Vec<Option<&'a str>>) {
    let given = component.names();
    for definition in &component.sections {
        match definition.nested {
            Some(Nested::CoreModule(index)) => {
                let own = component.core_module(index).and_then(Module::name);
                names.push(own.or_else(|| given.core_modules.get(&index).copied()));
            }
            Some(Nested::Component(index)) => {
                let inner = component.component(index);
                inner
                    .into_iter()
                    .for_each(|inner| module_names(inner, names));
            }
            None => {}
        }
    }
}

/// What modules and their functions are called, read once.
struct Names<'t, 'a> {
    tree: &'t Tree<'a>,
    modules: Vec<Option<&'a str>>,
    functions: Vec<ItemNames<'a>>,
}

impl<'t, 'a> Names<'t, 'a> {
    fn of(tree: &'t Tree<'a>, modules: Vec<Option<&'a str>>) -> Names<'t, 'a> {
        let functions = tree.modules.iter();
        let functions = functions.map(|module| module.summary.module.function_names());
        Names {
            tree,
            modules,
            functions: functions.collect(),
        }
    }

    fn steps(&self, stages: Vec<Stage<'_>>) -> Vec<Step> {
        let step = |stage| match stage {
            Stage::Export(name) => Step::Export(name.to_string()),
            Stage::Function {
                module: id,
                index,
                indirect,
            } => {
                let name = self.modules.get(id.0).copied().flatten();
                let number = || format!("core module {}", id.0);
                Step::Function(Function {
                    module: name.map_or_else(number, str::to_string),
                    role: name.and_then(role),
                    index,
                    name: self.called(id, index),
                    indirect,
                })
            }
        };
        stages.into_iter().map(step).collect()
    }

    /// As the name section has it, or the name that it is exported under.
    fn called(&self, module: ModuleId, function: u32) -> Option<String> {
        let own = self.functions.get(module.0)?.get(function);
        own.map(demangle)
            .or_else(|| exported(&self.tree.modules[module.0].summary, function))
    }
}

fn exported(summary: &Summary<'_>, function: u32) -> Option<String> {
    let mut exports = summary.exports.iter();
    let export = exports
        .find(|export| export_kind(export.kind) == Kind::Func && export.index == function)?;
    Some(export.name.to_string())
}

/// Each stage as people would say it: export `run`, main: `dial`, `connect`. A module is named
/// where the way enters it.
pub fn stages(way: &[Step]) -> Vec<String> {
    let mut module = "";
    let mut stages = Vec::new();
    if !matches!(way.first(), Some(Step::Export(_))) {
        stages.push("instantiation".to_string());
    }
    for step in way {
        stages.push(match step {
            Step::Export(name) => format!("export `{name}`"),
            Step::Function(function) => {
                let place = match function.role {
                    _ if function.module == module => String::new(),
                    Some(Role::Adapter) => "adapter: ".to_string(),
                    Some(Role::Shim) => "shim: ".to_string(),
                    Some(Role::Fixups) => "fixups: ".to_string(),
                    None => format!("{}: ", function.module),
                };
                module = &function.module;
                let table = if function.indirect { "by table " } else { "" };
                match &function.name {
                    Some(name) => format!("{place}{table}`{name}`"),
                    None => format!("{place}{table}function {}", function.index),
                }
            }
        });
    }
    stages
}

/// How many stages of a way are told from either end.
const TOLD: usize = 5;

/// `run → main → connect`, with the middle of a long way left out.
pub fn told(way: &[Step]) -> String {
    let mut stages = stages(way);
    if stages.len() > 2 * TOLD + 1 {
        let left_out = stages.len() - 2 * TOLD;
        stages.splice(TOLD..TOLD + left_out, [format!("({left_out} more)")]);
    }
    stages.join(" → ")
}
