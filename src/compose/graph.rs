//! Which instances are there, and what does each one get?
//!
//! A plan in which nothing is left to find: every import of every instance has its argument.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use wasmparser::component_types::ComponentEntityType;

use super::part::Part;
use crate::compare::Side;
use crate::component::ExternName;
use crate::diagnostic::{Diagnostic, Result};

/// A composition that is decided. Indices lead to `instances` and to the parts it was made from.
pub struct Graph<'p, 'a> {
    pub parts: &'p [Part<'a>],
    /// The names of their types: of each part once, since every comparison asks for them.
    pub sides: &'p [Side<'p>],
    pub instances: Vec<Instance>,
    pub exports: Vec<Export<'a>>,
    /// An instance that is none: what a document declares itself.
    pub declarations: Option<usize>,
}

/// One instance.
pub struct Instance {
    pub name: String,
    /// Its component.
    pub part: usize,
    /// One for each import, in the order of imports.
    pub args: Vec<Arg>,
}

/// What stands for an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// What an instance has.
    From(Source),
    /// An import of the composition of this name.
    Open(String),
    /// Nothing: only a declaration can go without.
    Unused,
}

/// Something that an instance has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    pub instance: usize,
    pub at: At,
    /// The names that lead from there inwards.
    pub path: Vec<String>,
}

/// Where in an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// The instance itself.
    Whole,
    /// By its position among the exports.
    Export(usize),
    /// By its position among the imports, which a declaration passes on.
    Import(usize),
}

/// An export of the composition.
#[derive(Clone, Debug)]
pub struct Export<'a> {
    pub source: Source,
    pub name: ExternName<'a>,
    /// Replaces the name alone.
    pub renamed: Option<String>,
    /// Nobody asked for it, but the types of another export come from it.
    pub for_types: bool,
}

impl Export<'_> {
    /// What the composition calls it.
    pub fn shown(&self) -> &str {
        self.renamed.as_deref().unwrap_or(self.name.name)
    }
}

impl<'p, 'a> Graph<'p, 'a> {
    pub fn part(&self, instance: usize) -> &'p Part<'a> {
        &self.parts[self.instances[instance].part]
    }

    pub fn side(&self, instance: usize) -> &'p Side<'p> {
        &self.sides[self.instances[instance].part]
    }

    /// `instance.import`, for messages.
    pub fn shown_import(&self, instance: usize, import: usize) -> String {
        let item = &self.part(instance).imports[import];
        format!(
            "`{}` of `{}`",
            item.name.full, self.instances[instance].name
        )
    }

    /// `instance.export`, for messages.
    pub fn shown_source(&self, source: &Source) -> String {
        let name = &self.instances[source.instance].name;
        let part = self.part(source.instance);
        let mut shown = match source.at {
            At::Whole => return format!("the instance `{name}`"),
            At::Export(at) => part.exports[at].name.full.clone(),
            At::Import(at) => part.imports[at].name.full.clone(),
        };
        for step in &source.path {
            shown = format!("{shown}.{step}");
        }
        format!("`{shown}` of `{name}`")
    }

    /// The type of what an instance has; nothing for the instance itself and where a path leads
    /// nowhere.
    pub fn type_of(&self, source: &Source) -> Option<ComponentEntityType> {
        let part = self.part(source.instance);
        let ty = match source.at {
            At::Whole => return None,
            At::Export(at) => part.exports.get(at)?.item.ty,
            At::Import(at) => part.imports.get(at)?.item.ty,
        };
        part.type_at(ty, &source.path)
    }

    /// The instances, each behind those it needs. Fails on a cycle, which it shows.
    pub fn order(&self) -> Result<Vec<usize>> {
        let mut order = IndexMap::new();
        let mut open = BTreeMap::new();
        for start in 0..self.instances.len() {
            // Each step holds an instance and how many of its arguments are done.
            let mut path = vec![(start, 0)];
            while let Some((instance, done)) = path.pop() {
                if order.contains_key(&instance) {
                    continue;
                }
                open.insert(instance, ());
                let args = &self.instances[instance].args;
                let next = args
                    .iter()
                    .enumerate()
                    .skip(done)
                    .find_map(|(at, arg)| match arg {
                        Arg::From(source) => Some((at, source.instance)),
                        Arg::Open(_) | Arg::Unused => None,
                    });
                match next {
                    Some((at, needed)) => {
                        path.push((instance, at + 1));
                        if open.contains_key(&needed) && !order.contains_key(&needed) {
                            path.push((needed, 0));
                            return Err(self.cycle(&path));
                        }
                        path.push((needed, 0));
                    }
                    None => {
                        order.insert(instance, ());
                    }
                }
            }
        }
        Ok(order.into_keys().collect())
    }

    fn cycle(&self, path: &[(usize, usize)]) -> Box<Diagnostic> {
        let last = path.last().map(|(instance, _)| *instance);
        let start = path
            .iter()
            .position(|(instance, _)| Some(*instance) == last);
        let circle = &path[start.unwrap_or(0)..];
        let names: Vec<String> = circle
            .iter()
            .map(|(instance, _)| format!("`{}`", self.instances[*instance].name))
            .collect();
        let mut error = Diagnostic::error(
            "compose/cycle",
            format!("instances need each other: {}", names.join(" → ")),
        );
        for (instance, next) in circle.iter().take(circle.len().saturating_sub(1)) {
            let given = self.instances[*instance].args.get(next.wrapping_sub(1));
            if let Some(Arg::From(source)) = given {
                error = error.cause(format!(
                    "{} is {}",
                    self.shown_import(*instance, next - 1),
                    self.shown_source(source)
                ));
            }
        }
        error.help("leave one of these imports to the host with `--import`, or wire it to another provider")
    }
}
