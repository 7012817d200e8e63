//! As many components as hosts take, and one more.

use crate::sets::{Set, causes};
use crate::worlds::text;

/// So many components, each with a core module; every one calls the one before.
fn chain(count: usize) -> Set {
    let names: Vec<String> = (0..count)
        .rev()
        .map(|number| format!("c{number}"))
        .collect();
    let link = |number: usize| {
        let [import, core, given] = match number.checked_sub(1) {
            None => ["", "", ""].map(str::to_string),
            Some(before) => [
                format!("(import \"f{before}\" (func $b)) (core func $b (canon lower (func $b)))"),
                "(import \"b\" \"f\" (func))".to_string(),
                "(with \"b\" (instance (export \"f\" (func $b))))".to_string(),
            ],
        };
        text(&format!(
            "(component {import} (core module $m {core} (func (export \"f\")))
               (core instance $i (instantiate $m {given}))
               (func (export \"f{number}\") (canon lift (core func $i \"f\"))))"
        ))
    };
    let links = (0..count).rev().map(link);
    Set::new(names.iter().map(String::as_str).zip(links))
}

/// All modules and components together may be a thousand: the outer one and two for each part.
#[test]
fn hosts_take_a_thousand_modules_and_components() {
    let made = chain(499).made();
    assert_eq!((made.imports(), made.nested()), (vec![], 499));

    let refused = chain(500).run().err().expect("it is one too many");
    assert_eq!(refused.code, "compose/too-large");
    assert!(causes(&refused).contains("1000"), "{refused:?}");
}
