//! How small can it be and still do the same?
//!
//! Passes, each of which takes a component or module and gives one that does the same; round by
//! round, until a round saves nothing. What each saved is in the ledger.

pub(crate) mod analysis;
mod behavior;
pub mod bodies;
mod check;
mod constants;
mod data;
mod dedupe;
mod encode;
mod functions;
mod known;
mod ledger;
mod live;
mod merge;
mod named;
mod names;
mod order;
mod origin;
pub mod reach;
mod rename;
mod rewrite;
mod scan;
mod schedule;
mod strip;
mod stub;
mod summary;
mod supplied;
mod surface;
mod sweep;
mod traps;
mod tree;
mod wasm_opt;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexSet;
use serde::Serialize;
use wasm_encoder::reencode::Error;

pub use crate::compressed::{LEVEL, Sizes};
pub use behavior::Ran;
pub use ledger::{Entry, Ledger};
pub use strip::Strip;
pub use stub::Replaced;
pub use wasm_opt::External;

use crate::component::Component;
use crate::compressed::gzip;
use crate::diagnostic::{self, Diagnostic, Result};
use crate::input::{self, Kind};
use crate::module::Module;
use crate::progress::Progress;
use crate::stub::Stub;
use bodies::Optimizer;
use known::Known;
use live::Rules;
use rewrite::Plan;
use schedule::Schedule;
use summary::{Depth, Summary};
use tree::Tree;

/// What to do, and what is known that the component does not say.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The exports to keep; all where there are none.
    pub exports: Vec<String>,
    pub strip: Strip,
    pub skip: Vec<Pass>,
    /// Imports to do without; the first pattern that matches decides.
    pub stubs: Vec<Stub>,
    pub objective: Objective,
    pub check: Check,
    /// Report compressed sizes, too; that takes longer than everything else.
    pub compressed: bool,
    /// Asked in the end for what it makes smaller still.
    pub wasm_opt: Option<Arc<dyn External>>,
}

/// What of the output is compared with the input.
#[derive(Clone, Debug, Default)]
pub enum Check {
    /// Imports and exports, with their types.
    #[default]
    Surface,
    /// What it does when it is run, too.
    Behavior(Trial),
}

/// What is run of input and output.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Calls of exports in WAVE; a command is run in any case.
    pub calls: Vec<String>,
    /// How long one run may take.
    pub limit: Duration,
}

impl Trial {
    /// As long as one run may take where nobody says how long.
    pub const LIMIT: Duration = Duration::from_secs(60);
}

/// What is to become small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Objective {
    #[default]
    Raw,
    /// The size under gzip. A change that makes that larger is not made.
    Compressed,
}

impl Objective {
    /// Is the new form the better one?
    fn prefers(self, new: &[u8], old: &[u8]) -> bool {
        new.len() < old.len() && (self == Objective::Raw || gzip(new) <= gzip(old))
    }
}

impl Options {
    fn rules(&self, refine_tables: bool) -> Rules<'_> {
        let exports = (!self.exports.is_empty()).then_some(self.exports.as_slice());
        Rules {
            refine_tables,
            exports,
        }
    }

    fn passes(&self) -> Vec<Pass> {
        let passes = Pass::ALL.into_iter();
        let runs = |pass: &Pass| *pass != Pass::WasmOpt || self.wasm_opt.is_some();
        passes
            .filter(|pass| runs(pass) && !self.skip.contains(pass))
            .collect()
    }
}

/// One kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pass {
    Strip,
    Dedupe,
    Sweep,
    Tables,
    Rename,
    Constants,
    Functions,
    Data,
    Order,
    Bodies,
    WasmOpt,
}

impl Pass {
    /// All of them, in the order in which they run.
    pub const ALL: [Pass; 11] = [
        Pass::Strip,
        Pass::Dedupe,
        Pass::Sweep,
        Pass::Tables,
        Pass::Rename,
        Pass::Constants,
        Pass::Functions,
        Pass::Data,
        Pass::Order,
        Pass::Bodies,
        Pass::WasmOpt,
    ];

    /// What it has to know of a module.
    fn depth(self) -> Depth {
        match self {
            Pass::Strip | Pass::Dedupe | Pass::Rename => Depth::Frame,
            Pass::Bodies | Pass::WasmOpt => Depth::Frame,
            _ => Depth::Bodies,
        }
    }

    /// As it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Pass::Strip => "strip",
            Pass::Dedupe => "dedupe",
            Pass::Sweep => "sweep",
            Pass::Tables => "tables",
            Pass::Rename => "rename",
            Pass::Constants => "constants",
            Pass::Functions => "functions",
            Pass::Data => "data",
            Pass::Order => "order",
            Pass::Bodies => "bodies",
            Pass::WasmOpt => "wasm-opt",
        }
    }
}

/// What was saved.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub input: String,
    pub bytes_before: usize,
    pub bytes_after: usize,
    pub functions_before: usize,
    pub functions_after: usize,
    /// Where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compressed_before: Option<Sizes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compressed_after: Option<Sizes>,
    /// By pass, in the order in which they run.
    pub passes: Vec<Entry>,
    /// The imports that are no longer there.
    pub imports_removed: Vec<String>,
    /// The imports that `--stub` chose.
    pub stubbed: Vec<Replaced>,
    /// What input and output both did, where that was asked for.
    pub ran: Vec<Ran>,
    /// What was kept because it is not understood.
    pub kept: Vec<String>,
    /// There may be more to find, but too much was gone through for it: another run goes on.
    pub stopped_early: bool,
}

/// Makes a component or core module, binary or text, as small as it can be made. Fails on what is
/// not valid, and where the output would not be.
pub fn shrink(
    name: &str,
    bytes: &[u8],
    options: &Options,
    progress: &dyn Progress,
) -> Result<(Vec<u8>, Report)> {
    let original = input::to_binary(name, bytes)?;
    check::valid_input(name, bytes)?;
    check::chosen_exports(&original, options)?;
    behavior::expect_possible(&original, options)?;
    let mut ledger = Ledger::new(&original, options.compressed);
    let before = ledger.state();
    let mut notes = IndexSet::new();
    let (mut current, stubbed) = match options.stubs.is_empty() {
        true => (original.to_vec(), Vec::new()),
        false => stub::stub(name, &original, &options.stubs, options.rules(true))?,
    };
    if !stubbed.is_empty() {
        ledger.note("stub", &current);
    }
    progress.begin("shrink", original.len() as u64);
    let mut optimizer = Optimizer::new(&bodies::Options::keeping(options.strip.names));
    let mut known = Known::default();
    let mut schedule = Schedule::new(options.passes(), current.len());
    while let Some(pass) = schedule.next(current.len()) {
        let (smaller, found) = apply(pass, &current, options, (&mut optimizer, &mut known))?;
        notes.extend(found);
        ledger.ran(pass.name());
        if options.objective.prefers(&smaller, &current) {
            ledger.note(pass.name(), &smaller);
            progress.advance((current.len() - smaller.len()) as u64);
            current = smaller;
            schedule.note(pass);
        }
    }
    progress.end();
    let imports_removed = check::output(&original, &current, options)?;
    let ran = behavior::compare(&original, &current, options)?;
    let after = ledger.state();
    let report = Report {
        input: name.to_string(),
        bytes_before: before.bytes,
        bytes_after: after.bytes,
        functions_before: before.functions,
        functions_after: after.functions,
        compressed_before: before.compressed,
        compressed_after: after.compressed,
        passes: ledger.entries(),
        imports_removed,
        stubbed,
        ran,
        kept: notes.into_iter().collect(),
        stopped_early: schedule.stopped_early() || optimizer.stopped_early(),
    };
    Ok((current, report))
}

/// One pass, over everything.
fn apply(
    pass: Pass,
    bytes: &[u8],
    options: &Options,
    (optimizer, known): (&mut Optimizer, &mut Known),
) -> Result<(Vec<u8>, Vec<String>)> {
    let mut tree = read(bytes, Depth::Frame)?;
    if pass.depth() == Depth::Bodies {
        known.fill(&mut tree)?;
    }
    let rules = |refine_tables| options.rules(refine_tables);
    let objective = options.objective;
    let notes = match pass {
        Pass::Strip => {
            strip::strip(&mut tree, &options.strip, options.exports.is_empty());
            Vec::new()
        }
        Pass::Dedupe => return Ok((deduped(bytes)?, Vec::new())),
        Pass::Sweep => sweep::sweep(&mut tree, rules(false))?,
        Pass::Tables => sweep::sweep(&mut tree, rules(true))?,
        Pass::Rename => {
            rename::rename(&mut tree, options.strip.names);
            Vec::new()
        }
        Pass::Constants => {
            let plans = constants::plans(&tree);
            rewrite(&mut tree, objective, |id, _| {
                Ok(plans.get(id).cloned().flatten())
            })?
        }
        // One name cannot tell two functions apart in a backtrace.
        Pass::Functions if options.strip.names => Vec::new(),
        Pass::Functions => {
            let alone = tree.components.is_empty();
            rewrite(&mut tree, objective, |_, summary| {
                functions::plan(summary, alone)
            })?
        }
        Pass::Data => rewrite(&mut tree, objective, |_, summary| Ok(data::plan(summary)))?,
        Pass::Order => rewrite(&mut tree, objective, |_, summary| Ok(order::plan(summary)))?,
        Pass::Bodies => {
            let before: Vec<_> = tree.modules.iter().map(|m| m.bytes.clone()).collect();
            optimizer.all(tree.modules.iter_mut().map(|module| &mut module.bytes));
            for (module, before) in tree.modules.iter_mut().zip(before) {
                if !objective.prefers(&module.bytes, &before) {
                    module.bytes = before;
                }
            }
            Vec::new()
        }
        Pass::WasmOpt => match &options.wasm_opt {
            Some(external) => {
                let modules = tree.modules.iter_mut().map(|module| &mut module.bytes);
                wasm_opt::all(external.as_ref(), modules)
            }
            None => Vec::new(),
        },
    };
    known.adopt(&mut tree);
    Ok((write(&tree)?, notes))
}

/// One of each. What is within a component that moves is found where it is then.
fn deduped(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut tree = read(bytes, Depth::Frame)?;
    if !dedupe::components(&mut tree) {
        dedupe::modules(&mut tree);
        return write(&tree);
    }
    deduped(&write(&tree)?)
}

/// Writes every module by its plan, where it has one and is smaller that way.
fn rewrite(
    tree: &mut Tree<'_>,
    objective: Objective,
    plan: impl Fn(usize, &Summary<'_>) -> Result<Option<Plan>> + Sync,
) -> Result<Vec<String>> {
    use rayon::prelude::*;
    let modules = tree.modules.par_iter_mut().enumerate();
    modules.try_for_each(|(number, module)| -> Result<()> {
        if let Some(plan) = plan(number, &module.summary)? {
            let new = rewrite::module(&module.summary, &plan).map_err(unwritable)?;
            if objective.prefers(&new.bytes, &module.bytes) {
                module.become_written(new);
            }
        }
        Ok(())
    })?;
    Ok(Vec::new())
}

fn read(bytes: &[u8], depth: Depth) -> Result<Tree<'_>> {
    match input::kind(bytes)? {
        Kind::Component => Tree::of_component(&Component::parse(bytes)?, depth),
        _ => Tree::of_module(Module::parse(bytes, 0..bytes.len())?, depth),
    }
}

fn write(tree: &Tree<'_>) -> Result<Vec<u8>> {
    match tree.modules.first() {
        Some(module) if tree.components.is_empty() => Ok(module.bytes.to_vec()),
        _ => encode::component(tree).map_err(unwritable),
    }
}

/// What was read could not be written again.
fn unwritable(error: Error<Infallible>) -> Box<Diagnostic> {
    match error {
        Error::ParseError(error) => diagnostic::wasm(error, &[]),
        error => Diagnostic::ours("shrink/broken-output", "the output could not be encoded")
            .cause(error.to_string()),
    }
}
