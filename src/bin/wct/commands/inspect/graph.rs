//! `wct inspect --graph`: who gives what to whom, as a picture.

use serde::Serialize;
use wct::diagnostic::Result;
use wct::graph::Format;
use wct::inspect::wiring::{self, Report};

use crate::args::Picture;
use crate::render;

/// How the picture is drawn.
#[derive(clap::Args)]
#[command(next_help_heading = "Views")]
pub struct GraphArgs {
    /// Draw instances, modules and wiring: mermaid, dot, svg
    #[arg(
        long,
        value_name = "FORMAT",
        group = "view",
        display_order = 7,
        hide_possible_values = true
    )]
    pub graph: Option<Picture>,
    /// With --graph: open compositions so many levels deep; 0 without it
    #[arg(long, value_name = "N", requires = "graph", display_order = 8)]
    depth: Option<usize>,
}

/// The picture, and what is drawn in it.
#[derive(Serialize)]
pub struct Shown {
    #[serde(flatten)]
    wiring: Report,
    #[serde(skip)]
    pub picture: String,
}

impl GraphArgs {
    pub fn run(&self, name: &str, bytes: &[u8], picture: Picture) -> Result<Shown> {
        let wiring = wiring::wiring(name, bytes, self.depth.unwrap_or(0))?;
        let picture = wiring.graph(&render::bytes).draw(Format::from(picture));
        Ok(Shown { wiring, picture })
    }
}
