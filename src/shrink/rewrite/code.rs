//! How are the bodies and the data that stay written?

use std::sync::Arc;

use rayon::prelude::*;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, Function, Instruction, Module,
};
use wasmparser::{MemArgTarget, Operator, OperatorsReader};

use super::super::scan::Kind;
use super::super::summary::{Body, names_nothing};
use super::{Constant, Result, Rewrite};

impl Rewrite<'_, '_> {
    /// The bodies of the functions that are written, in their new order.
    fn bodies(&self) -> Result<Vec<Vec<u8>>> {
        let bodies = &self.summary.defined.bodies;
        let imported = self.summary.imported(Kind::Func);
        let written = self.written.par_iter();
        written
            .map(|function| {
                let position = (function - imported) as usize;
                match bodies.get(position).zip(self.summary.bodies.get(position)) {
                    Some((body, known)) => self.body(body, known),
                    None => Ok(Vec::new()),
                }
            })
            .collect()
    }

    /// What the written bodies name; `None` where constants take the place of globals.
    pub(super) fn named(&self) -> Option<Vec<Arc<Body>>> {
        if self.plan.constants.iter().any(Option::is_some) {
            return None;
        }
        let imported = self.summary.imported(Kind::Func);
        let named = |&function: &u32| {
            let body = self.summary.bodies.get((function - imported) as usize)?;
            Some(match self.stays(body) {
                true => Arc::clone(body),
                false => Arc::new(body.numbered(&|kind, index| self.map(kind, index))),
            })
        };
        let written = self.written.par_iter().map(named);
        let trap = self.plan.trap.map(|_| Some(Arc::new(Body::default())));
        written.chain(trap).collect()
    }

    /// Whether a body can be written as it is.
    fn stays(&self, body: &Body) -> bool {
        body.is_minimal && body.is_numbered(&|kind, index| self.map(kind, index))
    }

    /// Whether this instruction of a minimal body can.
    fn is_same(&self, operator: &Operator<'_>) -> bool {
        let is_same = |kind, index| self.map(kind, index) == index;
        match *operator {
            Operator::Call { function_index } => is_same(Kind::Func, function_index),
            Operator::GlobalGet { global_index } => {
                is_same(Kind::Global, global_index) && !self.is_constant(global_index)
            }
            Operator::GlobalSet { global_index } => is_same(Kind::Global, global_index),
            Operator::I32Load { memarg }
            | Operator::I32Load8U { memarg }
            | Operator::I32Load16U { memarg }
            | Operator::I64Load { memarg }
            | Operator::I32Store { memarg }
            | Operator::I32Store8 { memarg }
            | Operator::I64Store { memarg } => match memarg.target {
                MemArgTarget::Memory(memory) => is_same(Kind::Memory, memory),
                _ => false,
            },
            ref operator => names_nothing(operator),
        }
    }

    fn is_constant(&self, global: u32) -> bool {
        matches!(self.plan.constants.get(global as usize), Some(Some(_)))
    }

    pub(super) fn code(&self, out: &mut Module) -> Result<()> {
        let uses_data = |&&function: &&u32| {
            let body = self.summary.body(function);
            body.is_some_and(|body| body.refs.iter().any(|(kind, _)| *kind == Kind::Data))
        };
        if self.written.iter().any(|function| uses_data(&function)) {
            let kept = (0..self.summary.count(Kind::Data))
                .filter(|&index| self.plan.keeps(Kind::Data, index));
            let count = kept.count() as u32;
            out.section(&DataCountSection { count });
        }
        let mut section = CodeSection::new();
        for body in &self.bodies()? {
            section.raw(body);
        }
        if self.plan.trap.is_some() {
            let mut function = Function::new([]);
            function.instructions().unreachable().end();
            section.function(&function);
        }
        if !section.is_empty() {
            out.section(&section);
        }
        Ok(())
    }

    fn body(&self, body: &wasmparser::FunctionBody<'_>, known: &Body) -> Result<Vec<u8>> {
        let has_constant =
            |(kind, index): &(Kind, u32)| *kind == Kind::Global && self.is_constant(*index);
        if self.stays(known) && !known.refs.iter().any(has_constant) {
            return Ok(body.as_bytes().to_vec());
        }
        let mut numbers = self;
        let mut function = numbers.new_function_with_parsed_locals(body)?;
        let mut reader = body.get_operators_reader()?;
        let start = body.range().start;
        let bytes = |from: u64, to: u64| {
            let range = (from - start) as usize..(to - start) as usize;
            body.as_bytes()[range].iter().copied()
        };
        // Up to here it is written.
        let mut written = reader.original_position();
        while !reader.eof() {
            let at = reader.original_position();
            let operator = reader.read()?;
            if known.is_minimal && self.is_same(&operator) {
                continue;
            }
            function.raw(bytes(written, at));
            match self.sum(&operator, &reader) {
                Some((sum, behind)) => {
                    function.instruction(&Instruction::I32Const(sum));
                    reader = behind;
                }
                None => {
                    function.instruction(&numbers.instruction(operator)?);
                }
            }
            written = reader.original_position();
        }
        function.raw(bytes(written, reader.original_position()));
        Ok(function.into_raw_body())
    }

    /// The constant that a global plus a constant is: the address of something in a library, whose
    /// base is a global. With what follows.
    fn sum<'o>(
        &self,
        operator: &Operator<'o>,
        reader: &OperatorsReader<'o>,
    ) -> Option<(i32, OperatorsReader<'o>)> {
        let Operator::GlobalGet { global_index } = operator else {
            return None;
        };
        let Some(Some(Constant::I32(base))) = self.plan.constants.get(*global_index as usize)
        else {
            return None;
        };
        let mut ahead = reader.clone();
        let Ok(Operator::I32Const { value }) = ahead.read() else {
            return None;
        };
        let adds = matches!(ahead.read(), Ok(Operator::I32Add));
        adds.then(|| (base.wrapping_add(value), ahead))
    }

    pub(super) fn data(&self, out: &mut Module) -> Result<()> {
        let mut numbers = self;
        let mut section = DataSection::new();
        if let Some(chunks) = &self.plan.data {
            for chunk in chunks {
                let memory = self.summary.memories.get(chunk.memory as usize);
                let address = match memory.is_some_and(|memory| memory.memory64) {
                    true => ConstExpr::i64_const(chunk.address as i64),
                    false => ConstExpr::i32_const(chunk.address as u32 as i32),
                };
                let memory = self.map(Kind::Memory, chunk.memory);
                section.active(memory, &address, chunk.bytes.iter().copied());
            }
            if !section.is_empty() {
                out.section(&section);
            }
            return Ok(());
        }
        for (index, segment) in self.summary.defined.data.iter().enumerate() {
            if self.plan.keeps(Kind::Data, index as u32) {
                numbers.parse_data(&mut section, segment.clone())?;
            }
        }
        if !section.is_empty() {
            out.section(&section);
        }
        Ok(())
    }
}
