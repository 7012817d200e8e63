//! Which custom sections does a component need?
//!
//! None, for what it does (core specification, "Custom Sections": they have no effect). Kept is
//! what describes the outermost component or module to people and registries, and what the user
//! asks for.

use wasmparser::{BinaryReader, ComponentName, ComponentNameSectionReader};

use super::tree::{Def, Line, Tree};
use crate::compose::name::glob;

/// Which custom sections stay.
#[derive(Clone, Debug, Default)]
pub struct Strip {
    /// The names of functions and other items, for backtraces.
    pub names: bool,
    /// Names of sections to keep; `*` stands for any characters.
    pub customs: Vec<String>,
    /// What describes the component goes, too.
    pub drop_metadata: bool,
}

/// Sections that describe the whole: fields of registries, the dependencies for audits, and what a
/// WIT package says of itself.
const METADATA: &[&str] = &[
    "authors",
    "description",
    "homepage",
    "licenses",
    "revision",
    "source",
    "version",
    ".dep-v0",
    OF_PACKAGE,
];

/// What a WIT package says of all that is in it: it cannot be read where something is gone.
const OF_PACKAGE: &str = "package-docs";

impl Strip {
    fn keeps(&self, name: &str, outermost: bool) -> bool {
        // Their offsets are those of the instructions, which move.
        if name.starts_with("metadata.code.") || name.starts_with("reloc.") {
            return false;
        }
        let described = outermost && !self.drop_metadata && METADATA.contains(&name);
        let named = self.names && matches!(name, "name" | "component-name");
        described || named || self.customs.iter().any(|pattern| glob(pattern, name))
    }

    /// A module of its own may still have to become a component, or be linked.
    fn keeps_outermost(&self, name: &str) -> bool {
        self.keeps(name, true) || name.starts_with("component-type") || name == "dylink.0"
    }
}

/// Is a custom section of this name removed where nothing is said? `alone` is a module that is in
/// no component.
pub fn strips(name: &str, outermost: bool, alone: bool) -> bool {
    let strip = Strip::default();
    match alone {
        true => !strip.keeps_outermost(name),
        false => !strip.keeps(name, outermost),
    }
}

/// Removes the custom sections that are not kept. Is it `whole`, or are only some exports
/// chosen?
pub fn strip(tree: &mut Tree<'_>, strip: &Strip, whole: bool) {
    let alone = tree.components.is_empty();
    for module in &mut tree.modules {
        let parsed = &module.summary.module;
        let keeps = |name: &str| match alone {
            true => strip.keeps_outermost(name),
            false => strip.keeps(name, false),
        };
        let bytes = parsed.emit(|section| {
            let custom = parsed.custom_at(section)?;
            (!keeps(custom.name)).then(Vec::new)
        });
        module.bytes = bytes.into();
    }
    for (number, component) in tree.components.iter_mut().enumerate() {
        let lines = &mut component.lines;
        lines.retain_mut(|line| {
            let is_true = whole || custom_name(line) != Some(OF_PACKAGE);
            is_true && stays(line, strip, number == 0)
        });
    }
}

fn custom_name<'a>(line: &Line<'a>) -> Option<&'a str> {
    let Def::Other(0, contents) = line.def else {
        return None;
    };
    BinaryReader::new(contents, 0).read_string().ok()
}

/// Does this line stay? Of names, without being asked for all, only the component's own does.
fn stays(line: &mut Line<'_>, strip: &Strip, outermost: bool) -> bool {
    let Def::Other(0, contents) = line.def else {
        return true;
    };
    let mut reader = BinaryReader::new(contents, 0);
    let Ok(name) = reader.read_string() else {
        return false;
    };
    if name != "component-name" || strip.names {
        return strip.keeps(name, outermost);
    }
    if !outermost || strip.drop_metadata {
        return false;
    }
    let data = &contents[reader.current_position()..];
    let mut names = ComponentNameSectionReader::new(BinaryReader::new(data, 0));
    match names.next() {
        // The component's own name comes first; alone, it is all of the section.
        Some(Ok(ComponentName::Component { name_range, .. })) => {
            let end = name_range.end as usize;
            match data.get(..end) {
                Some(own) => {
                    let start = contents.len() - data.len();
                    line.def = Def::Other(0, &contents[..start + own.len()]);
                    true
                }
                None => false,
            }
        }
        _ => false,
    }
}
