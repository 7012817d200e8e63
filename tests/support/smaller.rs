//! Is a component that was made smaller still the same from outside?

use wct::component::Component;
use wct::progress::Silent;
use wct::shrink::{Options, shrink};

/// Smaller it imports no more, exports the same, and stays as it is the next time. Returns it; fails
/// with what is wrong.
pub fn smaller(wasm: &[u8]) -> Result<Vec<u8>, String> {
    let shrunk = |wasm: &[u8]| {
        let made = shrink("made.wasm", wasm, &Options::default(), &Silent);
        made.map(|(small, _)| small)
            .map_err(|error| format!("not shrunk: {error:?}"))
    };
    let small = shrunk(wasm)?;
    let features = wasmparser::WasmFeatures::all();
    let valid = wasmparser::Validator::new_with_features(features).validate_all(&small);
    valid.map_err(|error| format!("not valid when shrunk: {error}"))?;
    if small.len() > wasm.len() {
        return Err("larger when shrunk".to_string());
    }
    if shrunk(&small)? != small {
        return Err("another when shrunk twice".to_string());
    }
    let ((imports, exports), (left, same)) = (names(wasm)?, names(&small)?);
    match exports == same && left.iter().all(|import| imports.contains(import)) {
        true => Ok(small),
        false => Err(format!(
            "from {imports:?}, {exports:?} to {left:?}, {same:?}"
        )),
    }
}

/// Its imports and exports.
fn names(wasm: &[u8]) -> Result<(Vec<String>, Vec<String>), String> {
    let component = Component::parse(wasm).map_err(|error| format!("{error:?}"))?;
    let imports = component.imports.iter();
    let exports = component.exports.iter();
    Ok((
        imports.map(|import| format!("{:?}", import.name)).collect(),
        exports.map(|export| format!("{:?}", export.name)).collect(),
    ))
}
