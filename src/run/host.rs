//! Which host runs components?
//!
//! Wasmtime with WASI 0.2 and 0.3, nothing of the outside but what a run is given: the same time and
//! again, but for the clock.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use wasmtime::component::{Component, Func, Linker, ResourceTable, Type, Val};
use wasmtime::error::Context;
use wasmtime::{Config, Engine, OptLevel, Result, Store, StoreLimits, StoreLimitsBuilder};
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
    limits: StoreLimits,
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
}

/// Output that is kept, per stream.
const CAPACITY: usize = 1 << 20;

/// What a memory may grow to.
const MEMORY: usize = 1 << 30;

/// A run was not over in time.
#[derive(Debug)]
pub struct TimedOut;

impl std::fmt::Display for TimedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("it was not over in time")
    }
}

impl std::error::Error for TimedOut {}

/// A component, compiled once to be run several times, each time anew.
pub struct Program {
    component: Component,
    linker: Linker<State>,
    limit: Duration,
}

impl Program {
    pub fn new(wasm: &[u8], limit: Duration) -> Result<Program> {
        let mut config = Config::new();
        config.cranelift_opt_level(OptLevel::None);
        config.wasm_component_model_async(true);
        config.epoch_interruption(true);
        let engine = Engine::new(&config)?;
        let component = Component::new(&engine, wasm)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        Ok(Program {
            component,
            linker,
            limit,
        })
    }

    pub fn limit(&self) -> Duration {
        self.limit
    }

    pub async fn instantiate(&self, wasi: WasiCtx) -> Result<Instance> {
        let state = State {
            table: ResourceTable::new(),
            wasi,
            limits: StoreLimitsBuilder::new().memory_size(MEMORY).build(),
        };
        let mut store = Store::new(self.component.engine(), state);
        store.limiter(|state| &mut state.limits);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        let instance = self.linker.instantiate_async(&mut store, &self.component);
        let instance = instance.await?;
        Ok(Instance { store, instance })
    }

    /// What comes of a run, unless the time is over before. Code that never waits is made to yield
    /// at every tick.
    fn within<T>(&self, run: impl Future<Output = Result<T>>) -> Result<T> {
        let _ticks = Ticks::of(self.component.engine());
        let outcome = block_on(async { tokio::time::timeout(self.limit, run).await });
        outcome.unwrap_or_else(|_| Err(TimedOut.into()))
    }

    /// Calls an export with the arguments that `args` makes for its types. Fails where it cannot be
    /// called; what comes of the call is the inner result.
    pub fn call(
        &self,
        path: &str,
        args: impl FnOnce(&[Type]) -> Result<Vec<Val>>,
    ) -> Result<Result<String>> {
        self.within(async {
            let mut instance = self.instantiate(sealed().build()).await?;
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

    /// Runs a command, with a folder as its root directory where there is one. Fails only where it
    /// takes too long.
    pub fn run(&self, args: &[&str], root: Option<&std::path::Path>) -> Result<Outcome> {
        let stdout = MemoryOutputPipe::new(CAPACITY);
        let stderr = MemoryOutputPipe::new(CAPACITY);
        let mut wasi = sealed();
        wasi.stdout(stdout.clone())
            .stderr(stderr.clone())
            .args(args);
        if let Some(root) = root {
            wasi.preopened_dir(root, "/", wasmtime_wasi::FsPerms::ReadWrite)?;
        }
        let exit = match self.within(self.command(wasi.build())) {
            Ok(exit) => Ok(exit),
            Err(error) if error.is::<TimedOut>() => return Err(error),
            Err(error) => match error.downcast_ref::<I32Exit>() {
                Some(exit) => Ok(exit.0),
                None => Err(format!("{error:?}")),
            },
        };
        let text = |pipe: MemoryOutputPipe| String::from_utf8_lossy(&pipe.contents()).into_owned();
        Ok(Outcome {
            stdout: text(stdout),
            stderr: text(stderr),
            exit,
        })
    }

    /// The name under which it exports that it is a command.
    pub fn command_export(&self) -> Option<String> {
        let engine = self.component.engine();
        let ty = self.component.component_type();
        let mut names = ty.exports(engine).map(|(name, _)| name.to_string());
        names.find(|name| name.starts_with("wasi:cli/run@"))
    }

    async fn command(&self, wasi: WasiCtx) -> Result<i32> {
        let name = self.command_export().context("no export wasi:cli/run")?;
        let mut instance = self.instantiate(wasi).await?;
        let func = instance.func(&format!("{name}#run"))?;
        match instance.call(&func, &[]).await?.first() {
            Some(Val::Result(Ok(_))) => Ok(0),
            _ => Ok(1),
        }
    }
}

/// Time that goes on for an engine until this is dropped.
struct Ticks {
    stop: Option<Sender<()>>,
    clock: Option<JoinHandle<()>>,
}

impl Ticks {
    fn of(engine: &Engine) -> Ticks {
        let engine = engine.clone();
        let (stop, stopped) = channel();
        let tick = Duration::from_millis(10);
        let clock = std::thread::spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(tick) {
                engine.increment_epoch();
            }
        });
        Ticks {
            stop: Some(stop),
            clock: Some(clock),
        }
    }
}

impl Drop for Ticks {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(clock) = self.clock.take() {
            let _ = clock.join();
        }
    }
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
