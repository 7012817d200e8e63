//! wct, the WebAssembly component toolkit.
//!
//! A module per command, each taking bytes and options and returning a result with a report; and
//! the nouns they share. Nothing here prints, exits or knows a terminal.

pub mod inspect;
pub mod new;
pub mod shrink;
pub mod validate;

pub mod binary;
pub mod component;
pub mod diagnostic;
pub mod features;
pub mod files;
pub mod input;
pub mod module;
pub mod progress;
pub mod wit;
