//! Who provides what the plan leaves open?
//!
//! Exact names first, then the newest version of the same track that has everything asked for;
//! providers in the order given. A provider that needs what it offers itself, a middleware, looks
//! only behind itself, so that a list of them becomes a chain.

mod given;
pub(super) mod offers;

use indexmap::IndexMap;
use wasmparser::component_types::ComponentEntityType;

use super::decision::{Candidate, Decision, Outcome, Reason, explain};
use super::graph::{Arg, Graph, Instance};
use super::name::{self, Name};
use super::part::{Item, Part};
use super::plan::Plan;
use crate::compare::{Difference, Pairs, Side, Verdict, compare, kind};
use crate::diagnostic::{Diagnostic, Result};
use given::{declared, exported};
use offers::{Offer, Offers};

/// All that resolving finds out.
pub struct Resolved<'p, 'a> {
    pub graph: Graph<'p, 'a>,
    pub decisions: Vec<Decision>,
    /// Providers that nobody needs.
    pub unused: Vec<String>,
    /// Imports that stay open although something of their plain name has another type.
    pub misfits: Vec<Decision>,
}

/// Completes a plan.
pub fn resolve<'p, 'a>(
    plan: &'p Plan,
    parts: &'p [Part<'a>],
    sides: &'p [Side<'p>],
) -> Result<Resolved<'p, 'a>> {
    let mut resolver = Resolver::new(plan, parts, sides)?;
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
    let misfits = resolver.misfits()?;
    let declarations = plan.declarations.as_ref();
    let declarations =
        declarations.and_then(|given| resolver.instances.get_index_of(&given.component));
    Ok(Resolved {
        graph: Graph {
            parts,
            sides,
            declarations,
            instances: resolver.resolved,
            exports,
        },
        decisions: resolver.decisions,
        unused,
        misfits,
    })
}

struct Resolver<'p, 'a> {
    plan: &'p Plan,
    parts: &'p [Part<'a>],
    sides: &'p [Side<'p>],
    /// By their ids.
    by_id: IndexMap<&'p str, usize>,
    /// Their places in the plan.
    providers: IndexMap<&'p str, usize>,
    offers: Offers<'p>,
    /// What is needed so far, with the part of each.
    instances: IndexMap<String, usize>,
    resolved: Vec<Instance>,
    decisions: Vec<Decision>,
}

impl<'p, 'a> Resolver<'p, 'a> {
    fn new(
        plan: &'p Plan,
        parts: &'p [Part<'a>],
        sides: &'p [Side<'p>],
    ) -> Result<Resolver<'p, 'a>> {
        let ids = parts.iter().map(|part| part.id.as_str());
        let by_id: IndexMap<&str, usize> = ids.zip(0..).collect();
        let names = plan.providers.iter().map(String::as_str);
        let given = names.clone().map(|name| part_of(plan, &by_id, name));
        let given = given.collect::<Result<Vec<usize>>>()?;
        Ok(Resolver {
            plan,
            parts,
            sides,
            providers: names.zip(0..).collect(),
            offers: Offers::new(parts, given.into_iter()),
            by_id,
            instances: IndexMap::new(),
            resolved: Vec::new(),
            decisions: Vec::new(),
        })
    }

    /// The part of an instance, by name.
    fn part_of(&self, instance: &str) -> Result<usize> {
        part_of(self.plan, &self.by_id, instance)
    }

    /// The instance's number; it is needed from now on.
    fn need(&mut self, instance: &str) -> Result<usize> {
        if let Some(index) = self.instances.get_index_of(instance) {
            return Ok(index);
        }
        let part = self.part_of(instance)?;
        Ok(self.instances.insert_full(instance.to_string(), part).0)
    }

    fn args(&mut self, instance: &str, part: usize) -> Result<Vec<Arg>> {
        let parts = self.parts;
        let plan = self.plan;
        let given = self.given_args(instance, part)?;
        let mut args = Vec::new();
        let declarations = plan.declarations.as_ref();
        let declarations = declarations.filter(|declarations| declarations.component == instance);
        for (import, item) in parts[part].imports.iter().enumerate() {
            if let Some(declarations) = declarations {
                args.push(declared(declarations, item));
                continue;
            }
            let (arg, decision) = match given.get(&import) {
                Some(given) => self.given(instance, (part, item), given)?,
                None => self.find(instance, part, item)?,
            };
            args.push(arg);
            self.decisions.push(decision);
        }
        Ok(args)
    }

    fn decision(&self, consumer: &str, item: &Item<'a>, outcome: Outcome) -> Decision {
        Decision {
            instance: consumer.to_string(),
            import: item.name.full.clone(),
            candidates: Vec::new(),
            outcome,
        }
    }

    /// Looks for a provider; without one the import stays open.
    fn find(&mut self, consumer: &str, part: usize, item: &Item<'a>) -> Result<(Arg, Decision)> {
        let mut open = self.plan.imports.open.iter();
        let left_open = open.any(|pattern| name::matches(pattern, &item.name.full));
        let mut candidates = match left_open {
            true => Vec::new(),
            false => self.candidates(consumer, part, item),
        };
        let best = candidates
            .iter_mut()
            .filter(|candidate| candidate.reason == Reason::NotNeeded);
        let rank = |candidate: &&mut Candidate| {
            let found = &self.parts[candidate.at.part].exports[candidate.at.export].name;
            let exact = found.full == item.name.full;
            (
                !exact,
                std::cmp::Reverse(found.version.clone().filter(|_| !exact)),
            )
        };
        let outcome = Outcome::Open(item.name.full.clone());
        let mut decision = self.decision(consumer, item, outcome);
        // `min_by_key` takes the first of equals: the order given decides.
        if let Some(best) = best.min_by_key(rank) {
            best.reason = Reason::Taken;
            let export = best.at.export;
            decision.outcome = Outcome::Found(format!("{}.{}", best.instance, best.export));
            let instance = best.instance.clone();
            decision.candidates = candidates;
            let instance = self.need(&instance)?;
            return Ok((Arg::From(exported(instance, export)), decision));
        }
        if !left_open {
            self.add_similar(&mut candidates, consumer, item);
        }
        decision.candidates = candidates;
        let mut stubs = self.plan.stubs.iter();
        let is_stubbed = stubs.any(|stub| name::matches(&stub.pattern, &item.name.full));
        self.refuse(&decision, left_open || is_stubbed)?;
        Ok((Arg::Open(item.extern_name.name.to_string()), decision))
    }

    /// The exports of the import's name, in the order of the providers.
    fn candidates(&self, consumer: &str, part: usize, item: &Item<'a>) -> Vec<Candidate> {
        let own = self.providers.get(consumer).copied();
        let is_middleware = self.parts[part]
            .exports
            .iter()
            .any(|export| export.name.is_compatible(&item.name));
        let offers = self.offers.named(&item.name.path).iter();
        let offers = offers.filter(|offer| Some(offer.provider) != own);
        let candidates = offers.map(|offer| {
            let found = &self.parts[offer.part].exports[offer.export];
            let before = is_middleware && own.is_some_and(|own| offer.provider < own);
            let mut differences = Vec::new();
            let reason = if !item.name.is_compatible(&found.name) {
                Reason::OtherVersion
            } else if before {
                Reason::Before
            } else if kind(&item.item.ty) != kind(&found.item.ty) {
                Reason::OtherKind
            } else {
                let (ours, theirs) = (&self.sides[part], &self.sides[offer.part]);
                differences = differences_of((ours, item), (theirs, found));
                verdict(&item.name, &found.name, &differences)
            };
            self.candidate(*offer, reason, differences)
        });
        candidates.collect()
    }

    /// Adds what may have been meant, where nothing is found.
    fn add_similar(&mut self, candidates: &mut Vec<Candidate>, consumer: &str, item: &Item<'a>) {
        let own = self.providers.get(consumer).copied();
        let similar = self.offers.similar(&item.name.path).to_vec();
        for offer in similar
            .into_iter()
            .filter(|offer| Some(offer.provider) != own)
        {
            candidates.push(self.candidate(offer, Reason::SimilarName, Vec::new()));
        }
        candidates.sort_by_key(|candidate| candidate.at);
    }

    fn candidate(&self, at: Offer, reason: Reason, differences: Vec<Difference>) -> Candidate {
        Candidate {
            instance: self.plan.providers[at.provider].clone(),
            export: self.parts[at.part].exports[at.export].name.full.clone(),
            reason,
            differences,
            at,
        }
    }

    /// An import stays open only if nothing was meant for it.
    fn refuse(&self, decision: &Decision, left_open: bool) -> Result<()> {
        let (instance, import) = (&decision.instance, &decision.import);
        let message = if is_misfit(decision) && !is_plain(import) {
            return Err(does_not_fit(decision));
        } else if self.plan.imports.closed && !left_open {
            format!("nothing provides the import `{import}` of `{instance}`")
        } else {
            return Ok(());
        };
        let error = Diagnostic::error("compose/unsatisfied", message);
        Err(explain(error, &decision.candidates).help(fit_or_open(import)))
    }

    /// Imports that stay open although an export of their plain name has another type. Plain names
    /// are no contract, so this is chance if the provider is needed for something else.
    fn misfits(&self) -> Result<Vec<Decision>> {
        let mut found = Vec::new();
        for decision in self.decisions.iter().filter(|decision| is_misfit(decision)) {
            let mut wrong = decision.candidates.iter().filter(|c| c.reason.is_misfit());
            if wrong.any(|candidate| !self.instances.contains_key(&candidate.instance)) {
                return Err(does_not_fit(decision));
            }
            found.push(decision.clone());
        }
        Ok(found)
    }
}

/// The part of an instance, by name.
fn part_of(plan: &Plan, by_id: &IndexMap<&str, usize>, instance: &str) -> Result<usize> {
    let id = plan.component_of(instance);
    by_id.get(id).copied().ok_or_else(|| {
        let known: Vec<String> = by_id.keys().map(|id| format!("`{id}`")).collect();
        Diagnostic::error(
            "compose/unknown-instance",
            format!("there is no instance or component `{id}`"),
        )
        .cause(format!("known are {}", known.join(", ")))
        .help("use one of these names, or name a component with `-d NAME=FILE`")
    })
}

/// Whether an import is open, and something of its name has another type.
fn is_misfit(decision: &Decision) -> bool {
    let mut candidates = decision.candidates.iter();
    matches!(decision.outcome, Outcome::Open(_))
        && candidates.any(|candidate| candidate.reason.is_misfit())
}

/// Whether a name is no interface's (`Explainer.md`, "Import and Export Definitions").
fn is_plain(name: &str) -> bool {
    !name.contains([':', '/'])
}

fn does_not_fit(decision: &Decision) -> Box<Diagnostic> {
    let (instance, import) = (&decision.instance, &decision.import);
    let error = Diagnostic::error(
        "compose/type-mismatch",
        format!("nothing fits the import `{import}` of `{instance}`"),
    );
    explain(error, &decision.candidates).help(fit_or_open(import))
}

fn fit_or_open(import: &str) -> String {
    format!(
        "pass a component that fits with `-d`, or leave it to the host with `--import {import}`"
    )
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
    (consumer, wanted): (&Side<'_>, &Item<'_>),
    (provider, found): (&Side<'_>, &Item<'_>),
) -> Vec<Difference> {
    let mut pairs = Pairs::default();
    let path = match wanted.item.ty {
        ComponentEntityType::Instance(_) => "",
        _ => wanted.extern_name.name,
    };
    compare(
        path,
        (consumer, &wanted.item.ty),
        (provider, &found.item.ty),
        &mut |required, provided| pairs.are_one(required, provided),
    )
}

/// An import or export that is not there; `names` are those that are.
pub(super) fn no_such(
    code: &'static str,
    message: String,
    names: &[Name],
    wanted: &str,
) -> Box<Diagnostic> {
    let shown: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.full))
        .collect();
    let error = Diagnostic::error(code, message);
    let error = match shown.as_slice() {
        [] => error.cause("it has none"),
        shown => error.cause(format!("it has {}", shown.join(", "))),
    };
    let path = Name::parse(wanted).path;
    let mut names = names.iter();
    let similar =
        names.find(|name| name.path == path || name::distance(&name.full, wanted, 3).is_some());
    match similar {
        Some(name) => error.help(format!("write `{}` if you mean that one", name.full)),
        None => error.help("use one of these names"),
    }
}

fn names(items: &[Item<'_>]) -> Vec<Name> {
    items.iter().map(|item| item.name.clone()).collect()
}
