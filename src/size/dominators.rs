//! What does every way to a node go through?
//!
//! The dominator tree by the iterative method of Cooper, Harvey and Kennedy ("A Simple, Fast
//! Dominance Algorithm", 2001). Node 0 is where all ways begin.

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
        let order = reverse_postorder(count, &successors);
        let predecessors = Lists::of(count, edges.iter().map(|&(from, to)| (to, from)));
        let mut rank = vec![UNKNOWN; count];
        for (at, &node) in order.iter().enumerate() {
            rank[node as usize] = at as u32;
        }
        // By rank: the rank of the closest dominator.
        let mut closest = vec![UNKNOWN; order.len()];
        closest[0] = 0;
        let mut changed = true;
        while changed {
            changed = false;
            for (at, &node) in order.iter().enumerate().skip(1) {
                let ranks = predecessors
                    .get(node)
                    .iter()
                    .map(|&from| rank[from as usize]);
                let known =
                    ranks.filter(|&from| from != UNKNOWN && closest[from as usize] != UNKNOWN);
                let meeting = known.reduce(|a, b| meet(&closest, a, b));
                let meeting = meeting.unwrap_or(0);
                changed |= std::mem::replace(&mut closest[at], meeting) != meeting;
            }
        }
        let mut found = vec![None; count];
        for (at, &node) in order.iter().enumerate().skip(1) {
            found[node as usize] = Some(order[closest[at] as usize]);
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

fn meet(closest: &[u32], mut a: u32, mut b: u32) -> u32 {
    while a != b {
        while a > b {
            a = closest[a as usize];
        }
        while b > a {
            b = closest[b as usize];
        }
    }
    a
}

fn reverse_postorder(count: usize, successors: &Lists) -> Vec<u32> {
    let mut seen = vec![false; count];
    seen[0] = true;
    let mut order = Vec::new();
    let mut open = vec![(0u32, 0usize)];
    while let Some((node, next)) = open.last_mut() {
        match successors.get(*node).get(*next) {
            Some(&to) => {
                *next += 1;
                if !std::mem::replace(&mut seen[to as usize], true) {
                    open.push((to, 0));
                }
            }
            None => {
                order.push(*node);
                open.pop();
            }
        }
    }
    order.reverse();
    order
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
}
