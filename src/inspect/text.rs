//! What does the binary look like in the text format?

use std::fmt;

use serde::Serialize;
use wasmprinter::{Config, PrintFmtWrite};

use super::parts::Root;
use crate::diagnostic::{self, Diagnostic, Result};
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
    let mut text = Bounded {
        text: String::new(),
        most: LEAST + RATIO * binary.len(),
        is_full: false,
    };
    let printed = config.print(&binary, &mut PrintFmtWrite(&mut text));
    if text.is_full {
        return Err(too_long(name, &text));
    }
    printed.map_err(|error| match error.downcast::<wasmparser::Error>() {
        Ok(error) => diagnostic::wasm(error, &binary),
        Err(error) => diagnostic::wit_component("wasm/unprintable", &error)
            .help("list its sections instead, with `--objdump`"),
    })?;
    Ok(Report { text: text.text })
}

/// However small the binary is, its text may have so many bytes.
const LEAST: usize = 64 << 20;

/// And so many for each byte of the binary. Compilers stay below 40; a function of six bytes may
/// declare 50,000 locals, each of which is written.
const RATIO: usize = 100;

/// A text that refuses to grow beyond what any real binary has.
struct Bounded {
    text: String,
    most: usize,
    is_full: bool,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.is_full |= self.text.len() + piece.len() > self.most;
        if self.is_full {
            return Err(fmt::Error);
        }
        self.text.push_str(piece);
        Ok(())
    }
}

fn too_long(name: &str, text: &Bounded) -> Box<Diagnostic> {
    let most = text.most >> 20;
    Diagnostic::error(
        "wasm/unprintable",
        format!("the text of `{name}` would be longer than {most} MiB"),
    )
    .help("leave out function bodies and data with `--skeleton`, or list its sections with `--objdump`")
}
