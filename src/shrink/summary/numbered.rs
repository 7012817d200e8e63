//! What does a body name when everything has a new number?

use super::super::scan::Kind;
use super::{Body, Indirect};

impl Body {
    /// Whether these numbers are the ones that it has.
    pub fn is_numbered(&self, new: &impl Fn(Kind, u32) -> u32) -> bool {
        let is_same = |kind, index| new(kind, index) == index;
        let mut indirect = self.indirect.iter();
        let mut refs = self.refs.iter();
        refs.all(|&(kind, index)| is_same(kind, index))
            && indirect.all(|call| is_same(Kind::Table, call.table))
    }

    /// The same body, written with the numbers that `new` gives by kind and old number.
    pub fn numbered(&self, new: &impl Fn(Kind, u32) -> u32) -> Body {
        let refs = self.refs.iter();
        let indirect = self.indirect.iter().map(|call| Indirect {
            table: new(Kind::Table, call.table),
            ty: new(Kind::Type, call.ty),
            slot: call.slot,
        });
        let taken = self.taken.iter();
        let writes = self.writes.iter();
        let mut body = Body {
            is_minimal: true,
            refs: refs
                .map(|&(kind, index)| (kind, new(kind, index)))
                .collect(),
            indirect: indirect.collect(),
            mentions: self.mentions(new),
            taken: taken.map(|&function| new(Kind::Func, function)).collect(),
            writes: writes.map(|&global| new(Kind::Global, global)).collect(),
        };
        body.tidy();
        body
    }

    fn mentions(&self, new: &impl Fn(Kind, u32) -> u32) -> Vec<(u32, u32)> {
        let mentions = self.mentions.iter();
        let mentions = mentions.map(|&(function, count)| (new(Kind::Func, function), count));
        let mut mentions: Vec<_> = mentions.collect();
        mentions.sort_unstable();
        // Functions that became one are named as often as they were together.
        mentions.dedup_by(|again, first| {
            let same = again.0 == first.0;
            first.1 += if same { again.1 } else { 0 };
            same
        });
        mentions
    }
}
