//! How do the function bodies of one core module get smaller?
//!
//! Each body is decoded to a `tree`, rewritten by the rules until none shortens it, and encoded;
//! a body holding what the tree cannot say stays as it is, byte for byte. Every new form passes
//! wasmparser's validator, and is taken only where it is shorter: so nothing grows, and a second
//! run, starting where the first could go no further, changes nothing. One body is gone through only
//! so often, and where that was too little it is told.

mod control;
mod decode;
mod effects;
mod encode;
mod facts;
mod flow;
mod fold_constants;
mod inline;
mod locals;
mod mix;
mod moves;
mod numeric;
mod print;
mod references;
mod rules;
mod settled;
mod sink;
mod tails;
mod tree;

use std::borrow::Cow;
use std::sync::OnceLock;

use rayon::prelude::*;
use wasm_encoder::Encode;
use wasmparser::{
    BinaryReader, FuncToValidate, FunctionBody, Parser, ValidPayload, Validator,
    ValidatorResources, WasmFeatures,
};

use crate::component::section;
use crate::module::{Module, id};

pub use rules::Family;

use mix::Map;
use moves::Moving;
use print::print;
use references::{Named, References};
use rules::{Applied, Rules};
use settled::{Findings, Settled, Signatures};
use tree::Body;

/// Stack of a thread for a deep tree: rules descend by recursion.
const STACK: usize = 256 << 20;

/// Nodes in nodes beyond which a tree gets a thread of its own.
const DEEP: usize = 100;

/// Runs over the module, each of which starts where the one before could go no further.
const MOST_RUNS: usize = 8;

/// Bytes of modules, taken together, from which on only what is quick is done.
const LARGE: usize = 6 << 20;

/// Bytes of code sections, taken together, from which on hardly anything is done.
const HUGE: usize = 8 << 20;

/// Bytes of one body that rules go through, turn by turn, where they always find something.
const LEAST_EFFORT: usize = 2 << 20;

/// Turns in which they may do so in any case.
const LEAST_TURNS: usize = 8;

/// What takes most of the time.
const SLOW: &[Family] = &[Family::Facts, Family::Sink, Family::Tails, Family::Moves];

/// A body that traps: what is left of a function that nobody calls.
const TRAP: [u8; 3] = [0x00, 0x00, 0x0b];

/// What to leave out.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub skip: Vec<Family>,
}

impl Options {
    /// Where names are `kept`, they name what they named before.
    pub fn keeping(kept: bool) -> Options {
        Options {
            skip: match kept {
                true => vec![Family::Share, Family::Moves],
                false => Vec::new(),
            },
        }
    }
}

/// Shortens the bodies of a valid module. What cannot be read is returned as it is.
pub fn optimize(module: &[u8], options: &Options) -> Vec<u8> {
    Optimizer::new(options).optimize(module)
}

/// The rules, and what is known that they cannot shorten.
pub struct Optimizer {
    rules: Rules,
    /// For modules that are [`LARGE`] together.
    quick: Rules,
    /// For those whose code is [`HUGE`].
    least: Rules,
    settled: Settled,
}

impl Optimizer {
    pub fn new(options: &Options) -> Optimizer {
        Optimizer {
            rules: Rules::without(&options.skip),
            quick: Rules::without(&[&options.skip, SLOW].concat()),
            least: Rules::without(&options.skip).outside(),
            settled: Settled::default(),
        }
    }

    /// Shortens the bodies of a valid module. What cannot be read is returned as it is.
    pub fn optimize(&mut self, module: &[u8]) -> Vec<u8> {
        let new = self.by(&self.rules, module);
        self.settled.end_pass();
        new
    }

    /// Whether a body may be made shorter still.
    pub fn stopped_early(&self) -> bool {
        self.settled.has_left()
    }

    fn by(&self, rules: &Rules, module: &[u8]) -> Vec<u8> {
        let shorter = Program::read(rules, &self.settled, module).and_then(Program::shorten);
        let shorter = shorter.filter(|shorter| shorter.len() < module.len());
        shorter.unwrap_or_else(|| module.to_vec())
    }

    /// Shortens the bodies of all these modules, equal ones once.
    pub fn all<'m, 'a: 'm>(&mut self, modules: impl Iterator<Item = &'m mut Cow<'a, [u8]>>) {
        let mut equal: Map<Cow<'a, [u8]>, Vec<&'m mut Cow<'a, [u8]>>> = Map::default();
        for module in modules {
            equal.entry(module.clone()).or_default().push(module);
        }
        let bytes: usize = equal.keys().map(|module| module.len()).sum();
        let code: usize = equal.keys().map(|module| code(module)).sum();
        let rules = match (bytes, code) {
            (_, HUGE..) => &self.least,
            (LARGE.., _) => &self.quick,
            _ => &self.rules,
        };
        let equal: Vec<_> = equal.into_iter().collect();
        equal.into_par_iter().for_each(|(bytes, modules)| {
            let new = self.by(rules, &bytes);
            if new.len() < bytes.len() {
                for module in modules {
                    *module = new.clone().into();
                }
            }
        });
        self.settled.end_pass();
    }
}

/// Bytes of the code section.
fn code(module: &[u8]) -> usize {
    let module = Module::parse(module, 0..module.len());
    let section = module
        .ok()
        .and_then(|module| Some(module.section(id::CODE)?.contents.len()));
    section.unwrap_or(0)
}

/// A module whose bodies are being replaced.
struct Program<'a> {
    rules: &'a Rules,
    settled: Findings<'a>,
    module: &'a [u8],
    /// What validating each body needs; none of it changes.
    functions: Vec<FuncToValidate<ValidatorResources>>,
    signatures: Signatures,
    bodies: Vec<Cow<'a, [u8]>>,
    references: References,
    /// By body: changed since the rules were applied.
    open: Vec<bool>,
    /// By body: what moving it needs to know, once that was asked.
    moving: Vec<OnceLock<Moving>>,
}

impl<'a> Program<'a> {
    fn read(rules: &'a Rules, settled: &'a Settled, module: &'a [u8]) -> Option<Program<'a>> {
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let mut functions = Vec::new();
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            if let ValidPayload::Func(function, body) = validator.payload(&payload.ok()?).ok()? {
                functions.push(function);
                bodies.push(Cow::Borrowed(body.as_bytes()));
            }
        }
        Some(Program {
            rules,
            settled: Findings::after(settled),
            module,
            functions,
            signatures: Signatures::read(module)?,
            references: References::read(module, &bodies)?,
            open: vec![true; bodies.len()],
            moving: bodies.iter().map(|_| OnceLock::new()).collect(),
            bodies,
        })
    }

    /// The module, once there is nothing to shorten any more.
    fn shorten(mut self) -> Option<Vec<u8>> {
        for _ in 0..MOST_RUNS {
            if !self.run()? {
                break;
            }
        }
        let new = self.emit();
        self.settled.finish();
        new
    }

    /// Applies all rules; says whether anything got shorter.
    fn run(&mut self) -> Option<bool> {
        let mut changed = false;
        if self.rules.has(Family::Unreached) {
            for (index, called) in self.references.reachable().into_iter().enumerate() {
                if !called && self.bodies.get(index)?.len() > TRAP.len() {
                    self.replace(index, (&TRAP).into(), Named::default());
                    changed = true;
                }
            }
        }
        if !self.rules.look_inside() {
            return Some(changed);
        }
        let bodies = self.bodies.par_iter().zip(&self.open).enumerate();
        let settled = bodies
            .filter(|(_, (_, open))| **open)
            .filter_map(|(index, (body, _))| {
                let new = self.settle(index, body.clone());
                let changed = new.len() < body.len();
                changed.then(|| Some((index, Named::by(&new)?, new)))
            });
        let settled: Vec<_> = settled.collect::<Option<_>>()?;
        changed |= !settled.is_empty();
        for (index, named, body) in settled {
            self.replace(index, body, named);
        }
        self.open.fill(false);
        self.settled.end_turn();
        if self.rules.has(Family::Moves) {
            let moved = moves::moves(self);
            self.settled.end_turn();
            changed |= !moved.is_empty();
            for (index, body) in moved {
                let named = Named::by(&body)?;
                self.replace(index, body.into(), named);
            }
        }
        Some(changed)
    }

    fn replace(&mut self, index: usize, body: Cow<'a, [u8]>, named: Named) {
        self.references.replace(index, named);
        self.bodies[index] = body;
        self.open[index] = true;
        self.moving[index] = OnceLock::new();
    }

    /// What validating the body needs.
    fn function(&self, index: usize) -> Option<FuncToValidate<ValidatorResources>> {
        let function = self.functions.get(index)?;
        Some(FuncToValidate {
            resources: function.resources.clone(),
            index: function.index,
            ty: function.ty,
            features: function.features,
        })
    }

    /// The body as a tree; `None` where it has none, or is not valid.
    fn tree<'b>(&self, index: usize, bytes: &'b [u8]) -> Option<Body<'b>> {
        let body = FunctionBody::new(BinaryReader::new(bytes, 0));
        decode::decode(&body, self.function(index)?)
    }

    /// The shape of these bodies together, and of which of the functions that they name these are.
    fn shape<'b>(
        &self,
        bodies: impl IntoIterator<Item = (usize, &'b [u8])>,
        functions: &[usize],
    ) -> Option<u128> {
        let types = |index: usize| self.functions.get(index).map_or(0, |function| function.ty);
        let bodies = bodies.into_iter();
        let bodies = bodies.map(|(index, body)| (types(index), body));
        let imported = self.references.imported;
        let functions = functions.iter().map(|&index| imported + index as u32);
        let shape = self.signatures.shape(bodies, functions)?;
        Some(shape ^ u128::from(self.rules.mark()))
    }

    /// The shortest form of a body that the rules find.
    fn settle<'b>(&self, index: usize, mut best: Cow<'b, [u8]>) -> Cow<'b, [u8]> {
        let mut previous = None;
        let mut expected = None;
        let mut effort = LEAST_EFFORT.max(LEAST_TURNS * best.len());
        loop {
            let shape = self.shape([(index, &*best)], &[]);
            let is_left = |shape| previous.is_none() && self.settled.is_left(shape);
            if shape.is_some_and(|shape| self.settled.contains(shape) || is_left(shape)) {
                return best;
            }
            let Some(tree) = self.tree(index, &best) else {
                return previous.unwrap_or(best);
            };
            let Some(rest) = effort.checked_sub(best.len()) else {
                shape.into_iter().for_each(|s| self.settled.leave(s));
                return best;
            };
            effort = rest;
            // Reading it again may give a tree in which there is more to find.
            let found = match expected.is_some_and(|expected| expected == print(&tree)) {
                true => None,
                false => self.apply(tree),
            };
            match found.filter(|new| new.bytes.len() < best.len()) {
                Some(new) => {
                    expected = new.settled;
                    previous = Some(std::mem::replace(&mut best, new.bytes.into()));
                }
                None => {
                    if let Some(shape) = shape {
                        self.settled.insert(shape);
                    }
                    return best;
                }
            }
        }
    }

    /// Applies the rules, on a stack that is large enough.
    fn apply(&self, mut tree: Body) -> Option<Applied> {
        let rules = self.rules;
        if tree.depth <= DEEP {
            return rules.apply(&mut tree);
        }
        std::thread::scope(|scope| {
            let work = move || rules.apply(&mut tree);
            let thread = std::thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, work);
            thread.ok()?.join().ok()?
        })
    }

    fn emit(&self) -> Option<Vec<u8>> {
        let mut code = Vec::new();
        self.bodies.len().encode(&mut code);
        for body in &self.bodies {
            body.encode(&mut code);
        }
        let module = Module::parse(self.module, 0..self.module.len()).ok()?;
        Some(module.emit(|found| {
            (found.id == id::CODE).then(|| {
                let mut out = Vec::new();
                section(id::CODE, &code, &mut out);
                out
            })
        }))
    }
}
