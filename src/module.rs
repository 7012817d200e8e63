//! What is in a core module?
//!
//! A [`Module`] knows where its sections lie and reads each one only when asked: telling its
//! imports never touches its code.

use std::ops::Range;

use wasmparser::{
    BinaryReader, CodeSectionReader, ExportSectionReader, FunctionSectionReader,
    ImportSectionReader, MemorySectionReader, Name, NameSectionReader, SectionLimited, TypeRef,
    TypeSectionReader,
};

use crate::binary::{Broken, PREAMBLE, Section, Sections, leb_u32};
use crate::diagnostic::{self, Diagnostic, Result, locate};

mod debug;
mod item_names;
mod provider;

pub(crate) use debug::dwarf;
pub use item_names::ItemNames;
pub(crate) use provider::{Provider, provider};

/// Section identifiers of core modules (core specification, "Modules" in "Binary Format").
pub mod id {
    pub const CUSTOM: u8 = 0;
    pub const TYPE: u8 = 1;
    pub const IMPORT: u8 = 2;
    pub const FUNCTION: u8 = 3;
    pub const TABLE: u8 = 4;
    pub const MEMORY: u8 = 5;
    pub const GLOBAL: u8 = 6;
    pub const EXPORT: u8 = 7;
    pub const START: u8 = 8;
    pub const ELEMENT: u8 = 9;
    pub const CODE: u8 = 10;
    pub const DATA: u8 = 11;
    pub const DATA_COUNT: u8 = 12;
    pub const TAG: u8 = 13;
}

/// One core module, borrowed from the file it lies in.
#[derive(Clone, Debug)]
pub struct Module<'a> {
    file: &'a [u8],
    /// Where it lies in the file, preamble included.
    pub range: Range<usize>,
    /// In the order of the file; together with the preamble they are all of its bytes.
    pub sections: Vec<Section>,
}

/// A custom section.
#[derive(Clone, Copy, Debug)]
pub struct Custom<'a> {
    pub name: &'a str,
    pub data: &'a [u8],
}

impl<'a> Module<'a> {
    /// Reads the section frames of the module at `range` of `file`. Fails when a frame is broken.
    pub fn parse(file: &'a [u8], range: Range<usize>) -> Result<Module<'a>> {
        let sections = Sections::new(file, range.clone())
            .collect::<std::result::Result<_, _>>()
            .map_err(|broken| broken_frame(file, range.start, broken))?;
        Ok(Module {
            file,
            range,
            sections,
        })
    }

    /// What there is of the module at `range`: the sections before the first broken frame.
    pub fn intact(file: &'a [u8], range: Range<usize>) -> Module<'a> {
        let sections = Sections::new(file, range.clone()).map_while(|section| section.ok());
        Module {
            file,
            sections: sections.collect(),
            range,
        }
    }

    /// The whole module.
    pub fn bytes(&self) -> &'a [u8] {
        &self.file[self.range.clone()]
    }

    /// The bytes of a section: identifier, length and contents.
    pub fn section_bytes(&self, section: &Section) -> &'a [u8] {
        &self.file[section.range.clone()]
    }

    /// The contents of a section, without identifier and length.
    pub fn contents(&self, section: &Section) -> &'a [u8] {
        &self.file[section.contents.clone()]
    }

    /// The first section with this identifier.
    pub fn section(&self, id: u8) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    fn reader(&self, section: &Section) -> BinaryReader<'a> {
        let contents = section.contents.clone();
        BinaryReader::new(&self.file[contents.clone()], contents.start as u64)
    }

    fn limited<T>(&self, id: u8) -> Result<Option<SectionLimited<'a, T>>>
    where
        T: wasmparser::FromReader<'a>,
    {
        self.section(id)
            .map(|section| SectionLimited::new(self.reader(section)))
            .transpose()
            .map_err(|error| self.foreign(error))
    }

    fn foreign(&self, error: wasmparser::Error) -> Box<Diagnostic> {
        diagnostic::wasm(error, self.file)
    }

    /// Collects the items of a section; empty where there is none.
    fn items<T>(&self, reader: Option<SectionLimited<'a, T>>) -> Result<Vec<T>>
    where
        T: wasmparser::FromReader<'a>,
    {
        let Some(reader) = reader else {
            return Ok(Vec::new());
        };
        reader
            .into_iter()
            .collect::<wasmparser::Result<_>>()
            .map_err(|error| self.foreign(error))
    }

    /// The function types by type index; `None` where a type is no function type.
    pub fn types(&self) -> Result<Vec<Option<wasmparser::FuncType>>> {
        let Some(reader) = self.limited::<wasmparser::RecGroup>(id::TYPE)? else {
            return Ok(Vec::new());
        };
        let reader: TypeSectionReader<'a> = reader;
        let mut types = Vec::new();
        for group in reader {
            let group = group.map_err(|error| self.foreign(error))?;
            for ty in group.into_types() {
                types.push(match ty.composite_type.inner {
                    wasmparser::CompositeInnerType::Func(ty) => Some(ty),
                    _ => None,
                });
            }
        }
        Ok(types)
    }

    /// The imports in order.
    pub fn imports(&self) -> Result<Vec<wasmparser::Import<'a>>> {
        let reader: Option<ImportSectionReader<'a>> = self.limited(id::IMPORT)?;
        let Some(reader) = reader else {
            return Ok(Vec::new());
        };
        reader
            .into_imports()
            .collect::<wasmparser::Result<_>>()
            .map_err(|error| self.foreign(error))
    }

    /// How many items a section says it has; 0 where it is broken.
    pub fn count(&self, section: &Section) -> u32 {
        let contents = &self.file[..section.contents.end];
        leb_u32(contents, section.contents.start).map_or(0, |(count, _)| count)
    }

    /// The exports in order.
    pub fn exports(&self) -> Result<Vec<wasmparser::Export<'a>>> {
        let reader: Option<ExportSectionReader<'a>> = self.limited(id::EXPORT)?;
        self.items(reader)
    }

    /// The type index of each function defined here.
    pub fn functions(&self) -> Result<Vec<u32>> {
        let reader: Option<FunctionSectionReader<'a>> = self.limited(id::FUNCTION)?;
        self.items(reader)
    }

    /// The recursion groups of types, in order.
    pub fn type_groups(&self) -> Result<Vec<wasmparser::RecGroup>> {
        let reader: Option<TypeSectionReader<'a>> = self.limited(id::TYPE)?;
        self.items(reader)
    }

    /// The tables defined here.
    pub fn tables(&self) -> Result<Vec<wasmparser::Table<'a>>> {
        let reader = self.limited(id::TABLE)?;
        self.items(reader)
    }

    /// The tags defined here.
    pub fn tags(&self) -> Result<Vec<wasmparser::TagType>> {
        let reader = self.limited(id::TAG)?;
        self.items(reader)
    }

    /// The globals defined here.
    pub fn globals(&self) -> Result<Vec<wasmparser::Global<'a>>> {
        let reader = self.limited(id::GLOBAL)?;
        self.items(reader)
    }

    /// The element segments.
    pub fn elements(&self) -> Result<Vec<wasmparser::Element<'a>>> {
        let reader = self.limited(id::ELEMENT)?;
        self.items(reader)
    }

    /// The data segments.
    pub fn data(&self) -> Result<Vec<wasmparser::Data<'a>>> {
        let reader = self.limited(id::DATA)?;
        self.items(reader)
    }

    /// The function that runs at instantiation.
    pub fn start(&self) -> Option<u32> {
        let section = self.section(id::START)?;
        let contents = &self.file[..section.contents.end];
        leb_u32(contents, section.contents.start).map(|(function, _)| function)
    }

    /// The memories defined here.
    pub fn memories(&self) -> Result<Vec<wasmparser::MemoryType>> {
        let reader: Option<MemorySectionReader<'a>> = self.limited(id::MEMORY)?;
        self.items(reader)
    }

    /// How many functions are imported: the index of the first one defined here.
    pub fn imported_functions(&self) -> Result<u32> {
        let imports = self.imports()?;
        let functions = imports
            .iter()
            .filter(|import| matches!(import.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
        Ok(functions.count() as u32)
    }

    /// The bodies in order, found by their sizes and decoded only by who reads them.
    pub fn bodies(&self) -> Result<Vec<wasmparser::FunctionBody<'a>>> {
        let reader: Option<CodeSectionReader<'a>> = self.limited(id::CODE)?;
        self.items(reader)
    }

    /// Where each item of a section lies, without reading function bodies; nothing for a section
    /// whose items nobody asks for one by one.
    pub fn items_of(&self, section: &Section) -> Result<Vec<Range<usize>>> {
        let reader = self.reader(section);
        let items = match section.id {
            id::IMPORT => item_ranges::<wasmparser::Imports<'a>>(reader),
            id::EXPORT => item_ranges::<wasmparser::Export<'a>>(reader),
            id::ELEMENT => item_ranges::<wasmparser::Element<'a>>(reader),
            id::CODE => item_ranges::<wasmparser::FunctionBody<'a>>(reader),
            id::DATA => item_ranges::<wasmparser::Data<'a>>(reader),
            _ => return Ok(Vec::new()),
        };
        items.map_err(|error| self.foreign(error))
    }

    /// The signature of the function with this index; `None` where the index leads nowhere.
    pub fn signature(&self, function: u32) -> Result<Option<wasmparser::FuncType>> {
        let imports = self.imports()?;
        let imported = imports.iter().filter_map(|import| match import.ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => Some(ty),
            _ => None,
        });
        let Some(ty) = imported.chain(self.functions()?).nth(function as usize) else {
            return Ok(None);
        };
        Ok(self.types()?.into_iter().nth(ty as usize).flatten())
    }

    /// All custom sections, in order. One whose name is not readable is left out.
    pub fn customs(&self) -> impl Iterator<Item = Custom<'a>> + '_ {
        let customs = self.sections.iter().filter(|s| s.id == id::CUSTOM);
        customs.filter_map(|section| custom(self.file, section))
    }

    /// The custom section that a section is; `None` for any other.
    pub fn custom_at(&self, section: &Section) -> Option<Custom<'a>> {
        (section.id == id::CUSTOM)
            .then(|| custom(self.file, section))
            .flatten()
    }

    /// The contents of the first custom section of this name.
    pub fn custom(&self, name: &str) -> Option<&'a [u8]> {
        self.customs()
            .find(|custom| custom.name == name)
            .map(|custom| custom.data)
    }

    /// The name that the name section gives the module itself; of several the last.
    pub fn name(&self) -> Option<&'a str> {
        let sections = self.customs().filter(|custom| custom.name == "name");
        sections.filter_map(|section| own_name(section.data)).last()
    }

    /// All function names of the name section; empty where there is none or it is broken.
    pub fn function_names(&self) -> ItemNames<'a> {
        self.names_of(|subsection| match subsection {
            Name::Function(map) => Some(map),
            _ => None,
        })
    }

    /// All function names; where the name section has none those of the debugging information.
    pub fn known_function_names(&self) -> ItemNames<'a> {
        let names = self.function_names();
        match names.is_empty() {
            true => ItemNames::new(debug::function_names(self)),
            false => names,
        }
    }

    /// All data segments' names; empty where there is none or the name section is broken.
    pub fn data_names(&self) -> ItemNames<'a> {
        self.names_of(|subsection| match subsection {
            Name::Data(map) => Some(map),
            _ => None,
        })
    }

    fn names_of(
        &self,
        choose: impl Fn(Name<'a>) -> Option<wasmparser::NameMap<'a>>,
    ) -> ItemNames<'a> {
        let Some(data) = self.custom("name") else {
            return ItemNames::default();
        };
        let reader = NameSectionReader::new(BinaryReader::new(data, 0));
        let mut chosen = reader.map_while(std::result::Result::ok).filter_map(choose);
        chosen.next().map(ItemNames::read).unwrap_or_default()
    }

    /// Writes the module again: each section as `replace` gives it, or as it is for `None`.
    pub fn emit(&self, mut replace: impl FnMut(&Section) -> Option<Vec<u8>>) -> Vec<u8> {
        let preamble = self.range.start..(self.range.start + PREAMBLE).min(self.range.end);
        let mut out = self.file[preamble].to_vec();
        for section in &self.sections {
            match replace(section) {
                Some(bytes) => out.extend(bytes),
                None => out.extend_from_slice(self.section_bytes(section)),
            }
        }
        out
    }
}

/// The name that the contents of a name section give the module itself, as far as they are in order.
pub(crate) fn own_name(data: &[u8]) -> Option<&str> {
    let reader = NameSectionReader::new(BinaryReader::new(data, 0));
    let subsections = reader.map_while(std::result::Result::ok);
    let names = subsections.filter_map(|subsection| match subsection {
        Name::Module { name, .. } => Some(name),
        _ => None,
    });
    names.last()
}

/// Where each item of a list lies: from its start to the start of the next one.
pub(crate) fn item_ranges<'a, T: wasmparser::FromReader<'a>>(
    reader: BinaryReader<'a>,
) -> wasmparser::Result<Vec<Range<usize>>> {
    let end = usize::try_from(reader.range().end).unwrap_or(usize::MAX);
    let mut starts = Vec::new();
    for item in SectionLimited::<T>::new(reader)?.into_iter_with_offsets() {
        starts.push(usize::try_from(item?.0).unwrap_or(usize::MAX));
    }
    let ends = starts.iter().skip(1).copied().chain([end]);
    Ok(starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| start..end)
        .collect())
}

/// Reads the name of a custom section; `None` if that is broken.
pub(crate) fn custom<'a>(file: &'a [u8], section: &Section) -> Option<Custom<'a>> {
    let contents = section.contents.clone();
    let mut reader = BinaryReader::new(&file[contents.clone()], contents.start as u64);
    let name = reader.read_string().ok()?;
    let data = &file[contents.start + reader.current_position()..contents.end];
    Some(Custom { name, data })
}

/// A frame that does not hold, as an error with its place.
pub(crate) fn broken_frame(file: &[u8], start: usize, broken: Broken) -> Box<Diagnostic> {
    match broken {
        Broken::Preamble => Diagnostic::error(
            "wasm/unknown-version",
            "the preamble is neither a core module's nor a component's",
        )
        .at(locate(file, start as u64))
        .help("rebuild the input with current tools"),
        Broken::Length { offset } => {
            Diagnostic::error("wasm/malformed", "a section length is not a valid number")
                .at(locate(file, offset as u64))
                .help("get the file again: it is damaged")
        }
        Broken::Truncated { offset, missing } => Diagnostic::error(
            "wasm/truncated",
            format!(
                "the file ends {missing} byte{} before the end of a section",
                if missing == 1 { "" } else { "s" }
            ),
        )
        .at(locate(file, offset as u64))
        .help("get the file again: it was cut short, for instance by an interrupted download"),
    }
}
