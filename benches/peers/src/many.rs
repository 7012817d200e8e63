//! What is compared of `wct validate` with many files?

use std::path::{Path, PathBuf};

use crate::cases::Case;

/// One call for all components of the folder `WCT_MANY` beside a loop over the peer, and beside one
/// call for five times as many: its memory should not grow.
pub fn cases(wct: &str, peer: &str, folder: &Path) -> Vec<Case> {
    let Some(many) = std::env::var_os("WCT_MANY").map(PathBuf::from) else {
        return Vec::new();
    };
    let files = files(&many);
    let copies = copies(&files, &folder.join("many"));
    let count = files.len();
    let own = |files: &[PathBuf]| {
        let command = [wct, "validate", "--features", "all"].map(str::to_string);
        let files = files.iter().map(|file| file.display().to_string());
        command.into_iter().chain(files).collect()
    };
    let each = r#"peer=$1; shift; for file; do "$peer" validate --features all "$file"; done"#;
    let mut peer: Vec<String> = ["sh", "-c", each, "sh", peer].map(str::to_string).into();
    peer.extend(files.iter().map(|file| file.display().to_string()));
    vec![
        Case {
            title: format!("`validate` {count} files in one call, beside a loop"),
            own: own(&files),
            peer,
        },
        Case {
            title: format!("`validate` {} files, beside {count} files", copies.len()),
            own: own(&copies),
            peer: own(&files),
        },
    ]
}

/// The components of a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|name| name == "wasm"))
        .collect();
    files.sort();
    files
}

/// Five of each file, in `folder`.
fn copies(files: &[PathBuf], folder: &Path) -> Vec<PathBuf> {
    let _ = std::fs::create_dir_all(folder);
    let all = (0..5).flat_map(|round| files.iter().map(move |file| (round, file)));
    all.filter_map(|(round, file)| {
        let name = file.file_name()?.to_string_lossy();
        let copy = folder.join(format!("{round}-{name}"));
        std::fs::copy(file, &copy).ok()?;
        Some(copy)
    })
    .collect()
}
