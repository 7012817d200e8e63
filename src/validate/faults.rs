//! Which errors of a binary are kept?

use std::collections::BTreeMap;

use wasmparser::Error;

/// How many are kept per file. Nobody reads more, and a hostile file could have a million.
const MOST: usize = 1_000;

/// The first errors by offset, each once.
#[derive(Default)]
pub struct Faults {
    first: BTreeMap<(u64, String), Error>,
    left_out: usize,
}

impl Faults {
    pub fn add(&mut self, error: Error) {
        let key = (error.offset(), error.message().to_string());
        self.first.insert(key, error);
        if self.first.len() > MOST {
            self.first.pop_last();
            self.left_out += 1;
        }
    }

    /// In the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Error> {
        self.first.values()
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// How many were found beyond those that are kept.
    pub fn left_out(&self) -> usize {
        self.left_out
    }
}
