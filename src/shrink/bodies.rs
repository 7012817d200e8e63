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
mod fold_constants;
mod inline;
mod locals;
mod moves;
mod numeric;
mod references;
mod sink;
mod tails;
mod tree;

use rayon::prelude::*;
use wasm_encoder::Encode;
use wasmparser::{
    BinaryReader, FuncToValidate, FunctionBody, Parser, ValidPayload, Validator,
    ValidatorResources, WasmFeatures,
};

use crate::component::section;
use crate::module::{Module, id};

use references::references;
use tree::Body;

/// Stack of a thread for a deep tree: rules descend by recursion.
const STACK: usize = 256 << 20;

/// Nodes in nodes beyond which a tree gets a thread of its own.
const DEEP: usize = 100;

/// Runs over the module, each of which starts where the one before could go no further.
const MOST_RUNS: usize = 8;

/// A body that traps: what is left of a function that nobody calls.
const TRAP: [u8; 3] = [0x00, 0x00, 0x0b];

/// Which rules to apply.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Rules to leave out, by name.
    pub skip: Vec<String>,
}

/// A module whose functions got smaller.
#[derive(Clone, Debug)]
pub struct Optimized {
    pub bytes: Vec<u8>,
    /// Bytes saved per family of rules, in the order in which they run.
    pub ledger: Vec<(&'static str, i64)>,
}

/// Shortens the bodies of a valid module. What cannot be read is returned as it is.
pub fn optimize(module: &[u8], _options: &Options) -> Optimized {
    let mut optimized = Optimized {
        bytes: module.to_vec(),
        ledger: Vec::new(),
    };
    let mut settled = Vec::new();
    for _ in 0..MOST_RUNS {
        let program = Program::read(&optimized.bytes);
        match program.and_then(|program| program.shorten(&mut settled)) {
            Some(shorter) if shorter.len() < optimized.bytes.len() => optimized.bytes = shorter,
            _ => break,
        }
    }
    optimized
}

/// A module whose bodies are being replaced.
struct Program<'a> {
    module: &'a [u8],
    /// What validating each body needs; none of it changes.
    functions: Vec<FuncToValidate<ValidatorResources>>,
    bodies: Vec<Vec<u8>>,
}

impl<'a> Program<'a> {
    fn read(module: &'a [u8]) -> Option<Program<'a>> {
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let mut program = Program {
            module,
            functions: Vec::new(),
            bodies: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(module) {
            if let ValidPayload::Func(function, body) = validator.payload(&payload.ok()?).ok()? {
                program.functions.push(function);
                program.bodies.push(body.as_bytes().to_vec());
            }
        }
        Some(program)
    }

    /// `settled` are the bodies, where known, that the rules cannot shorten; it is brought up to
    /// date.
    fn shorten(mut self, settled: &mut Vec<Vec<u8>>) -> Option<Vec<u8>> {
        let references = references(self.module)?;
        for (index, called) in references.reachable().into_iter().enumerate() {
            if !called && self.bodies[index].len() > TRAP.len() {
                self.bodies[index] = TRAP.to_vec();
            }
        }
        let bodies = (0..self.bodies.len()).into_par_iter().map(|index| {
            let body = &self.bodies[index];
            if settled.get(index) == Some(body) {
                return body.clone();
            }
            self.settle(index, body.clone())
        });
        self.bodies = bodies.collect();
        settled.clone_from(&self.bodies);
        let module = self.emit()?;
        let references = references::references(&module)?;
        for (index, body) in moves::moves(&self, &references) {
            self.bodies[index] = body;
        }
        self.emit()
    }

    /// The body as a tree; `None` where it has none, or is not valid.
    fn tree<'b>(&self, index: usize, bytes: &'b [u8]) -> Option<Body<'b>> {
        let function = self.functions.get(index)?;
        let again = FuncToValidate {
            resources: function.resources.clone(),
            index: function.index,
            ty: function.ty,
            features: function.features,
        };
        decode::decode(&FunctionBody::new(BinaryReader::new(bytes, 0)), again)
    }

    /// The shortest form of a body that the rules find.
    fn settle(&self, index: usize, mut best: Vec<u8>) -> Vec<u8> {
        let mut previous = None;
        loop {
            let Some(mut tree) = self.tree(index, &best) else {
                return previous.unwrap_or(best);
            };
            let encoded = if tree.depth > DEEP {
                deeply(tree)
            } else {
                rules(&mut tree);
                encode::encode(&tree)
            };
            let shorter = encoded.filter(|new| new.len() < best.len());
            match shorter {
                Some(shorter) => previous = Some(std::mem::replace(&mut best, shorter)),
                None => return best,
            }
        }
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

/// Applies the rules on a stack that is large enough.
fn deeply(mut tree: Body) -> Option<Vec<u8>> {
    std::thread::scope(|scope| {
        let work = move || {
            rules(&mut tree);
            encode::encode(&tree)
        };
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, work);
        thread.ok()?.join().ok()?
    })
}

/// Applies the rules in turn until none finds anything.
fn rules(body: &mut Body) {
    for _ in 0..6 {
        for _ in 0..4 {
            if !control::simplify(body) {
                break;
            }
        }
        let known = facts::apply(body);
        if known {
            control::simplify(body);
        }
        let sunk = sink::sink(body);
        let dead = locals::remove_dead_writes(body);
        let merged = tails::merge(body);
        if !known && !sunk && !dead && !merged {
            break;
        }
    }
    locals::share(body);
    control::simplify(body);
}
