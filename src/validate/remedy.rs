//! Which features would make this binary valid?

use wasmparser::{Error, WasmFeatures};

use super::binary;
use crate::features::Features;

/// Larger files are not tried with one feature after the other.
const TRIED_UP_TO: usize = 1 << 20;

/// The fewest features to add, where there are any that help.
pub fn missing(file: &[u8], features: Features) -> Option<WasmFeatures> {
    if first_error(file, Features::all()).is_some() {
        return None;
    }
    let guided = guided(file, features);
    if guided.is_some() || file.len() > TRIED_UP_TO {
        return guided;
    }
    single(file, features).or_else(|| reduced(file, features))
}

fn first_error(file: &[u8], features: Features) -> Option<Error> {
    binary::faults(file, features.flags())
        .iter()
        .next()
        .cloned()
}

/// Adds what each error asks for, until there is none.
fn guided(file: &[u8], features: Features) -> Option<WasmFeatures> {
    let mut added = WasmFeatures::empty();
    while let Some(error) = first_error(file, features.with(added)) {
        let asked = error.missing_wasm_feature()?;
        if added.contains(asked) {
            return None;
        }
        added |= asked;
    }
    Some(added)
}

/// One feature that is enough.
fn single(file: &[u8], features: Features) -> Option<WasmFeatures> {
    features
        .missing()
        .find(|one| first_error(file, features.with(*one)).is_none())
}

/// Everything but what can be left out, one after the other.
fn reduced(file: &[u8], features: Features) -> Option<WasmFeatures> {
    let all = Features::all().flags() - features.flags();
    let needed = features.missing().fold(all, |set, one| {
        let without = set - one;
        match first_error(file, features.with(without)) {
            None => without,
            Some(_) => set,
        }
    });
    (!needed.is_empty()).then_some(needed)
}
