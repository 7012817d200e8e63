//! Who owns each byte of a file?
//!
//! Every byte has exactly one owner: a function, a segment, an import, a section. What names a
//! section (identifier, length, count) belongs to the section. On top of that: what an owner keeps
//! alive, what nobody reaches, what is there twice, and sums by any of several questions.

mod dominators;
mod duplicates;
mod group;
mod name;
pub(crate) mod owned;
mod owner;
mod retained;
mod source;

use serde::Serialize;

pub use duplicates::Duplicate;
pub use group::{By, Group};
pub use name::Name;
pub use owner::{Owner, Part};
pub use retained::Removable;

use crate::compressed;
use crate::diagnostic::{Diagnostic, Result, Severity};
use crate::input;
use crate::inspect::{Kind, Root};
use owner::Owners;

/// What is asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What sums are made by; none where there is nothing.
    pub by: Option<By>,
}

/// All owners, and what else there is to say about sizes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub kind: Kind,
    pub size: u64,
    /// About what zstd makes of it.
    pub compressed: u64,
    /// The input and what is nested in it, in the order of the file.
    pub parts: Vec<Part>,
    /// Largest first. Their sizes add up to that of the file.
    pub owners: Vec<Owner>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<By>,
    /// Largest first. Their sizes add up to that of the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// What is there more than once, the most wasteful first.
    pub duplicates: Vec<Duplicate>,
    /// What `wct shrink` takes away for certain. Not known where the input is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removable: Option<Removable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Diagnostic>,
}

/// Finds the owner of every byte of a module or component. `name` is the path as the user typed
/// it.
pub fn size(name: &str, bytes: &[u8], options: Options) -> Result<Report> {
    let binary = input::to_binary(name, bytes)?;
    let root = Root::parse(&binary)?;
    let owners = Owners::find(&binary, &root)?;
    let (references, (duplicates, ratios)) = rayon::join(
        || retained::References::read(&binary, &root, &owners),
        || {
            rayon::join(
                || duplicates::find(&binary, &root, &owners),
                || ratios(&binary, &owners),
            )
        },
    );
    let duplicates = duplicates?;
    let mut warnings = Vec::new();
    let references = match references {
        Ok(references) => Some(references),
        Err(mut error) => {
            error.severity = Severity::Warning;
            warnings.push(
                *error
                    .in_file(name)
                    .cause("what keeps what alive is not known"),
            );
            None
        }
    };
    let names = name::Names::of(&root, &owners);
    let by = options.by;
    let groups =
        by.map(|by| group::groups(by, &binary, &root, &owners, &names, references.as_ref()));
    let removable = references.as_ref();
    let removable = removable.map(|references| references.removable(&owners, &duplicates));
    let duplicates = duplicates.iter().map(|found| found.told(&owners, &names));
    let duplicates = duplicates.collect();
    let estimate = |at: usize| (owners.list[at].size as f64 * ratios[owners.list[at].ratio]) as u64;
    Ok(Report {
        kind: root.kind(),
        size: binary.len() as u64,
        compressed: (0..owners.list.len()).map(estimate).sum(),
        owners: owners.told(names, references.as_ref(), &estimate),
        parts: owners.parts,
        by,
        groups: groups.unwrap_or_default(),
        duplicates,
        removable,
        warnings,
    })
}

/// More of a section than this is not compressed to tell how far it can be.
const SAMPLE: usize = 32 << 10;

/// Less than this does not get smaller.
const LEAST: usize = 64;

/// By section: how much smaller it gets.
fn ratios(file: &[u8], owners: &Owners) -> Vec<f64> {
    use rayon::prelude::*;
    let sections = owners.sections.par_iter();
    let ratio = |range: &std::ops::Range<usize>| {
        let bytes = file.get(range.clone()).unwrap_or_default();
        if bytes.len() < LEAST {
            return 1.0;
        }
        let sample = match bytes.len() > SAMPLE {
            // From the middle: sections tend to begin with what is unlike the rest.
            true => &bytes[bytes.len() / 2 - SAMPLE / 2..][..SAMPLE],
            false => bytes,
        };
        let small = compressed::estimate(sample) as f64 / sample.len().max(1) as f64;
        small.min(1.0)
    };
    sections.map(ratio).collect()
}
