//! Which commands are compared, on which files?

use std::path::Path;

/// A command of wct beside the one of the peer that does the same.
pub struct Case {
    pub title: String,
    pub own: Vec<String>,
    pub peer: Vec<String>,
}

/// The cases for which the files are there.
pub fn all(wct: &str, peer: &str, folder: &Path) -> Vec<Case> {
    let out = folder.join("new.wasm").display().to_string();
    let mut cases = vec![case(
        wct,
        peer,
        "start-up: `--version`",
        "--version",
        "--version",
    )];
    for file in files() {
        let path = Path::new(&file);
        let name = path
            .file_name()
            .map_or(file.clone(), |name| name.to_string_lossy().into_owned());
        let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let what = format!("{name} ({:.1} MB)", size as f64 / 1e6);
        let verbs = [("inspect --wit", "component wit"), ("validate", "validate")];
        for (own, theirs) in verbs {
            let skip = own != "validate" && name.contains(".core.");
            if !skip {
                cases.push(case(
                    wct,
                    peer,
                    &format!("`{own}` {what}"),
                    &format!("{own} {file}"),
                    &format!("{theirs} {file}"),
                ));
            }
        }
        if name.contains(".core.") {
            cases.push(new(wct, peer, &what, &file, &out));
        }
    }
    cases
}

/// The same module wrapped with the same adapter, if it needs one.
fn new(wct: &str, peer: &str, what: &str, file: &str, out: &str) -> Case {
    let adapter = std::env::var("ADAPTER").ok();
    let adapter = adapter.map_or(String::new(), |path| {
        format!(" --adapt wasi_snapshot_preview1={path}")
    });
    case(
        wct,
        peer,
        &format!("`new` {what}"),
        &format!("new {file}{adapter} -o {out}"),
        &format!("component new {file}{adapter} -o {out}"),
    )
}

fn case(wct: &str, peer: &str, title: &str, own: &str, theirs: &str) -> Case {
    let command = |program: &str, arguments: &str| {
        let arguments = arguments.split(' ').map(str::to_string);
        std::iter::once(program.to_string())
            .chain(arguments)
            .collect()
    };
    Case {
        title: title.to_string(),
        own: command(wct, own),
        peer: command(peer, theirs),
    }
}

/// The files to measure with: a corpus where one is named, else what the demo made.
fn files() -> Vec<String> {
    let folder = std::env::var("WCT_CORPUS").unwrap_or_else(|_| "target/demo".to_string());
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .filter(|path| std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 100_000))
        .map(|path| path.display().to_string())
        .collect();
    files.sort();
    files
}
