//! Random function bodies as text, with what a scope has to offer.

use std::fmt::Write;

use crate::mutate::Numbers;

/// How a function is called, in core types and in those of a component.
pub struct Signature {
    pub core: &'static str,
    pub lifted: &'static str,
    params: &'static [Ty],
    result: Option<Ty>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ty {
    I32,
    I64,
}

const fn signature(
    core: &'static str,
    lifted: &'static str,
    params: &'static [Ty],
    result: Option<Ty>,
) -> Signature {
    Signature {
        core,
        lifted,
        params,
        result,
    }
}

#[rustfmt::skip]
pub const SIGNATURES: [Signature; 6] = [
    signature("", "", &[], None),
    signature("(result i32)", "(result u32)", &[], Some(Ty::I32)),
    signature("(param i32) (result i32)", "(param \"a\" u32) (result u32)", &[Ty::I32], Some(Ty::I32)),
    signature("(param i32 i32) (result i32)", "(param \"a\" u32) (param \"b\" u32) (result u32)", &[Ty::I32, Ty::I32], Some(Ty::I32)),
    signature("(param i32 i64) (result i64)", "(param \"a\" u32) (param \"b\" u64) (result u64)", &[Ty::I32, Ty::I64], Some(Ty::I64)),
    signature("(param i32)", "(param \"a\" u32)", &[Ty::I32], None),
];

#[derive(Clone, Copy)]
pub struct Function {
    /// Which of [`SIGNATURES`].
    pub signature: usize,
}

/// What is there to name.
#[derive(Default)]
pub struct Scope {
    /// Of the table.
    pub slots: usize,
    /// Addresses of the first memory have 64 bits.
    pub wide: bool,
    /// There is another memory.
    pub second: bool,
    /// There is an exception.
    pub throws: bool,
    /// Whether they can be written.
    pub globals: Vec<bool>,
    pub fuel: Option<usize>,
    pub functions: Vec<Function>,
}

struct Writer<'s, 'n> {
    scope: &'s Scope,
    numbers: &'n mut Numbers,
    locals: Vec<Ty>,
    signature: &'static Signature,
    /// Expressions that may still be written: bodies stay small.
    left: usize,
    uses_fuel: bool,
}

/// Locals and instructions of a function.
pub fn body(scope: &Scope, signature: usize, numbers: &mut Numbers) -> String {
    let signature = &SIGNATURES[signature];
    let mut locals = signature.params.to_vec();
    locals.extend([Ty::I32, Ty::I32, Ty::I64]);
    let mut writer = Writer {
        scope,
        left: 10 + numbers.below(50),
        numbers,
        locals,
        signature,
        uses_fuel: false,
    };
    let mut code = String::new();
    for _ in 0..1 + writer.numbers.below(6) {
        code += &writer.statement(0);
    }
    code += &writer.end();
    let fuel = match writer.uses_fuel {
        true => {
            "(if (i32.eqz (global.get $fuel)) (then unreachable))
             (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))"
        }
        false => "",
    };
    format!("(local i32 i32 i64 i32 i32 i32) {fuel} {code}")
}

impl Writer<'_, '_> {
    fn one_of<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.numbers.below(choices.len())]
    }

    fn local(&mut self, ty: Ty) -> usize {
        let of_type = |(at, found): (usize, &Ty)| (*found == ty).then_some(at);
        let found: Vec<usize> = self.locals.iter().enumerate().filter_map(of_type).collect();
        found[self.numbers.below(found.len())]
    }

    fn number(&mut self) -> i32 {
        const SOME: [i32; 14] = [
            0,
            1,
            2,
            3,
            -1,
            5,
            8,
            64,
            255,
            65_528,
            65_532,
            65_533,
            i32::MIN,
            i32::MAX,
        ];
        SOME[self.numbers.below(SOME.len())]
    }

    fn value(&mut self, ty: Ty) -> String {
        match ty {
            Ty::I32 => self.i32(),
            Ty::I64 => self.i64(),
        }
    }

    /// An address, and the name of its memory.
    fn place(&mut self) -> (&'static str, String) {
        let address = match self.numbers.below(3) {
            0 => format!("(i32.const {})", self.number()),
            1 => format!("(i32.const {})", self.numbers.below(220)),
            _ => format!("(i32.and {} (i32.const 65535))", self.i32()),
        };
        if self.scope.second && self.numbers.below(3) == 0 {
            return ("$m1", address);
        }
        match self.scope.wide {
            true => ("$m0", format!("(i64.extend_i32_u {address})")),
            false => ("$m0", address),
        }
    }

    fn offset(&mut self) -> &'static str {
        self.one_of(&["", "", "offset=4", "offset=65532", "offset=4294967295"])
    }

    fn arguments(&mut self, params: &[Ty]) -> String {
        params.iter().map(|ty| self.value(*ty)).collect()
    }

    /// A call that gives this: of a function before this one, or through the table.
    fn call(&mut self, result: Option<Ty>) -> Option<String> {
        self.left = self.left.checked_sub(3)?;
        if self.numbers.below(3) == 0 {
            return self.call_indirect(result);
        }
        let gives = |function: &Function| SIGNATURES[function.signature].result == result;
        let found: Vec<usize> = (0..self.scope.functions.len())
            .filter(|at| gives(&self.scope.functions[*at]))
            .collect();
        if found.is_empty() {
            return None;
        }
        let at = found[self.numbers.below(found.len())];
        let arguments = self.arguments(SIGNATURES[self.scope.functions[at].signature].params);
        let verb = match self.signature.result == result && self.numbers.below(8) == 0 {
            true => "return_call",
            false => "call",
        };
        Some(format!("({verb} $f{at} {arguments})"))
    }

    fn call_indirect(&mut self, result: Option<Ty>) -> Option<String> {
        let found: Vec<usize> = (0..SIGNATURES.len())
            .filter(|at| SIGNATURES[*at].result == result)
            .collect();
        let ty = found[self.numbers.below(found.len())];
        let arguments = self.arguments(SIGNATURES[ty].params);
        let slot = match self.numbers.below(4) {
            0 => format!("(i32.and {} (i32.const 7))", self.i32()),
            1 => format!(
                "(global.get $g{})",
                self.numbers.below(self.scope.globals.len())
            ),
            _ => format!("(i32.const {})", self.numbers.below(self.scope.slots + 1)),
        };
        self.uses_fuel = true;
        let verb = match self.signature.result == result && self.numbers.below(8) == 0 {
            true => "return_call_indirect",
            false => "call_indirect",
        };
        Some(format!("({verb} $t0 (type $t{ty}) {arguments} {slot})"))
    }

    fn i32(&mut self) -> String {
        let choice = if self.left == 0 {
            self.numbers.below(3)
        } else {
            self.numbers.below(15)
        };
        self.left = self.left.saturating_sub(1);
        match choice {
            0 => format!("(i32.const {})", self.number()),
            1 => format!("(local.get {})", self.local(Ty::I32)),
            2 => format!(
                "(global.get $g{})",
                self.numbers.below(self.scope.globals.len())
            ),
            3..=5 => {
                let verb = self.one_of(&[
                    "add", "sub", "and", "or", "xor", "shl", "shr_s", "mul", "eq", "lt_s", "ge_u",
                    "div_u", "rem_s", "rotl",
                ]);
                format!("(i32.{verb} {} {})", self.i32(), self.i32())
            }
            6 => {
                let verb = self.one_of(&["eqz", "clz", "extend8_s", "popcnt"]);
                format!("(i32.{verb} {})", self.i32())
            }
            7 => {
                let verb = self.one_of(&["load", "load8_u", "load16_s"]);
                let ((memory, address), offset) = (self.place(), self.offset());
                format!("(i32.{verb} {memory} {offset} {address})")
            }
            8 => format!("(select {} {} {})", self.i32(), self.i32(), self.i32()),
            9 => format!(
                "(if (result i32) {} (then {}) (else {}))",
                self.i32(),
                self.i32(),
                self.i32()
            ),
            10 => format!("(i32.wrap_i64 {})", self.i64()),
            11 => format!("(local.tee {} {})", self.local(Ty::I32), self.i32()),
            12 => match self.numbers.below(4) {
                0 => "(table.size $t0)".to_string(),
                1 => format!("(ref.is_null (table.get $t0 {}))", self.i32()),
                _ => format!(
                    "(block (result i32) {} (br_if 0 {}))",
                    self.i32(),
                    self.i32()
                ),
            },
            _ => match self.call(Some(Ty::I32)) {
                Some(call) => call,
                None => "(i32.const 3)".to_string(),
            },
        }
    }

    fn i64(&mut self) -> String {
        let choice = if self.left == 0 {
            self.numbers.below(2)
        } else {
            self.numbers.below(7)
        };
        self.left = self.left.saturating_sub(1);
        match choice {
            0 => format!(
                "(i64.const {})",
                i64::from(self.number()) << self.numbers.below(33)
            ),
            1 => format!("(local.get {})", self.local(Ty::I64)),
            2 => format!("(i64.extend_i32_s {})", self.i32()),
            3 => {
                let ((memory, address), offset) = (self.place(), self.offset());
                format!("(i64.load {memory} {offset} {address})")
            }
            4 => format!("(i64.mul {} {})", self.i64(), self.i64()),
            5 => format!("(i64.shr_u {} {})", self.i64(), self.i64()),
            _ => match self.call(Some(Ty::I64)) {
                Some(call) => call,
                None => format!("(i64.xor {} {})", self.i64(), self.i64()),
            },
        }
    }

    fn statement(&mut self, depth: usize) -> String {
        let mut out = String::new();
        let choice = self.numbers.below(if depth > 2 { 9 } else { 14 });
        let _ = match choice {
            0 | 1 => {
                let ty = if self.numbers.below(3) == 0 {
                    Ty::I64
                } else {
                    Ty::I32
                };
                write!(out, "(local.set {} {})", self.local(ty), self.value(ty))
            }
            2 => {
                let written: Vec<usize> = (0..self.scope.globals.len())
                    .filter(|at| self.scope.globals[*at])
                    .collect();
                match written.is_empty() || self.numbers.below(2) == 0 {
                    true => write!(out, "(call $log {})", self.i32()),
                    // Only the first: the others are there to be constants.
                    false => write!(out, "(global.set $g{} {})", written[0], self.i32()),
                }
            }
            3 | 4 => {
                let ((memory, address), offset) = (self.place(), self.offset());
                match self.numbers.below(3) {
                    0 => write!(
                        out,
                        "(i64.store {memory} {offset} {address} {})",
                        self.i64()
                    ),
                    1 => write!(
                        out,
                        "(i32.store8 {memory} {offset} {address} {})",
                        self.i32()
                    ),
                    _ => write!(
                        out,
                        "(i32.store {memory} {offset} {address} {})",
                        self.i32()
                    ),
                }
            }
            5 => write!(out, "(drop {})", self.i32()),
            6 => match self.call(None) {
                Some(call) => write!(out, "{call}"),
                None => write!(out, "(nop)"),
            },
            7 => write!(out, "{}", self.bulk()),
            8 => write!(out, "(call $log {})", self.i32()),
            _ => write!(out, "{}", self.nested(depth)),
        };
        out
    }

    /// Instructions that work on more than a value, and rare ones.
    fn bulk(&mut self) -> String {
        let (memory, address) = self.place();
        let length = self.numbers.below(12);
        let count = match self.scope.wide && memory == "$m0" {
            true => format!("(i64.const {length})"),
            false => format!("(i32.const {length})"),
        };
        match self.numbers.below(9) {
            0 => format!("(memory.fill {memory} {address} {} {count})", self.i32()),
            1 => format!(
                "(memory.init {memory} $bytes {address} (i32.const {}) (i32.const {length}))",
                self.numbers.below(5)
            ),
            2 => "(data.drop $bytes)".to_string(),
            3 if self.numbers.below(3) == 0 => format!(
                "(table.set $t0 {} (table.get $t0 {}))",
                self.i32(),
                self.i32()
            ),
            4 if self.numbers.below(3) == 0 => format!(
                "(table.init $t0 $passive (i32.const {}) (i32.const 0) (i32.const 1))",
                self.numbers.below(self.scope.slots)
            ),
            5 => "(elem.drop $passive)".to_string(),
            6 => match self.scope.wide {
                true => "(drop (memory.grow $m0 (i64.const 1)))".to_string(),
                false => "(drop (memory.grow $m0 (i32.const 1)))".to_string(),
            },
            7 => format!("(if {} (then unreachable))", self.i32()),
            _ => format!("(if {} (then {}))", self.i32(), self.end_early()),
        }
    }

    fn end_early(&mut self) -> String {
        match self.signature.result {
            None => "return".to_string(),
            Some(ty) => format!("(return {})", self.value(ty)),
        }
    }

    fn nested(&mut self, depth: usize) -> String {
        let (first, second) = (self.statement(depth + 1), self.statement(depth + 1));
        let condition = self.i32();
        match self.numbers.below(6) {
            0 => format!("(if {condition} (then {first}) (else {second}))"),
            1 => format!("(block {first} (br_if 0 {condition}) {second})"),
            2 => format!("(block (block (block (br_table 0 1 2 {condition})) {first}) {second})"),
            3 => format!(
                "(local.set {0} (i32.const 4))
                 (loop {first} (br_if 0 (local.tee {0} (i32.sub (local.get {0}) (i32.const 1)))))",
                self.counter(depth)
            ),
            4 if self.scope.throws => format!(
                "(block $c (result i32) (try_table (catch $e $c) {first}
                   (if {condition} (then (throw $e {})))) (i32.const 5)) (call $log)",
                self.i32()
            ),
            _ => format!("{first} {second} (if {condition} (then {first}))"),
        }
    }

    /// The local that counts a loop, which nothing else writes.
    fn counter(&self, depth: usize) -> usize {
        self.locals.len() + depth
    }

    fn end(&mut self) -> String {
        match self.signature.result {
            None => String::new(),
            Some(ty) => self.value(ty),
        }
    }
}
