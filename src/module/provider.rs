//! Who is to provide an import of a core module?
//!
//! Toolchains write what a component's world has in one of two ways: under its own name, or with
//! `cm32p2` before it (component model, "BuildTargets.md").

/// Where an import is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider<'a> {
    /// An interface, an adapter or another module, by its name alone.
    Module(&'a str),
    /// The world itself.
    World,
    /// A built-in function, or one for what the module itself exports: nobody is asked for it.
    BuiltIn,
}

impl<'a> Provider<'a> {
    /// Whose name that is, where there is somebody.
    pub fn name(self) -> Option<&'a str> {
        match self {
            Provider::Module(name) => Some(name),
            Provider::World => Some("$root"),
            Provider::BuiltIn => None,
        }
    }
}

/// Who provides the import of that name from a module of that name.
pub fn provider<'a>(module: &'a str, name: &str) -> Provider<'a> {
    let standard = match module {
        "cm32p2" => Some(""),
        _ => module.strip_prefix("cm32p2|"),
    };
    let own = match standard {
        Some(module) => module.starts_with("_ex_"),
        None => module.starts_with("[export]"),
    };
    match standard.unwrap_or(module) {
        _ if own => Provider::BuiltIn,
        "" if standard.is_none() => Provider::Module(module),
        "$root" | "" if is_built_in(name) => Provider::BuiltIn,
        "$root" | "" => Provider::World,
        module => Provider::Module(module),
    }
}

/// What the names of built-in functions begin with, where several are told apart after it.
const BUILT_IN: &[&str] = &[
    "[backpressure-",
    "[context-",
    "[error-context-",
    "[future-",
    "[resource-",
    "[stream-",
    "[subtask-",
    "[task-",
    "[thread-",
    "[waitable-",
];

/// Functions of resources have names in brackets, too: `[method]r.f`.
fn is_built_in(name: &str) -> bool {
    let marks = ["[async-lower]", "[cancellable]"];
    let mark = marks.iter().find_map(|mark| name.strip_prefix(mark));
    let name = mark.unwrap_or(name);
    BUILT_IN.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_a_name_are_read() {
        use Provider::{BuiltIn, Module, World};
        for (module, name, expected) in [
            ("wasi:io/poll@0.2.0", "poll", Module("wasi:io/poll@0.2.0")),
            (
                "cm32p2|wasi:io/poll@0.2",
                "poll",
                Module("wasi:io/poll@0.2"),
            ),
            ("a:b/c", "[resource-drop]r", Module("a:b/c")),
            ("env", "abort", Module("env")),
            ("cm32p2x", "f", Module("cm32p2x")),
            ("", "f", Module("")),
            ("$root", "f", World),
            ("cm32p2", "f", World),
            ("$root", "[method]r.f", World),
            ("$root", "[async-lower][method]r.f", World),
            ("$root", "[task-cancel]", BuiltIn),
            ("$root", "[async-lower][stream-read-0]f", BuiltIn),
            ("[export]a:b/c", "[resource-new]r", BuiltIn),
            ("[export]$root", "[task-return]f", BuiltIn),
            ("cm32p2|_ex_a:b/c", "r_new", BuiltIn),
        ] {
            assert_eq!(provider(module, name), expected, "{module} {name}");
        }
    }
}
