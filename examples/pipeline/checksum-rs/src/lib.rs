//! What is the checksum of a text?

wit_bindgen::generate!({ path: "../wit", world: "checksums" });

use exports::demo::text::checksum::Guest;

struct Checksums;

impl Guest for Checksums {
    fn crc32(text: String) -> u32 {
        let crc = text.bytes().fold(!0u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
            })
        });
        !crc
    }
}

export!(Checksums);
