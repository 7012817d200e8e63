//! Does the output do what the input does?
//!
//! Each call is made in a new instance of both, with nothing of the outside but a clock; results and
//! traps have to be the same, and of a command what it prints and how it ends.

use serde::Serialize;

use super::{Check, Options, Trial};
use crate::diagnostic::{Diagnostic, Result};

/// Something that both did.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Ran {
    /// The call, or `wasi:cli/run`.
    pub call: String,
    pub outcome: String,
}

/// Fails where what is asked for cannot be run, before any work is done.
pub fn expect_possible(bytes: &[u8], options: &Options) -> Result<()> {
    match &options.check {
        Check::Surface => Ok(()),
        Check::Behavior(trial) => possible(bytes, &trial.calls),
    }
}

#[cfg(not(feature = "run"))]
fn possible(_: &[u8], _: &[String]) -> Result<()> {
    let message = "this wct was built without what runs components";
    let error = Diagnostic::invocation("shrink/cannot-run", message);
    Err(error
        .help("build it with `--features run`")
        .help("leave out `--check` and `--call`: types are compared always"))
}

#[cfg(feature = "run")]
fn possible(bytes: &[u8], calls: &[String]) -> Result<()> {
    if crate::input::kind(bytes)? != crate::input::Kind::Component {
        let error = Diagnostic::error("shrink/cannot-run", "a core module cannot be run");
        return Err(error.help("make it a component first: `wct new`"));
    }
    calls
        .iter()
        .try_for_each(|call| crate::run::Call::parse(call).map(drop))
}

/// Runs both. Fails where they differ.
pub fn compare(before: &[u8], after: &[u8], options: &Options) -> Result<Vec<Ran>> {
    match &options.check {
        Check::Surface => Ok(Vec::new()),
        Check::Behavior(trial) => run(before, after, trial, options),
    }
}

#[cfg(not(feature = "run"))]
fn run(_: &[u8], _: &[u8], _: &Trial, _: &Options) -> Result<Vec<Ran>> {
    Ok(Vec::new())
}

#[cfg(feature = "run")]
fn run(before: &[u8], after: &[u8], trial: &Trial, options: &Options) -> Result<Vec<Ran>> {
    use crate::run::{Call, Program};
    let before = Program::new(before, trial.limit)?;
    let after = Program::new(after, trial.limit)?;
    let mut ran = Vec::new();
    for text in &trial.calls {
        let call = Call::parse(text)?;
        let outcome = call.on(&before)?;
        same(text, &outcome, &call.on(&after)?, options)?;
        ran.push(Ran {
            call: text.clone(),
            outcome,
        });
    }
    let (old, new) = (before.command()?, after.command()?);
    if let (Some(old), Some(new)) = (old, new) {
        same("wasi:cli/run", &shown(&old), &shown(&new), options)?;
        ran.push(Ran {
            call: "wasi:cli/run".to_string(),
            outcome: shown(&old),
        });
    }
    Ok(ran)
}

/// Backtraces tell functions by numbers, which change: of what went wrong, the last line counts.
#[cfg(feature = "run")]
fn shown(outcome: &crate::run::Outcome) -> String {
    let ending = match &outcome.exit {
        Ok(status) => format!("status {status}"),
        Err(error) => error.lines().last().unwrap_or_default().trim().to_string(),
    };
    format!(
        "{ending}, {:?} on stdout, {:?} on stderr",
        outcome.stdout, outcome.stderr
    )
}

/// With less than there was, doing something else may be what was asked for.
#[cfg(feature = "run")]
fn same(call: &str, before: &str, after: &str, options: &Options) -> Result<()> {
    if before == after {
        return Ok(());
    }
    let message = format!("`{call}` does something else after");
    let asked = !options.stubs.is_empty() || !options.exports.is_empty();
    let error = match asked {
        true => Diagnostic::error("shrink/other-behavior", message)
            .help("leave out the `--stub` or `--export` that takes away what it needs"),
        false => Diagnostic::ours("shrink/other-behavior", message)
            .help("shrink with `--skip` and the passes one by one to find the one at fault"),
    };
    Err(error
        .cause(format!("before: {before}"))
        .cause(format!("after: {after}")))
}
