//! Is a step's work of an earlier build still good?

use std::path::{Path, PathBuf};

use super::compile::EPOCH;
use super::execute::Before;
use super::lang::{Argument, By, Call, Recipe};
use super::memory::{Key, Learned};
use super::plan::{Step, Work, World};
use super::tools::WASM_OPT;
use super::work::Workshop;
use crate::diagnostic::Result;

impl Workshop<'_> {
    /// A digest of all that goes into a step. `found` is what went in without being known before.
    pub(super) fn key(&self, step: &Step, before: &Before, found: &Learned) -> Result<String> {
        let mut key = Key::default();
        key.add("wct", self.identity());
        key.add("step", &step.id());
        for entry in before.iter().flatten() {
            let output = entry.output.as_ref().map(|output| output.digest.as_str());
            key.add("before", output.unwrap_or_default());
        }
        match &step.work {
            Work::Bindings(recipe) | Work::Compile(recipe) => self.add_recipe(&mut key, recipe)?,
            Work::New(wrapping) => {
                key.add(
                    "adapter",
                    &format!(
                        "{:?}",
                        wrapping.component.adapter.as_ref().map(|a| *a.get_ref())
                    ),
                );
                self.add_world(&mut key, wrapping.world.as_ref())?;
            }
            Work::Compose(parts) => {
                key.add("parts", &parts.join(" "));
                let composition = self.project.manifest.compositions.get(&step.unit);
                key.add(
                    "composition",
                    &composition
                        .map(super::manifest::Composition::settings)
                        .unwrap_or_default(),
                );
            }
            Work::Shrink => {
                key.add("shrink", &json(&self.project.manifest.shrink));
                key.add("wasm-opt", self.version(&WASM_OPT, &Recipe::default()));
            }
            Work::Metadata => key.add("package", &format!("{:?}", self.project.manifest.package)),
            Work::Validate { output, world } => {
                self.add_world(&mut key, world.as_ref())?;
                if *output {
                    key.add("policy", &self.project.manifest.policy_text);
                }
            }
        }
        self.add_files(&mut key, &found.files(self.others))?;
        for name in &found.variables {
            key.add(name, &format!("{:?}", std::env::var_os(name)));
        }
        Ok(key.finish())
    }

    fn add_recipe(&self, key: &mut Key, recipe: &Recipe) -> Result<()> {
        for tool in &recipe.tools {
            key.add("tool", tool.name);
            key.add("version", self.version(tool, recipe));
        }
        for call in recipe.bindings.iter().chain(&recipe.calls) {
            key.add("call", &shown(call));
        }
        key.add("made", &format!("{:?}", recipe.made));
        let epoch = std::env::var_os(EPOCH).map(|time| (EPOCH.into(), time));
        for (name, value) in recipe.environment().into_iter().chain(epoch) {
            key.add(&name.to_string_lossy(), &value.to_string_lossy());
        }
        self.add_files(key, &recipe.inputs)
    }

    fn add_world(&self, key: &mut Key, world: Option<&World>) -> Result<()> {
        let Some(world) = world else {
            return Ok(());
        };
        key.add("world", world.name.as_deref().unwrap_or_default());
        self.add_files(key, &world.files)
    }

    /// The names and contents of files; those that are gone have none.
    fn add_files<'f>(
        &self,
        key: &mut Key,
        files: impl IntoIterator<Item = &'f PathBuf>,
    ) -> Result<()> {
        for file in files {
            let below = file.strip_prefix(&self.project.root).unwrap_or(file);
            key.add("file", &below.to_string_lossy());
            match file.exists() {
                true => key.add("digest", &self.digest(file)?),
                false => key.add("digest", ""),
            }
        }
        Ok(())
    }
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("settings have names for keys")
}

/// Everything that a call says.
pub(super) fn shown(call: &Call) -> String {
    let by = match call.by {
        By::Tool(tool) => tool.name,
        By::Shell => "sh",
    };
    let arguments = call.arguments.iter().map(|argument| match argument {
        Argument::Text(text) => text.to_string_lossy().into_owned(),
        Argument::Files(folder, extension) => pattern(folder, extension),
    });
    let arguments: Vec<String> = arguments.collect();
    format!(
        "{by} {arguments:?} {:?} {:?}",
        call.environment, call.folder
    )
}

fn pattern(folder: &Path, extension: &str) -> String {
    folder.join(format!("*.{extension}")).display().to_string()
}
