//! Which families of rules are there, and in which order do they run?

use super::encode::encode;
use super::print::print;
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

    fn looks_inside(self) -> bool {
        self != Family::Unreached
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

    /// Those of them that look into no body.
    pub fn outside(mut self) -> Rules {
        self.skip.extend(
            Family::ALL
                .into_iter()
                .filter(|family| family.looks_inside()),
        );
        self
    }

    /// Whether any of them looks into bodies.
    pub fn look_inside(&self) -> bool {
        let mut families = Family::ALL.into_iter();
        families.any(|family| family.looks_inside() && self.has(family))
    }

    pub fn has(&self, family: Family) -> bool {
        !self.skip.contains(&family)
    }

    /// A number that other families have not.
    pub fn mark(&self) -> u64 {
        let has = Family::ALL.map(|family| self.has(family));
        has.into_iter()
            .fold(0, |mark, has| mark << 1 | u64::from(has))
    }

    /// Applies the rules in turn until none finds anything, and encodes what comes out.
    pub fn apply(&self, body: &mut Body) -> Option<Applied> {
        const MOST_TURNS: usize = 4;
        // Rules tell locals of one type from each other by their order, and by their numbers
        // modulo this; with so few, giving them new numbers changes nothing of that.
        const FEW_LOCALS: usize = 64;
        let few = body.locals.len() <= FEW_LOCALS;
        let mut settled = false;
        for _ in 0..MOST_TURNS {
            let is_idle = self.step(body);
            // Where two locals became one, there may be more to find.
            if !self.has(Family::Share) || !locals::share(body) {
                settled = few && is_idle;
                break;
            }
        }
        if self.has(Family::Control) && control::finish(body) {
            settled = false;
        }
        Some(Applied {
            bytes: encode(body)?,
            settled: settled.then(|| print(body)),
        })
    }

    /// Says whether nothing is left to find.
    fn step(&self, body: &mut Body) -> bool {
        const MOST_STEPS: usize = 48;
        let steps = STEPS.iter().filter(|(family, _)| self.has(*family));
        let steps: Vec<_> = steps.collect();
        // What found nothing is tried again only after something else has changed the body.
        let mut idle = 0;
        for (_, step) in steps.iter().cycle().take(MOST_STEPS) {
            idle = if step(body) { 0 } else { idle + 1 };
            if idle >= steps.len() {
                return true;
            }
        }
        steps.is_empty()
    }
}

/// What the rules make of a body.
pub struct Applied {
    pub bytes: Vec<u8>,
    /// The print of the tree, where the rules find nothing in it any more.
    pub settled: Option<u64>,
}

type Step = fn(&mut Body) -> bool;

const STEPS: [(Family, Step); 5] = [
    (Family::Control, settle_control),
    (Family::Facts, facts::apply),
    (Family::Sink, sink::sink),
    (Family::Writes, locals::remove_dead_writes),
    (Family::Tails, tails::merge),
];

/// Most of what simplifying leaves to do, it finds at once when it looks again.
fn settle_control(body: &mut Body) -> bool {
    const MOST_TURNS: usize = 4;
    let turns = (0..MOST_TURNS).take_while(|_| control::simplify(body));
    turns.count() > 0
}
