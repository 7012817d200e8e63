//! What do an element segment and a function body name?

use wasm_encoder::reencode::Reencode;
use wasmparser::{ConstExpr, ElementItems, ElementKind, MemArgTarget, Operator};

use super::super::scan::{CoreScan, Kind};
use super::{Body, Elem, Indirect, Target, constant};

impl Elem {
    pub(super) fn read(segment: &wasmparser::Element<'_>) -> wasmparser::Result<Elem> {
        let (target, offset_refs) = match &segment.kind {
            ElementKind::Passive => (Target::Passive, Vec::new()),
            ElementKind::Declared => (Target::Declared, Vec::new()),
            ElementKind::Active {
                table_index,
                offset_expr,
            } => (
                Target::Active {
                    index: table_index.unwrap_or(0),
                    offset: constant(offset_expr),
                },
                CoreScan::constant(offset_expr),
            ),
        };
        let mut refs = offset_refs.clone();
        let mut items = Some(Vec::new());
        let count;
        match &segment.items {
            ElementItems::Functions(functions) => {
                count = u64::from(functions.count());
                for function in functions.clone() {
                    let function = function?;
                    refs.push((Kind::Func, function));
                    items.get_or_insert_default().push(Some(function));
                }
            }
            ElementItems::Expressions(ty, expressions) => {
                count = u64::from(expressions.count());
                for expression in expressions.clone() {
                    let expression = expression?;
                    refs.extend(CoreScan::constant(&expression));
                    match function_or_null(&expression) {
                        Some(item) if *ty == wasmparser::RefType::FUNCREF => {
                            if let Some(items) = &mut items {
                                items.push(item);
                            }
                        }
                        _ => items = None,
                    }
                }
            }
        }
        Ok(Elem {
            target,
            items,
            refs,
            offset_refs,
            count,
        })
    }
}

/// So many names are not looked through for those that are there twice.
const FEW: usize = 256;

/// `Some(None)` is null.
fn function_or_null(expression: &ConstExpr<'_>) -> Option<Option<u32>> {
    let mut reader = expression.get_operators_reader();
    let item = match reader.read().ok()? {
        Operator::RefFunc { function_index } => Some(function_index),
        Operator::RefNull { .. } => None,
        _ => return None,
    };
    matches!(reader.read(), Ok(Operator::End)).then_some(item)
}

impl Body {
    pub(super) fn read(body: &wasmparser::FunctionBody<'_>) -> wasmparser::Result<Body> {
        let mut out = Body::default();
        let mut scan = CoreScan::default();
        for local in body.get_locals_reader()? {
            let _ = scan.val_type(local?.1);
        }
        let mut mentions = Vec::new();
        let mut before = None;
        let mut memory_before = None;
        let mut most = FEW;
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            let operator = reader.read()?;
            let constant = match operator {
                Operator::I32Const { value } => Some(u64::from(value as u32)),
                _ => None,
            };
            match operator {
                Operator::CallIndirect {
                    type_index,
                    table_index,
                }
                | Operator::ReturnCallIndirect {
                    type_index,
                    table_index,
                } => {
                    scan.refs.push((Kind::Type, type_index));
                    out.indirect.push(Indirect {
                        table: table_index,
                        ty: type_index,
                        slot: before,
                    });
                }
                Operator::RefFunc { function_index } => {
                    scan.refs.push((Kind::Func, function_index));
                    mentions.push(function_index);
                    out.taken.push(function_index);
                }
                Operator::GlobalSet { global_index } => {
                    scan.refs.push((Kind::Global, global_index));
                    out.writes.push(global_index);
                }
                Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                    scan.refs.push((Kind::Func, function_index));
                    mentions.push(function_index);
                }
                Operator::GlobalGet { global_index } => {
                    scan.refs.push((Kind::Global, global_index));
                }
                operator if names_nothing(&operator) => {}
                operator if let Some(memory) = accessed(&operator) => {
                    // Mostly there is one memory: it need not be noted again and again.
                    if memory_before.replace(memory) != Some(memory) {
                        scan.refs.push((Kind::Memory, memory));
                    }
                }
                // What is left that names globals changes them: atomic instructions.
                operator => out.writes.extend(globals(&mut scan, operator)),
            }
            before = constant;
            if scan.refs.len() > most {
                tidy(&mut scan.refs);
                most = FEW.max(2 * scan.refs.len());
            }
        }
        out.refs = scan.refs;
        mentions.sort_unstable();
        let mentions = mentions.chunk_by(|a, b| a == b);
        out.mentions = mentions.map(|same| (same[0], same.len() as u32)).collect();
        out.tidy();
        Ok(out)
    }
}

impl Body {
    /// Each once, and in order.
    pub(super) fn tidy(&mut self) {
        tidy(&mut self.refs);
        tidy(&mut self.indirect);
        tidy(&mut self.taken);
        tidy(&mut self.writes);
    }
}

/// Notes what an instruction names, through the encoder, which cannot fail on what was read; returns
/// the globals.
fn globals(scan: &mut CoreScan, operator: Operator<'_>) -> Vec<u32> {
    let before = scan.refs.len();
    let _ = scan.instruction(operator);
    let named = scan.refs[before..].iter();
    let globals = named.filter(|(kind, _)| *kind == Kind::Global);
    globals.map(|(_, global)| *global).collect()
}

/// Whether it is one of the most frequent instructions without references.
pub fn names_nothing(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::LocalGet { .. }
            | Operator::LocalSet { .. }
            | Operator::LocalTee { .. }
            | Operator::I32Const { .. }
            | Operator::I64Const { .. }
            | Operator::I32Add
            | Operator::I32Sub
            | Operator::I32And
            | Operator::I32Or
            | Operator::I32Shl
            | Operator::I32Eq
            | Operator::I32Ne
            | Operator::I32Eqz
            | Operator::I32LtU
            | Operator::I32GtU
            | Operator::I64Or
            | Operator::Select
            | Operator::Drop
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::Return
            | Operator::Unreachable
            | Operator::Else
            | Operator::End
    )
}

/// The linear memory of one of the most frequent loads and stores.
fn accessed(operator: &Operator<'_>) -> Option<u32> {
    let (Operator::I32Load { memarg }
    | Operator::I32Load8U { memarg }
    | Operator::I32Store { memarg }
    | Operator::I32Store8 { memarg }
    | Operator::I64Load { memarg }
    | Operator::I64Store { memarg }) = operator
    else {
        return None;
    };
    match memarg.target {
        MemArgTarget::Memory(memory) => Some(memory),
        MemArgTarget::Array(_) => None,
    }
}

fn tidy<T: Ord>(items: &mut Vec<T>) {
    items.sort_unstable();
    items.dedup();
}
