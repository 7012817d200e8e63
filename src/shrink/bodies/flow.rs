//! Which locals may still be read, at each place of a body?
//!
//! The tree is laid out as basic blocks with the reads and writes of locals in them; liveness flows
//! through these against the order of evaluation until nothing changes.

use std::ops::Range;

use super::tree::{Body, Label, Node, Op};

/// Words of all sets together beyond which a body is left alone.
pub const MOST_WORDS: usize = 1 << 22;

/// A set of locals; a bit each.
pub type Bits = [u64];

pub fn contains(bits: &Bits, local: u32) -> bool {
    bits[local as usize / 64] >> (local % 64) & 1 == 1
}

pub fn insert(bits: &mut Bits, local: u32) {
    bits[local as usize / 64] |= 1 << (local % 64);
}

pub fn remove(bits: &mut Bits, local: u32) {
    bits[local as usize / 64] &= !(1 << (local % 64));
}

/// Says whether anything came in.
pub fn union(mine: &mut Bits, theirs: &Bits) -> bool {
    let mut new = 0;
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        new |= *theirs & !*mine;
        *mine |= *theirs;
    }
    new != 0
}

/// The locals in a set, in order.
pub fn each(bits: &Bits) -> impl Iterator<Item = u32> + '_ {
    (0u32..).zip(bits).flat_map(|(index, &word)| {
        let mut word = word;
        std::iter::from_fn(move || {
            let bit = (word != 0).then(|| index * 64 + word.trailing_zeros());
            word &= word.wrapping_sub(1);
            bit
        })
    })
}

/// One read or write.
pub struct Access {
    pub local: u32,
    pub write: bool,
    /// For a write: the local whose value this is.
    pub copy: Option<u32>,
}

/// A body as basic blocks; the first is the entry.
pub struct Flow {
    /// In the order of evaluation.
    pub accesses: Vec<Access>,
    /// The accesses of each block.
    blocks: Vec<Range<usize>>,
    /// The blocks in the order of the code: only loops lead back.
    order: Vec<usize>,
    loops: bool,
    /// By block: where its targets begin.
    first: Vec<u32>,
    targets: Vec<u32>,
    /// By block: the locals that may be read later, at its start.
    live: Vec<u64>,
    /// Of a set.
    pub words: usize,
}

impl Flow {
    /// `None` where it would be too large.
    pub fn of(body: &Body) -> Option<Flow> {
        let mut layout = Layout {
            accesses: Vec::new(),
            blocks: Vec::new(),
            edges: Vec::new(),
            targets: vec![0; body.labels as usize],
            order: vec![0],
            loops: false,
            current: 0,
        };
        layout.fresh();
        layout.node(&body.root);
        layout.leave();
        let words = body.locals.len().div_ceil(64);
        if layout.blocks.len() * words > MOST_WORDS {
            return None;
        }
        let mut flow = layout.into_flow(words);
        flow.solve();
        Some(flow)
    }

    /// The locals whose values on entry may be read.
    pub fn entry(&self) -> &Bits {
        &self.live[..self.words]
    }

    fn live_in(&self, block: usize) -> &Bits {
        &self.live[block * self.words..][..self.words]
    }

    fn live_out(&self, block: usize, live: &mut Bits) {
        live.fill(0);
        for &next in &self.targets[self.first[block] as usize..self.first[block + 1] as usize] {
            union(live, self.live_in(next as usize));
        }
    }

    fn solve(&mut self) {
        let size = self.blocks.len() * self.words;
        // What a block reads before it writes it, and what it writes.
        let (mut reads, mut writes) = (vec![0; size], vec![0; size]);
        for (block, range) in self.blocks.iter().enumerate() {
            let at = block * self.words..(block + 1) * self.words;
            let (reads, writes) = (&mut reads[at.clone()], &mut writes[at]);
            for access in &self.accesses[range.clone()] {
                if access.write {
                    insert(writes, access.local);
                } else if !contains(writes, access.local) {
                    insert(reads, access.local);
                }
            }
        }
        self.live.clone_from(&reads);
        let mut live = vec![0; self.words];
        loop {
            let mut changed = false;
            for position in (0..self.order.len()).rev() {
                let block = self.order[position];
                self.live_out(block, &mut live);
                let at = block * self.words;
                for (word, kill) in live.iter_mut().zip(&writes[at..]) {
                    *word &= !kill;
                }
                changed |= union(&mut self.live[at..at + self.words], &live);
            }
            if !changed || !self.loops {
                break;
            }
        }
    }

    /// Visits every write by its position in the accesses, with what is live behind it.
    pub fn each_write(&self, mut visit: impl FnMut(usize, &Access, &Bits)) {
        let mut live = vec![0; self.words];
        for (block, range) in self.blocks.iter().enumerate() {
            if range.is_empty() {
                continue;
            }
            self.live_out(block, &mut live);
            for position in range.clone().rev() {
                let access = &self.accesses[position];
                if access.write {
                    visit(position, access, &live);
                    remove(&mut live, access.local);
                } else {
                    insert(&mut live, access.local);
                }
            }
        }
    }
}

struct Layout {
    accesses: Vec<Access>,
    blocks: Vec<Range<usize>>,
    edges: Vec<(u32, u32)>,
    /// By label: the block that it leads to.
    targets: Vec<usize>,
    order: Vec<usize>,
    loops: bool,
    current: usize,
}

impl Layout {
    fn into_flow(self, words: usize) -> Flow {
        let mut first = vec![0; self.blocks.len() + 1];
        for &(from, _) in &self.edges {
            first[from as usize + 1] += 1;
        }
        for block in 0..self.blocks.len() {
            first[block + 1] += first[block];
        }
        let mut next = first.clone();
        let mut targets = vec![0; self.edges.len()];
        for (from, to) in self.edges {
            let at = &mut next[from as usize];
            targets[*at as usize] = to;
            *at += 1;
        }
        Flow {
            accesses: self.accesses,
            blocks: self.blocks,
            order: self.order,
            loops: self.loops,
            first,
            targets,
            live: Vec::new(),
            words,
        }
    }

    fn fresh(&mut self) -> usize {
        self.blocks.push(0..0);
        self.blocks.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize) {
        self.edges.push((from as u32, to as u32));
    }

    /// Ends the current block.
    fn leave(&mut self) {
        self.blocks[self.current].end = self.accesses.len();
    }

    /// Goes on with another block, to which nothing was added yet.
    fn enter(&mut self, block: usize) {
        self.leave();
        self.order.push(block);
        self.current = block;
        let at = self.accesses.len();
        self.blocks[block] = at..at;
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
                self.edge(self.current, join);
                self.enter(join);
            }
            Op::Loop(label) => {
                let head = self.fresh();
                self.loops = true;
                self.targets[*label as usize] = head;
                self.edge(self.current, head);
                self.enter(head);
                self.args(&node.args);
            }
            Op::If(label) => self.arms(*label, &node.args),
            Op::BrIf(label) => {
                self.args(&node.args);
                self.edge(self.current, self.targets[*label as usize]);
                let next = self.fresh();
                self.edge(self.current, next);
                self.enter(next);
            }
            Op::Br(_) | Op::BrTable(_) | Op::Return | Op::Unreachable | Op::RawExit(_) => {
                self.args(&node.args);
                for &target in node.targets() {
                    self.edge(self.current, self.targets[target as usize]);
                }
                let next = self.fresh();
                self.enter(next);
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
        self.accesses.push(Access { local, write, copy });
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
            let start = self.fresh();
            self.edge(fork, start);
            self.enter(start);
            self.node(arm);
            self.edge(self.current, join);
        }
        self.enter(join);
    }
}
