//! How is a large output held without copying what it is made of?

use std::borrow::Cow;

/// Bytes in pieces that follow one another, the large ones borrowed from inputs.
#[derive(Clone, Debug, Default)]
pub struct Pieces<'a>(Vec<Cow<'a, [u8]>>);

impl<'a> Pieces<'a> {
    pub fn push(&mut self, piece: impl Into<Cow<'a, [u8]>>) {
        self.0.push(piece.into());
    }

    /// All bytes together.
    pub fn len(&self) -> u64 {
        self.iter().map(|piece| piece.len() as u64).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.iter().all(<[u8]>::is_empty)
    }

    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|piece| &**piece)
    }

    /// The same bytes in one piece.
    pub fn to_vec(&self) -> Vec<u8> {
        let pieces: Vec<&[u8]> = self.iter().collect();
        pieces.concat()
    }
}

impl<'a> From<&'a [u8]> for Pieces<'a> {
    fn from(bytes: &'a [u8]) -> Pieces<'a> {
        Pieces(vec![Cow::Borrowed(bytes)])
    }
}
