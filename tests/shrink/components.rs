//! Random components: modules that compute, in instances of nested components, called through
//! chains of components with the shims and tables that toolchains write.

use std::fmt::Write;

use crate::mutate::Numbers;

/// A function of a random module that can be lifted: its name, and parameters and result as core
/// types.
struct Function {
    name: String,
    params: Vec<&'static str>,
    result: Option<&'static str>,
}

impl Function {
    /// `(param i32) (result i64)`
    fn core(&self) -> String {
        let mut out = String::new();
        for param in &self.params {
            let _ = write!(out, " (param {param})");
        }
        if let Some(result) = self.result {
            let _ = write!(out, " (result {result})");
        }
        out
    }

    /// `(param "p0" u32) (result u64)`
    fn lifted(&self) -> String {
        let mut out = String::new();
        for (number, param) in self.params.iter().enumerate() {
            let _ = write!(out, " (param \"p{number}\" {})", wide(param));
        }
        if let Some(result) = self.result {
            let _ = write!(out, " (result {})", wide(result));
        }
        out
    }

    fn arguments(&self) -> String {
        let gets = (0..self.params.len()).map(|number| format!(" local.get {number}"));
        gets.collect()
    }
}

fn wide(core: &str) -> &str {
    match core {
        "i32" => "u32",
        "i64" => "u64",
        "f32" => "f32",
        _ => "f64",
    }
}

/// The functions that have nothing but numbers.
fn functions(module: &[u8]) -> Vec<Function> {
    use wasmparser::ValType;
    let Ok(parsed) = wct::module::Module::parse(module, 0..module.len()) else {
        return Vec::new();
    };
    let number = |ty: &ValType| {
        Some(match ty {
            ValType::I32 => "i32",
            ValType::I64 => "i64",
            ValType::F32 => "f32",
            ValType::F64 => "f64",
            _ => return None,
        })
    };
    let exports = parsed.exports().unwrap_or_default().into_iter();
    let funcs = exports.filter(|export| export.kind == wasmparser::ExternalKind::Func);
    let found = funcs.filter_map(|export| {
        let ty = parsed.signature(export.index).ok()??;
        let params: Vec<_> = ty.params().iter().map(number).collect::<Option<_>>()?;
        let results: Vec<_> = ty.results().iter().map(number).collect::<Option<_>>()?;
        (params.len() <= 8 && results.len() <= 1).then(|| Function {
            name: export.name.to_string(),
            params,
            result: results.first().copied(),
        })
    });
    found.collect()
}

/// As it stands between quotes.
fn escaped(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        let _ = write!(out, "\\{byte:02x}");
    }
    out
}

/// The module as it stands within the text of a component.
fn nested(module: &[u8]) -> String {
    let text = wasmprinter::print_bytes(module).expect("it is valid");
    text.replacen("(module", "(core module $m", 1)
}

/// A component around these modules; nothing where none of their functions can be lifted.
pub fn around(modules: &[Vec<u8>], seed: u64) -> Option<Vec<u8>> {
    let mut numbers = Numbers::new(seed);
    let mut out = "(component\n".to_string();
    let mut exported = 0;
    for (leaf, module) in modules.iter().enumerate() {
        let functions: Vec<Function> = functions(module).into_iter().take(4).collect();
        if functions.is_empty() {
            continue;
        }
        add_leaf(&mut out, leaf, module, &functions);
        if numbers.below(3) == 0 {
            // The same once more, as a definition of its own.
            add_leaf(&mut out, leaf + 10, module, &functions);
            let _ = writeln!(out, "(instance $i{leaf}x (instantiate $leaf{}))", leaf + 10);
        }
        let _ = writeln!(out, "(instance $i{leaf} (instantiate $leaf{leaf}))");
        let _ = writeln!(out, "(instance $j{leaf} (instantiate $leaf{leaf}))");
        add_chain(&mut out, leaf, &functions, &mut numbers);
        for (number, _) in functions.iter().enumerate() {
            for instance in ["i", "j", "c", "d"] {
                if numbers.below(3) > 0 {
                    let _ = writeln!(
                        out,
                        "(export \"{instance}{leaf}-f{number}\" (func ${instance}{leaf} \"f{number}\"))"
                    );
                    exported += 1;
                }
            }
        }
    }
    out.push(')');
    (exported > 0).then(|| crate::worlds::text(&out))
}

/// A component that lifts the functions of a module.
fn add_leaf(out: &mut String, leaf: usize, module: &[u8], functions: &[Function]) {
    let _ = writeln!(
        out,
        "(component $leaf{leaf} {} (core instance $i (instantiate $m))",
        nested(module)
    );
    for (number, function) in functions.iter().enumerate() {
        let _ = writeln!(
            out,
            "(func (export \"f{number}\") {} (canon lift (core func $i \"{}\")))",
            function.lifted(),
            escaped(&function.name)
        );
    }
    out.push_str(")\n");
}

/// Two components in a row that hand on calls, through a shim with a table that is filled last.
fn add_chain(out: &mut String, leaf: usize, functions: &[Function], numbers: &mut Numbers) {
    let (mut imports, mut lowers, mut bag) = (String::new(), String::new(), String::new());
    let (mut shim, mut main, mut fixup) = (String::new(), String::new(), String::new());
    let (mut lifts, mut slots) = (String::new(), String::new());
    for (n, function) in functions.iter().enumerate() {
        let (core, args) = (function.core(), function.arguments());
        let _ = writeln!(
            imports,
            "(import \"f{n}\" (func $f{n} {}))",
            function.lifted()
        );
        let _ = writeln!(lowers, "(core func $l{n} (canon lower (func $f{n})))");
        let _ = write!(bag, "(export \"{n}\" (func $l{n}))");
        let _ = writeln!(shim, "(type $t{n} (func {core}))");
        let _ = writeln!(
            shim,
            "(func (export \"{n}\") {core} {args} i32.const {n} call_indirect (type $t{n}))"
        );
        let _ = writeln!(main, "(import \"s\" \"{n}\" (func $s{n} {core}))");
        let _ = writeln!(fixup, "(import \"l\" \"{n}\" (func $l{n} {core}))");
        let _ = write!(slots, " $l{n}");
    }
    for (n, function) in functions.iter().enumerate() {
        let (core, args) = (function.core(), function.arguments());
        // Some count their calls, some call twice, some are never exported.
        let more = match numbers.below(3) {
            0 => "global.get 0 i32.const 1 i32.add global.set 0".to_string(),
            1 => {
                let drop = function.result.map_or("", |_| "drop");
                format!("{args} call $s{n} {drop}")
            }
            _ => String::new(),
        };
        let _ = writeln!(
            main,
            "(func (export \"g{n}\") {core} {more} {args} call $s{n})"
        );
        let _ = writeln!(
            lifts,
            "(func (export \"f{n}\") {} (canon lift (core func $main \"g{n}\")))",
            function.lifted()
        );
    }
    let main_global =
        "(global (mut i32) (i32.const 0)) (func (export \"count\") (result i32) global.get 0)";
    let count = functions.len();
    let _ = writeln!(
        out,
        "(component $chain{leaf} {imports} {lowers}
          (core module $shim (table (export \"t\") {count} {count} funcref) {shim})
          (core module $main {main} {main_global})
          (core module $fixup (import \"s\" \"t\" (table {count} {count} funcref)) {fixup}
            (elem (i32.const 0) func {slots}))
          (core instance $shim (instantiate $shim))
          (core instance $main (instantiate $main (with \"s\" (instance $shim))))
          (core instance (instantiate $fixup (with \"s\" (instance $shim)) (with \"l\" (instance {bag}))))
          {lifts}
          (func (export \"count\") (result u32) (canon lift (core func $main \"count\"))))"
    );
    add_instances(out, leaf, count, numbers);
}

/// Instances of the chain: one on a leaf, one on that.
fn add_instances(out: &mut String, leaf: usize, count: usize, numbers: &mut Numbers) {
    let with = |instance: &str| -> String {
        (0..count)
            .map(|n| format!(" (with \"f{n}\" (func ${instance}{leaf} \"f{n}\"))"))
            .collect()
    };
    let (first, second) = (with("i"), with("c"));
    let _ = writeln!(
        out,
        "(instance $c{leaf} (instantiate $chain{leaf} {first}))"
    );
    let _ = writeln!(
        out,
        "(instance $d{leaf} (instantiate $chain{leaf} {second}))"
    );
    if numbers.below(2) == 0 {
        let _ = writeln!(out, "(export \"count{leaf}\" (func $c{leaf} \"count\"))");
    }
}
