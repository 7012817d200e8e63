//! How do the function bodies of one core module get smaller?
//!
//! Each body is decoded to a `tree`, rewritten by the rules until none shortens it, and encoded;
//! a body holding what the tree cannot say stays as it is, byte for byte. Every new form passes
//! wasmparser's validator, and is taken only where it is shorter: so nothing grows, and a second
//! run, starting where the first could go no further, changes nothing.

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
mod references;
mod rules;
mod settled;
mod sink;
mod tails;
mod tree;

use std::borrow::Cow;

use indexmap::IndexMap;
use rayon::prelude::*;
use wasm_encoder::Encode;
use wasmparser::{
    BinaryReader, FuncToValidate, FunctionBody, Parser, ValidPayload, Validator,
    ValidatorResources, WasmFeatures,
};

use crate::component::section;
use crate::module::{Module, id};

pub use rules::Family;

use references::references;
use rules::Rules;
use settled::{Settled, Signatures};
use tree::Body;

/// Stack of a thread for a deep tree: rules descend by recursion.
const STACK: usize = 256 << 20;

/// Nodes in nodes beyond which a tree gets a thread of its own.
const DEEP: usize = 100;

/// Runs over the module, each of which starts where the one before could go no further.
const MOST_RUNS: usize = 8;

/// Bytes of modules, taken together, from which on only what is quick is done.
const LARGE: usize = 6 << 20;

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
    settled: Settled,
}

impl Optimizer {
    pub fn new(options: &Options) -> Optimizer {
        Optimizer {
            rules: Rules::without(&options.skip),
            quick: Rules::without(&[&options.skip, SLOW].concat()),
            settled: Settled::default(),
        }
    }

    /// Shortens the bodies of a valid module. What cannot be read is returned as it is.
    pub fn optimize(&self, module: &[u8]) -> Vec<u8> {
        self.by(&self.rules, module)
    }

    fn by(&self, rules: &Rules, module: &[u8]) -> Vec<u8> {
        let mut best = Cow::Borrowed(module);
        for _ in 0..MOST_RUNS {
            let program = Program::read(rules, &self.settled, &best);
            match program.and_then(Program::shorten) {
                Some(shorter) if shorter.len() < best.len() => best = shorter.into(),
                _ => break,
            }
        }
        best.into_owned()
    }

    /// Shortens the bodies of all these modules, equal ones once.
    pub fn all<'m, 'a: 'm>(&self, modules: impl Iterator<Item = &'m mut Cow<'a, [u8]>>) {
        let mut equal: IndexMap<Cow<'a, [u8]>, Vec<&'m mut Cow<'a, [u8]>>> = IndexMap::new();
        for module in modules {
            equal.entry(module.clone()).or_default().push(module);
        }
        let bytes: usize = equal.keys().map(|module| module.len()).sum();
        let rules = match bytes {
            ..LARGE => &self.rules,
            _ => &self.quick,
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
    }
}

/// A module whose bodies are being replaced.
struct Program<'a> {
    rules: &'a Rules,
    settled: &'a Settled,
    module: &'a [u8],
    /// What validating each body needs; none of it changes.
    functions: Vec<FuncToValidate<ValidatorResources>>,
    signatures: Signatures,
    bodies: Vec<Cow<'a, [u8]>>,
}

impl<'a> Program<'a> {
    fn read(rules: &'a Rules, settled: &'a Settled, module: &'a [u8]) -> Option<Program<'a>> {
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let mut program = Program {
            rules,
            settled,
            module,
            functions: Vec::new(),
            signatures: Signatures::read(module)?,
            bodies: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(module) {
            if let ValidPayload::Func(function, body) = validator.payload(&payload.ok()?).ok()? {
                program.functions.push(function);
                program.bodies.push(body.as_bytes().into());
            }
        }
        Some(program)
    }

    fn shorten(mut self) -> Option<Vec<u8>> {
        let rules = self.rules;
        if rules.has(Family::Unreached) {
            let reachable = references(self.module)?.reachable();
            for (body, called) in self.bodies.iter_mut().zip(reachable) {
                if !called && body.len() > TRAP.len() {
                    *body = (&TRAP).into();
                }
            }
        }
        let bodies = self.bodies.par_iter().enumerate();
        let bodies = bodies.map(|(index, body)| self.settle(index, body.clone()));
        self.bodies = bodies.collect();
        let module = self.emit()?;
        if !rules.has(Family::Moves) {
            return Some(module);
        }
        for (index, body) in moves::moves(&self, &references(&module)?) {
            self.bodies[index] = body.into();
        }
        self.emit()
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

    /// The shape of these bodies together.
    fn shape<'b>(&self, bodies: impl IntoIterator<Item = (usize, &'b [u8])>) -> Option<u128> {
        let types = |index: usize| self.functions.get(index).map_or(0, |function| function.ty);
        let bodies = bodies.into_iter();
        let bodies = bodies.map(|(index, body)| (types(index), body));
        let shape = self.signatures.shape(bodies)?;
        Some(shape ^ u128::from(self.rules.mark()))
    }

    /// The shortest form of a body that the rules find.
    fn settle<'b>(&self, index: usize, mut best: Cow<'b, [u8]>) -> Cow<'b, [u8]> {
        let mut previous = None;
        loop {
            let shape = self.shape([(index, &*best)]);
            if shape.is_some_and(|shape| self.settled.contains(shape)) {
                return best;
            }
            let Some(tree) = self.tree(index, &best) else {
                return previous.unwrap_or(best);
            };
            match self.apply(tree).filter(|new| new.len() < best.len()) {
                Some(shorter) => previous = Some(std::mem::replace(&mut best, shorter.into())),
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
    fn apply(&self, mut tree: Body) -> Option<Vec<u8>> {
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
