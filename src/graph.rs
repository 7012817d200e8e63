//! How is a graph drawn?
//!
//! Boxes and arrows between them, as text for other tools (Mermaid, DOT) or as a picture (SVG) that
//! is laid out here. The same graph gives the same bytes.

mod layout;
mod order;
mod svg;
mod text;

/// Boxes and the arrows between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// A line below the picture: what an arrow means.
    pub caption: String,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// One box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub title: String,
    /// Below the title, in small letters.
    pub lines: Vec<String>,
    pub tone: Tone,
}

/// What a box is, shown by its colour and border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// One of many.
    Plain,
    /// The one that matters most.
    Strong,
    /// Not a part: the world around.
    Outside,
    /// Made up.
    Stub,
}

/// One arrow, from box to box by their positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// One below the other.
    pub labels: Vec<String>,
}

/// The caption of components that are put together.
pub const IMPORTERS: &str = "An arrow leads from who imports to who provides.";

/// More labels on one arrow, or packages in one box, are counted.
const MANY: usize = 4;

/// The first of these texts, and how many more there are.
pub fn few<'t>(texts: impl ExactSizeIterator<Item = &'t String>) -> Vec<String> {
    let count = texts.len();
    if count <= MANY {
        return texts.cloned().collect();
    }
    let mut few: Vec<String> = texts.take(MANY - 1).cloned().collect();
    few.push(format!("and {} more", count - few.len()));
    few
}

/// What a graph is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Mermaid,
    Dot,
    Svg,
}

impl Graph {
    /// Draws it. Arrows that lead to no other box are left out.
    pub fn draw(&self, format: Format) -> String {
        match format {
            Format::Mermaid => text::mermaid(self),
            Format::Dot => text::dot(self),
            Format::Svg => svg::svg(self),
        }
    }

    /// The arrows from one box to another.
    fn arrows(&self) -> impl Iterator<Item = &Edge> {
        let count = self.nodes.len();
        let exists = move |edge: &&Edge| edge.from < count && edge.to < count;
        self.edges
            .iter()
            .filter(exists)
            .filter(|edge| edge.from != edge.to)
    }
}
