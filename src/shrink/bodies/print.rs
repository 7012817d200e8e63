//! Is this tree the one from before?
//!
//! A print is the same for two bodies that are the same, whatever their labels are called.

use std::hash::{Hash, Hasher};

use super::mix::Mix;
use super::tree::{Body, Node, Op};

/// The print of a body. Different ones have different prints, but for bad luck.
pub fn print(body: &Body) -> u64 {
    let mut printer = Printer {
        hasher: Mix::default(),
        places: vec![0; body.labels as usize],
        next: 0,
    };
    printer.node(&body.root);
    printer.hasher.finish()
}

struct Printer {
    hasher: Mix,
    /// By label: its place among all labels in the order of the code.
    places: Vec<u32>,
    next: u32,
}

impl Printer {
    fn node(&mut self, node: &Node) {
        if let Some(label) = node.label() {
            self.places[label as usize] = self.next;
            self.next += 1;
        }
        std::mem::discriminant(&node.op).hash(&mut self.hasher);
        match &node.op {
            Op::Block(_) | Op::Loop(_) | Op::If(_) => {}
            Op::Br(_) | Op::BrIf(_) | Op::BrTable(_) => {
                for &target in node.targets() {
                    self.places[target as usize].hash(&mut self.hasher);
                }
            }
            op => op.hash(&mut self.hasher),
        }
        node.ty.hash(&mut self.hasher);
        node.args.len().hash(&mut self.hasher);
        for arg in &node.args {
            self.node(arg);
        }
    }
}
