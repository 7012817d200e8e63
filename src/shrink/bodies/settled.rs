//! Which bodies cannot be shortened any more?
//!
//! Other passes give functions new numbers, and no rule looks at a number but for its length and
//! for whether it is the same as another. So bodies are remembered by their shape: the bytes, with
//! the numbers of functions and types replaced by their length, their signature and when they first
//! came up.

use std::hash::{Hash, Hasher};
use std::sync::Mutex;

use indexmap::{IndexMap, IndexSet};
use wasmparser::{BinaryReader, BlockType, FunctionBody, Operator, Parser, Payload, TypeRef};

/// Shapes of bodies, or of several together.
#[derive(Default)]
pub struct Settled {
    /// The rules have nothing to take of them.
    settled: IndexSet<u128>,
    /// They have, but too much was gone through for it before this pass.
    left: IndexSet<u128>,
    /// Both, as the modules of this pass have found them.
    arriving: Mutex<(Vec<u128>, Vec<u128>)>,
}

impl Settled {
    /// The pass is over.
    pub fn end_pass(&mut self) {
        if let Ok(arriving) = self.arriving.get_mut() {
            self.settled.extend(arriving.0.drain(..));
            self.left.extend(arriving.1.drain(..));
        }
    }

    /// Whether anything was left.
    pub fn has_left(&self) -> bool {
        !self.left.is_subset(&self.settled)
    }
}

/// What is known while the bodies of one module are gone through.
///
/// What becomes of a body must not depend on which one comes first: what is found in one is asked
/// for once all are through that are gone through at the same time.
pub struct Findings<'s> {
    before: &'s Settled,
    settled: IndexSet<u128>,
    settling: Mutex<Vec<u128>>,
    leaving: Mutex<Vec<u128>>,
}

impl<'s> Findings<'s> {
    pub fn after(before: &'s Settled) -> Findings<'s> {
        Findings {
            before,
            settled: IndexSet::new(),
            settling: Mutex::default(),
            leaving: Mutex::default(),
        }
    }

    /// Whether the rules have nothing to take of it.
    pub fn contains(&self, shape: u128) -> bool {
        self.before.settled.contains(&shape) || self.settled.contains(&shape)
    }

    pub fn insert(&self, shape: u128) {
        if let Ok(mut shapes) = self.settling.lock() {
            shapes.push(shape);
        }
    }

    /// Whether a pass before this one has left it as it is.
    pub fn is_left(&self, shape: u128) -> bool {
        self.before.left.contains(&shape)
    }

    /// From the next pass on it stays as it is.
    pub fn leave(&self, shape: u128) {
        if let Ok(mut shapes) = self.leaving.lock() {
            shapes.push(shape);
        }
    }

    /// All bodies are through.
    pub fn end_turn(&mut self) {
        if let Ok(settling) = self.settling.get_mut() {
            self.settled.extend(settling.drain(..));
        }
    }

    /// Nobody asks any more in this module; the next pass will.
    pub fn finish(mut self) {
        self.end_turn();
        let leaving = self.leaving.into_inner().unwrap_or_default();
        if let Ok(mut arriving) = self.before.arriving.lock() {
            arriving.0.extend(self.settled);
            arriving.1.extend(leaving);
        }
    }
}

/// What the numbers in the bodies of a module stand for.
#[derive(Default)]
pub struct Signatures {
    types: Vec<u64>,
    /// The type of each function.
    functions: Vec<u32>,
    globals: Vec<u64>,
    /// Of memories and tables.
    others: u64,
}

impl Signatures {
    /// Of a valid module; `None` where it cannot be read.
    pub fn read(module: &[u8]) -> Option<Signatures> {
        let mut found = Signatures::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload.ok()? {
                Payload::TypeSection(reader) => {
                    for group in reader {
                        let types = group.ok()?.into_types();
                        found.types.extend(types.map(|ty| hash(&ty)));
                    }
                }
                Payload::ImportSection(reader) => {
                    for import in reader.into_imports() {
                        found.import(import.ok()?.ty);
                    }
                }
                Payload::FunctionSection(reader) => {
                    for ty in reader {
                        found.functions.push(ty.ok()?);
                    }
                }
                Payload::TableSection(reader) => {
                    for table in reader {
                        let table = table.ok()?.ty;
                        found.other(&(table.element_type, table.table64));
                    }
                }
                Payload::MemorySection(reader) => {
                    for memory in reader {
                        found.other(&memory.ok()?.memory64);
                    }
                }
                Payload::GlobalSection(reader) => {
                    for global in reader {
                        found.globals.push(hash(&global.ok()?.ty));
                    }
                }
                Payload::CodeSectionStart { .. } => break,
                _ => {}
            }
        }
        Some(found)
    }

    fn import(&mut self, ty: TypeRef) {
        match ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => self.functions.push(ty),
            TypeRef::Table(table) => self.other(&(table.element_type, table.table64)),
            TypeRef::Memory(memory) => self.other(&memory.memory64),
            TypeRef::Global(global) => self.globals.push(hash(&global)),
            TypeRef::Tag(_) => {}
        }
    }

    fn other(&mut self, value: &impl Hash) {
        self.others = self.others.rotate_left(7) ^ hash(value);
    }

    fn ty(&self, index: u32) -> u64 {
        self.types.get(index as usize).copied().unwrap_or(0)
    }

    /// The shape of these bodies together, each with its type, and of which of the functions that
    /// they name these are; `None` where a body cannot be read.
    pub fn shape<'b>(
        &self,
        bodies: impl Iterator<Item = (u32, &'b [u8])>,
        functions: impl Iterator<Item = u32>,
    ) -> Option<u128> {
        let mut shape = Shape {
            signatures: self,
            state: 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d,
            functions: IndexMap::new(),
            types: IndexMap::new(),
        };
        shape.word(self.others);
        for (ty, body) in bodies {
            shape.word(self.ty(ty));
            shape.word(body.len() as u64);
            shape.body(body).ok()?;
        }
        for function in functions {
            let (_, number, _) = shape.function(0, function);
            shape.word(u64::from(number));
        }
        Some(shape.state)
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

struct Shape<'s> {
    signatures: &'s Signatures,
    state: u128,
    /// In the order in which they came up.
    functions: IndexMap<u32, u32>,
    types: IndexMap<u32, u32>,
}

impl Shape<'_> {
    /// Mixes in a number, as FNV-1a does a byte.
    fn word(&mut self, word: u64) {
        self.state = (self.state ^ u128::from(word)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        self.state ^= self.state >> 67;
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
    }

    fn body(&mut self, bytes: &[u8]) -> wasmparser::Result<()> {
        let body = FunctionBody::new(BinaryReader::new(bytes, 0));
        let mut operators = body.get_operators_reader()?;
        // Bytes from here on are not mixed in yet.
        let mut pending = 0;
        while !operators.eof() {
            let start = operators.original_position() as usize;
            let operator = operators.read()?;
            let end = operators.original_position() as usize;
            let global = match operator {
                Operator::GlobalGet { global_index } | Operator::GlobalSet { global_index } => {
                    Some(global_index)
                }
                _ => None,
            };
            if let Some(global) = global {
                let ty = self.signatures.globals.get(global as usize);
                self.word(ty.copied().unwrap_or(0));
            } else if self.number(&operator, end - start) {
                self.bytes(&bytes[pending..start]);
                pending = end;
            }
        }
        self.bytes(&bytes[pending..]);
        Ok(())
    }

    /// Mixes in an instruction of so many bytes that names a function or a type.
    fn number(&mut self, operator: &Operator<'_>, length: usize) -> bool {
        let (kind, number, sign) = match *operator {
            Operator::Call { function_index } => self.function(1, function_index),
            Operator::ReturnCall { function_index } => self.function(2, function_index),
            Operator::RefFunc { function_index } => self.function(3, function_index),
            Operator::CallIndirect {
                type_index,
                table_index,
            } => self.signature(4 + 8 * u64::from(table_index), type_index),
            Operator::ReturnCallIndirect {
                type_index,
                table_index,
            } => self.signature(5 + 8 * u64::from(table_index), type_index),
            Operator::Block {
                blockty: BlockType::FuncType(ty),
            } => self.signature(6, ty),
            Operator::Loop {
                blockty: BlockType::FuncType(ty),
            } => self.signature(7, ty),
            Operator::If {
                blockty: BlockType::FuncType(ty),
            } => self.signature(8, ty),
            _ => return false,
        };
        self.word(kind << 8 | length as u64);
        self.word(u64::from(number));
        self.word(sign);
        true
    }

    fn function(&mut self, kind: u64, function: u32) -> (u64, u32, u64) {
        let next = self.functions.len() as u32;
        let number = *self.functions.entry(function).or_insert(next);
        let ty = self.signatures.functions.get(function as usize);
        (kind, number, ty.map_or(0, |&ty| self.signatures.ty(ty)))
    }

    fn signature(&mut self, kind: u64, ty: u32) -> (u64, u32, u64) {
        let next = self.types.len() as u32;
        let number = *self.types.entry(ty).or_insert(next);
        (kind, number, self.signatures.ty(ty))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_stays_from_the_next_pass_on() {
        let mut settled = Settled::default();
        let findings = Findings::after(&settled);
        findings.leave(1);
        assert!(!findings.is_left(1));
        findings.finish();
        assert!(!settled.has_left());
        settled.end_pass();
        let findings = Findings::after(&settled);
        assert!(findings.is_left(1) && !findings.contains(1));
        // Another way led to it, and on from there there was nothing to take.
        findings.insert(1);
        findings.finish();
        assert!(settled.has_left());
        settled.end_pass();
        assert!(!settled.has_left());
    }

    #[test]
    fn what_is_found_in_one_body_the_next_turn_knows() {
        let mut settled = Settled::default();
        let mut findings = Findings::after(&settled);
        findings.insert(1);
        assert!(!findings.contains(1));
        findings.end_turn();
        assert!(findings.contains(1));
        // Another module does not.
        assert!(!Findings::after(&settled).contains(1));
        findings.finish();
        settled.end_pass();
        assert!(Findings::after(&settled).contains(1));
    }

    #[test]
    fn moving_one_callee_is_not_moving_another() {
        let text = b"(module (func) (func) (func call 0 call 1))";
        let module = crate::input::to_binary("m.wat", text).expect("it is valid");
        let signatures = Signatures::read(&module).expect("it is valid");
        let (caller, callee) = ([0, 0x10, 0, 0x10, 1, 0x0b], [0, 0x0b]);
        let shape = |function| {
            let bodies = [(0, &caller[..]), (0, &callee[..])].into_iter();
            signatures.shape(bodies, std::iter::once(function))
        };
        assert!(shape(0).is_some() && shape(0) != shape(1));
    }
}
