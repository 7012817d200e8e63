//! How does a core module get more functions without being rewritten?
//!
//! New items go behind the old ones, so that no index changes; a replaced body keeps its length,
//! so that no code moves and debug information stays right. All other bytes are as they were.

use std::collections::BTreeMap;

use wasm_encoder::{ConstExpr, Encode, Function, GlobalType, ValType};

use crate::binary::{Section, leb_u32};
use crate::diagnostic::Result;
use crate::module::{Module, id};

/// Additions to a module.
pub(super) struct Patch<'m, 'a> {
    module: &'m Module<'a>,
    types: u32,
    functions: u32,
    globals: u32,
    /// New items by section, encoded.
    added: BTreeMap<u8, Added>,
    /// New bodies by the offset of the old one in the file.
    replaced: BTreeMap<usize, Vec<u8>>,
}

#[derive(Default)]
struct Added {
    count: u32,
    bytes: Vec<u8>,
}

impl<'m, 'a> Patch<'m, 'a> {
    pub fn new(module: &'m Module<'a>) -> Result<Patch<'m, 'a>> {
        let defined = module.functions()?.len() as u32;
        let imports = module.imports()?;
        let imported = imports
            .iter()
            .filter(|import| matches!(import.ty, wasmparser::TypeRef::Global(_)));
        let imported_globals = imported.count() as u32;
        Ok(Patch {
            types: module.types()?.len() as u32,
            functions: module.imported_functions()? + defined,
            globals: imported_globals + count(module, id::GLOBAL),
            module,
            added: BTreeMap::new(),
            replaced: BTreeMap::new(),
        })
    }

    fn add(&mut self, section: u8, item: &[u8]) {
        let added = self.added.entry(section).or_default();
        added.count += 1;
        added.bytes.extend_from_slice(item);
    }

    /// Adds a function type and says its index.
    pub fn ty(&mut self, params: &[ValType], results: &[ValType]) -> u32 {
        let mut item = vec![0x60];
        params.encode(&mut item);
        results.encode(&mut item);
        self.add(id::TYPE, &item);
        self.types += 1;
        self.types - 1
    }

    /// Adds a function and says its index.
    pub fn function(&mut self, ty: u32, body: &Function) -> u32 {
        let mut item = Vec::new();
        body.encode(&mut item);
        self.add_function(ty, &item)
    }

    /// Adds a function of which the body is there already, without its length.
    pub fn raw_function(&mut self, ty: u32, body: &[u8]) -> u32 {
        let mut item = Vec::new();
        body.encode(&mut item);
        self.add_function(ty, &item)
    }

    fn add_function(&mut self, ty: u32, sized_body: &[u8]) -> u32 {
        let mut index = Vec::new();
        ty.encode(&mut index);
        self.add(id::FUNCTION, &index);
        self.add(id::CODE, sized_body);
        self.functions += 1;
        self.functions - 1
    }

    /// Adds a mutable global of type `i32` and says its index.
    pub fn global(&mut self, value: i32) -> u32 {
        let mut item = Vec::new();
        let ty = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        ty.encode(&mut item);
        ConstExpr::i32_const(value).encode(&mut item);
        self.add(id::GLOBAL, &item);
        self.globals += 1;
        self.globals - 1
    }

    pub fn export(&mut self, name: &str, function: u32) {
        let mut item = Vec::new();
        name.encode(&mut item);
        item.push(0);
        function.encode(&mut item);
        self.add(id::EXPORT, &item);
    }

    /// Puts a body in the place of one that starts at `offset` of the file and is as long.
    pub fn replace(&mut self, offset: usize, body: Vec<u8>) {
        self.replaced.insert(offset, body);
    }

    /// The module with everything added.
    pub fn apply(self) -> Vec<u8> {
        let mut new: Vec<u8> = self.added.keys().copied().collect();
        new.retain(|section| self.module.section(*section).is_none());
        self.module.emit(|section| {
            let mut out = Vec::new();
            // A section that was not there goes before the first that must follow it.
            new.retain(|missing| {
                let due = section.id != id::CUSTOM && rank(section.id) > rank(*missing);
                if let Some(added) = self.added.get(missing).filter(|_| due) {
                    write_section(*missing, added.count, &[&added.bytes], &mut out);
                }
                !due
            });
            match self.added.get(&section.id) {
                Some(added) => self.extend(section, added, &mut out),
                None if out.is_empty() => return None,
                None => out.extend_from_slice(self.module.section_bytes(section)),
            }
            Some(out)
        })
    }

    /// Writes a section with its old items and the new ones.
    fn extend(&self, section: &Section, added: &Added, out: &mut Vec<u8>) {
        let file = self.module.section_bytes(section);
        let contents = &file[section.contents.start - section.range.start..];
        let (old, items) = leb_u32(contents, 0).unwrap_or((0, contents.len()));
        let mut bytes = contents[items..].to_vec();
        let start = section.contents.start + items;
        for (offset, body) in &self.replaced {
            let place = offset
                .checked_sub(start)
                .and_then(|at| bytes.get_mut(at..at + body.len()));
            if let Some(place) = place.filter(|_| section.id == id::CODE) {
                place.copy_from_slice(body);
            }
        }
        write_section(section.id, old + added.count, &[&bytes, &added.bytes], out);
    }
}

fn write_section(id: u8, count: u32, parts: &[&[u8]], out: &mut Vec<u8>) {
    let mut length = Vec::new();
    count.encode(&mut length);
    let size = length.len() + parts.iter().map(|part| part.len()).sum::<usize>();
    out.push(id);
    (size as u32).encode(out);
    out.extend_from_slice(&length);
    for part in parts {
        out.extend_from_slice(part);
    }
}

/// How many items a section has.
fn count(module: &Module<'_>, id: u8) -> u32 {
    let Some(section) = module.section(id) else {
        return 0;
    };
    let bytes = module.section_bytes(section);
    leb_u32(bytes, section.contents.start - section.range.start).map_or(0, |(count, _)| count)
}

/// Where a section stands among the others (core specification, "Modules" in "Binary Format").
fn rank(section: u8) -> u8 {
    const ORDER: [u8; 13] = [
        id::TYPE,
        id::IMPORT,
        id::FUNCTION,
        id::TABLE,
        id::MEMORY,
        id::TAG,
        id::GLOBAL,
        id::EXPORT,
        id::START,
        id::ELEMENT,
        id::DATA_COUNT,
        id::CODE,
        id::DATA,
    ];
    let position = ORDER.iter().position(|id| *id == section);
    position.unwrap_or(ORDER.len()) as u8
}
