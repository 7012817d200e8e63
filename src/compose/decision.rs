//! What was looked at for an import, and what became of it?

use serde::Serialize;

use super::resolve::offers::Offer;
use crate::compare::Difference;
use crate::diagnostic::Diagnostic;

/// What was decided for one import, and from what.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Decision {
    pub instance: String,
    pub import: String,
    pub candidates: Vec<Candidate>,
    /// `store.t:p/kv`, or the import it is left to.
    pub outcome: Outcome,
}

/// How an import ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The plan says so.
    Given(String),
    /// Found by name and type.
    Found(String),
    /// Left to the host.
    Open(String),
}

/// An export that was looked at for an import.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Candidate {
    pub instance: String,
    pub export: String,
    pub reason: Reason,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    #[serde(skip)]
    pub(super) at: Offer,
}

/// Why a candidate was taken or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    Taken,
    /// It fits, but one before it does as well.
    NotNeeded,
    /// It lacks items that a newer version has.
    TooOld,
    OtherType,
    OtherVersion,
    /// Not even of the same kind: a func for an interface.
    OtherKind,
    /// It stands before the middleware that asks.
    Before,
    SimilarName,
}

/// Adds why each candidate was not taken.
pub fn explain(mut error: Box<Diagnostic>, candidates: &[Candidate]) -> Box<Diagnostic> {
    for candidate in candidates {
        error = error.cause(format!(
            "`{}` of `{}` {}",
            candidate.export,
            candidate.instance,
            candidate.reason.shown()
        ));
        for difference in &candidate.differences {
            error = error.cause(format!("  {difference}"));
        }
    }
    error
}

impl Reason {
    /// Whether the name is right and the type is not.
    pub(super) fn is_misfit(self) -> bool {
        matches!(self, Reason::OtherType | Reason::TooOld)
    }

    /// The end of a sentence that starts with the export.
    pub fn shown(self) -> &'static str {
        match self {
            Reason::Taken => "is taken",
            Reason::NotNeeded => "fits as well",
            Reason::TooOld => "is too old",
            Reason::OtherType => "has another type",
            Reason::OtherVersion => "is of an incompatible version",
            Reason::OtherKind => "is of another kind",
            Reason::Before => "stands before the one that asks",
            Reason::SimilarName => "has a similar name",
        }
    }
}
