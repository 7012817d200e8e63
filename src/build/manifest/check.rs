//! Do the parts of a manifest go together?

use std::ops::Range;

use indexmap::{IndexMap, IndexSet};
use toml::Spanned;

use super::{Component, Composition, Lang, Manifest, Text};
use crate::build::tools;
use crate::compose::name::distance;
use crate::diagnostic::{Diagnostic, Result};
use crate::stub::Stub;

impl Manifest {
    pub(super) fn check(&self) -> Result<()> {
        if self.components.is_empty() {
            return Err(self
                .text
                .refuse("the manifest has no component", 0..0)
                .help("add one, for instance `[component.app]` with `lang = \"rust\"`"));
        }
        for (name, component) in &self.components {
            self.expect_name(name, &component.span)?;
            component.check(name, &self.text)?;
        }
        for (name, composition) in &self.compositions {
            self.expect_name(name, &composition.span)?;
            self.check_parts(name, composition)?;
        }
        self.in_order()?;
        match self.tools.keys().find(|name| tools::named(name).is_none()) {
            None => Ok(()),
            Some(name) => {
                let known: Vec<String> = tools::ALL
                    .iter()
                    .map(|tool| format!("`{}`", tool.name))
                    .collect();
                Err(self
                    .text
                    .refuse(format!("no tool is called `{name}`"), 0..0)
                    .help(format!("name one of {}", known.join(", "))))
            }
        }
    }

    /// Names become folders and parts of plans.
    fn expect_name(&self, name: &str, span: &Range<usize>) -> Result<()> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !name.is_empty() && name.chars().all(plain) {
            return Ok(());
        }
        Err(self
            .text
            .refuse(format!("`{name}` cannot be a name"), span.clone())
            .help("write it with letters, digits, `-` and `_`"))
    }

    fn check_parts(&self, name: &str, composition: &Composition) -> Result<()> {
        let parts = || std::iter::once(&composition.root).chain(&composition.plug);
        let uses_namesake = || parts().any(|part| part.get_ref() == name);
        if self.components.contains_key(name) && !uses_namesake() {
            let message = format!("`{name}` is a component, and a composition without it");
            let error = self.text.refuse(message, composition.span.clone());
            return Err(error.help("give one of them another name: outputs are called so"));
        }
        for part in parts() {
            let wanted = part.get_ref();
            let known = self.components.contains_key(wanted)
                || (wanted != name && self.compositions.contains_key(wanted));
            if !known {
                return Err(self.unknown_part(wanted, part.span()));
            }
        }
        composition.check(&self.text)
    }

    fn unknown_part(&self, wanted: &str, span: Range<usize>) -> Box<Diagnostic> {
        let error = Diagnostic::error(
            "build/unknown-component",
            format!("no component is called `{wanted}`"),
        );
        let error = self.text.mark(error, span);
        let names = || self.components.keys().chain(self.compositions.keys());
        let near = names().filter_map(|name| Some((distance(name, wanted, 3)?, name)));
        match near.min() {
            Some((edits, name)) if edits < name.len() => {
                error.help(format!("write `{name}` if you mean that"))
            }
            _ => error.help(format!("add a table `[component.{wanted}]`")),
        }
    }

    /// What a part of a composition is: another composition, or a component.
    pub fn is_composition(&self, part: &str, of: &str) -> bool {
        part != of && self.compositions.contains_key(part)
    }

    /// The compositions, each after those that are its parts. Fails where one is a part of itself.
    pub fn in_order(&self) -> Result<IndexSet<&str>> {
        let mut done: IndexSet<&str> = IndexSet::new();
        for name in self.compositions.keys().map(String::as_str) {
            // Each with those of its parts that were not looked at yet.
            let mut path = IndexMap::new();
            if !done.contains(name) {
                path.insert(name, self.parts(name).into_iter());
            }
            while let Some((name, parts)) = path.last_mut().map(|(name, parts)| (*name, parts)) {
                let Some(part) = parts.next() else {
                    done.insert(name);
                    path.pop();
                    continue;
                };
                if let Some(at) = path.get_index_of(part) {
                    let cycle = path.keys().skip(at).chain([&part]).copied();
                    return Err(self.cycle(part, cycle));
                }
                if !done.contains(part) {
                    path.insert(part, self.parts(part).into_iter());
                }
            }
        }
        Ok(done)
    }

    /// The parts of a composition that are compositions.
    fn parts<'m>(&'m self, name: &str) -> Vec<&'m str> {
        let Some(composition) = self.compositions.get(name) else {
            return Vec::new();
        };
        let parts = std::iter::once(&composition.root).chain(&composition.plug);
        parts
            .map(|part| part.get_ref().as_str())
            .filter(|part| self.is_composition(part, name))
            .collect()
    }

    fn cycle<'m>(&self, name: &str, cycle: impl Iterator<Item = &'m str>) -> Box<Diagnostic> {
        let cycle: Vec<String> = cycle.map(|name| format!("`{name}`")).collect();
        let error = Diagnostic::error("build/cycle", format!("`{name}` would be a part of itself"))
            .cause(format!("the cycle is {}", cycle.join(" → ")))
            .help("take one of them out of the composition that closes the cycle");
        let span = self.compositions.get(name).map(|found| found.span.clone());
        self.text.mark(error, span.unwrap_or_default())
    }
}

impl Composition {
    /// Fails where a wire, an export or a stub cannot be read.
    fn check(&self, text: &Text) -> Result<()> {
        let names_item = |text: &str| text.split('=').next().is_some_and(|to| to.contains(':'));
        let is_wire = |text: &str| text.contains('=') && names_item(text);
        let is_stub = |text: &str| Stub::parse(text).is_ok();
        expect(
            "wire",
            &self.wires,
            is_wire,
            "INSTANCE:IMPORT=INSTANCE[:EXPORT]",
            text,
        )?;
        expect(
            "export",
            &self.exports,
            names_item,
            "INSTANCE:EXPORT[=NAME]",
            text,
        )?;
        expect(
            "stub",
            &self.stub,
            is_stub,
            "PATTERN[=trap|deny|empty]",
            text,
        )
    }
}

/// Fails where one of these is not of its form.
fn expect(
    what: &str,
    given: &[Spanned<String>],
    is_one: impl Fn(&str) -> bool,
    form: &str,
    text: &Text,
) -> Result<()> {
    match given.iter().find(|given| !is_one(given.get_ref())) {
        None => Ok(()),
        Some(other) => {
            let message = format!("`{}` is no {what}", other.get_ref());
            let error = text.refuse(message, other.span());
            Err(error.help(format!("write it as `{form}`")))
        }
    }
}

/// What a component is made from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Lang(Lang),
    Command,
    File,
}

impl From {
    fn told(self) -> String {
        match self {
            From::Lang(lang) => format!("a component with `lang = \"{}\"`", lang.name()),
            From::Command => "a component with `command`".to_string(),
            From::File => "a component with `file`".to_string(),
        }
    }

    fn takes(self, key: &str) -> bool {
        let rust = self == From::Lang(Lang::Rust);
        let compiled = matches!(self, From::Lang(lang) if lang != Lang::Wat);
        let native = matches!(self, From::Lang(Lang::C | Lang::Cpp | Lang::Zig | Lang::Go));
        match key {
            "target" | "package" | "bin" | "features" | "profile" => rust,
            "engine" => matches!(self, From::Lang(Lang::Js | Lang::Ts)),
            "sources" => matches!(self, From::Lang(_)) && !rust,
            "flags" => compiled,
            "env" => compiled || self == From::Command,
            "output" => self == From::Command,
            "inputs" => self != From::File,
            "kind" => native,
            _ => true,
        }
    }
}

impl Component {
    fn check(&self, name: &str, text: &Text) -> Result<()> {
        let given = [
            self.lang.as_ref().map(|lang| From::Lang(*lang.get_ref())),
            self.command.as_ref().map(|_| From::Command),
            self.file.as_ref().map(|_| From::File),
        ];
        let given: Vec<From> = given.into_iter().flatten().collect();
        let from = match given.as_slice() {
            [one] => *one,
            [] => {
                let message = format!("nothing says what `{name}` is made from");
                return Err(text
                    .refuse(message, self.span.clone())
                    .help("give it one of `lang`, `command` and `file`"));
            }
            _ => {
                let message = format!("`{name}` is made from more than one thing");
                return Err(text
                    .refuse(message, self.span.clone())
                    .help("keep one of `lang`, `command` and `file`"));
            }
        };
        for (key, span) in self.spans() {
            if !from.takes(key) {
                return Err(text
                    .refuse(format!("{} has no `{key}`", from.told()), span)
                    .help("remove it"));
            }
        }
        if from == From::Command && self.output.is_none() {
            let message = format!("nothing says what the command of `{name}` leaves behind");
            return Err(text
                .refuse(message, self.span.clone())
                .help("add `output = \"FILE\"`"));
        }
        Ok(())
    }

    /// The keys that are given, and where.
    fn spans(&self) -> Vec<(&'static str, Range<usize>)> {
        fn span<T>(value: &Option<Spanned<T>>) -> Option<Range<usize>> {
            value.as_ref().map(Spanned::span)
        }
        let given = [
            ("sources", span(&self.sources)),
            ("inputs", span(&self.inputs)),
            ("output", span(&self.output)),
            ("kind", span(&self.kind)),
            ("target", span(&self.target)),
            ("package", span(&self.package)),
            ("bin", span(&self.bin)),
            ("features", span(&self.features)),
            ("profile", span(&self.profile)),
            ("engine", span(&self.engine)),
            ("flags", span(&self.flags)),
            ("env", span(&self.env)),
        ];
        let given = given
            .into_iter()
            .filter_map(|(key, span)| Some((key, span?)));
        given.collect()
    }
}
