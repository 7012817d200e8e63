//! Who names which function of a module?

use wasmparser::{ConstExpr, ElementItems, ExternalKind, Operator, Parser, Payload, TableInit};

/// What names each function, by function index.
pub struct References {
    /// Imported functions come first in the index space.
    pub imported: u32,
    /// Exported, started, in a table or a global, or named by `ref.func` or by a tail call: its
    /// callers are not all known.
    pub escapes: Vec<bool>,
    /// By the index of the body: the functions that it calls, with repetition.
    pub calls: Vec<Vec<u32>>,
}

/// Reads all of a valid module, bodies included; `None` where that fails.
pub fn references(module: &[u8]) -> Option<References> {
    let mut found = References {
        imported: 0,
        escapes: Vec::new(),
        calls: Vec::new(),
    };
    let mut escaping = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.ok()? {
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    let is_func = matches!(
                        import.ok()?.ty,
                        wasmparser::TypeRef::Func(_) | wasmparser::TypeRef::FuncExact(_)
                    );
                    found.imported += u32::from(is_func);
                }
            }
            Payload::ExportSection(reader) => {
                for export in reader {
                    let export = export.ok()?;
                    if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) {
                        escaping.push(export.index);
                    }
                }
            }
            Payload::StartSection { func, .. } => escaping.push(func),
            Payload::GlobalSection(reader) => {
                for global in reader {
                    expression(&global.ok()?.init_expr, &mut escaping)?;
                }
            }
            Payload::TableSection(reader) => {
                for table in reader {
                    if let TableInit::Expr(init) = table.ok()?.init {
                        expression(&init, &mut escaping)?;
                    }
                }
            }
            Payload::ElementSection(reader) => {
                for element in reader {
                    items(element.ok()?.items, &mut escaping)?;
                }
            }
            Payload::CodeSectionEntry(body) => found.calls.push(calls(&body, &mut escaping)?),
            _ => {}
        }
    }
    found.escapes = vec![false; found.imported as usize + found.calls.len()];
    for index in escaping {
        *found.escapes.get_mut(index as usize)? = true;
    }
    Some(found)
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

fn calls(body: &wasmparser::FunctionBody, escaping: &mut Vec<u32>) -> Option<Vec<u32>> {
    let mut calls = Vec::new();
    for operator in body.get_operators_reader().ok()? {
        match operator.ok()? {
            Operator::Call { function_index } => calls.push(function_index),
            Operator::RefFunc { function_index } | Operator::ReturnCall { function_index } => {
                escaping.push(function_index);
            }
            _ => {}
        }
    }
    Some(calls)
}

impl References {
    /// For each body whether a call from what escapes can lead to it.
    pub fn reachable(&self) -> Vec<bool> {
        let mut reached = self.escapes.clone();
        let mut open: Vec<usize> = (0..reached.len()).filter(|&f| reached[f]).collect();
        while let Some(function) = open.pop() {
            let Some(body) = function.checked_sub(self.imported as usize) else {
                continue;
            };
            for &callee in &self.calls[body] {
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
