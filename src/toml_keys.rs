//! Which keys may a TOML table have?
//!
//! A key that is none would be ignored, or be an error that does not say what was meant.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::compose::name::distance;
use crate::diagnostic::Diagnostic;

/// The keys of a table, and what is in the tables under them.
pub(crate) struct Keys {
    pub known: &'static [(&'static str, Under)],
    /// What the table is called in messages.
    pub what: &'static str,
}

/// What stands under a key.
#[derive(Clone, Copy)]
pub(crate) enum Under {
    Value,
    /// A table with these keys.
    Table(&'static Keys),
    /// Tables with these keys, by any name.
    Named(&'static Keys),
    /// A list of tables with these keys.
    List(&'static Keys),
}

/// A key that a table cannot have.
pub(crate) struct Unknown {
    key: String,
    /// Where it is in the text.
    pub range: Range<usize>,
    keys: &'static Keys,
}

/// The first key that the table, or one in it, cannot have. Values of another type than they
/// should be are left to whoever reads them.
pub(crate) fn unknown(table: &DeTable<'_>, keys: &'static Keys) -> Option<Unknown> {
    table.iter().find_map(|(key, value)| {
        let name = key.get_ref().as_ref();
        match keys.known.iter().find(|(known, _)| *known == name) {
            Some((_, under)) => in_value(value.get_ref(), *under),
            None => Some(Unknown {
                key: name.to_string(),
                range: key.span(),
                keys,
            }),
        }
    })
}

fn in_value(value: &DeValue<'_>, under: Under) -> Option<Unknown> {
    match (value, under) {
        (DeValue::Table(table), Under::Table(keys)) => unknown(table, keys),
        (DeValue::Table(table), Under::Named(keys)) => {
            let mut values = table.values();
            values.find_map(|value| in_value(value.get_ref(), Under::Table(keys)))
        }
        (DeValue::Array(values), Under::List(keys)) => {
            let mut values = values.iter();
            values.find_map(|value| in_value(value.get_ref(), Under::Table(keys)))
        }
        _ => None,
    }
}

impl Unknown {
    pub fn message(&self) -> String {
        format!("{} has no `{}`", self.keys.what, self.key)
    }

    /// Says what there is, and what was meant; `docs` is where all keys are told.
    pub fn explain(&self, error: Box<Diagnostic>, docs: &str) -> Box<Diagnostic> {
        let names = || self.keys.known.iter().map(|(name, _)| *name);
        let listed: Vec<String> = names().map(|name| format!("`{name}`")).collect();
        let error = error.cause(format!("it may have {}", listed.join(", ")));
        let near = names().filter_map(|name| Some((distance(name, &self.key, 3)?, name)));
        match near.min() {
            Some((edits, name)) if edits < name.len() => {
                error.help(format!("write `{name}` if you mean that"))
            }
            _ => error.help(format!("remove it, or see `{docs}`")),
        }
    }
}
