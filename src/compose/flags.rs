//! Which plan do the options of the command line make?

use std::path::Path;

use super::plan::{self, Arg, Plan};
use crate::diagnostic::{Diagnostic, Result};
use crate::stub::Stub;

/// A composition as it is asked for on the command line.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// The component whose exports are kept.
    pub root: Option<File>,
    /// Each provides what the next to the left needs; the first is the root if there is none.
    pub chain: Vec<File>,
    /// Searched for what others need, in this order.
    pub providers: Vec<File>,
    /// `INSTANCE:IMPORT=INSTANCE[:EXPORT]`
    pub wires: Vec<String>,
    /// `INSTANCE:EXPORT[=NAME]`; none keeps those of the root.
    pub exports: Vec<String>,
    pub imports: plan::Imports,
    pub stubs: Vec<Stub>,
}

/// A component file, perhaps with the name that it goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: Option<String>,
    pub path: String,
}

impl File {
    /// Reads `[NAME=]FILE`.
    pub fn parse(text: &str) -> File {
        match text.split_once('=') {
            Some((name, path)) if !name.is_empty() && !name.contains('/') => File {
                name: Some(name.to_string()),
                path: path.to_string(),
            },
            _ => File {
                name: None,
                path: text.to_string(),
            },
        }
    }

    /// What it goes by: its name, or the file's without extensions.
    pub(super) fn id(&self) -> String {
        let stem = Path::new(&self.path).file_stem().unwrap_or_default();
        let stem = stem.to_string_lossy();
        let stem = stem.strip_suffix(".component").unwrap_or(&stem).to_string();
        self.name.clone().unwrap_or(stem)
    }
}

impl Flags {
    /// The plan that these options make. Fails on a wire or export that cannot be read.
    pub fn plan(&self) -> Result<Plan> {
        let mut plan = Plan::default();
        let mut chain = self.chain.iter();
        let Some(root) = self.root.as_ref().or_else(|| chain.next()) else {
            return Err(Diagnostic::invocation("compose/no-root", "no component is given")
                .help("name the component whose exports are kept: `wct compose root.wasm -d part.wasm`"));
        };
        plan.root = Some(add(&mut plan, root));
        for file in chain {
            let name = add(&mut plan, file);
            plan.providers.push(name);
        }
        self.amend(&mut plan)?;
        Ok(plan)
    }

    /// Adds to a plan what they say besides its root and chain. Exports take the place of the
    /// plan's own.
    pub fn amend(&self, plan: &mut Plan) -> Result<()> {
        for file in &self.providers {
            let name = add(plan, file);
            plan.providers.push(name);
        }
        let root = plan.root.clone().unwrap_or("root".to_string());
        for wire in &self.wires {
            let (instance, import, arg) = read_wire(plan, wire)?;
            let instance = known(plan, &instance, &root);
            let given = plan.instances.entry(instance).or_default();
            // What is said last counts, also where the plan has the import by another name.
            given.args.shift_remove(&import);
            given.args.insert(import, arg);
        }
        if !self.exports.is_empty() {
            let exports = self
                .exports
                .iter()
                .map(|text| read_export(plan, text, &root));
            plan.exports = exports.collect::<Result<_>>()?;
        }
        plan.imports.closed |= self.imports.closed;
        plan.imports.separate |= self.imports.separate;
        plan.imports.open.extend(self.imports.open.iter().cloned());
        plan.stubs.extend(self.stubs.iter().cloned());
        Ok(())
    }
}

/// Adds an instance of a file's component; a file that was named before is one component.
fn add(plan: &mut Plan, file: &File) -> String {
    let id = file.id();
    let same = plan
        .components
        .iter()
        .find(|(_, known)| known.source == file.path);
    let component = match same {
        Some((component, _)) => component.clone(),
        None => {
            let component = free(&id, |name| plan.components.contains_key(name));
            let source = plan::File {
                source: file.path.clone(),
                sha256: None,
            };
            plan.components.insert(component.clone(), source);
            component
        }
    };
    let taken = |name: &str| {
        plan.root.as_deref() == Some(name)
            || plan.providers.iter().any(|known| known == name)
            || exists(plan, name) && plan.component_of(name) != component
    };
    let name = free(&id, taken);
    if name != component {
        let instance = plan.instances.entry(name.clone()).or_default();
        instance.component = Some(component);
    }
    name
}

/// `name`, or the first of `name-2`, `name-3`, … that is free.
pub(super) fn free(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let mut names = std::iter::once(name.to_string()).chain(numbered);
    names.find(|name| !taken(name)).expect("numbers do not end")
}

/// `root` means the root where nothing else is called so.
fn known(plan: &Plan, name: &str, root: &str) -> String {
    match name == "root" && !exists(plan, name) {
        true => root.to_string(),
        false => name.to_string(),
    }
}

fn exists(plan: &Plan, name: &str) -> bool {
    plan.components.contains_key(name) || plan.instances.contains_key(name)
}

/// Reads `INSTANCE:ITEM`. An instance that is named after a package has a `:` in its name: the
/// longest name that the plan knows is the instance's.
pub(super) fn split<'t>(plan: &Plan, text: &'t str) -> Option<(&'t str, &'t str)> {
    let places = text.match_indices(':');
    let mut splits = places.map(|(at, _)| (&text[..at], &text[at + 1..]));
    let mut known = splits.clone().filter(|(name, _)| exists(plan, name));
    known.next_back().or_else(|| splits.next())
}

fn read_wire(plan: &Plan, wire: &str) -> Result<(String, String, Arg)> {
    let parts = wire.split_once('=').and_then(|(to, from)| {
        let (instance, import) = split(plan, to)?;
        Some((instance, import, from))
    });
    let Some((instance, import, from)) = parts else {
        return Err(unreadable(
            "wire",
            wire,
            "INSTANCE:IMPORT=INSTANCE[:EXPORT]",
        ));
    };
    let (from, export) = match split(plan, from) {
        Some((instance, export)) if !exists(plan, from) => (instance, Some(export.to_string())),
        _ => (from, None),
    };
    let arg = Arg {
        instance: Some(from.to_string()),
        export,
        ..Arg::default()
    };
    Ok((instance.to_string(), import.to_string(), arg))
}

fn read_export(plan: &Plan, text: &str, root: &str) -> Result<plan::Export> {
    let (from, name) = match text.split_once('=') {
        Some((from, name)) => (from, Some(name.to_string())),
        None => (text, None),
    };
    let Some((instance, export)) = split(plan, from) else {
        return Err(unreadable("export", text, "INSTANCE:EXPORT[=NAME]"));
    };
    Ok(plan::Export {
        instance: known(plan, instance, root),
        export: Some(export.to_string()),
        path: Vec::new(),
        name,
    })
}

/// What is wrong with an option that is not of its `form`.
pub(super) fn unreadable(option: &str, text: &str, form: &str) -> Box<Diagnostic> {
    Diagnostic::invocation(
        "compose/unreadable-option",
        format!("`--{option} {text}` cannot be read"),
    )
    .help(format!("write it as `--{option} '{form}'`"))
}
