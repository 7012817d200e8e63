//! How are the bodies and the data that stay written?

use rayon::prelude::*;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, Function, Instruction, Module,
};
use wasmparser::{Operator, OperatorsReader};

use super::super::scan::Kind;
use super::super::summary::Body;
use super::{Constant, Result, Rewrite};

impl Rewrite<'_, '_> {
    /// The bodies of the functions that are written, in their new order.
    fn bodies(&self) -> Result<Vec<Vec<u8>>> {
        let bodies = &self.summary.defined.bodies;
        let imported = self.summary.imported(Kind::Func);
        let written = self.written.par_iter();
        written
            .map(
                |function| match bodies.get((function - imported) as usize) {
                    Some(body) => self.body(body),
                    None => Ok(Vec::new()),
                },
            )
            .collect()
    }

    /// What the written bodies name; `None` where constants take the place of globals.
    pub(super) fn named(&self) -> Option<Vec<Body>> {
        if self.plan.constants.iter().any(Option::is_some) {
            return None;
        }
        let number = |kind, index| self.map(kind, index);
        let named = |&function: &u32| Some(self.summary.body(function)?.numbered(&number));
        let written = self.written.par_iter().map(named);
        let trap = self.plan.trap.map(|_| Some(Body::default()));
        written.chain(trap).collect()
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

    fn body(&self, body: &wasmparser::FunctionBody<'_>) -> Result<Vec<u8>> {
        let mut numbers = self;
        let mut function = numbers.new_function_with_parsed_locals(body)?;
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            let operator = reader.read()?;
            match self.sum(&operator, &reader) {
                Some((sum, behind)) => {
                    function.instruction(&Instruction::I32Const(sum));
                    reader = behind;
                }
                None => {
                    function.instruction(&numbers.instruction(operator)?);
                }
            }
        }
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
