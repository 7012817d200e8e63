//! Which bytes are whose, for comparing two files?

use std::ops::Range;

use super::group::part_name;
use super::name::Names;
use super::owner::Owners;
use crate::diagnostic::Result;
use crate::inspect::Root;

/// A function, or a section with all that lies in it.
pub(crate) struct Owned {
    /// Position in the parts.
    pub part: usize,
    /// The field's name of the section; `code` of a function.
    pub section: &'static str,
    /// Of a function, demangled; of a custom section.
    pub name: Option<String>,
    pub is_function: bool,
    pub size: u64,
    /// Of a function: its body with what frames it.
    pub range: Range<usize>,
}

/// The input or a binary nested in it.
pub(crate) struct OwnedPart {
    /// `core module 0`, with its name.
    pub told: String,
    pub name: Option<String>,
    /// The nested definitions from the outermost inwards.
    pub path: Vec<String>,
    pub range: Range<usize>,
}

/// All owners in the order of the file, and the parts that they are in. Sizes add up to that of the
/// file.
pub(crate) fn owned(binary: &[u8]) -> Result<(Vec<OwnedPart>, Vec<Owned>)> {
    let root = Root::parse(binary)?;
    let owners = Owners::find(binary, &root)?;
    let names = Names::of(&root, &owners);
    let mut parts: Vec<OwnedPart> = Vec::new();
    for (at, part) in owners.parts.iter().enumerate() {
        parts.push(OwnedPart {
            told: part_name(&owners, at),
            name: part.name.clone(),
            path: part.path.clone(),
            range: owners.range(at),
        });
    }
    let names = names.read();
    let owned = owners.list.iter().enumerate().map(|(at, found)| {
        let is_named = found.is_function() || found.section == Some(0);
        Owned {
            part: found.part,
            section: found.name(),
            name: names[at]
                .as_deref()
                .filter(|_| is_named)
                .map(str::to_string),
            is_function: found.is_function(),
            size: found.size,
            range: found.range.clone(),
        }
    });
    Ok((parts, owned.collect()))
}
