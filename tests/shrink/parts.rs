//! What is there twice is there once after, and what is not chosen is gone: with real guests.

use wasm_encoder as enc;
use wct::progress::Silent;
use wct::shrink::{Objective, Options, Pass, Sizes};

use crate::{guests, host, shrink};

fn component(name: &str) -> Vec<u8> {
    let core = guests::rust(name, "wasm32-unknown-unknown");
    let wrapped = wct::new::wrap(name, &core, &wct::new::Options::default(), &Silent);
    wrapped.expect("it becomes a component").0
}

/// A component with three copies of another, an instance of each.
fn thrice(part: &[u8], interface: &str) -> Vec<u8> {
    let mut out = enc::Component::new();
    let mut instances = enc::ComponentInstanceSection::new();
    let mut aliases = enc::ComponentAliasSection::new();
    let mut exports = enc::ComponentExportSection::new();
    for (number, name) in (0..).zip(["a", "b", "c"]) {
        out.section(&enc::RawSection { id: 4, data: part });
        instances.instantiate(number, Vec::<(&str, enc::ComponentExportKind, u32)>::new());
        let kind = enc::ComponentExportKind::Instance;
        aliases.alias(enc::Alias::InstanceExport {
            instance: number,
            kind,
            name: interface,
        });
        // Each export adds an instance, too.
        exports.export(name, kind, 3 + number, None);
    }
    out.section(&instances);
    out.section(&aliases);
    out.section(&exports);
    out.finish()
}

#[test]
fn three_instances_of_one_component_have_its_modules_once() {
    let part = component("documents");
    let whole = thrice(&part, "demo:documents/formatter@1.0.0");
    let (one, output) = (
        shrink(&part, &Options::default()),
        shrink(&whole, &Options::default()),
    );
    assert!(whole.len() > 3 * part.len());
    assert!(output.len() * 20 < one.len() * 21, "{}", output.len());
    for name in ["a", "b", "c"] {
        let call = |wasm| host::call(wasm, &format!("{name}#format"), &[r#""[1, 2]""#, "none"]);
        let answer = call(&output).expect("it answers");
        assert_eq!(answer, r#"ok("[1,2]")"#);
        assert_eq!(answer, call(&whole).expect("it answers"));
    }
}

#[test]
fn without_one_of_two_interfaces_its_code_is_gone() {
    const SUMS: &str = "demo:toolbox/sums@1.0.0";
    const TEXTS: &str = "demo:toolbox/texts@1.0.0";
    let whole = component("toolbox");
    let only = |name: &str| {
        let options = Options {
            exports: vec![name.to_string()],
            ..Options::default()
        };
        shrink(&whole, &options)
    };
    let (sums, texts) = (only(SUMS), only(TEXTS));
    // The parser is most of it; what is left allocates and panics.
    let both = shrink(&whole, &Options::default()).len();
    assert!(sums.len() * 2 < both, "{} of {both}", sums.len());
    assert!(texts.len() < both);
    let sum = host::call(&sums, &format!("{SUMS}#sum"), &["[1, 2, 4294967295]"]);
    assert_eq!(sum.expect("it answers"), "4294967298");
    let text = host::call(&texts, &format!("{TEXTS}#minify"), &[r#""[1, 2]""#]);
    assert_eq!(text.expect("it answers"), r#"ok("[1,2]")"#);
    assert!(host::call(&sums, &format!("{TEXTS}#minify"), &[r#""[]""#]).is_err());
}

#[test]
fn what_is_to_be_small_compressed_is_no_larger_than_stripped() {
    let strip = Options {
        skip: Pass::ALL
            .into_iter()
            .filter(|pass| *pass != Pass::Strip)
            .collect(),
        ..Options::default()
    };
    let compressed = Options {
        objective: Objective::Compressed,
        ..Options::default()
    };
    for name in ["documents", "toolbox", "bank"] {
        let whole = component(name);
        let gzip = |bytes: &[u8]| Sizes::of(bytes).gzip;
        let (stripped, output) = (shrink(&whole, &strip), shrink(&whole, &compressed));
        assert!(output.len() < stripped.len());
        assert!(gzip(&output) <= gzip(&stripped), "{name}");
    }
}
