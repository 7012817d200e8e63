//! What does the table of hosts say?

use std::collections::BTreeMap;

use serde::Deserialize;
use wasmparser::WasmFeatures;

use crate::diagnostic::{Diagnostic, Result};
use crate::features::Features;

#[derive(Deserialize)]
pub struct Table {
    #[serde(rename = "fact")]
    facts: Vec<Fact>,
}

/// As `hosts.toml` explains it.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Fact {
    host: String,
    from: String,
    version: String,
    seen: String,
    on: String,
    since: BTreeMap<String, String>,
    option: String,
    lacks: String,
    rest: String,
    engine: String,
    source: String,
}

/// What a fact says of one version of a host: sets that have nothing in common.
#[derive(Clone, Debug)]
pub struct Said {
    pub on: WasmFeatures,
    pub option: WasmFeatures,
    pub lacks: WasmFeatures,
    /// What a later version has, unless something else is said of it.
    pub later: WasmFeatures,
    /// Who says so, and when.
    pub source: String,
}

/// Numbers with dots between them.
type Version = Vec<u64>;

impl Table {
    pub fn read() -> Table {
        toml::from_str(include_str!("../hosts.toml")).expect("the table is tested to be in order")
    }

    /// The hosts, in the order of the table.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.facts.iter().map(|fact| &*fact.host).collect();
        names.dedup();
        names
    }

    /// What is said of a host, of its newest known version where none is asked for. Fails where the
    /// version is none.
    pub fn said(&self, host: &str, version: Option<&str>) -> Result<Vec<Said>> {
        let version = version.map(parse).transpose()?;
        let facts = || self.facts.iter().filter(|fact| fact.host == host);
        let facts = facts().filter(|fact| fact.is_about(version.as_ref()));
        let mut all = Vec::new();
        let mut engines = Vec::new();
        for fact in facts {
            all.push(fact.said(version.as_ref())?);
            if !fact.engine.is_empty() {
                let (name, version) = split(&fact.engine);
                let note = format!("its engine is `{}`, {}", fact.engine, fact.source());
                let said = self.said(name, version)?.into_iter();
                engines.extend(said.map(|said| Said {
                    source: format!("{note}; {}", said.source),
                    ..said
                }));
            }
        }
        all.extend(engines);
        Ok(all)
    }
}

/// `NAME` or `NAME@VERSION`.
pub fn split(host: &str) -> (&str, Option<&str>) {
    match host.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (host, None),
    }
}

impl Fact {
    fn is_about(&self, asked: Option<&Version>) -> bool {
        let Some(asked) = asked else {
            return true;
        };
        let is_from =
            self.from.is_empty() || parse(&self.from).is_ok_and(|from| is_at_least(asked, &from));
        let is_same = |version: Version| asked.starts_with(&version);
        is_from && (self.version.is_empty() || parse(&self.version).is_ok_and(is_same))
    }

    fn said(&self, asked: Option<&Version>) -> Result<Said> {
        let mut on = set(&self.on)?;
        let mut later = WasmFeatures::empty();
        for (feature, since) in &self.since {
            let since = parse(since)?;
            let has = asked.is_none_or(|asked| is_at_least(asked, &since));
            *(if has { &mut on } else { &mut later }) |= set(feature)?;
        }
        let option = set(&self.option)? - on;
        let lacks = match self.rest.as_str() {
            "lacks" => WasmFeatures::all() - on - option,
            _ => all_of(set(&self.lacks)?)? - on - option,
        };
        Ok(Said {
            on,
            option,
            lacks,
            later: later - on - option - lacks,
            source: self.source(),
        })
    }

    fn source(&self) -> String {
        format!("as of {}: {}", self.seen, self.source)
    }
}

/// What a list of features holds.
fn set(list: &str) -> Result<WasmFeatures> {
    Features::parse(&["-all", list]).map(Features::flags)
}

/// Who lacks the component model lacks what extends it, too.
fn all_of(lacks: WasmFeatures) -> Result<WasmFeatures> {
    let mut all = lacks;
    if lacks.contains(WasmFeatures::COMPONENT_MODEL) {
        let features = Features::list().into_iter();
        for feature in features.filter(|feature| feature.name.starts_with("cm")) {
            all |= set(&feature.name)?;
        }
    }
    Ok(all)
}

/// `22` is `22.0`.
fn is_at_least(asked: &[u64], since: &[u64]) -> bool {
    let number = |version: &[u64], at: usize| version.get(at).copied().unwrap_or(0);
    let places = 0..asked.len().max(since.len());
    let asked = places.clone().map(|at| number(asked, at));
    asked.ge(places.map(|at| number(since, at)))
}

fn parse(version: &str) -> Result<Version> {
    let numbers = version.split('.').map(str::parse);
    numbers.collect::<std::result::Result<_, _>>().map_err(|_| {
        let message = format!("`{version}` is no version of a host");
        Diagnostic::invocation("cli/unknown-host", message)
            .help("write it in numbers: `wasmtime@48` or `safari@18.4`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_well_formed_and_has_a_source() {
        let table = Table::read();
        for fact in &table.facts {
            let host = &fact.host;
            fact.said(None).expect("its features and versions are some");
            assert!(fact.source.starts_with("https://"), "{host}");
            assert!(!fact.seen.is_empty(), "{host}");
            assert!(["", "lacks"].contains(&fact.rest.as_str()), "{host}");
            for version in [&fact.from, &fact.version] {
                assert!(version.is_empty() || parse(version).is_ok(), "{host}");
            }
            if !fact.engine.is_empty() {
                let (name, version) = split(&fact.engine);
                assert!(!table.said(name, version).expect("it is").is_empty());
            }
        }
    }

    #[test]
    fn a_version_has_what_came_before_it() {
        let table = Table::read();
        let on = |version| {
            let said = table.said("wasmtime", Some(version)).expect("a version");
            said.iter()
                .fold(WasmFeatures::empty(), |on, said| on | said.on)
        };
        assert!(on("17.0.1").contains(WasmFeatures::COMPONENT_MODEL));
        assert!(!on("16").contains(WasmFeatures::COMPONENT_MODEL));
        assert!(!on("46").contains(WasmFeatures::GC));
        assert!(on("47.0.2").contains(WasmFeatures::GC));
    }

    #[test]
    fn a_version_is_itself_however_many_zeros_it_ends_in() {
        let has_gc = |version| {
            let said = Table::read()
                .said("node", Some(version))
                .expect("a version");
            said.iter().any(|said| said.on.contains(WasmFeatures::GC))
        };
        assert!(has_gc("22") && has_gc("22.0") && has_gc("22.0.0"));
        assert!(!has_gc("21") && !has_gc("21.9"));
    }

    #[test]
    fn without_components_there_is_nothing_that_extends_them() {
        let said = Table::read().said("wamr", None).expect("it is known");
        let lacks = |feature| said.iter().any(|said| said.lacks.contains(feature));
        assert!(lacks(WasmFeatures::COMPONENT_MODEL) && lacks(WasmFeatures::CM_ASYNC));
    }
}
