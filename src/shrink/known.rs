//! Which function bodies need not be read again?
//!
//! Reading bodies is most of the work of most passes, and most passes leave most bodies as they
//! are, or only give new numbers to what they name. What bodies name is remembered from pass to
//! pass, by the position of their module; only bodies with the same bytes count as known.

use std::sync::Arc;

use rayon::prelude::*;
use wasmparser::{BinaryReader, CodeSectionReader};

use super::summary::{Body, Summary};
use super::tree::{Mod, Tree};
use crate::diagnostic::Result;
use crate::module::{Module, id};

/// What was last read, module by module.
#[derive(Default)]
pub struct Known(Vec<Code>);

/// A code section, and what its bodies name.
#[derive(Default)]
struct Code {
    bytes: Vec<u8>,
    bodies: Vec<Arc<Body>>,
}

impl Known {
    /// Reads the bodies of a tree, but for what is known. Fails on a body that cannot be read.
    pub fn fill(&mut self, tree: &mut Tree<'_>) -> Result<()> {
        self.0.resize_with(tree.modules.len(), Code::default);
        let modules = tree.modules.par_iter_mut().zip(&mut self.0);
        modules.try_for_each(|(module, code)| code.fill(&mut module.summary))
    }

    /// Remembers what those who wrote the modules of a tree know about the bodies.
    pub fn adopt(&mut self, tree: &mut Tree<'_>) {
        let modules = tree.modules.par_iter_mut().zip(&mut self.0);
        modules.for_each(|(module, code)| code.adopt(module));
    }
}

impl Code {
    fn fill(&mut self, summary: &mut Summary<'_>) -> Result<()> {
        let bytes = contents(&summary.module);
        if bytes == self.bytes {
            summary.bodies = self.bodies.clone();
            debug_assert!(self.is_right(summary));
            return Ok(());
        }
        let old = self.by_position();
        let alike = old.len() == summary.defined.bodies.len();
        let bodies = summary.defined.bodies.par_iter().enumerate();
        let read = bodies.map(|(position, body)| match old.get(position) {
            Some((known, old)) if alike && *known == body.as_bytes() => Ok(Arc::clone(old)),
            _ => summary.read_body(body),
        });
        let bodies: Vec<Arc<Body>> = read.collect::<Result<_>>()?;
        summary.bodies = bodies.clone();
        *self = Code {
            bytes: bytes.to_vec(),
            bodies,
        };
        Ok(())
    }

    fn adopt(&mut self, module: &mut Mod<'_>) {
        let Some(bodies) = module.written.take() else {
            return;
        };
        let bytes = Module::parse(&module.bytes, 0..module.bytes.len());
        let Some(bytes) = bytes.as_ref().ok().map(contents) else {
            return;
        };
        *self = Code {
            bytes: bytes.to_vec(),
            bodies,
        };
    }

    /// The bodies, each with what it names.
    fn by_position(&self) -> Vec<(&[u8], &Arc<Body>)> {
        let section = CodeSectionReader::new(BinaryReader::new(&self.bytes, 0));
        let bodies = section.into_iter().flatten();
        let bodies = bodies.map_while(|body| body.ok());
        let bodies = bodies.map(|body| body.as_bytes());
        bodies.zip(&self.bodies).collect()
    }

    /// Whether reading the bodies would give the same.
    fn is_right(&self, summary: &Summary<'_>) -> bool {
        let bodies = summary.defined.bodies.iter().zip(&self.bodies);
        let mut same = bodies.map(|(body, known)| {
            let is_minimal = known.is_minimal;
            let read = summary.read_body(body).ok().map(Arc::unwrap_or_clone);
            read.is_some_and(|read| Body { is_minimal, ..read } == **known)
        });
        summary.defined.bodies.len() == self.bodies.len() && same.all(|same| same)
    }
}

/// What is in the code section.
fn contents<'a>(module: &Module<'a>) -> &'a [u8] {
    let section = module.section(id::CODE);
    section.map_or(&[], |section| module.contents(section))
}
