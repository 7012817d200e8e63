//! How does a component get smaller without doing anything else?

pub mod bodies;
