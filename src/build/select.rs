//! Which steps are asked for?

use std::collections::BTreeSet;

use super::plan::{Index, Plan, Task};
use crate::diagnostic::{Diagnostic, Result};

/// The steps that the names mean, with all that they need; all steps where there are no names.
/// Fails on a name that means nothing.
pub fn wanted(plan: &Plan, names: &[String]) -> Result<BTreeSet<Index>> {
    let all = || plan.steps.iter().enumerate();
    if names.is_empty() {
        return Ok(all().map(|(index, _)| index).collect());
    }
    let mut wanted = BTreeSet::new();
    for name in names {
        let meant = all().filter(|(_, step)| {
            step.unit == *name || step.task.name() == name || step.id() == *name
        });
        let meant: Vec<Index> = meant.map(|(index, _)| index).collect();
        if meant.is_empty() {
            return Err(unknown(plan, name));
        }
        wanted.extend(meant);
    }
    let mut open: Vec<Index> = wanted.iter().copied().collect();
    while let Some(index) = open.pop() {
        let after = plan.steps.get(index).map_or(&[][..], |step| &step.after);
        open.extend(after.iter().filter(|index| wanted.insert(**index)));
    }
    Ok(wanted)
}

fn unknown(plan: &Plan, name: &str) -> Box<Diagnostic> {
    let tasks: Vec<String> = Task::ALL
        .iter()
        .map(|task| format!("`{}`", task.name()))
        .collect();
    let units: BTreeSet<&str> = plan.steps.iter().map(|step| step.unit.as_str()).collect();
    let units: Vec<String> = units.iter().map(|unit| format!("`{unit}`")).collect();
    Diagnostic::invocation("build/unknown-step", format!("there is no step `{name}`"))
        .cause(format!("steps are {}", tasks.join(", ")))
        .cause(format!("they are taken for {}", units.join(", ")))
        .help("write it as `compile`, as `app`, or as `app/compile`")
}
