//! What did the source language call this function?

use std::fmt;

/// Longer names are cut: a hostile one of C++ can grow without bound.
const LONGEST: usize = 4 << 10;

/// The name as its language writes it: Rust and C++ are known, others stay as they are.
pub fn demangle(name: &str) -> String {
    if let Ok(rust) = rustc_demangle::try_demangle(name) {
        return format!("{rust:#}");
    }
    cpp(name).unwrap_or_else(|| name.to_string())
}

fn cpp(name: &str) -> Option<String> {
    if !name.starts_with("_Z") {
        return None;
    }
    let symbol = cpp_demangle::BorrowedSymbol::new(name.as_bytes()).ok()?;
    let mut out = Bounded(String::new());
    let options = cpp_demangle::DemangleOptions::new().recursion_limit(64);
    symbol.structured_demangle(&mut out, &options).ok()?;
    Some(out.0)
}

/// A text that refuses to grow beyond [`LONGEST`].
struct Bounded(String);

impl cpp_demangle::DemangleWrite for Bounded {
    fn write_string(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::demangle;

    #[test]
    fn names_read_as_in_their_language() {
        assert_eq!(
            demangle("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE"),
            "core::fmt::Write::write_fmt"
        );
        assert_eq!(demangle("_ZN5space3fooEibc"), "space::foo(int, bool, char)");
        assert_eq!(demangle("runtime.gcStart"), "runtime.gcStart");
        assert_eq!(demangle("_Z-broken"), "_Z-broken");
    }
}
