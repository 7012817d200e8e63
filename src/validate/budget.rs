//! Is it small enough?

use indexmap::IndexMap;

use crate::component::Component;
use crate::compose::name::Name;
use crate::compressed;
use crate::diagnostic::{Diagnostic, Result};
use crate::input::{self, Kind};
use crate::module::{Module, provider};

/// The most that a binary may be. Anything, by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Budget {
    /// In bytes, as the others.
    pub size: Option<u64>,
    pub gzip: Option<u64>,
    pub brotli: Option<u64>,
    pub zstd: Option<u64>,
    /// How many things it may import, each interface counting as one.
    pub imports: Option<u64>,
}

impl Budget {
    /// What `self` says, and `other` where that says nothing.
    #[must_use]
    pub fn or(self, other: Budget) -> Budget {
        Budget {
            size: self.size.or(other.size),
            gzip: self.gzip.or(other.gzip),
            brotli: self.brotli.or(other.brotli),
            zstd: self.zstd.or(other.zstd),
            imports: self.imports.or(other.imports),
        }
    }

    /// A limit by the name of a compression. Fails on other names.
    pub fn set_compressed(&mut self, name: &str, limit: u64) -> Result<()> {
        let slot = match name {
            "gzip" => &mut self.gzip,
            "brotli" => &mut self.brotli,
            "zstd" => &mut self.zstd,
            _ => {
                return Err(Diagnostic::invocation(
                    "cli/unknown-compression",
                    format!("no compression is called `{name}`"),
                )
                .help("choose one of `gzip`, `brotli` and `zstd`"));
            }
        };
        *slot = Some(limit);
        Ok(())
    }

    /// A finding for each limit that a valid binary goes beyond.
    pub fn findings(&self, wasm: &[u8]) -> Result<Vec<Diagnostic>> {
        let mut findings = Vec::new();
        let size = wasm.len() as u64;
        findings.extend(over("validate/too-large", "", size, self.size));
        let (gzip, (brotli, zstd)) = rayon::join(
            || over_compressed(" under gzip", compressed::gzip, wasm, self.gzip),
            || {
                rayon::join(
                    || over_compressed(" under brotli", compressed::brotli, wasm, self.brotli),
                    || over_compressed(" under zstd", compressed::zstd, wasm, self.zstd),
                )
            },
        );
        findings.extend([gzip, brotli, zstd].into_iter().flatten());
        if let Some(limit) = self.imports {
            findings.extend(too_many_imports(wasm, limit)?);
        }
        Ok(findings)
    }
}

fn over(code: &'static str, how: &str, size: u64, limit: Option<u64>) -> Option<Diagnostic> {
    let limit = limit.filter(|limit| size > *limit)?;
    let message = format!("its size{how} is {size} bytes, more than the {limit} allowed");
    let finding = Diagnostic::error(code, message)
        .cause(format!("that is {} bytes too many", size - limit))
        .help("make it smaller with `wct shrink`, or raise the limit");
    Some(*finding)
}

/// The same under a compression, which runs only where there is a limit for it.
fn over_compressed(
    how: &str,
    compressed: fn(&[u8]) -> usize,
    wasm: &[u8],
    limit: Option<u64>,
) -> Option<Diagnostic> {
    let limit = limit?;
    let size = compressed(wasm) as u64;
    over("validate/too-large-compressed", how, size, Some(limit))
}

fn too_many_imports(wasm: &[u8], limit: u64) -> Result<Option<Diagnostic>> {
    let names: Vec<String> = match input::kind(wasm)? {
        Kind::Component => {
            let component = Component::parse(wasm)?;
            let imports = component.imports.iter();
            imports
                .map(|import| format!("`{}`", import.name.name))
                .collect()
        }
        _ => {
            let module = Module::parse(wasm, 0..wasm.len())?;
            imported_by_module(&module)?
        }
    };
    let count = names.len() as u64;
    Ok((count > limit).then(|| {
        let finding = Diagnostic::error(
            "validate/too-many-imports",
            format!("it has {count} imports, more than the {limit} allowed"),
        )
        .cause(format!("they are {}", names.join(", ")))
        .help("provide some with `wct compose`, take out unused ones with `wct shrink`");
        *finding
    }))
}

/// What a module imports, each once however its name is written, without built-in functions.
fn imported_by_module(module: &Module<'_>) -> Result<Vec<String>> {
    let mut named = IndexMap::new();
    for import in module.imports()? {
        if let Some(from) = provider(import.module, import.name).name() {
            let shown = format!("`{}` `{}`", import.module, import.name);
            let key = (Name::parse(from).full, import.name);
            named.entry(key).or_insert(shown);
        }
    }
    Ok(named.into_values().collect())
}

/// Reads `4096`, `200KiB` or `1.5MB`.
pub fn parse_size(text: &str) -> Result<u64> {
    const UNITS: &[(&str, f64)] = &[
        ("KiB", 1024.0),
        ("MiB", 1024.0 * 1024.0),
        ("GiB", 1024.0 * 1024.0 * 1024.0),
        ("KB", 1e3),
        ("kB", 1e3),
        ("MB", 1e6),
        ("GB", 1e9),
        ("B", 1.0),
        ("", 1.0),
    ];
    let text = text.trim();
    let units = UNITS.iter();
    let mut values = units.filter_map(|(unit, factor)| {
        let number = text.strip_suffix(unit)?.trim_end();
        let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
        let value = number.parse::<f64>().ok().filter(|_| plain)? * factor;
        // Beyond this a float no longer counts single bytes.
        (value <= 2f64.powi(53)).then_some(value as u64)
    });
    values.next().ok_or_else(|| {
        Diagnostic::invocation("cli/unreadable-size", format!("`{text}` is no size"))
            .help("write bytes, or a number with `KiB`, `MiB`, `GiB`, `KB`, `MB` or `GB`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let bytes = |text| parse_size(text).ok();
        assert_eq!(bytes("4096"), Some(4096));
        assert_eq!(bytes("200KiB"), Some(200 << 10));
        assert_eq!(bytes("1.5 MB"), Some(1_500_000));
        assert_eq!(bytes("12B"), Some(12));
        for text in ["", "KiB", "-1", "1e3", "10 bananas", "inf", "99999999GiB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
