//! What came of a build?

use serde::{Deserialize, Serialize};

use super::Project;
use super::execute::Done;
use super::plan::{Plan, Step, Task, Work};
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
        for (step, done) in plan.steps.iter().zip(&outcomes) {
            report.steps.push(stage(step, done));
            report.count(project, step, done);
        }
        for done in &mut outcomes {
            match done {
                Done::Failed(failures) => report.failures.append(failures),
                Done::Ran(_, warnings) => report.warnings.append(warnings),
                _ => {}
            }
        }
        report
    }

    /// Adds what a step came to to the line of its component.
    fn count(&mut self, project: &Project, step: &Step, done: &Done) {
        let at = self
            .components
            .iter()
            .position(|made| made.name == step.unit);
        let made = match at {
            Some(at) => self.components.get_mut(at),
            None => {
                self.components.push(Made::named(&step.unit));
                self.components.last_mut()
            }
        };
        let (Some(made), Some(entry)) = (made, done.entry()) else {
            return;
        };
        let weight = &entry.weight;
        match step.task {
            Task::Bindings => {}
            Task::Compile => made.compiled = Some(weight.size),
            Task::New | Task::Compose => {
                made.component = Some(weight.size);
                made.imports.clone_from(&weight.imports);
            }
            Task::Shrink | Task::Metadata => {
                made.size = Some(weight.size);
                made.gzip = weight.gzip;
            }
            Task::Validate => {}
        }
        if matches!(step.work, Work::Metadata) {
            made.imports.clone_from(&weight.imports);
            let output = entry.output.as_ref();
            made.output = output.map(|output| project.shown(&output.path));
        }
        if matches!(done, Done::Ran(..)) {
            made.millis += entry.millis;
        }
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
