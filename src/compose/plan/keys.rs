//! Which keys may a plan have?

use crate::toml_keys::{Keys, Under};

pub const PLAN: Keys = Keys {
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
