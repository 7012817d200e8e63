//! How does a component become an output?

use std::path::PathBuf;

use super::execute::Before;
use super::manifest::Objective;
use super::plan::{Step, World};
use super::work::{Product, Workshop, imports};
use crate::component::Direction;
use crate::conform::{self, Terms};
use crate::diagnostic::{Diagnostic, Result, Severity};
use crate::metadata::{self, Change, Key};
use crate::progress::Silent;
use crate::shrink::{self, Strip};
use crate::validate::{self, Checks, Fit, Role};
use crate::wit;

impl Workshop<'_> {
    pub(super) fn shrink(&self, step: &Step, before: &Before) -> Result<Product> {
        let (path, bytes) = self.previous(before)?;
        let asked = &self.project.manifest.shrink;
        let options = shrink::Options {
            strip: Strip {
                names: asked.keep_names,
                customs: asked.keep_custom.clone(),
                drop_metadata: asked.drop_metadata,
            },
            objective: match asked.optimize_for {
                Objective::Raw => shrink::Objective::Raw,
                Objective::Compressed => shrink::Objective::Compressed,
            },
            wasm_opt: self.wasm_opt(),
            ..shrink::Options::default()
        };
        let name = self.project.shown(&path);
        let (smaller, _) = shrink::shrink(&name, &bytes, &options, &Silent)?;
        self.keep(step, "shrink.wasm", &smaller)
    }

    /// Says what the output is, and puts it where outputs are.
    pub(super) fn metadata(&self, step: &Step, before: &Before) -> Result<Product> {
        let (_, bytes) = self.previous(before)?;
        let described = match &self.project.manifest.package {
            None => bytes.to_vec(),
            Some(package) => {
                let name = Change::new(Key::Name, &step.unit).into_iter();
                let changes: Vec<Change> = name.chain(package.iter().cloned()).collect();
                metadata::write(&step.unit, &bytes, &changes)?.0
            }
        };
        let path = self.project.out().join(format!("{}.wasm", step.unit));
        self.project.write(&path, &described)?;
        let mut product = Product::wasm(path, &described).compressed(&described);
        product.weight.imports = imports(&described)?;
        Ok(product)
    }

    /// Fails with all that is wrong.
    pub(super) fn validate(
        &self,
        before: &Before,
        output: bool,
        world: Option<&World>,
    ) -> std::result::Result<Product, Vec<Diagnostic>> {
        let (path, bytes) = self.previous(before).map_err(|error| vec![*error])?;
        let name = self.project.shown(&path);
        let checks = match output {
            true => Checks {
                rules: self.project.manifest.rules.clone(),
                ..Checks::default()
            },
            false => Checks::default(),
        };
        let options = validate::Options {
            checks,
            ..validate::Options::default()
        };
        let mut findings = validate::validate(&name, &bytes, &options).findings;
        if let Some(world) = world {
            match self.unfit(&name, &bytes, world) {
                Ok(found) => findings.extend(found),
                Err(error) => findings.push(*error),
            }
        }
        let (errors, warnings): (Vec<_>, Vec<_>) = findings
            .into_iter()
            .partition(|finding| finding.severity == Severity::Error);
        match errors.is_empty() {
            true => Ok(Product {
                warnings,
                ..Product::default()
            }),
            false => Err(errors),
        }
    }

    /// In which of its exports a component does not fit its world. What a language's runtime
    /// imports besides is a matter of policy.
    fn unfit(&self, name: &str, bytes: &[u8], world: &World) -> Result<Vec<Diagnostic>> {
        let wit = PathBuf::from(self.project.shown(&world.wit));
        let packages = wit::load(&wit, &wit::Features::All)?;
        let fit = Fit {
            role: Role::World,
            world: conform::World::new(&packages, world.name.as_deref())?,
            exact: false,
        };
        let misfits = conform::conform(bytes, &fit.world, Terms::default())?;
        let exports = misfits
            .iter()
            .filter(|misfit| misfit.direction == Direction::Export);
        Ok(exports
            .map(|misfit| *fit.tell(misfit).in_file(name))
            .collect())
    }
}
