//! Two interfaces that have little in common: one needs a parser, the other a loop.

wit_bindgen::generate!({ path: "wit", world: "toolbox" });

use exports::demo::toolbox::{sums, texts};
use serde_json::Value;

struct Toolbox;

export!(Toolbox);

impl texts::Guest for Toolbox {
    fn minify(text: String) -> Result<String, String> {
        let value: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        Ok(value.to_string())
    }
}

impl sums::Guest for Toolbox {
    fn sum(numbers: Vec<u32>) -> u64 {
        numbers.into_iter().map(u64::from).sum()
    }
}
