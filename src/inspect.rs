//! What is in this file?
//!
//! One view per file; each takes bytes and returns a report.

pub mod capabilities;
pub mod metadata;
mod parts;
pub mod sections;
pub mod summary;
pub mod text;
pub mod tree;
pub mod wiring;
pub mod wit;

pub(crate) use parts::{Body, Part, Root};
pub use parts::{Kind, Weight};
