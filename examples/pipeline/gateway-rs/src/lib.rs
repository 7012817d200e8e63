//! What tells documents apart that mean different things?

wit_bindgen::generate!({ path: "../wit", world: "gateway" });

use demo::text::{checksum, json};
use exports::demo::text::fingerprint::Guest;

struct Gateway;

impl Guest for Gateway {
    fn fingerprint(document: String) -> Result<String, String> {
        let normal = json::normalize(&document)?;
        Ok(format!("{:08x}", checksum::crc32(&normal)))
    }
}

export!(Gateway);
