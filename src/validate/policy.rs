//! May a module or component ask for what it imports?

mod file;
mod found;

pub use file::parse;
pub use found::Found;

use super::asked::{Asked, imports, imports_of_module};
use super::budget::Budget;
use crate::component::Component;
use crate::compose::name::matches;
use crate::diagnostic::{Diagnostic, Result};
use crate::input::{self, Kind};
use crate::module::Module;
use crate::shrink::reach::{self, Step, Target, told};

/// Which imports are allowed. Everything is, by default.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// All others are refused, where there are any.
    pub allow: Vec<Pattern>,
    /// Refused, also where they are allowed.
    pub deny: Vec<Pattern>,
}

/// What a policy says: which imports are allowed, and how large a binary may be.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub policy: Policy,
    pub budget: Budget,
}

impl Rules {
    /// With what another policy denies; and with what that allows and its limits, where this one
    /// says nothing.
    #[must_use]
    pub fn and(mut self, other: &Rules) -> Rules {
        if self.policy.allow.is_empty() {
            self.policy.allow.clone_from(&other.policy.allow);
        }
        self.policy.deny.extend_from_slice(&other.policy.deny);
        self.budget = self.budget.or(other.budget);
        self
    }
}

/// `wasi:sockets/*`, or `wasi:cli/environment#get-*` for functions: `*` is anything, and without
/// a version every version is meant.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    import: String,
    function: Option<String>,
}

impl From<&str> for Pattern {
    fn from(text: &str) -> Pattern {
        let (import, function) = match text.split_once('#') {
            Some((import, function)) => (import, Some(function.to_string())),
            None => (text, None),
        };
        Pattern {
            text: text.to_string(),
            import: import.to_string(),
            function,
        }
    }
}

/// A refused import, or function of one.
struct Refused<'a> {
    import: &'a Asked,
    function: Option<&'a str>,
    reason: String,
}

impl Policy {
    /// A finding for each import of a valid binary that is refused, with a way that leads to it.
    pub fn findings(&self, wasm: &[u8]) -> Result<Vec<Diagnostic>> {
        if self.allow.is_empty() && self.deny.is_empty() {
            return Ok(Vec::new());
        }
        if input::kind(wasm)? == Kind::Component {
            let component = Component::parse(wasm)?;
            let imports = imports(wasm, &component)?;
            let ways = |targets: &[Target]| reach::ways(&component, targets);
            return self.refusals(&imports, STUB, ways);
        }
        let module = Module::parse(wasm, 0..wasm.len())?;
        self.refusals(&imports_of_module(&module)?, STUB_OF_MODULE, |targets| {
            let named = |(from, name): &Target| Some((from.clone(), name.clone()?));
            let targets: Vec<_> = targets.iter().filter_map(named).collect();
            reach::ways_of_module(&module, &targets)
        })
    }

    /// The same for some imports; `stub` says how to do without one, and `ways` finds what leads to
    /// parts of them.
    fn refusals(
        &self,
        imports: &[Asked],
        stub: &str,
        ways: impl FnOnce(&[Target]) -> Result<Vec<Option<Vec<Step>>>>,
    ) -> Result<Vec<Diagnostic>> {
        let refused: Vec<Refused<'_>> = imports.iter().flat_map(|i| self.refused(i)).collect();
        if refused.is_empty() {
            return Ok(Vec::new());
        }
        let targets: Vec<Target> = refused.iter().flat_map(Refused::targets).collect();
        let mut ways = ways(&targets)?.into_iter();
        let findings = refused.iter().map(|refused| {
            let ways = ways.by_ref().take(refused.targets().len());
            let shortest = ways.flatten().min_by_key(Vec::len);
            *refused.tell(stub, shortest.as_deref())
        });
        Ok(findings.collect())
    }

    /// The whole import, or what of it is refused.
    fn refused<'a>(&self, import: &'a Asked) -> Vec<Refused<'a>> {
        let refuse = |function, reason| Refused {
            import,
            function,
            reason,
        };
        let whole = |pattern: &&Pattern| {
            pattern.function.is_none() && matches(&pattern.import, &import.name.full)
        };
        if let Some(pattern) = self.deny.iter().find(whole) {
            return vec![refuse(None, pattern.denies())];
        }
        let about = |patterns: &[Pattern]| {
            patterns
                .iter()
                .any(|pattern| matches(&pattern.import, &import.name.full))
        };
        if !self.allow.is_empty() && !about(&self.allow) {
            return vec![refuse(None, NOTHING_ALLOWS.to_string())];
        }
        let functions = import.functions.iter();
        let refused = functions.filter_map(|function| {
            let covers = |pattern: &&Pattern| {
                let by = pattern.function.as_deref();
                matches(&pattern.import, &import.name.full)
                    && by.is_none_or(|by| matches(by, function))
            };
            if let Some(pattern) = self.deny.iter().find(covers) {
                return Some(refuse(Some(function.as_str()), pattern.denies()));
            }
            let is_allowed = self.allow.is_empty() || self.allow.iter().any(|p| covers(&p));
            (!is_allowed).then(|| refuse(Some(function.as_str()), NOTHING_ALLOWS.to_string()))
        });
        refused.collect()
    }
}

const NOTHING_ALLOWS: &str = "no pattern allows it";

/// How an import of a component is replaced.
const STUB: &str = "replace it with `wct shrink --stub`";

/// The same of a core module.
const STUB_OF_MODULE: &str =
    "make a component of it with `wct new`, and replace it there with `wct shrink --stub`";

impl Pattern {
    fn denies(&self) -> String {
        format!("the pattern `{}` denies it", self.text)
    }
}

impl Refused<'_> {
    /// What leads to any of these leads to what is refused.
    fn targets(&self) -> Vec<Target> {
        match self.function {
            Some(function) => self.import.targets_of(Some(function)),
            None => self.import.targets(),
        }
    }

    fn tell(&self, stub: &str, way: Option<&[Step]>) -> Box<Diagnostic> {
        let import = &self.import.name.full;
        let name = match self.function {
            Some(function) => format!("`{function}` of import `{import}`"),
            None => format!("import `{import}`"),
        };
        let finding = Diagnostic::error("validate/denied-import", format!("{name} is denied"))
            .cause(&self.reason);
        match way {
            Some(way) => finding
                .cause(format!("the way to it: {}", told(way)))
                .help(format!("build without what needs it, or {stub}")),
            None => finding
                .cause("nothing that is exported leads to it")
                .help("take it out with `wct shrink`"),
        }
    }
}
