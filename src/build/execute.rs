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

/// Who waits for whom.
struct Board {
    /// In the order of the plan.
    done: Vec<Option<Done>>,
    /// How many of those that a step needs are not done yet.
    missing: Vec<usize>,
    ready: BTreeSet<Index>,
    /// Steps that are neither done nor at work.
    left: usize,
}

impl Board {
    fn new(plan: &Plan, wanted: &BTreeSet<Index>) -> Board {
        let steps = || plan.steps.iter().enumerate();
        let is_ready =
            |(index, step): &(Index, &Step)| wanted.contains(index) && step.after.is_empty();
        Board {
            done: steps()
                .map(|(index, _)| (!wanted.contains(&index)).then_some(Done::Skipped))
                .collect(),
            missing: steps().map(|(_, step)| step.after.len()).collect(),
            ready: steps().filter(is_ready).map(|(index, _)| index).collect(),
            left: wanted.len(),
        }
    }

    /// The first step that can be done, with what it needs; `None` for what it needs where that is
    /// not to be had.
    fn take<'p>(&mut self, plan: &'p Plan) -> Option<(Index, &'p Step, Option<Before>)> {
        let index = self.ready.pop_first()?;
        let step = plan.steps.get(index)?;
        let before = step
            .after
            .iter()
            .map(|index| self.done.get(*index)?.as_ref());
        self.left -= 1;
        Some((index, step, needed(before)))
    }

    fn put(&mut self, index: Index, done: Done, waiting: &[Index]) {
        if let Some(place) = self.done.get_mut(index) {
            *place = Some(done);
        }
        for index in waiting {
            let Some(missing) = self.missing.get_mut(*index) else {
                continue;
            };
            *missing -= 1;
            if *missing == 0 {
                self.ready.insert(*index);
            }
        }
    }
}

/// Does the wanted steps, several at a time, each once all that it needs is there. With a step,
/// all that it needs is wanted.
pub fn execute(
    plan: &Plan,
    wanted: &BTreeSet<Index>,
    jobs: usize,
    progress: &dyn Progress,
    work: impl Fn(&Step, &Before) -> Done + Sync,
) -> Vec<Done> {
    let waiting = waiting(plan, wanted);
    let board = Mutex::new(Board::new(plan, wanted));
    let changed = Condvar::new();
    let worker = || {
        while let Some((index, step, before)) = next(plan, &board, &changed) {
            let done = match before {
                Some(before) => work_told(step, &before, progress, &work),
                None => Done::Skipped,
            };
            let waiting = waiting.get(index).map_or(&[][..], Vec::as_slice);
            held(&board).put(index, done, waiting);
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

/// For each step the wanted ones that come after it.
fn waiting(plan: &Plan, wanted: &BTreeSet<Index>) -> Vec<Vec<Index>> {
    let mut waiting = vec![Vec::new(); plan.steps.len()];
    for index in wanted {
        for before in plan.steps.get(*index).map_or(&[][..], |step| &step.after) {
            if let Some(waiting) = waiting.get_mut(*before) {
                waiting.push(*index);
            }
        }
    }
    waiting
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

/// Waits for a step that can be done; `None` at the end.
fn next<'p>(
    plan: &'p Plan,
    board: &Mutex<Board>,
    changed: &Condvar,
) -> Option<(Index, &'p Step, Option<Before>)> {
    let mut held = held(board);
    while held.left > 0 {
        if let Some(taken) = held.take(plan) {
            return Some(taken);
        }
        held = changed.wait(held).unwrap_or_else(PoisonError::into_inner);
    }
    None
}

fn needed<'a>(mut before: impl Iterator<Item = Option<&'a Done>>) -> Option<Before> {
    before.try_fold(Before::new(), |mut needed, done| {
        needed.push(match done? {
            Done::Fresh(entry) | Done::Ran(entry, _) => Some(entry.clone()),
            Done::Due(_) => None,
            Done::Failed(_) | Done::Skipped => return None,
        });
        Some(needed)
    })
}
