//! Damages binaries the way disks, downloads and adversaries do; the same number gives the same
//! damage.

use wct::binary::Sections;

/// A small generator of numbers (xorshift64*), so that a run can be repeated.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    /// Below `bound`, which is taken as at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// One seed, damaged once to four times; `seeds` also lend their bytes to it.
pub fn damaged(seeds: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = seeds[numbers.below(seeds.len())].clone();
    for _ in 0..=numbers.below(4) {
        match numbers.below(8) {
            0 => bytes.truncate(numbers.below(bytes.len())),
            1 | 2 => flip(&mut bytes, numbers),
            3 => set(&mut bytes, numbers),
            4 => splice_bytes(&mut bytes, seeds, numbers),
            5 => splice_section(&mut bytes, seeds, numbers),
            6 => drop_section(&mut bytes, numbers),
            _ => inflate(&mut bytes, numbers),
        }
    }
    bytes
}

/// A place that is likely to matter: half of the time near the start, where types and names are.
fn place(bytes: &[u8], numbers: &mut Numbers) -> usize {
    if numbers.below(2) == 0 {
        numbers.below(bytes.len().min(2048))
    } else {
        numbers.below(bytes.len())
    }
}

fn flip(bytes: &mut [u8], numbers: &mut Numbers) {
    let at = place(bytes, numbers);
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << numbers.below(8);
    }
}

fn set(bytes: &mut [u8], numbers: &mut Numbers) {
    const TELLING: [u8; 8] = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x40, 0x70, 0x0b];
    let at = place(bytes, numbers);
    if let Some(byte) = bytes.get_mut(at) {
        *byte = TELLING[numbers.below(TELLING.len())];
    }
}

/// Overwrites a range with bytes from some seed.
fn splice_bytes(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], numbers: &mut Numbers) {
    let lender = &seeds[numbers.below(seeds.len())];
    let length = 1 + numbers.below(64);
    let from = numbers.below(lender.len());
    let piece = &lender[from..(from + length).min(lender.len())];
    let at = place(bytes, numbers);
    let end = (at + numbers.below(64)).min(bytes.len());
    bytes.splice(at.min(end)..end, piece.iter().copied());
}

fn sections(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
    let sections = Sections::new(bytes, 0..bytes.len());
    sections
        .filter_map(|section| Some(section.ok()?.range))
        .collect()
}

/// Puts a whole section of some seed between two sections.
fn splice_section(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], numbers: &mut Numbers) {
    let lender = &seeds[numbers.below(seeds.len())];
    let (lent, own) = (sections(lender), sections(bytes));
    if lent.is_empty() || own.is_empty() {
        return;
    }
    let piece = &lender[lent[numbers.below(lent.len())].clone()];
    let at = own[numbers.below(own.len())].start;
    bytes.splice(at..at, piece.iter().copied());
}

fn drop_section(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    let own = sections(bytes);
    if !own.is_empty() {
        bytes.drain(own[numbers.below(own.len())].clone());
    }
}

/// Puts a huge number where a small one may have stood.
fn inflate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    let at = place(bytes, numbers);
    if at < bytes.len() {
        bytes.splice(at..=at, [0xff, 0xff, 0xff, 0xff, 0x0f]);
    }
}
