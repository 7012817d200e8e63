//! Which sections does this binary have, and where?
//!
//! The one walk over section headers. It reads an identifier byte and a length per section and
//! never looks at contents, so that walking a mapped 18 MB file touches a few pages. It judges
//! nothing beyond the frame; a section may hold garbage.

use std::ops::Range;

/// `\0asm`, the first four bytes of every module and component.
pub const MAGIC: [u8; 4] = *b"\0asm";

/// Bytes of the preamble: magic, version and layer (component-model `Binary.md`, "Component
/// Definitions").
pub const PREAMBLE: usize = 8;

/// What the preamble says a binary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// A core module: version 1, layer 0.
    Module,
    /// A component: version 0x0d, layer 1.
    Component,
}

/// Reads the layer field of the preamble; `None` if these are not the first bytes of a binary.
pub fn layer(bytes: &[u8]) -> Option<Layer> {
    if bytes.get(..4)? != MAGIC {
        return None;
    }
    match bytes.get(6..8)? {
        [0, 0] => Some(Layer::Module),
        [1, 0] => Some(Layer::Component),
        _ => None,
    }
}

/// The frame of one section. Offsets count from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub id: u8,
    /// Identifier, length and contents.
    pub range: Range<usize>,
    /// Contents alone.
    pub contents: Range<usize>,
}

/// Why the walk ended before the end of the binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The preamble is missing or of an unknown version.
    Preamble,
    /// The length at `offset` is not a valid LEB128 number of 32 bits.
    Length { offset: usize },
    /// The section at `offset` claims more bytes than there are.
    Truncated { offset: usize, missing: usize },
}

/// Iterates over the section frames of the binary that lies at `range` of `file`.
pub struct Sections<'a> {
    file: &'a [u8],
    position: usize,
    end: usize,
    start: usize,
    failed: bool,
}

impl<'a> Sections<'a> {
    /// Starts behind the preamble. `range` is clamped to the file.
    pub fn new(file: &'a [u8], range: Range<usize>) -> Self {
        let end = range.end.min(file.len());
        let start = range.start.min(end);
        Sections {
            file,
            position: start,
            end,
            start,
            failed: false,
        }
    }

    fn frame(&mut self) -> Result<Section, Broken> {
        let start = self.position;
        let bytes = &self.file[..self.end];
        let id = bytes[start];
        let (length, contents) =
            leb_u32(bytes, start + 1).ok_or(Broken::Length { offset: start + 1 })?;
        let end = contents + length as usize;
        if end > self.end {
            return Err(Broken::Truncated {
                offset: start,
                missing: end - self.end,
            });
        }
        self.position = end;
        Ok(Section {
            id,
            range: start..end,
            contents: contents..end,
        })
    }
}

impl Iterator for Sections<'_> {
    type Item = Result<Section, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        if self.position == self.start {
            if layer(&self.file[self.start..self.end]).is_none() {
                self.failed = true;
                return Some(Err(Broken::Preamble));
            }
            self.position += PREAMBLE;
        }
        if self.position >= self.end {
            return None;
        }
        let frame = self.frame();
        self.failed = frame.is_err();
        Some(frame)
    }
}

/// Decodes an unsigned LEB128 number of 32 bits at `position`; returns it and the position behind.
pub fn leb_u32(bytes: &[u8], position: usize) -> Option<(u32, usize)> {
    let mut value = 0u64;
    for (i, &byte) in bytes.get(position..)?.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((u32::try_from(value).ok()?, position + i + 1));
        }
    }
    None
}

/// Bytes of an unsigned LEB128 number.
pub fn leb_length(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

/// The field's name of a section: `code`, `custom`, `core instance`, …
pub fn section_name(layer: Layer, id: u8) -> &'static str {
    match (layer, id) {
        (_, 0) => "custom",
        (Layer::Module, 1) => "type",
        (Layer::Module, 2) => "import",
        (Layer::Module, 3) => "function",
        (Layer::Module, 4) => "table",
        (Layer::Module, 5) => "memory",
        (Layer::Module, 6) => "global",
        (Layer::Module, 7) => "export",
        (Layer::Module, 8) => "start",
        (Layer::Module, 9) => "element",
        (Layer::Module, 10) => "code",
        (Layer::Module, 11) => "data",
        (Layer::Module, 12) => "data count",
        (Layer::Module, 13) => "tag",
        (Layer::Component, 1) => "core module",
        (Layer::Component, 2) => "core instance",
        (Layer::Component, 3) => "core type",
        (Layer::Component, 4) => "component",
        (Layer::Component, 5) => "instance",
        (Layer::Component, 6) => "alias",
        (Layer::Component, 7) => "type",
        (Layer::Component, 8) => "canonical function",
        (Layer::Component, 9) => "start",
        (Layer::Component, 10) => "import",
        (Layer::Component, 11) => "export",
        (Layer::Component, 12) => "value",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_lengths_are_read_and_overlong_ones_refused() {
        assert_eq!(leb_u32(&[0x85, 0x80, 0x80, 0x80, 0x00], 0), Some((5, 5)));
        assert_eq!(leb_u32(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], 0), None);
        assert_eq!(leb_u32(&[0xff, 0xff, 0xff, 0xff, 0x7f], 0), None);
        assert_eq!(leb_u32(&[0x80], 0), None);
    }

    #[test]
    fn a_section_past_the_end_says_how_much_is_missing() {
        let bytes = b"\0asm\x01\0\0\0\x00\x05\x01a";
        let found: Vec<_> = Sections::new(bytes, 0..bytes.len()).collect();
        assert_eq!(
            found,
            [Err(Broken::Truncated {
                offset: 8,
                missing: 3
            })]
        );
    }
}
