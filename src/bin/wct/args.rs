//! Which arguments do several subcommands share?

use std::ffi::OsStr;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Args, ColorChoice, Command};

use wct::conform::World;
use wct::diagnostic::{Diagnostic, Result};
use wct::files::{self, Bytes};
use wct::graph::Format;
use wct::inspect::text;
use wct::pieces::Pieces;
use wct::wit;

/// How the answer is shown.
#[derive(Args)]
pub struct Global {
    /// Print one JSON value instead of text
    #[arg(long, global = true, help_heading = "Common options")]
    pub json: bool,
    /// Say nothing but answers and errors
    #[arg(long, short, global = true, help_heading = "Common options")]
    pub quiet: bool,
    /// Color the text: auto, always, never
    #[arg(
        long,
        global = true,
        help_heading = "Common options",
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true
    )]
    pub color: ColorChoice,
}

/// Takes any text and leaves the judgement to the command; shells complete these words.
#[derive(Clone)]
pub struct Offering(pub fn() -> Vec<String>);

impl TypedValueParser for Offering {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> std::result::Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.0)().into_iter().map(PossibleValue::new)))
    }
}

/// One input.
#[derive(Args)]
pub struct Input {
    /// Module, component or WIT package, binary or text; `-` is standard input
    #[arg(value_name = "FILE")]
    pub path: PathBuf,
}

impl Input {
    /// As the user typed it.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    pub fn read(&self) -> Result<Bytes> {
        files::read(&self.path)
    }
}

/// Where a maker writes.
#[derive(Args)]
pub struct Output {
    /// Write to this file; `-` is standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write the text format
    #[arg(long, short = 't')]
    pub wat: bool,
}

impl Output {
    pub fn is_stdout(&self) -> bool {
        self.output.as_deref().is_some_and(is_dash)
    }

    /// Where the output goes: the given path, or one derived from the input's name with
    /// `extension`: `app.wasm` → `app.component.wasm`.
    pub fn path(&self, input: &Path, extension: &str) -> PathBuf {
        if let Some(path) = &self.output {
            return path.clone();
        }
        let named = !is_dash(input) && input.file_name().is_some();
        let input = if named { input } else { Path::new("out") };
        let stem = input.file_stem().unwrap_or_default();
        let stem = stem.to_string_lossy();
        let stem = stem.strip_suffix(".core").unwrap_or(&stem);
        let format = if self.wat { "wat" } else { "wasm" };
        input.with_file_name(format!("{stem}.{extension}.{format}"))
    }

    /// Gets everything ready that can be written before it is known to be right.
    pub fn prepare(&self, path: &Path, wasm: &Pieces<'_>) -> Result<Prepared> {
        not_an_input(path)?;
        if self.wat || is_dash(path) {
            return Ok(Prepared::Bytes(wasm.to_vec()));
        }
        files::prepare(path, wasm).map(Prepared::File)
    }

    /// Puts in its place what was prepared for it.
    pub fn commit(&self, path: &Path, prepared: Prepared) -> Result<()> {
        match prepared {
            Prepared::File(pending) => pending.commit(),
            Prepared::Bytes(wasm) => self.write(path, &wasm),
        }
    }

    /// Writes a binary, as text where that was asked for.
    pub fn write(&self, path: &Path, wasm: &[u8]) -> Result<()> {
        if self.wat {
            return write(path, self.printed(path, wasm)?.as_bytes(), false);
        }
        write(path, wasm, true)
    }

    /// Writes a binary over the input that it was made from.
    fn overwrite(&self, path: &Path, wasm: &[u8]) -> Result<()> {
        if self.wat {
            return files::write(path, self.printed(path, wasm)?.as_bytes());
        }
        files::write(path, wasm)
    }

    fn printed(&self, path: &Path, wasm: &[u8]) -> Result<String> {
        let name = path.display().to_string();
        Ok(text::print(&name, wasm, text::Detail::Full)?.text)
    }
}

/// Where a maker writes that may put its output in the place of its input.
#[derive(Args)]
pub struct Rewrite {
    #[command(flatten)]
    output: Output,
    /// Overwrite the input
    #[arg(long, conflicts_with = "output")]
    in_place: bool,
}

impl Rewrite {
    /// Writes a binary, under a name with `extension` where none is given. Returns where it is.
    pub fn write(&self, input: &Path, extension: &str, wasm: &[u8]) -> Result<PathBuf> {
        let path = match self.in_place {
            true => input.to_path_buf(),
            false => self.output.path(input, extension),
        };
        match self.in_place && !is_dash(&path) {
            true => self.output.overwrite(&path, wasm)?,
            false => self.output.write(&path, wasm)?,
        }
        Ok(path)
    }

    pub fn is_stdout(&self, input: &Path) -> bool {
        self.output.is_stdout() || self.in_place && is_dash(input)
    }
}

/// An output that waits for its command's success.
pub enum Prepared {
    File(files::Pending),
    Bytes(Vec<u8>),
}

/// What a graph is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Picture {
    Mermaid,
    Dot,
    Svg,
}

impl From<Picture> for Format {
    fn from(picture: Picture) -> Format {
        match picture {
            Picture::Mermaid => Format::Mermaid,
            Picture::Dot => Format::Dot,
            Picture::Svg => Format::Svg,
        }
    }
}

/// Is this path `-`?
pub fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Writes to a file, or to standard output for `-`. Binary bytes do not go to a terminal.
pub fn write(path: &Path, bytes: &[u8], binary: bool) -> Result<()> {
    if !is_dash(path) {
        not_an_input(path)?;
        return files::write(path, bytes);
    }
    let mut stdout = std::io::stdout().lock();
    if binary && stdout.is_terminal() {
        return Err(Diagnostic::invocation(
            "output/terminal",
            "refusing to write a binary to a terminal",
        )
        .help("redirect the output, name a file with `-o FILE`, or print text with `-t`"));
    }
    files::answered(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// Fails where an output would overwrite an input.
pub fn not_an_input(path: &Path) -> Result<()> {
    if is_dash(path) || !files::is_input(path) {
        return Ok(());
    }
    let shown = path.display();
    Err(Diagnostic::invocation(
        "cli/same-file",
        format!("`{shown}` is an input, and would be overwritten"),
    )
    .help("name another file with `-o`; `wct shrink` and `wct metadata` have `--in-place`"))
}

/// Makes the folder that a file is to be written into.
pub fn make_parent(path: &Path) -> Result<()> {
    match path.parent() {
        Some(folder) => files::make_folder(folder),
        None => Ok(()),
    }
}

/// Which gated WIT items are taken.
#[derive(Args)]
pub struct WitFeatures {
    /// Take WIT gated by these features, or by `all`
    #[arg(long = "wit-features", value_name = "NAME", value_delimiter = ',')]
    names: Vec<String>,
}

impl WitFeatures {
    pub fn get(&self) -> wit::Features {
        if self.names.is_empty() {
            wit::Features::None
        } else if self.names.iter().any(|name| name == "all") {
            wit::Features::All
        } else {
            wit::Features::Some(self.names.clone())
        }
    }
}

/// Reads `WIT[#world]`: a directory, a file or a binary package, and which of its worlds.
pub fn read_world(text: &str, features: &wit::Features) -> Result<World> {
    let (path, world) = match text.rsplit_once('#') {
        Some((path, world)) => (path, Some(world)),
        None => (text, None),
    };
    World::new(&wit::load(Path::new(path), features)?, world)
}
