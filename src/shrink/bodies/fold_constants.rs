//! What does an integer instruction give for constant operands?
//!
//! `None` where it traps, and for floats, whose NaNs are not determined.

use super::tree::Value;

/// The result of an instruction with one operand.
pub fn unary(opcode: u8, value: Value) -> Option<Value> {
    use Value::{F32, F64, I32, I64};
    Some(match (opcode, value) {
        (0x45, I32(v)) => I32(i32::from(v == 0)),
        (0x50, I64(v)) => I32(i32::from(v == 0)),
        (0x67, I32(v)) => I32(v.leading_zeros() as i32),
        (0x68, I32(v)) => I32(v.trailing_zeros() as i32),
        (0x69, I32(v)) => I32(v.count_ones() as i32),
        (0x79, I64(v)) => I64(i64::from(v.leading_zeros())),
        (0x7a, I64(v)) => I64(i64::from(v.trailing_zeros())),
        (0x7b, I64(v)) => I64(i64::from(v.count_ones())),
        (0xa7, I64(v)) => I32(v as i32),
        (0xac, I32(v)) => I64(i64::from(v)),
        (0xad, I32(v)) => I64(i64::from(v as u32)),
        (0xbc, F32(bits)) => I32(bits as i32),
        (0xbd, F64(bits)) => I64(bits as i64),
        (0xbe, I32(v)) => F32(v as u32),
        (0xbf, I64(v)) => F64(v as u64),
        (0xc0, I32(v)) => I32(i32::from(v as i8)),
        (0xc1, I32(v)) => I32(i32::from(v as i16)),
        (0xc2, I64(v)) => I64(i64::from(v as i8)),
        (0xc3, I64(v)) => I64(i64::from(v as i16)),
        (0xc4, I64(v)) => I64(i64::from(v as i32)),
        _ => return None,
    })
}

/// The result of an instruction with two operands.
pub fn binary(opcode: u8, a: Value, b: Value) -> Option<Value> {
    match (a, b) {
        (Value::I32(a), Value::I32(b)) if opcode < 0x50 => {
            let (x, y) = (i64::from(a), i64::from(b));
            let (ux, uy) = (u64::from(a as u32), u64::from(b as u32));
            test(opcode - 0x46, x, y, ux, uy)
        }
        (Value::I64(a), Value::I64(b)) if opcode < 0x5b => {
            test(opcode - 0x51, a, b, a as u64, b as u64)
        }
        (Value::I32(a), Value::I32(b)) => i32_binary(opcode, a, b).map(Value::I32),
        (Value::I64(a), Value::I64(b)) => i64_binary(opcode, a, b).map(Value::I64),
        _ => None,
    }
}

fn test(kind: u8, a: i64, b: i64, ua: u64, ub: u64) -> Option<Value> {
    let holds = match kind {
        0 => a == b,
        1 => a != b,
        2 => a < b,
        3 => ua < ub,
        4 => a > b,
        5 => ua > ub,
        6 => a <= b,
        7 => ua <= ub,
        8 => a >= b,
        9 => ua >= ub,
        _ => return None,
    };
    Some(Value::I32(i32::from(holds)))
}

fn i32_binary(opcode: u8, a: i32, b: i32) -> Option<i32> {
    let (ua, ub) = (a as u32, b as u32);
    Some(match opcode {
        0x6a => a.wrapping_add(b),
        0x6b => a.wrapping_sub(b),
        0x6c => a.wrapping_mul(b),
        0x6d => a.checked_div(b)?,
        0x6e => ua.checked_div(ub)? as i32,
        0x6f if b != 0 => a.wrapping_rem(b),
        0x70 => ua.checked_rem(ub)? as i32,
        0x71 => a & b,
        0x72 => a | b,
        0x73 => a ^ b,
        0x74 => a.wrapping_shl(ub),
        0x75 => a.wrapping_shr(ub),
        0x76 => ua.wrapping_shr(ub) as i32,
        0x77 => a.rotate_left(ub & 31),
        0x78 => a.rotate_right(ub & 31),
        _ => return None,
    })
}

fn i64_binary(opcode: u8, a: i64, b: i64) -> Option<i64> {
    let (ua, ub) = (a as u64, b as u64);
    Some(match opcode {
        0x7c => a.wrapping_add(b),
        0x7d => a.wrapping_sub(b),
        0x7e => a.wrapping_mul(b),
        0x7f => a.checked_div(b)?,
        0x80 => ua.checked_div(ub)? as i64,
        0x81 if b != 0 => a.wrapping_rem(b),
        0x82 => ua.checked_rem(ub)? as i64,
        0x83 => a & b,
        0x84 => a | b,
        0x85 => a ^ b,
        0x86 => a.wrapping_shl(ub as u32),
        0x87 => a.wrapping_shr(ub as u32),
        0x88 => ua.wrapping_shr(ub as u32) as i64,
        0x89 => a.rotate_left((ub & 63) as u32),
        0x8a => a.rotate_right((ub & 63) as u32),
        _ => return None,
    })
}
