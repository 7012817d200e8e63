//! Which locals are needed, and can two share one?
//!
//! The tree is laid out as basic blocks with the reads and writes of locals in them; liveness over
//! these tells the writes that nobody reads, and which locals never hold a value at the same time.

use wasmparser::ValType;

use super::tree::{Body, Label, Node, Op};

/// Words of all bit sets together beyond which a body is left alone.
const MOST_WORDS: usize = 1 << 22;

/// Turns writes that nobody reads into drops; says whether there were any.
pub fn remove_dead_writes(body: &mut Body) -> bool {
    let Some(flow) = Flow::of(body) else {
        return false;
    };
    let mut dead = vec![false; flow.accesses];
    let mut any = false;
    flow.each_write(|write, live| {
        if !live.contains(write.local) {
            dead[write.number] = true;
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

/// Gives each local one of as few places as possible, the most used ones first.
pub fn share(body: &mut Body) {
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
}

/// The new index of each local that is used; the declarations become those of the used ones.
fn arrange(body: &mut Body, uses: &[usize]) -> Vec<u32> {
    let params = body.params as usize;
    let mut order: Vec<usize> = (params..uses.len())
        .filter(|&local| uses[local] > 0)
        .collect();
    order.sort_by_key(|&local| (std::cmp::Reverse(uses[local]), local));
    let near = 128usize.saturating_sub(params).min(order.len());
    let types = body.locals.clone();
    let by_type = |part: &mut [usize]| {
        let rank = |ty: ValType| types.iter().position(|&other| other == ty);
        part.sort_by_key(|&local| (rank(types[local]), std::cmp::Reverse(uses[local]), local));
    };
    let (hot, cold) = order.split_at_mut(near);
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
    let mut clashes: Vec<Bits> = vec![Bits::new(count); count];
    let mut copies: Vec<Vec<u32>> = vec![Vec::new(); count];
    let mut uses = vec![0usize; count];
    // Parameters hold values from the start; other locals hold zeros, which are all the same.
    for row in clashes.iter_mut().take(params) {
        row.union(&flow.live_in[0]);
        for other in 0..params {
            row.insert(other as u32);
        }
    }
    flow.each_write(|write, live| {
        let row = &mut clashes[write.local as usize];
        let held = write.copy.is_some_and(|from| row.contains(from));
        row.union(live);
        if let Some(from) = write.copy {
            // Both hold the same value here.
            if !held {
                row.remove(from);
            }
            copies[write.local as usize].push(from);
            copies[from as usize].push(write.local);
        }
    });
    for block in &flow.blocks {
        for access in &block.accesses {
            uses[access.local as usize] += 1;
        }
    }
    for local in 0..count {
        for other in clashes[local].iter() {
            clashes[other as usize].insert(local as u32);
        }
        clashes[local].remove(local as u32);
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
            body.locals[place] == body.locals[local] && !around[place].contains(local as u32)
        };
        let best = taken
            .iter()
            .filter(fits)
            .max_by_key(|&&place| (affinity(place), std::cmp::Reverse(place)));
        match best.copied() {
            Some(place) => {
                colors[local] = place as u32;
                let row = clashes[local].clone();
                around[place].union(&row);
            }
            None => taken.push(local),
        }
    }
    colors
}

#[derive(Clone, Debug, PartialEq)]
struct Bits(Vec<u64>);

impl Bits {
    fn new(count: usize) -> Bits {
        Bits(vec![0; count.div_ceil(64)])
    }

    fn contains(&self, bit: u32) -> bool {
        self.0[bit as usize / 64] >> (bit % 64) & 1 == 1
    }

    fn insert(&mut self, bit: u32) {
        self.0[bit as usize / 64] |= 1 << (bit % 64);
    }

    fn remove(&mut self, bit: u32) {
        self.0[bit as usize / 64] &= !(1 << (bit % 64));
    }

    /// Says whether anything came in.
    fn union(&mut self, other: &Bits) -> bool {
        let mut grew = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            grew |= *theirs & !*mine != 0;
            *mine |= *theirs;
        }
        grew
    }

    fn iter(&self) -> Vec<u32> {
        let mut found = Vec::new();
        for (index, &word) in self.0.iter().enumerate() {
            let mut word = word;
            while word != 0 {
                found.push(index as u32 * 64 + word.trailing_zeros());
                word &= word - 1;
            }
        }
        found
    }
}

/// One read or write, numbered in the order of evaluation.
struct Access {
    local: u32,
    write: bool,
    /// For a write: the local whose value this is.
    copy: Option<u32>,
    number: usize,
}

#[derive(Default)]
struct BasicBlock {
    accesses: Vec<Access>,
    next: Vec<usize>,
}

/// The body as basic blocks; the first is the entry.
struct Flow {
    blocks: Vec<BasicBlock>,
    /// The locals whose value may be read later, at the start of each block.
    live_in: Vec<Bits>,
    accesses: usize,
    locals: usize,
}

struct Layout {
    blocks: Vec<BasicBlock>,
    targets: Vec<usize>,
    current: usize,
    accesses: usize,
}

impl Flow {
    /// `None` where it would be too large.
    fn of(body: &Body) -> Option<Flow> {
        let mut layout = Layout {
            blocks: vec![BasicBlock::default()],
            targets: vec![0; body.labels as usize],
            current: 0,
            accesses: 0,
        };
        layout.node(&body.root);
        let mut flow = Flow {
            live_in: Vec::new(),
            blocks: layout.blocks,
            accesses: layout.accesses,
            locals: body.locals.len(),
        };
        if flow.blocks.len() * flow.locals.div_ceil(64) > MOST_WORDS {
            return None;
        }
        flow.solve();
        Some(flow)
    }

    fn solve(&mut self) {
        self.live_in = vec![Bits::new(self.locals); self.blocks.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for index in (0..self.blocks.len()).rev() {
                let mut live = self.live_out(index);
                for access in self.blocks[index].accesses.iter().rev() {
                    if access.write {
                        live.remove(access.local);
                    } else {
                        live.insert(access.local);
                    }
                }
                changed |= self.live_in[index].union(&live);
            }
        }
    }

    fn live_out(&self, index: usize) -> Bits {
        let mut live = Bits::new(self.locals);
        for &next in &self.blocks[index].next {
            live.union(&self.live_in[next]);
        }
        live
    }

    /// Visits every write with what is live behind it.
    fn each_write(&self, mut visit: impl FnMut(&Access, &Bits)) {
        for (index, block) in self.blocks.iter().enumerate() {
            let mut live = self.live_out(index);
            for access in block.accesses.iter().rev() {
                if access.write {
                    visit(access, &live);
                    live.remove(access.local);
                } else {
                    live.insert(access.local);
                }
            }
        }
    }
}

impl Layout {
    fn fresh(&mut self) -> usize {
        self.blocks.push(BasicBlock::default());
        self.blocks.len() - 1
    }

    fn edge(&mut self, to: usize) {
        self.blocks[self.current].next.push(to);
    }

    fn args(&mut self, args: &[Node]) {
        for arg in args {
            self.node(arg);
        }
    }

    fn node(&mut self, node: &Node) {
        match &node.op {
            Op::Block(label) => {
                let join = self.fresh();
                self.targets[*label as usize] = join;
                self.args(&node.args);
                self.edge(join);
                self.current = join;
            }
            Op::Loop(label) => {
                let head = self.fresh();
                self.targets[*label as usize] = head;
                self.edge(head);
                self.current = head;
                self.args(&node.args);
            }
            Op::If(label) => self.arms(*label, &node.args),
            Op::BrIf(label) => {
                self.args(&node.args);
                self.edge(self.targets[*label as usize]);
                let next = self.fresh();
                self.edge(next);
                self.current = next;
            }
            Op::Br(_) | Op::BrTable(_) | Op::Return | Op::Unreachable | Op::RawExit(_) => {
                self.args(&node.args);
                for &target in node.targets() {
                    self.edge(self.targets[target as usize]);
                }
                self.current = self.fresh();
            }
            Op::Get(local) => self.access(*local, false, None),
            Op::Set(local) | Op::Tee(local) => {
                self.args(&node.args);
                let copy = match node.args[0].op {
                    Op::Get(from) | Op::Tee(from) => Some(from),
                    _ => None,
                };
                self.access(*local, true, copy);
            }
            _ => self.args(&node.args),
        }
    }

    fn access(&mut self, local: u32, write: bool, copy: Option<u32>) {
        let number = self.accesses;
        self.accesses += 1;
        self.blocks[self.current].accesses.push(Access {
            local,
            write,
            copy,
            number,
        });
    }

    fn arms(&mut self, label: Label, args: &[Node]) {
        let [condition, then, other] = args else {
            return;
        };
        self.node(condition);
        let join = self.fresh();
        self.targets[label as usize] = join;
        let fork = self.current;
        for arm in [then, other] {
            self.current = fork;
            let start = self.fresh();
            self.edge(start);
            self.current = start;
            self.node(arm);
            self.edge(join);
        }
        self.current = join;
    }
}
