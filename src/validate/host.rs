//! Does a host have what a binary needs?
//!
//! By the table `hosts.toml`, which says what is known and who says so. What is not known is told
//! as not known.

use serde::Deserialize;
use wasmparser::WasmFeatures;

use super::{binary, remedy};
use crate::diagnostic::{Diagnostic, Locator, Result};
use crate::features::{self, Features};

/// A host, and what is known of it.
#[derive(Clone, Debug)]
pub struct Host {
    /// With its version where one was asked for.
    name: String,
    facts: Option<Facts>,
}

#[derive(Clone, Debug)]
struct Facts {
    on: Features,
    option: WasmFeatures,
    lacks: WasmFeatures,
    /// Who says so, and when.
    source: String,
}

#[derive(Deserialize)]
struct Table {
    host: Vec<Row>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Row {
    name: String,
    version: String,
    seen: String,
    on: String,
    option: String,
    lacks: String,
    rest: String,
    source: String,
}

impl Host {
    /// The host of `NAME` or `NAME@VERSION`. Fails where no host of this name is known.
    pub fn parse(text: &str) -> Result<Host> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        let table: Table =
            toml::from_str(include_str!("hosts.toml")).expect("the table is tested to be in order");
        let mut rows = table.host.iter().filter(|row| row.name == name).peekable();
        if rows.peek().is_none() {
            let mut names: Vec<String> = table
                .host
                .iter()
                .map(|row| format!("`{}`", row.name))
                .collect();
            names.dedup();
            return Err(Diagnostic::invocation(
                "cli/unknown-host",
                format!("no host is known as `{name}`"),
            )
            .help(format!("choose one of {}", names.join(", "))));
        }
        let is_meant = |row: &&Row| match version {
            Some(version) if !row.version.is_empty() => {
                version == row.version || version.starts_with(&format!("{}.", row.version))
            }
            _ => true,
        };
        Ok(Host {
            name: text.to_string(),
            facts: rows.find(is_meant).map(Row::facts).transpose()?,
        })
    }

    /// What a valid binary needs and the host has not, not without being told to, or perhaps.
    pub fn findings(&self, wasm: &[u8]) -> Vec<Diagnostic> {
        let Some(facts) = &self.facts else {
            let message = format!("nothing is known of `{}`", self.name);
            let finding = Diagnostic::warning("validate/host-unknown", message);
            return vec![*finding.help("leave out the version, or try it on that host")];
        };
        let Some(needs) = remedy::fewest(wasm, facts.on) else {
            return Vec::new();
        };
        let lacks = needs & facts.lacks;
        let option = needs & facts.option & !lacks;
        let unknown = needs & !lacks & !option;
        let mut findings = Vec::new();
        if !lacks.is_empty() {
            let message = format!("`{}` lacks {}", self.name, told(lacks));
            let finding = Diagnostic::error("validate/host-lacks", message);
            let finding = facts.shown(finding, lacks, wasm);
            findings.push(*finding.help("build without it, or choose another host"));
        }
        if !option.is_empty() {
            let message = format!(
                "`{}` has {} switched off by default",
                self.name,
                told(option)
            );
            let finding = Diagnostic::warning("validate/host-option", message);
            let finding = facts.shown(finding, option, wasm);
            findings.push(*finding.help("switch it on in the host"));
        }
        if !unknown.is_empty() {
            let message = format!(
                "it is not known whether `{}` has {}",
                self.name,
                told(unknown)
            );
            let finding = Diagnostic::warning("validate/host-unknown", message);
            let finding = facts.shown(finding, unknown, wasm);
            findings.push(*finding.help("try it on that host"));
        }
        findings
    }
}

impl Row {
    fn facts(&self) -> Result<Facts> {
        let set = |list: &str| Features::parse(&["-all", list]).map(Features::flags);
        let (on, option) = (set(&self.on)?, set(&self.option)?);
        let option = option - on;
        let lacks = match self.rest.as_str() {
            "lacks" => WasmFeatures::all() - on - option,
            _ => set(&self.lacks)?,
        };
        Ok(Facts {
            on: Features::of(on),
            option,
            lacks,
            source: format!("as of {}: {}", self.seen, self.source),
        })
    }
}

impl Facts {
    /// With the first thing in the binary that needs these features, and the source.
    fn shown(
        &self,
        mut finding: Box<Diagnostic>,
        features: WasmFeatures,
        wasm: &[u8],
    ) -> Box<Diagnostic> {
        let faults = binary::faults(wasm, WasmFeatures::all() - features);
        // Of a component as such there is no place.
        let first = faults.iter().next().filter(|error| error.offset() > 0);
        if let Some(error) = first {
            finding = finding
                .at(Locator::new(wasm).locate(error.offset()))
                .cause(format!("the first that needs it: {}", error.message()));
        }
        finding.cause(&self.source)
    }
}

/// `simd` and `threads`, in backticks.
fn told(features: WasmFeatures) -> String {
    let names = features::names(features);
    let names: Vec<String> = names.split(',').map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_has_its_facts_and_a_source() {
        let table: Table = toml::from_str(include_str!("hosts.toml")).expect("it is TOML");
        for row in &table.host {
            row.facts().expect("its features have names");
            assert!(row.source.starts_with("https://"), "{}", row.name);
            assert!(!row.seen.is_empty(), "{}", row.name);
            assert!(["", "lacks"].contains(&row.rest.as_str()), "{}", row.name);
        }
    }
}
