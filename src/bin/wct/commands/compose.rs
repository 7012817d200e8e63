//! `wct compose`: one component from several.

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use wct::compose::{self, Components, File, Flags, Options, Outcome, Plan, Report, wac, yaml};
use wct::diagnostic::{Diagnostic, Result};
use wct::files::{self, Bytes};
use wct::input;
use wct::progress::Progress;
use wct::stub::Stub;
use wct::wit;

use super::Run;
use crate::args::{self, Output};
use crate::render;
use crate::terminal::Stream;

/// Compose components into one
#[derive(clap::Args)]
#[command(after_help = "Example:\n  wct compose app.wasm -d store.wasm -d log.wasm -o out.wasm")]
pub struct Args {
    /// Component whose exports are kept, a plan (TOML) or a document (WAC)
    #[arg(value_name = "ROOT", required_unless_present = "chain")]
    root: Option<PathBuf>,
    /// Search this component for what others import (repeatable)
    #[arg(long = "dep", short = 'd', value_name = "[NAME=]FILE")]
    deps: Vec<String>,
    /// Take packages of a document from here: `a:b` is DIR/a/b.wasm
    #[arg(long, value_name = "DIR")]
    deps_dir: Option<PathBuf>,
    /// Let each provide for the one before it
    #[arg(long, value_name = "FILE,FILE…", value_delimiter = ',')]
    chain: Vec<String>,
    /// Take the configuration of wasm-compose (YAML)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["chain", "deps", "wires", "exports"])]
    config: Option<PathBuf>,
    /// Provide an import by hand: INSTANCE:IMPORT=INSTANCE[:EXPORT]
    #[arg(long = "wire", value_name = "WIRE")]
    wires: Vec<String>,
    /// Export only this: INSTANCE:EXPORT[=NAME]
    #[arg(long = "export", value_name = "EXPORT")]
    exports: Vec<String>,
    /// Leave these imports to the host: `wasi:*`
    #[arg(long = "import", value_name = "PATTERN")]
    open: Vec<String>,
    /// Refuse other imports that nothing provides
    #[arg(long)]
    closed: bool,
    /// Keep versions of one interface apart
    #[arg(long)]
    separate: bool,
    /// Answer imports without a provider: trap, deny or empty
    #[arg(long = "stub", value_name = "PATTERN[=HOW]")]
    stubs: Vec<String>,
    /// Show what was looked at for each import
    #[arg(long)]
    explain: bool,
    /// Write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the plan with everything decided; `-` is standard output
    #[arg(long, value_name = "FILE")]
    emit_plan: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

impl Run for Args {
    type Report = Report;
    const TEXT: Stream = Stream::Stderr;

    fn run(&self, progress: &dyn Progress) -> Result<Report> {
        let Asked { plan, files } = self.ask()?;
        let binaries = to_binaries(&plan, &files)?;
        let components: Components<'_> = binaries
            .iter()
            .map(|(id, bytes)| (id.clone(), &**bytes))
            .collect();
        let options = Options {
            dry_run: self.dry_run,
        };
        let composed = compose::compose(&plan, &components, &options, progress)?;
        let mut report = composed.report;
        if let Some(wasm) = composed.wasm {
            let path = self.output.path(&self.named(), "composed");
            self.output.write(&path, &wasm)?;
            report.output = Some(path.display().to_string());
        }
        if let Some(path) = &self.emit_plan {
            for (id, file) in &mut report.plan.components {
                file.sha256 = components.get(id).map(|bytes| compose::sha256(bytes));
            }
            let text = report.plan.to_toml();
            args::write(path, text.as_bytes(), false)?;
        }
        Ok(report)
    }

    fn write_text(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        if self.explain {
            write_decisions(report, out)?;
        }
        match &report.output {
            Some(path) if path != "-" => {
                write!(out, "wrote {path}: {}, ", render::bytes(report.size))?;
            }
            Some(_) => write!(out, "wrote {}, ", render::bytes(report.size))?,
            None => write!(out, "would compose ")?,
        }
        let instances = count(report.instances.len(), "instance");
        let imports = count(report.imports.len(), "import");
        writeln!(out, "{instances}, {imports} left to the host")
    }

    fn text(&self, _report: &Report) -> Stream {
        let free = !self.takes_stdout();
        if self.explain && self.dry_run && free {
            return Stream::Stdout;
        }
        Stream::Stderr
    }

    fn warnings<'a>(&self, report: &'a Report) -> &'a [Diagnostic] {
        &report.warnings
    }

    fn takes_stdout(&self) -> bool {
        self.output.is_stdout() || self.emit_plan.as_deref().is_some_and(args::is_dash)
    }
}

/// A plan with the files of its components, in its order. The paths in it lead from here.
struct Asked {
    plan: Plan,
    files: Vec<Bytes>,
}

impl Args {
    /// Reads what is to be composed, by whichever way it was said.
    fn ask(&self) -> Result<Asked> {
        let Some(root) = &self.root else {
            return read_all(self.flags()?.plan()?);
        };
        let folder = root.parent().unwrap_or(Path::new(""));
        if let Some(config) = &self.config {
            let bytes = files::read(config)?;
            let text = String::from_utf8_lossy(&bytes);
            let config_folder = config.parent().unwrap_or(Path::new(""));
            let config = yaml::parse(&config.display().to_string(), &text)?;
            return configured(root, &config, config_folder);
        }
        let bytes = files::read(root)?;
        if let Some(text) = plan_text(&bytes) {
            if wac::is_document(text) {
                return self.document(&root.display().to_string(), text);
            }
            let mut plan = Plan::parse(&root.display().to_string(), text)?;
            for file in plan.components.values_mut() {
                file.source = folder.join(&file.source).display().to_string();
            }
            return read_all(plan);
        }
        if self.chain.is_empty() && self.deps.is_empty() && self.stubs.is_empty() {
            return configured(root, &yaml::parse("", "")?, folder);
        }
        read_all(self.flags()?.plan()?)
    }

    /// A plan from a document; `-d NAME=FILE` and `--deps-dir` say where its packages are.
    fn document(&self, name: &str, text: &str) -> Result<Asked> {
        let found = wac::lower(name, text, self)?;
        let files = found.components.into_values().map(Bytes::Owned).collect();
        Ok(Asked {
            plan: found.plan,
            files,
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
    fn named(&self) -> PathBuf {
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

/// Reads the components that a plan names.
fn read_all(plan: Plan) -> Result<Asked> {
    let files = plan.components.values();
    let files = files.map(|file| files::read(Path::new(&file.source)));
    let files = files.collect::<Result<_>>()?;
    Ok(Asked { plan, files })
}

/// A plan from a configuration of wasm-compose.
fn configured(root: &Path, config: &yaml::Config, folder: &Path) -> Result<Asked> {
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
    let name = root.display().to_string();
    let binary = input::to_binary(&name, &files::read(root)?)?.into_owned();
    let found = yaml::lower(config, (&name, binary), &Folder(folder))?;
    let mut plan = found.plan;
    for (_, file) in plan.components.iter_mut().skip(1) {
        file.source = folder.join(&file.source).display().to_string();
    }
    let files = found.components.into_values().map(Bytes::Owned).collect();
    Ok(Asked { plan, files })
}

/// The text of a plan; nothing if this is a component, in either form.
fn plan_text(bytes: &[u8]) -> Option<&str> {
    match input::kind(bytes) {
        Ok(input::Kind::Text) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

fn to_binaries<'a>(plan: &Plan, files: &'a [Bytes]) -> Result<Vec<(String, Cow<'a, [u8]>)>> {
    let pairs = plan.components.iter().zip(files);
    let binaries =
        pairs.map(|((id, file), bytes)| Ok((id.clone(), input::to_binary(&file.source, bytes)?)));
    binaries.collect()
}

fn write_decisions(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Vec::new();
    for decision in &report.decisions {
        let outcome = match &decision.outcome {
            Outcome::Given(from) => format!("{from} (given)"),
            Outcome::Found(from) => from.clone(),
            Outcome::Open(_) => "the host".to_string(),
        };
        rows.push(vec![
            format!("{}.{}", decision.instance, decision.import),
            format!("← {outcome}"),
        ]);
        for candidate in &decision.candidates {
            let shown = format!("  {}.{}", candidate.instance, candidate.export);
            rows.push(vec![shown, candidate.reason.shown().to_string()]);
            for difference in &candidate.differences {
                rows.push(vec![String::new(), format!("  {difference}")]);
            }
        }
    }
    write!(out, "{}", render::table(&rows, &[]))
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
