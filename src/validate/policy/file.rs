//! How is a policy written in TOML?
//!
//! As the table `policy`, so that it can stand in a file of its own or beside other tables.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;

use super::{Pattern, Policy, Rules};
use crate::diagnostic::{Diagnostic, Label, Result, Source};
use crate::validate::budget::{Budget, parse_size};

#[derive(Deserialize)]
struct File {
    policy: Option<Table>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    allow: Vec<String>,
    deny: Vec<String>,
    max_size: Option<toml::Spanned<Size>>,
    max_compressed: BTreeMap<String, toml::Spanned<Size>>,
    max_imports: Option<u64>,
}

/// Bytes, or a text such as `200KiB`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Size {
    Bytes(u64),
    Text(String),
}

/// The rules of a policy. Fails, with a label, where it is not TOML, has no table `policy`, or one
/// with unknown keys.
pub fn parse(name: &str, text: &str) -> Result<Rules> {
    in_manifest(name, text)?.ok_or_else(|| {
        refuse((name, text), "the file has no table `policy`", 0..0)
            .help("begin the policy with the line `[policy]`")
    })
}

/// The same, where a file need not have such a table.
pub(super) fn in_manifest(name: &str, text: &str) -> Result<Option<Rules>> {
    let file: File = toml::from_str(text).map_err(|error| {
        let message = error.message().lines().next().unwrap_or_default();
        refuse((name, text), message, error.span().unwrap_or(0..0))
            .help("see `docs/commands/validate.md` for what a policy may say")
    })?;
    let rules = file.policy.map(|table| rules((name, text), &table));
    rules.transpose()
}

/// An error about a range of a text with its name.
fn refuse((name, text): (&str, &str), message: &str, range: Range<usize>) -> Box<Diagnostic> {
    let source = Source {
        name: name.to_string(),
        text: text.into(),
    };
    let text = String::new();
    Diagnostic::error("validate/policy-file", message.to_string()).label(Label {
        source,
        range,
        text,
    })
}

fn rules(file: (&str, &str), table: &Table) -> Result<Rules> {
    // What is wrong with a limit is known apart from its place.
    let placed = |error: Box<Diagnostic>, limit: &toml::Spanned<Size>| {
        let mut refused = refuse(file, &error.message, limit.span());
        refused.help = error.help;
        refused
    };
    let size = |limit: &toml::Spanned<Size>| match limit.get_ref() {
        Size::Bytes(bytes) => Ok(*bytes),
        Size::Text(written) => parse_size(written).map_err(|error| placed(error, limit)),
    };
    let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::from(&**text)).collect();
    let policy = Policy {
        allow: patterns(&table.allow),
        deny: patterns(&table.deny),
    };
    let mut budget = Budget {
        size: table.max_size.as_ref().map(size).transpose()?,
        imports: table.max_imports,
        ..Budget::default()
    };
    for (compression, limit) in &table.max_compressed {
        let set = budget.set_compressed(compression, size(limit)?);
        set.map_err(|error| placed(error, limit))?;
    }
    Ok(Rules { policy, budget })
}
