//! Which bytes of memory are there without being written?
//!
//! A memory is zero when it is made, so zeros in active segments need not be written: where the
//! memory is the module's own, all its segments are certainly within it, and no two overlap
//! (core specification, "Instantiation": segments are copied before anything else can run).

use super::rewrite::{Chunk, Plan};
use super::scan::Kind;
use super::summary::{Summary, Target};
use crate::binary::leb_length;

/// Engines refuse more segments.
const MAX_CHUNKS: usize = 90_000;

/// The data without its zeros. `None` where they cannot be left out.
pub fn plan(summary: &Summary<'_>) -> Option<Plan> {
    let names_data = |kind: &Kind| *kind == Kind::Data;
    let mut bodies = summary.bodies.iter();
    if bodies.any(|body| body.refs.iter().any(|(kind, _)| names_data(kind))) {
        return None;
    }
    let mut chunks = Vec::new();
    for data in &summary.data {
        match data.target {
            Target::Active {
                index,
                offset: Some(address),
            } if !summary.data_has_effect(data) && has_end(address, data.bytes) => {
                chunks.push(Part {
                    memory: index,
                    address,
                    bytes: data.bytes,
                });
            }
            _ => return None,
        }
    }
    chunks.sort_by_key(|chunk| (chunk.memory, chunk.address));
    let overlap = chunks.windows(2).any(|pair| match pair {
        [a, b] => a.memory == b.memory && a.address + a.bytes.len() as u64 > b.address,
        _ => false,
    });
    if overlap {
        return None;
    }
    let joined = join(chunks.iter().flat_map(Part::pieces));
    let same = |(chunk, part): (&Chunk, &Part)| {
        (chunk.memory, chunk.address, chunk.bytes.len())
            == (part.memory, part.address, part.bytes.len())
    };
    if joined.len() == chunks.len() && joined.iter().zip(&chunks).all(same) {
        return None;
    }
    // What is not shorter need not be written to know it.
    let new = joined
        .iter()
        .map(|c| written(c.memory, c.address, c.bytes.len()));
    let old = chunks
        .iter()
        .map(|c| written(c.memory, c.address, c.bytes.len()));
    if new.sum::<u64>() >= old.sum() {
        return None;
    }
    let plan = Plan {
        data: Some(joined),
        ..Plan::everything(summary)
    };
    (plan.data.as_ref()?.len() <= MAX_CHUNKS).then_some(plan)
}

/// Is the address behind the bytes a number? The last byte of a 64-bit memory has none behind it.
fn has_end(address: u64, bytes: &[u8]) -> bool {
    address.checked_add(bytes.len() as u64).is_some()
}

/// Bytes of the input that go to an address.
#[derive(Clone, Copy)]
struct Part<'a> {
    memory: u32,
    address: u64,
    bytes: &'a [u8],
}

impl<'a> Part<'a> {
    /// The parts of it between runs of zeros.
    fn pieces(&self) -> impl Iterator<Item = Part<'a>> + use<'a> {
        let Part {
            memory,
            mut address,
            mut bytes,
        } = *self;
        std::iter::from_fn(move || {
            let zeros = bytes.iter().position(|byte| *byte != 0)?;
            let rest = &bytes[zeros..];
            let length = rest.iter().position(|byte| *byte == 0);
            let (piece, behind) = rest.split_at(length.unwrap_or(rest.len()));
            let start = address + zeros as u64;
            (bytes, address) = (behind, start + piece.len() as u64);
            Some(Part {
                memory,
                address: start,
                bytes: piece,
            })
        })
    }
}

/// Joins neighbours where the zeros between them are cheaper than another segment.
fn join<'a>(pieces: impl Iterator<Item = Part<'a>>) -> Vec<Chunk> {
    let mut out: Vec<Chunk> = Vec::new();
    for piece in pieces {
        if let Some(last) = out.last_mut().filter(|last| last.memory == piece.memory) {
            let gap = piece.address - (last.address + last.bytes.len() as u64);
            if gap <= overhead(&piece) {
                last.bytes.resize(last.bytes.len() + gap as usize, 0);
                last.bytes.extend(piece.bytes);
                continue;
            }
        }
        out.push(Chunk {
            memory: piece.memory,
            address: piece.address,
            bytes: piece.bytes.to_vec(),
        });
    }
    out
}

/// What a segment costs besides its bytes, the shortest length taken for granted.
fn overhead(piece: &Part) -> u64 {
    written(piece.memory, piece.address, 1) - 1
}

/// Bytes of a segment: flags, the memory, its address as an expression, a length, the bytes.
fn written(memory: u32, address: u64, length: usize) -> u64 {
    let leb = |value: u64| leb_length(value) as u64;
    // The address is signed.
    let address = u64::from(64 - address.leading_zeros() + 1).div_ceil(7);
    let memory = if memory == 0 {
        0
    } else {
        leb(u64::from(memory))
    };
    3 + memory + address + leb(length as u64) + length as u64
}
