//! In which column is everything, and in which order from top to bottom?
//!
//! Each box stands to the right of all that lead to it. Orders are improved by moving everything to
//! the mean of its neighbours in the column before, then behind, as long as fewer lines cross.

/// What is in the columns: items by their numbers, from zero without gaps, and the lines between neighbouring columns.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub columns: Vec<Vec<usize>>,
    /// From an item to one in the next column.
    pub lines: Vec<(usize, usize)>,
}

/// The column of each node: behind all that lead to it. Edges that close a circle do not count;
/// their positions are returned.
pub fn ranks(count: usize, edges: &[(usize, usize)]) -> (Vec<usize>, Vec<bool>) {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (at, (from, _)) in edges.iter().enumerate() {
        next[*from].push(at);
    }
    let mut turned = vec![false; edges.len()];
    let (mut open, mut done) = (vec![false; count], vec![false; count]);
    let mut order = Vec::new();
    for start in 0..count {
        let mut path = vec![(start, 0)];
        while let Some((node, step)) = path.pop() {
            if done[node] {
                continue;
            }
            open[node] = true;
            match next[node].get(step) {
                Some(edge) => {
                    path.push((node, step + 1));
                    let to = edges[*edge].1;
                    match open[to] && !done[to] {
                        true => turned[*edge] = true,
                        false => path.push((to, 0)),
                    }
                }
                None => {
                    done[node] = true;
                    order.push(node);
                }
            }
        }
    }
    let mut ranks = vec![0; count];
    for node in order.into_iter().rev() {
        for edge in &next[node] {
            let to = edges[*edge].1;
            if !turned[*edge] {
                ranks[to] = ranks[to].max(ranks[node] + 1);
            }
        }
    }
    (ranks, turned)
}

/// More rounds find nothing better.
const ROUNDS: usize = 24;

impl Columns {
    /// Orders each column so that few lines cross.
    pub fn arrange(&mut self) {
        let (before, behind) = self.neighbours();
        let mut places = vec![0; before.len()];
        for column in &self.columns {
            number(column, &mut places);
        }
        let mut best = (self.crossings(&behind, &places), self.columns.clone());
        for round in 0..ROUNDS {
            if best.0 == 0 {
                break;
            }
            let count = self.columns.len();
            if round % 2 == 0 {
                (1..count).for_each(|at| self.sort(at, &before, &mut places));
            } else {
                (1..count)
                    .rev()
                    .for_each(|at| self.sort(at - 1, &behind, &mut places));
            }
            let crossings = self.crossings(&behind, &places);
            if crossings < best.0 {
                best = (crossings, self.columns.clone());
            }
        }
        self.columns = best.1;
    }

    fn neighbours(&self) -> (Neighbours, Neighbours) {
        let count = self.columns.iter().map(Vec::len).sum();
        let mut before = vec![Vec::new(); count];
        let mut behind = before.clone();
        for (from, to) in &self.lines {
            before[*to].push(*from);
            behind[*from].push(*to);
        }
        (before, behind)
    }

    /// By the mean place of the neighbours; what has none keeps its place.
    fn sort(&mut self, column: usize, neighbours: &Neighbours, places: &mut [usize]) {
        let mean = |(at, item): (usize, &usize)| {
            let found = &neighbours[*item];
            let sum: usize = found.iter().map(|item| places[*item]).sum();
            match found.len() {
                0 => at as f64,
                count => sum as f64 / count as f64,
            }
        };
        let items = self.columns[column].iter();
        let mut sorted: Vec<(f64, usize)> = items
            .clone()
            .enumerate()
            .map(mean)
            .zip(items.copied())
            .collect();
        sorted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        self.columns[column] = sorted.into_iter().map(|(_, item)| item).collect();
        number(&self.columns[column], places);
    }

    fn crossings(&self, behind: &Neighbours, places: &[usize]) -> usize {
        let pairs = self.columns.windows(2);
        let crossings = pairs.map(|pair| match pair {
            [column, next] => {
                let ends = column.iter().flat_map(|item| {
                    let found = behind[*item].iter();
                    let mut ends: Vec<usize> = found.map(|item| places[*item]).collect();
                    ends.sort_unstable();
                    ends
                });
                inversions(ends, next.len())
            }
            _ => 0,
        });
        crossings.sum()
    }
}

/// By the item.
type Neighbours = Vec<Vec<usize>>;

/// Notes where each item of a column stands in it.
fn number(column: &[usize], places: &mut [usize]) {
    for (at, item) in column.iter().enumerate() {
        places[*item] = at;
    }
}

/// How many pairs stand in the wrong order, counted with sums over powers of two.
fn inversions(values: impl Iterator<Item = usize>, limit: usize) -> usize {
    let mut sums = vec![0; limit + 1];
    let mut found = 0;
    for (seen, value) in values.enumerate() {
        let mut at = value + 1;
        let mut smaller = 0;
        while at > 0 {
            smaller += sums[at];
            at &= at - 1;
        }
        found += seen - smaller;
        at = value + 1;
        while at <= limit {
            sums[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_stands_behind_all_that_lead_to_it() {
        let (ranks, turned) = ranks(4, &[(0, 1), (1, 2), (0, 2), (2, 3)]);
        assert_eq!(ranks, [0, 1, 2, 3]);
        assert_eq!(turned, [false; 4]);
    }

    #[test]
    fn a_circle_is_opened() {
        let (ranks, turned) = ranks(3, &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(ranks, [0, 1, 2]);
        assert_eq!(turned, [false, false, true]);
    }

    #[test]
    fn crossing_lines_are_untangled() {
        let mut columns = Columns {
            columns: vec![vec![0, 1, 2], vec![3, 4, 5]],
            lines: vec![(0, 5), (1, 4), (2, 3)],
        };
        columns.arrange();
        assert_eq!(columns.columns[1], [5, 4, 3]);
    }
}
