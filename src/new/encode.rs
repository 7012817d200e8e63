//! How are module, adapters and options turned into the bytes of a component?

use wit_component::ComponentEncoder;

use super::adapter::Adapter;
use super::{Encoding, Options};
use crate::progress::Progress;
use crate::validate;

/// Why there is no component.
pub(super) enum Failure {
    /// The encoder refused its input.
    Refused(anyhow::Error),
    /// What it made is not valid.
    Invalid(wasmparser::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Failure {
        Failure::Refused(error)
    }
}

/// Encodes a core module and validates what comes out.
pub(super) fn module(
    module: &[u8],
    adapters: &[Adapter],
    options: &Options,
    progress: &dyn Progress,
) -> Result<Vec<u8>, Failure> {
    progress.begin("encode", 1);
    let mut encoder = ComponentEncoder::default();
    configure(&mut encoder, adapters, &options.encoding)?;
    encoder.module(module)?;
    let component = encoder.encode()?;
    progress.end();
    checked(component, &options.encoding, progress)
}

/// Gives an encoder its adapters and options. It never validates: that is done once, in parallel.
pub(super) fn configure(
    encoder: &mut ComponentEncoder,
    adapters: &[Adapter],
    encoding: &Encoding,
) -> anyhow::Result<()> {
    let names = encoding.import_names.iter();
    encoder
        .validate(false)
        .debug_names(encoding.debug_names)
        .shim_return_call_ref(encoding.return_call_ref)
        .merge_imports_based_on_semver(encoding.merge_imports)
        .emit_canonical_names(encoding.canonical_names)
        .reject_legacy_names(encoding.reject_legacy_names)
        .realloc_via_memory_grow(encoding.realloc_via_memory_grow)
        .import_name_map(names.map(|(old, new)| (old.clone(), new.clone())).collect());
    for adapter in adapters {
        encoder.adapter(&adapter.name, &adapter.bytes)?;
    }
    Ok(())
}

/// The component, once it is known to be valid.
pub(super) fn checked(
    component: Vec<u8>,
    encoding: &Encoding,
    progress: &dyn Progress,
) -> Result<Vec<u8>, Failure> {
    if !encoding.validate {
        return Ok(component);
    }
    progress.begin("validate", 1);
    let fault = validate::first_fault(&component);
    progress.end();
    match fault {
        Some(error) => Err(Failure::Invalid(error)),
        None => Ok(component),
    }
}
