//! `wct new`: a component from a core module.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, ValueEnum};
use serde::Serialize;

use wct::diagnostic::{Diagnostic, Result};
use wct::files;
use wct::new::{
    self, Choice, DummyAbi, Encoding, Kind, Libraries, Library, Method, Named, Options, Policy,
    Report, StringEncoding, Wit,
};
use wct::progress::Progress;
use wct::wit;

use super::Run;
use crate::args::{self, Output, WitFeatures};
use crate::render;
use crate::terminal::Stream;

/// Make a component from a core module
#[derive(clap::Args)]
#[command(after_help = "Example:\n  wct new app.wasm --wit wit --world app -o app.component.wasm")]
pub struct Args {
    /// Core module, binary or text; `-` is standard input
    #[arg(value_name = "CORE", required_unless_present_any = ["libraries", "dl_openable", "dummy"])]
    core: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    wit: WitArgs,
    #[command(flatten)]
    adapters: AdapterArgs,
    #[command(flatten)]
    link: LinkArgs,
    #[command(flatten)]
    encoding: EncodingArgs,
    /// Take a component that exports nothing
    #[arg(long)]
    allow_empty: bool,
    /// Keep allocator and adapter apart: auto, cure, keep
    #[arg(
        long,
        value_name = "HOW",
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true
    )]
    heap: Heap,
}

#[derive(clap::Args)]
struct WitArgs {
    /// Embed this WIT first: a directory, file or binary package
    #[arg(long, value_name = "PATH")]
    wit: Option<PathBuf>,
    /// Take this world of it
    #[arg(long, short, value_name = "NAME", requires = "wit")]
    world: Option<String>,
    /// Pass strings as utf8, utf16 or compact-utf16
    #[arg(
        long,
        value_name = "ENCODING",
        requires = "wit",
        value_parser = encoding(),
        hide_possible_values = true
    )]
    encoding: Option<StringEncoding>,
    #[command(flatten)]
    features: WitFeatures,
    /// Embed the WIT and stop: write a core module
    #[arg(long, requires = "wit", conflicts_with_all = ["libraries", "dl_openable"])]
    embed_only: bool,
    /// Make up a module for the world that traps
    #[arg(long, requires = "wit", conflicts_with_all = ["core", "libraries", "dl_openable"])]
    dummy: bool,
    /// Name its functions by: legacy, standard32, async-callback, async-stackful
    #[arg(
        long,
        value_name = "ABI",
        requires = "dummy",
        default_value = "legacy",
        hide_possible_values = true,
        hide_default_value = true
    )]
    dummy_abi: Abi,
}

fn encoding() -> impl TypedValueParser<Value = StringEncoding> {
    let names = PossibleValuesParser::new(["utf8", "utf16", "compact-utf16"]);
    names.try_map(|name| name.parse::<StringEncoding>())
}

#[derive(clap::Args)]
struct AdapterArgs {
    /// Adapt WASI preview 1 by: auto, command, reactor, proxy, none
    #[arg(
        long,
        value_name = "KIND",
        default_value = "auto",
        hide_possible_values = true,
        hide_default_value = true
    )]
    adapter: Bundled,
    /// Take this module for the imports from NAME
    #[arg(long, value_name = "[NAME=]FILE")]
    adapt: Vec<String>,
}

#[derive(clap::Args)]
#[command(group = ArgGroup::new("linked").multiple(true).args(["libraries", "dl_openable"]))]
struct LinkArgs {
    /// Link this shared library
    #[arg(long = "library", value_name = "[NAME=]FILE")]
    libraries: Vec<String>,
    /// Link this one for `dlopen`
    #[arg(long, value_name = "[NAME=]FILE")]
    dl_openable: Vec<String>,
    /// Give linked libraries a stack of this size
    #[arg(long, value_name = "BYTES", requires = "linked")]
    stack_size: Option<u32>,
    /// Let functions trap that no library has
    #[arg(long, requires = "linked")]
    stub_missing_functions: bool,
    /// Provide `dlopen` and `dlsym`
    #[arg(long, requires = "linked")]
    use_built_in_libdl: bool,
}

#[derive(clap::Args)]
struct EncodingArgs {
    /// Rename an instance import
    #[arg(long = "import-name", value_name = "OLD=NEW")]
    import_names: Vec<String>,
    /// Unify imports of compatible versions
    #[arg(long, value_name = "BOOL", hide = true)]
    merge_imports_based_on_semver: Option<bool>,
    /// Shorten versions in names to the compatible part
    #[arg(long, alias = "emit-canonical-names")]
    canonical_names: bool,
    /// Take only standard core names (`cm32p2|…`)
    #[arg(long)]
    reject_legacy_names: bool,
    /// Grow the memory for adapters, call no `cabi_realloc`
    #[arg(long)]
    realloc_via_memory_grow: bool,
    /// Make shims call by reference, for hosts with tail calls and function references
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide = true)]
    return_call_ref: Option<bool>,
    /// Name core items for debuggers [default: true]
    #[arg(long, value_name = "BOOL", hide_possible_values = true)]
    debug_names: Option<bool>,
    /// Write the component without validating it
    #[arg(long)]
    skip_validation: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Bundled {
    Auto,
    Command,
    Reactor,
    Proxy,
    None,
}

#[derive(Clone, Copy, ValueEnum)]
enum Heap {
    Auto,
    Cure,
    Keep,
}

#[derive(Clone, Copy, ValueEnum)]
enum Abi {
    Legacy,
    Standard32,
    AsyncCallback,
    AsyncStackful,
}

/// What was made, and where it went.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Receipt {
    path: String,
    #[serde(flatten)]
    report: Report,
}

impl Run for Args {
    type Report = Receipt;
    const TEXT: Stream = Stream::Stderr;

    fn run(&self, progress: &dyn Progress) -> Result<Receipt> {
        let options = self.options()?;
        let (wasm, report) = self.make(&options, progress)?;
        let path = self.path(&options);
        self.output.write(&path, &wasm)?;
        Ok(Receipt {
            path: path.display().to_string(),
            report,
        })
    }

    fn warnings<'a>(&self, receipt: &'a Receipt) -> &'a [Diagnostic] {
        &receipt.report.warnings
    }

    fn write_text(&self, receipt: &Receipt, out: &mut dyn Write) -> io::Result<()> {
        let report = &receipt.report;
        writeln!(
            out,
            "wrote {} ({})",
            shown(&receipt.path),
            render::bytes(report.size)
        )?;
        if let Some(world) = &report.world {
            writeln!(out, "  world    {world}")?;
        }
        for adapter in &report.adapters {
            match adapter.kind {
                Some(kind) => writeln!(out, "  adapter  {}: {}", kind.name(), adapter.reason)?,
                None => writeln!(out, "  adapter  {}: {}", adapter.name, adapter.reason)?,
            }
        }
        if let Some(heap) = &report.heap {
            writeln!(
                out,
                "  heap     {}",
                heap_text(heap.method, heap.function.as_deref())
            )?;
        }
        Ok(())
    }

    fn takes_stdout(&self) -> bool {
        self.output.is_stdout()
    }
}

impl Args {
    fn make(&self, options: &Options, progress: &dyn Progress) -> Result<(Vec<u8>, Report)> {
        if self.wit.dummy {
            return match self.wit.embed_only {
                true => new::dummy_module(self.wit.dummy_abi.into(), options),
                false => new::dummy(self.wit.dummy_abi.into(), options, progress),
            };
        }
        if let Some(libraries) = self.libraries()? {
            return new::link(&libraries, options, progress);
        }
        let core = self.core.as_deref().unwrap_or(Path::new("-"));
        let name = core.display().to_string();
        let bytes = files::read(core)?;
        match self.wit.embed_only {
            true => new::embed(&name, &bytes, options),
            false => new::wrap(&name, &bytes, options, progress),
        }
    }

    fn options(&self) -> Result<Options> {
        Ok(Options {
            wit: self.wit.load()?,
            adapter: self.adapters.adapter.into(),
            adapters: self.adapters.load()?,
            heap: self.heap.into(),
            allow_empty: self.allow_empty,
            encoding: self.encoding.get()?,
        })
    }

    /// The libraries to link, if any; the core module is then the first of them.
    fn libraries(&self) -> Result<Option<Libraries>> {
        let link = &self.link;
        if link.libraries.is_empty() && link.dl_openable.is_empty() {
            return Ok(None);
        }
        let mut list = Vec::new();
        if let Some(core) = &self.core {
            list.push(Library {
                module: named(file_name(core), core)?,
                dl_openable: false,
            });
        }
        for given in &link.libraries {
            list.push(library(given, false)?);
        }
        for given in &link.dl_openable {
            list.push(library(given, true)?);
        }
        Ok(Some(Libraries {
            list,
            stack_size: link.stack_size,
            stub_missing_functions: link.stub_missing_functions,
            use_built_in_libdl: link.use_built_in_libdl,
        }))
    }

    fn path(&self, options: &Options) -> PathBuf {
        let world = options
            .wit
            .as_ref()
            .map(|wit| PathBuf::from(wit.world_name()));
        let first = self
            .link
            .libraries
            .first()
            .or(self.link.dl_openable.first());
        let library = first.map(|given| split(given).1.to_path_buf());
        let input = self.core.clone().or(library).or(world).unwrap_or_default();
        let extension = if self.wit.embed_only {
            "embedded"
        } else {
            "component"
        };
        self.output.path(&input, extension)
    }
}

impl WitArgs {
    fn load(&self) -> Result<Option<Wit>> {
        let Some(path) = &self.wit else {
            return Ok(None);
        };
        let packages = wit::load(path, &self.features.get())?;
        let encoding = self.encoding.unwrap_or_default();
        Wit::new(packages, self.world.as_deref(), encoding).map(Some)
    }
}

impl AdapterArgs {
    fn load(&self) -> Result<Vec<Named>> {
        let mut adapters: Vec<Named> = Vec::new();
        for given in &self.adapt {
            let (name, path) = split(given);
            let name = name.map_or_else(|| module_name(path), str::to_string);
            let adapter = named(name, path)?;
            if let Some(other) = adapters.iter().find(|other| other.name == adapter.name) {
                return Err(Diagnostic::invocation(
                    "new/repeated-adapter",
                    format!("two adapters are given for `{}`", adapter.name),
                )
                .cause(format!("they are `{}` and `{}`", other.path, adapter.path))
                .help("give one, or say which is for which: `--adapt NAME=FILE`"));
            }
            adapters.push(adapter);
        }
        Ok(adapters)
    }
}

impl EncodingArgs {
    fn get(&self) -> Result<Encoding> {
        let names = self.import_names.iter().map(|given| {
            let (old, new) = given.split_once('=').ok_or_else(|| {
                Diagnostic::invocation(
                    "cli/usage",
                    format!("`{given}` is no pair of an old and a new name"),
                )
                .help("write `--import-name OLD=NEW`")
            })?;
            Ok((old.to_string(), new.to_string()))
        });
        Ok(Encoding {
            import_names: names.collect::<Result<_>>()?,
            merge_imports: self.merge_imports_based_on_semver.unwrap_or(true),
            canonical_names: self.canonical_names,
            reject_legacy_names: self.reject_legacy_names,
            debug_names: self.debug_names.unwrap_or(true),
            return_call_ref: self.return_call_ref.unwrap_or(false),
            realloc_via_memory_grow: self.realloc_via_memory_grow,
            validate: !self.skip_validation,
        })
    }
}

/// `NAME=FILE` or `FILE`.
fn split(given: &str) -> (Option<&str>, &Path) {
    match given.split_once('=') {
        Some((name, path)) => (Some(name), Path::new(path)),
        None => (None, Path::new(given)),
    }
}

/// A file's name up to its first dot: what the adapter in it adapts.
fn module_name(path: &Path) -> String {
    let name = file_name(path);
    name.split('.').next().unwrap_or_default().to_string()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn named(name: String, path: &Path) -> Result<Named> {
    let bytes = files::read(path)?.to_vec();
    let path = path.display().to_string();
    Ok(Named { name, path, bytes })
}

/// A library is known by its whole file name.
fn library(given: &str, dl_openable: bool) -> Result<Library> {
    let (name, path) = split(given);
    let name = name.map_or_else(|| file_name(path), str::to_string);
    Ok(Library {
        module: named(name, path)?,
        dl_openable,
    })
}

fn shown(path: &str) -> &str {
    if args::is_dash(Path::new(path)) {
        "to standard output"
    } else {
        path
    }
}

fn heap_text(method: Method, function: Option<&str>) -> String {
    match method {
        Method::CabiRealloc => {
            let function = function.unwrap_or_default();
            format!("the adapter's memory comes from the module's `{function}`")
        }
        Method::InitialSize => "the adapter's memory is kept out of the module's heap".to_string(),
        Method::GoHeap => "Go's heap goes on behind the adapter's memory".to_string(),
    }
}

impl From<Bundled> for Choice {
    fn from(bundled: Bundled) -> Choice {
        match bundled {
            Bundled::Auto => Choice::Auto,
            Bundled::Command => Choice::Bundled(Kind::Command),
            Bundled::Reactor => Choice::Bundled(Kind::Reactor),
            Bundled::Proxy => Choice::Bundled(Kind::Proxy),
            Bundled::None => Choice::None,
        }
    }
}

impl From<Heap> for Policy {
    fn from(heap: Heap) -> Policy {
        match heap {
            Heap::Auto => Policy::Auto,
            Heap::Cure => Policy::Cure,
            Heap::Keep => Policy::Keep,
        }
    }
}

impl From<Abi> for DummyAbi {
    fn from(abi: Abi) -> DummyAbi {
        match abi {
            Abi::Legacy => DummyAbi::Legacy,
            Abi::Standard32 => DummyAbi::Standard32,
            Abi::AsyncCallback => DummyAbi::AsyncCallback,
            Abi::AsyncStackful => DummyAbi::AsyncStackful,
        }
    }
}
