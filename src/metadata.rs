//! How does a module or component get to say something else about itself?
//!
//! Names are in the section `name` (of a component `component-name`), each other key has a custom
//! section of its own. The rest of the file is copied as it is.

mod value;

use serde::Serialize;

pub use value::{Change, Key};

use crate::binary::{Layer, Sections, layer, leb_u32};
use crate::component::{Names, section};
use crate::diagnostic::Result;
use crate::input;
use crate::module::{self, broken_frame, custom, id};

/// What became of a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    pub bytes_before: u64,
    pub bytes_after: u64,
    /// One for each key that was named, in that order.
    pub changes: Vec<Changed>,
}

/// What a file said under a key, and what it says now; nothing where it says nothing.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Changed {
    pub key: Key,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}

/// Makes the changes to the outermost module or component. `name` is the path as the user typed it.
/// Fails where the frames of sections are broken.
pub fn write(name: &str, bytes: &[u8], changes: &[Change]) -> Result<(Vec<u8>, Report)> {
    let mut binary = input::to_binary(name, bytes)?.into_owned();
    let before = binary.len() as u64;
    let mut changed = Vec::new();
    for change in changes {
        let (after, old) = with(&binary, change).map_err(|error| error.in_file(name))?;
        changed.push(Changed {
            key: change.key,
            old,
            new: change.value.clone(),
        });
        binary = after;
    }
    let report = Report {
        bytes_before: before,
        bytes_after: binary.len() as u64,
        changes: changed,
    };
    Ok((binary, report))
}

/// The file with one change, and what it said before.
fn with(file: &[u8], change: &Change) -> Result<(Vec<u8>, Option<String>)> {
    let sections = Sections::new(file, 0..file.len()).collect::<std::result::Result<Vec<_>, _>>();
    let sections = sections.map_err(|broken| broken_frame(file, 0, broken))?;
    let layer = layer(file).unwrap_or(Layer::Module);
    let name = change.key.section(layer);
    let customs = sections.iter().filter_map(|section| {
        let found = custom(file, section).filter(|_| section.id == id::CUSTOM)?;
        (found.name == name).then_some((section.range.clone(), found.data))
    });
    let customs: Vec<_> = customs.collect();
    let said = |data| match change.key {
        Key::Name => own_name(layer, data).map(str::as_bytes),
        _ => Some(data),
    };
    // Of several, readers take the last that says it.
    let last = customs.iter().rfind(|(_, data)| said(data).is_some());
    let old = last.and_then(|(_, data)| said(data));
    let old = old.map(|text| String::from_utf8_lossy(text).into_owned());
    if old == change.value {
        return Ok((file.to_vec(), old));
    }
    let end = (file.len()..file.len(), &file[..0]);
    let written = last.or(customs.first()).unwrap_or(&end);
    let added = customs.is_empty().then_some(&end);
    let mut out = Vec::new();
    let mut at = 0;
    for custom in customs.iter().chain(added) {
        let (range, data) = custom;
        let value = change.value.as_deref().filter(|_| custom == written);
        // What is to be gone goes from all of them, or another would stand in for it.
        let goes = change.value.is_none() || change.key == Key::Name;
        if value.is_none() && !(goes && said(data).is_some()) {
            continue;
        }
        out.extend_from_slice(&file[at..range.start]);
        if let Some(contents) = contents(change.key, value, data) {
            let mut whole = Vec::new();
            text(name.as_bytes(), &mut whole);
            whole.extend(contents);
            section(id::CUSTOM, &whole, &mut out);
        }
        at = range.end;
    }
    out.extend_from_slice(&file[at..]);
    Ok((out, old))
}

/// What the section holds then; none where nothing is left to hold.
fn contents(key: Key, value: Option<&str>, data: &[u8]) -> Option<Vec<u8>> {
    if key != Key::Name {
        return value.map(|value| value.as_bytes().to_vec());
    }
    let mut out = Vec::new();
    if let Some(name) = value {
        let mut named = Vec::new();
        text(name.as_bytes(), &mut named);
        section(OWN_NAME, &named, &mut out);
    }
    // What is broken stays as it is.
    let mut at = 0;
    while let Some((kind, range)) = subsection(data, at) {
        if kind != OWN_NAME {
            out.extend_from_slice(&data[at..range.end]);
        }
        at = range.end;
    }
    out.extend_from_slice(&data[at..]);
    (!out.is_empty()).then_some(out)
}

/// The subsection that names the module or component itself (core specification, "Name Section";
/// component model, "Name Section").
const OWN_NAME: u8 = 0;

/// The kind of the subsection that begins there, and where its contents are.
fn subsection(data: &[u8], at: usize) -> Option<(u8, std::ops::Range<usize>)> {
    let kind = *data.get(at)?;
    let (length, start) = leb_u32(data, at + 1)?;
    let end = start.checked_add(length as usize)?;
    (end <= data.len()).then_some((kind, start..end))
}

/// What a section of names calls the file, as all who read it take it.
fn own_name(layer: Layer, data: &[u8]) -> Option<&str> {
    match layer {
        Layer::Component => Names::read(data).component,
        Layer::Module => module::own_name(data),
    }
}

/// Appends a text with its length.
fn text(bytes: &[u8], out: &mut Vec<u8>) {
    use wasm_encoder::Encode;
    bytes.encode(out);
}
