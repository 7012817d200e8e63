//! Which pass is to run next?
//!
//! Round by round in their order, and each again only after a pass that may have made something for
//! it to find; an external program only when no other pass finds anything.

use super::Pass;

/// How many rounds there may be. They end when no pass finds anything any more.
const MAX_ROUNDS: usize = 16;

/// How often an external program is asked.
const MOST_GUESTS: usize = 2;

pub struct Schedule {
    passes: Vec<Pass>,
    /// What is asked when all others are idle, and how often it may be.
    guest: Option<Pass>,
    guests: usize,
    /// By position in the passes: whether it may find something.
    open: Vec<bool>,
    next: usize,
}

impl Schedule {
    pub fn new(mut passes: Vec<Pass>) -> Schedule {
        let guest = passes.pop_if(|last| *last == Pass::WasmOpt);
        Schedule {
            guest,
            guests: MOST_GUESTS,
            open: vec![true; passes.len()],
            passes,
            next: 0,
        }
    }

    /// The pass before this one made the output smaller.
    pub fn note(&mut self, changed: Pass) {
        for (open, pass) in self.open.iter_mut().zip(&self.passes) {
            *open |= changed.opens(*pass);
        }
    }

    fn own(&mut self) -> Option<Pass> {
        let count = self.passes.len();
        let last = (self.next + count).min(MAX_ROUNDS * count);
        let found = (self.next..last).find(|at| self.open[at % count])?;
        self.next = found + 1;
        self.open[found % count] = false;
        let pass = self.passes[found % count];
        // What sweeping finds, sweeping with an eye on tables finds, too.
        if found >= count && pass == Pass::Sweep && self.passes.contains(&Pass::Tables) {
            return self.own();
        }
        Some(pass)
    }
}

impl Iterator for Schedule {
    type Item = Pass;

    fn next(&mut self) -> Option<Pass> {
        self.own().or_else(|| {
            self.guests = self.guests.checked_sub(1)?;
            self.guest
        })
    }
}

impl Pass {
    /// Whether a change by this pass can be what another one, or itself, has waited for.
    fn opens(self, other: Pass) -> bool {
        match self {
            Pass::Strip | Pass::Dedupe | Pass::Sweep | Pass::Tables | Pass::WasmOpt => true,
            // Names between instances: modules may be equal now, instances empty.
            Pass::Rename => matches!(other, Pass::Dedupe | Pass::Sweep | Pass::Tables),
            Pass::Constants => !matches!(other, Pass::Strip | Pass::Rename),
            Pass::Functions => !matches!(other, Pass::Strip | Pass::Rename | Pass::Data),
            Pass::Data => matches!(
                other,
                Pass::Dedupe | Pass::Sweep | Pass::Tables | Pass::Data
            ),
            // Numbers of functions: of all passes, only bodies look at how long they are.
            Pass::Order => matches!(other, Pass::Dedupe | Pass::Bodies | Pass::Order),
            Pass::Bodies => !matches!(other, Pass::Strip | Pass::Rename | Pass::Data),
        }
    }
}
