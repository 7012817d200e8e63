//! What did each pass save?

use indexmap::IndexMap;
use serde::Serialize;

use super::check;
use crate::compressed::Sizes;

/// What the steps did so far.
#[derive(Debug)]
pub struct Ledger {
    entries: IndexMap<&'static str, Entry>,
    /// What there is now.
    state: State,
    compressed: bool,
}

/// One step, over all rounds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Entry {
    /// A pass, or `stub`.
    pub pass: &'static str,
    /// Bytes; less than nothing where it added some, for others to save more.
    pub saved: i64,
    pub functions_removed: i64,
    pub imports_removed: i64,
    /// What it saved of the compressed sizes, where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compressed: Option<Sizes>,
}

/// Sizes of a component or module.
#[derive(Clone, Copy, Debug)]
pub struct State {
    pub bytes: usize,
    /// Defined, at any depth.
    pub functions: usize,
    pub imports: usize,
    pub compressed: Option<Sizes>,
}

impl State {
    fn of(bytes: &[u8], compressed: bool) -> State {
        let (functions, imports) = check::counts(bytes);
        State {
            bytes: bytes.len(),
            functions,
            imports,
            compressed: compressed.then(|| Sizes::of(bytes)),
        }
    }
}

impl Ledger {
    /// Before anything was done.
    pub fn new(bytes: &[u8], compressed: bool) -> Ledger {
        Ledger {
            entries: IndexMap::new(),
            state: State::of(bytes, compressed),
            compressed,
        }
    }

    pub fn state(&self) -> State {
        self.state
    }

    /// A step ran, and found nothing yet.
    pub fn ran(&mut self, pass: &'static str) -> &mut Entry {
        let compressed = self.compressed.then(Sizes::default);
        self.entries.entry(pass).or_insert(Entry {
            pass,
            saved: 0,
            functions_removed: 0,
            imports_removed: 0,
            compressed,
        })
    }

    /// A step ran, and left this.
    pub fn note(&mut self, pass: &'static str, bytes: &[u8]) {
        let (old, new) = (self.state, State::of(bytes, self.compressed));
        self.state = new;
        let entry = self.ran(pass);
        entry.saved += difference(old.bytes, new.bytes);
        entry.functions_removed += difference(old.functions, new.functions);
        entry.imports_removed += difference(old.imports, new.imports);
        if let (Some(total), Some(old), Some(new)) =
            (entry.compressed, old.compressed, new.compressed)
        {
            entry.compressed = Some(total.plus(new.less_than(old)));
        }
    }

    /// Every step, in the order of the first round.
    pub fn entries(self) -> Vec<Entry> {
        self.entries.into_values().collect()
    }
}

fn difference(before: usize, after: usize) -> i64 {
    before as i64 - after as i64
}
