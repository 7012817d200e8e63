//! `wct inspect --html`: one page for a review.

use std::path::Path;

use wct::diagnostic::Result;

use super::Report;
use crate::render;

/// Writes the page.
pub fn run(name: &str, wasm: &[u8], path: &Path) -> Result<Report> {
    let page = wct::html::page(name, wasm, &render::bytes)?;
    super::written(path, &page)
}
