//! How is a policy written in TOML?
//!
//! As the table `policy`, so that it can stand in a file of its own or beside other tables.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Pattern, Policy};
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

/// The policy and the budget of a TOML text. Fails, with a label, where it is not TOML, has no
/// table `policy`, or one with unknown keys.
pub fn parse(name: &str, text: &str) -> Result<(Policy, Budget)> {
    let refuse = |message: &str, range: std::ops::Range<usize>| {
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
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let message = error.message().lines().next().unwrap_or_default();
        refuse(message, error.span().unwrap_or(0..0))
            .help("see `docs/commands/validate.md` for what a policy may say")
    })?;
    let Some(table) = file.policy else {
        return Err(refuse("the file has no table `policy`", 0..0)
            .help("begin the policy with the line `[policy]`"));
    };
    let size = |size: &toml::Spanned<Size>| match size.get_ref() {
        Size::Bytes(bytes) => Ok(*bytes),
        Size::Text(written) => parse_size(written).map_err(|error| {
            let mut refused = refuse(&error.message, size.span());
            refused.help = error.help;
            refused
        }),
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
        set.map_err(|error| {
            let mut refused = refuse(&error.message, limit.span());
            refused.help = error.help;
            refused
        })?;
    }
    Ok((policy, budget))
}
