//! Is it valid?
//!
//! By the specifications of WebAssembly and the component model for binaries and their text form;
//! by that of WIT for packages of interfaces.

pub(crate) mod asked;
mod binary;
mod budget;
mod checks;
mod custom;
mod faults;
mod fit;
mod format;
mod host;
mod levels;
mod mixed_wasi;
mod policy;
mod remedy;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use crate::diagnostic::{self, Diagnostic, Locator, Result, Severity};
use crate::features::Features;
use crate::input::{self, Kind};
use crate::progress::Progress;
use crate::{files, wit};
pub use budget::{Budget, parse_size};
pub use checks::Checks;
use faults::Faults;
pub use fit::{Fit, Role, Unfit};
pub use format::Format;
pub use host::Host;
pub use levels::{Level, Levels};
pub use policy::{Found, Pattern, Policy, Rules, parse as parse_policy};

/// What to validate by.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub features: Features,
    pub wit_features: wit::Features,
    /// Look into custom sections, too.
    pub custom_sections: bool,
    pub checks: Checks,
    /// The rules of the projects that the files are in hold, too.
    pub found: Found,
}

impl Options {
    /// With the rules of the project that a file is in.
    fn of(&self, path: &Path) -> Cow<'_, Options> {
        let Some(rules) = self.found.of(path) else {
            return Cow::Borrowed(self);
        };
        let mut options = self.clone();
        options.checks.rules = options.checks.rules.and(rules);
        Cow::Owned(options)
    }
}

/// The verdicts on several inputs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// Whether all of them are.
    pub valid: bool,
    /// In the order of the arguments.
    pub files: Vec<Verdict>,
    /// What was heeded without being asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Diagnostic>,
}

/// The verdict on one input.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verdict {
    pub file: String,
    /// Unknown where the input could not be read as anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<What>,
    pub valid: bool,
    /// In the order of the file.
    pub findings: Vec<Diagnostic>,
    /// How many more there are than `findings` holds.
    #[serde(skip_serializing_if = "is_zero")]
    pub findings_left_out: usize,
    /// In what a component does not fit the worlds it was compared with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misfits: Vec<Unfit>,
}

/// What was validated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Module,
    Component,
    WitPackage,
}

/// Validates files and WIT directories in parallel; `-` is standard input. What cannot be read is
/// invalid and stops nothing.
pub fn files(paths: &[PathBuf], options: &Options, progress: &dyn Progress) -> Report {
    progress.begin("validate", paths.len() as u64);
    let verdicts = paths.par_iter().map(|path| {
        let verdict = file(path, options);
        progress.advance(1);
        verdict
    });
    let files: Vec<Verdict> = verdicts.collect();
    progress.end();
    Report {
        valid: files.iter().all(|verdict| verdict.valid),
        files,
        notes: options.found.notes(),
    }
}

fn file(path: &Path, options: &Options) -> Verdict {
    let name = path.display().to_string();
    let options = &options.of(path);
    if path.is_dir() {
        return package(&name, options, |features| wit::load(path, features));
    }
    match files::read(path) {
        Ok(bytes) => validate(&name, &bytes, options),
        Err(error) => Verdict::new(&name, None, vec![*error]),
    }
}

/// Validates the bytes of a module, a component or a WIT text. `name` is what findings call it.
pub fn validate(name: &str, bytes: &[u8], options: &Options) -> Verdict {
    match input::kind(bytes) {
        Ok(Kind::Text) => match input::wit_text(name, bytes) {
            Ok(text) => package(name, options, |features| wit::parse(name, text, features)),
            Err(error) => Verdict::new(name, None, vec![*error]),
        },
        Ok(_) => match input::to_binary(name, bytes) {
            Ok(binary) => {
                let mut verdict = wasm(name, &binary, options);
                input::mark(name, bytes, &mut verdict.findings);
                verdict
            }
            Err(error) => Verdict::new(name, None, vec![*error]),
        },
        Err(error) => Verdict::new(name, None, vec![*error.in_file(name)]),
    }
}

/// The verdict on a WIT package that `load` loads with the features it is given.
fn package(
    name: &str,
    options: &Options,
    load: impl Fn(&wit::Features) -> Result<wit::Packages>,
) -> Verdict {
    let findings = match load(&options.wit_features) {
        Ok(_) => Vec::new(),
        Err(error) if load(&wit::Features::All).is_ok() => {
            vec![*error.help("pass `--wit-features all`, or the name of the feature, to accept it")]
        }
        Err(error) => vec![*error],
    };
    let verdict = Verdict::new(name, Some(What::WitPackage), findings);
    verdict.checked(&[], options)
}

fn wasm(name: &str, file: &[u8], options: &Options) -> Verdict {
    let flags = options.features.flags();
    let faults = binary::faults(file, flags);
    if faults.is_empty() && options.custom_sections {
        let faults = custom::faults(file, flags);
        return verdict(name, file, &faults, None).checked(file, options);
    }
    let missing = if faults.is_empty() {
        None
    } else {
        remedy::missing(file, options.features)
    };
    verdict(name, file, &faults, missing.as_deref()).checked(file, options)
}

/// The first fault of a binary under all features, for who has made it.
pub(crate) fn first_fault(wasm: &[u8]) -> Option<wasmparser::Error> {
    let faults = binary::faults(wasm, wasmparser::WasmFeatures::all());
    faults.iter().next().cloned()
}

/// Tells each fault with its place; the first one also, which features would make all go away.
fn verdict(name: &str, file: &[u8], faults: &Faults, missing: Option<&str>) -> Verdict {
    let mut locator = Locator::new(file);
    let findings = faults.iter().map(|error| {
        let place = locator.locate(error.offset());
        *diagnostic::wasm_at(error, file, place).in_file(name)
    });
    let mut findings: Vec<Diagnostic> = findings.collect();
    if let (Some(first), Some(features)) = (findings.first_mut(), missing) {
        let help = format!("pass `--features {features}` to accept `{name}`");
        first.help.push(help);
    }
    let kind = match input::kind(file) {
        Ok(Kind::Component) => What::Component,
        _ => What::Module,
    };
    Verdict {
        findings_left_out: faults.left_out(),
        ..Verdict::new(name, Some(kind), findings)
    }
}

impl Verdict {
    fn new(file: &str, kind: Option<What>, findings: Vec<Diagnostic>) -> Verdict {
        Verdict {
            file: file.to_string(),
            kind,
            valid: !findings.iter().any(is_error),
            findings,
            findings_left_out: 0,
            misfits: Vec::new(),
        }
    }

    /// With what else is asked for, where the input is valid; `wasm` is its binary form.
    fn checked(mut self, wasm: &[u8], options: &Options) -> Verdict {
        if self.valid {
            options.checks.look(&mut self, wasm);
            self.valid = !self.findings.iter().any(is_error);
        }
        self
    }
}

fn is_error(finding: &Diagnostic) -> bool {
    finding.severity == Severity::Error
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
