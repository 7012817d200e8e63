//! Where does a function come from: which crate, which file?

use std::collections::BTreeMap;
use std::ops::Range;

use super::owner::{Found, Owners};
use crate::diagnostic::{Dwarf, demangle, dwarf};
use crate::inspect::{Body, Root};
use crate::module::{Module, id};

/// By owner, the crate of Rust, the package of Go or the namespace of C++ that its name tells.
pub(super) fn crates(root: &Root<'_>, owners: &Owners) -> BTreeMap<usize, String> {
    let parts = root.parts();
    let mut found = BTreeMap::new();
    let mut functions = owners.list.iter().enumerate().peekable();
    for (at, part) in parts.iter().enumerate() {
        let Body::Module(module) = part.body else {
            continue;
        };
        let names = module.known_function_names();
        let is_go = names.iter().any(|(_, name)| name.starts_with("_rt0_wasm"));
        while let Some((owner, function)) = functions.next_if(|(_, found)| found.part <= at) {
            if function.part < at || !function.is_function() {
                continue;
            }
            let name = function.index.and_then(|index| names.get(index));
            if let Some(home) = name.and_then(|name| home(name, is_go)) {
                found.insert(owner, home);
            }
        }
    }
    found
}

fn home(name: &str, is_go: bool) -> Option<String> {
    if is_go {
        return go_package(name);
    }
    if rustc_demangle::try_demangle(name).is_ok() {
        return rust_crate(&demangle(name));
    }
    if !name.starts_with("_Z") {
        return None;
    }
    let plain = demangle(name);
    let (space, _) = plain.split_once("::")?;
    is_word(space).then(|| space.to_string())
}

/// `github.com/user/repo/pkg` of `github.com/user/repo/pkg.(*Type).Method`.
fn go_package(name: &str) -> Option<String> {
    let folder = name.rfind('/').map_or(0, |at| at + 1);
    let dot = name[folder..].find('.')?;
    let package = &name[..folder + dot];
    (!package.is_empty() && !package.contains([':', '(', '['])).then(|| package.to_string())
}

/// `alloc` of `<alloc::vec::Vec<T> as core::ops::Drop>::drop`; of a type that is in no crate that
/// of the trait.
fn rust_crate(name: &str) -> Option<String> {
    let Some(inner) = name.strip_prefix('<') else {
        return first_segment(name);
    };
    let ty = inner.trim_start_matches(['&', '*', '[', '(', '<']);
    let ty = ["mut ", "const ", "dyn "]
        .iter()
        .fold(ty, |ty, word| ty.trim_start_matches(word));
    first_segment(ty).or_else(|| {
        let (_, after) = inner.split_once(" as ")?;
        first_segment(after)
    })
}

fn first_segment(path: &str) -> Option<String> {
    let (first, _) = path.split_once("::")?;
    is_word(first).then(|| first.to_string())
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Line tables by part.
pub(super) struct Sources<'a> {
    tables: BTreeMap<usize, (usize, Dwarf<'a>)>,
}

impl<'a> Sources<'a> {
    pub fn of(file: &'a [u8], root: &Root<'a>) -> Sources<'a> {
        let parts = root.parts();
        let mut tables = BTreeMap::new();
        for (at, part) in parts.iter().enumerate() {
            if let Body::Module(module) = part.body
                && let Some(code) = module.section(id::CODE)
                && let Some(dwarf) = dwarf(&Module::intact(file, module.range.clone()))
            {
                tables.insert(at, (code.contents.start, dwarf));
            }
        }
        Sources { tables }
    }

    /// The bytes of a function by the files they were compiled from, inlined ones included; never
    /// more than it has.
    pub fn shares(&mut self, found: &Found) -> Vec<(String, u64)> {
        let Some((start, dwarf)) = self.tables.get(&found.part) else {
            return Vec::new();
        };
        if !found.is_function() {
            return Vec::new();
        }
        let addresses = (found.range.start - start) as u64..(found.range.end - start) as u64;
        shares(dwarf, &addresses)
    }
}

fn shares(dwarf: &Dwarf<'_>, addresses: &Range<u64>) -> Vec<(String, u64)> {
    let Ok(locations) = dwarf.find_location_range(addresses.start, addresses.end) else {
        return Vec::new();
    };
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    // Rows of dead code can lie over each other.
    let mut done = addresses.start;
    for (start, length, location) in locations {
        let from = start.max(done);
        let to = start.saturating_add(length).min(addresses.end);
        if let Some(file) = location.file.filter(|_| to > from) {
            *sums.entry(file).or_default() += to - from;
            done = to;
        }
    }
    sums.into_iter()
        .map(|(file, size)| (file.to_string(), size))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{go_package, rust_crate};

    #[test]
    fn a_crate_is_told_by_the_type_or_else_the_trait() {
        let cases = [
            ("core::fmt::write", Some("core")),
            (
                "<alloc::vec::Vec<T> as core::ops::Drop>::drop",
                Some("alloc"),
            ),
            ("<&mut W as core::fmt::Write>::write_str", Some("core")),
            ("<[T] as serde_json::Show>::show", Some("serde_json")),
            ("main", None),
        ];
        for (name, told) in cases {
            assert_eq!(rust_crate(name).as_deref(), told, "{name}");
        }
    }

    #[test]
    fn a_package_of_go_ends_at_the_first_dot_behind_the_folders() {
        let name = "github.com/user/repo/pkg.(*Type).Method";
        assert_eq!(
            go_package(name).as_deref(),
            Some("github.com/user/repo/pkg")
        );
        assert_eq!(go_package("runtime.mallocgc").as_deref(), Some("runtime"));
        assert_eq!(go_package("type:.eq.main.T"), None);
    }
}
