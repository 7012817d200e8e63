//! Which steps does a project take, and in which order?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Serialize;

use super::Project;
use super::lang::{self, Recipe, Site};
use super::manifest::{Component, Composition};
use super::memory::Memory;
use crate::diagnostic::{Diagnostic, Result};

/// The steps of a project; each comes after all that it needs.
#[derive(Debug, Default)]
pub struct Plan {
    pub steps: Vec<Step>,
    /// Folders and files that are no sources of a component around them: folders of other
    /// components, and what builds leave behind.
    pub others: BTreeSet<PathBuf>,
}

/// Steps by the name of what they work for.
type Steps<'m> = IndexMap<&'m str, Index>;

/// The place of a step in its plan.
pub type Index = usize;

/// Something to be done.
#[derive(Debug)]
pub struct Step {
    /// The component or composition that it works for.
    pub unit: String,
    pub task: Task,
    /// What it needs; the first is what it goes on with.
    pub after: Vec<Index>,
    pub work: Work,
}

/// What kind of thing a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    Bindings,
    Compile,
    New,
    Compose,
    Shrink,
    Metadata,
    Validate,
}

/// What a step does.
#[derive(Debug)]
pub enum Work {
    Bindings(Box<Recipe>),
    Compile(Box<Recipe>),
    New(Box<Wrapping>),
    /// The parts are called so, in the order of what the step comes after.
    Compose(Vec<String>),
    Shrink,
    Metadata,
    /// Whether it is an output: a component of which nothing else is made.
    Validate {
        output: bool,
        world: Option<World>,
    },
}

/// How a core module becomes a component.
#[derive(Clone, Debug)]
pub struct Wrapping {
    pub world: Option<World>,
    pub component: Component,
}

/// A world that a component is for.
#[derive(Clone, Debug)]
pub struct World {
    pub wit: PathBuf,
    pub name: Option<String>,
    pub files: Vec<PathBuf>,
}

impl Task {
    pub const ALL: [Task; 7] = [
        Task::Bindings,
        Task::Compile,
        Task::New,
        Task::Compose,
        Task::Shrink,
        Task::Metadata,
        Task::Validate,
    ];

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Task::Bindings => "bindings",
            Task::Compile => "compile",
            Task::New => "new",
            Task::Compose => "compose",
            Task::Shrink => "shrink",
            Task::Metadata => "metadata",
            Task::Validate => "validate",
        }
    }
}

impl Step {
    /// `app/compile`
    pub fn id(&self) -> String {
        format!("{}/{}", self.unit, self.task.name())
    }
}

impl Plan {
    /// The plan of a project. Fails with all that stands in its way.
    pub fn new(project: &Project) -> std::result::Result<Plan, Vec<Diagnostic>> {
        let mut plan = Plan::default();
        let components = plan.components(project)?;
        let (compositions, used) = plan.compositions(project, &components);
        // A component may be a part of the composition that has its name, and is checked with it.
        let alone = components
            .iter()
            .filter(|(name, _)| !compositions.contains_key(*name));
        for (name, step) in compositions.iter().chain(alone) {
            plan.finish(project, name, *step, !used.contains(step));
        }
        Ok(plan)
    }

    /// The last steps of all components, by their names.
    fn components<'m>(
        &mut self,
        project: &'m Project,
    ) -> std::result::Result<Steps<'m>, Vec<Diagnostic>> {
        let names = || project.manifest.components.keys();
        self.others = names().map(|name| project.folder(name)).collect();
        self.others
            .extend(names().filter_map(|name| project.output(name)));
        self.others.insert(project.out());
        let mut steps = Steps::new();
        let mut failures = Vec::new();
        for name in names() {
            match self.component(project, name) {
                Ok(step) => drop(steps.insert(name.as_str(), step)),
                Err(error) => failures.push(*error),
            }
        }
        match failures.is_empty() {
            true => Ok(steps),
            false => Err(failures),
        }
    }

    /// The steps that compose, by the names of the compositions, and all steps that they go on
    /// with.
    fn compositions<'m>(
        &mut self,
        project: &'m Project,
        components: &Steps<'_>,
    ) -> (Steps<'m>, BTreeSet<Index>) {
        let manifest = &project.manifest;
        let (mut done, mut used) = (Steps::new(), BTreeSet::new());
        for name in manifest.in_order().unwrap_or_default() {
            let composition = manifest.compositions.get(name);
            let parts: Vec<String> = composition.map(Composition::parts).unwrap_or_default();
            let steps = parts.iter().filter_map(|part| {
                let known = match manifest.is_composition(part, name) {
                    true => &done,
                    false => components,
                };
                known.get(part.as_str()).copied()
            });
            let steps: Vec<Index> = steps.collect();
            used.extend(&steps);
            let step = self.add(name, Task::Compose, steps, Work::Compose(parts));
            done.insert(name, step);
        }
        (done, used)
    }

    /// All files that go into steps without being found there by a build.
    pub fn inputs(&self) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        for step in &self.steps {
            match &step.work {
                Work::Bindings(recipe) | Work::Compile(recipe) => {
                    found.extend(recipe.inputs.clone());
                }
                Work::New(wrapping) => {
                    found.extend(wrapping.world.iter().flat_map(|world| world.files.clone()));
                }
                _ => {}
            }
        }
        found
    }

    /// All files that builds found to go into steps.
    pub fn found(&self, memory: &Memory) -> BTreeSet<PathBuf> {
        let entries = self.steps.iter().filter_map(|s| memory.entry(&s.id()));
        entries
            .flat_map(|entry| entry.found.files(&self.others))
            .collect()
    }

    fn add(&mut self, unit: &str, task: Task, after: Vec<Index>, work: Work) -> Index {
        self.steps.push(Step {
            unit: unit.to_string(),
            task,
            after,
            work,
        });
        self.steps.len() - 1
    }

    /// The steps from the sources of a component to a component.
    fn component(&mut self, project: &Project, name: &str) -> Result<Index> {
        let Some(component) = project.manifest.components.get(name) else {
            return Err(Diagnostic::ours(
                "build/manifest",
                format!("`{name}` is gone"),
            ));
        };
        let folder = project.folder(name);
        if let Some(path) = component.path.as_ref().filter(|_| !folder.is_dir()) {
            let text = &project.manifest.text;
            let message = format!("the folder of `{name}` is not there");
            return Err(text
                .refuse(message, path.span())
                .cause(format!("`{}` is no folder", project.shown(&folder)))
                .help("name a folder, relative to that of the manifest"));
        }
        let site = Site {
            name,
            component,
            root: &project.root,
            wit: wit(component, &folder),
            folder,
            out: project.out().join(name),
            others: &self.others,
        };
        let recipe = lang::recipe(&site)?;
        let wrapping = Wrapping {
            world: world(project, name),
            component: component.clone(),
        };
        let mut after = Vec::new();
        if let Some(bindings) = &recipe.bindings {
            let only = Recipe {
                tools: vec![&super::tools::WIT_BINDGEN],
                bindings: Some(bindings.clone()),
                inputs: wrapping
                    .world
                    .iter()
                    .flat_map(|world| world.files.clone())
                    .collect(),
                ..Recipe::default()
            };
            after.push(self.add(
                name,
                Task::Bindings,
                Vec::new(),
                Work::Bindings(Box::new(only)),
            ));
        }
        let compile = self.add(name, Task::Compile, after, Work::Compile(Box::new(recipe)));
        Ok(self.add(
            name,
            Task::New,
            vec![compile],
            Work::New(Box::new(wrapping)),
        ))
    }

    /// The steps that make an output of a component, or check one that is a part of others.
    fn finish(&mut self, project: &Project, name: &str, step: Index, output: bool) {
        let mut last = step;
        let composition = project.manifest.compositions.get(name);
        // What a composition exports is what its root does.
        let has_world = composition.is_none_or(|composition| composition.root.get_ref() == name);
        if output {
            if project.manifest.shrink.enabled {
                last = self.add(name, Task::Shrink, vec![last], Work::Shrink);
            }
            last = self.add(name, Task::Metadata, vec![last], Work::Metadata);
        }
        let world = has_world.then(|| world(project, name)).flatten();
        let work = Work::Validate { output, world };
        self.add(name, Task::Validate, vec![last], work);
    }
}

/// The WIT of a component: what it says, or the folder `wit` in its own, where there is one.
fn wit(component: &Component, folder: &Path) -> Option<PathBuf> {
    let said = component.wit.as_ref().map(|wit| folder.join(wit.get_ref()));
    let near = || Some(folder.join("wit")).filter(|wit| wit.is_dir());
    if component.file.is_some() {
        return said;
    }
    said.or_else(near)
}

fn world(project: &Project, name: &str) -> Option<World> {
    let component = project.manifest.components.get(name)?;
    let wit = wit(component, &project.folder(name))?;
    let files = match wit.is_dir() {
        true => super::inputs::walk(&wit),
        false => vec![wit.clone()],
    };
    Some(World {
        wit,
        name: component
            .world
            .as_ref()
            .map(|world| world.get_ref().clone()),
        files,
    })
}
