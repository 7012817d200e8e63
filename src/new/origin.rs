//! Where does an import come from that nothing in the component model provides?

use super::adapter::PREVIEW1;
use super::core::{Core, Import};

/// What made a module import something. Names the way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Origin {
    AssemblyScript,
    Emscripten,
    Go,
    Memory,
    Preview0,
    Preview1,
    SharedLibrary,
    Threads,
    UndefinedSymbol,
    Wasix,
    WasmBindgen,
    Wit,
    World,
    Unknown,
}

/// What `env` is to a module: C toolchains, AssemblyScript and Emscripten all call their
/// surroundings so.
#[derive(Clone, Copy)]
pub(super) enum Env {
    Linker,
    Emscripten,
    Any,
}

impl Env {
    pub fn of(core: &Core<'_>) -> Env {
        let mut env = core.imports.iter().filter(|import| import.module == "env");
        match core.is_library {
            true => Env::Linker,
            false if env.any(|import| is_emscripten(&import.name)) => Env::Emscripten,
            false => Env::Any,
        }
    }
}

/// Tells the origin by the names that toolchains give.
pub(super) fn of(import: &Import, env: Env) -> Origin {
    match import.module.as_str() {
        PREVIEW1 => Origin::Preview1,
        "wasi_unstable" => Origin::Preview0,
        "wasi" => Origin::Threads,
        "go" | "gojs" => Origin::Go,
        "wbg" => Origin::WasmBindgen,
        "GOT.mem" | "GOT.func" => Origin::SharedLibrary,
        "$root" => Origin::World,
        "env" => of_env(&import.name, env),
        module if module.starts_with("__wbindgen_") => Origin::WasmBindgen,
        module if module.ends_with("_bg.js") => Origin::WasmBindgen,
        module if module.starts_with("wasix_") => Origin::Wasix,
        module if module.starts_with("asyncify") => Origin::Emscripten,
        module if is_interface(module) => Origin::Wit,
        _ => Origin::Unknown,
    }
}

fn of_env(name: &str, env: Env) -> Origin {
    match env {
        Env::Linker => Origin::SharedLibrary,
        Env::Emscripten => Origin::Emscripten,
        Env::Any if name == "memory" => Origin::Memory,
        Env::Any if is_assemblyscript(name) => Origin::AssemblyScript,
        Env::Any => Origin::UndefinedSymbol,
    }
}

fn is_emscripten(name: &str) -> bool {
    const PREFIXES: [&str; 5] = [
        "emscripten_",
        "_emscripten_",
        "invoke_",
        "__syscall_",
        "_embind_",
    ];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || matches!(
            name,
            "_abort_js" | "__cxa_throw" | "__cxa_begin_catch" | "abortOnCannotGrowMemory"
        )
}

/// What AssemblyScript's standard library imports (its `std/assembly/bindings/dom.ts` and
/// `builtins.ts`).
fn is_assemblyscript(name: &str) -> bool {
    const PREFIXES: [&str; 6] = [
        "console.",
        "Date.",
        "performance.",
        "crypto.",
        "process.",
        "Math.",
    ];
    matches!(name, "abort" | "seed" | "trace")
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a name has the form of a WIT interface: `namespace:package/interface`.
pub(super) fn is_interface(name: &str) -> bool {
    let name = name.strip_prefix("[export]").unwrap_or(name);
    let name = name.strip_prefix("cm32p2|").unwrap_or(name);
    let Some((package, interface)) = name.split_once('/') else {
        return false;
    };
    let Some((namespace, package)) = package.split_once(':') else {
        return false;
    };
    let interface = interface.split('@').next().unwrap_or_default();
    [namespace, package, interface]
        .iter()
        .all(|word| is_kebab(word))
}

fn is_kebab(word: &str) -> bool {
    !word.is_empty()
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == ':')
}

impl Origin {
    /// What such an import is, after its name: "`env::abort` is …".
    pub fn describe(self) -> &'static str {
        match self {
            Origin::AssemblyScript => "from AssemblyScript's standard library",
            Origin::Emscripten => "from Emscripten's JavaScript runtime",
            Origin::Go => "from Go's JavaScript runtime (`GOOS=js`)",
            Origin::Memory => "a memory that the module imports instead of having it",
            Origin::Preview0 => "from the WASI of before 2020",
            Origin::Preview1 => "from WASI preview 1",
            Origin::SharedLibrary => "what a shared library imports from its linker",
            Origin::Threads => "from wasi-threads, which have no form in the component model",
            Origin::UndefinedSymbol => {
                "undefined in the program: the linker let it through (`--allow-undefined`)"
            }
            Origin::Wasix => "from WASIX, which only Wasmer provides",
            Origin::WasmBindgen => "from wasm-bindgen's JavaScript glue",
            Origin::Wit => "from an interface that no world of the module imports",
            Origin::World => "a function that no world of the module imports",
            Origin::Unknown => "from a host's own environment",
        }
    }

    /// The way out.
    pub fn help(self) -> &'static str {
        match self {
            Origin::AssemblyScript => {
                "compile with a function of your own in its place, `asc --use abort=…`, or with \
                 `@assemblyscript/wasi-shim`"
            }
            Origin::Emscripten => {
                "compile with wasi-sdk (`clang --target=wasm32-wasip1`), or link with \
                 `emcc -sSTANDALONE_WASM`"
            }
            Origin::Go => "build with `GOOS=wasip1 GOARCH=wasm go build`",
            Origin::Memory => {
                "link without `wasm-ld --import-memory`, and with the memory exported"
            }
            Origin::Preview0 => {
                "rebuild with a toolchain of today, which imports `wasi_snapshot_preview1`"
            }
            Origin::Preview1 => "leave out `--adapter none`: an adapter for it is bundled",
            Origin::SharedLibrary => {
                "link it with the libraries that it needs: `--library FILE` for each"
            }
            Origin::Threads => "build without threads",
            Origin::UndefinedSymbol => {
                "define it or link the library that does; link without `wasm-ld --allow-undefined` \
                 to see who uses it"
            }
            Origin::Wasix => "build for `wasm32-wasip1` or `wasm32-wasip2` instead",
            Origin::WasmBindgen => {
                "build without wasm-bindgen, for `wasm32-wasip2` or with the crate `wit-bindgen`; \
                 browser crates need their wasm features turned off"
            }
            Origin::Wit => "name the WIT that describes it: `--wit PATH --world NAME`",
            Origin::World => "name the WIT of its world: `--wit PATH --world NAME`",
            Origin::Unknown => {
                "describe it in WIT and import that, or provide it: `--adapt NAME=FILE`"
            }
        }
    }
}
