//! What is to be composed, by whichever way it was said?

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use wct::compose::decompose::decompose;
use wct::compose::{self, File, Flags, Plan, wac, yaml};
use wct::diagnostic::{Diagnostic, Result};
use wct::files::{self, Bytes};
use wct::input;
use wct::stub::Stub;
use wct::wit;

use super::Args;

/// A plan with the components that were read already. The paths in it lead from here.
#[derive(Default)]
pub struct Asked {
    pub plan: Plan,
    pub files: IndexMap<String, Bytes>,
    /// Those that lie in a composition and are no files.
    pub inside: Vec<String>,
    pub warnings: Vec<Diagnostic>,
}

impl Args {
    /// Reads what is to be composed, with all of its components.
    pub fn ask(&self) -> Result<Asked> {
        let mut asked = self.plan()?;
        for (id, file) in &asked.plan.components {
            if !asked.files.contains_key(id) {
                let bytes = files::read(Path::new(&file.source))?;
                asked.files.insert(id.clone(), bytes);
            }
        }
        Ok(asked)
    }

    fn plan(&self) -> Result<Asked> {
        let Some(root) = &self.root else {
            return Ok(unread(self.flags()?.plan()?));
        };
        let shown = root.display().to_string();
        let folder = root.parent().unwrap_or(Path::new(""));
        if let Some(config) = &self.config {
            let bytes = files::read(config)?;
            let text = String::from_utf8_lossy(&bytes);
            let config_folder = config.parent().unwrap_or(Path::new(""));
            let config = yaml::parse(&config.display().to_string(), &text)?;
            let bytes = files::read(root)?;
            return self.amended(configured(&shown, &bytes, &config, config_folder)?, &[]);
        }
        let bytes = files::read(root)?;
        if let Some(text) = plan_text(&bytes) {
            if wac::is_document(text) {
                return self.amended(self.document(&shown, text)?, &[]);
            }
            let mut plan = Plan::parse(&shown, text)?;
            for file in plan.components.values_mut() {
                file.source = folder.join(&file.source).display().to_string();
            }
            return self.amended(unread(plan), &self.deps);
        }
        let alone = self.chain.is_empty() && self.deps.is_empty();
        if alone && !self.changes.is_empty() {
            return self.amended(taken_apart(&shown, &bytes)?, &[]);
        }
        if alone && self.stubs.is_empty() {
            return configured(&shown, &bytes, &yaml::parse("", "")?, folder);
        }
        let mut asked = unread(self.flags()?.plan()?);
        let mut components = asked.plan.components.iter();
        if let Some((id, _)) = components.find(|(_, file)| file.source == shown) {
            // A pipe can be read once.
            asked.files.insert(id.clone(), bytes);
        }
        Ok(asked)
    }

    /// What the other options add to a plan; `providers` where they are no packages.
    fn amended(&self, mut asked: Asked, providers: &[String]) -> Result<Asked> {
        let mut flags = self.flags()?;
        let providers = self.chain.iter().chain(providers);
        flags.providers = providers.map(|text| File::parse(text)).collect();
        flags.amend(&mut asked.plan)?;
        Ok(asked)
    }

    /// A plan from a document; `-d NAME=FILE` and `--deps-dir` say where its packages are.
    fn document(&self, name: &str, text: &str) -> Result<Asked> {
        let found = wac::lower(name, text, self)?;
        Ok(Asked {
            plan: found.plan,
            files: owned(found.components),
            ..Asked::default()
        })
    }

    fn flags(&self) -> Result<Flags> {
        let root = self.root.as_ref().map(|root| File {
            name: None,
            path: root.display().to_string(),
        });
        let stubs = self.stubs.iter().map(|text| Stub::parse(text));
        Ok(Flags {
            root,
            chain: self.chain.iter().map(|text| File::parse(text)).collect(),
            providers: self.deps.iter().map(|text| File::parse(text)).collect(),
            wires: self.wires.clone(),
            exports: self.exports.clone(),
            imports: compose::plan::Imports {
                closed: self.closed,
                open: self.open.clone(),
                separate: self.separate,
            },
            stubs: stubs.collect::<Result<_>>()?,
        })
    }

    /// What an output's name is derived from.
    pub fn named(&self) -> PathBuf {
        let first = self.chain.first();
        let first = first.map(|text| PathBuf::from(File::parse(text).path));
        self.root.clone().or(first).unwrap_or_default()
    }
}

impl wac::Packages for Args {
    fn read(&self, name: &str, version: Option<&str>) -> Result<Option<(String, Vec<u8>)>> {
        let full = version.map_or(name.to_string(), |version| format!("{name}@{version}"));
        for dep in self.deps.iter().map(|text| File::parse(text)) {
            if dep
                .name
                .as_ref()
                .is_some_and(|given| *given == full || *given == name)
            {
                return read_package(Path::new(&dep.path)).map(Some);
            }
        }
        let folder = self.deps_dir.clone().unwrap_or(PathBuf::from("deps"));
        let mut path = name
            .split(':')
            .fold(folder, |path, segment| path.join(segment));
        if let Some(version) = version {
            path.push(version);
        }
        if path.is_dir() {
            return read_package(&path).map(Some);
        }
        for extension in ["wasm", "wat", "wit"] {
            let mut file = path.clone().into_os_string();
            file.push(format!(".{extension}"));
            let file = PathBuf::from(file);
            if file.is_file() {
                return read_package(&file).map(Some);
            }
        }
        Ok(None)
    }
}

/// A package: a component or module, or WIT, which is encoded.
fn read_package(path: &Path) -> Result<(String, Vec<u8>)> {
    let shown = path.display().to_string();
    if !path.is_dir() {
        let bytes = files::read(path)?;
        if plan_text(&bytes).is_none() {
            return Ok((shown, bytes.to_vec()));
        }
    }
    Ok((shown, wac::encode(&wit::load(path, &wit::Features::All)?)?))
}

fn unread(plan: Plan) -> Asked {
    Asked {
        plan,
        ..Asked::default()
    }
}

fn owned(components: IndexMap<String, Vec<u8>>) -> IndexMap<String, Bytes> {
    let owned = components.into_iter();
    owned.map(|(id, bytes)| (id, Bytes::Owned(bytes))).collect()
}

/// The plan of a composition; its components lie inside.
fn taken_apart(name: &str, bytes: &[u8]) -> Result<Asked> {
    let binary = input::to_binary(name, bytes)?;
    let found = decompose(name, &binary)?;
    let components = found.components.iter();
    let components = components.map(|(id, part)| (id.clone(), part.to_vec()));
    Ok(Asked {
        inside: found.components.keys().cloned().collect(),
        files: owned(components.collect()),
        plan: found.plan,
        warnings: found.warnings,
    })
}

/// A plan from a configuration of wasm-compose.
fn configured(name: &str, root: &[u8], config: &yaml::Config, folder: &Path) -> Result<Asked> {
    struct Folder<'f>(&'f Path);
    impl yaml::Files for Folder<'_> {
        fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
            let path = self.0.join(path);
            match path.is_file() {
                true => Ok(Some(files::read(&path)?.to_vec())),
                false => Ok(None),
            }
        }
    }
    let binary = input::to_binary(name, root)?.into_owned();
    let found = yaml::lower(config, (name, binary), &Folder(folder))?;
    let mut plan = found.plan;
    for (_, file) in plan.components.iter_mut().skip(1) {
        file.source = folder.join(&file.source).display().to_string();
    }
    Ok(Asked {
        plan,
        files: owned(found.components),
        ..Asked::default()
    })
}

/// The text of a plan; nothing if this is a component, in either form.
fn plan_text(bytes: &[u8]) -> Option<&str> {
    match input::kind(bytes) {
        Ok(input::Kind::Text) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

/// The components of a plan in binary form, in its order.
pub fn to_binaries(asked: &Asked) -> Result<Vec<(String, Cow<'_, [u8]>)>> {
    let named = asked.plan.components.iter();
    let read = named.filter_map(|(id, file)| Some((id, file, asked.files.get(id)?)));
    let binaries =
        read.map(|(id, file, bytes)| Ok((id.clone(), input::to_binary(&file.source, bytes)?)));
    binaries.collect()
}
