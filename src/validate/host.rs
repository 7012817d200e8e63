//! Does a host have what a binary needs?
//!
//! By the table `hosts.toml`, which says what is known and who says so. What is not known is told
//! as not known.

mod table;

use wasmparser::WasmFeatures;

use super::{binary, remedy};
use crate::diagnostic::{Diagnostic, Locator, Result};
use crate::features::{self, Features};
use table::{Said, Table, split};

/// A host, and what is known of it.
#[derive(Clone, Debug)]
pub struct Host {
    /// With its version where one was asked for.
    name: String,
    /// What comes first counts.
    facts: Vec<Said>,
}

/// Something a binary needs that the host does not simply have.
#[derive(Clone, Copy)]
enum Gap {
    Lacks,
    /// Later versions have it.
    Later,
    /// Off until it is switched on.
    Option,
}

impl Host {
    /// The host of `NAME` or `NAME@VERSION`. Fails where no host of this name is known.
    pub fn parse(text: &str) -> Result<Host> {
        let (name, version) = split(text);
        let table = Table::read();
        let names = table.names();
        if !names.contains(&name) {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            return Err(Diagnostic::invocation(
                "cli/unknown-host",
                format!("no host is known as `{name}`"),
            )
            .help(format!("choose one of {}", names.join(", "))));
        }
        Ok(Host {
            name: text.to_string(),
            facts: table.said(name, version)?,
        })
    }

    /// What a valid binary needs and the host has not, not without being told to, or perhaps.
    pub fn findings(&self, wasm: &[u8]) -> Vec<Diagnostic> {
        let Some(mut needs) = remedy::fewest(wasm, self.on()) else {
            return Vec::new();
        };
        let mut findings = Vec::new();
        let mut take = |gap, features: WasmFeatures, source: &str| {
            let missing = needs & features;
            if !missing.is_empty() {
                findings.push(*self.tell(gap, missing, wasm).cause(source).help(gap.help()));
                needs -= missing;
            }
        };
        for said in &self.facts {
            take(Gap::Lacks, said.lacks, &said.source);
            take(Gap::Option, said.option, &said.source);
        }
        for said in &self.facts {
            take(Gap::Later, said.later, &said.source);
        }
        if !needs.is_empty() {
            let message = format!(
                "it is not known whether `{}` has {}",
                self.name,
                told(needs)
            );
            let finding = Diagnostic::warning("validate/host-unknown", message);
            findings.push(*shown(finding, needs, wasm).help("try it on that host"));
        }
        findings
    }

    /// What the host has without being told to.
    fn on(&self) -> Features {
        let mut on = Features::of(WasmFeatures::WASM1);
        let mut known = WasmFeatures::empty();
        for said in &self.facts {
            on = on.with(said.on - known);
            known |= said.on | said.option | said.lacks;
        }
        on
    }

    fn tell(&self, gap: Gap, missing: WasmFeatures, wasm: &[u8]) -> Box<Diagnostic> {
        let (host, missing_told) = (&self.name, told(missing));
        let finding = match gap {
            Gap::Lacks => Diagnostic::error(
                "validate/host-lacks",
                format!("`{host}` lacks {missing_told}"),
            ),
            Gap::Later => Diagnostic::error(
                "validate/host-lacks",
                format!("`{host}` does not have {missing_told} by default, as later versions do"),
            ),
            Gap::Option => Diagnostic::warning(
                "validate/host-option",
                format!("`{host}` has {missing_told} only where it is switched on"),
            ),
        };
        shown(finding, missing, wasm)
    }
}

impl Gap {
    fn help(self) -> &'static str {
        match self {
            Gap::Lacks => "build without it, or choose another host",
            Gap::Later => "build without it, or choose a later version",
            Gap::Option => "switch it on in the host",
        }
    }
}

/// With the first thing in the binary that needs these features.
fn shown(finding: Box<Diagnostic>, features: WasmFeatures, wasm: &[u8]) -> Box<Diagnostic> {
    let faults = binary::faults(wasm, WasmFeatures::all() - features);
    // Of a component as such there is no place.
    let first = faults.iter().next().filter(|error| error.offset() > 0);
    match first {
        Some(error) => finding
            .at(Locator::new(wasm).locate(error.offset()))
            .cause(format!("the first that needs it: {}", error.message())),
        None => finding,
    }
}

/// `simd` and `threads`, in backticks.
fn told(features: WasmFeatures) -> String {
    let names = features::names(features);
    let names: Vec<String> = names.split(',').map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
