//! Any text is a plan, a configuration or a document, or is refused; a plan is written and read
//! back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wct::compose::{Plan, wac, yaml};
use wct::diagnostic::Result;

struct Nothing;

impl wac::Packages for Nothing {
    fn read(&self, _: &str, _: Option<&str>) -> Result<Option<(String, Vec<u8>)>> {
        Ok(None)
    }
}

fuzz_target!(|source: &str| {
    if let Ok(plan) = Plan::parse("input", source) {
        let again = Plan::parse("again", &plan.to_toml());
        assert!(again.is_ok(), "{:?}", again.err());
    }
    let _ = yaml::parse("input", source);
    let _ = wac::syntax("input", source);
    let _ = wac::lower("input", source, &Nothing);
    let _ = wct::validate::parse_policy("input", source);
});
