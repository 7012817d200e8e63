//! How do the sources of a project become finished components?
//!
//! ```text
//! wct.toml ─▶ manifest ─▶ plan ─▶ for each component: bindings ─▶ compile ─▶ new ─▶ validate
//!                                  for each output: compose ─▶ shrink ─▶ metadata ─▶ validate
//! ```
//!
//! A step whose inputs, tools and settings are as they were is not done again. Only compilers are
//! programs of their own; whoever calls this library runs them.

mod advice;
mod cargo;
mod compile;
mod execute;
mod finish;
pub(crate) mod inputs;
mod jointly;
mod key;
mod lang;
mod lock;
pub mod manifest;
mod memory;
mod plan;
pub(crate) mod programs;
mod report;
mod select;
mod toolbox;
mod watch;
mod work;

pub mod tools;

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::diagnostic::{Diagnostic, Result};
use crate::files;
use crate::progress::Progress;
use crate::shrink::External;
use lock::Lock;
use manifest::Manifest;
use memory::Memory;
use plan::{Index, Plan, Task};
use work::Workshop;

pub use lock::Locking;
pub use programs::{Command, Ended, Programs};
pub use report::{Made, Outcome, Report, Stage, Weight};
pub use watch::{Rounds, Seen};

/// Makes an external wasm-opt of a program.
pub type ToWasmOpt = fn(&Path) -> Arc<dyn External>;

/// What to build, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these steps and what they need: `compile`, `app`, or `app/compile`.
    pub only: Vec<String>,
    /// Tell what would be done.
    pub dry_run: bool,
    pub locking: Locking,
    /// How many steps at a time; one for each core where none is given.
    pub jobs: Option<usize>,
    /// Used where the manifest wants one.
    pub wasm_opt: Option<ToWasmOpt>,
}

/// Builds the project in a folder, or of a manifest. Fails where its manifest or its lock is at
/// fault; what goes wrong in a step is in the report.
pub fn build(
    place: &Path,
    options: &Options,
    programs: &dyn Programs,
    progress: &dyn Progress,
) -> Result<Report> {
    // Steps write what others, or the next build, read.
    files::expect_changes();
    try_build(place, options, programs, progress).map_err(advice::of_files)
}

fn try_build(
    place: &Path,
    options: &Options,
    programs: &dyn Programs,
    progress: &dyn Progress,
) -> Result<Report> {
    let project = Project::open(place)?;
    // Held to the end: two builds would read each other's half-written files.
    let mut alone = match options.dry_run {
        true => None,
        false => project.alone(progress),
    };
    let memory = Memory::load(&project.memory());
    let plan = match Plan::new(&project) {
        Ok(plan) => plan,
        Err(failures) => return Ok(Report::failed(&project.shown, failures)),
    };
    let wanted = select::wanted(&plan, &options.only)?;
    let workshop = match Workshop::open(&project, &plan, &wanted, &memory, programs, options) {
        Ok(workshop) => workshop,
        Err(failures) => return Ok(Report::failed(&project.shown, failures)),
    };
    let known = Lock::load(&project.root.join(lock::NAME), &project.lock_shown())?;
    let mut lock = project.lock(&plan, &wanted, &workshop)?;
    if let Some(known) = known.as_ref().filter(|_| !options.only.is_empty()) {
        lock.keep(known);
    }
    lock.check(known.as_ref(), options.locking, &project.lock_shown())?;
    if alone.is_none() && !options.dry_run {
        project.make_folder(&project.out())?;
        alone = project.alone(progress);
    }
    if alone.is_some() {
        project.mark();
    }
    let jobs = options.jobs.unwrap_or_else(cores);
    let outcomes = execute::execute(&plan, &wanted, jobs, progress, |step, before| {
        workshop.work(step, before)
    });
    let report = Report::new(&project, &plan, outcomes);
    if !options.dry_run {
        if report.failures.is_empty() && known.as_ref() != Some(&lock) {
            let path = project.as_typed(&project.root.join(lock::NAME));
            lock.save(&path, known.is_some())?;
        }
        memory.save(&project.memory())?;
    }
    drop(alone);
    Ok(report)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A manifest, and where it is.
struct Project {
    manifest: Manifest,
    /// Absolute.
    root: PathBuf,
    /// The root as the user typed it.
    typed: PathBuf,
    /// The manifest as the user sees it.
    shown: String,
}

impl Project {
    fn open(place: &Path) -> Result<Project> {
        let path = manifest::at(place);
        let path = path.strip_prefix(".").unwrap_or(&path);
        let shown = path.display().to_string();
        if !path.is_file() {
            return Err(
                Diagnostic::error("build/no-manifest", format!("there is no `{shown}`"))
                    .cause("it says which components a project has")
                    .help("name the folder that holds it, or begin a project with `wct init`"),
            );
        }
        let bytes = files::read(path)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            Diagnostic::error(
                "build/manifest",
                format!("`{shown}` is not a text in UTF-8"),
            )
            .help("save it as UTF-8")
        })?;
        let manifest = Manifest::parse(&shown, text)?;
        let typed = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let here = match typed.as_os_str().is_empty() {
            true => Path::new("."),
            false => &typed,
        };
        let root = here.canonicalize().map_err(|error| {
            Diagnostic::error("build/no-manifest", format!("`{shown}` has no place"))
                .cause(error.to_string())
                .help("name the folder that holds it")
        })?;
        Ok(Project {
            manifest,
            root,
            typed,
            shown,
        })
    }

    /// A path in the project, as the user would type it.
    fn as_typed(&self, path: &Path) -> PathBuf {
        let mut typed = self.typed.clone();
        // Not from the top: nobody types that.
        for around in self.root.ancestors().filter(|at| at.parent().is_some()) {
            if let Ok(below) = path.strip_prefix(around) {
                return typed.join(below);
            }
            typed.push("..");
        }
        path.to_path_buf()
    }

    /// The same, for a message.
    fn shown(&self, path: &Path) -> String {
        self.as_typed(path).display().to_string()
    }

    /// Writes a file; the error shows it as the user would type it.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        files::write(&self.as_typed(path), bytes)
    }

    /// Makes a folder; the error shows it as the user would type it.
    fn make_folder(&self, path: &Path) -> Result<()> {
        files::make_folder(&self.as_typed(path))
    }

    /// Where everything goes that is made.
    fn out(&self) -> PathBuf {
        self.root.join("target/wct")
    }

    /// Waits for other builds of this project to end. Where nothing was built yet there is no other;
    /// where nothing can be written, there is nothing to write or an error to come.
    fn alone(&self, progress: &dyn Progress) -> Option<File> {
        const OTHER: &str = "another build of this project";
        // No component has a name that begins so.
        let file = File::create(self.out().join(".building")).ok()?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            progress.start(OTHER);
            let waited = file.lock();
            progress.finish(OTHER, None);
            waited.ok()?;
        }
        Some(file)
    }

    /// Says, for who copies or searches folders, that this one can be made again.
    fn mark(&self) {
        const TEXT: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55\n\
            # This folder holds what `wct build` makes: see https://bford.info/cachedir/\n";
        let path = self.out().join(inputs::MARK);
        if !path.exists() {
            // It serves others: a build can do without.
            let _ = files::write(&path, TEXT);
        }
    }

    fn memory(&self) -> PathBuf {
        self.out().join("memory.json")
    }

    fn lock_shown(&self) -> String {
        self.shown(&self.root.join(lock::NAME))
    }

    /// The lock that what goes into the wanted steps would have.
    fn lock(&self, plan: &Plan, wanted: &BTreeSet<Index>, workshop: &Workshop<'_>) -> Result<Lock> {
        let mut files = IndexMap::new();
        for step in wanted.iter().filter_map(|index| plan.steps.get(*index)) {
            let name = &step.unit;
            let component = self.manifest.components.get(name);
            let file = component.and_then(|component| component.file.as_ref());
            let Some(file) = file.filter(|_| step.task == Task::Compile) else {
                continue;
            };
            let path = self.folder(name).join(file.get_ref());
            let sha256 = workshop.digest(&path)?;
            let shown = path.strip_prefix(&self.root).unwrap_or(&path);
            let path = shown.display().to_string();
            files.insert(name.clone(), lock::File { path, sha256 });
        }
        Ok(Lock::new(files, workshop.versions()))
    }

    /// What a component's command leaves behind.
    fn output(&self, name: &str) -> Option<PathBuf> {
        let output = self.manifest.components.get(name)?.output.as_ref()?;
        Some(self.folder(name).join(output.get_ref()))
    }

    /// What a path means that is relative to the folder of the manifest.
    fn at(&self, path: &str) -> PathBuf {
        let below = Path::new(path);
        let (mut around, mut below) = (
            self.root.as_path(),
            below.strip_prefix(".").unwrap_or(below),
        );
        while let (Ok(rest), Some(parent)) = (below.strip_prefix(".."), around.parent()) {
            (around, below) = (parent, rest);
        }
        match below.as_os_str().is_empty() {
            true => around.to_path_buf(),
            false => around.join(below),
        }
    }

    /// What the paths of a component are relative to: what it says, the folder of its name where
    /// there is one, or that of the manifest.
    fn folder(&self, name: &str) -> PathBuf {
        let component = self.manifest.components.get(name);
        let said = component.and_then(|component| component.path.as_ref());
        let own = self.root.join(name);
        match said {
            Some(path) if path.get_ref() == "." => self.root.clone(),
            Some(path) => self.at(path.get_ref()),
            None if own.is_dir() => own,
            None => self.root.clone(),
        }
    }
}
