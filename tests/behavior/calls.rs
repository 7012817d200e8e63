//! Calls that take more than WAVE text: streams, futures, and what other calls answered.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot::{Sender, channel};
use wasmtime::component::{
    FutureConsumer, FutureReader, Source, StreamConsumer, StreamReader, StreamResult, Val,
};
use wasmtime::{Result, StoreContextMut, bail, error::Context as _};
use wasmtime_wasi::WasiCtxBuilder;

use super::host::{self, Instance, Program};

/// Calls `func(stream<u8>) -> tuple<stream<u8>, future<u64>>`; all that it answers.
pub fn transform(program: &Program, path: &str, bytes: &[u8]) -> Result<(Vec<u8>, u64)> {
    host::block_on(async {
        let wasi = WasiCtxBuilder::new().build();
        let mut instance = program.instantiate(wasi).await?;
        let func = instance.func(path)?;
        let Instance { mut store, .. } = instance;
        let input = StreamReader::new(&mut store, bytes.to_vec())?;
        let input = Val::Stream(input.try_into_stream_any(&mut store)?);
        let answer = store.run_concurrent(async |accessor| {
            let mut results = [Val::Bool(false)];
            func.call_concurrent(accessor, &[input], &mut results)
                .await?;
            let [Val::Tuple(pair)] = results else {
                bail!("the answer is no tuple");
            };
            let Ok([Val::Stream(stream), Val::Future(future)]) = <[Val; 2]>::try_from(pair) else {
                bail!("the answer is no stream with a future");
            };
            let ((whole, bytes), (last, number)) = (channel(), channel());
            accessor.with(|mut store| {
                let stream: StreamReader<u8> = stream.try_into_stream_reader()?;
                let future: FutureReader<u64> = future.try_into_future_reader()?;
                stream.pipe(&mut store, Collect(Vec::new(), Some(whole)))?;
                future.pipe(&mut store, Last(Some(last)))
            })?;
            Ok((bytes.await?, number.await?))
        });
        answer.await?
    })
}

/// A function of an interface, and its arguments in WAVE; `$2` stands for what the third call
/// answered, or what its `ok` or `some` holds.
pub type Step<'a> = (&'a str, &'a [&'a str]);

/// Calls functions of an interface one after another in one instance: their answers in WAVE, up to
/// the first trap. Fails where a call cannot be made.
pub fn in_turn(program: &Program, interface: &str, steps: &[Step<'_>]) -> Result<Vec<String>> {
    host::block_on(async {
        let wasi = WasiCtxBuilder::new().build();
        let mut instance = program.instantiate(wasi).await?;
        let mut answers: Vec<Val> = Vec::new();
        let mut shown = Vec::new();
        for (name, args) in steps {
            let func = instance.func(&format!("{interface}#{name}"))?;
            let ty = func.ty(&instance.store);
            let types: Vec<_> = ty.params().collect();
            if types.len() != args.len() {
                bail!("{name} takes {} arguments", types.len());
            }
            let args = types.iter().zip(*args);
            let args: Result<Vec<_>> = args
                .map(|((_, ty), text)| match text.strip_prefix('$') {
                    Some(step) => answers
                        .get(step.parse::<usize>()?)
                        .cloned()
                        .with_context(|| format!("{name} takes an answer that is not there")),
                    None => Val::from_wave(ty, text),
                })
                .collect();
            match instance.call(&func, &args?).await {
                Ok(results) => {
                    let answer = results.into_iter().next();
                    shown.push(answer.as_ref().map_or(String::new(), written));
                    answers.push(answer.map_or(Val::Bool(false), held));
                }
                Err(error) => {
                    shown.push(error.root_cause().to_string());
                    break;
                }
            }
        }
        Ok(shown)
    })
}

/// Handles have no text.
fn written(value: &Val) -> String {
    match value {
        Val::Resource(_) => "a handle".to_string(),
        Val::Result(Ok(Some(inner))) if matches!(**inner, Val::Resource(_)) => {
            "ok(a handle)".to_string()
        }
        value => value.to_wave().unwrap_or_else(|error| error.to_string()),
    }
}

/// What there is to go on with.
fn held(value: Val) -> Val {
    match value {
        Val::Result(Ok(Some(inner)) | Err(Some(inner))) | Val::Option(Some(inner)) => *inner,
        value => value,
    }
}

/// Keeps all bytes, and hands them on when the stream ends.
struct Collect(Vec<u8>, Option<Sender<Vec<u8>>>);

impl Drop for Collect {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.0);
        let _ = self.1.take().map(|sender| sender.send(bytes));
    }
}

impl<D> StreamConsumer<D> for Collect {
    type Item = u8;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut store: StoreContextMut<D>,
        mut source: Source<'_, u8>,
        _: bool,
    ) -> Poll<Result<StreamResult>> {
        let mut bytes = Vec::with_capacity(source.remaining(&mut store));
        source.read(&mut store, &mut bytes)?;
        self.0.extend(bytes);
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

/// Hands the number on.
struct Last(Option<Sender<u64>>);

impl<D> FutureConsumer<D> for Last {
    type Item = u64;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut store: StoreContextMut<D>,
        mut source: Source<'_, u64>,
        _: bool,
    ) -> Poll<Result<()>> {
        let mut number = None;
        source.read(&mut store, &mut number)?;
        if let (Some(number), Some(sender)) = (number, self.0.take()) {
            let _ = sender.send(number);
        }
        Poll::Ready(Ok(()))
    }
}
