//! What is in this file?

use serde::Serialize;

use crate::component::Component;
use crate::diagnostic::Result;
use crate::input;

/// The one-screen summary.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    pub core_modules: usize,
}

/// Sums up a component.
pub fn summary(name: &str, bytes: &[u8]) -> Result<Summary> {
    let binary = input::to_binary(name, bytes)?;
    let component = Component::parse(&binary)?;
    Ok(Summary {
        core_modules: component.all_core_modules().len(),
    })
}
