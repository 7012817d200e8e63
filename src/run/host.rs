//! Which host runs components?
//!
//! Wasmtime with WASI 0.2 and 0.3, nothing of the outside but what a run is given: the same time and
//! again, but for the clock.

use wasmtime::component::{Component, Func, Linker, ResourceTable, Type, Val};
use wasmtime::{Config, Engine, OptLevel, Result, Store, bail, error::Context};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

/// What a command did.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub stdout: String,
    pub stderr: String,
    /// 0 for success; the message of the trap where there was one.
    pub exit: std::result::Result<i32, String>,
}

pub struct State {
    table: ResourceTable,
    wasi: WasiCtx,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

pub struct Instance {
    pub store: Store<State>,
    pub instance: wasmtime::component::Instance,
    pub component: Component,
}

/// Output that is kept, per stream.
const CAPACITY: usize = 1 << 20;

fn engine() -> Result<Engine> {
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::None);
    config.wasm_component_model_async(true);
    Engine::new(&config)
}

pub async fn instantiate(wasm: &[u8], wasi: WasiCtx) -> Result<Instance> {
    let engine = engine()?;
    let component = Component::new(&engine, wasm)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    let state = State {
        table: ResourceTable::new(),
        wasi,
    };
    let mut store = Store::new(&engine, state);
    let instance = linker.instantiate_async(&mut store, &component).await?;
    Ok(Instance {
        store,
        instance,
        component,
    })
}

impl Instance {
    /// The exported function `iface#name` or `name`.
    pub fn func(&mut self, path: &str) -> Result<Func> {
        let (interface, name) = match path.rsplit_once('#') {
            Some((interface, name)) => (Some(interface), name),
            None => (None, path),
        };
        let parent = match interface {
            None => None,
            Some(interface) => Some(
                self.instance
                    .get_export_index(&mut self.store, None, interface)
                    .with_context(|| format!("no export {interface}"))?,
            ),
        };
        let index = self
            .instance
            .get_export_index(&mut self.store, parent.as_ref(), name)
            .with_context(|| format!("no export {path}"))?;
        let func = self.instance.get_func(&mut self.store, index);
        func.with_context(|| format!("{path} is no function"))
    }

    pub async fn call(&mut self, func: &Func, args: &[Val]) -> Result<Vec<Val>> {
        let results = func.ty(&self.store).results().len();
        let mut out = vec![Val::Bool(false); results];
        func.call_async(&mut self.store, args, &mut out).await?;
        Ok(out)
    }
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime starts");
    runtime.block_on(future)
}

/// Nothing of the outside; what is random is the same every time.
fn sealed() -> WasiCtxBuilder {
    let mut wasi = WasiCtxBuilder::new();
    let numbers = || wasmtime_wasi::Deterministic::new((0..=255).collect());
    wasi.secure_random(numbers())
        .insecure_random(numbers())
        .insecure_random_seed(1);
    wasi
}

/// Calls an export of a component with arguments in WAVE text; returns the result in the same.
pub fn call(wasm: &[u8], path: &str, args: &[&str]) -> Result<String> {
    let outcome = call_with(wasm, path, |types| {
        if types.len() != args.len() {
            bail!("{path} takes {} arguments, not {}", types.len(), args.len());
        }
        let args = types.iter().zip(args);
        args.map(|(ty, arg)| Val::from_wave(ty, arg)).collect()
    });
    outcome?
}

/// Calls an export with the arguments that `args` makes for its types. Fails where it cannot be
/// called; what comes of the call is the inner result.
pub fn call_with(
    wasm: &[u8],
    path: &str,
    args: impl FnOnce(&[Type]) -> Result<Vec<Val>>,
) -> Result<Result<String>> {
    block_on(async {
        let mut instance = instantiate(wasm, sealed().build()).await?;
        let func = instance.func(path)?;
        let ty = func.ty(&instance.store);
        let types: Vec<Type> = ty.params().map(|(_, ty)| ty).collect();
        let args = args(&types)?;
        Ok(instance.call(&func, &args).await.and_then(|results| {
            let results: Result<Vec<_>> = results.iter().map(Val::to_wave).collect();
            Ok(results?.join(", "))
        }))
    })
}

/// Runs a command component.
pub fn run(wasm: &[u8], args: &[&str]) -> Outcome {
    run_in(wasm, args, None)
}

/// Is it a command?
pub fn is_command(wasm: &[u8]) -> Result<bool> {
    let component = Component::new(&engine()?, wasm)?;
    let engine = component.engine();
    let ty = component.component_type();
    let mut exports = ty.exports(engine);
    Ok(exports.any(|(name, _)| name.starts_with(RUN)))
}

/// What a command exports, of any version.
const RUN: &str = "wasi:cli/run@";

/// Runs a command component with a folder as its root directory.
pub fn run_in(wasm: &[u8], args: &[&str], root: Option<&std::path::Path>) -> Outcome {
    let stdout = MemoryOutputPipe::new(CAPACITY);
    let stderr = MemoryOutputPipe::new(CAPACITY);
    let mut wasi = sealed();
    wasi.stdout(stdout.clone())
        .stderr(stderr.clone())
        .args(args);
    if let Some(root) = root {
        wasi.preopened_dir(root, "/", wasmtime_wasi::FsPerms::ReadWrite)
            .expect("the folder is there");
    }
    let exit = block_on(run_command(wasm, wasi.build()));
    let text = |pipe: MemoryOutputPipe| String::from_utf8_lossy(&pipe.contents()).into_owned();
    Outcome {
        stdout: text(stdout),
        stderr: text(stderr),
        exit: exit.or_else(|error| match error.downcast_ref::<I32Exit>() {
            Some(exit) => Ok(exit.0),
            None => Err(format!("{error:?}")),
        }),
    }
}

async fn run_command(wasm: &[u8], wasi: WasiCtx) -> Result<i32> {
    let mut instance = instantiate(wasm, wasi).await?;
    let ty = instance.component.component_type();
    let engine = instance.store.engine().clone();
    let name = ty
        .exports(&engine)
        .map(|(name, _)| name.to_string())
        .find(|name| name.starts_with(RUN))
        .context("no export wasi:cli/run")?;
    let func = instance.func(&format!("{name}#run"))?;
    match instance.call(&func, &[]).await?.first() {
        Some(Val::Result(Ok(_))) => Ok(0),
        _ => Ok(1),
    }
}
