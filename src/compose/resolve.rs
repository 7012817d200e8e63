//! Who provides what the plan leaves open?
//!
//! Exact names first, then the newest version of the same track that has everything asked for;
//! providers in the order given. A provider that needs what it offers itself, a middleware, looks
//! only behind itself, so that a list of them becomes a chain.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::check;
use super::decision::{Candidate, Decision, Outcome, Reason, explain};
use super::graph::{Arg, Export, Graph, Instance};
use super::name::{self, Name};
use super::part::{Item, Part};
use super::plan::{self, Plan};
use crate::compare::{Difference, Verdict, compare, kind};
use crate::component::ExternName;
use crate::diagnostic::{Diagnostic, Result};

/// All that resolving finds out.
pub struct Resolved<'p, 'a> {
    pub graph: Graph<'p, 'a>,
    pub decisions: Vec<Decision>,
    /// Providers that nobody needs.
    pub unused: Vec<String>,
}

/// Completes a plan.
pub fn resolve<'p, 'a>(plan: &Plan, parts: &'p [Part<'a>]) -> Result<Resolved<'p, 'a>> {
    let mut resolver = Resolver {
        plan,
        parts,
        instances: IndexMap::new(),
        resolved: Vec::new(),
        decisions: Vec::new(),
    };
    let exports = resolver.exports()?;
    let mut next = 0;
    while let Some((name, part)) = resolver.instances.get_index(next) {
        let (name, part) = (name.clone(), *part);
        let args = resolver.args(&name, part)?;
        resolver.resolved.push(Instance { name, part, args });
        next += 1;
    }
    let mut unused: Vec<String> = plan.providers.clone();
    unused.retain(|name| !resolver.instances.contains_key(name));
    Ok(Resolved {
        graph: Graph {
            parts,
            instances: resolver.resolved,
            exports,
        },
        decisions: resolver.decisions,
        unused,
    })
}

struct Resolver<'p, 'a> {
    plan: &'p Plan,
    parts: &'p [Part<'a>],
    /// What is needed so far, with the part of each.
    instances: IndexMap<String, usize>,
    resolved: Vec<Instance>,
    decisions: Vec<Decision>,
}

impl<'p, 'a> Resolver<'p, 'a> {
    /// The part of an instance, by name.
    fn part_of(&self, instance: &str) -> Result<usize> {
        let id = self.plan.component_of(instance);
        let known = self.parts.iter().position(|part| part.id == id);
        known.ok_or_else(|| {
            let known: Vec<String> = self
                .parts
                .iter()
                .map(|part| format!("`{}`", part.id))
                .collect();
            Diagnostic::error(
                "compose/unknown-instance",
                format!("there is no instance or component `{id}`"),
            )
            .cause(format!("known are {}", known.join(", ")))
            .help("use one of these names, or name a component with `-d NAME=FILE`")
        })
    }

    /// The instance's number; it is needed from now on.
    fn need(&mut self, instance: &str) -> Result<usize> {
        if let Some(index) = self.instances.get_index_of(instance) {
            return Ok(index);
        }
        let part = self.part_of(instance)?;
        Ok(self.instances.insert_full(instance.to_string(), part).0)
    }

    fn exports(&mut self) -> Result<Vec<Export<'a>>> {
        let mut exports = Vec::new();
        if let Some(root) = &self.plan.root {
            let instance = self.need(root)?;
            if self.plan.exports.is_empty() {
                let part = &self.parts[self.part_of(root)?];
                for (index, item) in part.exports.iter().enumerate() {
                    exports.push(Export {
                        instance,
                        export: Some(index),
                        name: item.extern_name,
                        renamed: None,
                    });
                }
            }
        }
        for export in &self.plan.exports {
            exports.push(self.export(export)?);
        }
        // What is listed and is no provider to choose from is wanted for its own sake.
        let plan = self.plan;
        for instance in plan
            .instances
            .keys()
            .filter(|name| !plan.providers.contains(name))
        {
            self.need(instance)?;
        }
        Ok(exports)
    }

    fn export(&mut self, export: &plan::Export) -> Result<Export<'a>> {
        let instance = self.need(&export.instance)?;
        let Some(wanted) = &export.export else {
            return Ok(Export {
                instance,
                export: None,
                name: plain_name(),
                renamed: Some(export.name.clone().unwrap_or(export.instance.clone())),
            });
        };
        let index = self.export_of(&export.instance, wanted)?;
        let part = &self.parts[self.part_of(&export.instance)?];
        let item = &part.exports[index];
        let renamed = export
            .name
            .clone()
            .filter(|name| name != item.extern_name.name);
        // The attributes tell about the name: another name goes without them.
        let name = match renamed {
            Some(_) => plain_name(),
            None => item.extern_name,
        };
        Ok(Export {
            instance,
            export: Some(index),
            name,
            renamed,
        })
    }

    /// What of an instance fits an import: the export of its name, the instance itself, or the
    /// first export of that type. The name decides even where the type is wrong.
    fn fitting(&self, consumer: &str, item: &Item<'a>, from: &str) -> Result<Option<usize>> {
        let consumer = &self.parts[self.part_of(consumer)?];
        let provider = &self.parts[self.part_of(from)?];
        let wanted = item.name.full.as_str();
        if provider
            .exports
            .iter()
            .any(|export| export.name.is_compatible(&item.name))
        {
            return self.export_of(from, wanted).map(Some);
        }
        if check::whole_fits((consumer, item), provider) {
            return Ok(None);
        }
        let mut exports = provider.exports.iter();
        match exports
            .position(|found| differences_of((consumer, item), (provider, found)).is_empty())
        {
            Some(export) => Ok(Some(export)),
            None => self.export_of(from, wanted).map(Some),
        }
    }

    /// The export of this name, or of a compatible version.
    fn export_of(&self, instance: &str, wanted: &str) -> Result<usize> {
        let part = &self.parts[self.part_of(instance)?];
        let name = Name::parse(wanted);
        let compatible = || {
            part.exports
                .iter()
                .position(|item| item.name.is_compatible(&name))
        };
        part.export(wanted).or_else(compatible).ok_or_else(|| {
            no_such(
                "compose/unknown-export",
                format!("`{instance}` has no export `{wanted}`"),
                &part.exports,
                wanted,
            )
        })
    }

    fn args(&mut self, instance: &str, part: usize) -> Result<Vec<Arg>> {
        let parts = self.parts;
        let part = &parts[part];
        let plan = self.plan;
        let given = plan.instances.get(instance).map(|given| &given.args);
        for name in given.iter().flat_map(|args| args.keys()) {
            if part.import(name).is_none() {
                return Err(no_such(
                    "compose/unknown-import",
                    format!("`{instance}` has no import `{name}`"),
                    &part.imports,
                    name,
                ));
            }
        }
        let mut args = Vec::new();
        for item in &part.imports {
            let names = [item.extern_name.name, item.name.full.as_str()];
            let given = given.and_then(|args| names.iter().find_map(|name| args.get(*name)));
            let (arg, decision) = match given {
                Some(given) => self.given(instance, item, given)?,
                None => self.find(instance, part, item)?,
            };
            args.push(arg);
            self.decisions.push(decision);
        }
        Ok(args)
    }

    fn given(
        &mut self,
        consumer: &str,
        item: &Item<'a>,
        given: &plan::Arg,
    ) -> Result<(Arg, Decision)> {
        let (arg, outcome) = match (&given.instance, &given.import) {
            (None, Some(import)) => (Arg::Open(import.clone()), Outcome::Open(import.clone())),
            (Some(from), None) => {
                let instance = self.need(from)?;
                let export = match &given.export {
                    _ if given.whole => None,
                    Some(export) => Some(self.export_of(from, export)?),
                    None => self.fitting(consumer, item, from)?,
                };
                let provider = &self.parts[self.part_of(from)?];
                let shown = match export {
                    None => from.clone(),
                    Some(export) => format!("{from}.{}", provider.exports[export].name.full),
                };
                (Arg::From { instance, export }, Outcome::Given(shown))
            }
            _ => {
                return Err(Diagnostic::error(
                    "compose/unclear-argument",
                    format!(
                        "the argument `{}` of `{consumer}` is neither an instance nor an import",
                        item.name.full
                    ),
                )
                .help("give either `instance`, with or without `export`, or `import`"));
            }
        };
        let decision = Decision {
            instance: consumer.to_string(),
            import: item.name.full.clone(),
            candidates: Vec::new(),
            outcome,
        };
        Ok((arg, decision))
    }

    /// Looks for a provider; without one the import stays open.
    fn find(
        &mut self,
        consumer: &str,
        part: &Part<'a>,
        item: &Item<'a>,
    ) -> Result<(Arg, Decision)> {
        let left_open = self.plan.imports.open.iter();
        let left_open = left_open
            .clone()
            .any(|pattern| name::matches(pattern, &item.name.full));
        let mut candidates = match left_open {
            true => Vec::new(),
            false => self.candidates(consumer, part, item)?,
        };
        let best = candidates
            .iter_mut()
            .filter(|candidate| candidate.reason == Reason::NotNeeded);
        let rank = |candidate: &&mut Candidate| {
            let found = &self.parts[candidate.at.0].exports[candidate.at.1].name;
            let exact = found.full == item.name.full;
            (
                !exact,
                std::cmp::Reverse(found.version.clone().filter(|_| !exact)),
            )
        };
        let mut decision = Decision {
            instance: consumer.to_string(),
            import: item.name.full.clone(),
            candidates: Vec::new(),
            outcome: Outcome::Open(item.name.full.clone()),
        };
        // `min_by_key` takes the first of equals: the order given decides.
        if let Some(best) = best.min_by_key(rank) {
            best.reason = Reason::Taken;
            let export = Some(best.at.1);
            decision.outcome = Outcome::Found(format!("{}.{}", best.instance, best.export));
            let instance = best.instance.clone();
            decision.candidates = candidates;
            let instance = self.need(&instance)?;
            return Ok((Arg::From { instance, export }, decision));
        }
        decision.candidates = candidates;
        self.refuse(&decision, left_open)?;
        Ok((Arg::Open(item.extern_name.name.to_string()), decision))
    }

    fn candidates(
        &self,
        consumer: &str,
        part: &Part<'a>,
        item: &Item<'a>,
    ) -> Result<Vec<Candidate>> {
        let providers = &self.plan.providers;
        let own = providers.iter().position(|name| name == consumer);
        let is_middleware = part
            .exports
            .iter()
            .any(|export| export.name.is_compatible(&item.name));
        let mut candidates = Vec::new();
        for (at, provider) in providers
            .iter()
            .enumerate()
            .filter(|(_, name)| *name != consumer)
        {
            let index = self.part_of(provider)?;
            let before = is_middleware && own.is_some_and(|own| at < own);
            for (export, found) in self.parts[index].exports.iter().enumerate() {
                let Some(mut reason) = relation(&item.name, &found.name) else {
                    continue;
                };
                let mut differences = Vec::new();
                if reason == Reason::NotNeeded && kind(&item.item.ty) != kind(&found.item.ty) {
                    reason = Reason::OtherKind;
                }
                if reason == Reason::NotNeeded {
                    differences = differences_of((part, item), (&self.parts[index], found));
                    reason = verdict(&item.name, &found.name, &differences);
                }
                if before && reason == Reason::NotNeeded {
                    reason = Reason::Before;
                }
                candidates.push(Candidate {
                    instance: provider.clone(),
                    export: found.name.full.clone(),
                    reason,
                    differences,
                    at: (index, export),
                });
            }
        }
        Ok(candidates)
    }

    /// An import stays open only if nothing was meant for it.
    fn refuse(&self, decision: &Decision, left_open: bool) -> Result<()> {
        let (instance, import) = (&decision.instance, &decision.import);
        let mismatched = decision
            .candidates
            .iter()
            .any(|candidate| matches!(candidate.reason, Reason::OtherType | Reason::TooOld));
        let error = if mismatched {
            Diagnostic::error(
                "compose/type-mismatch",
                format!("nothing fits the import `{import}` of `{instance}`"),
            )
        } else if self.plan.imports.closed && !left_open {
            Diagnostic::error(
                "compose/unsatisfied",
                format!("nothing provides the import `{import}` of `{instance}`"),
            )
        } else {
            return Ok(());
        };
        let error = explain(error, &decision.candidates);
        Err(error.help(format!(
            "pass a component that fits with `-d`, or leave it to the host with `--import {import}`"
        )))
    }
}

/// How an export's name relates to what is asked for; `None` if it does not.
fn relation(wanted: &Name, found: &Name) -> Option<Reason> {
    if wanted.is_compatible(found) {
        return Some(Reason::NotNeeded);
    }
    if wanted.path == found.path {
        return Some(Reason::OtherVersion);
    }
    let similar = wanted.path.len() > 3 && name::distance(&wanted.path, &found.path, 2).is_some();
    similar.then_some(Reason::SimilarName)
}

fn verdict(wanted: &Name, found: &Name, differences: &[Difference]) -> Reason {
    if differences.is_empty() {
        return Reason::NotNeeded;
    }
    let all_missing = differences
        .iter()
        .all(|difference| difference.verdict == Verdict::Missing);
    match found.version < wanted.version && all_missing {
        true => Reason::TooOld,
        false => Reason::OtherType,
    }
}

/// What keeps an export from serving as an import. Resource types are paired as they are met.
pub fn differences_of(
    (consumer, wanted): (&Part<'_>, &Item<'_>),
    (provider, found): (&Part<'_>, &Item<'_>),
) -> Vec<Difference> {
    let mut pairs = BTreeMap::new();
    let path = match wanted.item.ty {
        wasmparser::component_types::ComponentEntityType::Instance(_) => "",
        _ => wanted.extern_name.name,
    };
    compare(
        path,
        (&consumer.side(), &wanted.item.ty),
        (&provider.side(), &found.item.ty),
        &mut |required, provided| *pairs.entry(required).or_insert(provided) == provided,
    )
}

fn plain_name<'a>() -> ExternName<'a> {
    ExternName {
        name: "",
        implements: None,
        version_suffix: None,
        external_id: None,
    }
}

fn no_such(
    code: &'static str,
    message: String,
    items: &[Item<'_>],
    wanted: &str,
) -> Box<Diagnostic> {
    let names: Vec<String> = items
        .iter()
        .map(|item| format!("`{}`", item.name.full))
        .collect();
    let error = Diagnostic::error(code, message);
    let error = match names.as_slice() {
        [] => error.cause("it has none"),
        names => error.cause(format!("it has {}", names.join(", "))),
    };
    let similar = items.iter().find(|item| {
        let found = &item.name;
        found.path == Name::parse(wanted).path || name::distance(&found.full, wanted, 3).is_some()
    });
    match similar {
        Some(item) => error.help(format!("write `{}` if you mean that one", item.name.full)),
        None => error.help("use one of these names"),
    }
}
