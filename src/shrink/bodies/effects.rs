//! What else does evaluating a tree do, besides giving a value?

use super::tree::{Label, Node, Op};

/// A summary that may say too much, never too little.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Locals read and written; a bit stands for all locals of the same index modulo 64.
    reads: u64,
    writes: u64,
    /// It reads memory, tables or mutable globals.
    observes: bool,
    /// It changes memory, tables or globals, or calls what may.
    changes: bool,
    /// It may trap.
    traps: bool,
    /// Control may leave it for another place than its end, or never come out.
    leaves: bool,
}

fn bit(local: u32) -> u64 {
    1 << (local % 64)
}

impl Effects {
    /// Of the whole tree.
    pub fn of(node: &Node) -> Effects {
        let mut effects = Effects::default();
        let mut bound: Vec<Label> = Vec::new();
        effects.add_tree(node, &mut bound);
        effects
    }

    fn add_tree(&mut self, node: &Node, bound: &mut Vec<Label>) {
        let label = match node.op {
            Op::Block(label) | Op::If(label) => Some(label),
            _ => None,
        };
        bound.extend(label);
        for arg in &node.args {
            self.add_tree(arg, bound);
        }
        if label.is_some() {
            bound.pop();
        }
        self.leaves |= node.targets().iter().any(|target| !bound.contains(target));
        self.add_own(&node.op);
    }

    /// Of one instruction alone, without its arguments. Branches count as leaving.
    pub fn add_instruction(&mut self, node: &Node) {
        self.leaves |= !node.targets().is_empty();
        self.add_own(&node.op);
    }

    fn add_own(&mut self, op: &Op) {
        match op {
            Op::Get(local) => self.reads |= bit(*local),
            Op::Set(local) | Op::Tee(local) => self.writes |= bit(*local),
            Op::GlobalGet(_) => self.observes = true,
            Op::GlobalSet(_) => self.changes = true,
            Op::Numeric(opcode) => self.traps |= may_trap(*opcode),
            // Out of bounds is a trap (core specification, "Memory Instructions").
            Op::Load(..) => {
                self.observes = true;
                self.traps = true;
            }
            Op::Store(..) | Op::Call(_) | Op::CallIndirect(..) | Op::Raw(_) => {
                self.observes = true;
                self.changes = true;
                self.traps = true;
            }
            Op::Return | Op::RawExit(_) => {
                self.observes = true;
                self.changes = true;
                self.traps = true;
                self.leaves = true;
            }
            Op::Unreachable => {
                self.traps = true;
                self.leaves = true;
            }
            // It may run for ever.
            Op::Loop(_) => self.leaves = true,
            _ => {}
        }
    }

    pub fn add_write(&mut self, local: u32) {
        self.writes |= bit(local);
    }

    /// Nobody notices whether it is evaluated, but for its value.
    pub fn is_pure(&self) -> bool {
        self.writes == 0 && !self.changes && !self.traps && !self.leaves
    }

    pub fn may_leave(&self) -> bool {
        self.leaves
    }

    /// Whether the two can be evaluated in either order. A trap ends everything but memory,
    /// tables and globals, which the host can still see: it may not pass a change of them, nor
    /// another trap, nor a way out.
    pub fn commutes(&self, other: &Effects) -> bool {
        let one_way = |a: &Effects, b: &Effects| {
            a.writes & (b.reads | b.writes) == 0
                && !(a.changes && (b.changes || b.observes || b.traps || b.leaves))
                && !(a.traps && (b.traps || b.leaves))
                && !(a.leaves && (b.leaves || b.writes != 0))
        };
        one_way(self, other) && one_way(other, self)
    }
}

/// Division, remainder and the trapping truncations.
pub fn may_trap(opcode: u8) -> bool {
    matches!(opcode, 0x6d..=0x70 | 0x7f..=0x82 | 0xa8..=0xab | 0xae..=0xb1)
}

/// Whether the tree can be dropped.
pub fn is_pure(node: &Node) -> bool {
    match node.op {
        Op::Const(_) | Op::Get(_) => true,
        Op::Set(_) | Op::Call(_) | Op::CallIndirect(..) | Op::Raw(_) => false,
        _ => Effects::of(node).is_pure(),
    }
}
