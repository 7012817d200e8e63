//! How is a component compiled?
//!
//! A [`Recipe`] says it: which tools, which calls of them, from which files, and what is left
//! behind. One file per language; nothing here runs anything.

mod assemblyscript;
mod c;
mod go;
mod js;
mod other;
mod python;
pub(super) mod rust;
mod zig;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::inputs;
use super::manifest::{Component, Kind, Lang};
use super::tools::Tool;
use crate::diagnostic::{Diagnostic, Result};

/// A component of a project, and where its parts are.
pub struct Site<'a> {
    pub name: &'a str,
    pub component: &'a Component,
    /// Of the project; absolute, as all others.
    pub root: &'a Path,
    /// What paths of the component are relative to.
    pub folder: PathBuf,
    /// Where its steps leave what they make.
    pub out: PathBuf,
    pub wit: Option<PathBuf>,
    /// Folders of other components, and what commands leave behind.
    pub others: &'a BTreeSet<PathBuf>,
}

/// How a component comes about.
#[derive(Debug, Default)]
pub struct Recipe {
    pub tools: Vec<&'static Tool>,
    /// Writes bindings into the folder `bindings` of the step.
    pub bindings: Option<Call>,
    pub calls: Vec<Call>,
    pub joint: Option<Joint>,
    /// Read for what goes in, besides the tools.
    pub inputs: Vec<PathBuf>,
    /// Variables of the caller's that the tools look at; with a `*` at the end, all that begin so.
    pub variables: &'static [&'static str],
    /// Files that tell of another version of a tool.
    pub witnesses: Vec<PathBuf>,
    pub made: Made,
    /// The folder that cargo's target folder is in; `None` where a setting may name another.
    pub around: Option<PathBuf>,
}

/// How cargo can compile several components of a workspace at a time.
#[derive(Debug)]
pub struct Joint {
    /// In the component's folder, without naming a package.
    pub call: Call,
    /// The one of that folder where none is named.
    pub package: Option<String>,
}

/// One call of a tool.
#[derive(Clone, Debug)]
pub struct Call {
    pub by: By,
    pub arguments: Vec<Argument>,
    pub folder: PathBuf,
    pub environment: Vec<(String, OsString)>,
    /// An argument that has the tool keep to its own lock file. What is made is the same.
    pub when_locked: Option<&'static str>,
}

/// Who is called.
#[derive(Clone, Copy, Debug)]
pub enum By {
    Tool(&'static Tool),
    /// The shell of the system.
    Shell,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub enum Argument {
    Text(OsString),
    /// The files of a folder with this extension, which are there once the step is.
    Files(PathBuf, &'static str),
}

/// Where a compiled module or component is found.
#[derive(Clone, Debug)]
pub enum Made {
    At(PathBuf),
    /// In what cargo tells of its artifacts.
    ByCargo {
        /// A binary, where it is not the only one.
        bin: Option<String>,
    },
}

impl Default for Made {
    fn default() -> Made {
        Made::At(PathBuf::new())
    }
}

impl Recipe {
    /// The variables that the tools look at, with their values, sorted.
    pub fn environment(&self) -> BTreeMap<OsString, OsString> {
        let is_asked = |name: &str| {
            let mut asked = self.variables.iter();
            asked.any(|asked| match asked.strip_suffix('*') {
                Some(start) => name.starts_with(start) && !UNASKED.contains(&name),
                None => name == *asked,
            })
        };
        std::env::vars_os()
            .filter(|(name, _)| name.to_str().is_some_and(is_asked))
            .collect()
    }

    /// What is set for a tool of this recipe besides the caller's environment.
    pub fn environment_of(&self, tool: &Tool) -> &[(String, OsString)] {
        let mut calls = self.bindings.iter().chain(&self.calls);
        let by_tool = calls.find(|call| matches!(call.by, By::Tool(by) if by == tool));
        by_tool.map_or(&[], |call| &call.environment)
    }
}

/// Variables that say where something is done, or how fast, and not what.
const UNASKED: &[&str] = &[
    "CARGO_BUILD_JOBS",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_TARGET_DIR",
];

impl Call {
    pub fn new(tool: &'static Tool, folder: &Path) -> Call {
        Call {
            by: By::Tool(tool),
            arguments: Vec::new(),
            folder: folder.to_path_buf(),
            environment: Vec::new(),
            when_locked: None,
        }
    }

    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, more: impl IntoIterator<Item = A>) -> Call {
        let more = more.into_iter().map(|text| Argument::Text(text.into()));
        self.arguments.extend(more);
        self
    }

    #[must_use]
    pub fn arg(self, text: impl Into<OsString>) -> Call {
        self.args([text])
    }

    /// With the files of a folder that have this extension.
    #[must_use]
    pub fn files(mut self, folder: &Path, extension: &'static str) -> Call {
        let files = Argument::Files(folder.to_path_buf(), extension);
        self.arguments.push(files);
        self
    }

    #[must_use]
    pub fn when_locked(mut self, argument: &'static str) -> Call {
        self.when_locked = Some(argument);
        self
    }

    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Call {
        self.environment.push((name.to_string(), value.into()));
        self
    }
}

/// The recipe of a component that has to be compiled or run for.
pub fn recipe(site: &Site<'_>) -> Result<Recipe> {
    let component = site.component;
    if let Some(file) = &component.file {
        return Ok(other::file(site, file.get_ref()));
    }
    if let Some(command) = &component.command {
        return Ok(other::command(site, command.get_ref()));
    }
    let lang = component
        .lang
        .as_ref()
        .map_or(Lang::Wat, |lang| *lang.get_ref());
    let mut recipe = match lang {
        Lang::Rust => rust::recipe(site),
        Lang::C | Lang::Cpp => c::recipe(site, lang)?,
        Lang::Js | Lang::Ts => js::recipe(site, lang)?,
        Lang::Python => python::recipe(site)?,
        Lang::Go => go::recipe(site),
        Lang::Zig => zig::recipe(site)?,
        Lang::AssemblyScript => assemblyscript::recipe(site)?,
        Lang::Wat => other::wat(site)?,
    };
    if let Some(patterns) = &component.inputs {
        recipe.inputs = inputs::matching(&site.folder, patterns.get_ref());
    }
    Ok(recipe)
}

impl Site<'_> {
    /// What the compiled form is called.
    fn compiled(&self) -> PathBuf {
        self.out.join("raw.wasm")
    }

    fn bindings(&self) -> PathBuf {
        self.out.join("bindings")
    }

    /// Everything in the component's folder, and the sources that the manifest names elsewhere.
    fn all_files(&self) -> Vec<PathBuf> {
        let mut found = inputs::walk_but(&self.folder, self.others);
        found.extend(self.wit_files());
        found.extend(self.files(&self.patterns(&[])));
        found.sort();
        found.dedup();
        found
    }

    fn wit_files(&self) -> Vec<PathBuf> {
        match &self.wit {
            Some(wit) if wit.is_dir() => inputs::walk(wit),
            Some(wit) => vec![wit.clone()],
            None => Vec::new(),
        }
    }

    /// The sources that the manifest names, or these.
    fn sources(&self, or: &[&str]) -> Result<Vec<PathBuf>> {
        let patterns = self.patterns(or);
        self.expect_named(&patterns)?;
        let found = self.files(&patterns);
        match found.is_empty() {
            true => Err(self.no_sources(&patterns)),
            false => Ok(found),
        }
    }

    /// The first source, as seen from the component's folder.
    fn entry(&self, or: &[&str]) -> Result<PathBuf> {
        let patterns = self.patterns(or);
        self.expect_named(&patterns)?;
        let each = patterns.iter().map(std::slice::from_ref);
        let first = each.flat_map(|pattern| self.files(pattern)).next();
        let first = first.ok_or_else(|| self.no_sources(&patterns))?;
        let below = first.strip_prefix(&self.folder).unwrap_or(&first);
        Ok(below.to_path_buf())
    }

    /// Fails where the manifest names something that is not there.
    fn expect_named(&self, patterns: &[String]) -> Result<()> {
        let is_missing = |pattern: &&String| {
            self.component.sources.is_some()
                && self.files(std::slice::from_ref(*pattern)).is_empty()
        };
        let missing: Vec<String> = patterns.iter().filter(is_missing).cloned().collect();
        match missing.is_empty() {
            true => Ok(()),
            false => Err(self.no_sources(&missing)),
        }
    }

    fn patterns(&self, or: &[&str]) -> Vec<String> {
        match &self.component.sources {
            Some(given) => given.get_ref().clone(),
            None => or.iter().map(ToString::to_string).collect(),
        }
    }

    fn files(&self, patterns: &[String]) -> Vec<PathBuf> {
        let mut found = inputs::matching(&self.folder, patterns);
        found.retain(|path| path.is_file());
        found
    }

    fn no_sources(&self, patterns: &[String]) -> Box<Diagnostic> {
        let listed: Vec<String> = patterns.iter().map(|text| format!("`{text}`")).collect();
        let folder = self.folder.strip_prefix(self.root).unwrap_or(&self.folder);
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        Diagnostic::error(
            "build/no-sources",
            format!("`{}` has no sources", self.name),
        )
        .cause(format!(
            "{} is nowhere in `{}`",
            listed.join(" or "),
            folder.display()
        ))
        .help("name them: `sources = [\"FILE\"]`, relative to the folder of the component")
    }

    /// What it says, or what having a world says.
    fn is_library(&self) -> bool {
        let kind = self.component.kind.as_ref().map(|kind| *kind.get_ref());
        match kind {
            Some(kind) => kind == Kind::Library,
            None => self.wit.is_some(),
        }
    }

    fn flags(&self) -> &[String] {
        let flags = self.component.flags.as_ref();
        flags.map_or(&[], |flags| flags.get_ref())
    }

    fn world(&self) -> Option<&str> {
        let world = self.component.world.as_ref();
        world.map(|world| world.get_ref().as_str())
    }

    /// The project's folder and those around it, the outermost first, each with its path from the
    /// project's: what tells nothing of the machine. The top is none of them: nearly all is below.
    fn around(&self) -> Vec<(&Path, String)> {
        let folders = self.root.ancestors().filter(|at| at.parent().is_some());
        let names = std::iter::successors(Some(".".to_string()), |name| match name.as_str() {
            "." => Some("..".to_string()),
            name => Some(format!("../{name}")),
        });
        let mut around: Vec<(&Path, String)> = folders.zip(names).collect();
        around.reverse();
        around
    }

    /// `call`, with the settings of the manifest's `env`.
    fn with_env(&self, call: Call) -> Call {
        let set = self.component.env.iter().flat_map(|env| env.get_ref());
        set.fold(call, |call, (name, value)| call.env(name, value))
    }
}
