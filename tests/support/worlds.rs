//! Components made from worlds alone: right types, bodies that trap.

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{ManglingAndAbi, Resolve};

/// How names are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    Full,
    /// `a:b/c@0.2` with the rest of the version as a suffix.
    Canonical,
}

/// A component for the world `world` of the package that `wit` holds.
#[allow(dead_code)]
pub fn component(wit: &str, world: &str, names: Names) -> Vec<u8> {
    built(wit, world, names).expect("the WIT of a test is right")
}

/// The same where the WIT may be wrong.
pub fn built(wit: &str, world: &str, names: Names) -> anyhow::Result<Vec<u8>> {
    let mut resolve = Resolve::new();
    let package = resolve.push_str("test.wit", wit)?;
    let id = resolve.select_world(&[package], Some(world))?;
    let mangling = ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
    let mut module = dummy_module(&resolve, id, mangling);
    embed_component_metadata(&mut module, &resolve, id, StringEncoding::UTF8, false)?;
    let mut encoder = ComponentEncoder::default();
    encoder.emit_canonical_names(names == Names::Canonical);
    encoder.validate(true).module(&module)?.encode()
}

/// The component of a text.
#[allow(dead_code)]
pub fn text(wat: &str) -> Vec<u8> {
    wct::input::to_binary("test.wat", wat.as_bytes())
        .expect("the text of a test is right")
        .into_owned()
}

/// Its world as WIT.
#[allow(dead_code)]
pub fn wit(wasm: &[u8]) -> String {
    let decoded = wit_component::decode(wasm).expect("it has a world");
    let mut printer = wit_component::WitPrinter::default();
    let main = decoded.package();
    let others: Vec<_> = decoded
        .resolve()
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != main)
        .collect();
    printer
        .print(decoded.resolve(), main, &others)
        .expect("it can be printed");
    printer.output.to_string()
}
