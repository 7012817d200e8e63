//! Which bytes of memory are there without being written?
//!
//! A memory is zero when it is made, so zeros in active segments need not be written: where the
//! memory is the module's own, all its segments are certainly within it, and no two overlap
//! (core specification, "Instantiation": segments are copied before anything else can run).

use super::rewrite::{Chunk, Plan};
use super::scan::Kind;
use super::summary::{Summary, Target};

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
            } if !summary.data_has_effect(data) => chunks.push(Chunk {
                memory: index,
                address,
                bytes: data.bytes.to_vec(),
            }),
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
    let joined = join(chunks.iter().flat_map(pieces).collect());
    if joined == chunks {
        return None;
    }
    let plan = Plan {
        data: Some(joined),
        ..Plan::everything(summary)
    };
    (plan.data.as_ref()?.len() <= MAX_CHUNKS).then_some(plan)
}

/// The parts of a chunk between runs of zeros.
fn pieces(chunk: &Chunk) -> Vec<Chunk> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < chunk.bytes.len() {
        let zeros = chunk.bytes[at..].iter().take_while(|byte| **byte == 0);
        at += zeros.count();
        let rest = &chunk.bytes[at..];
        let length = rest.iter().take_while(|byte| **byte != 0).count();
        if length > 0 {
            out.push(Chunk {
                memory: chunk.memory,
                address: chunk.address + at as u64,
                bytes: rest[..length].to_vec(),
            });
        }
        at += length;
    }
    out
}

/// Joins neighbours where the zeros between them are cheaper than another segment.
fn join(pieces: Vec<Chunk>) -> Vec<Chunk> {
    let mut out: Vec<Chunk> = Vec::new();
    for piece in pieces {
        match out.last_mut() {
            Some(last) if last.memory == piece.memory => {
                let gap = piece.address - (last.address + last.bytes.len() as u64);
                if gap <= overhead(&piece) {
                    last.bytes.resize(last.bytes.len() + gap as usize, 0);
                    last.bytes.extend(piece.bytes);
                } else {
                    out.push(piece);
                }
            }
            _ => out.push(piece),
        }
    }
    out
}

/// What a segment costs besides its bytes: flags, the address as an expression, a length.
fn overhead(chunk: &Chunk) -> u64 {
    let bits = 64 - chunk.address.leading_zeros() as u64 + 1;
    let memory = if chunk.memory == 0 { 0 } else { 1 };
    4 + memory + bits.div_ceil(7)
}
