//! Which keys may a manifest have?

use crate::toml_keys::{Keys, Under};

pub const MANIFEST: Keys = Keys {
    what: "a manifest",
    known: &[
        ("package", Under::Table(&PACKAGE)),
        ("component", Under::Named(&COMPONENT)),
        ("compose", Under::Named(&COMPOSITION)),
        ("shrink", Under::Table(&SHRINK)),
        ("policy", Under::Table(&POLICY)),
        ("tools", Under::Value),
    ],
};

const PACKAGE: Keys = Keys {
    what: "`package`",
    known: &[
        ("name", Under::Value),
        ("version", Under::Value),
        ("description", Under::Value),
        ("authors", Under::Value),
        ("licenses", Under::Value),
        ("homepage", Under::Value),
        ("source", Under::Value),
        ("revision", Under::Value),
    ],
};

const COMPONENT: Keys = Keys {
    what: "a component",
    known: &[
        ("lang", Under::Value),
        ("command", Under::Value),
        ("file", Under::Value),
        ("path", Under::Value),
        ("sources", Under::Value),
        ("inputs", Under::Value),
        ("output", Under::Value),
        ("wit", Under::Value),
        ("world", Under::Value),
        ("kind", Under::Value),
        ("target", Under::Value),
        ("package", Under::Value),
        ("bin", Under::Value),
        ("features", Under::Value),
        ("profile", Under::Value),
        ("engine", Under::Value),
        ("flags", Under::Value),
        ("env", Under::Value),
        ("adapter", Under::Value),
    ],
};

const COMPOSITION: Keys = Keys {
    what: "a composition",
    known: &[
        ("root", Under::Value),
        ("plug", Under::Value),
        ("wires", Under::Value),
        ("exports", Under::Value),
        ("stub", Under::Value),
        ("open", Under::Value),
        ("closed", Under::Value),
    ],
};

const SHRINK: Keys = Keys {
    what: "`shrink`",
    known: &[
        ("enabled", Under::Value),
        ("keep-names", Under::Value),
        ("keep-custom", Under::Value),
        ("drop-metadata", Under::Value),
        ("optimize-for", Under::Value),
        ("wasm-opt", Under::Value),
    ],
};

const POLICY: Keys = Keys {
    what: "`policy`",
    known: &[
        ("allow", Under::Value),
        ("deny", Under::Value),
        ("max-size", Under::Value),
        ("max-compressed", Under::Value),
        ("max-imports", Under::Value),
    ],
};
