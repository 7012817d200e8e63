//! Which shorter instructions compute the same number?
//!
//! All rules are identities of modular arithmetic (core specification, "Numerics"); none touches a
//! float's arithmetic, where the bits of a NaN are not determined.

mod memory;

use super::effects::is_pure;
use super::encode::size;
use super::fold_constants::{binary, unary};
use super::tree::{Node, Op, Place, Ty, Value};
use wasmparser::ValType;

use memory::{address, select, store, tee};

pub const I32_EQZ: u8 = 0x45;
const I32_EQ: u8 = 0x46;
const I32_NE: u8 = 0x47;
const I64_EQZ: u8 = 0x50;
const I64_EQ: u8 = 0x51;
const I64_NE: u8 = 0x52;
const I32_ADD: u8 = 0x6a;
const I32_SUB: u8 = 0x6b;
const I32_AND: u8 = 0x71;
const I32_XOR: u8 = 0x73;
const I32_SHR_U: u8 = 0x76;
/// An i64 instruction comes this far behind its i32 twin, from `add` on.
const TO_I64: u8 = 0x7c - I32_ADD;
const I32_WRAP: u8 = 0xa7;
const I64_EXTEND_S: u8 = 0xac;
const I64_EXTEND_U: u8 = 0xad;

/// Applies the rules for the node's own instruction.
pub fn rewrite(node: &mut Node) -> bool {
    match node.op {
        Op::Numeric(opcode) => number(node, opcode),
        Op::Load(_, place) => address(node, place),
        Op::Store(opcode, place) => store(node, opcode) || address(node, place),
        Op::Select => select(node),
        Op::Tee(local) => tee(node, local),
        Op::GlobalSet(global) => {
            let same = node
                .args
                .iter()
                .all(|arg| matches!(arg.op, Op::GlobalGet(g) if g == global));
            if same {
                *node = Node::empty();
            }
            same
        }
        _ => false,
    }
}

/// The opposite of a condition, where only zero or not zero matters.
pub fn negate(mut condition: Node<'_>) -> Node<'_> {
    if let Op::Numeric(opcode) = condition.op {
        if opcode == I32_EQZ {
            condition.become_arg(0);
            return condition;
        }
        if let Some(opposite) = opposite(opcode) {
            condition.op = Op::Numeric(opposite);
            return condition;
        }
    }
    Node::test(I32_EQZ, vec![condition])
}

/// The comparison that holds where this one does not. Floats have one for `eq` and `ne` alone.
fn opposite(opcode: u8) -> Option<u8> {
    Some(match opcode {
        I32_EQ | I64_EQ | 0x5b | 0x61 => opcode + 1,
        I32_NE | I64_NE | 0x5c | 0x62 => opcode - 1,
        // lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u
        0x48 | 0x49 | 0x53 | 0x54 => opcode + 6,
        0x4e | 0x4f | 0x59 | 0x5a => opcode - 6,
        0x4a | 0x4b | 0x55 | 0x56 => opcode + 2,
        0x4c | 0x4d | 0x57 | 0x58 => opcode - 2,
        _ => return None,
    })
}

/// The last argument of a branch is a condition.
pub fn condition(node: &mut Node) -> bool {
    node.args.last_mut().is_some_and(as_boolean)
}

/// Shortens a tree of which only zero or not zero matters.
pub fn as_boolean(node: &mut Node) -> bool {
    let Op::Numeric(opcode) = node.op else {
        return false;
    };
    let second = node.args.get(1).and_then(Node::as_const);
    match opcode {
        // Not zero; above zero without sign.
        I32_NE | 0x4b if second.is_some_and(Value::is_zero) => node.become_arg(0),
        I32_EQZ => {
            let inner = &mut node.args[0];
            if !matches!(inner.op, Op::Numeric(I32_EQZ)) {
                return as_boolean(inner);
            }
            inner.become_arg(0);
            node.become_arg(0);
        }
        _ => return false,
    }
    true
}

/// It is 0 or 1.
fn is_boolean(node: &Node) -> bool {
    match node.op {
        Op::Numeric(opcode) => {
            (0x45..=0x66).contains(&opcode)
                || opcode == I32_AND && node.args.iter().any(is_boolean)
                || matches!(opcode, 0x72 | 0x73) && node.args.iter().all(is_boolean)
        }
        Op::Const(Value::I32(value)) => value == 0 || value == 1,
        Op::Tee(_) => node.args.iter().all(is_boolean),
        _ => false,
    }
}

fn number(node: &mut Node, opcode: u8) -> bool {
    match node.args.as_mut_slice() {
        [only] => {
            if let Some(value) = only.as_const().and_then(|value| unary(opcode, value)) {
                return shorter(node, Node::constant(value));
            }
            one(node, opcode)
        }
        [first, second] => {
            let (a, b) = (first.as_const(), second.as_const());
            if let (Some(a), Some(b)) = (a, b) {
                let value = binary(opcode, a, b);
                return value.is_some_and(|value| shorter(node, Node::constant(value)));
            }
            if a.is_some()
                && let Some(mirrored) = mirrored(opcode)
            {
                node.op = Op::Numeric(mirrored);
                node.args.reverse();
                return true;
            }
            b.is_some_and(|b| with_constant(node, opcode, b))
        }
        _ => false,
    }
}

fn shorter<'a>(node: &mut Node<'a>, new: Node<'a>) -> bool {
    let fits = size(&new) <= size(node);
    if fits {
        *node = new;
    }
    fits
}

/// The instruction that gives the same with its operands swapped.
fn mirrored(opcode: u8) -> Option<u8> {
    Some(match opcode {
        I32_EQ | I32_NE | I64_EQ | I64_NE => opcode,
        0x48 | 0x49 | 0x53 | 0x54 => opcode + 2,
        0x4a | 0x4b | 0x55 | 0x56 => opcode - 2,
        0x4c | 0x4d | 0x57 | 0x58 => opcode + 2,
        0x4e | 0x4f | 0x59 | 0x5a => opcode - 2,
        0x6a | 0x6c | 0x71..=0x73 | 0x7c | 0x7e | 0x83..=0x85 => opcode,
        _ => return None,
    })
}

fn one(node: &mut Node, opcode: u8) -> bool {
    let arg = &mut node.args[0];
    match (opcode, &arg.op) {
        (I32_EQZ, Op::Numeric(inner)) => {
            if let Some(opposite) = opposite(*inner) {
                arg.op = Op::Numeric(opposite);
                node.become_arg(0);
                return true;
            }
            // eqz(eqz(b)) of a truth value is it; eqz sees zero or not zero alone.
            if *inner == I32_EQZ && is_boolean(&arg.args[0]) {
                arg.become_arg(0);
                node.become_arg(0);
                return true;
            }
            as_boolean(arg)
        }
        (I64_EQZ, Op::Numeric(I64_EXTEND_S | I64_EXTEND_U)) => {
            arg.become_arg(0);
            node.op = Op::Numeric(I32_EQZ);
            true
        }
        (I32_WRAP, Op::Numeric(I64_EXTEND_S | I64_EXTEND_U)) => {
            arg.become_arg(0);
            node.become_arg(0);
            true
        }
        (I32_WRAP, Op::Load(from, place)) => {
            // The same bytes, read into the narrower register.
            let to = match from {
                0x30 => 0x2c,
                0x31 => 0x2d,
                0x32 => 0x2e,
                0x33 => 0x2f,
                0x34 | 0x35 => 0x28,
                _ => return false,
            };
            let place = *place;
            reload(node, to, place, ValType::I32)
        }
        (I64_EXTEND_S, Op::Load(from, place)) => {
            let to = match from {
                0x28 => 0x34,
                0x2c => 0x30,
                0x2d => 0x31,
                0x2e => 0x32,
                0x2f => 0x33,
                _ => return false,
            };
            let place = *place;
            reload(node, to, place, ValType::I64)
        }
        (I64_EXTEND_U, Op::Load(from, place)) => {
            let to = match from {
                0x28 => 0x35,
                0x2d => 0x31,
                0x2f => 0x33,
                _ => return false,
            };
            let place = *place;
            reload(node, to, place, ValType::I64)
        }
        _ => false,
    }
}

fn reload(node: &mut Node, opcode: u8, place: Place, ty: ValType) -> bool {
    let load = node.args[0].take();
    *node = Node::new(Op::Load(opcode, place), load.args, Ty::Value(ty));
    true
}

fn integer(value: Value) -> Option<i64> {
    match value {
        Value::I32(value) => Some(i64::from(value)),
        Value::I64(value) => Some(value),
        _ => None,
    }
}

/// A constant of the type of another.
fn like(value: Value, number: i64) -> Value {
    match value {
        Value::I32(_) => Value::I32(number as i32),
        _ => Value::I64(number),
    }
}

/// Rules for an operation whose second operand is a constant.
fn with_constant(node: &mut Node, opcode: u8, constant: Value) -> bool {
    let Some(number) = integer(constant) else {
        return false;
    };
    let wide = matches!(constant, Value::I64(_));
    let narrow = if wide && opcode >= 0x7c {
        opcode - TO_I64
    } else {
        opcode
    };
    let first = &node.args[0];
    match (narrow, number) {
        (I32_EQ | I64_EQ | 0x4d | 0x58, 0) | (0x49 | 0x54, 1) => {
            node.args.truncate(1);
            node.op = Op::Numeric(if wide { I64_EQZ } else { I32_EQZ });
            return true;
        }
        (I32_ADD | I32_SUB | 0x72..=0x78, 0) | (0x6c, 1) | (I32_AND, -1) => {
            node.become_arg(0);
            return true;
        }
        (0x6c | I32_AND, 0) if is_pure(first) => {
            *node = Node::constant(constant);
            return true;
        }
        (I32_NE, 0) | (I32_EQ, 1) | (I32_AND, 1) if is_boolean(first) => {
            node.become_arg(0);
            return true;
        }
        (I32_NE, 1) | (I32_XOR, 1) if !wide && is_boolean(first) => {
            node.args.truncate(1);
            node.op = Op::Numeric(I32_EQZ);
            return true;
        }
        (I32_AND, mask) if is_within(first, mask) => {
            node.become_arg(0);
            return true;
        }
        _ => {}
    }
    power(node, narrow, constant) || compare(node, opcode, constant) || sum(node, narrow, constant)
}

/// The mask keeps every bit that the tree can have.
fn is_within(node: &Node, mask: i64) -> bool {
    most(node).is_some_and(|most| {
        mask >= 0 && (most & !(mask as u64)) == 0 && (most + 1).is_power_of_two()
    })
}

/// The greatest number, read without sign, that the tree can give.
fn most(node: &Node) -> Option<u64> {
    Some(match node.op {
        Op::Load(0x2d | 0x31, _) => 0xff,
        Op::Load(0x2f | 0x33, _) => 0xffff,
        Op::Const(Value::I32(value)) => u64::from(value as u32),
        Op::Numeric(opcode) if (0x45..=0x66).contains(&opcode) => 1,
        Op::Numeric(I32_AND) => node.args.iter().filter_map(most).min()?,
        Op::Numeric(I32_SHR_U) => match node.args.get(1)?.as_const()? {
            Value::I32(by) => u64::from(u32::MAX >> (by & 31)),
            _ => return None,
        },
        Op::Tee(_) => most(node.args.first()?)?,
        _ => return None,
    })
}

/// Powers of two: a shift has the shorter constant.
fn power(node: &mut Node, narrow: u8, constant: Value) -> bool {
    let bits = match constant {
        Value::I32(value) => u64::from(value as u32),
        Value::I64(value) => value as u64,
        _ => return false,
    };
    if !bits.is_power_of_two() || bits < 64 {
        return false;
    }
    let shift = match narrow {
        0x6c => 0x74,
        0x6e => I32_SHR_U,
        _ => return false,
    };
    let wide = matches!(constant, Value::I64(_));
    node.op = Op::Numeric(if wide { shift + TO_I64 } else { shift });
    node.args[1] = Node::constant(like(constant, i64::from(bits.trailing_zeros())));
    true
}

/// `< 64` is `<= 63`: the neighbour's constant may be a byte shorter.
fn compare(node: &mut Node, opcode: u8, constant: Value) -> bool {
    let base = if opcode >= 0x53 {
        opcode - 0x0b
    } else {
        opcode
    };
    let (to, step) = match base {
        0x48 | 0x49 => (opcode + 4, -1),
        0x4a | 0x4b => (opcode + 4, 1),
        0x4c | 0x4d => (opcode - 4, 1),
        0x4e | 0x4f => (opcode - 4, -1),
        _ => return false,
    };
    if opcode > 0x5a {
        return false;
    }
    let signed = base % 2 == 0;
    let next = match constant {
        Value::I32(v) if signed => v.checked_add(step).map(Value::I32),
        Value::I32(v) => (v as u32)
            .checked_add_signed(step)
            .map(|v| Value::I32(v as i32)),
        Value::I64(v) if signed => v.checked_add(i64::from(step)).map(Value::I64),
        Value::I64(v) => {
            let next = (v as u64).checked_add_signed(i64::from(step));
            next.map(|v| Value::I64(v as i64))
        }
        _ => None,
    };
    let Some(next) = next.filter(|next| next.size() < constant.size()) else {
        return false;
    };
    node.op = Op::Numeric(to);
    node.args[1] = Node::constant(next);
    true
}

/// Sums with constants: nested ones add up, and the sign is chosen for the shorter constant.
fn sum(node: &mut Node, narrow: u8, constant: Value) -> bool {
    let Some(number) = integer(constant) else {
        return false;
    };
    let added = match narrow {
        I32_ADD => number,
        I32_SUB => number.wrapping_neg(),
        _ => return false,
    };
    let wide = matches!(constant, Value::I64(_));
    let by = |opcode: u8| if wide { opcode + TO_I64 } else { opcode };
    let inner = &mut node.args[0];
    if let (Op::Numeric(opcode), Some(value)) = (
        &inner.op,
        inner.args.get(1).and_then(Node::as_const).and_then(integer),
    ) && (*opcode == by(I32_ADD) || *opcode == by(I32_SUB))
    {
        let value = if *opcode == by(I32_ADD) {
            value
        } else {
            value.wrapping_neg()
        };
        inner.become_arg(0);
        node.op = Op::Numeric(by(I32_ADD));
        node.args[1] = Node::constant(like(constant, added.wrapping_add(value)));
        return true;
    }
    let (plus, minus) = (like(constant, added), like(constant, added.wrapping_neg()));
    let (opcode, value) = if minus.size() < plus.size() {
        (I32_SUB, minus)
    } else {
        (I32_ADD, plus)
    };
    if opcode == narrow && value == constant {
        return false;
    }
    node.op = Op::Numeric(by(opcode));
    node.args[1] = Node::constant(value);
    true
}
