//! How is a component compiled from Rust?

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Call, Joint, Made, Recipe, Site};
use crate::build::tools::CARGO;

/// What cargo and rustup look for in all folders around a crate, besides `Cargo.toml`.
const SETTINGS: &[&str] = &[
    ".cargo/config.toml",
    "rust-toolchain",
    "rust-toolchain.toml",
];

pub fn recipe(site: &Site<'_>) -> Recipe {
    let any = site.with_env(cargo(site));
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
        inputs: inputs(site),
        variables: &["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTUP_TOOLCHAIN"],
        witnesses: witnesses(site),
        made: Made::ByCargo {
            bin: site.component.bin.as_ref().map(|bin| bin.get_ref().clone()),
        },
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

/// The workspace around a folder, and the package that is meant there: the named one, or the
/// folder's own. `None` where cargo would see other settings from the workspace's folder, or where
/// that is hard to tell.
pub fn member(folder: &Path, package: Option<&str>) -> Option<(PathBuf, String)> {
    let manifest = |folder: &Path| -> Option<toml::Table> {
        let text = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
        text.parse().ok()
    };
    let own = manifest(folder)?;
    let table = own.get("package");
    if table.is_some_and(|table| table.get("workspace").is_some()) {
        return None;
    }
    let name = package.or_else(|| table?.get("name")?.as_str())?;
    for around in folder.ancestors() {
        if manifest(around).is_some_and(|manifest| manifest.contains_key("workspace")) {
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
    let mut flags = vec![remap(site.root, ".")];
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

fn home(variable: &str, folder: &str) -> Option<PathBuf> {
    let given = std::env::var_os(variable).map(PathBuf::from);
    given.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(folder)))
}

/// What is in the crate's folder, and what of the folders around it cargo looks at. Sources of
/// other crates of a workspace, and the lock that cargo may have written, are found after the first
/// build.
fn inputs(site: &Site<'_>) -> Vec<PathBuf> {
    let mut found = site.all_files();
    for folder in site.folder.ancestors() {
        let around = SETTINGS.iter().chain(&["Cargo.toml"]);
        found.extend(
            around
                .map(|name| folder.join(name))
                .filter(|path| path.is_file()),
        );
    }
    found.retain(|path| !path.ends_with("Cargo.lock"));
    found.sort();
    found.dedup();
    found
}

/// Rustup's program is the same for all toolchains.
fn witnesses(site: &Site<'_>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if let Some(rustup) = home("RUSTUP_HOME", ".rustup") {
        found
            .extend(["settings.toml", "update-hashes", "toolchains"].map(|name| rustup.join(name)));
    }
    let names = ["rust-toolchain", "rust-toolchain.toml"];
    let around = site
        .folder
        .ancestors()
        .flat_map(|folder| names.map(|name| folder.join(name)));
    found.extend(around.filter(|path| path.is_file()));
    found
}
