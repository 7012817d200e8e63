//! Composing any two components comes back, and is no defect of ours.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::compose::{self, Components, File, Flags, Options};
use wct::diagnostic::Fault;
use wct::progress::Silent;

fuzz_target!(|pair: (&[u8], &[u8])| {
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
    if let Err(error) = compose::compose(&plan, &components, &Options::default(), &Silent) {
        assert!(error.fault != Fault::Ours, "{error:?}");
    }
});
