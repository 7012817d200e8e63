//! How are compilers run, and what do they leave behind?

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::cargo;
use super::lang::{Argument, By, Call, Made, Recipe};
use super::memory::{Learned, Output};
use super::plan::Step;
use super::programs::{Command, Ended};
use super::work::{Product, Workshop};
use crate::diagnostic::{Diagnostic, Result};
use crate::{files, input};

/// The variable that says when it is, where something depends on that.
pub(super) const EPOCH: &str = "SOURCE_DATE_EPOCH";

/// What it is where the caller does not say.
const TIME: &str = "315532800";

impl Workshop<'_> {
    /// Writes bindings.
    pub(super) fn bindings(&self, step: &Step, recipe: &Recipe) -> Result<Product> {
        let folder = self.folder(step).join("bindings");
        // It may not be there.
        let _ = std::fs::remove_dir_all(&folder);
        self.project.make_folder(&folder)?;
        let calls: Vec<Call> = recipe.bindings.iter().cloned().collect();
        self.calls(step, &calls)?;
        Ok(Product::at(folder))
    }

    /// Compiles, and puts the module or component in its place, in binary form.
    pub(super) fn compile(&self, step: &Step, recipe: &Recipe) -> Result<Product> {
        self.project.make_folder(&self.folder(step))?;
        // Held until the artifact is read: what another call makes may have the same path.
        let _alone = self.targets.alone(recipe);
        self.jointly(step, recipe);
        let said = self.calls(step, &recipe.calls)?;
        let mut found = Learned::default();
        let made = match &recipe.made {
            Made::At(path) => path.clone(),
            Made::ByCargo { bin } => {
                let told = cargo::Told::of(&said);
                let artifact = cargo::artifact(&told, bin.as_deref())
                    .map_err(|error| self.about(step, error))?;
                found = cargo::learned(&told, &artifact, &self.known(step, recipe));
                artifact
            }
        };
        let shown = self.project.shown(&made);
        if !made.is_file() && !recipe.calls.is_empty() {
            return Err(Diagnostic::error(
                "build/no-output",
                format!("`{}` was compiled, but `{shown}` is not there", step.unit),
            )
            .help("let the command write it, or say in `output` what it writes"));
        }
        let bytes = files::read(&self.project.as_typed(&made))?;
        let binary = input::to_binary(&shown, &bytes)?;
        let path = self.folder(step).join("compile.wasm");
        self.project.write(&path, &binary)?;
        if made.starts_with(self.folder(step)) {
            // Left in place it would only take room.
            let _ = std::fs::remove_file(&made);
        }
        let mut product = Product::wasm(path, &binary);
        product.found = found;
        Ok(product)
    }

    /// What is known of a component's sources before cargo tells of them.
    fn known<'r>(&self, step: &Step, recipe: &'r Recipe) -> cargo::Known<'r> {
        let component = self.project.manifest.components.get(&step.unit);
        let folder = recipe.calls.first().map(|call| call.folder.as_path());
        cargo::Known {
            folder: folder.unwrap_or(Path::new("")),
            files: &recipe.inputs,
            are_chosen: component.is_some_and(|component| component.inputs.is_some()),
            around: recipe.around.as_deref(),
        }
    }

    /// Runs calls one after the other, keeps what they say, and returns what the last one said.
    fn calls(&self, step: &Step, calls: &[Call]) -> Result<String> {
        let mut log = String::new();
        let mut said = String::new();
        for call in calls {
            let command = self.command(call)?;
            log.push_str(&format!("$ {}\n", command.shown()));
            let ended = self.programs.run(&command).map_err(|error| {
                Diagnostic::error(
                    "build/missing-tool",
                    format!("`{}` cannot be started", command.program.display()),
                )
                .cause(error.to_string())
                .help("check that it is a program, or name another in `[tools]`")
            })?;
            log.push_str(&readable(&ended));
            self.keep_log(step, &log)?;
            if !ended.success {
                return Err(self.failed(step, call, &ended));
            }
            said = ended.stdout;
        }
        Ok(said)
    }

    /// What a call is, once all it needs is there.
    pub(super) fn command(&self, call: &Call) -> Result<Command> {
        let (program, mut arguments) = match call.by {
            By::Tool(tool) => self.program(tool)?,
            By::Shell => (PathBuf::from("/bin/sh"), vec![OsString::from("-c")]),
        };
        for argument in &call.arguments {
            match argument {
                Argument::Text(text) => arguments.push(text.clone()),
                Argument::Files(folder, extension) => {
                    let mut files = super::inputs::walk(folder);
                    files.retain(|file| file.extension().is_some_and(|e| e == *extension));
                    arguments.extend(files.into_iter().map(PathBuf::into_os_string));
                }
            }
        }
        if self.locked {
            arguments.extend(call.when_locked.map(OsString::from));
        }
        let mut environment = call.environment.clone();
        if std::env::var_os(EPOCH).is_none() {
            environment.push((EPOCH.to_string(), TIME.into()));
        }
        Ok(Command {
            program,
            arguments,
            folder: call.folder.clone(),
            environment,
        })
    }

    fn log(&self, step: &Step) -> PathBuf {
        self.folder(step).join(format!("{}.log", step.task.name()))
    }

    fn keep_log(&self, step: &Step, log: &str) -> Result<()> {
        self.project.make_folder(&self.folder(step))?;
        self.project.write(&self.log(step), log.as_bytes())
    }

    fn failed(&self, step: &Step, call: &Call, ended: &Ended) -> Box<Diagnostic> {
        let by = match call.by {
            By::Tool(tool) => format!("`{}`", tool.name),
            By::Shell => "the command".to_string(),
        };
        let log = self.project.shown(&self.log(step));
        let message = format!("{by} failed for `{}`", step.unit);
        let error = Diagnostic::error("build/compiler-failed", message).cause(first_error(ended));
        let error = match missing_target(&ended.stderr) {
            Some(target) => error.help(format!("install it: `rustup target add {target}`")),
            None => error,
        };
        error.help(format!("read all that it says in `{log}`"))
    }

    fn about(&self, step: &Step, error: Box<Diagnostic>) -> Box<Diagnostic> {
        let mut error = error;
        error.message = format!("`{}`: {}", step.unit, error.message);
        error
    }
}

/// Everything that is worth keeping.
fn readable(ended: &Ended) -> String {
    let json = |line: &&str| !line.starts_with("{\"reason\":");
    let stdout: Vec<&str> = ended.stdout.lines().filter(json).collect();
    let mut text = ended.stderr.clone();
    for line in stdout {
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// What a compiler says from its first error on, as far as one screen goes.
fn first_error(ended: &Ended) -> String {
    const SCREEN: usize = 40;
    let text = readable(ended);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let is_error = |line: &&str| {
        let line = line.to_ascii_lowercase();
        line.contains("error") || line.contains("fatal") || line.contains("panic")
    };
    let start = lines.iter().position(is_error).unwrap_or(0);
    let shown: Vec<&str> = lines.iter().skip(start).take(SCREEN).copied().collect();
    let left = lines.len().saturating_sub(start + shown.len());
    let text = shown.join("\n");
    let text = text.trim_end();
    match (text.is_empty(), left) {
        (true, _) => "it does not say why".to_string(),
        (false, 0) => text.to_string(),
        (false, left) => format!("{text}\n… {left} more lines"),
    }
}

/// The target that rustc has no standard library for.
fn missing_target(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("rustup target add ")?;
    rest.split(['`', '\n', ' ']).next()
}

impl Product {
    fn at(folder: PathBuf) -> Product {
        Product {
            output: Some(Output {
                digest: super::memory::folder_digest(&folder),
                path: folder,
            }),
            ..Product::default()
        }
    }
}
