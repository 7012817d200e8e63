//! Which pass is to run next?
//!
//! Round by round in their order, and each again only after a pass that may have made something for
//! it to find; an external program only when no other pass finds anything.

use super::Pass;

/// How often all passes together may look at as many bytes as there were in the beginning. Rounds
/// end when no pass finds anything any more; only that many small gains in a row get this far.
const MOST_ROUNDS: usize = 16;

/// Bytes that they may look at in any case.
const LEAST_EFFORT: usize = 128 << 20;

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
    /// Bytes that passes may still look at.
    effort: usize,
}

impl Schedule {
    /// For an input of so many bytes.
    pub fn new(mut passes: Vec<Pass>, bytes: usize) -> Schedule {
        let most = bytes.saturating_mul(MOST_ROUNDS * passes.len());
        let guest = passes.pop_if(|last| *last == Pass::WasmOpt);
        Schedule {
            guest,
            guests: MOST_GUESTS,
            open: vec![true; passes.len()],
            passes,
            next: 0,
            effort: most.max(LEAST_EFFORT),
        }
    }

    /// The pass before this one made the output smaller.
    pub fn note(&mut self, changed: Pass) {
        for (open, pass) in self.open.iter_mut().zip(&self.passes) {
            *open |= changed.opens(*pass);
        }
    }

    /// Whether a pass may find something for which there is no effort left.
    pub fn stopped_early(&self) -> bool {
        self.open.contains(&true)
    }

    /// What is to look at so many bytes next.
    pub fn next(&mut self, bytes: usize) -> Option<Pass> {
        self.own(bytes).or_else(|| {
            self.guests = self.guests.checked_sub(1)?;
            self.guest
        })
    }

    fn own(&mut self, bytes: usize) -> Option<Pass> {
        let count = self.passes.len();
        let found = (self.next..self.next + count).find(|at| self.open[at % count])?;
        let effort = self.effort.checked_sub(bytes)?;
        self.next = found + 1;
        self.open[found % count] = false;
        let pass = self.passes[found % count];
        // What sweeping finds, sweeping with an eye on tables finds, too.
        if found >= count && pass == Pass::Sweep && self.passes.contains(&Pass::Tables) {
            return self.own(bytes);
        }
        self.effort = effort;
        Some(pass)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_gains_end_with_the_effort_and_it_says_so() {
        let mut schedule = Schedule::new(vec![Pass::Sweep, Pass::Bodies], 1 << 20);
        let mut looked = 0;
        while let Some(pass) = schedule.next(1 << 20) {
            schedule.note(pass);
            looked += 1;
        }
        assert_eq!(looked, 128);
        assert!(schedule.stopped_early());
    }

    #[test]
    fn when_no_pass_finds_anything_all_have_looked() {
        let mut schedule = Schedule::new(vec![Pass::Sweep, Pass::Bodies], 1 << 40);
        assert_eq!(schedule.next(1 << 40), Some(Pass::Sweep));
        assert_eq!(schedule.next(1 << 40), Some(Pass::Bodies));
        assert_eq!(schedule.next(1 << 40), None);
        assert!(!schedule.stopped_early());
    }
}
