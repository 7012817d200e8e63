//! What of the analysis do others use?
//!
//! The tree of a component, what of it is live, and what leads to what.

pub use super::live::{Edges, Live, Rules};
pub use super::scan::Kind as Item;
pub use super::strip::strips;
pub use super::summary::{Depth, export_kind};
pub use super::tree::{ComponentId, Def, ModuleId, Space, Tree};
