//! What came of a build?

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::Project;
use super::execute::Done;
use super::plan::{Plan, Step, Task};
use crate::diagnostic::Diagnostic;

/// What was done, and what is there now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// As the user typed it.
    pub manifest: String,
    /// Whether nothing had to be done.
    pub up_to_date: bool,
    /// In the order of the plan.
    pub steps: Vec<Stage>,
    pub components: Vec<Made>,
    pub failures: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

/// A step, and what came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Stage {
    /// `app/compile`
    pub step: String,
    pub outcome: Outcome,
    /// How long it took when it was last done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub millis: Option<u64>,
    /// What would be called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
}

/// How it went with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it was.
    Fresh,
    Ran,
    /// It would be done, if this were not a dry run.
    Due,
    Failed,
    Skipped,
}

/// A component or composition.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Made {
    pub name: String,
    /// Where it is, if it is not a part of others alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// In bytes, as all sizes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compiled: Option<u64>,
    /// As a component, or composed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gzip: Option<u64>,
    pub imports: Vec<String>,
    /// How long its steps took now.
    pub millis: u64,
}

/// What a step's output weighs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Weight {
    pub size: u64,
    pub gzip: Option<u64>,
    pub imports: Vec<String>,
}

impl Report {
    /// Nothing could be begun.
    pub(super) fn failed(manifest: &str, failures: Vec<Diagnostic>) -> Report {
        Report {
            manifest: manifest.to_string(),
            up_to_date: false,
            steps: Vec::new(),
            components: Vec::new(),
            failures,
            warnings: Vec::new(),
        }
    }

    pub(super) fn new(project: &Project, plan: &Plan, mut outcomes: Vec<Done>) -> Report {
        let mut report = Report::failed(&project.shown, Vec::new());
        report.up_to_date = outcomes
            .iter()
            .all(|done| matches!(done, Done::Fresh(_) | Done::Skipped));
        let mut components = IndexMap::new();
        for (step, done) in plan.steps.iter().zip(&outcomes) {
            report.steps.push(stage(step, done));
            let unit = step.unit.as_str();
            let made = components.entry(unit).or_insert_with(|| Made::named(unit));
            made.count(project, step, done);
        }
        report.components = components.into_values().collect();
        for done in &mut outcomes {
            match done {
                Done::Failed(failures) => report.failures.append(failures),
                Done::Ran(_, warnings) => report.warnings.append(warnings),
                _ => {}
            }
        }
        report
    }
}

impl Made {
    fn named(name: &str) -> Made {
        Made {
            name: name.to_string(),
            output: None,
            compiled: None,
            component: None,
            size: None,
            gzip: None,
            imports: Vec::new(),
            millis: 0,
        }
    }

    /// Adds what a step came to.
    fn count(&mut self, project: &Project, step: &Step, done: &Done) {
        let Some(entry) = done.entry() else {
            return;
        };
        let weight = &entry.weight;
        match step.task {
            Task::Bindings | Task::Validate => {}
            Task::Compile => self.compiled = Some(weight.size),
            Task::New | Task::Compose => {
                self.component = Some(weight.size);
                self.imports.clone_from(&weight.imports);
            }
            Task::Shrink => self.size = Some(weight.size),
            Task::Metadata => {
                self.size = Some(weight.size);
                self.gzip = weight.gzip;
                self.imports.clone_from(&weight.imports);
                let output = entry.output.as_ref();
                self.output = output.map(|output| project.shown(&output.path));
            }
        }
        if matches!(done, Done::Ran(..)) {
            self.millis += entry.millis;
        }
    }
}

fn stage(step: &Step, done: &Done) -> Stage {
    Stage {
        step: step.id(),
        outcome: done.outcome(),
        millis: done.entry().map(|entry| entry.millis),
        calls: match done {
            Done::Due(calls) => calls.clone(),
            _ => Vec::new(),
        },
    }
}
