//! What is this input?
//!
//! Told by content, never by name: core module, component, binary WIT package, or the text of one
//! of them. Everything else is recognised as far as that helps the user.

mod text;

use std::borrow::Cow;

use crate::binary::{self, Layer};
use crate::diagnostic::{self, Diagnostic, Label, Result, Source};

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Module,
    Component,
    /// A text that starts like the WebAssembly text format.
    Wat,
    /// Any other text: perhaps WIT.
    Text,
}

/// Tells the kind of an input. Fails on what is none of them, and says what it is instead.
pub fn kind(bytes: &[u8]) -> Result<Kind> {
    match binary::layer(bytes) {
        Some(Layer::Module) => return Ok(Kind::Module),
        Some(Layer::Component) => return Ok(Kind::Component),
        None => {}
    }
    let cut_short = !bytes.is_empty() && binary::MAGIC.starts_with(bytes);
    if cut_short || bytes.starts_with(&binary::MAGIC) {
        return Err(if bytes.len() < binary::PREAMBLE {
            Diagnostic::error("wasm/truncated", "the file ends within the preamble")
                .help("get the file again: it was cut short")
        } else {
            Diagnostic::error(
                "wasm/unknown-version",
                "the preamble is of an unknown version",
            )
            .help("rebuild the input with current tools")
        });
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(foreign_format(bytes));
    };
    if text.trim().is_empty() {
        return Err(Diagnostic::error("input/empty", "the input is empty")
            .help("check the step that should have written it"));
    }
    Ok(if is_wat(text) { Kind::Wat } else { Kind::Text })
}

/// Does the text start like the WebAssembly text format, comments aside?
fn is_wat(text: &str) -> bool {
    let mut rest = text.trim_start();
    loop {
        if let Some(comment) = rest.strip_prefix(";;") {
            rest = comment
                .split_once('\n')
                .map_or("", |(_, rest)| rest)
                .trim_start();
        } else if let Some(comment) = rest.strip_prefix("(;") {
            rest = block_comment_end(comment).trim_start();
        } else {
            return rest.starts_with('(');
        }
    }
}

/// What follows a block comment whose opening was already read. They nest.
fn block_comment_end(mut rest: &str) -> &str {
    let mut depth = 1;
    while depth > 0 {
        let Some(at) = rest.find([';', '(']) else {
            return "";
        };
        rest = &rest[at..];
        if rest.starts_with(";)") {
            depth -= 1;
            rest = &rest[2..];
        } else if rest.starts_with("(;") {
            depth += 1;
            rest = &rest[2..];
        } else {
            rest = &rest[1..];
        }
    }
    rest
}

/// Formats that people hand over by mistake: how they begin, what they are, what to do instead.
const FORMATS: &[(&[u8], &str, &str)] = &[
    (
        b"\x1f\x8b",
        "gzip-compressed",
        "decompress it first: `gzip -d`",
    ),
    (
        b"\x28\xb5\x2f\xfd",
        "zstd-compressed",
        "decompress it first: `zstd -d`",
    ),
    (
        b"BZh",
        "bzip2-compressed",
        "decompress it first: `bzip2 -d`",
    ),
    (
        b"\xfd7zXZ\0",
        "xz-compressed",
        "decompress it first: `xz -d`",
    ),
    (
        b"PK\x03\x04",
        "a zip archive",
        "unpack it and name the file inside",
    ),
    (
        b"!<arch>",
        "an archive of object files",
        "link it to a module first: `wasm-ld`",
    ),
    (b"\x7fELF", "an ELF file", COMPILE),
    (b"MZ", "a Windows program", COMPILE),
    (b"\xcf\xfa\xed\xfe", "a macOS program", COMPILE),
    (
        b"BC\xc0\xde",
        "LLVM bitcode",
        "compile it to a module first: `clang`",
    ),
    (b"\x89PNG", "a PNG image", NAME),
    (b"\xff\xd8\xff", "a JPEG image", NAME),
    (b"%PDF", "a PDF document", NAME),
];

const COMPILE: &str = "compile for a WebAssembly target";
const NAME: &str = "name a module, a component or a WIT package";

/// Says what an input is that is neither WebAssembly nor text.
fn foreign_format(bytes: &[u8]) -> Box<Diagnostic> {
    let known = FORMATS.iter().find(|(magic, ..)| bytes.starts_with(magic));
    let (_, what, help) = known.unwrap_or(&(b"", "neither WebAssembly nor text", NAME));
    Diagnostic::error("input/not-wasm", format!("the input is {what}")).help(*help)
}

/// The binary form of a module or component: as it is, or encoded from text. `name` is the path as
/// the user typed it. Fails on everything else.
pub fn to_binary<'a>(name: &str, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
    match kind(bytes).map_err(|error| error.in_file(name))? {
        Kind::Module | Kind::Component => Ok(Cow::Borrowed(bytes)),
        Kind::Wat => encode(name, bytes).map(Cow::Owned),
        Kind::Text => Err(Diagnostic::error(
            "input/not-wasm",
            format!("`{name}` is a text, but neither a module nor a component"),
        )
        .help("name a `.wasm` or `.wat` file here")),
    }
}

/// The text of a WIT package. Fails on a text that does not begin like one.
pub fn wit_text<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str> {
    const BEGINNINGS: &[&str] = &["package", "interface", "world", "use", "@", "//", "/*"];
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if BEGINNINGS.iter().any(|word| start.starts_with(word)) {
        return Ok(text);
    }
    Err(Diagnostic::error(
        "input/not-wasm",
        format!("`{name}` is a text, but neither a module, a component nor a WIT package"),
    )
    .help("name a `.wasm`, `.wat` or `.wit` file, or a directory of `.wit` files"))
}

/// Encodes the text of a module or component. `(module quote …)` and the like are taken too.
fn encode(name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    wat(&text, |wat| wat.encode()).map_err(|error| {
        let source = Source {
            name: name.to_string(),
            text: text.as_ref().into(),
        };
        diagnostic::wat(&error, source)
    })
}

/// Where the input is the text of a module or component, tells the places of findings about it in
/// that text: nobody has its encoded form.
pub fn mark(name: &str, bytes: &[u8], findings: &mut [Diagnostic]) {
    if findings.is_empty() || !matches!(kind(bytes), Ok(Kind::Wat)) {
        return;
    }
    let text = String::from_utf8_lossy(bytes);
    let source = Source {
        name: name.to_string(),
        text: text.as_ref().into(),
    };
    let offset = |finding: &Diagnostic| {
        let place = finding.place.as_ref()?;
        let is_here = place.file.as_deref().is_none_or(|file| file == name);
        place.offset.filter(|_| is_here)
    };
    let offsets = findings
        .iter()
        .map(|finding| offset(finding).unwrap_or(u64::MAX));
    let starts = text::origins(&text, &offsets.collect::<Vec<_>>());
    for (finding, start) in findings.iter_mut().zip(starts) {
        let (Some(place), Some(start)) = (&mut finding.place, start) else {
            continue;
        };
        place.file = None;
        place.offset = None;
        finding.labels.push(Label::token(source.clone(), start));
    }
}

/// Parses the text of a module or component and hands it on, with the place of each instruction.
pub(crate) fn wat<T>(
    text: &str,
    then: impl FnOnce(&mut wast::Wat<'_>) -> std::result::Result<T, wast::Error>,
) -> std::result::Result<T, wast::Error> {
    let mut lexer = wast::lexer::Lexer::new(text);
    // Bidirectional control characters are legal in names; the text format allows them.
    lexer.allow_confusing_unicode(true);
    let mut buffer = wast::parser::ParseBuffer::new_with_lexer(lexer)?;
    buffer.track_instr_spans(true);
    then(&mut wast::parser::parse::<wast::Wat>(&buffer)?)
}
