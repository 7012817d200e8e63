//! Which locals are needed, and can two share one?
//!
//! Liveness tells the writes that nobody reads, and which locals never hold a value at the same
//! time.

use wasmparser::ValType;

use super::flow::{self, Flow, MOST_WORDS};
use super::tree::{Body, Op};

/// Turns writes that nobody reads into drops; says whether there were any.
pub fn remove_dead_writes(body: &mut Body) -> bool {
    let Some(flow) = Flow::of(body) else {
        return false;
    };
    let mut dead = vec![false; flow.accesses.len()];
    let mut any = false;
    flow.each_write(|position, write, live| {
        if !flow::contains(live, write.local) {
            dead[position] = true;
            any = true;
        }
    });
    if !any {
        return false;
    }
    let mut number = 0;
    body.root.each_mut(&mut |node| match node.op {
        Op::Get(_) => number += 1,
        Op::Set(_) | Op::Tee(_) => {
            if dead[number] {
                if matches!(node.op, Op::Set(_)) {
                    node.op = Op::Drop;
                } else {
                    node.become_arg(0);
                }
            }
            number += 1;
        }
        _ => {}
    });
    true
}

/// Gives each local one of as few places as possible, the most used ones first; says whether any
/// two got the same.
pub fn share(body: &mut Body) -> bool {
    let locals = body.locals.len();
    let colors = Flow::of(body)
        .filter(|_| locals * locals / 64 <= MOST_WORDS)
        .map_or_else(|| (0..locals as u32).collect(), |flow| color(body, &flow));
    let mut uses = vec![0usize; locals];
    body.root.each(&mut |node| {
        if let Op::Get(local) | Op::Set(local) | Op::Tee(local) = node.op {
            uses[colors[local as usize] as usize] += 1;
        }
    });
    let places = arrange(body, &uses);
    body.root.each_mut(&mut |node| {
        if let Op::Get(local) | Op::Set(local) | Op::Tee(local) = &mut node.op {
            *local = places[colors[*local as usize] as usize];
        }
    });
    colors.iter().zip(0..).any(|(color, local)| *color != local)
}

/// Locals below this number are named by one byte.
const NEAR: usize = 128;

/// The new index of each local that is used; the declarations become those of the used ones. Where
/// all of them are near, locals of one type stay in their order.
fn arrange(body: &mut Body, uses: &[usize]) -> Vec<u32> {
    let params = body.params as usize;
    let mut order: Vec<usize> = (params..uses.len())
        .filter(|&local| uses[local] > 0)
        .collect();
    let near = NEAR.saturating_sub(params);
    let all_near = order.len() <= near;
    let rare = |local: usize| match all_near {
        true => 0,
        false => usize::MAX - uses[local],
    };
    order.sort_by_key(|&local| (rare(local), local));
    let types = body.locals.clone();
    let by_type = |part: &mut [usize]| {
        let rank = |ty: ValType| types.iter().position(|&other| other == ty);
        part.sort_by_key(|&local| (rank(types[local]), rare(local), local));
    };
    let hot = near.min(order.len());
    let (hot, cold) = order.split_at_mut(hot);
    by_type(hot);
    by_type(cold);
    let mut places: Vec<u32> = (0..uses.len() as u32).collect();
    body.locals.truncate(params);
    for local in order {
        places[local] = body.locals.len() as u32;
        body.locals.push(types[local]);
    }
    places
}

/// Which local each local shares its place with: the first of those that share it.
fn color(body: &Body, flow: &Flow) -> Vec<u32> {
    let count = body.locals.len();
    let params = body.params as usize;
    let mut clashes = vec![vec![0u64; flow.words]; count];
    let mut copies: Vec<Vec<u32>> = vec![Vec::new(); count];
    let mut uses = vec![0usize; count];
    // Parameters hold values from the start; other locals hold zeros, which are all the same.
    for row in clashes.iter_mut().take(params) {
        flow::union(row, flow.entry());
        for other in 0..params {
            flow::insert(row, other as u32);
        }
    }
    flow.each_write(|_, write, live| {
        let row = &mut clashes[write.local as usize];
        let held = write.copy.is_some_and(|from| flow::contains(row, from));
        flow::union(row, live);
        if let Some(from) = write.copy {
            // Both hold the same value here.
            if !held {
                flow::remove(row, from);
            }
            copies[write.local as usize].push(from);
            copies[from as usize].push(write.local);
        }
    });
    for access in &flow.accesses {
        uses[access.local as usize] += 1;
    }
    for local in 0..count {
        let row = std::mem::take(&mut clashes[local]);
        for other in flow::each(&row) {
            if other as usize != local {
                flow::insert(&mut clashes[other as usize], local as u32);
            }
        }
        clashes[local] = row;
        flow::remove(&mut clashes[local], local as u32);
    }
    let mut order: Vec<usize> = (params..count).filter(|&local| uses[local] > 0).collect();
    order.sort_by_key(|&local| (std::cmp::Reverse(uses[local]), local));
    let mut colors: Vec<u32> = (0..count as u32).collect();
    let mut taken: Vec<usize> = (0..params).collect();
    let mut around = clashes.clone();
    for local in order {
        let affinity = |place: usize| {
            let same = |&&other: &&u32| colors[other as usize] as usize == place;
            copies[local].iter().filter(same).count()
        };
        let fits = |&&place: &&usize| {
            body.locals[place] == body.locals[local]
                && !flow::contains(&around[place], local as u32)
        };
        let best = taken
            .iter()
            .filter(fits)
            .max_by_key(|&&place| (affinity(place), std::cmp::Reverse(place)));
        match best.copied() {
            Some(place) => {
                colors[local] = place as u32;
                flow::union(&mut around[place], &clashes[local]);
            }
            None => taken.push(local),
        }
    }
    colors
}
