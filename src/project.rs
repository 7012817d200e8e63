//! Which project does a file belong to?
//!
//! That of the nearest `wct.toml`: in its folder, or in one around it.

use std::path::{Path, PathBuf};

/// What the manifest of a project is called.
pub const MANIFEST: &str = "wct.toml";

/// The manifest of the project that a folder is in. The path is as short as it can be, seen from
/// the working directory.
pub fn manifest(folder: &Path) -> Option<PathBuf> {
    let folder = std::fs::canonicalize(folder).ok()?;
    let mut around = folder.ancestors().map(|folder| folder.join(MANIFEST));
    around.find(|path| path.is_file()).map(short)
}

/// Without the working directory, where the path is in there.
fn short(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().and_then(std::fs::canonicalize);
    match here.map(|here| path.strip_prefix(here).map(Path::to_path_buf)) {
        Ok(Ok(inside)) => inside,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_manifest_around_a_folder_is_taken() {
        let root = tempfile::tempdir().expect("a folder can be made");
        let root = std::fs::canonicalize(root.path()).expect("it is there");
        let inner = root.join("parts/one");
        std::fs::create_dir_all(&inner).expect("folders can be made");
        let outer = root.join(MANIFEST);
        std::fs::write(&outer, "").expect("it can be written");
        assert_eq!(manifest(&inner), Some(outer.clone()));
        let nearer = root.join("parts").join(MANIFEST);
        std::fs::write(&nearer, "").expect("it can be written");
        assert_eq!(manifest(&inner), Some(nearer));
        assert_eq!(manifest(&root), Some(outer));
        assert_eq!(manifest(&root.join("nowhere")), None);
    }
}
