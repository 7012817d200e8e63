//! How is a component compiled from Rust?

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Call, Joint, Made, Recipe, Site};
use crate::build::tools::CARGO;

/// What cargo and rustup look for in all folders around a crate, besides `Cargo.toml`.
const SETTINGS: &[&str] = &[
    ".cargo/config",
    ".cargo/config.toml",
    "rust-toolchain",
    "rust-toolchain.toml",
];

/// The variables that have to do with what cargo and rustc make, but for those that a crate asks
/// for.
const VARIABLES: &[&str] = &[
    "CARGO_BUILD_*",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_HOME",
    "CARGO_INCREMENTAL",
    "CARGO_PROFILE_*",
    "CARGO_TARGET_*",
    "RUSTC",
    "RUSTC_BOOTSTRAP",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
    "RUSTUP_TOOLCHAIN",
];

pub fn recipe(site: &Site<'_>) -> Recipe {
    let any = site.with_env(cargo(site));
    let settings = settings(&site.folder);
    let component = site.component;
    let is_plain = component.bin.is_none()
        && component.features.is_none()
        && component.flags.is_none()
        && component.env.is_none();
    Recipe {
        tools: vec![&CARGO],
        joint: is_plain.then(|| Joint {
            call: any.clone(),
            package: component.package.as_ref().map(|p| p.get_ref().clone()),
        }),
        calls: vec![chosen(any, site)],
        inputs: inputs(site, &settings),
        variables: VARIABLES,
        witnesses: witnesses(site),
        made: Made::ByCargo {
            bin: site.component.bin.as_ref().map(|bin| bin.get_ref().clone()),
        },
        around: around(site, &settings),
        ..Recipe::default()
    }
}

/// Compiles whatever the folder is for.
fn cargo(site: &Site<'_>) -> Call {
    let component = site.component;
    let target = component.target.as_ref().map(|target| *target.get_ref());
    let target = target.unwrap_or_default().name();
    let profile = component
        .profile
        .as_ref()
        .map(|profile| profile.get_ref().as_str());
    let call = Call::new(&CARGO, &site.folder)
        .args(["build", "--target", target, "--profile"])
        .arg(profile.unwrap_or("release"))
        .arg("--message-format=json-render-diagnostics")
        .when_locked("--locked");
    without_paths(call.args(site.flags()), site, target)
}

/// Compiles what the manifest chooses.
fn chosen(mut call: Call, site: &Site<'_>) -> Call {
    let component = site.component;
    if let Some(package) = &component.package {
        call = call.arg("--package").arg(package.get_ref());
    }
    if let Some(bin) = &component.bin {
        call = call.arg("--bin").arg(bin.get_ref());
    }
    if let Some(features) = &component.features {
        call = call.arg("--features").arg(features.get_ref().join(","));
    }
    call
}

/// What the `Cargo.toml` in a folder says.
fn manifest(folder: &Path) -> Option<toml::Table> {
    let text = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    text.parse().ok()
}

/// Whether a package says itself which workspace it is in.
fn names_workspace(manifest: &toml::Table) -> bool {
    let package = manifest.get("package");
    package.is_some_and(|package| package.get("workspace").is_some())
}

/// Whether the `Cargo.toml` in a folder is that of a workspace.
fn is_workspace(folder: &Path) -> bool {
    manifest(folder).is_some_and(|manifest| manifest.contains_key("workspace"))
}

/// The folder that the target folder is in: that of the workspace, or of a crate in none. `None`
/// where a setting may name another.
fn around(site: &Site<'_>, settings: &[PathBuf]) -> Option<PathBuf> {
    let component = site.component;
    let is_set = |name: &str| {
        let own = component.env.as_ref();
        std::env::var_os(name).is_some() || own.is_some_and(|env| env.get_ref().contains_key(name))
    };
    let says_where = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.contains("target-dir") || text.contains("include")
    };
    if component.flags.is_some()
        || is_set("CARGO_TARGET_DIR")
        || is_set("CARGO_BUILD_TARGET_DIR")
        || settings.iter().any(says_where)
    {
        return None;
    }
    let mut around = site.folder.ancestors();
    let (folder, own) = around.find_map(|folder| Some((folder, manifest(folder)?)))?;
    if names_workspace(&own) {
        return None;
    }
    let workspace = folder.ancestors().find(|around| is_workspace(around));
    Some(workspace.unwrap_or(folder).to_path_buf())
}

/// The workspace around a folder, and the package that is meant there: the named one, or the
/// folder's own. `None` where cargo would see other settings from the workspace's folder, or where
/// that is hard to tell.
pub fn member(folder: &Path, package: Option<&str>) -> Option<(PathBuf, String)> {
    let own = manifest(folder)?;
    if names_workspace(&own) {
        return None;
    }
    let name = package.or_else(|| own.get("package")?.get("name")?.as_str())?;
    for around in folder.ancestors() {
        if is_workspace(around) {
            return Some((around.to_path_buf(), name.to_string()));
        }
        if SETTINGS.iter().any(|name| around.join(name).exists()) {
            return None;
        }
    }
    None
}

/// Takes the paths of this machine out of what is compiled. Flags in the environment would make
/// cargo ignore those of the configuration, and the other way round.
fn without_paths(call: Call, site: &Site<'_>, target: &str) -> Call {
    let remap = |from: &Path, to: &str| {
        let mut flag = OsString::from("--remap-path-prefix=");
        flag.push(from);
        flag.push("=");
        flag.push(to);
        flag
    };
    // Of several that fit, the last is taken.
    let around = site.around().into_iter();
    let mut flags: Vec<OsString> = around.map(|(from, to)| remap(from, &to)).collect();
    flags.extend(home("CARGO_HOME", ".cargo").map(|home| remap(&home, "cargo")));
    flags.extend(home("RUSTUP_HOME", ".rustup").map(|home| remap(&home, "rustup")));
    let separator = "\u{1f}";
    let given = std::env::var("CARGO_ENCODED_RUSTFLAGS").ok().or_else(|| {
        let flags = std::env::var("RUSTFLAGS").ok()?;
        Some(flags.split_whitespace().collect::<Vec<_>>().join(separator))
    });
    match given {
        Some(given) => {
            let mut all = OsString::from(given);
            for flag in flags {
                all.push(separator);
                all.push(flag);
            }
            call.env("CARGO_ENCODED_RUSTFLAGS", all)
        }
        None => {
            let flags: Vec<String> = flags.iter().map(|f| f.to_string_lossy().into()).collect();
            let listed = toml::Value::from(flags);
            call.arg("--config")
                .arg(format!("target.{target}.rustflags={listed}"))
        }
    }
}

/// The folder that a variable names, or else the one of this name at home.
pub fn home(variable: &str, folder: &str) -> Option<PathBuf> {
    let given = std::env::var_os(variable).map(PathBuf::from);
    given.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(folder)))
}

/// What is in the crate's folder, and what of the folders around it cargo looks at. Sources of
/// other crates of a workspace, and the lock that cargo may have written, are found after the first
/// build.
fn inputs(site: &Site<'_>, settings: &[PathBuf]) -> Vec<PathBuf> {
    let mut found = site.all_files();
    found.extend_from_slice(settings);
    let manifests = site.folder.ancestors().map(|f| f.join("Cargo.toml"));
    found.extend(manifests.filter(|path| path.is_file()));
    found.retain(|path| !path.ends_with("Cargo.lock"));
    found.sort();
    found.dedup();
    found
}

/// The settings that cargo and rustup find from a folder.
fn settings(folder: &Path) -> Vec<PathBuf> {
    let around = folder.ancestors();
    let around = around.flat_map(|folder| SETTINGS.iter().map(|name| folder.join(name)));
    let home = home("CARGO_HOME", ".cargo");
    let at_home = home
        .iter()
        .flat_map(|home| ["config", "config.toml"].map(|n| home.join(n)));
    around
        .chain(at_home)
        .filter(|path| path.is_file())
        .collect()
}

/// Rustup's program is the same for all toolchains.
fn witnesses(site: &Site<'_>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if let Some(rustup) = home("RUSTUP_HOME", ".rustup") {
        found.extend(["settings.toml", "toolchains"].map(|name| rustup.join(name)));
        // A folder that has a toolchain by `rustup override`.
        let settings = std::fs::read_to_string(rustup.join("settings.toml")).unwrap_or_default();
        let is_set = |folder: &&Path| settings.contains(&format!("\"{}\"", folder.display()));
        found.extend(site.folder.ancestors().filter(is_set).map(PathBuf::from));
        // What is written to a file in a folder does not change the folder.
        let updates = rustup.join("update-hashes").read_dir();
        let updates = updates.into_iter().flatten().filter_map(|entry| entry.ok());
        let mut updates: Vec<PathBuf> = updates.map(|entry| entry.path()).collect();
        updates.sort();
        found.extend(updates);
    }
    let names = ["rust-toolchain", "rust-toolchain.toml"];
    let around = site
        .folder
        .ancestors()
        .flat_map(|folder| names.map(|name| folder.join(name)));
    found.extend(around.filter(|path| path.is_file()));
    found
}
