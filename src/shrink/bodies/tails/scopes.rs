//! Which labels are bound inside a node?

use super::super::tree::Label;

/// Which labels are bound where, from before the merging.
pub(super) struct Scopes {
    /// By label: its place among all labels in the order of the code, and that of the first one
    /// behind its block.
    ranges: Vec<(usize, usize)>,
}

/// The labels bound by a node and those in it.
#[derive(Clone, Copy)]
pub(super) struct Bound<'s> {
    scopes: &'s Scopes,
    range: (usize, usize),
}

impl Scopes {
    pub(super) fn new(labels: usize) -> Scopes {
        Scopes {
            ranges: vec![(0, 0); labels],
        }
    }

    /// A label, and the places of those from it on to the end of its block.
    pub(super) fn bind(&mut self, label: Label, range: (usize, usize)) {
        self.ranges[label as usize] = range;
    }

    pub(super) fn within(&self, label: Label) -> Bound<'_> {
        let range = self
            .ranges
            .get(label as usize)
            .copied()
            .unwrap_or((0, usize::MAX));
        Bound {
            scopes: self,
            range,
        }
    }
}

impl Bound<'_> {
    /// Labels that came with the merging count as bound everywhere.
    pub(super) fn contains(&self, label: Label) -> bool {
        let place = self.scopes.ranges.get(label as usize);
        place.is_none_or(|&(start, _)| self.range.0 <= start && start < self.range.1)
    }
}
