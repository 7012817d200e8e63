//! What is the shortest form of a JSON document?

wit_bindgen::generate!({ path: "../wit", world: "json-tools" });

use exports::demo::text::json::Guest;

struct JsonTools;

impl Guest for JsonTools {
    fn normalize(document: String) -> Result<String, String> {
        // Its maps are sorted by key.
        let value: serde_json::Value =
            serde_json::from_str(&document).map_err(|error| error.to_string())?;
        Ok(value.to_string())
    }
}

export!(JsonTools);
