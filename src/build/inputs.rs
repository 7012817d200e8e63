//! Which files is a component made from?

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};

/// Folders that hold what is made or installed, never what is written by hand.
const MADE: &[&str] = &["__pycache__", "node_modules", "zig-cache", "zig-out"];

/// Such folders where they are directly in the folder of a component; further down, sources may be
/// in folders of these names.
const MADE_AT_THE_TOP: &[&str] = &["build", "dist", "target", "venv"];

/// Files that say of the folder they are in that it holds what is made or installed.
const MARKS: &[&str] = &[MARK, "pyvenv.cfg"];

/// The mark of caches.
pub const MARK: &str = "CACHEDIR.TAG";

/// Files that a build writes, or reads on its own.
const OWN: &[&str] = &["wct.toml", "wct.lock"];

/// All files below a folder, sorted, without hidden ones and without what is made or installed.
pub fn walk(folder: &Path) -> Vec<PathBuf> {
    walk_from(folder, None, &BTreeSet::new())
}

/// The files of a component in this folder, without these folders and files.
pub fn walk_but(folder: &Path, but: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    walk_from(folder, Some(folder), but)
}

/// The files that a path stands for which was found to go into a component: itself, or all that is
/// below a folder. The packages in the folder of a cargo package are not a part of it.
pub fn behind(path: &Path, but: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_path_buf()];
    }
    let mut found = walk_but(path, but);
    if path.join("Cargo.toml").is_file() {
        let packages = found.iter().filter(|file| file.ends_with("Cargo.toml"));
        let packages = packages.filter_map(|file| file.parent());
        let within: BTreeSet<PathBuf> = packages
            .filter(|folder| *folder != path)
            .map(Path::to_path_buf)
            .collect();
        found.retain(|file| {
            let mut around = file.ancestors().take_while(|folder| *folder != path);
            !around.any(|folder| within.contains(folder))
        });
    }
    found
}

fn walk_from(start: &Path, top: Option<&Path>, but: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // Folders behind links are walked once, and not where they lead back.
    let mut linked = BTreeSet::new();
    let here = start.canonicalize().unwrap_or_default();
    let mut leads_on = |path: &Path| {
        let to = path.canonicalize().ok();
        to.is_some_and(|to| !here.starts_with(&to) && !but.contains(&to) && linked.insert(to))
    };
    let mut open = vec![start.to_path_buf()];
    while let Some(around) = open.pop() {
        let Ok(entries) = around.read_dir() else {
            continue;
        };
        for entry in entries.filter_map(Result::ok) {
            let (name, path) = (entry.file_name(), entry.path());
            let name = name.to_string_lossy();
            if name.starts_with('.') || but.contains(&path) {
                continue;
            }
            let Some(kind) = entry.file_type().ok() else {
                continue;
            };
            // What a link leads to; one that leads nowhere may lead somewhere later.
            let behind = path.metadata().ok();
            if behind.as_ref().is_some_and(Metadata::is_dir) {
                let is_made = MADE.contains(&&*name)
                    || (top == Some(&around) && MADE_AT_THE_TOP.contains(&&*name))
                    || MARKS.iter().any(|mark| path.join(mark).is_file());
                if !is_made && (!kind.is_symlink() || leads_on(&path)) {
                    open.push(path);
                }
            } else if !OWN.contains(&&*name) && behind.is_none_or(|behind| behind.is_file()) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The path without `.` and `..`.
pub fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                // Behind a link, it leads elsewhere; what is gone has no links.
                plain = plain.canonicalize().unwrap_or(plain);
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

/// The files below a folder that one of the patterns matches, sorted; a pattern without `*` is a
/// path.
pub fn matching(folder: &Path, patterns: &[String]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for pattern in patterns {
        let path = folder.join(pattern);
        if !pattern.contains(['*', '?']) {
            match path.is_dir() {
                true => found.extend(walk(&path)),
                false => found.push(path),
            }
            continue;
        }
        // Only what stands before the first wildcard has to be walked.
        let fixed = pattern
            .split('/')
            .take_while(|part| !part.contains(['*', '?']));
        let start = fixed.fold(folder.to_path_buf(), |path, part| path.join(part));
        let pattern: Vec<&str> = pattern.split('/').filter(|part| *part != ".").collect();
        let files = walk_from(&start, Some(folder), &BTreeSet::new()).into_iter();
        found.extend(files.filter(|file| {
            let Ok(below) = file.strip_prefix(folder) else {
                return false;
            };
            let below = below.to_string_lossy();
            let parts: Vec<&str> = below.split('/').collect();
            matches(&pattern, &parts)
        }));
    }
    found.sort();
    found.dedup();
    found
}

/// Does a path match, part by part? `**` stands for any number of parts.
fn matches(pattern: &[&str], path: &[&str]) -> bool {
    // How much of the pattern can be behind us, before each part of the path.
    let close = |mut at: Vec<bool>| {
        for (i, part) in pattern.iter().enumerate() {
            if *part == "**"
                && at.get(i) == Some(&true)
                && let Some(next) = at.get_mut(i + 1)
            {
                *next = true;
            }
        }
        at
    };
    let mut at = vec![false; pattern.len() + 1];
    if let Some(first) = at.first_mut() {
        *first = true;
    }
    let mut at = close(at);
    for part in path {
        let mut next = vec![false; pattern.len() + 1];
        for (i, wanted) in pattern
            .iter()
            .enumerate()
            .filter(|(i, _)| at.get(*i) == Some(&true))
        {
            let to = match *wanted {
                "**" => i,
                wanted if matches_part(wanted.as_bytes(), part.as_bytes()) => i + 1,
                _ => continue,
            };
            if let Some(place) = next.get_mut(to) {
                *place = true;
            }
        }
        at = close(next);
    }
    at.last() == Some(&true)
}

/// `*` stands for anything, `?` for one byte.
fn matches_part(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == b'?' || name.get(n) == Some(c) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_parts_of_names_and_for_folders() {
        let fits = |pattern: &str, path: &str| {
            let parts = |text: &'static str| text.split('/').collect::<Vec<_>>();
            matches(
                &parts(Box::leak(pattern.to_string().into_boxed_str())),
                &parts(Box::leak(path.to_string().into_boxed_str())),
            )
        };
        assert!(fits("src/*.c", "src/a.c"));
        assert!(!fits("src/*.c", "src/deep/a.c"));
        assert!(fits("src/**/*.c", "src/a.c"));
        assert!(fits("src/**/*.c", "src/deep/er/a.c"));
        assert!(fits("**", "a/b/c"));
        assert!(fits("a?c*e", "abcdde"));
        assert!(!fits("a?c*e", "abcddf"));
    }
}
