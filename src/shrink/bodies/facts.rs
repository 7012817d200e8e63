//! Which values does a local hold on every path to this place?
//!
//! One walk in the order of evaluation gives each value a number; where paths meet, or a loop comes
//! round, what differs gets a new one. Equal numbers are equal values, so that a read of a known
//! constant is the constant, a write of what the local already holds is none, and an expression
//! whose value a local holds is a read of that local: it was evaluated before, so that it cannot
//! trap now. Memory and globals have no numbers.

use wasmparser::ValType;

use super::encode::size;
use super::fold_constants::{binary, unary};
use super::mix::Map;
use super::tree::{Body, Label, Node, Op, Ty, Value};

/// A value number; 0 is one that nothing is known of.
type Number = u32;

/// Locals times branches beyond which a body is left alone.
const MOST_WORK: usize = 30_000_000;

/// Locals looked at beyond which no more are searched for one that holds a value.
const MOST_SEARCHED: usize = 200_000_000;

/// Uses what is known; says whether anything changed.
pub fn apply(body: &mut Body) -> bool {
    let mut branches = 0;
    body.root
        .each(&mut |node| branches += 2 * usize::from(node.is_block()) + node.targets().len());
    if branches * body.locals.len() > MOST_WORK {
        return false;
    }
    let mut walk = Walk {
        types: body.locals.clone(),
        state: None,
        labels: vec![None; body.labels as usize],
        next: 1,
        numbers: Map::default(),
        constants: Map::default(),
        values: Map::default(),
        searched: 0,
        changed: false,
    };
    let mut state = Vec::with_capacity(body.locals.len());
    for (local, &ty) in body.locals.iter().enumerate() {
        let zero = Value::zero(ty).filter(|_| local >= body.params as usize);
        state.push(match zero {
            Some(zero) => walk.constant(zero),
            None => walk.fresh(),
        });
    }
    walk.state = Some(state);
    walk.node(&mut body.root);
    walk.changed
}

struct Walk {
    types: Vec<ValType>,
    /// The number in each local; `None` where no path leads.
    state: Option<Vec<Number>>,
    /// What the locals hold on branches to each label so far.
    labels: Vec<Option<Vec<Number>>>,
    next: Number,
    numbers: Map<Value, Number>,
    constants: Map<Number, Value>,
    /// By instruction and operands.
    values: Map<(u8, Number, Number), Number>,
    /// Locals looked at.
    searched: usize,
    changed: bool,
}

impl Walk {
    fn fresh(&mut self) -> Number {
        self.next += 1;
        self.next
    }

    fn constant(&mut self, value: Value) -> Number {
        if let Some(&number) = self.numbers.get(&value) {
            return number;
        }
        let number = self.fresh();
        self.numbers.insert(value, number);
        self.constants.insert(number, value);
        number
    }

    fn args(&mut self, args: &mut [Node]) {
        for arg in args {
            self.node(arg);
        }
    }

    fn node(&mut self, node: &mut Node) -> Number {
        if self.state.is_none() {
            return 0;
        }
        match node.op {
            Op::Const(value) => self.constant(value),
            Op::Get(local) => self.get(node, local),
            Op::Set(local) | Op::Tee(local) => self.set(node, local),
            Op::Numeric(opcode) => self.number(node, opcode),
            Op::Block(label) => {
                self.args(&mut node.args);
                self.join(label);
                0
            }
            Op::Loop(_) => {
                self.forget(node);
                self.args(&mut node.args);
                0
            }
            Op::If(label) => {
                self.arms(node, label);
                0
            }
            Op::BrIf(label) => {
                self.args(&mut node.args);
                self.test(node.args.last_mut());
                let before = self.state.clone();
                self.learn(node.args.last(), true);
                self.branch(label);
                self.state = before;
                self.learn(node.args.last(), false);
                0
            }
            Op::Br(_) | Op::BrTable(_) | Op::Return | Op::Unreachable | Op::RawExit(_) => {
                self.args(&mut node.args);
                for target in node.targets().to_vec() {
                    self.branch(target);
                }
                self.state = None;
                0
            }
            Op::Keep => {
                let number = node.args.first_mut().map_or(0, |value| self.node(value));
                self.args(&mut node.args[1..]);
                number
            }
            Op::Seq => {
                let mut number = 0;
                for arg in &mut node.args {
                    number = self.node(arg);
                }
                number
            }
            Op::Select => {
                self.args(&mut node.args);
                self.test(node.args.last_mut());
                0
            }
            _ => {
                self.args(&mut node.args);
                0
            }
        }
    }

    fn held(&self, local: u32) -> Number {
        self.state.as_ref().map_or(0, |state| state[local as usize])
    }

    fn replace<'a>(&mut self, node: &mut Node<'a>, new: Node<'a>) {
        *node = new;
        self.changed = true;
    }

    fn get(&mut self, node: &mut Node, local: u32) -> Number {
        let number = self.held(local);
        if let Some(&value) = self.constants.get(&number)
            && value.size() <= 2
        {
            self.replace(node, Node::constant(value));
        } else if let Some(first) = self.holder(number, node.ty)
            && first < local
        {
            self.replace(node, Node::new(Op::Get(first), Vec::new(), node.ty));
        }
        number
    }

    /// The first local that holds the value.
    fn holder(&mut self, number: Number, ty: Ty) -> Option<u32> {
        let state = self.state.as_ref()?;
        if number == 0 || self.searched > MOST_SEARCHED {
            return None;
        }
        let found = state.iter().position(|&held| held == number);
        self.searched += found.unwrap_or(state.len());
        let found = found?;
        (Ty::Value(self.types[found]) == ty).then_some(found as u32)
    }

    fn set(&mut self, node: &mut Node, local: u32) -> Number {
        let mut number = node.args.first_mut().map_or(0, |value| self.node(value));
        if self.state.is_none() {
            return 0;
        }
        if number == 0 {
            number = self.fresh();
        }
        if self.held(local) == number {
            self.changed = true;
            if matches!(node.op, Op::Tee(_)) {
                node.become_arg(0);
            } else {
                node.op = Op::Drop;
            }
        } else if let Some(state) = &mut self.state {
            state[local as usize] = number;
        }
        number
    }

    fn number(&mut self, node: &mut Node, opcode: u8) -> Number {
        let mut operands = [0, 0];
        for (operand, arg) in operands.iter_mut().zip(&mut node.args) {
            *operand = self.node(arg);
        }
        let [a, b] = operands;
        if opcode == 0x45 {
            self.test(node.args.last_mut());
        }
        if self.state.is_none() || a == 0 || (node.args.len() == 2 && b == 0) {
            return 0;
        }
        let known = |number: Number| self.constants.get(&number).copied();
        let value = match (known(a), known(b)) {
            (Some(a), _) if node.args.len() == 1 => unary(opcode, a),
            (Some(a), Some(b)) => binary(opcode, a, b),
            _ => None,
        };
        let plain = node.args.iter().all(is_plain);
        if let Some(value) = value {
            let new = Node::constant(value);
            if plain && size(&new) <= size(node) {
                self.replace(node, new);
            }
            return self.constant(value);
        }
        // The bits of a NaN may differ from one evaluation to the next.
        if node
            .ty
            .number()
            .is_none_or(|ty| matches!(ty, ValType::F32 | ValType::F64))
        {
            return 0;
        }
        let number = match self.values.get(&(opcode, a, b)) {
            Some(&number) => number,
            None => {
                let number = self.fresh();
                self.values.insert((opcode, a, b), number);
                number
            }
        };
        if plain
            && size(node) > 2
            && let Some(local) = self.holder(number, node.ty)
        {
            self.replace(node, Node::new(Op::Get(local), Vec::new(), node.ty));
        }
        number
    }

    /// A condition that is known is the constant.
    fn test(&mut self, condition: Option<&mut Node>) {
        let Some(condition) = condition else {
            return;
        };
        if let Op::Get(local) = condition.op
            && let Some(&Value::I32(value)) = self.constants.get(&self.held(local))
        {
            self.replace(condition, Node::i32(i32::from(value != 0)));
        }
    }

    /// What a condition says about a local, once it is known to hold or not.
    fn learn(&mut self, condition: Option<&Node>, holds: bool) {
        let Some(condition) = condition else {
            return;
        };
        let (local, value) = match (&condition.op, condition.args.as_slice()) {
            (Op::Get(local) | Op::Tee(local), _) if !holds => (*local, Value::I32(0)),
            (Op::Numeric(0x45), [inner]) => return self.learn(Some(inner), !holds),
            (Op::Numeric(0x50), [inner]) if holds => match inner.op {
                Op::Get(local) | Op::Tee(local) => (local, Value::I64(0)),
                _ => return,
            },
            (Op::Numeric(0x46 | 0x51), [a, b]) if holds => match (&a.op, b.as_const()) {
                (Op::Get(local) | Op::Tee(local), Some(value)) => (*local, value),
                _ => return,
            },
            (Op::Numeric(0x47 | 0x52), [a, b]) if !holds => match (&a.op, b.as_const()) {
                (Op::Get(local) | Op::Tee(local), Some(value)) => (*local, value),
                _ => return,
            },
            _ => return,
        };
        let number = self.constant(value);
        if let Some(state) = &mut self.state {
            state[local as usize] = number;
        }
    }

    fn branch(&mut self, label: Label) {
        let Some(state) = self.state.clone() else {
            return;
        };
        let known = self.labels[label as usize].take();
        self.labels[label as usize] = self.meet(known, Some(state));
    }

    /// Behind a block: what all ways there agree on.
    fn join(&mut self, label: Label) {
        let branched = self.labels[label as usize].take();
        let fallen = self.state.take();
        self.state = self.meet(branched, fallen);
    }

    fn meet(&mut self, a: Option<Vec<Number>>, b: Option<Vec<Number>>) -> Option<Vec<Number>> {
        match (a, b) {
            (Some(mut a), Some(b)) => {
                for (a, b) in a.iter_mut().zip(b) {
                    if *a != b {
                        *a = self.fresh();
                    }
                }
                Some(a)
            }
            (a, b) => a.or(b),
        }
    }

    fn arms(&mut self, node: &mut Node, label: Label) {
        let [condition, then, other] = node.args.as_mut_slice() else {
            return;
        };
        self.node(condition);
        self.test(Some(condition));
        let before = self.state.clone();
        self.learn(Some(condition), true);
        self.node(then);
        let after = self.state.take();
        self.state = before;
        self.learn(Some(condition), false);
        self.node(other);
        let fallen = self.state.take();
        self.state = self.meet(after, fallen);
        self.join(label);
    }

    /// At the head of a loop: its writes may have happened.
    fn forget(&mut self, node: &Node) {
        let Some(mut state) = self.state.take() else {
            return;
        };
        let mut written = Vec::new();
        node.each(&mut |node| {
            if let Op::Set(local) | Op::Tee(local) = node.op {
                written.push(local);
            }
        });
        written.sort_unstable();
        written.dedup();
        for local in written {
            state[local as usize] = self.fresh();
        }
        self.state = Some(state);
    }
}

/// It does nothing but compute.
fn is_plain(node: &Node) -> bool {
    matches!(node.op, Op::Const(_) | Op::Get(_) | Op::Numeric(_)) && node.args.iter().all(is_plain)
}
