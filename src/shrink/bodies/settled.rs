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
    settled: Mutex<IndexSet<u128>>,
    /// They have, but too much was gone through for it before this pass.
    left: Mutex<IndexSet<u128>>,
    /// The same, in this pass. What bodies become must not depend on which of them comes first, so
    /// nobody asks before it is over.
    leaving: Mutex<Vec<u128>>,
}

impl Settled {
    pub fn contains(&self, shape: u128) -> bool {
        contains(&self.settled, shape)
    }

    pub fn insert(&self, shape: u128) {
        if let Ok(mut shapes) = self.settled.lock() {
            shapes.insert(shape);
        }
    }

    /// Whether a pass before this one has left it as it is.
    pub fn is_left(&self, shape: u128) -> bool {
        contains(&self.left, shape)
    }

    /// From the next pass on it stays as it is.
    pub fn leave(&self, shape: u128) {
        if let Ok(mut leaving) = self.leaving.lock() {
            leaving.push(shape);
        }
    }

    /// The pass is over.
    pub fn end_pass(&self) {
        if let (Ok(mut left), Ok(mut leaving)) = (self.left.lock(), self.leaving.lock()) {
            left.extend(leaving.drain(..));
        }
    }

    /// Whether anything was left.
    pub fn has_left(&self) -> bool {
        self.left.lock().is_ok_and(|left| !left.is_empty())
    }
}

fn contains(shapes: &Mutex<IndexSet<u128>>, shape: u128) -> bool {
    shapes.lock().is_ok_and(|shapes| shapes.contains(&shape))
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

    /// The shape of these bodies together, each with its type; `None` where one cannot be read.
    pub fn shape<'b>(&self, bodies: impl Iterator<Item = (u32, &'b [u8])>) -> Option<u128> {
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
    use super::Settled;

    #[test]
    fn what_is_left_stays_from_the_next_pass_on() {
        let settled = Settled::default();
        settled.leave(1);
        assert!(!settled.is_left(1) && !settled.has_left());
        settled.end_pass();
        assert!(settled.is_left(1) && settled.has_left());
        assert!(!settled.contains(1));
    }
}
