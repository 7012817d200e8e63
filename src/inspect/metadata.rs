//! What does a binary say about itself?

use std::collections::BTreeMap;
use std::io::Read;

use serde::{Deserialize, Serialize};
use wasmparser::{BinaryReader, ProducersSectionReader};

use super::parts::{Kind, Part, Root};
use crate::diagnostic::Result;
use crate::input;
use crate::module::Custom;

/// What the input and each binary nested in it say, in the order of the file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub binaries: Vec<Metadata>,
}

/// What one binary says about itself. Nothing of it is checked: it is what tools wrote.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Metadata {
    /// The nested definitions from the outermost inwards; empty for the input itself.
    pub path: Vec<String>,
    pub kind: Kind,
    pub size: u64,
    #[serde(flatten)]
    pub says: Says,
}

/// The contents of the metadata sections.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Says {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authors: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub licenses: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// By field (`language`, `processed-by`, `sdk`), then by name: the version, often empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub producers: Producers,
    /// Bytes of the dependency list of `cargo auditable` (section `.dep-v0`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dependency_list: Option<u64>,
    /// What is in that list, where it is readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dependencies: Option<Vec<Dependency>>,
    /// Annotations for a registry (section `registry-metadata`), as they stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<serde_json::Value>,
}

impl Says {
    /// What it says, each text with its label: the fields that have one text, who made it, what it
    /// was built from, what registries are told. `bytes` writes a size.
    pub fn lines(&self, bytes: &dyn Fn(u64) -> String) -> Vec<(String, String)> {
        let fields = [
            ("name", &self.name),
            ("version", &self.version),
            ("description", &self.description),
            ("authors", &self.authors),
            ("licenses", &self.licenses),
            ("source", &self.source),
            ("homepage", &self.homepage),
            ("revision", &self.revision),
        ];
        let fields = fields.into_iter();
        let fields = fields.filter_map(|(label, text)| Some((label.to_string(), text.clone()?)));
        let makers = self.producers.iter().map(|(field, values)| {
            let values = values
                .iter()
                .map(|(name, version)| format!("{name} {version}"));
            let values: Vec<String> = values.map(|value| value.trim_end().to_string()).collect();
            (field.clone(), values.join(", "))
        });
        let mut lines: Vec<(String, String)> = fields.chain(makers).collect();
        let packages = self.dependencies.as_deref();
        if let Some(size) = self.dependency_list {
            let read = match packages.map(<[Dependency]>::len) {
                Some(1) => "1 package".to_string(),
                Some(count) => format!("{count} packages"),
                None => "not readable".to_string(),
            };
            let text = format!("dependency list of {} (.dep-v0), {read}", bytes(size));
            lines.push(("sbom".to_string(), text));
        }
        if let Some(packages) = packages.filter(|packages| !packages.is_empty()) {
            let packages: Vec<String> = packages.iter().map(Dependency::told).collect();
            lines.push(("packages".to_string(), packages.join(", ")));
        }
        if let Some(registry) = &self.registry {
            annotations("", registry, &mut lines);
        }
        lines
    }
}

/// A line for each value, with the keys that lead to it.
fn annotations(keys: &str, value: &serde_json::Value, lines: &mut Vec<(String, String)>) {
    let text = match value {
        serde_json::Value::Object(fields) => {
            for (field, value) in fields {
                annotations(format!("{keys} {field}").trim_start(), value, lines);
            }
            return;
        }
        serde_json::Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let text = match keys {
        "" => text,
        keys => format!("{keys}: {text}"),
    };
    lines.push(("registry".to_string(), text));
}

/// A package that something was built from.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Dependency {
    pub name: String,
    pub version: String,
    /// Where it came from: `crates.io`, `git`, `local`, …
    #[serde(default)]
    pub source: String,
    /// `build` where only the build needed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// It is what was built.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub root: bool,
    /// Positions in the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<usize>,
}

impl Dependency {
    fn told(&self) -> String {
        let build = match self.kind.as_deref() {
            Some("build") => " (build)",
            _ => "",
        };
        format!("{} {}{build}", self.name, self.version)
    }
}

pub type Producers = BTreeMap<String, BTreeMap<String, String>>;

/// Reads the metadata of a module or component and of all that is nested in it.
pub fn metadata(name: &str, bytes: &[u8]) -> Result<Report> {
    let binary = input::to_binary(name, bytes)?;
    let root = Root::parse(&binary)?;
    let parts = root.parts();
    let binaries = parts.iter().map(|part| Metadata {
        path: part.path.clone(),
        kind: part.kind(),
        size: part.size(),
        says: says(part),
    });
    Ok(Report {
        binaries: binaries.collect(),
    })
}

/// The version that a binary says it has, whatever is nested in it.
pub fn version(binary: &[u8]) -> Result<Option<String>> {
    let root = Root::parse(binary)?;
    let outermost = root.parts().into_iter().next();
    Ok(outermost.and_then(|part| says(&part).version))
}

/// Reads the metadata sections of one binary. Later sections of a name win.
pub(super) fn says(part: &Part<'_, '_>) -> Says {
    let mut says = Says {
        name: part.name().map(str::to_string),
        ..Says::default()
    };
    for Custom { name, data } in part.customs() {
        let text = || Some(String::from_utf8_lossy(data).into_owned());
        match name {
            "version" => says.version = text(),
            "description" => says.description = text(),
            "authors" => says.authors = text(),
            "licenses" => says.licenses = text(),
            "source" => says.source = text(),
            "homepage" => says.homepage = text(),
            "revision" => says.revision = text(),
            ".dep-v0" => {
                says.dependency_list = Some(data.len() as u64);
                says.dependencies = dependencies(data);
            }
            "registry-metadata" => says.registry = serde_json::from_slice(data).ok(),
            "producers" => says.producers = producers(data),
            _ => {}
        }
    }
    says
}

/// Longer lists are nobody's: the limit is for what is made to grow when it is unpacked.
const LONGEST: u64 = 16 << 20;

/// Unpacks the list of `cargo auditable`: JSON under zlib.
fn dependencies(data: &[u8]) -> Option<Vec<Dependency>> {
    #[derive(Deserialize)]
    struct List {
        packages: Vec<Dependency>,
    }
    let mut json = Vec::new();
    let mut unpacked = flate2::read::ZlibDecoder::new(data).take(LONGEST);
    unpacked.read_to_end(&mut json).ok()?;
    let list: List = serde_json::from_slice(&json).ok()?;
    Some(list.packages)
}

/// Reads as far as the section is in order.
fn producers(data: &[u8]) -> Producers {
    let mut found = Producers::new();
    let Ok(fields) = ProducersSectionReader::new(BinaryReader::new(data, 0)) else {
        return found;
    };
    for field in fields.into_iter().map_while(std::result::Result::ok) {
        let values = found.entry(field.name.to_string()).or_default();
        for value in field.values.into_iter().map_while(std::result::Result::ok) {
            values.insert(value.name.to_string(), value.version.to_string());
        }
    }
    found
}
