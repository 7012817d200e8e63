//! How much is it when it is compressed?

use std::io::Write;

use serde::Serialize;

/// Compressed sizes, each at [`LEVEL`]; also differences of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Sizes {
    pub gzip: i64,
    pub brotli: i64,
    pub zstd: i64,
}

/// What servers take for files that are compressed once: the best of gzip, and what the others
/// reach in about the same time.
pub const LEVEL: u32 = 9;

impl Sizes {
    pub fn of(bytes: &[u8]) -> Sizes {
        let (gzip, (brotli, zstd)) = rayon::join(
            || gzip(bytes),
            || rayon::join(|| brotli(bytes), || zstd(bytes)),
        );
        let size = |bytes: usize| i64::try_from(bytes).unwrap_or(i64::MAX);
        Sizes {
            gzip: size(gzip),
            brotli: size(brotli),
            zstd: size(zstd),
        }
    }

    /// So much less than before.
    pub fn less_than(self, before: Sizes) -> Sizes {
        Sizes {
            gzip: before.gzip - self.gzip,
            brotli: before.brotli - self.brotli,
            zstd: before.zstd - self.zstd,
        }
    }

    pub fn plus(self, other: Sizes) -> Sizes {
        Sizes {
            gzip: self.gzip + other.gzip,
            brotli: self.brotli + other.brotli,
            zstd: self.zstd + other.zstd,
        }
    }
}

/// Counts bytes.
#[derive(Default)]
struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The size under gzip.
pub fn gzip(bytes: &[u8]) -> usize {
    let level = flate2::Compression::new(LEVEL);
    let mut encoder = flate2::write::GzEncoder::new(Count::default(), level);
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("counting cannot fail").0
}

/// The size under brotli.
pub fn brotli(bytes: &[u8]) -> usize {
    const WINDOW: u32 = 22;
    const BUFFER: usize = 1 << 16;
    let mut encoder = brotli::CompressorWriter::new(Count::default(), BUFFER, LEVEL, WINDOW);
    encoder.write_all(bytes).expect("counting cannot fail");
    encoder.into_inner().0
}

/// The size under zstd.
pub fn zstd(bytes: &[u8]) -> usize {
    let encoder = zstd::Encoder::new(Count::default(), LEVEL as i32);
    let written = encoder.and_then(|mut encoder| {
        encoder.write_all(bytes)?;
        encoder.finish()
    });
    written.expect("counting cannot fail").0
}

/// About how much it is under zstd, found quickly.
pub fn estimate(bytes: &[u8]) -> usize {
    const QUICK: i32 = 1;
    zstd::bulk::compress(bytes, QUICK).map_or(bytes.len(), |small| small.len())
}
