//! How does a core module become a component?

use serde::Serialize;

use crate::diagnostic::{self, Result};
use crate::input;
use crate::progress::Progress;

/// What to make of it.
#[derive(Clone, Debug, Default)]
pub struct Options {}

/// What was made.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub size: u64,
}

/// Wraps a core module.
pub fn wrap(
    name: &str,
    bytes: &[u8],
    _options: &Options,
    _progress: &dyn Progress,
) -> Result<(Vec<u8>, Report)> {
    let core = input::to_binary(name, bytes)?;
    let failed = |error: anyhow::Error| diagnostic::wit_component("new/failed", &error);
    let mut encoder = wit_component::ComponentEncoder::default();
    encoder.validate(true).module(&core).map_err(failed)?;
    let component = encoder.encode().map_err(failed)?;
    let size = component.len() as u64;
    Ok((component, Report { size }))
}
