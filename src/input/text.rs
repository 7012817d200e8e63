//! Which part of a text did this part of its encoded form come from?
//!
//! Encoding keeps the order of definitions of a kind, so that the third type in the binary is the
//! third one in the text.

use std::ops::Range;

use wasmparser::{BinaryReader, FromReader, FunctionBody, SectionLimited};
use wast::Wat;
use wast::component::{
    Component, ComponentField, ComponentKind, CoreModuleKind, NestedComponentKind,
};
use wast::core::{Func, FuncKind, Module, ModuleField, ModuleKind};
use wast::token::Span;

use crate::binary::{Section, Sections, leb_u32};

/// For each of `offsets` into the encoded form, where in the text it comes from, where that is
/// known.
pub(super) fn origins(text: &str, offsets: &[u64]) -> Vec<Option<usize>> {
    let found = super::wat(text, |wat| {
        // Encoding also expands the shorthands of the text, in place.
        let binary = wat.encode()?;
        let found = offsets.iter().map(|offset| origin(wat, &binary, *offset));
        Ok(found.collect())
    });
    found.unwrap_or_else(|_| vec![None; offsets.len()])
}

fn origin(wat: &Wat<'_>, binary: &[u8], offset: u64) -> Option<usize> {
    let target = usize::try_from(offset).ok()?;
    let whole = 0..binary.len();
    let span = match wat {
        Wat::Module(Module {
            kind: ModuleKind::Text(fields),
            ..
        }) => in_module(fields, binary, whole, target),
        Wat::Component(Component {
            kind: ComponentKind::Text(fields),
            ..
        }) => in_component(fields, binary, whole, target),
        _ => None,
    };
    // What encoding adds has no place of its own.
    Some(span?.offset()).filter(|start| *start > 0)
}

fn in_component(
    mut fields: &[ComponentField<'_>],
    binary: &[u8],
    mut range: Range<usize>,
    target: usize,
) -> Option<Span> {
    loop {
        let (section, before) = enclosing(binary, range, target)?;
        let nested = match section.id {
            1 | 4 => before.sections,
            id => {
                let item = before.items + component_item(binary, &section, target)?;
                return fields
                    .iter()
                    .filter_map(|field| component_span(field, id))
                    .nth(item);
            }
        };
        let field = fields
            .iter()
            .filter(|field| is_nested(field, section.id))
            .nth(nested)?;
        match field {
            ComponentField::CoreModule(module) => {
                let CoreModuleKind::Inline { fields } = &module.kind else {
                    return None;
                };
                return in_module(fields, binary, section.contents, target).or(Some(module.span));
            }
            ComponentField::Component(component) => {
                let NestedComponentKind::Inline(inner) = &component.kind else {
                    return None;
                };
                fields = inner;
                range = section.contents;
            }
            _ => return None,
        }
    }
}

fn in_module(
    fields: &[ModuleField<'_>],
    binary: &[u8],
    range: Range<usize>,
    target: usize,
) -> Option<Span> {
    let (section, _) = enclosing(binary, range, target)?;
    let item = module_item(binary, &section, target)?;
    let mut spans = fields
        .iter()
        .filter_map(|field| module_span(field, section.id));
    if section.id != 10 {
        return spans.nth(item);
    }
    let mut functions = fields.iter().filter_map(|field| match field {
        ModuleField::Func(function) => Some(function),
        _ => None,
    });
    let function = functions.nth(item)?;
    instruction(function, binary, &section, item, target).or(Some(function.span))
}

/// The instruction at `target` in the body that this function was encoded to.
fn instruction(
    function: &Func<'_>,
    binary: &[u8],
    code: &Section,
    body: usize,
    target: usize,
) -> Option<Span> {
    let FuncKind::Inline { expression, .. } = &function.kind else {
        return None;
    };
    let body = items::<FunctionBody<'_>>(binary, code)?.nth(body)?.ok()?.1;
    let operators = body.get_operators_reader().ok()?.into_iter_with_offsets();
    let mut offsets = operators.map_while(|operator| Some(operator.ok()?.1));
    let at = offsets.position(|offset| offset == target as u64)?;
    expression.instr_spans.as_ref()?.get(at).copied()
}

/// How much of the same kind stands before a section.
#[derive(Clone, Copy, Default)]
struct Before {
    sections: usize,
    items: usize,
}

/// The section of the binary at `range` that holds `target`.
fn enclosing(binary: &[u8], range: Range<usize>, target: usize) -> Option<(Section, Before)> {
    let mut before = [Before::default(); 256];
    for section in Sections::new(binary, range) {
        let section = section.ok()?;
        let before = before.get_mut(usize::from(section.id))?;
        if section.range.contains(&target) {
            return Some((section, *before));
        }
        before.sections += 1;
        before.items += leb_u32(binary, section.contents.start)?.0 as usize;
    }
    None
}

type Items<'a, T> = wasmparser::SectionLimitedIntoIterWithOffsets<'a, T>;

fn items<'a, T: FromReader<'a>>(binary: &'a [u8], section: &Section) -> Option<Items<'a, T>> {
    let contents = section.contents.clone();
    let reader = BinaryReader::new(binary.get(contents.clone())?, contents.start as u64);
    Some(
        SectionLimited::<T>::new(reader)
            .ok()?
            .into_iter_with_offsets(),
    )
}

/// Which item of the section holds `target`?
fn item<'a, T: FromReader<'a>>(
    binary: &'a [u8],
    section: &Section,
    target: usize,
) -> Option<usize> {
    let starts = items::<T>(binary, section)?.map_while(|item| Some(item.ok()?.0));
    let before = starts.take_while(|start| *start <= target as u64).count();
    Some(before.saturating_sub(1))
}

fn component_item(binary: &[u8], section: &Section, target: usize) -> Option<usize> {
    match section.id {
        2 => item::<wasmparser::Instance<'_>>(binary, section, target),
        3 => item::<wasmparser::CoreType<'_>>(binary, section, target),
        5 => item::<wasmparser::ComponentInstance<'_>>(binary, section, target),
        6 => item::<wasmparser::ComponentAlias<'_>>(binary, section, target),
        7 => item::<wasmparser::ComponentType<'_>>(binary, section, target),
        8 => item::<wasmparser::CanonicalFunction>(binary, section, target),
        10 => item::<wasmparser::ComponentImport<'_>>(binary, section, target),
        11 => item::<wasmparser::ComponentExport<'_>>(binary, section, target),
        _ => None,
    }
}

fn module_item(binary: &[u8], section: &Section, target: usize) -> Option<usize> {
    match section.id {
        1 => item::<wasmparser::RecGroup>(binary, section, target),
        2 => item::<wasmparser::Imports<'_>>(binary, section, target),
        3 => item::<u32>(binary, section, target),
        4 => item::<wasmparser::Table<'_>>(binary, section, target),
        5 => item::<wasmparser::MemoryType>(binary, section, target),
        6 => item::<wasmparser::Global<'_>>(binary, section, target),
        7 => item::<wasmparser::Export<'_>>(binary, section, target),
        9 => item::<wasmparser::Element<'_>>(binary, section, target),
        10 => item::<FunctionBody<'_>>(binary, section, target),
        11 => item::<wasmparser::Data<'_>>(binary, section, target),
        13 => item::<wasmparser::TagType>(binary, section, target),
        _ => Some(0),
    }
}

fn is_nested(field: &ComponentField<'_>, section: u8) -> bool {
    match field {
        ComponentField::CoreModule(module) => {
            section == 1 && matches!(module.kind, CoreModuleKind::Inline { .. })
        }
        ComponentField::Component(component) => {
            section == 4 && matches!(component.kind, NestedComponentKind::Inline(_))
        }
        _ => false,
    }
}

/// Where the definition stands, if it goes into the section with this identifier.
fn component_span(field: &ComponentField<'_>, section: u8) -> Option<Span> {
    match (section, field) {
        (2, ComponentField::CoreInstance(instance)) => Some(instance.span),
        (3, ComponentField::CoreType(ty)) => Some(ty.span),
        (3, ComponentField::CoreRec(rec)) => Some(rec.span),
        (5, ComponentField::Instance(instance)) => Some(instance.span),
        (6, ComponentField::Alias(alias)) => Some(alias.span),
        (7, ComponentField::Type(ty)) => Some(ty.span),
        (8, ComponentField::CanonicalFunc(function)) => Some(function.span),
        (10, ComponentField::Import(import)) => Some(import.span),
        (11, ComponentField::Export(export)) => Some(export.span),
        _ => None,
    }
}

/// Where the definition stands, if it goes into the section with this identifier.
fn module_span(field: &ModuleField<'_>, section: u8) -> Option<Span> {
    match (section, field) {
        (1, ModuleField::Type(ty)) => Some(ty.span),
        (1, ModuleField::Rec(rec)) => Some(rec.span),
        (2, ModuleField::Import(imports)) => Some(imports.span),
        (3, ModuleField::Func(function)) => Some(function.span),
        (4, ModuleField::Table(table)) => Some(table.span),
        (5, ModuleField::Memory(memory)) => Some(memory.span),
        (6, ModuleField::Global(global)) => Some(global.span),
        (7, ModuleField::Export(export)) => Some(export.span),
        (8, ModuleField::Start(index)) => Some(index.span()),
        (9, ModuleField::Elem(segment)) => Some(segment.span),
        (11, ModuleField::Data(segment)) => Some(segment.span),
        (13, ModuleField::Tag(tag)) => Some(tag.span),
        _ => None,
    }
}
