//! What is compared of `wct compose`?

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::cases::Case;

/// Compositions of the files of a corpus, if there is one, beside `wac plug` (the program `WAC`, else the
/// one on the path) and `cp`. Large inputs go to `folder`.
pub fn cases(wct: &str, folder: &Path) -> Vec<Case> {
    let Some(corpus) = std::env::var_os("WCT_CORPUS").map(PathBuf::from) else {
        return Vec::new();
    };
    let mut cases = Vec::new();
    for (form, root, parts) in [
        (
            "with WASI",
            "pipeline.wasip2",
            ["json_tools.wasip2", "compressor.wasip2"],
        ),
        (
            "without WASI",
            "pipeline.unknown",
            ["json_tools.v105", "compressor.unknown"],
        ),
    ] {
        let file = |name: &str| shown(&corpus.join(format!("{name}.component.wasm")));
        cases.extend(plugged(wct, folder, form, file(root), parts.map(file)));
    }
    cases.extend(copied(
        wct,
        folder,
        &corpus.join("formatter-py.component.wasm"),
    ));
    cases
}

/// A pipeline of three, against `wac plug`.
fn plugged(wct: &str, folder: &Path, form: &str, root: String, parts: [String; 2]) -> Option<Case> {
    if !Path::new(&root).is_file() {
        return None;
    }
    let wac = std::env::var("WAC").unwrap_or_else(|_| "wac".to_string());
    let [own_out, peer_out] = ["own.wasm", "peer.wasm"].map(|name| shown(&folder.join(name)));
    let with = |program: &str, verb: &str, option: &str, out: String| {
        let mut command = vec![program.to_string(), verb.to_string(), root.clone()];
        for part in &parts {
            command.extend([option.to_string(), part.clone()]);
        }
        command.extend(["-o".to_string(), out]);
        command
    };
    Some(Case {
        title: format!("`compose` three components {form}, beside `wac plug`"),
        own: with(wct, "compose", "-d", own_out),
        peer: with(&wac, "plug", "--plug", peer_out),
    })
}

/// Two large components, against a copy of the result.
fn copied(wct: &str, folder: &Path, large: &Path) -> Option<Case> {
    let [first, second] = ["first.wasm", "second.wasm"].map(|name| folder.join(name));
    // Copied, not read: what this process held would count as the peak of those it starts.
    let size = std::fs::copy(large, &first).ok()?;
    std::fs::copy(large, &second).ok()?;
    // Another component of the same size: a custom section more.
    let second_file = OpenOptions::new().append(true).open(&second);
    second_file.ok()?.write_all(b"\0\x06\x05other").ok()?;
    let result = shown(&folder.join("two.wasm"));
    let interface = "example:json-tools/formatter@1.0.0";
    let own = [
        wct,
        "compose",
        &shown(&first),
        "-d",
        &shown(&second),
        "--export",
        &format!("first:{interface}"),
        "--export",
        &format!("second:{interface}=second"),
        "-o",
        &result,
    ];
    let own: Vec<String> = own.map(str::to_string).to_vec();
    let peer = ["cp", &result, &shown(&folder.join("copy.wasm"))];
    Some(Case {
        title: format!(
            "`compose` two components of {:.1} MB, beside `cp` of the result",
            size as f64 / 1e6
        ),
        own,
        peer: peer.map(str::to_string).to_vec(),
    })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
