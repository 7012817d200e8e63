//! How are sections put one after another?
//!
//! Items of one kind in a row share a section. Every item returns its index.

use wasm_encoder::{
    Alias, ComponentAliasSection, ComponentExportKind, ComponentExportSection, ComponentExternName,
    ComponentImportSection, ComponentInstanceSection, ComponentSection, ComponentTypeRef,
    ComponentTypeSection, CoreTypeSection,
};

use crate::component;
use crate::pieces::Pieces;

/// A component in the making.
pub struct Writer<'a> {
    done: Pieces<'a>,
    /// What follows.
    out: Vec<u8>,
    open: Open,
    counts: [u32; 6],
    core_types: u32,
}

/// The section that still takes items.
enum Open {
    None,
    CoreTypes(CoreTypeSection),
    Types(ComponentTypeSection),
    Imports(ComponentImportSection),
    Aliases(ComponentAliasSection),
    Instances(ComponentInstanceSection),
    Exports(ComponentExportSection),
}

macro_rules! open {
    ($self:ident, $variant:ident) => {{
        if !matches!($self.open, Open::$variant(_)) {
            $self.flush();
            $self.open = Open::$variant(Default::default());
        }
        match &mut $self.open {
            Open::$variant(section) => section,
            _ => unreachable!("the section was opened above"),
        }
    }};
}

impl<'a> Writer<'a> {
    pub fn new() -> Writer<'a> {
        Writer {
            done: Pieces::default(),
            out: wasm_encoder::Component::HEADER.to_vec(),
            open: Open::None,
            counts: [0; 6],
            core_types: 0,
        }
    }

    fn flush(&mut self) {
        let out = &mut self.out;
        match std::mem::replace(&mut self.open, Open::None) {
            Open::None => {}
            Open::CoreTypes(section) => section.append_to_component(out),
            Open::Types(section) => section.append_to_component(out),
            Open::Imports(section) => section.append_to_component(out),
            Open::Aliases(section) => section.append_to_component(out),
            Open::Instances(section) => section.append_to_component(out),
            Open::Exports(section) => section.append_to_component(out),
        }
    }

    fn count(&mut self, kind: ComponentExportKind) -> u32 {
        let count = &mut self.counts[kind as usize];
        *count += 1;
        *count - 1
    }

    pub fn core_type(
        &mut self,
        write: impl FnOnce(wasm_encoder::ComponentCoreTypeEncoder<'_>),
    ) -> u32 {
        write(open!(self, CoreTypes).ty());
        self.core_types += 1;
        self.core_types - 1
    }

    pub fn ty(&mut self, write: impl FnOnce(wasm_encoder::ComponentTypeEncoder<'_>)) -> u32 {
        write(open!(self, Types).ty());
        self.count(ComponentExportKind::Type)
    }

    pub fn import(&mut self, name: ComponentExternName<'_>, ty: ComponentTypeRef) -> u32 {
        open!(self, Imports).import(name, ty);
        self.count(ty.kind())
    }

    pub fn alias(&mut self, instance: u32, kind: ComponentExportKind, name: &str) -> u32 {
        open!(self, Aliases).alias(Alias::InstanceExport {
            instance,
            kind,
            name,
        });
        self.count(kind)
    }

    /// Puts in a component as it is.
    pub fn component(&mut self, bytes: &'a [u8]) -> u32 {
        self.flush();
        component::section_header(4, bytes.len(), &mut self.out);
        self.done.push(std::mem::take(&mut self.out));
        self.done.push(bytes);
        self.count(ComponentExportKind::Component)
    }

    pub fn instantiate(
        &mut self,
        component: u32,
        args: &[(&str, ComponentExportKind, u32)],
    ) -> u32 {
        open!(self, Instances).instantiate(component, args.iter().copied());
        self.count(ComponentExportKind::Instance)
    }

    pub fn export(
        &mut self,
        name: ComponentExternName<'_>,
        kind: ComponentExportKind,
        index: u32,
    ) -> u32 {
        open!(self, Exports).export(name, kind, index, None);
        self.count(kind)
    }

    pub fn custom(&mut self, section: &wasm_encoder::ComponentNameSection) {
        use wasm_encoder::ComponentSection;
        self.flush();
        section.append_to_component(&mut self.out);
    }

    pub fn finish(mut self) -> Pieces<'a> {
        self.flush();
        self.done.push(self.out);
        self.done
    }
}
