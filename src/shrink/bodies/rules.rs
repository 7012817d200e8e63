//! Which families of rules are there, and in which order do they run?

use super::encode::encode;
use super::tree::Body;
use super::{control, facts, locals, sink, tails};

/// Rules that are sound for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Unreached,
    Control,
    Facts,
    Sink,
    Writes,
    Tails,
    Share,
    Moves,
}

impl Family {
    /// In the order in which they run.
    pub const ALL: [Family; 8] = [
        Family::Unreached,
        Family::Control,
        Family::Facts,
        Family::Sink,
        Family::Writes,
        Family::Tails,
        Family::Share,
        Family::Moves,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Family::Unreached => "unreached",
            Family::Control => "control",
            Family::Facts => "facts",
            Family::Sink => "sink",
            Family::Writes => "writes",
            Family::Tails => "tails",
            Family::Share => "share",
            Family::Moves => "moves",
        }
    }

    /// Why nobody can notice.
    pub fn proof(self) -> &'static str {
        match self {
            Family::Unreached => {
                "no export, start, table, global, ref.func or call from one of these leads to it"
            }
            Family::Control => {
                "no code behind a branch is reached; integer identities hold for all operands"
            }
            Family::Facts => {
                "the local holds this value on every path here, so it was computed without a trap"
            }
            Family::Sink => "what is evaluated between write and read commutes with the value",
            Family::Writes => {
                "on no path from the write is the local read before it is written again"
            }
            Family::Tails => {
                "between the end of a path and what follows the block nothing is evaluated"
            }
            Family::Share => "where one local is written, the other is dead or holds the same",
            Family::Moves => "a call runs the body with the arguments and zeros as its locals",
        }
    }
}

/// The families that run.
#[derive(Clone, Debug)]
pub struct Rules {
    skip: Vec<Family>,
}

impl Rules {
    pub fn without(skip: &[Family]) -> Rules {
        Rules {
            skip: skip.to_vec(),
        }
    }

    pub fn has(&self, family: Family) -> bool {
        !self.skip.contains(&family)
    }

    /// Applies the rules in turn until none finds anything, and encodes what comes out.
    pub fn apply(&self, body: &mut Body) -> Option<Vec<u8>> {
        const MOST_TURNS: usize = 6;
        for _ in 0..MOST_TURNS {
            self.simplify(body);
            let known = self.step(Family::Facts, facts::apply, body);
            if known {
                self.step(Family::Control, control::simplify, body);
            }
            let sunk = self.step(Family::Sink, sink::sink, body);
            let dead = self.step(Family::Writes, locals::remove_dead_writes, body);
            let merged = self.step(Family::Tails, tails::merge, body);
            if !known && !sunk && !dead && !merged {
                break;
            }
        }
        if self.has(Family::Share) {
            locals::share(body);
        }
        self.step(Family::Control, control::simplify, body);
        encode(body)
    }

    fn simplify(&self, body: &mut Body) {
        const MOST_TURNS: usize = 4;
        for _ in 0..MOST_TURNS {
            if !self.step(Family::Control, control::simplify, body) {
                break;
            }
        }
    }

    fn step(&self, family: Family, apply: fn(&mut Body) -> bool, body: &mut Body) -> bool {
        self.has(family) && apply(body)
    }
}
