//! How are module, adapters and options turned into the bytes of a component?

use rayon::prelude::*;
use wasmparser::{
    FuncToValidate, FuncValidatorAllocations, FunctionBody, Parser, ValidPayload, Validator,
    ValidatorResources, WasmFeatures,
};
use wit_component::ComponentEncoder;

use super::adapter::Adapter;
use super::{Encoding, Options};
use crate::progress::Progress;

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
    if encoding.validate {
        validate(&component, progress).map_err(Failure::Invalid)?;
    }
    Ok(component)
}

/// Validates a binary, its function bodies in parallel.
pub(super) fn validate(binary: &[u8], progress: &dyn Progress) -> wasmparser::Result<()> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut bodies: Vec<(FuncToValidate<ValidatorResources>, FunctionBody<'_>)> = Vec::new();
    for payload in Parser::new(0).parse_all(binary) {
        if let ValidPayload::Func(function, body) = validator.payload(&payload?)? {
            bodies.push((function, body));
        }
    }
    progress.begin("validate", bodies.len() as u64);
    let verdict = bodies
        .into_par_iter()
        .with_min_len(CHUNK)
        .try_fold(
            FuncValidatorAllocations::default,
            |allocations, (function, body)| {
                let mut function = function.into_validator(allocations);
                function.validate(&body)?;
                progress.advance(1);
                Ok(function.into_allocations())
            },
        )
        .map(|allocations| allocations.map(drop))
        .collect();
    progress.end();
    verdict
}

/// Functions that one thread validates in a row.
const CHUNK: usize = 128;
