//! wct, the WebAssembly component toolkit.
//!
//! A module per command, each taking bytes and options and returning a result with a report; and
//! the nouns they share. Nothing here prints, exits or knows a terminal.

#![warn(
    // The shell goes through the terminal; the library neither prints nor ends a process.
    clippy::exit,
    clippy::print_stderr,
    clippy::print_stdout,
    // Bad input never panics: an invariant is stated with `expect`.
    clippy::panic,
    clippy::unwrap_used
)]

pub mod build;
pub mod compose;
pub mod diff;
pub mod doctor;
pub mod init;
pub mod inspect;
pub mod metadata;
pub mod new;
pub mod shrink;
pub mod validate;

pub mod binary;
pub mod compare;
pub mod component;
pub mod compressed;
pub mod conform;
pub mod diagnostic;
pub mod features;
pub mod files;
pub mod graph;
pub mod html;
pub mod input;
pub mod module;
pub mod pieces;
pub mod progress;
pub mod project;
#[cfg(feature = "run")]
pub mod run;
pub mod size;
pub mod stub;
mod toml_keys;
pub mod wit;
