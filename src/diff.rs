//! What changed between two inputs, and whom does it break?
//!
//! Interfaces are compared by structure, as `compose` and `validate` do; on top of that what may be
//! done that could not be done before, and whose bytes make the difference.

mod bytes;
mod capabilities;
mod change;
mod core;
mod docs;
mod found;
mod input;
mod interface;
mod limit;
mod owner;
mod semver;
mod surface;
mod words;

use serde::Serialize;

pub use bytes::{Bytes, Owner};
pub use capabilities::{Capability, Held};
pub use change::{Change, Effect, Kind, Place};
pub use input::{Input, What};
pub use limit::{Growth, Limit};
pub use semver::{Bump, Level, Semver};

use crate::diagnostic::{Diagnostic, Result};
use surface::Form;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The world of WIT that is meant; all that a package has where there is none.
    pub world: Option<String>,
    pub fail_on: Vec<Limit>,
}

/// All that changed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub old: Told,
    pub new: Told,
    pub semver: Semver,
    pub changes: Vec<Change>,
    pub capabilities: Vec<Capability>,
    /// Of two binaries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Bytes>,
    /// What went beyond the limits.
    pub findings: Vec<Diagnostic>,
}

/// What an input is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Told {
    pub file: String,
    pub kind: What,
}

/// Compares two inputs. Fails where one is not valid, and where they cannot be compared.
pub fn diff(old: &Input, new: &Input, options: &Options) -> Result<Report> {
    let told = |input: &Input| Told {
        file: input.name.clone(),
        kind: input.what(),
    };
    let world = options.world.as_deref();
    let is_wit = |input: &Input| input.what() == What::WitPackage;
    if world.is_some() && !is_wit(old) && !is_wit(new) {
        return Err(Diagnostic::invocation(
            "diff/no-wit",
            "`--world` chooses a world of WIT, and neither side is WIT",
        )
        .help("leave it out: a component has one world"));
    }
    let (changes, capabilities) = match forms(old, new, world)? {
        Some((before, after)) => of_forms((old, &before), (new, &after), world)?,
        None => of_modules(old, new)?,
    };
    let bytes = match (old.binary(), new.binary()) {
        (Some(old), Some(new)) => Some(bytes::changes(old, new)?),
        _ => None,
    };
    let inside = bytes.is_some() && old.binary() != new.binary();
    let mut report = Report {
        old: told(old),
        new: told(new),
        semver: Semver::new(&changes, inside, old.version(), new.version()),
        changes,
        capabilities,
        bytes,
        findings: Vec::new(),
    };
    let limits = options.fail_on.iter();
    report.findings = limits.filter_map(|limit| limit.finding(&report)).collect();
    Ok(report)
}

/// What is compared: whole WIT packages, or worlds; none where there are core modules alone.
fn forms(old: &Input, new: &Input, world: Option<&str>) -> Result<Option<(Form, Form)>> {
    if world.is_none()
        && let (Some(old), Some(new)) = (old.package()?, new.package()?)
    {
        return Ok(Some((old, new)));
    }
    let is_module = |input: &Input| input.what() == What::CoreModule;
    let has_no_world = !(old.has_world()? && new.has_world()?);
    if is_module(old) && is_module(new) && has_no_world {
        return Ok(None);
    }
    Ok(Some((old.world(world)?, new.world(world)?)))
}

type Changes = (Vec<Change>, Vec<Capability>);

fn of_forms(
    (old, before): (&Input, &Form),
    (new, after): (&Input, &Form),
    world: Option<&str>,
) -> Result<Changes> {
    let (was, is) = (before.signature()?, after.signature()?);
    let (was, is) = (before.surface(&was)?, after.surface(&is)?);
    let capabilities = (
        capabilities::of_surface(&was),
        capabilities::of_surface(&is),
    );
    let mut changes = interface::changes(&was, &is);
    let of = match before {
        Form::Package { .. } => docs::Of::Package,
        Form::World(_) => docs::Of::World(world),
    };
    if let (Some(was), Some(is)) = (old.wit(), new.wit()) {
        let (was, is) = (docs::comments(&was, of), docs::comments(&is, of));
        let texts = old.what() == What::WitPackage && new.what() == What::WitPackage;
        changes.extend(docs::changes(&was, &is, !texts));
    }
    let (was, is) = capabilities;
    Ok((changes, capabilities::changes(was, is)))
}

fn of_modules(old: &Input, new: &Input) -> Result<Changes> {
    let (old, new) = (
        old.binary().unwrap_or_default(),
        new.binary().unwrap_or_default(),
    );
    let (was, is) = (capabilities::of_module(old)?, capabilities::of_module(new)?);
    Ok((core::changes(old, new)?, capabilities::changes(was, is)))
}
