//! How do bytes come from the tree of a body?

use wasm_encoder::{Encode, ValType as Encoded};
use wasmparser::ValType;

use super::tree::{Body, Label, Node, Op, Place, Ty, Value};
use crate::binary::leb_length;

/// A body as it stands in the code section, without its length; `None` where a type has no form
/// of its own.
pub fn encode(body: &Body) -> Option<Vec<u8>> {
    let mut writer = Writer {
        out: Vec::new(),
        labels: Vec::new(),
    };
    writer.locals(body.locals.get(body.params as usize..)?)?;
    let Op::Block(label) = body.root.op else {
        return None;
    };
    writer.labels.push(label);
    writer.list(&body.root.args, body.result)?;
    writer.out.push(END);
    Some(writer.out)
}

/// Bytes of the instructions of a tree, where branches leave by one-byte depths.
pub fn size(node: &Node) -> usize {
    let mut total = 0;
    node.each(&mut |node| total += own_size(node));
    total
}

/// Bytes of the node's own instruction, `end` and `else` included.
pub fn own_size(node: &Node) -> usize {
    match &node.op {
        Op::Const(value) => value.size(),
        Op::Get(i) | Op::Set(i) | Op::Tee(i) | Op::GlobalGet(i) | Op::GlobalSet(i) => {
            1 + leb_length(u64::from(*i))
        }
        Op::Call(i) => 1 + leb_length(u64::from(*i)),
        Op::CallIndirect(ty, table) => {
            1 + leb_length(u64::from(*ty)) + leb_length(u64::from(*table))
        }
        Op::Numeric(_) | Op::Select | Op::Drop | Op::Return | Op::Unreachable => 1,
        Op::Load(_, place) | Op::Store(_, place) => {
            2 + leb_length(place.offset) + usize::from(place.memory != 0)
        }
        Op::Block(_) | Op::Loop(_) => 3,
        Op::If(_) => 3 + usize::from(!node.args[2].is_empty()),
        Op::Seq | Op::Keep => 0,
        Op::Br(_) | Op::BrIf(_) => 2,
        Op::BrTable(labels) => 1 + leb_length(labels.len() as u64 - 1) + labels.len(),
        Op::Raw(bytes) | Op::RawExit(bytes) => bytes.len(),
    }
}

const END: u8 = 0x0b;
const ELSE: u8 = 0x05;
const UNREACHABLE: u8 = 0x00;

struct Writer {
    out: Vec<u8>,
    /// Around the place of writing, the innermost last.
    labels: Vec<Label>,
}

impl Writer {
    fn locals(&mut self, locals: &[ValType]) -> Option<()> {
        let runs: Vec<_> = locals.chunk_by(|a, b| a == b).collect();
        runs.len().encode(&mut self.out);
        for run in runs {
            (run.len() as u32).encode(&mut self.out);
            self.ty(*run.first()?)?;
        }
        Some(())
    }

    fn ty(&mut self, ty: ValType) -> Option<()> {
        Encoded::try_from(ty).ok()?.encode(&mut self.out);
        Some(())
    }

    /// Statements that leave `want`; nothing is written behind one that never completes.
    fn list(&mut self, args: &[Node], want: Ty) -> Option<()> {
        for (i, arg) in args.iter().enumerate() {
            let last = i + 1 == args.len() || arg.ty == Ty::Never;
            self.node(arg, if last { want } else { Ty::Nothing })?;
            if arg.ty == Ty::Never {
                break;
            }
        }
        Some(())
    }

    /// Writes a tree whose place in the code wants a value of type `want`, or none.
    fn node(&mut self, node: &Node, want: Ty) -> Option<()> {
        match &node.op {
            Op::Seq => return self.list(&node.args, want),
            Op::Block(label) => return self.block(0x02, *label, node, want),
            Op::Loop(label) => return self.block(0x03, *label, node, want),
            Op::If(label) => return self.arms(*label, node, want),
            _ => {}
        }
        for arg in &node.args {
            self.node(arg, arg.ty)?;
            if arg.ty == Ty::Never && arg.is_block() {
                self.out.push(UNREACHABLE);
            }
        }
        self.instruction(node)
    }

    /// The block type of a node that stands where `want` is wanted.
    fn opening(&mut self, opcode: u8, node: &Node, want: Ty) -> Option<Ty> {
        self.out.push(opcode);
        let ty = match node.ty {
            Ty::Never => want,
            ty => ty,
        };
        match ty {
            Ty::Value(ty) => self.ty(ty)?,
            _ => self.out.push(0x40),
        }
        Some(ty)
    }

    fn block(&mut self, opcode: u8, label: Label, node: &Node, want: Ty) -> Option<()> {
        let ty = self.opening(opcode, node, want)?;
        self.labels.push(label);
        self.list(&node.args, ty)?;
        self.labels.pop();
        self.out.push(END);
        Some(())
    }

    fn arms(&mut self, label: Label, node: &Node, want: Ty) -> Option<()> {
        let [condition, then, other] = node.args.as_slice() else {
            return None;
        };
        self.node(condition, condition.ty)?;
        let ty = self.opening(0x04, node, want)?;
        self.labels.push(label);
        self.node(then, ty)?;
        if !other.is_empty() || ty.is_value() {
            self.out.push(ELSE);
            self.node(other, ty)?;
        }
        self.labels.pop();
        self.out.push(END);
        Some(())
    }

    fn depth(&mut self, label: Label) -> Option<()> {
        let depth = self.labels.iter().rev().position(|&l| l == label)?;
        (depth as u32).encode(&mut self.out);
        Some(())
    }

    fn indexed(&mut self, opcode: u8, index: u32) {
        self.out.push(opcode);
        index.encode(&mut self.out);
    }

    fn access(&mut self, opcode: u8, place: &Place) {
        self.out.push(opcode);
        if place.memory == 0 {
            self.out.push(place.align);
        } else {
            self.out.push(place.align | 0x40);
            place.memory.encode(&mut self.out);
        }
        place.offset.encode(&mut self.out);
    }

    fn constant(&mut self, value: Value) {
        match value {
            Value::I32(value) => {
                self.out.push(0x41);
                value.encode(&mut self.out);
            }
            Value::I64(value) => {
                self.out.push(0x42);
                value.encode(&mut self.out);
            }
            Value::F32(bits) => {
                self.out.push(0x43);
                self.out.extend(bits.to_le_bytes());
            }
            Value::F64(bits) => {
                self.out.push(0x44);
                self.out.extend(bits.to_le_bytes());
            }
        }
    }

    fn instruction(&mut self, node: &Node) -> Option<()> {
        match &node.op {
            Op::Const(value) => self.constant(*value),
            Op::Get(local) => self.indexed(0x20, *local),
            Op::Set(local) => self.indexed(0x21, *local),
            Op::Tee(local) => self.indexed(0x22, *local),
            Op::GlobalGet(global) => self.indexed(0x23, *global),
            Op::GlobalSet(global) => self.indexed(0x24, *global),
            Op::Call(function) => self.indexed(0x10, *function),
            Op::CallIndirect(ty, table) => {
                self.indexed(0x11, *ty);
                table.encode(&mut self.out);
            }
            Op::Numeric(opcode) => self.out.push(*opcode),
            Op::Load(opcode, place) | Op::Store(opcode, place) => self.access(*opcode, place),
            Op::Select => self.out.push(0x1b),
            Op::Drop => self.out.push(0x1a),
            Op::Return => self.out.push(0x0f),
            Op::Unreachable => self.out.push(UNREACHABLE),
            Op::Br(label) => {
                self.out.push(0x0c);
                self.depth(*label)?;
            }
            Op::BrIf(label) => {
                self.out.push(0x0d);
                self.depth(*label)?;
            }
            Op::BrTable(labels) => {
                self.out.push(0x0e);
                (labels.len() as u32 - 1).encode(&mut self.out);
                for label in labels {
                    self.depth(*label)?;
                }
            }
            Op::Raw(bytes) | Op::RawExit(bytes) => self.out.extend_from_slice(bytes),
            Op::Keep | Op::Seq | Op::Block(_) | Op::Loop(_) | Op::If(_) => {}
        }
        Some(())
    }
}
