//! Which way leads from an export to an import?

use std::collections::BTreeMap;

use serde::Serialize;

use super::live::{Live, Rules, Stage, Way};
use super::scan::Kind;
use super::summary::{Depth, Summary, export_kind};
use super::tree::{Def, ModuleId, Tree};
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
    /// What is before the rest of a way that is longer than anybody reads.
    LeftOut,
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
    let lines = tree
        .components
        .first()
        .map_or(&[][..], |outer| &outer.lines);
    let imports = lines.iter().enumerate().filter_map(|(position, line)| {
        let Def::Import(import) = &line.def else {
            return None;
        };
        Some((import.name.name, position))
    });
    let positions: BTreeMap<&str, usize> = imports.collect();
    let longest = longest(targets.len());
    let way = |(import, member): &Target| {
        let position = *positions.get(import.as_str())?;
        let way = live.way(position, member.as_deref(), longest)?;
        Some(names.steps(way))
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
    let imports = tree.modules.first().map(|module| &module.summary.imports);
    let imports = imports.into_iter().flatten().enumerate();
    let imports = imports.map(|(position, import)| ((import.module, import.name), position));
    let mut positions: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (name, position) in imports {
        positions.entry(name).or_insert(position);
    }
    let longest = longest(targets.len());
    let way = |(from, name): &(String, String)| {
        let position = positions.get(&(from.as_str(), name.as_str()))?;
        let mut steps = names.steps(live.way_of_module(*position, longest)?);
        let first = steps.first().and_then(|step| match step {
            Step::Function(function) => Some(function.index),
            Step::Export(_) | Step::LeftOut => None,
        });
        if let Some(export) = first.and_then(|first| names.exported(ModuleId(0), first)) {
            steps.insert(0, Step::Export(export.to_string()));
        }
        Some(steps)
    };
    Ok(targets.iter().map(way).collect())
}

/// All ways together have about so many steps at most.
const MOST: usize = 1_000_000;

/// So many of each are always told; no way that a person wrote is longer.
const LEAST: usize = 50;

/// How many steps of each way are told: the last ones.
fn longest(ways: usize) -> usize {
    (MOST / ways.max(1)).max(LEAST)
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
struct Names<'a> {
    modules: Vec<Option<&'a str>>,
    functions: Vec<ItemNames<'a>>,
    /// By module and function, the first name that it is exported under.
    exports: Vec<BTreeMap<u32, &'a str>>,
}

impl<'a> Names<'a> {
    fn of(tree: &Tree<'a>, modules: Vec<Option<&'a str>>) -> Names<'a> {
        let functions = tree.modules.iter();
        let functions = functions.map(|module| module.summary.module.known_function_names());
        Names {
            modules,
            functions: functions.collect(),
            exports: tree.modules.iter().map(|m| exported(&m.summary)).collect(),
        }
    }

    fn steps(&self, way: Way<'_>) -> Vec<Step> {
        let left_out = (!way.is_whole).then_some(Step::LeftOut).into_iter();
        let stages = way.stages.into_iter().map(|stage| self.step(stage));
        left_out.chain(stages).collect()
    }

    fn step(&self, stage: Stage<'_>) -> Step {
        match stage {
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
        }
    }

    /// As the name section has it, or the name that it is exported under.
    fn called(&self, module: ModuleId, function: u32) -> Option<String> {
        let own = self.functions.get(module.0)?.get(function);
        own.map(demangle)
            .or_else(|| self.exported(module, function).map(str::to_string))
    }

    fn exported(&self, module: ModuleId, function: u32) -> Option<&'a str> {
        self.exports.get(module.0)?.get(&function).copied()
    }
}

/// The functions that are exported, with the first of their names.
fn exported<'a>(summary: &Summary<'a>) -> BTreeMap<u32, &'a str> {
    let exports = summary.exports.iter().rev();
    let functions = exports.filter(|export| export_kind(export.kind) == Kind::Func);
    functions
        .map(|export| (export.index, export.name))
        .collect()
}

/// Each stage as people would say it: export `run`, main: `dial`, `connect`. A module is named
/// where the way enters it.
pub fn stages(way: &[Step]) -> Vec<String> {
    let mut module = "";
    let mut stages = Vec::new();
    if !matches!(way.first(), Some(Step::Export(_) | Step::LeftOut)) {
        stages.push("instantiation".to_string());
    }
    for step in way {
        stages.push(match step {
            Step::Export(name) => format!("export `{name}`"),
            Step::LeftOut => "(more)".to_string(),
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
                match function.name.as_deref() {
                    Some(name) if !name.is_empty() => format!("{place}{table}`{name}`"),
                    _ => format!("{place}{table}function {}", function.index),
                }
            }
        });
    }
    stages
}

/// A way without what only passes calls on to the import: the shims and fixups at its end.
pub fn meant(way: &[Step]) -> &[Step] {
    let passes_on = |step: &&Step| {
        let Step::Function(function) = step else {
            return false;
        };
        matches!(function.role, Some(Role::Shim | Role::Fixups))
    };
    let plumbing = way.iter().rev().take_while(passes_on).count();
    &way[..way.len() - plumbing]
}

/// How many stages of a way are told from either end.
const TOLD: usize = 5;

/// `run → main → connect`, without plumbing and the middle of a long way.
pub fn told(way: &[Step]) -> String {
    let mut stages = stages(meant(way));
    if stages.len() > 2 * TOLD + 1 {
        let left_out = stages.len() - 2 * TOLD;
        stages.splice(TOLD..TOLD + left_out, [format!("({left_out} more)")]);
    }
    stages.join(" → ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_told_without_what_only_passes_calls_on() {
        let step = |module: &str, index, name: &str| {
            Step::Function(Function {
                module: module.to_string(),
                role: role(module),
                index,
                name: Some(name.to_string()),
                indirect: false,
            })
        };
        let way = [
            Step::Export("run".to_string()),
            step("main", 7, ""),
            step("wit-component:shim", 0, "indirect"),
        ];
        assert_eq!(told(&way), "export `run` → main: function 7");
        let last = stages(&way).pop();
        assert_eq!(last.as_deref(), Some("shim: `indirect`"));
    }
}
