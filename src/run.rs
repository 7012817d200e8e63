//! What does a component do when it is run?

mod host;

use wasm_wave::untyped::UntypedFuncCall;
use wasmtime::Trap;
use wasmtime::component::Val;

use crate::diagnostic::{Diagnostic, Result};

pub use host::Outcome;

/// A call of an export: `example:demo/calculator@1.0.0.add(1, 2)`, or `add(1, 2)` of a function that
/// is exported itself. Arguments are WAVE text.
#[derive(Clone, Debug)]
pub struct Call<'t> {
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
            interface,
            function,
        })
    }

    /// What the call gives in a new instance of the component: its result, or which trap.
    pub fn on(&self, wasm: &[u8]) -> Result<String> {
        let call = UntypedFuncCall::parse(self.function).map_err(|error| uncallable(&error))?;
        let path = match self.interface {
            Some(interface) => format!("{interface}#{}", call.name()),
            None => call.name().to_string(),
        };
        let outcome = host::call_with(wasm, &path, |types| Ok(call.to_wasm_params::<Val>(types)?));
        match outcome.map_err(|error| uncallable(&error))? {
            Ok(result) => Ok(result),
            Err(error) => Ok(ending(&error)),
        }
    }
}

/// What a command does when it is run without arguments; nothing where it is none.
pub fn command(wasm: &[u8]) -> Result<Option<Outcome>> {
    if !host::is_command(wasm).map_err(|error| uncallable(&error))? {
        return Ok(None);
    }
    Ok(Some(host::run(wasm, &["command"])))
}

/// Which trap of a bad indirect call it is depends on what was in the table.
fn ending(error: &wasmtime::Error) -> String {
    match error.downcast_ref::<Trap>() {
        Some(Trap::IndirectCallToNull | Trap::BadSignature) => "bad indirect call".to_string(),
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    }
}

fn uncallable(error: &impl ToString) -> Box<Diagnostic> {
    Diagnostic::error("run/failed", "the call cannot be made").cause(error.to_string())
}
