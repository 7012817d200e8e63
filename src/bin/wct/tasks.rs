//! How are tasks shown that are done at the same time?
//!
//! On a terminal, each by a line for as long as it runs. Elsewhere, by a line when it is over, if
//! it took a noticeable time.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use indexmap::IndexMap;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::render;
use crate::terminal::NOTICEABLE;

/// The tasks that run now.
#[derive(Default)]
pub struct Tasks {
    lines: OnceLock<MultiProgress>,
    running: Mutex<IndexMap<String, ProgressBar>>,
}

const TICK: Duration = Duration::from_millis(100);

impl Tasks {
    pub fn start(&self, task: &str) {
        if !io::stderr().is_terminal() {
            return;
        }
        let lines = self.lines.get_or_init(MultiProgress::new);
        let style = ProgressStyle::with_template("{spinner} {msg}  {elapsed}");
        let bar = ProgressBar::new_spinner().with_message(task.to_string());
        bar.set_style(style.expect("the template is well formed"));
        self.running()
            .insert(task.to_string(), lines.add(bar.clone()));
        bar.enable_steady_tick(TICK);
    }

    /// `None` where there was nothing to do.
    pub fn finish(&self, task: &str, millis: Option<u64>) {
        if let Some(bar) = self.running().shift_remove(task) {
            bar.finish_and_clear();
        }
        let told = millis.filter(|millis| u128::from(*millis) >= NOTICEABLE.as_millis());
        let Some(millis) = told else {
            return;
        };
        let line = format!("{task}  {}", render::seconds(millis));
        match self.lines.get() {
            // What cannot be shown stops nothing.
            Some(lines) => drop(lines.println(line)),
            None => drop(writeln!(io::stderr(), "{line}")),
        }
    }

    pub fn clear(&self) {
        for (_, bar) in self.running().drain(..) {
            bar.finish_and_clear();
        }
    }

    fn running(&self) -> MutexGuard<'_, IndexMap<String, ProgressBar>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
