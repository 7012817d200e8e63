//! Random modules in which everything that passes look at comes up, and close to its limits.
//!
//! Tables with overlapping segments, calls through slots that are known, empty or of another type;
//! data at the ends of memories; globals that nobody writes, or another module does; functions that
//! are equal, that nobody calls, or that start; tail calls and exceptions. Two such modules share
//! a memory, a table and globals in a component.

use std::fmt::Write;

use crate::mutate::Numbers;
use crate::writer::{Function, SIGNATURES, Scope, body};

/// What a module has, and shows to another one.
struct Module {
    scope: Scope,
    text: String,
    /// Its own functions that others may call.
    shown: Vec<usize>,
}

const ODD: [i64; 12] = [
    0,
    1,
    -1,
    4,
    255,
    65_528,
    65_532,
    65_533,
    65_535,
    65_536,
    i32::MIN as i64,
    i32::MAX as i64,
];

/// A module that stands alone; what it logs is seen, too.
pub fn module(seed: u64) -> Vec<u8> {
    let mut numbers = Numbers::new(seed);
    let all = numbers.below(4) == 0;
    crate::worlds::text(&write(&mut numbers, None, all).text)
}

/// A component of two modules, some of whose functions it exports.
pub fn component(seed: u64) -> Vec<u8> {
    let mut numbers = Numbers::new(seed);
    let provider = write(&mut numbers, None, true);
    let user = write(&mut numbers, Some(&provider), false);
    let nested = |module: &Module, name: &str| {
        module
            .text
            .replacen("(module", &format!("(core module ${name}"), 1)
    };
    let mut out = format!(
        "(component (import \"log\" (func $log (param \"x\" u32)))
          (core func $l (canon lower (func $log))) (core instance $h (export \"log\" (func $l)))
          {} {} (core instance $p (instantiate $p (with \"h\" (instance $h))))",
        nested(&provider, "p"),
        nested(&user, "u")
    );
    let with = "(with \"h\" (instance $h)) (with \"p\" (instance $p))";
    let _ = writeln!(out, "(core instance $u (instantiate $u {with}))");
    let mut instances = vec![("p", &provider), ("u", &user)];
    if numbers.below(3) == 0 {
        let _ = writeln!(out, "(core instance $v (instantiate $u {with}))");
        instances.push(("v", &user));
    }
    let mut exported = 0;
    for (name, module) in instances {
        for at in &module.shown {
            if exported > 0 && numbers.below(3) == 0 {
                continue;
            }
            exported += 1;
            let lifted = SIGNATURES[module.scope.functions[*at].signature].lifted;
            let _ = writeln!(
                out,
                "(func (export \"{name}-f{at}\") {lifted} (canon lift (core func ${name} \"f{at}\")))"
            );
        }
    }
    out.push(')');
    crate::worlds::text(&out)
}

fn write(numbers: &mut Numbers, provider: Option<&Module>, all: bool) -> Module {
    let mut out = "(module\n".to_string();
    for (number, signature) in SIGNATURES.iter().enumerate() {
        let _ = writeln!(out, "(type $t{number} (func {}))", signature.core);
    }
    out.push_str("(import \"h\" \"log\" (func $log (param i32)))\n");
    let mut scope = Scope {
        wide: provider.map_or(numbers.below(5) == 0, |provider| provider.scope.wide),
        ..Scope::default()
    };
    import(&mut out, &mut scope, provider, numbers);
    define(&mut out, &mut scope, provider.is_some(), numbers);
    let own = scope.functions.len();
    // With more than 128 it matters which numbers they have.
    let many = all && numbers.below(10) == 0;
    functions(&mut out, &mut scope, many, numbers);
    segments(&mut out, &scope, numbers);
    let mut shown = Vec::new();
    for at in own..scope.functions.len() {
        if all || shown.is_empty() || numbers.below(3) == 0 {
            let _ = writeln!(out, "(export \"f{at}\" (func $f{at}))");
            shown.push(at);
        }
    }
    if all {
        out.push_str("(export \"m0\" (memory $m0)) (export \"t0\" (table $t0))\n");
        for global in 0..scope.globals.len() {
            let _ = writeln!(out, "(export \"g{global}\" (global $g{global}))");
        }
    }
    let starts = (own..scope.functions.len()).find(|at| scope.functions[*at].signature == 0);
    if let Some(start) = starts.filter(|_| numbers.below(4) == 0) {
        let _ = writeln!(out, "(start $f{start})");
    }
    out.push(')');
    Module {
        scope,
        text: out,
        shown,
    }
}

/// Memory, table, globals and some functions of the other module.
fn import(out: &mut String, scope: &mut Scope, provider: Option<&Module>, numbers: &mut Numbers) {
    let Some(Module {
        scope: from, shown, ..
    }) = provider
    else {
        return;
    };
    let index = if from.wide { "i64 " } else { "" };
    let _ = writeln!(
        out,
        "(import \"p\" \"m0\" (memory $m0 {index}1)) (import \"p\" \"t0\" (table $t0 {} funcref))",
        from.slots
    );
    scope.slots = from.slots;
    for at in shown.iter().filter(|_| numbers.below(2) == 0) {
        let function = from.functions[*at];
        let here = scope.functions.len();
        let _ = writeln!(
            out,
            "(import \"p\" \"f{at}\" (func $f{here} (type $t{})))",
            function.signature
        );
        scope.functions.push(function);
    }
    for (at, mutable) in from.globals.iter().enumerate() {
        let ty = if *mutable { "(mut i32)" } else { "i32" };
        let _ = writeln!(out, "(import \"p\" \"g{at}\" (global $g{at} {ty}))");
        scope.globals.push(*mutable);
    }
}

fn define(out: &mut String, scope: &mut Scope, imported: bool, numbers: &mut Numbers) {
    if !imported {
        let index = if scope.wide { "i64 " } else { "" };
        let most = ["", " 1", " 2"][numbers.below(3)];
        scope.slots = 4 + numbers.below(6);
        let _ = writeln!(
            out,
            "(memory $m0 {index}1{most}) (table $t0 {} {} funcref)",
            scope.slots,
            scope.slots + numbers.below(2)
        );
    }
    scope.second = numbers.below(3) == 0;
    if scope.second {
        out.push_str("(memory $m1 1)\n");
    }
    scope.throws = numbers.below(4) == 0;
    if scope.throws {
        out.push_str("(tag $e (param i32))\n");
    }
    // Constants that are shorter than the numbers of globals are replaced, others are not.
    let short = numbers.below(2) == 0;
    for _ in 0..1 + numbers.below(5) {
        let at = scope.globals.len();
        let mutable = numbers.below(2) == 0;
        let constant = scope.globals.iter().position(|mutable| !mutable);
        let value = match constant.filter(|_| numbers.below(3) == 0) {
            Some(other) => format!("(i32.add (global.get $g{other}) (i32.const 1))"),
            None if short => format!("(i32.const {})", numbers.below(64)),
            None => format!("(i32.const {})", ODD[numbers.below(ODD.len())] as i32),
        };
        let ty = if mutable { "(mut i32)" } else { "i32" };
        let _ = writeln!(out, "(global $g{at} {ty} {value})");
        scope.globals.push(mutable);
    }
    // Calls through tables may lead back: this runs out.
    let fuel = scope.globals.len();
    let _ = writeln!(out, "(global $fuel (mut i32) (i32.const 60))");
    scope.fuel = Some(fuel);
}

/// Functions; those that call through the table use up fuel. Some are written twice.
fn functions(out: &mut String, scope: &mut Scope, many: bool, numbers: &mut Numbers) {
    let mut last = None;
    let least = if many { 134 } else { 4 };
    for _ in 0..least + numbers.below(8) {
        let at = scope.functions.len();
        let (signature, code) = match last.take().filter(|_| numbers.below(4) == 0) {
            Some(same) => same,
            None => {
                let signature = numbers.below(SIGNATURES.len());
                (signature, body(scope, signature, numbers))
            }
        };
        let _ = writeln!(out, "(func $f{at} (type $t{signature}) {code})");
        scope.functions.push(Function { signature });
        last = Some((signature, code));
    }
}

/// What fills tables and memories when it starts, or is there to do so later.
fn segments(out: &mut String, scope: &Scope, numbers: &mut Numbers) {
    for _ in 0..numbers.below(4) {
        let start = numbers.below(scope.slots);
        // Now and then one too many.
        let count = numbers.below(scope.slots - start + 1) + usize::from(numbers.below(40) == 0);
        let elements: String = (0..count)
            .map(|_| match numbers.below(8) {
                0 => " (ref.null func)".to_string(),
                _ => format!(" (ref.func $f{})", numbers.below(scope.functions.len())),
            })
            .collect();
        let _ = writeln!(
            out,
            "(elem (table $t0) (i32.const {start}) funcref {elements})"
        );
    }
    let declared: String = (0..scope.functions.len())
        .map(|at| format!(" $f{at}"))
        .collect();
    let _ = writeln!(out, "(elem $passive func {declared})");
    let index = if scope.wide { "i64" } else { "i32" };
    for _ in 0..numbers.below(4) {
        let zeros = "\\00".repeat(numbers.below(24));
        let bytes = format!(
            "{zeros}\\01\\02{zeros}\\03{}",
            zeros.repeat(numbers.below(2))
        );
        let length = bytes.len() / 3;
        let at = match numbers.below(8) {
            0 => 65_536 - length,
            1 => 65_536 - length + usize::from(numbers.below(6) == 0),
            2 => 0,
            _ => numbers.below(200),
        };
        let _ = writeln!(out, "(data (memory $m0) ({index}.const {at}) \"{bytes}\")");
    }
    if scope.second && numbers.below(2) == 0 {
        let _ = writeln!(
            out,
            "(data (memory $m1) (i32.const 8) \"\\07\\00\\00\\00\\09\")"
        );
    }
    out.push_str("(data $bytes \"passive\\00\\00\\00\")\n");
}
