//! Is it valid?

use serde::Serialize;

use crate::diagnostic::{self, Diagnostic, Result};
use crate::input;
use crate::progress::Progress;

/// What to validate by.
#[derive(Clone, Debug, Default)]
pub struct Options {}

/// The verdict on one input.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub file: String,
    pub valid: bool,
    pub findings: Vec<Diagnostic>,
}

/// Validates a module or component.
pub fn validate(
    name: &str,
    bytes: &[u8],
    _options: &Options,
    _progress: &dyn Progress,
) -> Result<Report> {
    let binary = input::to_binary(name, bytes)?;
    let verdict = wasmparser::Validator::new().validate_all(&binary);
    let findings = match verdict {
        Ok(_) => Vec::new(),
        Err(error) => vec![*diagnostic::wasm(error, &binary).in_file(name)],
    };
    Ok(Report {
        file: name.to_string(),
        valid: findings.is_empty(),
        findings,
    })
}
