//! What does the text format call an instruction?

use wasmparser::Operator;

/// The name of the instruction without its immediates: `i32.add`.
pub fn mnemonic(operator: &Operator<'_>) -> String {
    macro_rules! visitor_name {
        ($(@$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
            match operator {
                $(Operator::$op { .. } => stringify!($visit),)*
                _ => "",
            }
        };
    }
    dotted(wasmparser::for_each_operator!(visitor_name))
}

/// `visit_i32_atomic_rmw8_add_u` as `i32.atomic.rmw8.add_u`: what an instruction belongs to is
/// set off by dots.
fn dotted(visitor: &str) -> String {
    const OWNERS: &[&str] = &[
        "i32", "i64", "f32", "f64", "v128", "i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2",
        "local", "global", "table", "memory", "ref", "struct", "array", "data", "elem", "i31",
        "any", "extern", "cont", "atomic", "rmw", "rmw8", "rmw16", "rmw32",
    ];
    let name = visitor.strip_prefix("visit_").unwrap_or(visitor);
    let mut out = String::new();
    let mut rest = name.strip_prefix("typed_").unwrap_or(name);
    while let Some((owner, after)) = rest.split_once('_') {
        if !OWNERS.contains(&owner) {
            break;
        }
        out.push_str(owner);
        out.push('.');
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::dotted;

    #[test]
    fn visitors_become_the_words_of_the_text_format() {
        for (visitor, text) in [
            ("visit_i32_add", "i32.add"),
            ("visit_br_table", "br_table"),
            (
                "visit_i64_atomic_rmw16_cmpxchg_u",
                "i64.atomic.rmw16.cmpxchg_u",
            ),
            ("visit_i32x4_extmul_low_i16x8_s", "i32x4.extmul_low_i16x8_s"),
            ("visit_ref_as_non_null", "ref.as_non_null"),
            ("visit_typed_select", "select"),
            ("visit_return_call_ref", "return_call_ref"),
            ("visit_memory_atomic_wait32", "memory.atomic.wait32"),
        ] {
            assert_eq!(dotted(visitor), text);
        }
    }
}
