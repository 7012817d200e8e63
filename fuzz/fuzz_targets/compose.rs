//! Composing any two components comes back, and what was composed is read back into a plan that
//! makes the same.
#![no_main]

mod pair;

use libfuzzer_sys::fuzz_target;
use wct::compose::decompose::decompose;
use wct::compose::{self, Components, File, Flags, Options, Plan};
use wct::diagnostic::Fault;
use wct::progress::Silent;

fn composed(plan: &Plan, components: &Components<'_>) -> Option<Vec<u8>> {
    match compose::compose(plan, components, &Options::default(), &Silent) {
        Ok(made) => made.wasm,
        Err(error) => {
            assert!(error.fault != Fault::Ours, "{error:?}");
            None
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some(pair) = pair::split(bytes) else {
        return;
    };
    let flags = Flags {
        root: Some(File::parse("root")),
        providers: vec![File::parse("part")],
        ..Flags::default()
    };
    let plan = flags.plan().expect("the options make a plan");
    let parts = [("root", pair.0), ("part", pair.1)];
    let components: Components<'_> = parts
        .into_iter()
        .map(|(id, bytes)| (id.to_string(), bytes))
        .collect();
    let Some(wasm) = composed(&plan, &components) else {
        let _ = decompose("input", pair.0);
        return;
    };
    if let Ok(found) = decompose("made", &wasm)
        && found.warnings.is_empty()
    {
        let again = composed(&found.plan, &found.components);
        assert!(again.is_some_and(|again| again == wasm), "it was made otherwise");
    }
});
