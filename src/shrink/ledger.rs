//! What did each pass save?

use indexmap::IndexMap;
use serde::Serialize;

use super::Pass;

/// What the passes did so far.
#[derive(Debug, Default)]
pub struct Ledger {
    saved: IndexMap<Pass, usize>,
}

/// One pass, over all rounds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    pub pass: Pass,
    /// Bytes.
    pub saved: usize,
}

impl Ledger {
    /// A pass ran once.
    pub fn note(&mut self, pass: Pass, before: usize, after: usize) {
        *self.saved.entry(pass).or_default() += before.saturating_sub(after);
    }

    /// Every pass that ran, in the order of the first round.
    pub fn entries(&self) -> Vec<Entry> {
        let entries = self.saved.iter();
        entries
            .map(|(&pass, &saved)| Entry { pass, saved })
            .collect()
    }
}
