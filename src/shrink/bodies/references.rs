//! Who names which function of a module?

use std::borrow::Cow;

use rayon::prelude::*;
use wasmparser::{
    BinaryReader, ConstExpr, ElementItems, ExternalKind, FunctionBody, Operator, Parser, Payload,
    TableInit,
};

/// What names each function, by function index.
pub struct References {
    /// Imported functions come first in the index space.
    pub imported: u32,
    /// Exported, started, or in a table or a global.
    outside: Vec<bool>,
    /// By the index of the body.
    bodies: Vec<Named>,
}

/// What one body names.
#[derive(Default)]
pub struct Named {
    /// The functions that it calls, with repetition.
    calls: Vec<u32>,
    /// By `ref.func` or a tail call.
    taken: Vec<u32>,
}

impl References {
    /// Reads all of a valid module but its bodies, which are given; `None` where that fails.
    pub fn read(module: &[u8], bodies: &[Cow<'_, [u8]>]) -> Option<References> {
        let mut imported = 0;
        let mut escaping = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            outside(&payload.ok()?, &mut imported, &mut escaping)?;
        }
        let mut outside = vec![false; imported as usize + bodies.len()];
        for index in escaping {
            *outside.get_mut(index as usize)? = true;
        }
        let bodies = bodies.par_iter().map(|body| Named::by(body));
        Some(References {
            imported,
            outside,
            bodies: bodies.collect::<Option<_>>()?,
        })
    }

    /// The functions that a body calls, with repetition.
    pub fn calls(&self, body: usize) -> &[u32] {
        self.bodies.get(body).map_or(&[], |named| &named.calls)
    }

    /// A body is another one now.
    pub fn replace(&mut self, body: usize, named: Named) {
        if let Some(old) = self.bodies.get_mut(body) {
            *old = named;
        }
    }

    /// The functions whose callers are not all known.
    pub fn escapes(&self) -> Vec<bool> {
        let mut escapes = self.outside.clone();
        for function in self.bodies.iter().flat_map(|named| &named.taken) {
            if let Some(escapes) = escapes.get_mut(*function as usize) {
                *escapes = true;
            }
        }
        escapes
    }

    /// For each body whether a call from what escapes can lead to it.
    pub fn reachable(&self) -> Vec<bool> {
        let mut reached = self.escapes();
        let mut open: Vec<usize> = (0..reached.len()).filter(|&f| reached[f]).collect();
        while let Some(function) = open.pop() {
            let Some(body) = function.checked_sub(self.imported as usize) else {
                continue;
            };
            for &callee in self.calls(body) {
                if let Some(seen) = reached.get_mut(callee as usize)
                    && !*seen
                {
                    *seen = true;
                    open.push(callee as usize);
                }
            }
        }
        reached.split_off(self.imported as usize)
    }
}

impl Named {
    /// What the body names; `None` where it cannot be read.
    pub fn by(body: &[u8]) -> Option<Named> {
        let mut named = Named::default();
        let body = FunctionBody::new(BinaryReader::new(body, 0));
        for operator in body.get_operators_reader().ok()? {
            match operator.ok()? {
                Operator::Call { function_index } => named.calls.push(function_index),
                Operator::RefFunc { function_index } | Operator::ReturnCall { function_index } => {
                    named.taken.push(function_index);
                }
                _ => {}
            }
        }
        Some(named)
    }
}

/// What a section other than the code names.
fn outside(payload: &Payload, imported: &mut u32, escaping: &mut Vec<u32>) -> Option<()> {
    match payload {
        Payload::ImportSection(reader) => {
            for import in reader.clone().into_imports() {
                let is_func = matches!(
                    import.ok()?.ty,
                    wasmparser::TypeRef::Func(_) | wasmparser::TypeRef::FuncExact(_)
                );
                *imported += u32::from(is_func);
            }
        }
        Payload::ExportSection(reader) => {
            for export in reader.clone() {
                let export = export.ok()?;
                if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) {
                    escaping.push(export.index);
                }
            }
        }
        Payload::StartSection { func, .. } => escaping.push(*func),
        Payload::GlobalSection(reader) => {
            for global in reader.clone() {
                expression(&global.ok()?.init_expr, escaping)?;
            }
        }
        Payload::TableSection(reader) => {
            for table in reader.clone() {
                if let TableInit::Expr(init) = table.ok()?.init {
                    expression(&init, escaping)?;
                }
            }
        }
        Payload::ElementSection(reader) => {
            for element in reader.clone() {
                items(element.ok()?.items, escaping)?;
            }
        }
        _ => {}
    }
    Some(())
}

fn items(items: ElementItems, escaping: &mut Vec<u32>) -> Option<()> {
    match items {
        ElementItems::Functions(functions) => {
            for function in functions {
                escaping.push(function.ok()?);
            }
        }
        ElementItems::Expressions(_, expressions) => {
            for init in expressions {
                expression(&init.ok()?, escaping)?;
            }
        }
    }
    Some(())
}

fn expression(init: &ConstExpr, escaping: &mut Vec<u32>) -> Option<()> {
    for operator in init.get_operators_reader() {
        if let Operator::RefFunc { function_index } = operator.ok()? {
            escaping.push(function_index);
        }
    }
    Some(())
}
