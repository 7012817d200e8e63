//! What does a function body look like as a tree?
//!
//! A node's arguments are evaluated in order, then the node itself: printing the tree in post-order
//! gives the instructions back. Statements between operands hang on the operand before them
//! ([`Op::Keep`]), so that every stack discipline with single results has a tree. What comes after
//! a node that never completes is not kept.

use wasmparser::ValType;

/// A branch target, unique in its function. The function's own label is [`OUTERMOST`].
pub type Label = u32;

/// The label of the function itself: a branch to it returns.
pub const OUTERMOST: Label = 0;

/// What a node leaves on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    Nothing,
    /// Control never comes out behind it (core specification, "stack-polymorphic").
    Never,
    Value(ValType),
}

/// A constant; floats by their bits, so that NaN payloads stay what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    I32(i32),
    I64(i64),
    F32(u32),
    F64(u64),
}

/// The immediates of a load or store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// As its exponent.
    pub align: u8,
    pub offset: u64,
    pub memory: u32,
}

#[derive(Clone, Debug, PartialEq, Hash)]
pub enum Op<'a> {
    Const(Value),
    Get(u32),
    Set(u32),
    Tee(u32),
    GlobalGet(u32),
    GlobalSet(u32),
    /// A numeric instruction without immediates, by its opcode: `0x45..=0xc4`.
    Numeric(u8),
    Load(u8, Place),
    Store(u8, Place),
    /// The untyped form: operands are numbers or vectors.
    Select,
    Drop,
    Call(u32),
    /// The type and the table.
    CallIndirect(u32, u32),
    Return,
    Unreachable,
    /// The arguments are statements, the last of which may be the value. So in the next three.
    Block(Label),
    Loop(Label),
    Seq,
    /// A condition and two arms, each a [`Op::Seq`].
    If(Label),
    /// A value, then statements that run while it waits on the stack.
    Keep,
    Br(Label),
    BrIf(Label),
    /// The default comes last.
    BrTable(Box<[Label]>),
    /// An instruction that is passed through.
    Raw(&'a [u8]),
    /// An instruction that is passed through and never completes.
    RawExit(&'a [u8]),
}

#[derive(Clone, Debug)]
pub struct Node<'a> {
    pub op: Op<'a>,
    pub args: Vec<Node<'a>>,
    pub ty: Ty,
}

/// One function body.
#[derive(Clone, Debug)]
pub struct Body<'a> {
    /// The types of parameters, then locals.
    pub locals: Vec<ValType>,
    pub params: u32,
    pub result: Ty,
    /// A [`Op::Block`] with the label [`OUTERMOST`].
    pub root: Node<'a>,
    /// The next label that is free.
    pub labels: Label,
    /// Nodes in nodes when it was decoded.
    pub depth: usize,
}

impl Ty {
    pub fn is_value(self) -> bool {
        matches!(self, Ty::Value(_))
    }

    /// The number type that it is.
    pub fn number(self) -> Option<ValType> {
        match self {
            Ty::Value(ty @ (ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64)) => Some(ty),
            _ => None,
        }
    }
}

impl Value {
    pub fn ty(self) -> ValType {
        match self {
            Value::I32(_) => ValType::I32,
            Value::I64(_) => ValType::I64,
            Value::F32(_) => ValType::F32,
            Value::F64(_) => ValType::F64,
        }
    }

    /// What a local of this type holds before it is set.
    pub fn zero(ty: ValType) -> Option<Value> {
        match ty {
            ValType::I32 => Some(Value::I32(0)),
            ValType::I64 => Some(Value::I64(0)),
            ValType::F32 => Some(Value::F32(0)),
            ValType::F64 => Some(Value::F64(0)),
            _ => None,
        }
    }

    pub fn is_zero(self) -> bool {
        matches!(self, Value::I32(0) | Value::I64(0))
    }

    /// Bytes of the instruction.
    pub fn size(self) -> usize {
        1 + match self {
            Value::I32(v) => signed_size(i64::from(v)),
            Value::I64(v) => signed_size(v),
            Value::F32(_) => 4,
            Value::F64(_) => 8,
        }
    }
}

/// Bytes of a signed LEB128 number.
pub fn signed_size(value: i64) -> usize {
    let bits = 65 - (if value < 0 { !value } else { value }).leading_zeros() as usize;
    bits.div_ceil(7)
}

impl<'a> Node<'a> {
    pub fn new(op: Op<'a>, args: Vec<Node<'a>>, ty: Ty) -> Node<'a> {
        Node { op, args, ty }
    }

    pub fn constant(value: Value) -> Node<'a> {
        Node::new(Op::Const(value), Vec::new(), Ty::Value(value.ty()))
    }

    pub fn i32(value: i32) -> Node<'a> {
        Node::constant(Value::I32(value))
    }

    /// Nothing at all.
    pub fn empty() -> Node<'a> {
        Node::new(Op::Seq, Vec::new(), Ty::Nothing)
    }

    /// Statements in order, the last of which may be a value or never complete.
    pub fn seq(args: Vec<Node<'a>>) -> Node<'a> {
        let ty = args.last().map_or(Ty::Nothing, |last| last.ty);
        Node::new(Op::Seq, args, ty)
    }

    /// A numeric instruction whose result is an i32.
    pub fn test(opcode: u8, args: Vec<Node<'a>>) -> Node<'a> {
        Node::new(Op::Numeric(opcode), args, Ty::Value(ValType::I32))
    }

    pub fn is_empty(&self) -> bool {
        matches!(self.op, Op::Seq) && self.args.is_empty()
    }

    /// Leaves [`Node::empty`] behind.
    pub fn take(&mut self) -> Node<'a> {
        std::mem::replace(self, Node::empty())
    }

    /// Replaces it by its argument at `index`; the others are lost.
    pub fn become_arg(&mut self, index: usize) {
        let arg = self.args.swap_remove(index);
        *self = arg;
    }

    pub fn as_const(&self) -> Option<Value> {
        match self.op {
            Op::Const(value) => Some(value),
            _ => None,
        }
    }

    /// Whether the arguments are a list of statements.
    pub fn is_list(&self) -> bool {
        matches!(self.op, Op::Block(_) | Op::Loop(_) | Op::Seq)
    }

    /// Whether it is written with an `end`.
    pub fn is_block(&self) -> bool {
        match self.op {
            Op::Block(_) | Op::Loop(_) | Op::If(_) => true,
            Op::Seq => self.args.last().is_some_and(Node::is_block),
            _ => false,
        }
    }

    /// The node and all below it, each before its arguments.
    pub fn each<'n>(&'n self, visit: &mut impl FnMut(&'n Node<'a>)) {
        visit(self);
        for arg in &self.args {
            arg.each(visit);
        }
    }

    /// The node and all below it, each after its arguments.
    pub fn each_mut(&mut self, visit: &mut impl FnMut(&mut Node<'a>)) {
        for arg in &mut self.args {
            arg.each_mut(visit);
        }
        visit(self);
    }

    /// The label that it binds.
    pub fn label(&self) -> Option<Label> {
        match self.op {
            Op::Block(label) | Op::Loop(label) | Op::If(label) => Some(label),
            _ => None,
        }
    }

    /// The labels that the node itself branches to.
    pub fn targets(&self) -> &[Label] {
        match &self.op {
            Op::Br(label) | Op::BrIf(label) => std::slice::from_ref(label),
            Op::BrTable(labels) => labels,
            _ => &[],
        }
    }

    /// Whether two trees are the same program, whatever their labels are called.
    pub fn same(&self, other: &Node<'a>) -> bool {
        same(self, other, &mut Vec::new())
    }
}

fn same<'a>(a: &Node<'a>, b: &Node<'a>, pairs: &mut Vec<(Label, Label)>) -> bool {
    if a.ty != b.ty || a.args.len() != b.args.len() {
        return false;
    }
    let target = |x: Label, y: Label, pairs: &[(Label, Label)]| {
        let bound = pairs.iter().rev().find(|(p, q)| *p == x || *q == y);
        bound.map_or(x == y, |&pair| pair == (x, y))
    };
    let bound = match (&a.op, &b.op) {
        (Op::Block(x), Op::Block(y)) | (Op::Loop(x), Op::Loop(y)) | (Op::If(x), Op::If(y)) => {
            Some((*x, *y))
        }
        (Op::Br(x), Op::Br(y)) | (Op::BrIf(x), Op::BrIf(y)) => {
            if !target(*x, *y, pairs) {
                return false;
            }
            None
        }
        (Op::BrTable(x), Op::BrTable(y)) => {
            if x.len() != y.len() || !x.iter().zip(y).all(|(x, y)| target(*x, *y, pairs)) {
                return false;
            }
            None
        }
        (x, y) => {
            if x != y {
                return false;
            }
            None
        }
    };
    pairs.extend(bound);
    let args = a.args.iter().zip(&b.args);
    let equal = args.into_iter().all(|(a, b)| same(a, b, pairs));
    if bound.is_some() {
        pairs.pop();
    }
    equal
}
