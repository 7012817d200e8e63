//! How does a tree come from the bytes of a body?
//!
//! wasmparser's validator runs along: it knows the type of what is on the stack. `None` is the
//! answer to all that the tree cannot say: several results, block parameters, exception handlers,
//! garbage-collected types, nesting deeper than [`DEEPEST`]; such a body stays as it is.

use wasmparser::{
    BinaryReader, BlockType, BrTable, CompositeInnerType, FuncToValidate, FunctionBody, Operator,
    ValType, ValidatorResources, WasmModuleResources,
};

use super::tree::{Body, Label, Node, OUTERMOST, Op, Place, Ty, Value};

/// Blocks in blocks, and operators in operators, beyond which a body is left alone: every rule
/// descends by recursion.
const DEEPEST: usize = 1500;

/// Locals beyond which a body is left alone.
const MOST_LOCALS: usize = 20_000;

type Validator = wasmparser::FuncValidator<ValidatorResources>;

struct Frame<'a> {
    label: Label,
    kind: Kind<'a>,
    ty: Ty,
    statements: Vec<Node<'a>>,
    /// Values that wait for who takes them, and how deep each is.
    stack: Vec<Node<'a>>,
    depths: Vec<usize>,
    /// Of the statements.
    depth: usize,
    branched: bool,
    /// Nothing behind this point is reached.
    ended: bool,
}

enum Kind<'a> {
    Block,
    Loop,
    Then(Node<'a>),
    Else(Node<'a>, Node<'a>),
}

struct Decoder<'a> {
    frames: Vec<Frame<'a>>,
    labels: Label,
    /// Blocks opened in code that is never reached.
    skipped: usize,
    root: Option<Node<'a>>,
    deepest: usize,
}

/// Reads and validates a body.
pub fn decode<'a>(
    body: &FunctionBody<'a>,
    function: FuncToValidate<ValidatorResources>,
) -> Option<Body<'a>> {
    let resources = function.resources.clone();
    let signature = match &resources.sub_type_at(function.ty)?.composite_type.inner {
        CompositeInnerType::Func(ty) => ty,
        _ => return None,
    };
    let result = match signature.results() {
        [] => Ty::Nothing,
        [ty] => Ty::Value(*ty),
        _ => return None,
    };
    let params = signature.params().len() as u32;
    let locals = locals(signature.params(), body)?;
    let mut validator = function.into_validator(Default::default());
    validator.read_locals(&mut body.get_binary_reader()).ok()?;
    let mut decoder = Decoder {
        frames: Vec::new(),
        labels: OUTERMOST,
        skipped: 0,
        root: None,
        deepest: 0,
    };
    decoder.open(Kind::Block, result, 0);
    let (bytes, start) = (body.as_bytes(), body.range().start);
    let mut operators = body.get_operators_reader().ok()?;
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset().ok()?;
        let end = operators.original_position();
        let bytes = bytes.get((offset - start) as usize..(end - start) as usize)?;
        decoder.step(&operator, bytes, offset, &mut validator)?;
    }
    Some(Body {
        locals,
        params,
        result,
        root: decoder.root?,
        labels: decoder.labels,
        depth: decoder.deepest,
    })
}

/// The types of parameters and locals; `None` where one of them has no default value.
fn locals(params: &[ValType], body: &FunctionBody) -> Option<Vec<ValType>> {
    let mut locals = params.to_vec();
    for entry in body.get_locals_reader().ok()? {
        let (count, ty) = entry.ok()?;
        if count as usize > MOST_LOCALS - locals.len().min(MOST_LOCALS) {
            return None;
        }
        locals.extend(std::iter::repeat_n(ty, count as usize));
    }
    let unset = |ty: &ValType| matches!(ty, ValType::Ref(ty) if !ty.is_nullable());
    (!locals.iter().any(unset)).then_some(locals)
}

impl<'a> Decoder<'a> {
    fn open(&mut self, kind: Kind<'a>, ty: Ty, depth: usize) {
        self.frames.push(Frame {
            label: self.labels,
            kind,
            ty,
            statements: Vec::new(),
            stack: Vec::new(),
            depths: Vec::new(),
            depth,
            branched: false,
            ended: false,
        });
        self.labels += 1;
    }

    fn top(&mut self) -> Option<&mut Frame<'a>> {
        self.frames.last_mut()
    }

    /// Takes values off the stack, the first of them first; returns how deep they are, too.
    fn pop(&mut self, count: usize) -> Option<(Vec<Node<'a>>, usize)> {
        if count == 0 {
            return Some((Vec::new(), 0));
        }
        let frame = self.top()?;
        let at = frame.stack.len().checked_sub(count)?;
        let depth = frame.depths.drain(at..).max().unwrap_or(0);
        Some((frame.stack.split_off(at), depth))
    }

    fn push(&mut self, node: Node<'a>, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        self.deepest = self.deepest.max(depth);
        let frame = self.top()?;
        match node.ty {
            Ty::Value(_) => {
                frame.stack.push(node);
                frame.depths.push(depth);
            }
            Ty::Nothing => match frame.stack.last_mut().zip(frame.depths.last_mut()) {
                Some((value, deep)) => {
                    if let Op::Keep = value.op {
                        *deep = (*deep).max(depth + 1);
                        value.args.push(node);
                    } else {
                        *deep = (*deep).max(depth) + 1;
                        let ty = value.ty;
                        *value = Node::new(Op::Keep, vec![value.take(), node], ty);
                    }
                }
                None => {
                    frame.depth = frame.depth.max(depth);
                    frame.statements.push(node);
                }
            },
            Ty::Never => {
                frame.flush();
                frame.depth = frame.depth.max(depth);
                frame.statements.push(node);
                frame.ended = true;
            }
        }
        Some(())
    }

    /// Pushes a node with `count` values as its arguments.
    fn node(&mut self, op: Op<'a>, count: usize, ty: Ty) -> Option<()> {
        let (args, depth) = self.pop(count)?;
        self.push(Node::new(op, args, ty), depth + 1)
    }

    fn label(&mut self, depth: u32) -> Option<(Label, Ty)> {
        let index = self.frames.len().checked_sub(depth as usize + 1)?;
        let frame = self.frames.get_mut(index)?;
        frame.branched = true;
        let ty = match frame.kind {
            Kind::Loop => Ty::Nothing,
            _ => frame.ty,
        };
        Some((frame.label, ty))
    }

    fn step(
        &mut self,
        operator: &Operator<'a>,
        bytes: &'a [u8],
        offset: u64,
        validator: &mut Validator,
    ) -> Option<()> {
        let arity = if self.skipped == 0 && needs_arity(*bytes.first()?) {
            operator.operator_arity(validator)?
        } else {
            (0, 0)
        };
        validator.op(offset, operator).ok()?;
        if self.top()?.ended && self.skip(operator)? {
            return Some(());
        }
        let pushed = match validator.get_operand_type(0) {
            Some(Some(ty)) => Ty::Value(ty),
            _ => Ty::Nothing,
        };
        if let Some(ty) = self.block(operator, validator)? {
            return self.control(operator, ty);
        }
        self.plain(operator, bytes, arity, pushed)
    }

    /// Whether this operator is passed over, because it is never reached.
    fn skip(&mut self, operator: &Operator<'a>) -> Option<bool> {
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.skipped += 1;
            }
            Operator::End if self.skipped > 0 => self.skipped -= 1,
            Operator::End | Operator::Else if self.skipped == 0 => return Some(false),
            _ if handles_exceptions(operator) => return None,
            _ => {}
        }
        Some(true)
    }

    /// The result of a block that opens or ends here; the inner `None` where none does.
    fn block(&self, operator: &Operator<'a>, validator: &Validator) -> Option<Option<Ty>> {
        let blockty = match operator {
            Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty } => {
                blockty
            }
            Operator::Else | Operator::End => return Some(Some(Ty::Nothing)),
            _ => return Some(None),
        };
        let ty = match blockty {
            BlockType::Empty => Ty::Nothing,
            BlockType::Type(ty) => Ty::Value(*ty),
            BlockType::FuncType(index) => {
                let ty = validator.resources().sub_type_at(*index)?;
                let CompositeInnerType::Func(ty) = &ty.composite_type.inner else {
                    return None;
                };
                match (ty.params(), ty.results()) {
                    ([], []) => Ty::Nothing,
                    ([], [ty]) => Ty::Value(*ty),
                    _ => return None,
                }
            }
        };
        Some(Some(ty))
    }

    fn control(&mut self, operator: &Operator<'a>, ty: Ty) -> Option<()> {
        match operator {
            Operator::Block { .. } => self.open(Kind::Block, ty, 0),
            Operator::Loop { .. } => self.open(Kind::Loop, ty, 0),
            Operator::If { .. } => {
                let (mut condition, depth) = self.pop(1)?;
                self.open(Kind::Then(condition.pop()?), ty, depth);
            }
            Operator::Else => {
                let frame = self.top()?;
                frame.close();
                let then = Node::seq(std::mem::take(&mut frame.statements));
                let Kind::Then(condition) = std::mem::replace(&mut frame.kind, Kind::Block) else {
                    return None;
                };
                frame.kind = Kind::Else(condition, then);
                frame.ended = false;
            }
            _ => {
                let mut frame = self.frames.pop()?;
                frame.close();
                let depth = frame.depth + 2;
                let node = frame.node();
                if self.frames.is_empty() {
                    self.root = Some(node);
                } else {
                    self.push(node, depth)?;
                }
            }
        }
        Some(())
    }

    fn plain(
        &mut self,
        operator: &Operator<'a>,
        bytes: &'a [u8],
        (pops, pushes): (u32, u32),
        pushed: Ty,
    ) -> Option<()> {
        use Operator as O;
        let opcode = *bytes.first()?;
        match *operator {
            O::Nop => Some(()),
            O::I32Const { value } => self.node(Op::Const(Value::I32(value)), 0, pushed),
            O::I64Const { value } => self.node(Op::Const(Value::I64(value)), 0, pushed),
            O::F32Const { value } => self.node(Op::Const(Value::F32(value.bits())), 0, pushed),
            O::F64Const { value } => self.node(Op::Const(Value::F64(value.bits())), 0, pushed),
            O::LocalGet { local_index } => self.node(Op::Get(local_index), 0, pushed),
            O::LocalSet { local_index } => self.node(Op::Set(local_index), 1, Ty::Nothing),
            O::LocalTee { local_index } => self.node(Op::Tee(local_index), 1, pushed),
            O::GlobalGet { global_index } => self.node(Op::GlobalGet(global_index), 0, pushed),
            O::GlobalSet { global_index } => self.node(Op::GlobalSet(global_index), 1, Ty::Nothing),
            O::Drop => self.node(Op::Drop, 1, Ty::Nothing),
            O::Select => self.node(Op::Select, 3, pushed),
            O::Unreachable => self.node(Op::Unreachable, 0, Ty::Never),
            O::Call { function_index } if pushes <= 1 => {
                let ty = if pushes == 1 { pushed } else { Ty::Nothing };
                self.node(Op::Call(function_index), pops as usize, ty)
            }
            O::CallIndirect {
                type_index,
                table_index,
            } if pushes <= 1 => {
                let ty = if pushes == 1 { pushed } else { Ty::Nothing };
                self.node(Op::CallIndirect(type_index, table_index), pops as usize, ty)
            }
            O::Return => {
                let count = usize::from(self.frames.first()?.ty.is_value());
                self.node(Op::Return, count, Ty::Never)
            }
            O::Br { relative_depth } => {
                let (label, ty) = self.label(relative_depth)?;
                let op = if label == OUTERMOST {
                    Op::Return
                } else {
                    Op::Br(label)
                };
                self.node(op, usize::from(ty.is_value()), Ty::Never)
            }
            O::BrIf { relative_depth } => {
                let (label, ty) = self.label(relative_depth)?;
                self.node(Op::BrIf(label), 1 + usize::from(ty.is_value()), ty)
            }
            O::BrTable { ref targets } => self.table(targets),
            _ if (0x45..=0xc4).contains(&opcode) => {
                let unary = matches!(opcode, 0x45 | 0x50 | 0x67..=0x69 | 0x79..=0x7b | 0x8b..=0x91
                    | 0x99..=0x9f | 0xa7..=0xc4);
                self.node(Op::Numeric(opcode), if unary { 1 } else { 2 }, pushed)
            }
            _ if (0x28..=0x3e).contains(&opcode) => self.access(bytes, pushed),
            _ => self.raw(operator, bytes, (pops, pushes), pushed),
        }
    }

    fn table(&mut self, targets: &BrTable) -> Option<()> {
        let (last, ty) = self.label(targets.default())?;
        let mut labels = Vec::with_capacity(targets.len() as usize + 1);
        for target in targets.targets() {
            labels.push(self.label(target.ok()?)?.0);
        }
        labels.push(last);
        let op = Op::BrTable(labels.into_boxed_slice());
        self.node(op, 1 + usize::from(ty.is_value()), Ty::Never)
    }

    /// A load or a store.
    fn access(&mut self, bytes: &'a [u8], pushed: Ty) -> Option<()> {
        let (opcode, immediates) = bytes.split_first()?;
        let mut reader = BinaryReader::new(immediates, 0);
        let flags = reader.read_var_u32().ok()?;
        let memory = if flags & 0x40 != 0 {
            reader.read_var_u32().ok()?
        } else {
            0
        };
        let place = Place {
            // Bits above name arrays and orderings.
            align: Some(flags & !0x40).filter(|align| *align < 8)? as u8,
            offset: reader.read_var_u64().ok()?,
            memory,
        };
        match *opcode {
            opcode @ 0x28..=0x35 => self.node(Op::Load(opcode, place), 1, pushed),
            opcode => self.node(Op::Store(opcode, place), 2, Ty::Nothing),
        }
    }

    fn raw(
        &mut self,
        operator: &Operator<'a>,
        bytes: &'a [u8],
        (pops, pushes): (u32, u32),
        pushed: Ty,
    ) -> Option<()> {
        match operator {
            Operator::ReturnCall { .. } | Operator::ReturnCallIndirect { .. } => {
                self.node(Op::RawExit(bytes), pops as usize, Ty::Never)
            }
            _ if pushes <= 1 && passes_through(operator, bytes) => {
                let ty = if pushes == 1 { pushed } else { Ty::Nothing };
                self.node(Op::Raw(bytes), pops as usize, ty)
            }
            _ => None,
        }
    }
}

/// Whether the stack effect of an instruction is not known from its opcode alone: that of calls, and
/// of what is passed through.
fn needs_arity(opcode: u8) -> bool {
    match opcode {
        0x10..=0x19 => true,
        0x25 | 0x26 | 0x3f | 0x40 => true,
        0x00..=0xc4 => opcode == 0x1c,
        _ => true,
    }
}

/// Whether an operator opens or belongs to an exception handler: its blocks are not counted.
fn handles_exceptions(operator: &Operator) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::Try { .. } | O::TryTable { .. } | O::Catch { .. } | O::CatchAll | O::Delegate { .. }
    )
}

/// Instructions that take and leave values, mind nothing of the blocks around them, and come out
/// behind themselves: reference types, tables, memories, bulk memory, vectors, atomics.
fn passes_through(operator: &Operator, bytes: &[u8]) -> bool {
    match bytes.first() {
        Some(0x1c | 0x25 | 0x26 | 0x3f | 0x40 | 0xd0..=0xd2 | 0xfc | 0xfd | 0xfe) => {
            !handles_exceptions(operator)
        }
        _ => false,
    }
}

impl<'a> Frame<'a> {
    /// What waits on the stack is thrown away, in the order in which it came.
    fn flush(&mut self) {
        for (value, depth) in self.stack.drain(..).zip(self.depths.drain(..)) {
            self.depth = self.depth.max(depth + 1);
            self.statements
                .push(Node::new(Op::Drop, vec![value], Ty::Nothing));
        }
    }

    /// Ends the list of statements: a waiting value becomes its last.
    fn close(&mut self) {
        for (value, depth) in self.stack.drain(..).zip(self.depths.drain(..)) {
            self.depth = self.depth.max(depth);
            self.statements.push(value);
        }
    }

    fn node(self) -> Node<'a> {
        let never = self.ended && !self.branched;
        let label = self.label;
        match self.kind {
            Kind::Block => {
                let ty = if never { Ty::Never } else { self.ty };
                Node::new(Op::Block(label), self.statements, ty)
            }
            Kind::Loop => {
                let ty = if self.ended { Ty::Never } else { self.ty };
                Node::new(Op::Loop(label), self.statements, ty)
            }
            Kind::Then(condition) => {
                let args = vec![condition, Node::seq(self.statements), Node::empty()];
                Node::new(Op::If(label), args, self.ty)
            }
            Kind::Else(condition, then) => {
                let ends = never && then.ty == Ty::Never;
                let ty = if ends { Ty::Never } else { self.ty };
                let args = vec![condition, then, Node::seq(self.statements)];
                Node::new(Op::If(label), args, ty)
            }
        }
    }
}
