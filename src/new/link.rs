//! How do shared-everything libraries become one component?

use wit_component::Linker;

use super::adapter::{self, Adapter};
use super::core::{Core, Import};
use super::encode::{self, Failure};
use super::{Named, Options, Report, explain, exports, report};
use crate::diagnostic::{Diagnostic, Result};
use crate::input;
use crate::progress::Progress;

/// The libraries, in the order in which symbols are looked for (tool-conventions
/// `DynamicLinking.md`).
#[derive(Clone, Debug, Default)]
pub struct Libraries {
    pub list: Vec<Library>,
    /// Bytes of the stack; `None` for the linker's own choice.
    pub stack_size: Option<u32>,
    /// Functions that no library has trap instead of stopping the linker.
    pub stub_missing_functions: bool,
    /// Take the `dlopen` and `dlsym` that the linker has.
    pub use_built_in_libdl: bool,
}

/// One library.
#[derive(Clone, Debug)]
pub struct Library {
    pub module: Named,
    /// Whether it can be asked for by name while the program runs.
    pub dl_openable: bool,
}

/// Links libraries; adapters are chosen as for one module that imports what all of them do.
pub(super) fn link(
    libraries: &Libraries,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Vec<u8>, Report)> {
    let cores = read(libraries, options)?;
    let whole = sum(&cores);
    let adapters = adapter::choose(&whole, options)?;
    let warnings = exports::check(&whole, &adapters, options)?;
    progress.begin("link", 1);
    let component = encode(&cores, libraries, &adapters, options)
        .and_then(|component| encode::checked(component, &options.encoding, progress))
        .map_err(|failure| invalid(&cores, libraries).unwrap_or_else(|| explain(&failure)))?;
    progress.end();
    let report = report(&component, &whole, adapters, warnings)?;
    Ok((component, report))
}

/// The first library gets the WIT of the options.
fn read<'a>(libraries: &'a Libraries, options: &Options) -> Result<Vec<Core<'a>>> {
    let without_wit = Options {
        wit: None,
        ..options.clone()
    };
    let list = libraries.list.iter().enumerate();
    list.map(|(at, library)| {
        let options = if at == 0 { options } else { &without_wit };
        let module = &library.module;
        Core::read(
            &module.path,
            input::to_binary(&module.path, &module.bytes)?,
            options,
        )
    })
    .collect()
}

/// The libraries seen as one module: what they get from each other and from the linker is left out.
fn sum(cores: &[Core<'_>]) -> Core<'static> {
    let mut whole = Core::nothing("the libraries");
    for core in cores {
        let linked = |import: &&Import| matches!(&*import.module, "env" | "GOT.mem" | "GOT.func");
        let imports = core.imports.iter().filter(|import| !linked(import));
        whole.imports.extend(imports.cloned());
        whole.exports.extend(core.exports.iter().cloned());
        whole.worlds.extend(core.worlds.iter().cloned());
    }
    whole.world_name = cores.iter().find_map(|core| core.world_name.clone());
    whole
}

fn encode(
    cores: &[Core<'_>],
    libraries: &Libraries,
    adapters: &[Adapter],
    options: &Options,
) -> std::result::Result<Vec<u8>, Failure> {
    let mut linker = Linker::default();
    linker
        .stub_missing_functions(libraries.stub_missing_functions)
        .use_built_in_libdl(libraries.use_built_in_libdl);
    if let Some(size) = libraries.stack_size {
        linker.stack_size(size);
    }
    encode::configure(linker.encoder(), adapters, &options.encoding)?;
    for (core, library) in cores.iter().zip(&libraries.list) {
        linker.library(&library.module.name, &core.bytes, library.dl_openable)?;
    }
    Ok(linker.encode()?)
}

/// The first library that is not valid by itself.
fn invalid(cores: &[Core<'_>], libraries: &Libraries) -> Option<Box<Diagnostic>> {
    let mut cores = cores.iter().zip(&libraries.list);
    cores.find_map(|(core, library)| {
        let mut error = explain::invalid_module(core)?;
        let module = &library.module;
        input::mark(
            &module.path,
            &module.bytes,
            std::slice::from_mut(&mut *error),
        );
        Some(error)
    })
}

fn explain(failure: &Failure) -> Box<Diagnostic> {
    match failure {
        Failure::Invalid(error) => explain::invalid_output(error),
        Failure::Refused(error) => {
            explain::refused("the libraries cannot be linked".to_string(), error).help(
                "give what is missing with `--library`, or let it trap: `--stub-missing-functions`",
            )
        }
    }
}
