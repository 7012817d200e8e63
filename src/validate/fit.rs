//! Does a component fit a world, or stand where an older one stood?

use serde::Serialize;

use crate::compare::{Difference, Named, Verdict};
use crate::component::Direction;
use crate::conform::{Misfit, Terms, View, World, conform};
use crate::diagnostic::{Diagnostic, Result};

/// Something that a component has to fit.
#[derive(Clone, Debug)]
pub struct Fit {
    pub role: Role,
    pub world: World,
    /// No version may stand for another, and types that nothing is made of count.
    pub exact: bool,
}

/// What a component is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The world that it is for.
    World,
    /// What is around it, seen from there.
    Host,
    /// A component that others rely on, and that this one is to replace.
    Old,
}

/// An import or export that does not fit, and what it was compared with.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Unfit {
    /// The name of the world, or of the old component.
    pub with: String,
    #[serde(flatten)]
    pub misfit: Misfit,
}

impl Fit {
    /// All in which the component, a valid one, does not fit.
    pub fn misfits(&self, component: &[u8]) -> Result<Vec<Unfit>> {
        let terms = Terms {
            exact: self.exact,
            named: match (self.role, self.exact) {
                // Others may be put together with it.
                (Role::Old, _) | (_, true) => Named::All,
                _ => Named::Used,
            },
            view: match self.role {
                Role::World | Role::Old => View::Component,
                Role::Host => View::Host,
            },
        };
        let misfits = conform(component, &self.world, terms)?;
        let unfit = |misfit| Unfit {
            with: self.world.name.clone(),
            misfit,
        };
        Ok(misfits.into_iter().map(unfit).collect())
    }

    /// A misfit as a finding.
    pub fn tell(&self, misfit: &Misfit) -> Box<Diagnostic> {
        let missing = misfit.differences.is_empty();
        let (code, message) = match missing {
            true => self.missing(misfit),
            false => self.different(misfit),
        };
        let mut finding = Diagnostic::error(code, message);
        if let Some(other) = &misfit.compared_with {
            let has = self.giving(misfit.direction);
            finding = finding.cause(format!("{has} has `{other}` in its place"));
        }
        for other in &misfit.instead {
            let has = self.giving(misfit.direction);
            let cause = format!("{has} has `{other}`, a version that cannot stand for it");
            finding = finding.cause(cause);
        }
        for difference in &misfit.differences {
            finding = finding.cause(self.told(misfit.direction, difference));
        }
        finding.help(self.help(misfit.direction, missing))
    }

    fn missing(&self, misfit: &Misfit) -> (&'static str, String) {
        let (name, other) = (&misfit.name, self.named());
        match (self.role, misfit.direction) {
            (Role::World | Role::Host, Direction::Import) => (
                "validate/unoffered-import",
                format!("{other} does not offer import `{name}`"),
            ),
            (Role::World | Role::Host, Direction::Export) => (
                "validate/missing-export",
                format!("{other} asks for export `{name}`, which is missing"),
            ),
            (Role::Old, Direction::Import) => (
                "validate/added-import",
                format!("{other} does without import `{name}`"),
            ),
            (Role::Old, Direction::Export) => (
                "validate/removed-export",
                format!("{other} has export `{name}`, which is gone"),
            ),
        }
    }

    fn different(&self, misfit: &Misfit) -> (&'static str, String) {
        let (name, other) = (&misfit.name, self.named());
        match (self.role, misfit.direction) {
            (Role::World | Role::Host, Direction::Import) => (
                "validate/other-import-type",
                format!("import `{name}` has another type than {other} offers"),
            ),
            (Role::World | Role::Host, Direction::Export) => (
                "validate/other-export-type",
                format!("export `{name}` has another type than {other} asks for"),
            ),
            (Role::Old, Direction::Import) => (
                "validate/changed-import",
                format!("import `{name}` has another type than in {other}"),
            ),
            (Role::Old, Direction::Export) => (
                "validate/changed-export",
                format!("export `{name}` has another type than in {other}"),
            ),
        }
    }

    /// The other side with its name.
    fn named(&self) -> String {
        let name = &self.world.name;
        match self.role {
            Role::World => format!("the world `{name}`"),
            Role::Host => format!("the host with the world `{name}`"),
            Role::Old => format!("`{name}`"),
        }
    }

    /// The other side in a word.
    fn other(&self) -> &'static str {
        match self.role {
            Role::World => "the world",
            Role::Host => "the host",
            Role::Old => "the old component",
        }
    }

    /// The side that should have what the other one asks for.
    fn giving(&self, direction: Direction) -> &'static str {
        match direction {
            Direction::Import => self.other(),
            Direction::Export => "the component",
        }
    }

    /// A difference, and which side has which type.
    fn told(&self, direction: Direction, difference: &Difference) -> String {
        let giving = self.giving(direction);
        let asking = match direction {
            Direction::Import => "the component",
            Direction::Export => self.other(),
        };
        let Difference {
            path,
            required,
            provided,
            ..
        } = difference;
        match difference.verdict {
            Verdict::Missing => format!("`{path}`: {asking} has this {required}, {giving} has not"),
            Verdict::Different => {
                format!("`{path}`: {required} in {asking}, {provided} in {giving}")
            }
            Verdict::OtherResource if required == provided => {
                format!("`{path}`: another resource {required} in {asking} than in {giving}")
            }
            Verdict::OtherResource => format!(
                "`{path}`: resource {required} in {asking}, resource {provided} in {giving}"
            ),
        }
    }

    fn help(&self, direction: Direction, missing: bool) -> &'static str {
        match (self.role, direction, missing) {
            (Role::Old, Direction::Import, true) => {
                "provide it with `wct compose`, or release this as a breaking change"
            }
            (Role::Old, Direction::Export, true) => {
                "export it again, or release this as a breaking change"
            }
            (Role::Old, _, false) => "undo the change, or release this as a breaking change",
            (_, Direction::Import, true) => {
                "build it for this world, or provide the import with `wct compose`"
            }
            (_, Direction::Export, true) => "build it for this world, so that it exports this",
            (_, _, false) => "build it against the version of the interface that is there",
        }
    }
}
