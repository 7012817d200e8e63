//! What did the source language call this function?

use std::fmt::{self, Write};

/// Longer names stay as they are: hostile ones double with every few bytes.
const LONGEST: usize = 16 << 10;

/// The name as its language writes it: Rust and C++ are known, others stay as they are.
pub fn demangle(name: &str) -> String {
    let found = match rustc_demangle::try_demangle(name) {
        Ok(rust) => {
            let mut out = Bounded(String::new());
            write!(out, "{rust:#}").ok().map(|()| out.0)
        }
        Err(_) => cpp(name),
    };
    found.unwrap_or_else(|| name.to_string())
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

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
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

    /// A tuple of what is before it, twice, thirty times.
    #[test]
    fn names_that_double_stay_as_they_are() {
        let back =
            "BA_ Bz_ By_ Bx_ Bw_ Bv_ Bu_ Bt_ Bs_ Br_ Bq_ Bp_ Bo_ Bn_ Bm_ Bl_ Bk_ Bj_ Bi_ Bh_";
        let back = back.replace(' ', "E") + "EBg_EBf_EBe_EBd_EBc_EBb_EBa_EB9_EB8_E";
        let name = format!("_RINvC1a1f{}bBB_E{back}E", "T".repeat(30));
        assert_eq!(demangle(&name), name);
        let mut cpp = "_Z1f1B1AIS_S_E".to_string();
        for n in 1..30 {
            let n = char::from_digit(n, 36).map(|n| n.to_ascii_uppercase());
            let n = n.expect("it is below 36");
            cpp += &format!("S0_IS{n}_S{n}_E");
        }
        assert_eq!(demangle(&cpp), cpp);
    }
}
