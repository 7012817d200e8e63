//! Do the custom sections that are specified hold what they should?
//!
//! Names and branch hints. They do not decide whether a module is valid, so that looking at them
//! has to be asked for.

use wasmparser::{CustomSectionValidator, Error, Parser, ValidPayload, Validator, WasmFeatures};

use super::faults::Faults;

/// What is wrong with the custom sections of a valid binary: the first fault that its structure
/// shows, or all that function bodies show.
pub fn faults(file: &[u8], features: WasmFeatures) -> Faults {
    let mut faults = Faults::default();
    if let Err(error) = walk(file, features, &mut faults) {
        faults.add(error);
    }
    faults
}

fn walk(file: &[u8], features: WasmFeatures, faults: &mut Faults) -> Result<(), Error> {
    let mut validator = Validator::new_with_features(features);
    let mut customs = CustomSectionValidator::new();
    let mut bodies = Vec::new();
    let mut parser = Parser::new(0);
    parser.set_features(features);
    for payload in parser.parse_all(file) {
        let payload = payload?;
        if let ValidPayload::Func(function, body) = validator.payload(&payload)? {
            bodies.push((customs.current_module_id(), function.index, body));
        }
        customs.payload(&payload, &validator)?;
    }
    // Only now are all sections known that speak about bodies.
    for (module, function, body) in bodies {
        if let Err(error) = customs.code_section_entry(module, function, &body) {
            faults.add(error);
        }
    }
    Ok(())
}
