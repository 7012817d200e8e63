//! Damaged input never panics, hangs or eats memory.
//!
//! `MUTATIONS=100000` makes it a long run, `WCT_CORPUS=FOLDER` adds every `.wasm` of a folder to
//! what is damaged, `FIRST=N` starts with another number. An input that fails is kept in
//! `target/robust`.

#[path = "support/binaries.rs"]
mod binaries;
#[path = "support/mutate.rs"]
mod mutate;

use std::alloc::{GlobalAlloc, Layout, System};
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mutate::{Numbers, damaged};
use wct::progress::Silent;
use wct::{inspect, new, validate};

/// Counts what is allocated, so that an input that asks for much is noticed.
struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const MEMORY: usize = 1 << 30;
const TIME: Duration = Duration::from_secs(5);

fn number(variable: &str, default: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

/// What is damaged. Larger files would only make each try slower.
fn seeds() -> Vec<Vec<u8>> {
    let seeds = binaries::all().into_iter().map(|(_, bytes)| bytes);
    seeds.filter(|bytes| bytes.len() <= 400_000).collect()
}

/// Everything that reads a binary. The results do not matter, coming back does.
fn read_all_ways(bytes: &[u8]) {
    let _ = validate::validate("input", bytes, &Default::default());
    let features = wct::wit::Features::All;
    let _ = inspect::summary::summary("input", bytes, &features);
    let _ = inspect::tree::tree("input", bytes);
    let _ = inspect::sections::sections("input", bytes);
    let by_source = wct::size::Options {
        by: Some(wct::size::By::Source),
    };
    if let Ok(report) = wct::size::size("input", bytes, by_source) {
        // Names are demangled when they are written.
        let _ = serde_json::to_string(&report);
    }
    let _ = inspect::metadata::metadata("input", bytes);
    for said in ["name=a", "name=", "version=1.0.0"].map(wct::metadata::Change::parse) {
        let _ = wct::metadata::write("input", bytes, said.ok().as_slice());
    }
    let _ = inspect::text::print("input", bytes, inspect::text::Detail::Skeleton);
    let _ = wct::html::page("input", bytes, &|count| count.to_string());
    if let Ok(interface) = inspect::wit::read("input", bytes, &features) {
        let _ = interface.text();
        let _ = interface.encode(false);
    }
    turn_around(bytes, &features);
    compare(bytes, &features);
    let _ = new::wrap("input", bytes, &Default::default(), &Silent);
}

/// With itself, and with nothing.
fn compare(bytes: &[u8], features: &wct::wit::Features) {
    use wct::diff::{Input, diff};
    if wct::binary::layer(bytes) != Some(wct::binary::Layer::Component) {
        return;
    }
    let read = |bytes: &[u8]| {
        let bytes = wct::files::Bytes::Owned(bytes.to_vec());
        Input::of_bytes("input", bytes, features)
    };
    let (Ok(input), Ok(nothing)) = (read(bytes), read(b"(component)")) else {
        return;
    };
    for (old, new) in [(&input, &input), (&input, &nothing), (&nothing, &input)] {
        if let Ok(report) = diff(old, new, &Default::default()) {
            let _ = wct::html::changes(&report, &|count| count.to_string());
        }
    }
}

/// Worlds of components alone: those of modules are merged, and assertions of wit-parser that only
/// debug builds have expect packages in an order that merging does not keep.
fn turn_around(bytes: &[u8], features: &wct::wit::Features) {
    use inspect::wit::{Change, read};
    if wct::binary::layer(bytes) != Some(wct::binary::Layer::Component) {
        return;
    }
    let importize = Change::Importize {
        world: None,
        new_name: None,
    };
    let exportize = Change::Exportize {
        world: None,
        new_name: None,
        only: Vec::new(),
    };
    for change in [importize, exportize] {
        let changed = read("input", bytes, features).and_then(|wit| wit.change(&change));
        let _ = changed.and_then(|changed| changed.without_docs().text());
    }
}

#[test]
fn damaged_input_never_panics_hangs_or_eats_memory() {
    let seeds = seeds();
    let first = number("FIRST", 0);
    let end = first + number("MUTATIONS", 1_000);
    let mut failed = Vec::new();
    let baseline = LIVE.load(Ordering::Relaxed);
    for number in first..end {
        let input = damaged(&seeds, &mut Numbers::new(number));
        PEAK.store(LIVE.load(Ordering::Relaxed), Ordering::Relaxed);
        let start = Instant::now();
        let panicked = catch_unwind(|| read_all_ways(&input)).is_err();
        let slow = start.elapsed() > TIME;
        let greedy = PEAK.load(Ordering::Relaxed).saturating_sub(baseline) > MEMORY;
        if panicked || slow || greedy {
            keep(number, &input);
            failed.push(format!(
                "{number}: panic {panicked}, slow {slow}, greedy {greedy}"
            ));
        }
    }
    assert!(
        failed.is_empty(),
        "{} inputs:\n{}",
        failed.len(),
        failed.join("\n")
    );
}

fn keep(number: u64, input: &[u8]) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/robust");
    std::fs::create_dir_all(&folder).expect("the target folder is writable");
    std::fs::write(folder.join(format!("{number}.wasm")), input).expect("it is writable");
}
