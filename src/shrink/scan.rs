//! What does this item name?
//!
//! A [`Scan`] re-encodes an item and throws the bytes away: every index that an encoder would have
//! to write passes through here, so none can be forgotten.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent, utils};
use wasm_encoder::{
    CanonicalFunctionSection, ComponentAliasSection, ComponentExportSection,
    ComponentImportSection, ComponentInstanceSection, ComponentTypeSection, CoreTypeSection,
};

use super::tree::{Def, Space};

/// A reference: so many scopes further out, in that space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    pub up: u32,
    pub space: Space,
    pub index: u32,
}

/// Collects what a component's definition names.
#[derive(Default)]
pub struct Scan {
    depth: u32,
    refs: Vec<Ref>,
}

impl Scan {
    fn note(&mut self, count: u32, space: Space, index: u32) {
        if count >= self.depth {
            let up = count - self.depth;
            self.refs.push(Ref { up, space, index });
        }
    }

    /// What a definition names outside itself. `None` where it cannot be read.
    pub fn def(def: &Def<'_>) -> Option<Vec<Ref>> {
        let mut scan = Scan::default();
        scan.definition(def).ok()?;
        Some(scan.refs)
    }

    /// What a declaration of an instance type names: `up` is 0 within the type.
    pub fn declaration(declaration: wasmparser::InstanceTypeDeclaration<'_>) -> Option<Vec<Ref>> {
        let mut scan = Scan::default();
        let mut sink = wasm_encoder::InstanceType::new();
        scan.parse_component_instance_type_declaration(&mut sink, declaration)
            .ok()?;
        Some(scan.refs)
    }

    fn definition(&mut self, def: &Def<'_>) -> Result<(), Error<Infallible>> {
        match def.clone() {
            Def::CoreModule(_) | Def::Component(_) | Def::Other(..) => {}
            Def::CoreInstantiate { module, args } => {
                self.module_index(module);
                for (_, instance) in args {
                    self.instance_index(instance);
                }
            }
            Def::CoreBag(items) => {
                for item in items {
                    self.note(0, item.kind.into(), item.index);
                }
            }
            Def::CoreAlias { instance, .. } => {
                self.instance_index(instance);
            }
            Def::CoreType(ty) => {
                self.parse_component_core_type(CoreTypeSection::new().ty(), ty)?;
            }
            Def::Instance(instance) => {
                self.parse_component_instance(&mut ComponentInstanceSection::new(), instance)?;
            }
            Def::Alias(alias) => {
                ComponentAliasSection::new().alias(self.component_alias(alias)?);
            }
            Def::Type(ty) => {
                self.parse_component_type(ComponentTypeSection::new().ty(), ty)?;
            }
            Def::Pruned(declarations, keep) => {
                self.depth += 1;
                let mut sink = wasm_encoder::InstanceType::new();
                let kept = Vec::from(declarations).into_iter().zip(keep);
                for (declaration, _) in kept.filter(|(_, keep)| *keep) {
                    self.parse_component_instance_type_declaration(&mut sink, declaration)?;
                }
                self.depth -= 1;
            }
            Def::Canonical(canonical) => {
                self.parse_component_canonical(&mut CanonicalFunctionSection::new(), canonical)?;
            }
            Def::Start(start) => {
                self.note(0, Space::Func, start.func_index);
                for &value in &start.arguments {
                    self.note(0, Space::Value, value);
                }
            }
            Def::Import(import) => {
                let ty = self.component_type_ref(import.ty)?;
                ComponentImportSection::new().import(import.name, ty);
            }
            Def::Export(export) => {
                self.parse_component_export(&mut ComponentExportSection::new(), export)?;
            }
        }
        Ok(())
    }
}

impl Reencode for Scan {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.note(0, Space::CoreFunc, index);
        Ok(index)
    }

    fn table_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.note(0, Space::CoreTable, index);
        Ok(index)
    }

    fn memory_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.note(0, Space::CoreMemory, index);
        Ok(index)
    }

    fn global_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.note(0, Space::CoreGlobal, index);
        Ok(index)
    }

    fn tag_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.note(0, Space::CoreTag, index);
        Ok(index)
    }

    fn type_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.note(0, Space::CoreType, index);
        Ok(index)
    }
}

impl ReencodeComponent for Scan {
    fn component_type_index(&mut self, index: u32) -> u32 {
        self.note(0, Space::Type, index);
        index
    }

    fn component_instance_index(&mut self, index: u32) -> u32 {
        self.note(0, Space::Instance, index);
        index
    }

    fn component_func_index(&mut self, index: u32) -> u32 {
        self.note(0, Space::Func, index);
        index
    }

    fn component_index(&mut self, index: u32) -> u32 {
        self.note(0, Space::Component, index);
        index
    }

    fn module_index(&mut self, index: u32) -> u32 {
        self.note(0, Space::CoreModule, index);
        index
    }

    fn instance_index(&mut self, index: u32) -> u32 {
        self.note(0, Space::CoreInstance, index);
        index
    }

    fn component_value_index(&mut self, index: u32) -> u32 {
        self.note(0, Space::Value, index);
        index
    }

    fn outer_type_index(&mut self, count: u32, index: u32) -> Result<u32, Error<Infallible>> {
        self.note(count, Space::CoreType, index);
        Ok(index)
    }

    fn outer_component_type_index(&mut self, count: u32, index: u32) -> u32 {
        self.note(count, Space::Type, index);
        index
    }

    fn outer_component_index(&mut self, count: u32, index: u32) -> u32 {
        self.note(count, Space::Component, index);
        index
    }

    fn outer_module_index(&mut self, count: u32, index: u32) -> u32 {
        self.note(count, Space::CoreModule, index);
        index
    }

    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }
}

/// An item of a core module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Func,
    Table,
    Memory,
    Global,
    Tag,
    Elem,
    Data,
    Type,
}

/// Collects what a core module's item names.
#[derive(Default)]
pub struct CoreScan {
    pub refs: Vec<(Kind, u32)>,
}

impl CoreScan {
    /// What a constant expression names.
    pub fn constant(expression: &wasmparser::ConstExpr<'_>) -> Vec<(Kind, u32)> {
        let mut scan = CoreScan::default();
        // What cannot be read was refused by the validator before.
        let _ = utils::const_expr(&mut scan, expression.clone());
        scan.refs
    }
}

impl Reencode for CoreScan {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.refs.push((Kind::Func, index));
        Ok(index)
    }

    fn table_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.refs.push((Kind::Table, index));
        Ok(index)
    }

    fn memory_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.refs.push((Kind::Memory, index));
        Ok(index)
    }

    fn global_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.refs.push((Kind::Global, index));
        Ok(index)
    }

    fn tag_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.refs.push((Kind::Tag, index));
        Ok(index)
    }

    fn element_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.refs.push((Kind::Elem, index));
        Ok(index)
    }

    fn data_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.refs.push((Kind::Data, index));
        Ok(index)
    }

    fn type_index(&mut self, index: u32) -> Result<u32, Error<Infallible>> {
        self.refs.push((Kind::Type, index));
        Ok(index)
    }
}
