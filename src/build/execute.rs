//! In which order are the steps done, and how many at a time?

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::memory::Entry;
use super::plan::{Index, Plan, Step};
use super::report::Outcome;
use crate::diagnostic::Diagnostic;
use crate::progress::Progress;

/// What came of a step.
#[derive(Debug)]
pub enum Done {
    /// Nothing had to be done.
    Fresh(Entry),
    Ran(Entry, Vec<Diagnostic>),
    /// It would be done, if this were not a dry run.
    Due(Vec<String>),
    Failed(Vec<Diagnostic>),
    /// Something that it needs failed, or nobody asked for it.
    Skipped,
}

impl Done {
    pub fn entry(&self) -> Option<&Entry> {
        match self {
            Done::Fresh(entry) | Done::Ran(entry, _) => Some(entry),
            _ => None,
        }
    }

    pub fn outcome(&self) -> Outcome {
        match self {
            Done::Fresh(_) => Outcome::Fresh,
            Done::Ran(..) => Outcome::Ran,
            Done::Due(_) => Outcome::Due,
            Done::Failed(_) => Outcome::Failed,
            Done::Skipped => Outcome::Skipped,
        }
    }
}

/// What the steps before it came to; nothing where they are only due.
pub type Before = Vec<Option<Entry>>;

struct Board {
    /// In the order of the plan.
    done: Vec<Option<Done>>,
    taken: BTreeSet<Index>,
}

/// Does the wanted steps, several at a time, each once all that it needs is there.
pub fn execute(
    plan: &Plan,
    wanted: &BTreeSet<Index>,
    jobs: usize,
    progress: &dyn Progress,
    work: impl Fn(&Step, &Before) -> Done + Sync,
) -> Vec<Done> {
    let done =
        (0..plan.steps.len()).map(|index| (!wanted.contains(&index)).then_some(Done::Skipped));
    let board = Mutex::new(Board {
        done: done.collect(),
        taken: BTreeSet::new(),
    });
    let changed = Condvar::new();
    let worker = || {
        while let Some((index, step, before)) = next(plan, &board, &changed) {
            let done = match before {
                Some(before) => work_told(step, &before, progress, &work),
                None => Done::Skipped,
            };
            if let Some(place) = held(&board).done.get_mut(index) {
                *place = Some(done);
            }
            changed.notify_all();
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs.clamp(1, plan.steps.len().max(1)) {
            scope.spawn(worker);
        }
        worker();
    });
    let board = board.into_inner().unwrap_or_else(PoisonError::into_inner);
    board
        .done
        .into_iter()
        .map(|done| done.unwrap_or(Done::Skipped))
        .collect()
}

fn held(board: &Mutex<Board>) -> MutexGuard<'_, Board> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work_told(
    step: &Step,
    before: &Before,
    progress: &dyn Progress,
    work: &(impl Fn(&Step, &Before) -> Done + Sync),
) -> Done {
    let id = step.id();
    progress.start(&id);
    let done = work(step, before);
    let note = match &done {
        Done::Ran(entry, _) => Some(entry.millis),
        _ => None,
    };
    progress.finish(&id, note);
    done
}

/// The next step that can be done, with what it needs; `None` for what it needs where that is not
/// to be had. Waits until there is one; `None` at the end.
fn next<'p>(
    plan: &'p Plan,
    board: &Mutex<Board>,
    changed: &Condvar,
) -> Option<(Index, &'p Step, Option<Before>)> {
    let mut held = held(board);
    loop {
        let mut open = false;
        let mut found = None;
        for (index, step) in plan.steps.iter().enumerate() {
            if held.taken.contains(&index) || held.done.get(index).is_some_and(Option::is_some) {
                continue;
            }
            open = true;
            let before = step
                .after
                .iter()
                .map(|index| held.done.get(*index)?.as_ref());
            if let Some(before) = before.collect::<Option<Vec<&Done>>>() {
                found = Some((index, step, needed(&before)));
                break;
            }
        }
        if let Some(found) = found {
            held.taken.insert(found.0);
            return Some(found);
        }
        if !open {
            return None;
        }
        held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
    }
}

fn needed(before: &[&Done]) -> Option<Before> {
    let entries = before.iter().map(|done| match done {
        Done::Fresh(entry) | Done::Ran(entry, _) => Some(Some(entry.clone())),
        Done::Due(_) => Some(None),
        Done::Failed(_) | Done::Skipped => None,
    });
    entries.collect()
}
