//! Which features would make this binary valid?

use wasmparser::{Error, WasmFeatures};

use super::binary;
use crate::features::{self, Features};

/// How many bytes are validated in the search, all tries together.
const EFFORT: usize = 256 << 20;

/// What to pass to `--features`, where that is all that is missing.
pub fn missing(file: &[u8], features: Features) -> Option<String> {
    let mut trials = Trials { file, left: EFFORT };
    if trials.first_error(Features::all()).is_some() {
        return None;
    }
    Some(match trials.fewest(features) {
        Some(few) => features::names(few),
        None => "all".to_string(),
    })
}

/// What has to be added to these features for a valid binary; `None` where they are enough. All
/// others where the search takes too long.
pub fn fewest(file: &[u8], features: Features) -> Option<WasmFeatures> {
    let mut trials = Trials { file, left: EFFORT };
    trials.first_error(features)?;
    let rest = || WasmFeatures::all() - features.flags();
    Some(trials.fewest(features).unwrap_or_else(rest))
}

/// The file, and how many more bytes may be spent on it.
struct Trials<'a> {
    file: &'a [u8],
    left: usize,
}

impl Trials<'_> {
    fn first_error(&mut self, features: Features) -> Option<Error> {
        self.left = self.left.saturating_sub(self.file.len());
        let faults = binary::faults(self.file, features.flags());
        faults.iter().next().cloned()
    }

    /// Adds what the first error asks for, or what lets validation get beyond it, until there is
    /// none.
    fn fewest(&mut self, features: Features) -> Option<WasmFeatures> {
        let mut added = WasmFeatures::empty();
        while let Some(error) = self.first_error(features.with(added)) {
            let asked = error.missing_wasm_feature();
            let asked = asked.filter(|asked| !added.contains(*asked));
            added |= asked.or_else(|| self.beyond(features.with(added), &error))?;
        }
        Some(added)
    }

    /// The smallest feature with which the first error comes later, if at all.
    fn beyond(&mut self, features: Features, error: &Error) -> Option<WasmFeatures> {
        let mut candidates: Vec<_> = features.missing().collect();
        candidates.sort_by_key(|feature| feature.bits().count_ones());
        candidates.into_iter().find(|feature| {
            let next = (self.left > 0).then(|| self.first_error(features.with(*feature)));
            next.is_some_and(|next| next.is_none_or(|next| next.offset() > error.offset()))
        })
    }
}
