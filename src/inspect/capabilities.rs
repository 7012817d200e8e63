//! What may it ask of the world around it, and why does it?

use indexmap::IndexMap;
use serde::Serialize;

use super::parts::Root;
use crate::compose::name::{Name, matches};
use crate::diagnostic::{Diagnostic, Result};
use crate::input;
use crate::module::{Module, provider};
use crate::shrink::reach::{self, Step, Target};
use crate::validate::asked::imports;

/// What an import lets its user do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authority {
    Filesystem,
    Network,
    Http,
    Environment,
    Clocks,
    Random,
    Stdio,
    Exit,
    /// Streams and polling: what they lead to comes from another import.
    Io,
    Custom,
}

/// All imports, by authority.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub authorities: Vec<Granted>,
}

/// The imports of one authority.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Granted {
    pub authority: Authority,
    pub imports: Vec<Import>,
}

/// One import.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Import {
    /// With the whole version.
    pub name: String,
    /// None where it is an interface that is there for its types.
    pub functions: Vec<Function>,
}

/// A function of an import, or the import itself where it is a function.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Function {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// From an export, or from what instantiation does, to it; none where nothing leads to it, so
    /// that `wct shrink` takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Vec<Step>>,
    /// Every way goes through a call by number in a table.
    pub only_through_table: bool,
}

/// Lists the imports of a module or component with the shortest ways to them. Fails where the
/// structure of a component is not valid.
pub fn capabilities(name: &str, bytes: &[u8]) -> Result<Report> {
    let binary = input::to_binary(name, bytes)?;
    let mut asked = match Root::parse(&binary)? {
        Root::Component(component) => {
            let imports = imports(&binary, &component)?;
            let targets: Vec<Target> = imports.iter().flat_map(|i| i.targets()).collect();
            let mut ways = reach::ways(&component, &targets)?.into_iter();
            let asked = imports.iter().map(|import| Import {
                name: import.name.full.clone(),
                functions: import
                    .targets()
                    .into_iter()
                    .zip(ways.by_ref())
                    .filter(|((_, member), _)| member.is_some() || !import.is_interface)
                    .map(|((_, member), way)| function(member, way))
                    .collect(),
            });
            asked.collect()
        }
        Root::Module(module) => of_module(&module)?,
    };
    let mut authorities: Vec<Granted> = Vec::new();
    for import in asked.drain(..) {
        let authority = authority(&import);
        match authorities
            .iter_mut()
            .find(|found| found.authority == authority)
        {
            Some(found) => found.imports.push(import),
            None => authorities.push(Granted {
                authority,
                imports: vec![import],
            }),
        }
    }
    authorities.sort_by_key(|found| found.authority);
    Ok(Report { authorities })
}

/// The imports of a module, each name of a module that it imports from with its functions, by
/// authority.
fn of_module(module: &Module<'_>) -> Result<Vec<Import>> {
    let imports = module.imports()?;
    let is_function = |import: &&wasmparser::Import<'_>| {
        matches!(
            import.ty,
            wasmparser::TypeRef::Func(_) | wasmparser::TypeRef::FuncExact(_)
        )
    };
    let functions = imports.iter().filter(is_function).filter_map(|import| {
        let from = provider(import.module, import.name).name()?;
        Some((from, import.module.to_string(), import.name.to_string()))
    });
    let (sources, names): (Vec<&str>, Vec<_>) = functions
        .map(|(from, module, name)| (from, (module, name)))
        .unzip();
    let ways = reach::ways_of_module(module, &names)?;
    let mut found: IndexMap<(Authority, String), IndexMap<String, Function>> = IndexMap::new();
    for ((from, (_, name)), way) in sources.into_iter().zip(names).zip(ways) {
        let authority = authority_of(from, Some(&name));
        let functions = found
            .entry((authority, Name::parse(from).full))
            .or_default();
        let new = function(Some(name.clone()), way);
        match functions.get_mut(&name) {
            // The same, with its module written in another way.
            Some(known) if new.distance() < known.distance() => *known = new,
            Some(_) => {}
            None => drop(functions.insert(name, new)),
        }
    }
    let imports = found.into_iter();
    let imports = imports.map(|((_, name), functions)| Import {
        name,
        functions: functions.into_values().collect(),
    });
    Ok(imports.collect())
}

impl Function {
    /// Of two ways the better one is nearer: it needs no table, or is shorter.
    fn distance(&self) -> (bool, bool, usize) {
        let length = self.way.as_ref().map_or(0, Vec::len);
        (self.way.is_none(), self.only_through_table, length)
    }
}

fn function(name: Option<String>, way: Option<Vec<Step>>) -> Function {
    Function {
        name,
        only_through_table: way.iter().flatten().any(Step::is_indirect),
        way,
    }
}

fn authority(import: &Import) -> Authority {
    let first = import.functions.first();
    authority_of(
        &import.name,
        first.and_then(|function| function.name.as_deref()),
    )
}

/// What an import is for, by its name.
pub(crate) fn authority_of(import: &str, function: Option<&str>) -> Authority {
    if matches!(import, "wasi_snapshot_preview1" | "wasi_unstable") {
        return function.map_or(Authority::Custom, of_preview1);
    }
    let interface = import.split('@').next().unwrap_or(import);
    match interface.split_once('/') {
        Some(("wasi:filesystem", _)) => Authority::Filesystem,
        Some(("wasi:sockets", _)) => Authority::Network,
        Some(("wasi:http", _)) => Authority::Http,
        Some(("wasi:clocks", _)) => Authority::Clocks,
        Some(("wasi:random", _)) => Authority::Random,
        Some(("wasi:io", _)) => Authority::Io,
        Some(("wasi:cli", "environment")) => Authority::Environment,
        Some(("wasi:cli", "exit")) => Authority::Exit,
        Some(("wasi:cli", _)) => Authority::Stdio,
        _ => Authority::Custom,
    }
}

/// What a function of WASI 0.1 is for; reading and writing may be of files as well as of streams.
fn of_preview1(function: &str) -> Authority {
    let area = function.split('_').next().unwrap_or(function);
    match (area, function) {
        ("args" | "environ", _) => Authority::Environment,
        ("clock", _) => Authority::Clocks,
        ("random", _) => Authority::Random,
        ("sock", _) => Authority::Network,
        ("proc", _) => Authority::Exit,
        ("poll" | "sched", _) => Authority::Io,
        ("fd" | "path", _) => Authority::Filesystem,
        _ => Authority::Custom,
    }
}

/// Those imports and functions alone that are asked for: `wasi:cli/exit`, `wasi:io/*#read`. Fails
/// where there is none.
pub fn why(report: Report, asked: &str) -> Result<Report> {
    let (import, function) = match asked.split_once('#') {
        Some((import, function)) => (import, Some(function)),
        None => (asked, None),
    };
    let names = |report: &Report| {
        let imports = report.authorities.iter().flat_map(|found| &found.imports);
        imports
            .map(|import| import.name.clone())
            .collect::<Vec<_>>()
    };
    let all = names(&report);
    let mut chosen = report;
    for found in &mut chosen.authorities {
        found.imports.retain(|known| matches(import, &known.name));
        for known in &mut found.imports {
            let is_asked = |name: &Option<String>| match (function, name) {
                (Some(asked), Some(name)) => matches(asked, name),
                (Some(_), None) => false,
                (None, _) => true,
            };
            known.functions.retain(|known| is_asked(&known.name));
        }
        let keeps = |known: &Import| function.is_none() || !known.functions.is_empty();
        found.imports.retain(keeps);
    }
    chosen.authorities.retain(|found| !found.imports.is_empty());
    if !chosen.authorities.is_empty() {
        return Ok(chosen);
    }
    let error = Diagnostic::error(
        "inspect/unknown-import",
        format!("nothing that is imported is `{asked}`"),
    );
    Err(match all.is_empty() {
        true => error.help("look at the whole of it with `--capabilities`: it imports nothing"),
        false => error
            .cause(format!("imported are {}", listed(&all)))
            .help("name one of them, with `#` and the function where only one is meant"),
    })
}

fn listed(names: &[String]) -> String {
    let quoted = names.iter().map(|name| format!("`{name}`"));
    quoted.collect::<Vec<_>>().join(", ")
}
