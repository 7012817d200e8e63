//! What is compared with programs that know core modules alone?

use std::path::{Path, PathBuf};

use crate::cases::Case;

/// `inspect --size` beside `twiggy top` (the program `TWIGGY`, else the one on the path), on the core
/// modules of the corpus and the largest one in a component with DWARF; `shrink` of core modules beside
/// `wasm-opt -Oz` (the program `WASM_OPT`).
pub fn cases(wct: &str, folder: &Path) -> Vec<Case> {
    let Some(corpus) = std::env::var_os("WCT_CORPUS").map(PathBuf::from) else {
        return Vec::new();
    };
    let mut cases = Vec::new();
    let twiggy = std::env::var("TWIGGY").unwrap_or_else(|_| "twiggy".to_string());
    let debug = corpus.join("json_tools-debug.wasip2.component.wasm");
    if let Some(core) = largest_module(&debug, folder) {
        let top = [twiggy.clone(), "top".to_string(), shown(&core)];
        let own = |file: &Path| {
            [wct, "inspect", "--size", &shown(file)]
                .map(str::to_string)
                .into()
        };
        cases.push(Case {
            title: "`inspect --size` of a module with DWARF, beside `twiggy top`".to_string(),
            own: own(&core),
            peer: top.to_vec(),
        });
        cases.push(Case {
            title: "`inspect --size` of its component, beside `twiggy top` of the module"
                .to_string(),
            own: own(&debug),
            peer: top.to_vec(),
        });
    }
    let wasm_opt = std::env::var("WASM_OPT").unwrap_or_else(|_| "wasm-opt".to_string());
    for name in ["cli.wasip1", "json_tools.unknown", "formatter-c"] {
        let core = shown(&corpus.join(format!("{name}.core.wasm")));
        let out = shown(&folder.join("shrunk.wasm"));
        let peer = [&wasm_opt, "-Oz", "--all-features", &core, "-o", &out];
        cases.push(Case {
            title: format!("`shrink` {name}.core.wasm, beside `wasm-opt -Oz`"),
            own: [wct, "shrink", &core, "-o", &out]
                .map(str::to_string)
                .into(),
            peer: peer.map(str::to_string).to_vec(),
        });
    }
    cases
}

/// The largest core module of a component, as a file of its own.
fn largest_module(component: &Path, folder: &Path) -> Option<PathBuf> {
    let bytes = std::fs::read(component).ok()?;
    let range = modules(&bytes).max_by_key(ExactSizeIterator::len)?;
    let path = folder.join("largest.core.wasm");
    std::fs::write(&path, bytes.get(range)?).ok()?;
    Some(path)
}

/// Where the core modules of a component are.
fn modules(component: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> {
    const CORE_MODULE: u8 = 1;
    let mut at = 8;
    std::iter::from_fn(move || {
        let id = *component.get(at)?;
        let (size, length) = number(component.get(at + 1..)?)?;
        let start = at + 1 + length;
        at = start.checked_add(size)?;
        Some((id, start..at))
    })
    .filter(|(id, _)| *id == CORE_MODULE)
    .map(|(_, range)| range)
}

/// A LEB128 number, and how many bytes it takes.
fn number(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
