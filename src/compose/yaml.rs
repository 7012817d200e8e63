//! Which plan does a configuration file of wasm-compose make?
//!
//! It names components by the imports they stand for: what is not configured is looked for as a
//! file of the import's name.

use std::collections::BTreeSet;
use std::path::Path;

use indexmap::IndexMap;
use serde_saphyr::MessageFormatter;
pub use wasm_compose::config::Config;

use super::flags;
use super::plan::{self, Arg, Found};
use crate::component::Component;
use crate::diagnostic::{Diagnostic, Label, Result, Source};
use crate::input;

/// The instance of the component that everything is composed for.
const ROOT: &str = "root";

/// Reads files for a configuration.
pub trait Files {
    /// The file at a path relative to the configuration; nothing where there is none.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>>;
}

/// Reads a configuration. `name` is the path as the user typed it.
pub fn parse(name: &str, text: &str) -> Result<Config> {
    if text.trim().is_empty() {
        return Ok(Config::default());
    }
    serde_saphyr::from_str(text).map_err(|error| broken(name, text, &error))
}

fn broken(name: &str, text: &str, error: &serde_saphyr::Error) -> Box<Diagnostic> {
    let error = error.without_snippet();
    let message = serde_saphyr::UserMessageFormatter.format_message(error);
    let found = Diagnostic::error("compose/config", format!("`{name}` is no configuration"))
        .cause(message.lines().next().unwrap_or_default())
        .help("see the documentation of wasm-compose for what it may say");
    let start = error.location().and_then(|at| at.span().byte_offset());
    let Some(start) = start.and_then(|start| usize::try_from(start).ok()) else {
        return found;
    };
    let source = Source {
        name: name.to_string(),
        text: text.into(),
    };
    found.label(Label::token(source, start))
}

/// Follows the imports of `root` through the configuration.
pub fn lower(config: &Config, root: (&str, Vec<u8>), files: &dyn Files) -> Result<Found> {
    if config.import_components {
        return Err(Diagnostic::error(
            "compose/config",
            "`import-components` is not supported: components are always embedded",
        )
        .help("remove `import-components` from the configuration"));
    }
    let mut lowering = Lowering {
        config,
        files,
        found: Found::default(),
        definitions: Vec::new(),
    };
    lowering.found.plan.root = Some(ROOT.to_string());
    lowering.found.plan.imports.closed = config.disallow_imports;
    lowering.found.keep(ROOT, root.0, root.1);
    lowering.define()?;
    lowering.follow()?;
    Ok(lowering.found)
}

struct Lowering<'c> {
    config: &'c Config,
    files: &'c dyn Files,
    found: Found,
    /// Components whose exports stand for imports of the same name, with the names of these.
    definitions: Vec<(String, BTreeSet<String>)>,
}

impl Lowering<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        match self.files.read(path)? {
            Some(bytes) => Ok(Some(input::to_binary(path, &bytes)?.into_owned())),
            None => Ok(None),
        }
    }

    fn required(&self, path: &str) -> Result<Vec<u8>> {
        self.read(path)?.ok_or_else(|| {
            Diagnostic::error("file/unreadable", format!("cannot read `{path}`"))
                .cause("no such file or directory")
                .help("check the path in the configuration")
        })
    }

    fn define(&mut self) -> Result<()> {
        for path in &self.config.definitions {
            let shown = path.display().to_string();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let taken = |name: &str| self.found.components.contains_key(name);
            let id = flags::free(&format!("definition {stem}"), taken);
            let bytes = self.required(&shown)?;
            super::expect_component(&shown, &bytes)?;
            let parsed = Component::parse(&bytes).map_err(|error| error.in_file(&shown))?;
            let exports = parsed.exports.iter();
            let exports = exports.map(|export| export.name.name.to_string()).collect();
            self.found.keep(&id, &shown, bytes);
            self.definitions.push((id, exports));
        }
        Ok(())
    }

    /// Gives each import of each instance what the configuration has for it.
    fn follow(&mut self) -> Result<()> {
        let mut instances: IndexMap<String, String> = IndexMap::new();
        instances.insert(ROOT.to_string(), ROOT.to_string());
        let mut next = 0;
        let mut found_any = false;
        while let Some((instance, component)) = instances.get_index(next) {
            let (instance, component) = (instance.clone(), component.clone());
            next += 1;
            let mut args = IndexMap::new();
            for import in self.imports_of(&component)? {
                if let Some(arg) = self.definition(&import) {
                    args.insert(import, arg);
                    found_any = true;
                } else if let Some((arg, component)) = self.dependency(&instance, &import)? {
                    if let Some(provider) = &arg.instance {
                        instances.entry(provider.clone()).or_insert(component);
                    }
                    args.insert(import, arg);
                    found_any = true;
                } else {
                    let open = Arg {
                        import: Some(import.clone()),
                        ..Arg::default()
                    };
                    args.insert(import, open);
                }
            }
            let component = (component != instance).then_some(component);
            self.found
                .plan
                .instances
                .insert(instance, plan::Instance { component, args });
        }
        if found_any {
            return Ok(());
        }
        Err(Diagnostic::error(
            "compose/nothing-to-compose",
            "no component is given for any import",
        )
        .help("name components with `-d`, or describe them in a configuration: `--config FILE`"))
    }

    /// The interfaces that a component imports.
    fn imports_of(&self, component: &str) -> Result<Vec<String>> {
        let source = self
            .found
            .plan
            .components
            .get(component)
            .map_or(component, |file| &file.source);
        let bytes = self
            .found
            .components
            .get(component)
            .map_or(&[][..], Vec::as_slice);
        super::expect_component(source, bytes)?;
        let parsed = Component::parse(bytes).map_err(|error| error.in_file(source))?;
        let imports = parsed.imports.iter();
        let interfaces =
            imports.filter(|import| matches!(import.ty, wasmparser::ComponentTypeRef::Instance(_)));
        Ok(interfaces
            .map(|import| import.name.name.to_string())
            .collect())
    }

    fn definition(&self, import: &str) -> Option<Arg> {
        let mut definitions = self.definitions.iter();
        let (id, _) = definitions.find(|(_, exports)| exports.contains(import))?;
        Some(Arg {
            instance: Some(id.clone()),
            export: Some(import.to_string()),
            ..Arg::default()
        })
    }

    /// The instance that stands for an import, and its component.
    fn dependency(&mut self, instance: &str, import: &str) -> Result<Option<(Arg, String)>> {
        let configured = self.config.instantiations.get(instance);
        let given = configured.and_then(|configured| configured.arguments.get(import));
        let provider = given
            .map_or(import, |given| given.instance.as_str())
            .to_string();
        let component = self.config.dependency_name(&provider).to_string();
        let export = given.and_then(|given| given.export.clone());
        if !self.find(&component)? {
            return match export {
                None => Ok(None),
                Some(export) => Err(Diagnostic::error(
                    "compose/unknown-export",
                    format!("the export `{export}` is asked for of `{provider}`, but there is no component `{component}`"),
                )
                .help(format!("name its file under `dependencies`, or put `{component}.wasm` beside the configuration"))),
            };
        }
        let arg = Arg {
            instance: Some(provider),
            export,
            ..Arg::default()
        };
        Ok(Some((arg, component)))
    }

    /// Whether there is a component of this name; it is read when it is met first.
    fn find(&mut self, name: &str) -> Result<bool> {
        if self.found.components.contains_key(name) {
            return Ok(true);
        }
        if let Some(dependency) = self.config.dependencies.get(name) {
            let path = dependency.path.display().to_string();
            let bytes = self.required(&path)?;
            self.found.keep(name, &path, bytes);
            return Ok(true);
        }
        let here = std::iter::once(Path::new(""));
        for folder in here.chain(self.config.search_paths.iter().map(|path| path.as_path())) {
            for extension in ["wasm", "wat"] {
                let path = folder
                    .join(format!("{name}.{extension}"))
                    .display()
                    .to_string();
                if let Some(bytes) = self.read(&path)? {
                    self.found.keep(name, &path, bytes);
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
