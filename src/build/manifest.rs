//! What does `wct.toml` say?

mod check;
mod keys;
mod package;

use std::ops::Range;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::diagnostic::{Diagnostic, Label, Result, Source};
use crate::metadata::Change;
use crate::toml_keys;
use crate::validate::{self, Rules};

use package::Package;

/// What the manifest is called.
pub const NAME: &str = "wct.toml";

/// The manifest of a project that is named by its folder, or by the manifest itself.
pub fn at(place: &Path) -> PathBuf {
    match place.is_file() {
        true => place.to_path_buf(),
        false => place.join(NAME),
    }
}

/// Values without where they are.
pub fn texts(spanned: &[Spanned<String>]) -> Vec<String> {
    spanned.iter().map(|text| text.get_ref().clone()).collect()
}

const DOCS: &str = "docs/commands/build.md";

/// A project: components, and what becomes of them.
#[derive(Debug)]
pub struct Manifest {
    /// What outputs say about themselves besides their names; without it they do not say these,
    /// either.
    pub package: Option<Vec<Change>>,
    pub components: IndexMap<String, Component>,
    pub compositions: IndexMap<String, Composition>,
    pub shrink: Shrink,
    /// The policy for outputs, and their budget.
    pub rules: Rules,
    /// The text of the table `policy`: a change of it is a change of what is asked for.
    pub policy_text: String,
    /// Where tools are, by their names.
    pub tools: IndexMap<String, String>,
    pub text: Text,
}

/// The text of a manifest, for errors that point into it.
#[derive(Clone, Debug)]
pub struct Text {
    source: Source,
}

#[derive(Deserialize)]
struct File {
    package: Option<Package>,
    #[serde(default)]
    component: IndexMap<Spanned<String>, Component>,
    #[serde(default)]
    compose: IndexMap<Spanned<String>, Composition>,
    #[serde(default)]
    shrink: Shrink,
    policy: Option<toml::Table>,
    #[serde(default)]
    tools: IndexMap<String, String>,
}

/// One component, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Component {
    #[serde(skip)]
    pub span: Range<usize>,
    pub lang: Option<Spanned<Lang>>,
    /// A shell command that leaves `output` behind.
    pub command: Option<Spanned<String>>,
    /// A ready-made module or component.
    pub file: Option<Spanned<String>>,
    /// The folder that all else is relative to.
    pub path: Option<Spanned<String>>,
    pub sources: Option<Spanned<Vec<String>>>,
    pub inputs: Option<Spanned<Vec<String>>>,
    pub output: Option<Spanned<String>>,
    pub wit: Option<Spanned<String>>,
    pub world: Option<Spanned<String>>,
    pub kind: Option<Spanned<Kind>>,
    pub target: Option<Spanned<Target>>,
    pub package: Option<Spanned<String>>,
    pub bin: Option<Spanned<String>>,
    pub features: Option<Spanned<Vec<String>>>,
    pub profile: Option<Spanned<String>>,
    pub engine: Option<Spanned<Engine>>,
    pub flags: Option<Spanned<Vec<String>>>,
    pub env: Option<Spanned<IndexMap<String, String>>>,
    pub adapter: Option<Spanned<AdapterName>>,
}

/// A language whose toolchain is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    Rust,
    C,
    Cpp,
    Js,
    Ts,
    Python,
    Go,
    Zig,
    AssemblyScript,
    Wat,
}

/// What a component is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Called by others.
    Library,
    /// Runs from a start to an end.
    Command,
}

/// A target of Rust's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum Target {
    #[default]
    #[serde(rename = "wasm32-wasip2")]
    Wasip2,
    #[serde(rename = "wasm32-wasip1")]
    Wasip1,
    #[serde(rename = "wasm32-unknown-unknown")]
    Unknown,
}

/// What runs JavaScript inside a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// Large, and near to what browsers offer.
    #[default]
    StarlingMonkey,
    /// Small, the language alone.
    QuickJs,
}

/// Which adapter for WASI preview 1 is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AdapterName {
    Auto,
    Command,
    Reactor,
    Proxy,
    None,
}

/// Components that become one.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Composition {
    #[serde(skip)]
    pub span: Range<usize>,
    pub root: Spanned<String>,
    #[serde(default)]
    pub plug: Vec<Spanned<String>>,
    /// `INSTANCE:IMPORT=INSTANCE[:EXPORT]`
    #[serde(default)]
    pub wires: Vec<Spanned<String>>,
    /// `INSTANCE:EXPORT[=NAME]`
    #[serde(default)]
    pub exports: Vec<Spanned<String>>,
    /// `PATTERN[=trap|deny|empty]`
    #[serde(default)]
    pub stub: Vec<Spanned<String>>,
    /// Patterns of imports that are left to the host.
    #[serde(default)]
    pub open: Vec<String>,
    /// Refuse imports that nothing provides and that `open` does not name.
    #[serde(default)]
    pub closed: bool,
}

/// How outputs are made smaller.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Shrink {
    pub enabled: bool,
    pub keep_names: bool,
    pub keep_custom: Vec<String>,
    pub drop_metadata: bool,
    pub optimize_for: Objective,
    pub wasm_opt: WasmOpt,
}

impl Default for Shrink {
    fn default() -> Shrink {
        Shrink {
            enabled: true,
            keep_names: false,
            keep_custom: Vec::new(),
            drop_metadata: false,
            optimize_for: Objective::Raw,
            wasm_opt: WasmOpt::Never,
        }
    }
}

/// Which size counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Objective {
    Raw,
    Compressed,
}

/// Whether an external wasm-opt is asked for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WasmOpt {
    Never,
    /// Where there is one.
    Auto,
    Always,
}

impl Manifest {
    /// Reads a manifest. `name` is the path as the user typed it. Fails, with a label, where
    /// something is not TOML, not known, of another type, or contradicts something else.
    pub fn parse(name: &str, text: &str) -> Result<Manifest> {
        let source = Source {
            name: name.to_string(),
            text: text.into(),
        };
        let place = Text { source };
        let broken = |error: &toml::de::Error| {
            let message = error.message().lines().next().unwrap_or_default();
            place
                .refuse(message, error.span().unwrap_or(0..0))
                .help(format!("see `{DOCS}` for what a manifest may say"))
        };
        let table = toml::de::DeTable::parse(text).map_err(|error| broken(&error))?;
        if let Some(unknown) = toml_keys::unknown(table.get_ref(), &keys::MANIFEST) {
            let error = place.refuse(unknown.message(), unknown.range.clone());
            return Err(unknown.explain(error, DOCS));
        }
        let file: File = toml::from_str(text).map_err(|error| broken(&error))?;
        let rules = match &file.policy {
            Some(_) => validate::parse_policy(name, text)?,
            None => Rules::default(),
        };
        let policy_text = file.policy.map(|table| table.to_string());
        let package = file.package.map(|package| package.changes(&place));
        let manifest = Manifest {
            package: package.transpose()?,
            components: named(file.component, |component, span| component.span = span),
            compositions: named(file.compose, |composition, span| composition.span = span),
            shrink: file.shrink,
            rules,
            policy_text: policy_text.unwrap_or_default(),
            tools: file.tools,
            text: place,
        };
        manifest.check()?;
        Ok(manifest)
    }
}

fn named<T>(
    entries: IndexMap<Spanned<String>, T>,
    set: impl Fn(&mut T, Range<usize>),
) -> IndexMap<String, T> {
    let entries = entries.into_iter().map(|(key, mut value)| {
        set(&mut value, key.span());
        (key.into_inner(), value)
    });
    entries.collect()
}

impl Text {
    /// An error about this part of the manifest.
    pub fn refuse(&self, message: impl Into<String>, range: Range<usize>) -> Box<Diagnostic> {
        self.mark(Diagnostic::error("build/manifest", message), range)
    }

    /// The error, with a mark on this part of the manifest.
    pub fn mark(&self, error: Box<Diagnostic>, range: Range<usize>) -> Box<Diagnostic> {
        error.label(Label {
            source: self.source.clone(),
            range,
            text: String::new(),
        })
    }
}

impl Composition {
    /// The names of its parts, the root first.
    pub fn parts(&self) -> Vec<String> {
        let parts = std::iter::once(&self.root).chain(&self.plug);
        parts.map(|part| part.get_ref().clone()).collect()
    }

    /// Everything that a change of would change the outcome.
    pub fn settings(&self) -> String {
        let (wires, exports) = (texts(&self.wires), texts(&self.exports));
        let (stubs, open, closed) = (texts(&self.stub), &self.open, self.closed);
        format!("{wires:?} {exports:?} {stubs:?} {open:?} {closed}")
    }
}

impl Lang {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Lang::Rust => "rust",
            Lang::C => "c",
            Lang::Cpp => "cpp",
            Lang::Js => "js",
            Lang::Ts => "ts",
            Lang::Python => "python",
            Lang::Go => "go",
            Lang::Zig => "zig",
            Lang::AssemblyScript => "assemblyscript",
            Lang::Wat => "wat",
        }
    }
}

impl Target {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Target::Wasip2 => "wasm32-wasip2",
            Target::Wasip1 => "wasm32-wasip1",
            Target::Unknown => "wasm32-unknown-unknown",
        }
    }
}
