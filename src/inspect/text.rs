//! What does the binary look like in the text format?

use serde::Serialize;
use wasmprinter::{Config, PrintFmtWrite};

use super::parts::Root;
use crate::diagnostic::{self, Result};
use crate::input;

/// A module or component in the text format.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub text: String,
}

/// Whether function bodies and other contents are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    Full,
    /// The structure alone: `...` for bodies, data and elements.
    Skeleton,
}

/// Prints a module or component. Fails where it is malformed.
pub fn print(name: &str, bytes: &[u8], detail: Detail) -> Result<Report> {
    let binary = input::to_binary(name, bytes)?;
    // Damage to frames is told better where they are read.
    Root::parse(&binary)?;
    let mut config = Config::new();
    config.print_skeleton(detail == Detail::Skeleton);
    let mut text = String::new();
    let printed = config.print(&binary, &mut PrintFmtWrite(&mut text));
    printed.map_err(|error| match error.downcast::<wasmparser::Error>() {
        Ok(error) => diagnostic::wasm(error, &binary),
        Err(error) => diagnostic::wit_component("wasm/unprintable", &error)
            .help("list its sections instead, with `--objdump`"),
    })?;
    Ok(Report { text })
}
