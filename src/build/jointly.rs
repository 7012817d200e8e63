//! Which components of a cargo workspace are compiled by one call?
//!
//! Cargo lets one call at a time into a target folder, and a call for one package leaves cores idle
//! while it links. So the first component of a workspace that has to be compiled has cargo compile
//! all that have to be. What it makes is thrown away but for cargo's own target folder: each
//! component has its own call afterwards, which finds its work done and says what came of it. One call
//! gives a dependency the features that all of the packages want: where these differ, the component's
//! own call compiles it again.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::execute::Before;
use super::key;
use super::lang::{Call, Joint, Recipe, rust};
use super::plan::{Step, Work};
use super::work::Workshop;

/// The steps that can be done by one call, and what was called already.
pub struct Jointly<'a> {
    steps: Vec<(&'a Step, &'a Joint)>,
    called: Mutex<BTreeSet<String>>,
}

impl<'a> Jointly<'a> {
    pub fn new(steps: impl Iterator<Item = &'a Step>) -> Jointly<'a> {
        let joint = |step: &'a Step| match &step.work {
            Work::Compile(recipe) => Some((step, recipe.joint.as_ref()?)),
            _ => None,
        };
        Jointly {
            steps: steps
                .filter(|step| step.after.is_empty())
                .filter_map(joint)
                .collect(),
            called: Mutex::default(),
        }
    }
}

impl Workshop<'_> {
    /// Has cargo compile this step's package with those of its workspace that are due as well. It
    /// is no matter whether that works out: the calls of each step tell.
    pub(super) fn jointly(&self, step: &Step, recipe: &Recipe) {
        let Some((mut call, package)) = recipe.joint.as_ref().and_then(in_workspace) else {
            return;
        };
        let all = key::shown(&call);
        let called = self.joint.called.lock();
        // Let go at once: another step of this workspace waits for the one call in its target folder.
        let is_first = called
            .unwrap_or_else(PoisonError::into_inner)
            .insert(all.clone());
        if !is_first {
            return;
        }
        let mut packages = BTreeSet::from([package]);
        for (other, joint) in &self.joint.steps {
            let is_due = || matches!(self.fresh(other, &Before::new()), Ok(None));
            if other.unit != step.unit
                && let Some((call, package)) = in_workspace(joint)
                && key::shown(&call) == all
                && is_due()
            {
                packages.insert(package);
            }
        }
        if packages.len() < 2 {
            return;
        }
        call = call.arg("--keep-going");
        for package in packages {
            call = call.arg("--package").arg(package);
        }
        if let Ok(command) = self.command(&call) {
            let _ = self.programs.run(&command);
        }
    }
}

/// The call in the folder of the workspace, still without a package, and the package.
fn in_workspace(joint: &Joint) -> Option<(Call, String)> {
    let (folder, package) = rust::member(&joint.call.folder, joint.package.as_deref())?;
    let mut call = joint.call.clone();
    call.folder = folder;
    Some((call, package))
}
