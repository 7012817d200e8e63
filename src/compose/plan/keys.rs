//! Which keys may a plan have?
//!
//! A key that is none would be ignored, or be an error that does not say what was meant.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::compose::name::distance;
use crate::diagnostic::Diagnostic;

/// The keys of a table, and what is in the tables under them.
struct Keys {
    known: &'static [(&'static str, Under)],
    /// What the table is called in messages.
    what: &'static str,
}

/// What stands under a key.
#[derive(Clone, Copy)]
enum Under {
    Value,
    /// A table with these keys.
    Table(&'static Keys),
    /// Tables with these keys, by any name.
    Named(&'static Keys),
    /// A list of tables with these keys.
    List(&'static Keys),
}

const PLAN: Keys = Keys {
    what: "a plan",
    known: &[
        ("root", Under::Value),
        ("providers", Under::Value),
        ("exact-exports", Under::Value),
        ("imports", Under::Table(&IMPORTS)),
        ("stubs", Under::List(&STUB)),
        ("components", Under::Named(&COMPONENT)),
        ("instances", Under::Named(&INSTANCE)),
        ("exports", Under::List(&EXPORT)),
    ],
};

const IMPORTS: Keys = Keys {
    what: "`imports`",
    known: &[
        ("closed", Under::Value),
        ("open", Under::Value),
        ("separate", Under::Value),
    ],
};

const STUB: Keys = Keys {
    what: "a stub",
    known: &[("pattern", Under::Value), ("answer", Under::Value)],
};

const COMPONENT: Keys = Keys {
    what: "a component",
    known: &[("source", Under::Value), ("sha256", Under::Value)],
};

const INSTANCE: Keys = Keys {
    what: "an instance",
    known: &[("component", Under::Value), ("args", Under::Named(&ARG))],
};

const ARG: Keys = Keys {
    what: "an argument",
    known: &[
        ("instance", Under::Value),
        ("export", Under::Value),
        ("path", Under::Value),
        ("whole", Under::Value),
        ("import", Under::Value),
    ],
};

const EXPORT: Keys = Keys {
    what: "an export",
    known: &[
        ("instance", Under::Value),
        ("export", Under::Value),
        ("path", Under::Value),
        ("as", Under::Value),
    ],
};

/// A key that a plan cannot have.
pub struct Unknown {
    key: String,
    /// Where it is in the text.
    pub range: Range<usize>,
    keys: &'static Keys,
}

/// The first key of a plan that it cannot have. Values of another type than they should be are
/// left to whoever reads them.
pub fn unknown(plan: &DeTable<'_>) -> Option<Unknown> {
    in_table(plan, &PLAN)
}

fn in_table(table: &DeTable<'_>, keys: &'static Keys) -> Option<Unknown> {
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
        (DeValue::Table(table), Under::Table(keys)) => in_table(table, keys),
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

    /// Says what there is, and what was meant.
    pub fn explain(&self, error: Box<Diagnostic>) -> Box<Diagnostic> {
        let names = || self.keys.known.iter().map(|(name, _)| *name);
        let listed: Vec<String> = names().map(|name| format!("`{name}`")).collect();
        let error = error.cause(format!("it may have {}", listed.join(", ")));
        let near = names().filter_map(|name| Some((distance(name, &self.key, 3)?, name)));
        match near.min() {
            Some((edits, name)) if edits < name.len() => {
                error.help(format!("write `{name}` if you mean that"))
            }
            _ => error.help("remove it, or see `docs/commands/compose.md`"),
        }
    }
}
