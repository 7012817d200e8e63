//! Where is every box, label and line?
//!
//! Columns from left to right: boxes, and between them the labels of the lines that start there. A
//! line that goes further has a place of its own in each column on the way, so nothing overlaps.

use super::order::{Columns, ranks};

/// Width and height.
pub type Size = (f64, f64);

/// Between columns; lines bend here and nowhere else.
const GAP: f64 = 44.0;
/// Between what stands in one column.
const SPACE: f64 = 16.0;
/// A line that passes needs this much.
const LINE: f64 = 10.0;
/// How far the ends of lines at one box are apart, at least.
const PORT: f64 = 13.0;

/// What is to be placed.
pub struct Parts {
    pub nodes: Vec<Size>,
    /// From, to, and the size of the label.
    pub edges: Vec<(usize, usize, Size)>,
}

/// Where it is.
pub struct Layout {
    pub size: Size,
    /// Upper left corner and size of each node.
    pub nodes: Vec<(f64, f64, Size)>,
    /// Of each edge.
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
}

/// Places everything.
pub fn layout(mut parts: Parts) -> Layout {
    grow(&mut parts);
    let placed = place(&parts);
    let mut layout = Layout {
        size: placed.size(),
        nodes: Vec::new(),
        edges: Vec::new(),
    };
    for at in 0..parts.nodes.len() {
        let item = &placed.items[at];
        let (x, width) = placed.columns[item.column];
        let left = x + (width - item.size.0) / 2.0;
        layout.nodes.push((left, item.y - item.size.1 / 2.0, item.size));
    }
    let ports = placed.ports(&parts);
    for (edge, ends) in ports.into_iter().enumerate() {
        layout.edges.push(placed.route(&layout.nodes, edge, ends));
    }
    layout
}

/// Boxes are as high as the ends of their lines need.
fn grow(parts: &mut Parts) {
    for (at, size) in parts.nodes.iter_mut().enumerate() {
        let edges = || parts.edges.iter();
        let out = edges().filter(|(from, ..)| *from == at).count();
        let into = edges().filter(|(_, to, _)| *to == at).count();
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

fn place(parts: &Parts) -> Placed {
    let pairs: Vec<(usize, usize)> = parts.edges.iter().map(|(a, b, _)| (*a, *b)).collect();
    let (ranks, turned) = ranks(parts.nodes.len(), &pairs);
    let mut items: Vec<Item> = Vec::new();
    for (size, rank) in parts.nodes.iter().zip(&ranks) {
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
            items.push(Item::new(size, column));
        }
        chain.push(to);
        columns.lines.extend(chain.windows(2).filter_map(|pair| match pair {
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
    settle(&mut items, &columns);
    let mut x = 0.0;
    let widths = columns.columns.iter().map(|column| {
        let width = column.iter().map(|at| items[*at].size.0).fold(0.0, f64::max);
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
        }
    }
}

/// More rounds change nothing that could be seen.
const ROUNDS: usize = 30;

/// Moves everything towards its neighbours, in the order of its column.
fn settle(items: &mut [Item], columns: &Columns) {
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    for (from, to) in &columns.lines {
        neighbours[*from].push(*to);
        neighbours[*to].push(*from);
    }
    for column in &columns.columns {
        let places = spread(column, items, &vec![0.0; column.len()]);
        column.iter().zip(places).for_each(|(at, y)| items[*at].y = y);
    }
    for round in 0..ROUNDS {
        let mut order: Vec<&Vec<usize>> = columns.columns.iter().collect();
        if round % 2 == 0 {
            order.reverse();
        }
        for column in order {
            let wanted = column.iter().map(|at| {
                let found = &neighbours[*at];
                let sum: f64 = found.iter().map(|other| items[*other].y).sum();
                match found.len() {
                    0 => items[*at].y,
                    count => sum / count as f64,
                }
            });
            let places = spread(column, items, &wanted.collect::<Vec<_>>());
            column.iter().zip(places).for_each(|(at, y)| items[*at].y = y);
        }
    }
    let top = items.iter().map(|item| item.y - item.size.1 / 2.0);
    let top = top.fold(f64::INFINITY, f64::min);
    items.iter_mut().for_each(|item| item.y = (item.y - top).round());
}

/// The places nearest to those wanted that leave enough space: neighbours that are too near each
/// other become one block, which stands at the mean of what its members want.
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
    // Sum of what is wanted of a block's start, and how many there are.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (wanted, offset) in wanted.iter().zip(&offsets) {
        let mut block = (wanted - offset, 1);
        while let Some(last) = blocks.last() {
            if last.0 / (last.1 as f64) < block.0 / block.1 as f64 {
                break;
            }
            block = (block.0 + last.0, block.1 + last.1);
            blocks.pop();
        }
        blocks.push(block);
    }
    let starts = blocks.iter().flat_map(|(sum, count)| {
        let start = sum / *count as f64;
        std::iter::repeat_n(start, *count)
    });
    starts.zip(&offsets).map(|(start, offset)| start + offset).collect()
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
        let mut ports = vec![(0.0, 0.0); self.chains.len()];
        for (node, _) in parts.nodes.iter().enumerate() {
            let item = &self.items[node];
            let chains = || self.chains.iter().enumerate();
            let next = |chain: &[usize]| chain.get(1).copied();
            let last = |chain: &[usize]| chain.iter().rev().nth(1).copied();
            let starting = chains().filter(|(_, chain)| chain.first() == Some(&node));
            let starting = starting.filter_map(|(edge, chain)| Some((edge, next(chain)?)));
            for (edge, y) in self.in_order(item, starting.collect()) {
                ports[edge].0 = y;
            }
            let ending = chains().filter(|(_, chain)| chain.last() == Some(&node));
            let ending = ending.filter_map(|(edge, chain)| Some((edge, last(chain)?)));
            for (edge, y) in self.in_order(item, ending.collect()) {
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
        ports.map(|(at, (edge, _))| (*edge, (top + step * (at + 1) as f64).round())).collect()
    }

    fn route(&self, nodes: &[(f64, f64, Size)], edge: usize, ends: (f64, f64)) -> Route {
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
                // A label stands on its line.
                let is_label = at == 1;
                let y = placed.y + if is_label { placed.size.1 / 2.0 } else { 0.0 };
                if is_label {
                    label = (x, placed.y - placed.size.1 / 2.0);
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
