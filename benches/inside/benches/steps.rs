//! What does each step inside wct cost, without the process around it?
//!
//! Of the component that `COMPONENT` names, else of what `make demo` built.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wct::component::Component;
use wct::inspect::capabilities::capabilities;
use wct::progress::Silent;
use wct::{shrink, size, validate};

const DEMO: &str = "../../examples/pipeline/target/wct/pipeline.wasm";

fn steps(criterion: &mut Criterion) {
    let path = std::env::var("COMPONENT").unwrap_or_else(|_| DEMO.to_string());
    let bytes = std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{path}: {error}; `make demo` makes it"));
    let component = Component::parse(&bytes).expect("it is a component");
    let mut group = criterion.benchmark_group("steps");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("parse", |b| {
        b.iter(|| black_box(Component::parse(&bytes).is_ok()))
    });
    group.bench_function("encode", |b| {
        b.iter(|| black_box(component.emit(&mut |_| None)))
    });
    group.bench_function("validate", |b| {
        let options = validate::Options::default();
        b.iter(|| black_box(validate::validate(&path, &bytes, &options)));
    });
    group.bench_function("liveness, and ways to imports", |b| {
        b.iter(|| black_box(capabilities(&path, &bytes).is_ok()));
    });
    group.bench_function("owners of bytes", |b| {
        b.iter(|| black_box(size::size(&path, &bytes, size::Options::default()).is_ok()));
    });
    group.sample_size(10);
    group.bench_function("shrink", |b| {
        let options = shrink::Options::default();
        b.iter(|| black_box(shrink::shrink(&path, &bytes, &options, &Silent).is_ok()));
    });
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
