//! Which number does an index get?

use std::convert::Infallible;

use wasm_encoder::Instruction;
use wasm_encoder::reencode::{Reencode, utils};
use wasmparser::Operator;

use super::super::scan::Kind;
use super::{Constant, Result, Rewrite};

pub(super) struct Redirect<'p> {
    pub same: &'p [u32],
}

impl Reencode for Redirect<'_> {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.same.get(index as usize).copied().unwrap_or(index))
    }
}

impl Reencode for &Rewrite<'_, '_> {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.map(Kind::Func, index))
    }

    fn table_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.map(Kind::Table, index))
    }

    fn memory_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.map(Kind::Memory, index))
    }

    fn global_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.map(Kind::Global, index))
    }

    fn tag_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.map(Kind::Tag, index))
    }

    fn element_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.map(Kind::Elem, index))
    }

    fn data_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.map(Kind::Data, index))
    }

    fn type_index(&mut self, index: u32) -> Result<u32> {
        Ok(self.map(Kind::Type, index))
    }

    fn instruction<'o>(&mut self, operator: Operator<'o>) -> Result<Instruction<'o>> {
        if let Operator::GlobalGet { global_index } = operator
            && let Some(Some(constant)) = self.plan.constants.get(global_index as usize)
        {
            return Ok(match *constant {
                Constant::I32(value) => Instruction::I32Const(value),
                Constant::I64(value) => Instruction::I64Const(value),
            });
        }
        utils::instruction(self, operator)
    }
}
