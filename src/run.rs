//! What does a component do when it is run?

mod host;

use std::time::Duration;

use wasm_wave::untyped::UntypedFuncCall;
use wasmtime::Trap;
use wasmtime::component::Val;

use crate::diagnostic::{Diagnostic, Result};

pub use host::Outcome;

/// A call of an export: `example:demo/calculator@1.0.0.add(1, 2)`, or `add(1, 2)` of a function that
/// is exported itself. Arguments are WAVE text.
#[derive(Clone, Debug)]
pub struct Call<'t> {
    text: &'t str,
    interface: Option<&'t str>,
    /// `add(1, 2)`
    function: &'t str,
}

impl<'t> Call<'t> {
    pub fn parse(text: &'t str) -> Result<Call<'t>> {
        let name = text.split('(').next().unwrap_or(text);
        let (interface, function) = match name.rfind('.') {
            Some(dot) => (Some(&text[..dot]), &text[dot + 1..]),
            None => (None, text),
        };
        UntypedFuncCall::parse(function).map_err(|error| {
            Diagnostic::invocation(
                "run/unreadable-call",
                format!("the call `{text}` cannot be read"),
            )
            .cause(error.to_string())
            .help("write it as `example:demo/calculator@1.0.0.add(1, 2)`, with arguments in WAVE")
        })?;
        Ok(Call {
            text,
            interface,
            function,
        })
    }

    /// What the call gives in a new instance of the component: its result, or which trap.
    pub fn on(&self, program: &Program) -> Result<String> {
        let call = UntypedFuncCall::parse(self.function).map_err(|error| uncallable(&error))?;
        let path = match self.interface {
            Some(interface) => format!("{interface}#{}", call.name()),
            None => call.name().to_string(),
        };
        let program = &program.0;
        let outcome = program.call(&path, |types| {
            let arguments = call.to_wasm_params::<Val>(types);
            Ok(arguments?)
        });
        match outcome.map_err(|error| failed(self.text, program, &error))? {
            Ok(result) => Ok(result),
            Err(error) => Ok(ending(&error)),
        }
    }
}

/// A component that was compiled to be run.
pub struct Program(host::Program);

impl Program {
    /// No run of it takes longer than `limit`. Fails where it cannot be compiled.
    pub fn new(wasm: &[u8], limit: Duration) -> Result<Program> {
        let program = host::Program::new(wasm, limit).map_err(|error| uncallable(&error))?;
        Ok(Program(program))
    }

    /// What it does when it is run as a command without arguments; nothing where it is none.
    pub fn command(&self) -> Result<Option<Outcome>> {
        if self.0.command_export().is_none() {
            return Ok(None);
        }
        let outcome = self.0.run(&["command"], None);
        outcome
            .map(Some)
            .map_err(|error| failed("wasi:cli/run", &self.0, &error))
    }
}

/// Which trap of a bad indirect call it is depends on what was in the table.
fn ending(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<Trap>() {
        Some(Trap::IndirectCallToNull | Trap::BadSignature) => "bad indirect call".to_string(),
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    }
}

fn failed(call: &str, program: &host::Program, error: &wasmtime::Error) -> Box<Diagnostic> {
    if !error.is::<host::TimedOut>() {
        return uncallable(error);
    }
    let seconds = program.limit().as_secs();
    let message = format!("`{call}` was not over after {seconds} s");
    Diagnostic::error("run/timed-out", message)
        .help("give it more time with `--timeout SECONDS`, or leave out the call")
}

fn uncallable(error: &impl ToString) -> Box<Diagnostic> {
    Diagnostic::error("run/failed", "the call cannot be made").cause(error.to_string())
}
