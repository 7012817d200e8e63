//! Which proposals does WebAssembly have here?
//!
//! Names and groups are those of wasm-tools: `simd`, `cm-async`, `wasm2`, `all`.

use bitflags::Flags;
use serde::Serialize;
use wasmparser::WasmFeatures;

use crate::compose::name::distance;
use crate::diagnostic::{Diagnostic, Result};

/// A set of proposals. By default the finished ones, and of the component model what its
/// specification no longer gates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features(WasmFeatures);

/// One proposal as it is listed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Feature {
    pub name: String,
    /// Whether the default set holds it.
    pub default: bool,
}

/// Sets that replace what was chosen before.
const GROUPS: &[(&str, WasmFeatures)] = &[
    ("mvp", WasmFeatures::MVP),
    ("wasm1", WasmFeatures::WASM1),
    ("wasm2", WasmFeatures::WASM2),
    ("wasm3", WasmFeatures::WASM3),
    ("lime1", WasmFeatures::LIME1),
];

impl Features {
    /// Starts from the default set and applies comma lists in order: `x` and `+x` add, `-x`
    /// removes, `all` and `-all` fill and empty, a group replaces everything. Fails on a name that
    /// does not exist, with those that are near.
    pub fn parse<S: AsRef<str>>(lists: &[S]) -> Result<Features> {
        let words = lists.iter().flat_map(|list| list.as_ref().split(','));
        let words = words.map(str::trim).filter(|word| !word.is_empty());
        words
            .into_iter()
            .try_fold(Features::default(), Features::apply)
    }

    fn apply(self, word: &str) -> Result<Features> {
        let (adds, name) = match word.strip_prefix('-') {
            Some(name) => (false, name),
            None => (true, word.strip_prefix('+').unwrap_or(word)),
        };
        if let Some((_, group)) = GROUPS.iter().find(|(group, _)| *group == name) {
            return if adds {
                Ok(Features(*group))
            } else {
                Err(group_removed(name))
            };
        }
        let named = if name == "all" {
            Some(WasmFeatures::all())
        } else {
            flags().find(|(flag, _)| flag == name).map(|(_, flag)| flag)
        };
        let named = named.ok_or_else(|| unknown(name))?;
        Ok(Features(if adds {
            self.0 | named
        } else {
            self.0 & !named
        }))
    }

    /// Everything, finished or not.
    pub fn all() -> Features {
        Features(WasmFeatures::all())
    }

    pub(crate) fn of(flags: WasmFeatures) -> Features {
        Features(flags)
    }

    pub(crate) fn flags(self) -> WasmFeatures {
        self.0
    }

    pub(crate) fn with(self, more: WasmFeatures) -> Features {
        Features(self.0 | more)
    }

    /// The proposals that are not in this set, each on its own.
    pub(crate) fn missing(self) -> impl Iterator<Item = WasmFeatures> {
        flags()
            .map(|(_, flag)| flag)
            .filter(move |flag| !self.0.contains(*flag))
    }

    /// Every proposal there is, in the order of its introduction.
    pub fn list() -> Vec<Feature> {
        let finished = WasmFeatures::default();
        let features = flags().map(|(name, flag)| Feature {
            name,
            default: finished.contains(flag),
        });
        features.collect()
    }

    /// The names of the groups.
    pub fn groups() -> impl Iterator<Item = &'static str> {
        GROUPS.iter().map(|(name, _)| *name)
    }
}

/// The names of the proposals in a set, with commas: as `--features` takes them. What a listed
/// proposal includes is not listed again.
pub(crate) fn names(set: WasmFeatures) -> String {
    let mut left = set;
    let mut names = Vec::new();
    for (name, flag) in flags() {
        if set.contains(flag) && left.intersects(flag) {
            left -= flag;
            names.push(name);
        }
    }
    names.join(",")
}

fn flags() -> impl Iterator<Item = (String, WasmFeatures)> {
    let flags = WasmFeatures::FLAGS.iter();
    flags.map(|flag| (flag.name().to_lowercase().replace('_', "-"), *flag.value()))
}

fn group_removed(name: &str) -> Box<Diagnostic> {
    Diagnostic::invocation(
        "cli/feature-group",
        format!("`{name}` is a set of features and cannot be removed"),
    )
    .help(format!(
        "write `{name}` to choose it, or remove features by name: `-simd`"
    ))
}

fn unknown(name: &str) -> Box<Diagnostic> {
    let mut near: Vec<(usize, String)> = flags()
        .map(|(flag, _)| flag)
        .chain(Features::groups().map(str::to_string))
        .filter_map(|known| Some((distance(name, &known, usize::MAX)?, known)))
        .filter(|(distance, known)| *distance <= 1 + known.len() / 4 || known.contains(name))
        .collect();
    near.sort();
    let near: Vec<_> = near
        .iter()
        .take(5)
        .map(|(_, name)| format!("`{name}`"))
        .collect();
    let unknown = Diagnostic::invocation(
        "cli/unknown-feature",
        format!("no feature is called `{name}`"),
    );
    let unknown = if near.is_empty() || name.is_empty() {
        unknown
    } else {
        unknown.help(format!("choose one that is near: {}", near.join(", ")))
    };
    unknown.help("list all of them with `wct validate --help`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_apply_from_left_to_right() {
        let set = Features::parse(&["-all,simd", "+threads,-simd"]).expect("known");
        assert_eq!(set.0, WasmFeatures::THREADS);
        let set = Features::parse(&["all,wasm1"]).expect("known");
        assert_eq!(set.0, WasmFeatures::WASM1);
    }

    #[test]
    fn a_feature_that_includes_another_is_named_once() {
        assert_eq!(names(WasmFeatures::REFERENCE_TYPES), "reference-types");
        assert_eq!(names(WasmFeatures::BULK_MEMORY_OPT), "bulk-memory-opt");
    }
}
