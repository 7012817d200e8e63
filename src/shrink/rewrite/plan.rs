//! What is kept of a module, and what is put in the place of the rest?

use super::super::scan::Kind;
use super::super::summary::Summary;

/// What to keep of a module.
#[derive(Clone, Debug)]
pub struct Plan {
    /// By kind and index.
    pub keep: [Vec<bool>; 7],
    /// By position.
    pub exports: Vec<bool>,
    /// By function, another that does the same; itself for most.
    pub same: Vec<u32>,
    /// The functions defined here in their new order, those that go included.
    pub order: Vec<u32>,
    /// By element segment: what to write instead of it.
    pub pieces: Vec<Option<Vec<Piece>>>,
    /// The type of a function that only traps, which pieces may name: its index is the number of
    /// functions.
    pub trap: Option<u32>,
    /// By global: the constant it always is.
    pub constants: Vec<Option<Constant>>,
    /// What to write instead of all data segments.
    pub data: Option<Vec<Chunk>>,
}

/// Bytes of a memory from an address on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub memory: u32,
    pub address: u64,
    pub bytes: Vec<u8>,
}

/// A number that a global always is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    I32(i32),
    I64(i64),
}

/// A part of an element segment: functions from a slot on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub slot: u64,
    pub functions: Vec<u32>,
}

/// The kinds that a plan decides about.
pub const KINDS: [Kind; 7] = [
    Kind::Func,
    Kind::Table,
    Kind::Memory,
    Kind::Global,
    Kind::Tag,
    Kind::Elem,
    Kind::Data,
];

impl Plan {
    /// Keeps everything.
    pub fn everything(summary: &Summary<'_>) -> Plan {
        let functions = summary.count(Kind::Func);
        Plan {
            keep: KINDS.map(|kind| vec![true; summary.count(kind) as usize]),
            exports: vec![true; summary.exports.len()],
            same: (0..functions).collect(),
            order: (summary.imported(Kind::Func)..functions).collect(),
            pieces: vec![None; summary.elems.len()],
            trap: None,
            constants: vec![None; summary.globals.len()],
            data: None,
        }
    }

    pub(super) fn keeps(&self, kind: Kind, index: u32) -> bool {
        let items = self.keep.get(kind as usize);
        items.is_some_and(|items| items.get(index as usize).copied().unwrap_or(false))
    }

    /// Is this function written itself?
    pub fn writes(&self, function: u32) -> bool {
        self.keeps(Kind::Func, function) && self.same.get(function as usize) == Some(&function)
    }
}
