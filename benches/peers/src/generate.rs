//! Which components are measured where real ones of a size are not to be had?
//!
//! Their functions compute, load, store, branch and call each other; every second one is reached by
//! nothing. What a component has besides, data and names, is a tenth of it each.

use wasm_encoder::{
    Alias, BlockType, CanonicalFunctionSection, CanonicalOption, CodeSection, Component,
    ComponentAliasSection, ComponentExportKind, ComponentExportSection, ComponentImportSection,
    ComponentTypeRef, ComponentTypeSection, ConstExpr, DataSection, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, ImportSection, InstanceSection, MemArg, MemArgTarget,
    MemorySection, MemoryType, Module, ModuleArg, ModuleSection, NameMap, NameSection,
    PrimitiveValType, TypeSection, ValType,
};

/// A component in a chain: it exports `f` with its number, and imports that of the one before.
pub struct Link {
    pub number: usize,
    /// The number of what it imports.
    pub from: Option<usize>,
    /// How large its core module becomes, in bytes, roughly.
    pub bytes: usize,
}

/// What functions differ in.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        // The multiplier of Knuth's MMIX.
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (self.0 >> 33) % end
    }
}

impl Link {
    pub fn component(&self) -> Vec<u8> {
        let mut component = Component::new();
        let mut types = ComponentTypeSection::new();
        types
            .function()
            .params([("number", PrimitiveValType::U32)])
            .result(Some(PrimitiveValType::U32.into()));
        component.section(&types);
        if let Some(from) = self.from {
            let mut imports = ComponentImportSection::new();
            imports.import(format!("f{from}").as_str(), ComponentTypeRef::Func(0));
            component.section(&imports);
        }
        component.section(&ModuleSection(&self.core()));
        let mut instances = InstanceSection::new();
        if self.from.is_some() {
            let mut canonical = CanonicalFunctionSection::new();
            canonical.lower(0, []);
            component.section(&canonical);
            instances.export_items([("f", ExportKind::Func, 0)]);
            instances.instantiate(0, [("before", ModuleArg::Instance(0))]);
        } else {
            instances.instantiate(0, Vec::<(&str, ModuleArg)>::new());
        }
        component.section(&instances);
        let lowered = u32::from(self.from.is_some());
        let mut aliases = ComponentAliasSection::new();
        aliases.alias(Alias::CoreInstanceExport {
            instance: lowered,
            kind: ExportKind::Func,
            name: "f",
        });
        component.section(&aliases);
        let mut canonical = CanonicalFunctionSection::new();
        canonical.lift(lowered, 0, Vec::<CanonicalOption>::new());
        component.section(&canonical);
        let mut exports = ComponentExportSection::new();
        let name = format!("f{}", self.number);
        exports.export(name.as_str(), ComponentExportKind::Func, lowered, None);
        component.section(&exports);
        component.finish()
    }

    /// Its core module, which exports `f`.
    pub fn module(&self) -> Vec<u8> {
        self.core().finish()
    }

    fn core(&self) -> Module {
        let mut numbers = Numbers(self.number as u64 + 1);
        let imported = u32::from(self.from.is_some());
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        let mut names = NameMap::new();
        let mut count = 0;
        while count == 0 || code.byte_len() < self.bytes * 8 / 10 {
            let index = imported + count;
            let body = body(&mut numbers, index, imported);
            functions.function(0);
            code.function(&body);
            names.append(index, &format!("generated::part{}::f{index}", index / 50));
            count += 1;
        }
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32], [ValType::I32]);
        module.section(&types);
        if self.from.is_some() {
            let mut imports = ImportSection::new();
            imports.import("before", "f", EntityType::Function(0));
            module.section(&imports);
        }
        module.section(&functions);
        let data: Vec<u8> = (0..self.bytes / 10)
            .map(|_| numbers.below(200) as u8)
            .collect();
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1 + data.len() as u64 / 65536,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
        let mut exports = ExportSection::new();
        exports.export("f", ExportKind::Func, imported + (count - 1) / 2 * 2);
        module.section(&exports);
        module.section(&code);
        let mut section = DataSection::new();
        section.active(0, &ConstExpr::i32_const(0), data);
        module.section(&section);
        let mut section = NameSection::new();
        section.functions(&names);
        module.section(&section);
        module
    }
}

/// A function of about a hundred bytes; those with even numbers call even ones only.
fn body(numbers: &mut Numbers, index: u32, imported: u32) -> Function {
    let mut function = Function::new([(2, ValType::I32)]);
    let mut sink = function.instructions();
    let own = index - imported;
    for step in 0..3 + numbers.below(4) {
        let offset = numbers.below(4096) * 4;
        let place = MemArg {
            offset,
            align: 2,
            target: MemArgTarget::Memory(0),
            ordering: None,
        };
        sink.local_get(0)
            .i32_const(numbers.below(1 << 20) as i32)
            .i32_mul()
            .i32_const(0xffc);
        sink.i32_and().i32_load(place).local_set(1);
        sink.local_get(1)
            .i32_const(numbers.below(100) as i32)
            .i32_lt_u()
            .if_(BlockType::Empty);
        sink.i32_const(step as i32 * 8)
            .local_get(1)
            .local_get(2)
            .i32_add()
            .i32_store(place);
        sink.else_()
            .local_get(2)
            .i32_const(numbers.below(9) as i32)
            .i32_xor()
            .local_set(2)
            .end();
    }
    // The ones before and others further back.
    for back in [2, 2 + 2 * numbers.below(40) as u32] {
        if own >= back {
            sink.local_get(1)
                .call(index - back)
                .local_get(2)
                .i32_add()
                .local_set(2);
        }
    }
    if own < 2 && imported > 0 {
        sink.local_get(2).call(0).local_set(2);
    }
    sink.local_get(2).end();
    function
}
