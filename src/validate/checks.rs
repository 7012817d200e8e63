//! What else does a valid input have to be?
//!
//! Everything that is asked for beyond the specification: worlds to fit, a policy, a budget.

use super::fit::{Fit, Unfit};
use super::host::Host;
use super::levels::Levels;
use super::policy::Rules;
use super::{Verdict, What, mixed_wasi};
use crate::diagnostic::{Diagnostic, Result};

/// What is asked for. Nothing by default.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    pub fits: Vec<Fit>,
    pub rules: Rules,
    /// Where it is to run.
    pub hosts: Vec<Host>,
    pub levels: Levels,
}

impl Checks {
    /// Adds to the verdict on a valid input, of which `wasm` is the binary form, what this finds.
    pub(super) fn look(&self, verdict: &mut Verdict, wasm: &[u8]) {
        let mut findings = Vec::new();
        let looked = match verdict.kind {
            Some(What::Component) => self.component(wasm, &mut findings),
            kind => {
                findings.extend(self.not_a_component(kind));
                let refused = match kind {
                    Some(What::Module) => self.rules.policy.findings(wasm),
                    _ => Ok(Vec::new()),
                };
                refused.map(|refused| {
                    findings.extend(refused);
                    Vec::new()
                })
            }
        };
        match looked {
            Ok(misfits) => verdict.misfits = misfits,
            Err(error) => findings.push(*error),
        }
        if verdict.kind != Some(What::WitPackage) {
            match self.rules.budget.findings(wasm) {
                Ok(found) => findings.extend(found),
                Err(error) => findings.push(*error),
            }
            findings.extend(self.hosts.iter().flat_map(|host| host.findings(wasm)));
        }
        self.levels.apply(&mut findings);
        let file = verdict.file.clone();
        let findings = findings
            .into_iter()
            .map(|found| *Box::new(found).in_file(&file));
        verdict.findings.extend(findings);
    }

    fn component(&self, wasm: &[u8], findings: &mut Vec<Diagnostic>) -> Result<Vec<Unfit>> {
        let mut misfits = Vec::new();
        for fit in &self.fits {
            let found = fit.misfits(wasm)?;
            findings.extend(found.iter().map(|unfit| *fit.tell(&unfit.misfit)));
            misfits.extend(found);
        }
        findings.extend(self.rules.policy.findings(wasm)?);
        findings.extend(mixed_wasi::finding(wasm)?);
        Ok(misfits)
    }

    /// What fits nothing, where there is something to fit.
    fn not_a_component(&self, kind: Option<What>) -> Option<Diagnostic> {
        let (what, help) = match kind {
            Some(What::WitPackage) => ("a WIT package", "name a component"),
            _ => ("a core module", "make it a component with `wct new`"),
        };
        let finding = Diagnostic::error(
            "validate/not-a-component",
            format!("it is {what}, and only components can fit"),
        );
        (!self.fits.is_empty()).then(|| *finding.help(help))
    }
}
