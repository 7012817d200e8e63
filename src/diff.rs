//! What changed between two inputs, and whom does it break?
//!
//! Interfaces are compared by structure, as `compose` and `validate` do; on top of that what may be
//! done that could not be done before, and whose bytes make the difference.

mod bytes;
mod capabilities;
mod change;
mod core;
mod docs;
mod input;
mod interface;
mod limit;
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
    let (changes, capabilities) = match forms(old, new, options.world.as_deref())? {
        Some((before, after)) => of_forms((old, &before), (new, &after))?,
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

fn of_forms((old, before): (&Input, &Form), (new, after): (&Input, &Form)) -> Result<Changes> {
    let mut changes = interface::changes(before, after)?;
    let is_package = matches!(before, Form::Package { .. });
    if let (Some(was), Some(is)) = (old.wit(), new.wit()) {
        let (was, is) = (
            docs::comments(&was, is_package),
            docs::comments(&is, is_package),
        );
        let texts = old.what() == What::WitPackage && new.what() == What::WitPackage;
        changes.extend(docs::changes(&was, &is, !texts));
    }
    let (was, is) = (
        capabilities::of_form(before)?,
        capabilities::of_form(after)?,
    );
    Ok((changes, capabilities::changes(was, is)))
}

fn of_modules(old: &Input, new: &Input) -> Result<Changes> {
    let bytes = |input: &Input| input.binary().unwrap_or_default().to_vec();
    let (old, new) = (bytes(old), bytes(new));
    let (was, is) = (
        capabilities::of_module(&old)?,
        capabilities::of_module(&new)?,
    );
    Ok((core::changes(&old, &new)?, capabilities::changes(was, is)))
}
