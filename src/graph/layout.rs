//! Where is every box, label and line?
//!
//! Columns from left to right: boxes, and between them the labels of the lines that start there. A
//! line that goes further has a place of its own in each column on the way, so nothing overlaps.

use super::order::{Columns, ranks};

/// Width and height.
pub type Size = (f64, f64);

/// Between columns; lines bend here and nowhere else.
const GAP: f64 = 36.0;
/// Between what stands in one column.
const SPACE: f64 = 16.0;
/// A line that passes needs this much.
const LINE: f64 = 10.0;
/// How far the ends of lines at one box are apart, at least.
const PORT: f64 = 13.0;

/// What is to be placed.
#[derive(Clone, Debug)]
pub struct Parts {
    pub nodes: Vec<Size>,
    /// From, to, and the size of the label.
    pub edges: Vec<(usize, usize, Size)>,
}

/// Which way most lines lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Right,
    /// Columns lie down: they are rows.
    Down,
}

/// Where it is.
pub struct Layout {
    pub flow: Flow,
    pub size: Size,
    /// Upper left corner and size of each node.
    pub nodes: Vec<(f64, f64, Size)>,
    /// Of each edge; none where there are too many to be followed.
    pub edges: Vec<Route>,
}

/// One line.
pub struct Route {
    /// Upper left corner of the label.
    pub label: (f64, f64),
    /// From the first box to the last, in pairs: straight within columns, bent between them.
    pub points: Vec<(f64, f64)>,
    /// Its arrow is at the start: it closes a circle.
    pub turned: bool,
}

/// Something in a column.
struct Item {
    size: Size,
    column: usize,
    /// Centre, from top.
    y: f64,
    /// From there to its line.
    line: f64,
}

/// What is wider does not fit on a screen.
const WIDEST: f64 = 1200.0;

/// Places everything from left to right; what would be too wide from top to bottom, if that needs
/// less.
pub fn layout(parts: &Parts) -> Layout {
    let right = laid_out(parts.clone(), Flow::Right);
    if right.size.0 <= WIDEST {
        return right;
    }
    let down = laid_out(parts.turned(), Flow::Down).turned();
    let longer = |layout: &Layout| layout.size.0.max(layout.size.1);
    match longer(&down) < longer(&right) {
        true => down,
        false => right,
    }
}

impl Parts {
    fn turned(&self) -> Parts {
        let edges = self.edges.iter();
        Parts {
            nodes: self.nodes.iter().map(|size| turned(*size)).collect(),
            edges: edges
                .map(|(from, to, size)| (*from, *to, turned(*size)))
                .collect(),
        }
    }
}

impl Layout {
    fn turned(mut self) -> Layout {
        self.size = turned(self.size);
        for (x, y, size) in &mut self.nodes {
            (*x, *y, *size) = (*y, *x, turned(*size));
        }
        for route in &mut self.edges {
            route.label = turned(route.label);
            route
                .points
                .iter_mut()
                .for_each(|point| *point = turned(*point));
        }
        self
    }
}

fn turned((x, y): (f64, f64)) -> (f64, f64) {
    (y, x)
}

/// More pieces of lines take too long to put in order, and nobody could follow them.
const MOST: usize = 20_000;

fn laid_out(mut parts: Parts, flow: Flow) -> Layout {
    let pairs: Vec<(usize, usize)> = parts.edges.iter().map(|(a, b, _)| (*a, *b)).collect();
    let (ranks, turned) = ranks(parts.nodes.len(), &pairs);
    let pieces = pairs.iter().map(|(a, b)| 2 * ranks[*a].abs_diff(ranks[*b]));
    if pieces.sum::<usize>() > MOST {
        parts.edges.clear();
    }
    grow(&mut parts);
    let placed = place(&parts, &ranks, turned, flow);
    let mut layout = Layout {
        flow,
        size: placed.size(),
        nodes: Vec::new(),
        edges: Vec::new(),
    };
    for at in 0..parts.nodes.len() {
        let item = &placed.items[at];
        let (x, width) = placed.columns[item.column];
        let left = x + (width - item.size.0) / 2.0;
        layout
            .nodes
            .push((left, item.y - item.size.1 / 2.0, item.size));
    }
    let ports = placed.ports(&parts);
    for (edge, ends) in ports.into_iter().enumerate() {
        layout.edges.push(placed.route(&layout, edge, ends));
    }
    layout
}

/// Boxes are as high as the ends of their lines need.
fn grow(parts: &mut Parts) {
    let mut ends = vec![(0, 0); parts.nodes.len()];
    for (from, to, _) in &parts.edges {
        ends[*from].0 += 1;
        ends[*to].1 += 1;
    }
    for (size, (out, into)) in parts.nodes.iter_mut().zip(ends) {
        size.1 = size.1.max((out.max(into) + 1) as f64 * PORT);
    }
}

/// Items in columns with their coordinates.
struct Placed {
    /// Nodes first, then what the edges need.
    items: Vec<Item>,
    /// Left edge and width.
    columns: Vec<(f64, f64)>,
    /// The items of each edge from left to right, both nodes included.
    chains: Vec<Vec<usize>>,
    turned: Vec<bool>,
}

fn place(parts: &Parts, ranks: &[usize], turned: Vec<bool>, flow: Flow) -> Placed {
    let mut items: Vec<Item> = Vec::new();
    for (size, rank) in parts.nodes.iter().zip(ranks) {
        items.push(Item::new(*size, rank * 2));
    }
    let mut columns = Columns::default();
    let mut chains = Vec::new();
    for ((from, to, label), turned) in parts.edges.iter().zip(&turned) {
        let (from, to) = if *turned { (*to, *from) } else { (*from, *to) };
        let mut chain = vec![from];
        for column in ranks[from] * 2 + 1..ranks[to] * 2 {
            let is_label = column == ranks[from] * 2 + 1;
            let size = if is_label { *label } else { (0.0, LINE) };
            chain.push(items.len());
            let mut item = Item::new(size, column);
            // A label stands on its line; where that leads down, beside it.
            if is_label {
                item.line = match flow {
                    Flow::Right => size.1 / 2.0,
                    Flow::Down => -size.1 / 2.0,
                };
            }
            items.push(item);
        }
        chain.push(to);
        columns
            .lines
            .extend(chain.windows(2).filter_map(|pair| match pair {
                [from, to] => Some((*from, *to)),
                _ => None,
            }));
        chains.push(chain);
    }
    let count = items.iter().map(|item| item.column + 1).max().unwrap_or(0);
    columns.columns = vec![Vec::new(); count];
    for (at, item) in items.iter().enumerate() {
        columns.columns[item.column].push(at);
    }
    columns.arrange();
    settle(&mut items, &columns, parts.nodes.len());
    let mut x = 0.0;
    let widths = columns.columns.iter().map(|column| {
        let width = column
            .iter()
            .map(|at| items[*at].size.0)
            .fold(0.0, f64::max);
        let left = x;
        x += width + GAP;
        (left, width)
    });
    let columns = widths.collect();
    Placed {
        items,
        columns,
        chains,
        turned,
    }
}

impl Item {
    fn new(size: Size, column: usize) -> Item {
        Item {
            size,
            column,
            y: 0.0,
            line: 0.0,
        }
    }
}

/// More rounds change nothing that could be seen.
const ROUNDS: usize = 60;

/// Moves everything towards its neighbours, in the order of its column.
fn settle(items: &mut [Item], columns: &Columns, nodes: usize) {
    let mut neighbours: Vec<Vec<(usize, f64)>> = vec![Vec::new(); items.len()];
    for (from, to) in &columns.lines {
        // Lines that go on straight are easier to follow.
        let weight = match (*from < nodes, *to < nodes) {
            (true, true) => 1.0,
            (false, false) => 8.0,
            _ => 2.0,
        };
        neighbours[*from].push((*to, weight));
        neighbours[*to].push((*from, weight));
    }
    for column in &columns.columns {
        let places = spread(column, items, &vec![0.0; column.len()]);
        column
            .iter()
            .zip(places)
            .for_each(|(at, y)| items[*at].y = y);
    }
    for round in 0..ROUNDS {
        let mut order: Vec<&Vec<usize>> = columns.columns.iter().collect();
        if round % 2 == 0 {
            order.reverse();
        }
        for column in order {
            let wanted = column.iter().map(|at| {
                let found = &neighbours[*at];
                let line = |at: usize| items[at].y + items[at].line;
                let sum: f64 = found
                    .iter()
                    .map(|(other, weight)| line(*other) * weight)
                    .sum();
                match found.iter().map(|(_, weight)| weight).sum() {
                    0.0 => items[*at].y,
                    weight => sum / weight - items[*at].line,
                }
            });
            let places = spread(column, items, &wanted.collect::<Vec<_>>());
            column
                .iter()
                .zip(places)
                .for_each(|(at, y)| items[*at].y = y);
        }
    }
    let top = items.iter().map(|item| item.y - item.size.1 / 2.0);
    let top = top.fold(f64::INFINITY, f64::min);
    items
        .iter_mut()
        .for_each(|item| item.y = (item.y - top).round());
}

/// The places nearest to those wanted that leave enough space: neighbours that are too near each
/// other become one block, which stands at the weighted mean of what its members want.
fn spread(column: &[usize], items: &[Item], wanted: &[f64]) -> Vec<f64> {
    let mut offsets = Vec::new();
    let mut offset = 0.0;
    for (at, item) in column.iter().enumerate() {
        if let Some(before) = at.checked_sub(1).and_then(|at| column.get(at)) {
            let heights = items[*before].size.1 + items[*item].size.1;
            offset += heights / 2.0 + SPACE;
        }
        offsets.push(offset);
    }
    // Where a block wants to start, by how much, and how many are in it.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for ((item, wanted), offset) in column.iter().zip(wanted).zip(&offsets) {
        // What only passes gives way last: a line that goes on straight is easy to follow.
        let weight = if items[*item].size.0 == 0.0 { 9.0 } else { 1.0 };
        let mut block = (wanted - offset, weight, 1);
        while let Some(last) = blocks.last().filter(|last| last.0 >= block.0) {
            let weight = block.1 + last.1;
            let start = (block.0 * block.1 + last.0 * last.1) / weight;
            block = (start, weight, block.2 + last.2);
            blocks.pop();
        }
        blocks.push(block);
    }
    let starts = blocks
        .iter()
        .flat_map(|(start, _, count)| std::iter::repeat_n(*start, *count));
    starts
        .zip(&offsets)
        .map(|(start, offset)| start + offset)
        .collect()
}

impl Placed {
    fn size(&self) -> Size {
        let right = self.columns.last().map_or(0.0, |(x, width)| x + width);
        let bottoms = self.items.iter().map(|item| item.y + item.size.1 / 2.0);
        (right, bottoms.fold(0.0, f64::max))
    }

    /// At which height each edge leaves its first node and enters its last one: in the order in
    /// which they come, so that they do not cross at the box.
    fn ports(&self, parts: &Parts) -> Vec<(f64, f64)> {
        let mut ends = vec![(Vec::new(), Vec::new()); parts.nodes.len()];
        for (edge, chain) in self.chains.iter().enumerate() {
            if let ([first, next, ..], [.., before, last]) = (&chain[..], &chain[..]) {
                ends[*first].0.push((edge, *next));
                ends[*last].1.push((edge, *before));
            }
        }
        let mut ports = vec![(0.0, 0.0); self.chains.len()];
        for (item, (starting, ending)) in self.items.iter().zip(ends) {
            for (edge, y) in self.in_order(item, starting) {
                ports[edge].0 = y;
            }
            for (edge, y) in self.in_order(item, ending) {
                ports[edge].1 = y;
            }
        }
        ports
    }

    fn in_order(&self, item: &Item, mut edges: Vec<(usize, usize)>) -> Vec<(usize, f64)> {
        edges.sort_by(|(a, p), (b, q)| {
            let (p, q) = (self.items[*p].y, self.items[*q].y);
            p.total_cmp(&q).then(a.cmp(b))
        });
        let step = item.size.1 / (edges.len() + 1) as f64;
        let top = item.y - item.size.1 / 2.0;
        let ports = edges.iter().enumerate();
        ports
            .map(|(at, (edge, _))| (*edge, (top + step * (at + 1) as f64).round()))
            .collect()
    }

    fn route(&self, layout: &Layout, edge: usize, ends: (f64, f64)) -> Route {
        let nodes = &layout.nodes;
        let chain = &self.chains[edge];
        let mut points = Vec::new();
        let mut label = (0.0, 0.0);
        for (at, item) in chain.iter().enumerate() {
            let (x, width) = self.columns[self.items[*item].column];
            let placed = &self.items[*item];
            if at == 0 {
                let (left, _, size) = nodes[*item];
                points.extend([(left + size.0, ends.0), (x + width, ends.0)]);
            } else if at + 1 == chain.len() {
                points.extend([(x, ends.1), (nodes[*item].0, ends.1)]);
            } else {
                let y = placed.y + placed.line;
                if at == 1 {
                    label = (
                        x + (width - placed.size.0) / 2.0,
                        placed.y - placed.size.1 / 2.0,
                    );
                    if layout.flow == Flow::Right {
                        label.0 = x;
                    }
                }
                points.extend([(x, y), (x + width, y)]);
            }
        }
        Route {
            label,
            points,
            turned: self.turned[edge],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Boxes of several sizes, each of which leads to some of those behind it.
    fn parts(count: usize) -> Parts {
        let size = |at: usize| (60.0 + (at * 37 % 90) as f64, 30.0 + (at * 13 % 40) as f64);
        let mut edges = Vec::new();
        for from in 0..count {
            for step in [1, 2 + from % 3, 5 + from % 7] {
                if from + step < count && (from + step) % 4 != 0 {
                    edges.push((from, from + step, (40.0 + (from * 29 % 100) as f64, 17.0)));
                }
            }
        }
        Parts {
            nodes: (0..count).map(size).collect(),
            edges,
        }
    }

    type Rectangle = (f64, f64, Size);

    fn overlap(a: &Rectangle, b: &Rectangle) -> bool {
        let apart = |p: f64, a: f64, q: f64, b: f64| p + a <= q || q + b <= p;
        !apart(a.0, a.2.0, b.0, b.2.0) && !apart(a.1, a.2.1, b.1, b.2.1)
    }

    #[test]
    fn boxes_and_labels_do_not_overlap_and_no_line_runs_through_a_box() {
        for count in [1, 2, 3, 8, 20, 60] {
            let parts = parts(count);
            let layout = layout(&parts);
            let labels = parts.edges.iter().zip(&layout.edges);
            let labels = labels.map(|((.., size), route)| (route.label.0, route.label.1, *size));
            let all: Vec<Rectangle> = layout.nodes.iter().copied().chain(labels).collect();
            for (at, a) in all.iter().enumerate() {
                let hit = all.iter().skip(at + 1).find(|b| overlap(a, b));
                assert_eq!(hit, None, "{count}: {a:?}");
            }
            for route in &layout.edges {
                // Bends are between columns, where no box is; straight pieces must miss all boxes.
                let (pairs, rest) = route.points.as_chunks();
                assert!(rest.is_empty(), "points come in pairs");
                for [(x, y), (to_x, to_y)] in pairs {
                    let piece = (
                        x.min(*to_x),
                        y.min(*to_y),
                        ((to_x - x).abs(), (to_y - y).abs()),
                    );
                    let hit = layout.nodes.iter().find(|node| overlap(node, &piece));
                    assert_eq!(hit, None, "{count}: {piece:?}");
                }
            }
        }
    }

    #[test]
    fn of_too_many_lines_none_is_drawn() {
        let size = (50.0, 20.0);
        let pairs = (0..120).flat_map(|to| (0..to).map(move |from| (from, to, size)));
        let all_to_all = layout(&Parts {
            nodes: vec![size; 120],
            edges: pairs.collect(),
        });
        assert_eq!((all_to_all.nodes.len(), all_to_all.edges.len()), (120, 0));
    }

    #[test]
    fn a_wide_picture_is_turned() {
        assert_eq!(layout(&parts(3)).flow, Flow::Right);
        assert_eq!(layout(&parts(20)).flow, Flow::Down);
    }

    #[test]
    fn a_circle_is_drawn_with_one_arrow_turned() {
        let size = (50.0, 20.0);
        let parts = Parts {
            nodes: vec![size; 3],
            edges: vec![(0, 1, size), (1, 2, size), (2, 0, size)],
        };
        let turned: Vec<bool> = layout(&parts)
            .edges
            .iter()
            .map(|route| route.turned)
            .collect();
        assert_eq!(turned, [false, false, true]);
    }
}
