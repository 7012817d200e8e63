//! How bad is each finding?

use crate::diagnostic::{Diagnostic, Result, Severity};

/// What was said about codes, in this order: the later counts.
#[derive(Clone, Debug, Default)]
pub struct Levels(Vec<(Of, Level)>);

/// Whose level is changed.
#[derive(Clone, Copy, Debug)]
enum Of {
    Code(&'static str),
    /// Of all that are warnings until then.
    Warnings,
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
            self.0.push((Of::Warnings, level));
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
        self.0.push((Of::Code(known), level));
        Ok(())
    }

    /// Gives each finding its level, and drops those that are allowed.
    pub fn apply(&self, findings: &mut Vec<Diagnostic>) {
        findings.retain_mut(|finding| {
            match self.level(finding) {
                Level::Allow => return false,
                Level::Warn => finding.severity = Severity::Warning,
                Level::Deny => finding.severity = Severity::Error,
            }
            true
        });
    }

    fn level(&self, finding: &Diagnostic) -> Level {
        let own = match finding.severity {
            Severity::Error => Level::Deny,
            Severity::Warning | Severity::Note => Level::Warn,
        };
        self.0.iter().fold(own, |level, (of, other)| match of {
            Of::Code(code) if *code == finding.code => *other,
            Of::Warnings if level == Level::Warn => *other,
            _ => level,
        })
    }
}
