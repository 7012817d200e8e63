//! Is it valid?
//!
//! Types are checked before anything is decided, function bodies while all the rest goes on: nothing
//! depends on them, and they are most of the work.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use rayon::prelude::*;
use wasmparser::types::Types;
use wasmparser::{
    Chunk, FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser, Payload, ValidPayload,
    Validator, ValidatorResources, WasmFeatures,
};

use crate::diagnostic::{self, Diagnostic, Result};
use crate::pieces::Pieces;

/// The function bodies of a core module, not yet validated.
pub struct Unchecked<'a> {
    module: &'a [u8],
    bodies: Vec<(FuncToValidate<ValidatorResources>, FunctionBody<'a>)>,
}

type Validity = std::result::Result<(), wasmparser::Error>;

/// Validates all of a component but function bodies, and returns the types.
pub fn types<'a>(
    validator: &mut Validator,
    bytes: &'a [u8],
) -> std::result::Result<(Types, Vec<Unchecked<'a>>), wasmparser::Error> {
    validator.reset();
    let mut modules: Vec<Unchecked<'a>> = Vec::new();
    let mut types = None;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        if let Payload::ModuleSection {
            unchecked_range, ..
        } = &payload
        {
            let range = unchecked_range.start as usize..unchecked_range.end as usize;
            modules.push(Unchecked {
                module: bytes.get(range).unwrap_or_default(),
                bodies: Vec::new(),
            });
        }
        match (validator.payload(&payload)?, modules.last_mut()) {
            (ValidPayload::Func(function, body), Some(module)) => {
                module.bodies.push((function, body));
            }
            (ValidPayload::End(end), _) => types = Some(end),
            _ => {}
        }
    }
    let types = types.expect("parsing succeeds only at the end of the outermost component");
    Ok((types, modules))
}

/// What is wrong with function bodies, by the number of their component.
#[derive(Default)]
pub struct Findings(Mutex<BTreeMap<usize, Box<Diagnostic>>>);

impl Findings {
    /// Fails with the first of them in the order of the components.
    pub fn none(self) -> Result<()> {
        let findings = self.0.into_inner();
        let findings = findings.expect("nothing panics while it is locked");
        findings.into_values().next().map_or(Ok(()), Err)
    }
}

/// Validates function bodies while other work goes on.
pub struct Background<'s, 'scope, 'a> {
    scope: &'s rayon::Scope<'scope>,
    findings: &'scope Findings,
    /// The modules so far, by length first: few are as long as another.
    known: BTreeSet<(usize, &'a [u8])>,
    components: usize,
}

impl<'s, 'scope, 'a: 'scope> Background<'s, 'scope, 'a> {
    pub fn new(scope: &'s rayon::Scope<'scope>, findings: &'scope Findings) -> Self {
        Background {
            scope,
            findings,
            known: BTreeSet::new(),
            components: 0,
        }
    }

    /// Begins with a component; a module that was in one before is done already.
    pub fn begin(&mut self, source: &str, bytes: &'a [u8], mut modules: Vec<Unchecked<'a>>) {
        modules.retain(|unchecked| {
            self.known
                .insert((unchecked.module.len(), unchecked.module))
        });
        let (number, findings) = (self.components, self.findings);
        let source = source.to_string();
        self.components += 1;
        self.scope.spawn(move |_| {
            if let Err(error) = checked(modules) {
                let found = invalid(error, &source, bytes);
                let mut findings = findings
                    .0
                    .lock()
                    .expect("nothing panics while it is locked");
                findings.insert(number, found);
            }
        });
    }
}

/// What is wrong with an input.
pub fn invalid(error: wasmparser::Error, source: &str, bytes: &[u8]) -> Box<Diagnostic> {
    diagnostic::wasm(error, bytes)
        .in_file(source)
        .help(format!("check it alone: `wct validate {source}`"))
}

fn checked(modules: Vec<Unchecked<'_>>) -> Validity {
    let bodies: Vec<_> = modules
        .into_iter()
        .flat_map(|module| module.bodies)
        .collect();
    let validated = bodies.into_par_iter().with_min_len(64).map_init(
        FuncValidatorAllocations::default,
        |allocations, (function, body)| {
            let mut validator = function.into_validator(std::mem::take(allocations));
            let result = validator.validate(&body);
            *allocations = validator.into_allocations();
            result
        },
    );
    // The first of them in the order of the file, so that the same input gives the same error.
    let first = validated
        .filter_map(std::result::Result::err)
        .min_by_key(|error| error.offset());
    first.map_or(Ok(()), Err)
}

/// Hands a composition to `sink`, and validates it meanwhile, function bodies aside: they lie in it
/// as they were. What is invalid is a defect of ours, as its parts are valid and fit.
pub fn handed(
    composition: &Pieces<'_>,
    sink: &mut dyn FnMut(&Pieces<'_>) -> Result<()>,
) -> Result<()> {
    let (taken, valid) = std::thread::scope(|scope| {
        let valid = scope.spawn(|| outside(composition));
        let taken = sink(composition);
        (taken, valid.join().expect("the validator does not panic"))
    });
    valid.map_err(|error| ours(error, composition))?;
    taken
}

/// Its pieces end where sections do.
fn outside(composition: &Pieces<'_>) -> Validity {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut parser = Parser::new(0);
    let mut around = Vec::new();
    let last: &[u8] = &[];
    let ends = composition.iter().map(|piece| (piece, false));
    for (mut rest, is_last) in ends.chain([(last, true)]) {
        loop {
            let (consumed, payload) = match parser.parse(rest, is_last)? {
                Chunk::NeedMoreData(_) => break,
                Chunk::Parsed { consumed, payload } => (consumed, payload),
            };
            rest = &rest[consumed..];
            validator.payload(&payload)?;
            match payload {
                Payload::ModuleSection { parser: inner, .. }
                | Payload::ComponentSection { parser: inner, .. } => {
                    around.push(std::mem::replace(&mut parser, inner));
                }
                Payload::End(_) => match around.pop() {
                    Some(outer) => parser = outer,
                    None => return Ok(()),
                },
                _ => {}
            }
        }
    }
    Ok(())
}

fn ours(error: wasmparser::Error, composition: &Pieces<'_>) -> Box<Diagnostic> {
    let reason = diagnostic::wasm(error, &composition.to_vec());
    // Those of wasmparser, which hosts have in common.
    let is_limit = reason.message.contains("exceeds limit");
    let error = match is_limit {
        true => Diagnostic::error(
            "compose/too-large",
            "the composition is larger than hosts take",
        )
        .help("compose fewer components: nested ones and their core modules count, too"),
        false => Diagnostic::ours("compose/internal", "the composition is not valid"),
    };
    let causes = std::iter::once(reason.message).chain(reason.causes);
    causes.fold(error, Diagnostic::cause)
}
