//! How small does `wct shrink` make what `jco opt` makes smaller, too?

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::process::measure;

/// What one program made of a component.
struct Made {
    bytes: u64,
    seconds: f64,
}

struct Row {
    name: String,
    before: u64,
    own: Made,
    /// Nothing where it fails.
    peer: Option<Made>,
}

/// The components of `WCT_CORPUS` and of `WCT_HELD_OUT`, one run each; `JCO` names the program that
/// they are compared with. Nothing without it.
pub fn tables(wct: &str, folder: &Path) -> String {
    let Ok(jco) = std::env::var("JCO") else {
        return String::new();
    };
    let mut out = String::new();
    for (variable, what) in [
        ("WCT_CORPUS", "components that the passes were written with"),
        ("WCT_HELD_OUT", "components that they were not"),
    ] {
        let Some(files) = std::env::var_os(variable).map(PathBuf::from) else {
            continue;
        };
        let rows: Vec<Row> = components(&files)
            .iter()
            .filter_map(|file| row(wct, &jco, file, folder))
            .collect();
        write_table(&mut out, what, &rows);
    }
    out
}

fn components(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.retain(|path| {
        let name = path.to_string_lossy();
        name.ends_with(".wasm") && !name.contains(".core.")
    });
    files.sort();
    files
}

fn row(wct: &str, jco: &str, file: &Path, folder: &Path) -> Option<Row> {
    let name = file.file_stem()?.to_string_lossy().into_owned();
    eprintln!("`shrink` {name}");
    let made = |program: &str, verb: &str| {
        let out = folder.join("shrunk.wasm");
        let _ = std::fs::remove_file(&out);
        let command = [program, verb, &shown(file), "-o", &shown(&out)].map(str::to_string);
        let usage = measure(&command);
        let usage = usage.inspect_err(|reason| eprintln!("  {reason}")).ok()?;
        Some(Made {
            bytes: std::fs::metadata(&out).ok()?.len(),
            seconds: usage.seconds,
        })
    };
    Some(Row {
        name,
        before: std::fs::metadata(file).ok()?.len(),
        own: made(wct, "shrink")?,
        peer: made(jco, "opt"),
    })
}

fn write_table(out: &mut String, what: &str, rows: &[Row]) {
    let _ = writeln!(
        out,
        "\n## `shrink` beside `jco opt`: {what}\n\nOne run each; bytes, and seconds of wall time.\n\n\
         | component | bytes | wct | jco | ratio of bytes | wct, s | jco, s | ratio of times |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|"
    );
    let mut ratios = Vec::new();
    for Row {
        name,
        before,
        own,
        peer,
    } in rows
    {
        let _ = write!(out, "| {name} | {before} | {} |", own.bytes);
        let _ = match peer {
            Some(peer) => {
                let ratio = own.bytes as f64 / peer.bytes as f64;
                ratios.push(ratio);
                writeln!(
                    out,
                    " {} | {ratio:.3} | {:.2} | {:.1} | 1/{:.0} |",
                    peer.bytes,
                    own.seconds,
                    peer.seconds,
                    peer.seconds / own.seconds
                )
            }
            None => writeln!(out, " fails | | {:.2} | | |", own.seconds),
        };
    }
    if !ratios.is_empty() {
        let logarithms = ratios.iter().map(|ratio| ratio.ln()).sum::<f64>();
        let mean = (logarithms / ratios.len() as f64).exp();
        let _ = writeln!(out, "\nGeometric mean of {}: {mean:.3}.", ratios.len());
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
