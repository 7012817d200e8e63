//! Which features would make this binary valid?

use wasmparser::{Error, WasmFeatures};

use super::binary;
use crate::features::{self, Features};

/// Larger files are not tried with one feature after the other.
const TRIED_UP_TO: usize = 8 << 20;

/// What to pass to `--features`, where that is all that is missing.
pub fn missing(file: &[u8], features: Features) -> Option<String> {
    if first_error(file, Features::all()).is_some() {
        return None;
    }
    Some(match fewest(file, features) {
        Some(few) => features::names(few),
        None => "all".to_string(),
    })
}

fn first_error(file: &[u8], features: Features) -> Option<Error> {
    binary::faults(file, features.flags())
        .iter()
        .next()
        .cloned()
}

/// Adds what the first error asks for, or what lets validation get beyond it, until there is none.
fn fewest(file: &[u8], features: Features) -> Option<WasmFeatures> {
    let mut added = WasmFeatures::empty();
    while let Some(error) = first_error(file, features.with(added)) {
        let asked = error
            .missing_wasm_feature()
            .filter(|asked| !added.contains(*asked));
        added |= asked.or_else(|| beyond(file, features.with(added), &error))?;
    }
    Some(added)
}

/// The smallest feature with which the first error comes later, if at all.
fn beyond(file: &[u8], features: Features, error: &Error) -> Option<WasmFeatures> {
    if file.len() > TRIED_UP_TO {
        return None;
    }
    let mut candidates: Vec<_> = features.missing().collect();
    candidates.sort_by_key(|feature| feature.bits().count_ones());
    candidates.into_iter().find(|feature| {
        let next = first_error(file, features.with(*feature));
        next.is_none_or(|next| next.offset() > error.offset())
    })
}
