//! How are a few small numbers hashed in no time?
//!
//! The keys come from instructions, and collisions cost time alone.

use std::hash::{BuildHasherDefault, Hasher};

use indexmap::IndexMap;

/// A map whose keys are a few small numbers.
pub type Map<K, V> = IndexMap<K, V, BuildHasherDefault<Mix>>;

#[derive(Clone, Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.write_u64(
                word.iter()
                    .fold(0, |word, byte| word << 8 | u64::from(*byte)),
            );
        }
        for &byte in words.remainder() {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number as u64);
    }
}
