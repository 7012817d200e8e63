//! How do the function bodies of one core module get smaller?
//!
//! Each body is decoded to a [`tree`], rewritten by the rules until none shortens it, and encoded;
//! a body holding what the tree cannot say stays as it is, byte for byte. Every new form passes
//! wasmparser's validator, and is taken only where it is shorter: so nothing grows, and a second
//! run, starting where the first could go no further, changes nothing.

mod control;
mod decode;
mod effects;
mod encode;
mod fold_constants;
mod locals;
mod numeric;
mod sink;
mod tails;
mod tree;

use rayon::prelude::*;
use wasmparser::{
    BinaryReader, FuncToValidate, FunctionBody, Parser, ValidPayload, Validator,
    ValidatorResources, WasmFeatures,
};

use crate::module::{Module, id};

/// Stack of a worker: rules descend into trees by recursion.
const STACK: usize = 256 << 20;

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
    let bytes = shorten(module).unwrap_or_else(|| module.to_vec());
    Optimized {
        bytes,
        ledger: Vec::new(),
    }
}

type Function<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

/// The bodies of a module, with what validating them needs.
fn functions(module: &[u8]) -> Option<Vec<Function<'_>>> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let ValidPayload::Func(function, body) = validator.payload(&payload.ok()?).ok()? {
            functions.push((function, body));
        }
    }
    Some(functions)
}

fn shorten(module: &[u8]) -> Option<Vec<u8>> {
    let functions = functions(module)?;
    let bodies: Vec<_> = functions.par_iter().map(|(f, b)| settle(f, b)).collect();
    let parsed = Module::parse(module, 0..module.len()).ok()?;
    let mut code = Vec::new();
    use wasm_encoder::Encode;
    bodies.len().encode(&mut code);
    for body in &bodies {
        body.encode(&mut code);
    }
    Some(parsed.emit(|section| {
        (section.id == id::CODE).then(|| {
            let mut out = vec![id::CODE];
            code.encode(&mut out);
            out
        })
    }))
}

/// The shortest form of a body that the rules find.
fn settle(function: &FuncToValidate<ValidatorResources>, body: &FunctionBody) -> Vec<u8> {
    let mut best = body.as_bytes().to_vec();
    let mut previous = None;
    loop {
        let body = FunctionBody::new(BinaryReader::new(&best, 0));
        let again = FuncToValidate {
            resources: function.resources.clone(),
            index: function.index,
            ty: function.ty,
            features: function.features,
        };
        let Some(mut tree) = decode::decode(&body, again) else {
            if previous.is_some() { eprintln!("REJECT {}", function.index); }
            return previous.unwrap_or(best);
        };
        rules(&mut tree);
        let shorter = encode::encode(&tree).filter(|new| new.len() < best.len());
        match shorter {
            Some(shorter) => previous = Some(std::mem::replace(&mut best, shorter)),
            None => return best,
        }
    }
}

fn rules(body: &mut tree::Body) {
    for _ in 0..6 {
        for _ in 0..4 {
            if !control::simplify(body) {
                break;
            }
        }
        let sunk = sink::sink(body);
        let dead = locals::remove_dead_writes(body);
        let merged = tails::merge(body);
        if !sunk && !dead && !merged {
            break;
        }
    }
    locals::share(body);
    control::simplify(body);
}
