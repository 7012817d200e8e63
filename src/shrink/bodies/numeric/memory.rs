//! Which stores, addresses and choices have a shorter form?

use super::super::effects::{Effects, is_pure};
use super::super::tree::{Node, Op, Place, Value};
use super::*;

pub(super) fn store(node: &mut Node, opcode: u8) -> bool {
    // The upper bits are not stored.
    let mask = match opcode {
        0x3a | 0x3c => 0xff,
        0x3b | 0x3d => 0xffff,
        0x3e => 0xffff_ffff,
        _ => 0,
    };
    let value = &mut node.args[1];
    let masked = mask != 0
        && matches!(value.op, Op::Numeric(0x71 | 0x83))
        && value
            .args
            .get(1)
            .and_then(Node::as_const)
            .and_then(integer)
            .is_some_and(|bits| bits & mask == mask);
    if masked {
        value.become_arg(0);
        return true;
    }
    // A wrapped i64 is stored as it is.
    let wide = match opcode {
        0x36 => 0x3e,
        0x3a => 0x3c,
        0x3b => 0x3d,
        _ => return false,
    };
    if !matches!(value.op, Op::Numeric(I32_WRAP)) {
        return false;
    }
    value.become_arg(0);
    if let Op::Store(opcode, _) = &mut node.op {
        *opcode = wide;
    }
    true
}

/// A constant part of an address goes into the offset where the sum cannot wrap (core
/// specification, "Memory Instructions": the effective address does not wrap).
pub(super) fn address(node: &mut Node, place: Place) -> bool {
    let Some(base) = node.args.first() else {
        return false;
    };
    let (value, offset) = match (&base.op, base.args.as_slice()) {
        (Op::Const(Value::I32(value)), []) => {
            let total = u64::from(*value as u32) + place.offset;
            let Ok(total) = u32::try_from(total) else {
                return false;
            };
            (Node::i32(total as i32), 0)
        }
        (Op::Numeric(I32_ADD), [value, constant]) => {
            let (Some(Value::I32(add)), Some(most)) = (constant.as_const(), most(value)) else {
                return false;
            };
            let offset = place.offset + u64::from(add as u32);
            if add < 0 || most + offset > u64::from(u32::MAX) {
                return false;
            }
            (value.clone(), offset)
        }
        _ => return false,
    };
    let mut new = node.clone();
    new.args[0] = value;
    if let Op::Load(_, place) | Op::Store(_, place) = &mut new.op {
        place.offset = offset;
    }
    if size(&new) >= size(node) {
        return false;
    }
    *node = new;
    true
}

pub(super) fn select(node: &mut Node) -> bool {
    let [a, b, condition] = node.args.as_mut_slice() else {
        return false;
    };
    if let Some(value) = condition.as_const() {
        let (taken, left) = if value.is_zero() { (b, a) } else { (a, b) };
        if is_pure(left) {
            *node = taken.take();
            return true;
        }
        return false;
    }
    if as_boolean(condition) {
        return true;
    }
    if matches!(condition.op, Op::Numeric(I32_EQZ)) && Effects::of(a).commutes(&Effects::of(b)) {
        condition.become_arg(0);
        std::mem::swap(a, b);
        return true;
    }
    match (a.as_const(), b.as_const()) {
        (Some(Value::I32(1)), Some(Value::I32(0))) if is_boolean(condition) => node.become_arg(2),
        (Some(Value::I32(0)), Some(Value::I32(1))) => {
            *node = Node::test(I32_EQZ, vec![condition.take()]);
        }
        _ => {
            if !a.same(b) || !is_pure(a) {
                return false;
            }
            if is_pure(condition) {
                node.become_arg(0);
            } else {
                return false;
            }
        }
    }
    true
}

pub(super) fn tee(node: &mut Node, local: u32) -> bool {
    let value = &mut node.args[0];
    match value.op {
        Op::Get(from) if from == local => {
            node.become_arg(0);
            true
        }
        Op::Tee(inner) if inner == local => {
            node.become_arg(0);
            true
        }
        _ => false,
    }
}
