//! How is each step done?

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use indexmap::IndexMap;

use super::advice;
use super::cargo::Targets;
use super::execute::{Before, Done};
use super::jointly::Jointly;
use super::lang::Recipe;
use super::manifest::{AdapterName, Composition, WasmOpt, texts};
use super::memory::{Entry, Learned, Memory, Output};
use super::plan::{Index, Plan, Step, Task, Work, World, Wrapping};
use super::programs::Programs;
use super::report::Weight;
use super::toolbox::Toolbox;
use super::tools::{Tool, WASM_OPT};
use super::{Locking, Options, Project, ToWasmOpt};
use crate::component::Component;
use crate::compose::{self, Components, File, Flags};
use crate::compressed;
use crate::diagnostic::{Diagnostic, Result};
use crate::input::{self, Kind};
use crate::module::Module;
use crate::new::{self, Choice};
use crate::progress::Silent;
use crate::shrink::External;
use crate::stub::Stub;
use crate::{files, wit};

/// A project, its tools, and what is remembered of it.
pub struct Workshop<'a> {
    pub(super) project: &'a Project,
    pub(super) programs: &'a dyn Programs,
    memory: &'a Memory,
    toolbox: Toolbox<'a>,
    pub(super) targets: Targets,
    pub(super) others: &'a BTreeSet<PathBuf>,
    identity: String,
    dry_run: bool,
    pub(super) locked: bool,
    to_wasm_opt: Option<ToWasmOpt>,
    pub(super) joint: Jointly<'a>,
}

/// What a step made.
#[derive(Default)]
pub struct Product {
    pub output: Option<Output>,
    pub found: Learned,
    pub weight: Weight,
    pub warnings: Vec<Diagnostic>,
}

impl<'a> Workshop<'a> {
    /// Asks the tools of the wanted steps for their version. Fails with all that are missing or
    /// too old.
    pub fn open(
        project: &'a Project,
        plan: &'a Plan,
        wanted: &BTreeSet<Index>,
        memory: &'a Memory,
        programs: &'a dyn Programs,
        options: &Options,
    ) -> std::result::Result<Workshop<'a>, Vec<Diagnostic>> {
        let recipes = || {
            let steps = wanted.iter().filter_map(|index| plan.steps.get(*index));
            steps.filter_map(|step| match &step.work {
                Work::Bindings(recipe) | Work::Compile(recipe) => Some((&*step.unit, &**recipe)),
                _ => None,
            })
        };
        let mut toolbox = Toolbox::open(project, memory, programs, options.locking);
        let mut missing = toolbox.ask_for(recipes());
        let optimizes = |index: &Index| {
            let step = plan.steps.get(*index);
            step.is_some_and(|step| step.task == Task::Shrink)
        };
        let wanted_opt = project.manifest.shrink.wasm_opt;
        if wanted_opt != WasmOpt::Never
            && wanted.iter().any(optimizes)
            && let Err(error) = toolbox.ask(&WASM_OPT, &Recipe::default())
            && wanted_opt == WasmOpt::Always
        {
            missing.push(*error);
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let this = std::env::current_exe().ok();
        let this = this.and_then(|path| path.metadata().ok());
        let made = this.map(|this| (this.len(), this.modified().ok()));
        Ok(Workshop {
            project,
            programs,
            memory,
            toolbox,
            targets: Targets::new(recipes().map(|(_, recipe)| recipe)),
            others: &plan.others,
            identity: format!("{} {made:?}", env!("CARGO_PKG_VERSION")),
            dry_run: options.dry_run,
            locked: options.locking == Locking::Locked,
            to_wasm_opt: options.wasm_opt,
            joint: Jointly::new(wanted.iter().filter_map(|index| plan.steps.get(*index))),
        })
    }

    /// Does a step, unless that was done before.
    pub fn work(&self, step: &Step, before: &Before) -> Done {
        match self.try_work(step, before) {
            Ok(done) => done,
            Err(failures) => Done::Failed(failures),
        }
    }

    fn try_work(&self, step: &Step, before: &Before) -> std::result::Result<Done, Vec<Diagnostic>> {
        let alone = |error: Box<Diagnostic>| vec![*error];
        if let Some(entry) = self.fresh(step, before).map_err(alone)? {
            return Ok(Done::Fresh(entry));
        }
        if self.dry_run {
            return Ok(Done::Due(self.told(step)));
        }
        let id = step.id();
        // An interrupted step is not a done one.
        self.memory.forget(&id);
        let known = self.key(step, before, &Learned::default()).map_err(alone)?;
        let (begin, begun) = (Instant::now(), SystemTime::now());
        let product = self.make(step, before)?;
        let millis = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        let changed = || -> Result<bool> {
            let mut found = product.found.files(self.others).into_iter();
            Ok(self.key(step, before, &Learned::default())? != known
                || found.any(|path| changed_since(&path, begun)))
        };
        let key = match product.found.is_empty() || changed().map_err(alone)? {
            // Without what was found it is no key of what changed meanwhile: that is built again.
            true => known,
            false => self.key(step, before, &product.found).map_err(alone)?,
        };
        let entry = Entry {
            key,
            output: product.output,
            found: product.found,
            weight: product.weight,
            millis,
        };
        self.memory.remember(&id, entry.clone());
        Ok(Done::Ran(entry, product.warnings))
    }

    /// What an earlier build made of the same.
    pub(super) fn fresh(&self, step: &Step, before: &Before) -> Result<Option<Entry>> {
        if !before.iter().all(Option::is_some) {
            return Ok(None);
        }
        let Some(entry) = self.memory.entry(&step.id()) else {
            return Ok(None);
        };
        let output = entry.output.as_ref();
        let is_fresh = self.key(step, before, &entry.found)? == entry.key
            && output.is_none_or(|output| self.memory.is_intact(output));
        Ok(is_fresh.then_some(entry))
    }

    /// Does a step. What is advised is what the manifest can say.
    fn make(&self, step: &Step, before: &Before) -> std::result::Result<Product, Vec<Diagnostic>> {
        let advised = |told: Vec<Diagnostic>| -> Vec<Diagnostic> {
            let told = told.into_iter().map(Box::new);
            told.map(|told| *advice::in_manifest(told, step)).collect()
        };
        let mut product = self.try_make(step, before).map_err(advised)?;
        product.warnings = advised(product.warnings);
        Ok(product)
    }

    fn try_make(
        &self,
        step: &Step,
        before: &Before,
    ) -> std::result::Result<Product, Vec<Diagnostic>> {
        let made = match &step.work {
            Work::Bindings(recipe) => self.bindings(step, recipe),
            Work::Compile(recipe) => self.compile(step, recipe),
            Work::New(wrapping) => self.wrap(step, before, wrapping),
            Work::Compose(parts) => self.compose(step, before, parts),
            Work::Shrink => self.shrink(step, before),
            Work::Metadata => self.metadata(step, before),
            Work::Validate { output, world } => {
                return self.validate(before, *output, world.as_ref());
            }
        };
        made.map_err(|error| vec![*error])
    }

    /// What a step would call.
    fn told(&self, step: &Step) -> Vec<String> {
        let calls: Vec<_> = match &step.work {
            Work::Bindings(recipe) => recipe.bindings.iter().collect(),
            Work::Compile(recipe) => recipe.calls.iter().collect(),
            _ => Vec::new(),
        };
        let commands = calls.into_iter().filter_map(|call| self.command(call).ok());
        commands.map(|command| command.shown()).collect()
    }

    /// Makes a component of a module; a component stays what it is.
    fn wrap(&self, step: &Step, before: &Before, wrapping: &Wrapping) -> Result<Product> {
        let (path, bytes) = self.previous(before)?;
        if input::kind(&bytes)? == Kind::Component {
            let mut product = Product::wasm(path, &bytes);
            product.weight.imports = imports(&bytes)?;
            return Ok(product);
        }
        let name = self.project.shown(&path);
        let options = new::Options {
            wit: match &wrapping.world {
                Some(world) if !has_world(&bytes)? => Some(self.world(world)?),
                _ => None,
            },
            adapter: adapter(wrapping),
            ..new::Options::default()
        };
        let (component, report) = new::wrap(&name, &bytes, &options, &Silent)?;
        let mut product = self.keep(step, "new.wasm", &component)?;
        product.weight.imports = report.imports;
        product.warnings = report.warnings;
        Ok(product)
    }

    fn world(&self, world: &World) -> Result<new::Wit> {
        let path = PathBuf::from(self.project.shown(&world.wit));
        let packages = wit::load(&path, &wit::Features::All)?;
        new::Wit::new(packages, world.name.as_deref(), new::StringEncoding::UTF8)
    }

    fn compose(&self, step: &Step, before: &Before, parts: &[String]) -> Result<Product> {
        let Some(composition) = self.project.manifest.compositions.get(&step.unit) else {
            return Err(Diagnostic::ours("build/manifest", "a composition is gone"));
        };
        let mut wasm = Vec::new();
        for (name, entry) in parts.iter().zip(before.iter().flatten()) {
            if let Some(output) = &entry.output {
                let bytes = files::read(&output.path)?;
                wasm.push((name.clone(), self.project.shown(&output.path), bytes));
            }
        }
        let files: Vec<File> = wasm
            .iter()
            .map(|(name, path, _)| File {
                name: Some(name.clone()),
                path: path.clone(),
            })
            .collect();
        let plan = flags(composition, files)?.plan()?;
        let components: Components<'_> = wasm
            .iter()
            .map(|(name, _, bytes)| (name.clone(), &**bytes))
            .collect();
        let composed = compose::compose(&plan, &components, &compose::Options::default(), &Silent)?;
        let bytes = composed.wasm.unwrap_or_default();
        let mut product = self.keep(step, "compose.wasm", &bytes)?;
        product.weight.imports = imports(&bytes)?;
        product.warnings = composed.report.warnings;
        Ok(product)
    }

    /// The bytes of the step that this one goes on with.
    pub(super) fn previous(&self, before: &Before) -> Result<(PathBuf, files::Bytes)> {
        let output = before
            .first()
            .and_then(|entry| entry.as_ref()?.output.as_ref());
        let path = output.map(|output| output.path.clone()).unwrap_or_default();
        let bytes = files::read(&path)?;
        Ok((path, bytes))
    }

    /// Writes what a step made.
    pub(super) fn keep(&self, step: &Step, name: &str, wasm: &[u8]) -> Result<Product> {
        let folder = self.folder(step);
        self.project.make_folder(&folder)?;
        let path = folder.join(name);
        self.project.write(&path, wasm)?;
        Ok(Product::wasm(path, wasm))
    }

    pub(super) fn folder(&self, step: &Step) -> PathBuf {
        self.project.out().join(&step.unit)
    }

    pub(super) fn identity(&self) -> &str {
        &self.identity
    }

    pub(super) fn version(&self, tool: &Tool, recipe: &Recipe) -> &str {
        self.toolbox.version(tool, recipe)
    }

    /// The external wasm-opt, where the manifest wants one and it is there.
    pub(super) fn wasm_opt(&self) -> Option<Arc<dyn External>> {
        let found = self.toolbox.found(&WASM_OPT)?;
        Some(self.to_wasm_opt?(&found.program))
    }

    /// Of all tools, by their names.
    pub fn versions(&self) -> IndexMap<String, String> {
        self.toolbox.versions()
    }

    pub(super) fn program(&self, tool: &Tool) -> Result<(PathBuf, Vec<OsString>)> {
        match self.toolbox.found(tool) {
            Some(found) => Ok((found.program.clone(), found.arguments.clone())),
            None => Err(tool.missing("it is not on the path".to_string())),
        }
    }

    /// Of a file; the error shows it as the user would type it.
    pub fn digest(&self, path: &Path) -> Result<String> {
        self.memory
            .digest(path)
            .or_else(|_| super::memory::file_digest(&self.project.as_typed(path)))
    }
}

impl Product {
    pub(super) fn wasm(path: PathBuf, bytes: &[u8]) -> Product {
        Product {
            output: Some(Output {
                path,
                digest: super::memory::digest(bytes),
            }),
            weight: Weight {
                size: bytes.len() as u64,
                ..Weight::default()
            },
            ..Product::default()
        }
    }

    /// With its size under gzip.
    pub(super) fn compressed(mut self, bytes: &[u8]) -> Product {
        self.weight.gzip = Some(compressed::gzip(bytes) as u64);
        self
    }
}

/// Whether somebody wrote to a file after this time; tools write their own lock files.
pub(super) fn changed_since(path: &Path, time: SystemTime) -> bool {
    let is_lock = path
        .extension()
        .is_some_and(|extension| extension == "lock");
    let modified = path.metadata().and_then(|metadata| metadata.modified());
    !is_lock && modified.is_ok_and(|modified| modified >= time)
}

fn adapter(wrapping: &Wrapping) -> Choice {
    let name = wrapping
        .component
        .adapter
        .as_ref()
        .map(|name| *name.get_ref());
    match name.unwrap_or(AdapterName::Auto) {
        AdapterName::Auto => Choice::Auto,
        AdapterName::Command => Choice::Bundled(new::Kind::Command),
        AdapterName::Reactor => Choice::Bundled(new::Kind::Reactor),
        AdapterName::Proxy => Choice::Bundled(new::Kind::Proxy),
        AdapterName::None => Choice::None,
    }
}

fn has_world(module: &[u8]) -> Result<bool> {
    let module = Module::parse(module, 0..module.len())?;
    Ok(module
        .customs()
        .any(|custom| custom.name.starts_with("component-type")))
}

pub(super) fn imports(component: &[u8]) -> Result<Vec<String>> {
    let component = Component::parse(component)?;
    let imports = component.imports.iter();
    Ok(imports.map(|import| import.name.name.to_string()).collect())
}

fn flags(composition: &Composition, mut files: Vec<File>) -> Result<Flags> {
    let stubs = composition
        .stub
        .iter()
        .map(|stub| Stub::parse(stub.get_ref()));
    let providers = files.split_off(1.min(files.len()));
    Ok(Flags {
        root: files.pop(),
        chain: Vec::new(),
        providers,
        wires: texts(&composition.wires),
        exports: texts(&composition.exports),
        imports: compose::plan::Imports {
            closed: composition.closed,
            open: composition.open.clone(),
            separate: false,
        },
        stubs: stubs.collect::<Result<_>>()?,
    })
}
