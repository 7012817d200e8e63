//! What do the errors of the libraries underneath mean?
//!
//! The only file that knows them. Spans and offsets are kept; words of theirs that would name
//! their own internals are not.

use wit_parser::{ParseError, ParseErrorKind, Resolve, ResolveError, ResolveErrorKind, Span};

use super::{Diagnostic, Label, Place, Source, locate};
use crate::binary::{Broken, Sections};
use crate::features;

/// An error of parsing or validating the binary `file`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are handed over where they occur"
)]
pub fn wasm(error: wasmparser::Error, file: &[u8]) -> Box<Diagnostic> {
    wasm_at(&error, file, locate(file, error.offset()))
}

/// An error of parsing or validating the binary `file`, whose place is known.
pub(crate) fn wasm_at(error: &wasmparser::Error, file: &[u8], place: Place) -> Box<Diagnostic> {
    // What encloses the fault comes first, a line each.
    let mut lines = error.message().lines();
    let message = lines.next().unwrap_or_default();
    let diagnostic = if message.starts_with("unexpected end") {
        ends_early(file, error.offset())
    } else if message.starts_with("magic header not detected") {
        // What follows in the message are the bytes that are there, a line each.
        return Diagnostic::error(
            "wasm/malformed",
            "magic header not detected: no module or component begins here",
        )
        .at(place)
        .help("get the file again, or rebuild it: it is damaged");
    } else if let Some(feature) = error.missing_wasm_feature() {
        disabled(feature, message)
    } else if let Some(version) = version(message, file, error.offset()) {
        version
    } else {
        Diagnostic::error("wasm/invalid", message)
    };
    lines.fold(diagnostic.at(place), |diagnostic, line| {
        diagnostic.cause(line.trim())
    })
}

/// Does the error only come from checking a component apart from the one around it? Then it says
/// nothing, or the same once more.
pub(crate) fn is_echo(error: &wasmparser::Error) -> bool {
    let no_components = wasmparser::WasmFeatures::COMPONENT_MODEL;
    error.message().starts_with("invalid outer alias count")
        || error.missing_wasm_feature() == Some(no_components)
}

fn disabled(feature: wasmparser::WasmFeatures, message: &str) -> Box<Diagnostic> {
    let name = features::names(feature);
    // This one message of wasmparser's is about its own reading of the preamble.
    let message = if feature == wasmparser::WasmFeatures::COMPONENT_MODEL {
        "components are not enabled"
    } else {
        message
    };
    Diagnostic::error("wasm/disabled-feature", message)
        .cause(format!("the feature `{name}` is off"))
}

/// Something ends at `offset`: the file, or a part of it that says to be longer.
fn ends_early(file: &[u8], offset: u64) -> Box<Diagnostic> {
    let frames = Sections::new(file, 0..file.len());
    let broken = frames.filter_map(|frame| frame.err()).next();
    match broken {
        Some(Broken::Truncated {
            offset: cut,
            missing,
        }) if offset >= cut as u64 => Diagnostic::error(
            "wasm/truncated",
            format!(
                "unexpected end of the file: {missing} byte{} missing",
                if missing == 1 { " is" } else { "s are" }
            ),
        )
        .help("get the file again: it was cut short, for instance by an interrupted download"),
        _ => Diagnostic::error("wasm/malformed", "unexpected end of a section or function")
            .help("get the file again, or rebuild it: it is damaged"),
    }
}

/// The version field at `offset` is none that is known; `None` if that is not the trouble.
fn version(message: &str, file: &[u8], offset: u64) -> Option<Box<Diagnostic>> {
    let about = [
        "unknown binary version",
        "unknown component version",
        "unsupported component version",
    ];
    if !about.iter().any(|start| message.starts_with(start)) {
        return None;
    }
    let field = file
        .get(usize::try_from(offset).ok()?..)?
        .first_chunk::<4>()?;
    let version = u16::from_le_bytes([field[0], field[1]]);
    let (what, newest) = match u16::from_le_bytes([field[2], field[3]]) {
        0 => ("core module", 1),
        _ => ("component", 13),
    };
    let message = format!("version {version} of the {what} format is not known, only {newest} is");
    let unknown = Diagnostic::error("wasm/unknown-version", message);
    Some(if version < newest {
        unknown.help("rebuild it with current tools: it is from before the format was settled")
    } else {
        unknown.help("get a newer `wct`, or check whether the file is damaged")
    })
}

/// An error in the text of a module or component.
pub fn wat(error: &wast::Error, source: Source) -> Box<Diagnostic> {
    let label = Label::token(source, error.span().offset());
    let message = error.message();
    // A list of everything that could stand there is not the message.
    match first_line(&message).split_once(", expected one of: ") {
        Some((message, expected)) => Diagnostic::error("wat/syntax", message)
            .label(label)
            .cause(format!("expected one of {expected}")),
        None => Diagnostic::error("wat/syntax", first_line(&message)).label(label),
    }
}

/// An error of parsing or resolving WIT. `text_of` supplies the text of a source by its name.
pub fn wit(
    error: &anyhow::Error,
    resolve: &Resolve,
    text_of: &dyn Fn(&str) -> Option<String>,
) -> Box<Diagnostic> {
    if let Some(error) = error.downcast_ref::<ParseError>() {
        return wit_parse(error, resolve, text_of);
    }
    if let Some(error) = error.downcast_ref::<ResolveError>() {
        return wit_resolve(error, resolve, text_of);
    }
    chain("wit/unreadable", error)
}

fn wit_parse(
    error: &ParseError,
    resolve: &Resolve,
    text_of: &dyn Fn(&str) -> Option<String>,
) -> Box<Diagnostic> {
    let kind = error.kind();
    let (code, message, help) = match kind {
        ParseErrorKind::Lex(error) => ("wit/syntax", error.to_string(), None),
        ParseErrorKind::Syntax { message, .. } => ("wit/syntax", message.clone(), None),
        ParseErrorKind::ItemNotFound {
            kind, name, hint, ..
        } => (
            unknown_code(kind),
            format!("{kind} `{name}` does not exist"),
            hint.clone(),
        ),
        other => ("wit/cycle", other.to_string(), None),
    };
    let mut diagnostic = Diagnostic::error(code, first_line(&message));
    if let Some(label) = wit_label(kind.span(), resolve, text_of) {
        diagnostic = diagnostic.label(label);
    }
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn unknown_code(kind: &str) -> &'static str {
    match kind {
        "type" => "wit/unknown-type",
        "interface" => "wit/unknown-interface",
        "world" => "wit/unknown-world",
        _ => "wit/unknown-name",
    }
}

fn wit_resolve(
    error: &ResolveError,
    resolve: &Resolve,
    text_of: &dyn Fn(&str) -> Option<String>,
) -> Box<Diagnostic> {
    let kind = error.kind();
    let mut diagnostic = match kind {
        ResolveErrorKind::PackageNotFound {
            requested, known, ..
        } => {
            let mut missing = Diagnostic::error(
                "wit/unknown-package",
                format!("package `{requested}` not found"),
            );
            if !known.is_empty() {
                let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
                missing = missing.cause(format!("known packages: {}", known.join(", ")));
            }
            missing.help(format!(
                "put the package into the folder `deps` beside the WIT files, for instance as \
                 `deps/{}.wit`",
                requested.name
            ))
        }
        ResolveErrorKind::WorldNotFound { .. } => {
            Diagnostic::error("wit/unknown-world", kind.to_string())
        }
        ResolveErrorKind::InterfaceNotFound { .. } => {
            Diagnostic::error("wit/unknown-interface", kind.to_string())
        }
        ResolveErrorKind::PackageCycle { .. } => Diagnostic::error("wit/cycle", kind.to_string()),
        ResolveErrorKind::DuplicatePackage { name, span2, .. } => {
            let twice = Diagnostic::error(
                "wit/duplicate-package",
                format!("package `{name}` is defined in two places"),
            );
            match wit_label(*span2, resolve, text_of) {
                Some(label) => twice.label(label),
                None => twice,
            }
        }
        other => Diagnostic::error("wit/invalid", first_line(&other.to_string())),
    };
    if let Some(label) = wit_label(kind.span(), resolve, text_of) {
        diagnostic.labels.insert(0, label);
    }
    diagnostic
}

fn wit_label(
    span: Span,
    resolve: &Resolve,
    text_of: &dyn Fn(&str) -> Option<String>,
) -> Option<Label> {
    let location = resolve.source_map.resolve_span(span)?;
    let text = text_of(location.path)?;
    Some(Label {
        source: Source {
            name: location.path.to_string(),
            text: text.into(),
        },
        range: location.range,
        text: String::new(),
    })
}

/// An error of wit-component, whose causes are told from the outside inwards.
pub fn wit_component(code: &'static str, error: &anyhow::Error) -> Box<Diagnostic> {
    chain(code, error)
}

/// WIT of which wit-component can write no binary form that a validator takes.
pub fn unencodable(error: &anyhow::Error) -> Box<Diagnostic> {
    let cause = match error.downcast_ref::<wasmparser::Error>() {
        Some(error) => error.message().to_string(),
        None => error.root_cause().to_string(),
    };
    Diagnostic::error("wit/unencodable", "the WIT has no binary form")
        .cause(cause)
        .help("take types apart that nest too deeply, or that are too large")
}

/// An error of parsing or resolving a document of the WAC language.
#[cfg(feature = "wac")]
pub fn wac(error: &dyn miette::Diagnostic, source: &Source) -> Box<Diagnostic> {
    let mut diagnostic = Diagnostic::error("compose/document", first_line(&error.to_string()));
    for label in error.labels().into_iter().flatten() {
        let end = source.text.len();
        let start = label.offset().min(end);
        diagnostic = diagnostic.label(Label {
            source: source.clone(),
            range: start..(start + label.len()).min(end),
            text: label.label().unwrap_or_default().to_string(),
        });
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        diagnostic = diagnostic.cause(error.to_string());
        cause = error.source();
    }
    diagnostic
}

fn chain(code: &'static str, error: &anyhow::Error) -> Box<Diagnostic> {
    let mut messages = error.chain().map(|cause| cause.to_string());
    let message = messages.next().unwrap_or_default();
    let diagnostic = Diagnostic::error(code, message);
    messages.fold(diagnostic, |diagnostic, cause| diagnostic.cause(cause))
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or("")
}
