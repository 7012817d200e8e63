//! As many components as hosts take, and one more; and many that share what they import.

use std::time::{Duration, Instant};

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

/// Records and functions that take them, as often as asked.
fn many(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

/// Imports `t:p/types` with many records, and `t:p/open`, which uses them. All are of other bytes.
fn user(number: usize) -> Vec<u8> {
    let records = many(20, |at| {
        format!(
            "(type $r{at} (record (field \"a\" u32) (field \"b\" string)))
            (export \"r{at}\" (type (eq $r{at})))"
        )
    });
    let taken = many(20, |at| {
        format!("(alias export $t \"r{at}\" (type $r{at}))")
    });
    let functions = many(20, |at| {
        format!(
            "(alias outer 1 $r{at} (type $o{at})) (export \"r{at}\" (type $q{at} (eq $o{at})))
            (export \"f{at}\" (func (param \"p\" $q{at})))"
        )
    });
    text(&format!(
        "(component (import \"t:p/types\" (instance $t {records})) {taken}
           (import \"t:p/open\" (instance {functions}))
           (import \"t:p/x{}\" (instance)) (instance $own) (export \"t:p/x{number}\" (instance $own)))",
        number + 1
    ))
}

/// Types that come back are compared with those that are known once for each component.
#[test]
fn many_components_that_share_an_import_compose_in_time() {
    let records = many(20, |at| {
        format!("(type $r{at} (record (field \"a\" u32) (field \"b\" string)))")
    });
    let exports = many(20, |at| format!("(export \"r{at}\" (type $r{at}))"));
    let types = text(&format!(
        "(component {records} (instance $t {exports}) (export \"t:p/types\" (instance $t)))"
    ));
    let names: Vec<String> = (0..100).map(|number| format!("c{number}")).collect();
    let users = names.iter().map(String::as_str).zip((0..).map(user));
    let set = Set::new(users.chain([("types", types)]));
    let start = Instant::now();
    let made = set.made();
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(made.imports(), ["t:p/types", "t:p/open", "t:p/x100"]);
}
