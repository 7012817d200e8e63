//! What does every way to a node go through?
//!
//! The dominator tree by the method of Lengauer and Tarjan ("A Fast Algorithm for Finding Dominators
//! in a Flowgraph", 1979), which takes n log n steps whatever the graph. Node 0 is where all ways
//! begin.
//!
//! Nodes are ranked in the order of a walk depth first. The semidominator of a node is the lowest
//! rank from which a way leads to it through none but higher ranks than its own; the closest
//! dominator is that, or the one of a node in between whose semidominator is further up.

/// The closest dominator of each node; none for what no way leads to, and for node 0.
pub(super) struct Dominators {
    closest: Vec<Option<u32>>,
    /// The reachable nodes, each behind its dominators.
    order: Vec<u32>,
}

/// Lists of nodes by node, one behind the other.
struct Lists {
    starts: Vec<u32>,
    nodes: Vec<u32>,
}

impl Lists {
    fn of(count: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Lists {
        let mut starts = vec![0; count + 1];
        for (from, _) in pairs.clone() {
            starts[from as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut nodes = vec![0; pairs.clone().count()];
        for (from, to) in pairs {
            let at = &mut next[from as usize];
            nodes[*at as usize] = to;
            *at += 1;
        }
        Lists { starts, nodes }
    }

    fn get(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.nodes[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}

/// No number of a node.
const UNKNOWN: u32 = u32::MAX;

impl Dominators {
    /// Of a graph of `count` nodes, at least one; edges lead from a node to a node.
    pub fn of(count: usize, edges: &[(u32, u32)]) -> Dominators {
        let successors = Lists::of(count, edges.iter().copied());
        let (order, parents) = preorder(count, &successors);
        let mut ranks = vec![UNKNOWN; count];
        for (rank, &node) in (0..).zip(&order) {
            ranks[node as usize] = rank;
        }
        let ranked = edges.iter().map(|&(from, to)| {
            let rank = |node: u32| ranks[node as usize];
            (rank(from), rank(to))
        });
        let reached = ranked.filter(|(from, _)| *from != UNKNOWN);
        let predecessors = Lists::of(order.len(), reached.map(|(from, to)| (to, from)));
        let mut found = vec![None; count];
        for (rank, closest) in closest(&parents, &predecessors).into_iter().enumerate() {
            if rank > 0 {
                found[order[rank] as usize] = Some(order[closest as usize]);
            }
        }
        Dominators {
            closest: found,
            order,
        }
    }

    /// The reachable nodes, each behind its dominators.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    pub fn closest(&self, node: u32) -> Option<u32> {
        self.closest.get(node as usize).copied().flatten()
    }

    /// Adds to the weight of each node that of all it dominates.
    pub fn sums(&self, mut weights: Vec<u64>) -> Vec<u64> {
        for &node in self.order.iter().rev() {
            if let Some(dominator) = self.closest(node) {
                weights[dominator as usize] += weights[node as usize];
            }
        }
        weights
    }
}

/// The reachable nodes in the order in which they are first come to, and by that rank the rank of
/// where from.
fn preorder(count: usize, successors: &Lists) -> (Vec<u32>, Vec<u32>) {
    let mut seen = vec![false; count];
    seen[0] = true;
    let (mut order, mut parents) = (vec![0], vec![0]);
    // Nodes by rank, and how many of their successors were looked at.
    let mut open = vec![(0u32, 0usize)];
    while let Some((rank, next)) = open.last_mut() {
        match successors.get(order[*rank as usize]).get(*next) {
            Some(&to) => {
                *next += 1;
                if !std::mem::replace(&mut seen[to as usize], true) {
                    parents.push(*rank);
                    open.push((order.len() as u32, 0));
                    order.push(to);
                }
            }
            None => {
                open.pop();
            }
        }
    }
    (order, parents)
}

/// By rank, that of the closest dominator.
fn closest(parents: &[u32], predecessors: &Lists) -> Vec<u32> {
    let mut forest = Forest::of(parents.len());
    let mut closest = parents.to_vec();
    // By rank: whose semidominator it is.
    let mut waiting = vec![Vec::new(); parents.len()];
    for node in (1..parents.len() as u32).rev() {
        let at = node as usize;
        for &from in predecessors.get(node) {
            let highest = forest.highest(from);
            forest.semi[at] = forest.semi[at].min(forest.semi[highest as usize]);
        }
        waiting[forest.semi[at] as usize].push(node);
        let parent = parents[at];
        forest.parents[at] = parent;
        for child in std::mem::take(&mut waiting[parent as usize]) {
            let highest = forest.highest(child);
            let is_lower = forest.semi[highest as usize] >= forest.semi[child as usize];
            closest[child as usize] = if is_lower { parent } else { highest };
        }
    }
    for at in 1..closest.len() {
        if closest[at] != forest.semi[at] {
            closest[at] = closest[closest[at] as usize];
        }
    }
    closest
}

/// The part of the tree of first ways that was worked through, from below.
struct Forest {
    /// Semidominators by rank, as far as they are known; a node's own rank before.
    semi: Vec<u32>,
    /// Parents, or what is further up; unknown where a tree begins.
    parents: Vec<u32>,
    /// Of the nodes from here up to below `parents`, one whose semidominator is highest.
    highest: Vec<u32>,
    path: Vec<usize>,
}

impl Forest {
    fn of(count: usize) -> Forest {
        Forest {
            semi: (0..count as u32).collect(),
            parents: vec![UNKNOWN; count],
            highest: (0..count as u32).collect(),
            path: Vec::new(),
        }
    }

    /// Of the nodes from here up to below where the tree begins, one whose semidominator is
    /// highest. Shortens the way for those who ask next.
    fn highest(&mut self, node: u32) -> u32 {
        let mut at = node as usize;
        loop {
            let above = self.parents[at];
            if above == UNKNOWN || self.parents[above as usize] == UNKNOWN {
                break;
            }
            self.path.push(at);
            at = above as usize;
        }
        while let Some(at) = self.path.pop() {
            let above = self.parents[at] as usize;
            let (own, other) = (self.highest[at], self.highest[above]);
            if self.semi[other as usize] < self.semi[own as usize] {
                self.highest[at] = other;
            }
            self.parents[at] = self.parents[above];
        }
        self.highest[node as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::Dominators;

    /// Two ways lead to 3 and from there one to 4; nothing leads to 5.
    #[test]
    fn what_two_ways_lead_to_belongs_to_where_they_part() {
        let edges = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (4, 3), (5, 4)];
        let dominators = Dominators::of(6, &edges);
        let closest: Vec<_> = (0..6).map(|node| dominators.closest(node)).collect();
        assert_eq!(closest, [None, Some(0), Some(0), Some(0), Some(3), None]);
        assert_eq!(dominators.sums(vec![1, 2, 3, 4, 5, 6]), [15, 2, 3, 9, 5, 6]);
    }

    /// What is not reached any more without a node is dominated by it.
    fn naive(count: u32, edges: &[(u32, u32)]) -> Vec<Option<u32>> {
        let reached = |without: u32| {
            let mut seen: Vec<bool> = (0..count).map(|node| node == 0 && without != 0).collect();
            for _ in 0..count {
                for &(from, to) in edges.iter().filter(|(_, to)| *to != without) {
                    seen[to as usize] |= seen[from as usize];
                }
            }
            seen
        };
        let all = reached(count);
        let without: Vec<Vec<bool>> = (0..count).map(reached).collect();
        let dominates = |a: u32, b: u32| a != b && !without[a as usize][b as usize];
        let closest = |node: u32| {
            let mut above =
                (0..count).filter(|&above| all[above as usize] && dominates(above, node));
            // All others of its dominators dominate the closest one.
            let first = above.next()?;
            Some(above.fold(first, |a, b| if dominates(a, b) { b } else { a }))
        };
        let nodes = (0..count).map(|node| closest(node).filter(|_| all[node as usize] && node > 0));
        nodes.collect()
    }

    #[test]
    fn random_graphs_have_the_dominators_of_the_definition() {
        let mut state = 1u64;
        let mut below = |bound: u32| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            ((state >> 33) % u64::from(bound)) as u32
        };
        for _ in 0..400 {
            let count = 1 + below(14);
            let edges: Vec<_> = (0..below(3 * count))
                .map(|_| (below(count), below(count)))
                .collect();
            let dominators = Dominators::of(count as usize, &edges);
            let found: Vec<_> = (0..count).map(|node| dominators.closest(node)).collect();
            assert_eq!(found, naive(count, &edges), "{edges:?}");
            let mut before = vec![false; count as usize];
            for &node in dominators.order() {
                let dominator = dominators.closest(node);
                assert!(dominator.is_none_or(|dominator| before[dominator as usize]));
                before[node as usize] = true;
            }
        }
    }
}
