//! How is the interface asked for, and where does it go?

use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Serialize, Serializer};

use wct::diagnostic::{Diagnostic, Result};
use wct::inspect::wit::{self, Change, Interface};
use wct::wit::Features;

use super::{Report, Written, WrittenFile};
use crate::args::{self, Input};

/// What is shown of the interface, and how.
#[derive(Args)]
#[group(id = "wit-args")]
#[command(next_help_heading = "With --wit")]
pub struct WitArgs {
    /// Write one file per package into this folder
    #[arg(long, value_name = "DIR", requires = "wit", conflicts_with_all = ["wasm", "wat", "output"])]
    out_dir: Option<PathBuf>,
    /// Write the binary WIT package
    #[arg(long, short = 'w', requires = "wit", conflicts_with = "wat")]
    wasm: bool,
    /// Write that package in the text format
    #[arg(long, short = 't', requires = "wit")]
    wat: bool,
    /// Write versions as `@0.2` and a suffix
    #[arg(long, alias = "emit-canonical-names", requires = "wit")]
    canonical_names: bool,
    /// Leave out doc comments
    #[arg(long, requires = "wit")]
    no_docs: bool,
    /// Turn what the world exports into imports
    #[arg(long, value_name = "WORLD", num_args = 0..=1, require_equals = true, requires = "wit",
          conflicts_with_all = ["exportize", "merge_imports"])]
    importize: Option<Option<String>>,
    /// The same as --importize=WORLD, as wasm-tools has it
    #[arg(long, value_name = "WORLD", requires = "wit", hide = true,
          conflicts_with_all = ["importize", "exportize", "exportize_world", "merge_imports"])]
    importize_world: Option<String>,
    /// Turn what the world imports into exports
    #[arg(long, value_name = "WORLD", num_args = 0..=1, require_equals = true, requires = "wit",
          conflicts_with = "merge_imports")]
    exportize: Option<Option<String>>,
    /// The same as --exportize=WORLD, as wasm-tools has it
    #[arg(long, value_name = "WORLD", requires = "wit", hide = true,
          conflicts_with_all = ["importize", "exportize", "merge_imports"])]
    exportize_world: Option<String>,
    /// With --exportize: move only this; repeatable
    #[arg(long, value_name = "NAME", requires = "wit")]
    exportize_import: Vec<String>,
    /// Name the turned world
    #[arg(long, value_name = "NAME", requires = "wit",
          aliases = ["importize-out-world-name", "exportize-out-world-name"])]
    out_world_name: Option<String>,
    /// Take one version of each imported interface
    #[arg(
        long,
        value_name = "WORLD",
        requires = "wit",
        alias = "merge-world-imports-based-on-semver"
    )]
    merge_imports: Option<String>,
}

/// What goes to standard output.
pub enum Shown {
    /// WIT; as JSON the resolved form.
    Wit(Interface, String),
    /// The text format of the binary package.
    Wat(Interface, String),
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Shown::Wit(interface, _) => interface.serialize(serializer),
            Shown::Wat(_, text) => {
                wct::inspect::text::Report { text: text.clone() }.serialize(serializer)
            }
        }
    }
}

impl Shown {
    pub fn interface(&self) -> &Interface {
        match self {
            Shown::Wit(interface, _) | Shown::Wat(interface, _) => interface,
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Shown::Wit(_, text) | Shown::Wat(_, text) => text,
        }
    }
}

impl WitArgs {
    pub fn run(&self, input: &Input, features: &Features, output: Option<&Path>) -> Result<Report> {
        let change = self.change()?;
        let mut interface = read(input, features)?.change(&change)?;
        if self.no_docs {
            interface = interface.without_docs();
        }
        if self.wasm || self.wat {
            return self.encoded(interface, output);
        }
        if let Some(folder) = self
            .out_dir
            .as_deref()
            .or(output.filter(|path| is_folder(path)))
        {
            if is_same_folder(&input.path, folder) {
                return Err(Diagnostic::invocation(
                    "cli/same-file",
                    format!(
                        "`{}` is the input, and would be mixed with the output",
                        folder.display()
                    ),
                )
                .help("name another folder"));
            }
            return tree(&interface, folder);
        }
        let text = interface.text()?;
        let Some(path) = output else {
            return Ok(Report::Wit(Box::new(Shown::Wit(interface, text))));
        };
        args::write(path, text.as_bytes(), false)?;
        Ok(receipt(interface, vec![WrittenFile::new(path, text.len())]))
    }

    fn change(&self) -> Result<Change> {
        let new_name = self.out_world_name.clone();
        if let Some(world) = turned(&self.importize, &self.importize_world) {
            self.moves_all()?;
            return Ok(Change::Importize { world, new_name });
        }
        if let Some(world) = turned(&self.exportize, &self.exportize_world) {
            let only = self.exportize_import.clone();
            return Ok(Change::Exportize {
                world,
                new_name,
                only,
            });
        }
        self.moves_all()?;
        if new_name.is_some() {
            return Err(needs(
                "`--out-world-name` needs `--importize` or `--exportize`",
            ));
        }
        Ok(match self.merge_imports.clone() {
            Some(world) => Change::MergeImports { world },
            None => Change::None,
        })
    }

    /// Fails where single imports are named although none is exported.
    fn moves_all(&self) -> Result<()> {
        match self.exportize_import.is_empty() {
            true => Ok(()),
            false => Err(needs("`--exportize-import` needs `--exportize`")),
        }
    }

    /// The binary WIT package, or its text format.
    fn encoded(&self, interface: Interface, output: Option<&Path>) -> Result<Report> {
        let bytes = interface.encode(self.canonical_names)?;
        if self.wat {
            let text =
                wct::inspect::text::print("-", &bytes, wct::inspect::text::Detail::Full)?.text;
            let Some(path) = output else {
                return Ok(Report::Wit(Box::new(Shown::Wat(interface, text))));
            };
            args::write(path, text.as_bytes(), false)?;
            return Ok(receipt(interface, vec![WrittenFile::new(path, text.len())]));
        }
        let Some(path) = output else {
            return Err(
                Diagnostic::invocation("inspect/no-file", "`--wasm` writes a binary")
                    .help("name a file with `-o FILE`, or `-o -` for standard output"),
            );
        };
        args::write(path, &bytes, true)?;
        Ok(receipt(
            interface,
            vec![WrittenFile::new(path, bytes.len())],
        ))
    }
}

/// Writes each package to its own file.
fn tree(interface: &Interface, folder: &Path) -> Result<Report> {
    let files = interface.files()?;
    for file in &files {
        args::not_an_input(&folder.join(&file.path))?;
    }
    let mut written = Vec::new();
    for file in files {
        let path = folder.join(file.path);
        args::make_parent(&path)?;
        args::write(&path, file.text.as_bytes(), false)?;
        written.push(WrittenFile::new(&path, file.text.len()));
    }
    Ok(Report::Written(Written {
        written,
        warnings: interface.warnings.clone(),
    }))
}

/// An option that has nothing to act on.
fn needs(message: &str) -> Box<Diagnostic> {
    Diagnostic::invocation("inspect/no-turn", message).help("add it, or leave the option out")
}

/// Which world is turned, where one is: the short form names it or not, the long one does.
fn turned(short: &Option<Option<String>>, long: &Option<String>) -> Option<Option<String>> {
    short.clone().or_else(|| long.clone().map(Some))
}

fn receipt(interface: Interface, written: Vec<WrittenFile>) -> Report {
    Report::Written(Written {
        written,
        warnings: interface.warnings,
    })
}

fn read(input: &Input, features: &Features) -> Result<Interface> {
    if input.path.is_dir() {
        return Ok(wct::wit::load(&input.path, features)?.into());
    }
    let name = input.name();
    let bytes = input.read()?;
    wit::read(&name, &bytes, features).map_err(|error| error.in_file(&name))
}

fn is_same_folder(input: &Path, output: &Path) -> bool {
    let (input, output) = (input.canonicalize(), output.canonicalize());
    matches!((input, output), (Ok(input), Ok(output)) if input == output)
}

/// A folder that exists, a path that ends in `/`, or a name without an extension.
fn is_folder(path: &Path) -> bool {
    let ends_in_slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    !args::is_dash(path)
        && (path.is_dir() || ends_in_slash || (path.extension().is_none() && !path.exists()))
}
