//! How bad is each finding?

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Result, Severity};

/// What was said about codes. Where a code is named twice the last counts.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    levels: BTreeMap<&'static str, Level>,
    /// For all warnings.
    warnings: Option<Level>,
}

/// What a finding is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    Allow,
    Warn,
    Deny,
}

/// The findings whose level can be changed. What breaks a specification stays an error.
const CODES: &[&str] = &[
    "validate/added-import",
    "validate/changed-export",
    "validate/changed-import",
    "validate/denied-import",
    "validate/host-lacks",
    "validate/host-option",
    "validate/host-unknown",
    "validate/missing-export",
    "validate/mixed-wasi",
    "validate/not-a-component",
    "validate/other-export-type",
    "validate/other-import-type",
    "validate/removed-export",
    "validate/too-large",
    "validate/too-large-compressed",
    "validate/too-many-imports",
    "validate/unoffered-import",
];

impl Levels {
    /// Sets the level of a code, written in full or without `validate/`, or of all `warnings`.
    /// Fails on other codes.
    pub fn set(&mut self, code: &str, level: Level) -> Result<()> {
        if code == "warnings" {
            self.warnings = Some(level);
            return Ok(());
        }
        let short = |known: &str| known.strip_prefix("validate/") == Some(code);
        let mut codes = CODES.iter();
        let Some(known) = codes.find(|known| **known == code || short(known)) else {
            let names: Vec<String> = CODES.iter().map(|code| format!("`{code}`")).collect();
            return Err(Diagnostic::invocation(
                "cli/unknown-code",
                format!("no check has the code `{code}`"),
            )
            .help(format!("choose `warnings` or one of {}", names.join(", "))));
        };
        self.levels.insert(known, level);
        Ok(())
    }

    /// Gives each finding its level, and drops those that are allowed.
    pub fn apply(&self, findings: &mut Vec<Diagnostic>) {
        findings.retain_mut(|finding| {
            let own = self.levels.get(finding.code).copied();
            let is_warning = finding.severity == Severity::Warning;
            match own.or(self.warnings.filter(|_| is_warning)) {
                Some(Level::Allow) => return false,
                Some(Level::Warn) => finding.severity = Severity::Warning,
                Some(Level::Deny) => finding.severity = Severity::Error,
                None => {}
            }
            true
        });
    }
}
