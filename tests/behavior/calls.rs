//! Calls that take more than WAVE text: streams, futures, and what another call answered.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot::{Sender, channel};
use wasmtime::component::{
    FutureConsumer, FutureReader, Source, StreamConsumer, StreamReader, StreamResult, Val,
};
use wasmtime::{Result, StoreContextMut, bail, error::Context as _};
use wasmtime_wasi::WasiCtxBuilder;

use super::host::{self, Instance};

/// Calls `func(stream<u8>) -> tuple<stream<u8>, future<u64>>`; all that it answers.
pub fn transform(wasm: &[u8], path: &str, bytes: &[u8]) -> Result<(Vec<u8>, u64)> {
    host::block_on(async {
        let wasi = WasiCtxBuilder::new().build();
        let mut instance = host::instantiate(wasm, wasi).await?;
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

/// Calls functions of an interface one after another; each without an argument of its own takes
/// what the one before it answered, out of its `ok`. Returns the last answer in WAVE text.
pub fn in_turn(wasm: &[u8], interface: &str, steps: &[(&str, Option<&str>)]) -> Result<String> {
    host::block_on(async {
        let mut instance = host::instantiate(wasm, WasiCtxBuilder::new().build()).await?;
        let mut last = None;
        for (name, arg) in steps {
            let func = instance.func(&format!("{interface}#{name}"))?;
            let arg = match (arg, last.take()) {
                (None, Some(Val::Result(Ok(Some(value))))) => *value,
                (None, before) => bail!("{name} cannot take {before:?}"),
                (Some(text), _) => {
                    let ty = func.ty(&instance.store);
                    let first = ty.params().next();
                    let (_, ty) = first.with_context(|| format!("{name} takes nothing"))?;
                    Val::from_wave(&ty, text)?
                }
            };
            last = instance.call(&func, &[arg]).await?.into_iter().next();
        }
        last.context("nothing was called")?.to_wave()
    })
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
