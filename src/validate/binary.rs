//! What is wrong with this binary?
//!
//! All of it: every function body that is invalid, and, where the structure of a module or
//! component does not hold, whatever is nested behind that place and stands on its own.

use std::ops::Range;
use std::sync::Mutex;

use wasmparser::{
    Error, FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser, Payload, ValidPayload,
    Validator, ValidatorResources, WasmFeatures,
};

use super::faults::Faults;
use crate::binary::{Layer, Sections, layer};
use crate::diagnostic::is_echo;

/// From this size on function bodies go to other threads while the structure is still being read.
const PARALLEL_FROM: usize = 256 << 10;

/// How many bytes of function bodies make a piece of work worth handing over.
const BATCH: usize = 64 << 10;

type Function<'a> = (FuncToValidate<ValidatorResources>, FunctionBody<'a>);

/// All faults of the binary `file` under `features`.
pub fn faults(file: &[u8], features: WasmFeatures) -> Faults {
    let faults = Mutex::new(Faults::default());
    if file.len() < PARALLEL_FROM {
        structure(file, features, &faults, &mut |functions| {
            bodies(functions, &faults);
        });
    } else {
        rayon::scope(|scope| {
            structure(file, features, &faults, &mut |functions| {
                scope.spawn(|_| bodies(functions, &faults));
            });
        });
    }
    faults
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Checks the structure of everything in the file; function bodies go to `check`.
fn structure<'a>(
    file: &'a [u8],
    features: WasmFeatures,
    faults: &Mutex<Faults>,
    check: &mut dyn FnMut(Vec<Function<'a>>),
) {
    let mut batches = Batches::new(check);
    let mut pending: Vec<_> = std::iter::once(0..file.len()).collect();
    while let Some(range) = pending.pop() {
        let Err(stop) = walk(&file[range.clone()], range.start, features, &mut batches) else {
            continue;
        };
        if range.start == 0 || !is_echo(&stop.error) {
            add(faults, stop.error);
        }
        pending.extend(unseen(file, range, stop.reached));
    }
    batches.flush();
}

/// Why the walk through a module or component could not go on.
struct Stop {
    error: Error,
    /// Where the last part that is valid ends.
    reached: usize,
}

fn walk<'a>(
    bytes: &'a [u8],
    start: usize,
    features: WasmFeatures,
    batches: &mut Batches<'a, '_>,
) -> Result<(), Stop> {
    let mut validator = Validator::new_with_features(features);
    let mut parser = Parser::new(start as u64);
    parser.set_features(features);
    let mut reached = start;
    for payload in parser.parse_all(bytes) {
        let valid = payload.and_then(|payload| {
            if let ValidPayload::Func(function, body) = validator.payload(&payload)? {
                batches.add((function, body));
            }
            Ok(end(&payload))
        });
        reached = valid.map_err(|error| Stop { error, reached })?;
    }
    Ok(())
}

/// Where a part that was checked ends. Of a nested module, and of the code section, that is where
/// their contents begin.
fn end(payload: &Payload<'_>) -> usize {
    let end = match payload {
        Payload::Version { range, .. } => range.end,
        Payload::CodeSectionEntry(body) => body.range().end,
        Payload::End(offset) => *offset,
        Payload::CodeSectionStart {
            unchecked_range, ..
        }
        | Payload::ModuleSection {
            unchecked_range, ..
        }
        | Payload::ComponentSection {
            unchecked_range, ..
        } => unchecked_range.start,
        other => other.as_section().map_or(0, |(_, range)| range.end),
    };
    usize::try_from(end).unwrap_or(usize::MAX)
}

/// The nested modules and components of the binary at `range` that begin behind `reached`: the
/// outermost ones.
fn unseen(file: &[u8], range: Range<usize>, reached: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open = vec![range];
    while let Some(range) = open.pop() {
        if layer(&file[range.clone()]) != Some(Layer::Component) {
            continue;
        }
        for section in Sections::new(file, range).map_while(|section| section.ok()) {
            let nested = matches!(section.id, 1 | 4);
            if nested && section.contents.start > reached {
                found.push(section.contents);
            } else if nested && section.contents.end > reached {
                open.push(section.contents);
            }
        }
    }
    found
}

fn bodies(functions: Vec<Function<'_>>, faults: &Mutex<Faults>) {
    let mut allocations = FuncValidatorAllocations::default();
    for (function, body) in functions {
        let mut validator = function.into_validator(allocations);
        if let Err(error) = validator.validate(&body) {
            add(faults, error);
        }
        allocations = validator.into_allocations();
    }
}

fn add(faults: &Mutex<Faults>, error: Error) {
    let mut faults = faults
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    faults.add(error);
}

/// Function bodies on their way to be checked.
struct Batches<'a, 'c> {
    functions: Vec<Function<'a>>,
    bytes: usize,
    check: &'c mut dyn FnMut(Vec<Function<'a>>),
}

impl<'a, 'c> Batches<'a, 'c> {
    fn new(check: &'c mut dyn FnMut(Vec<Function<'a>>)) -> Self {
        Batches {
            functions: Vec::new(),
            bytes: 0,
            check,
        }
    }

    fn add(&mut self, function: Function<'a>) {
        self.bytes += function.1.as_bytes().len();
        self.functions.push(function);
        if self.bytes >= BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.bytes = 0;
        (self.check)(std::mem::take(&mut self.functions));
    }
}
