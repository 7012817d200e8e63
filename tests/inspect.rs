//! What is read without function bodies is what is read with them, and what another reader reads.
//!
//! `WCT_CORPUS=FOLDER` adds every `.wasm` of a folder.

#[path = "support/binaries.rs"]
mod binaries;

use wct::binary::{self, Layer};
use wct::component::Component;
use wct::diagnostic::Diagnostic;
use wct::inspect::{metadata, sections, summary, text, tree, wit};
use wct::wit::Features;
use wit_component::{DecodedWasm, WitPrinter};

fn read(bytes: &[u8]) -> wct::diagnostic::Result<wit::Interface> {
    wit::read("input", bytes, &Features::None)
}

/// What wit-component's own reader makes of it.
fn reference(bytes: &[u8]) -> (String, String) {
    let decoded = match binary::layer(bytes) {
        Some(Layer::Module) => {
            let (_, bindgen) = wit_component::metadata::decode(bytes).expect("it decodes");
            DecodedWasm::Component(bindgen.resolve, bindgen.world)
        }
        _ => wit_component::decode(bytes).expect("it decodes"),
    };
    let (resolve, main) = (decoded.resolve(), decoded.package());
    let others: Vec<_> = resolve
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != main)
        .collect();
    let mut printer = WitPrinter::default();
    printer
        .print(resolve, main, &others)
        .expect("it can be printed");
    let json = serde_json::to_string(resolve).expect("it has a resolved form");
    (printer.output.to_string(), json)
}

#[test]
fn the_interface_is_what_another_reader_reads() {
    let mut compared = 0;
    for (path, bytes) in binaries::all() {
        let Ok(interface) = read(&bytes) else {
            continue;
        };
        let (text, json) = reference(&bytes);
        let shown = path;
        assert_eq!(interface.text().expect("it prints"), text, "{shown}");
        assert_eq!(
            serde_json::to_string(&interface).expect("it has a form"),
            json,
            "{shown}"
        );
        compared += 1;
    }
    assert!(compared >= 2);
}

/// Bodies that would be noticed if anyone looked at them.
#[test]
fn function_bodies_are_not_read() {
    for (path, bytes) in binaries::all() {
        if binary::layer(&bytes) != Some(Layer::Component) {
            continue;
        }
        let component = Component::parse(&bytes).expect("it parses");
        let mut scrambled = bytes.clone();
        for module in component.all_core_modules() {
            if let Some(code) = module.section(wct::module::id::CODE) {
                // The count stays, and the section is as long as before.
                let first = binary::leb_u32(&bytes, code.contents.start)
                    .expect("a count")
                    .1;
                scrambled[first..code.contents.end].fill(0xff);
            }
        }
        let before = read(&bytes).and_then(|interface| interface.text());
        let after = read(&scrambled).and_then(|interface| interface.text());
        let outcome =
            |result: wct::diagnostic::Result<String>| result.map_err(|error| error.message);
        assert_eq!(outcome(before), outcome(after), "{path}");
    }
}

#[test]
fn a_binary_package_says_what_the_interface_said() {
    for (path, bytes) in binaries::all() {
        if binary::layer(&bytes) != Some(Layer::Component) {
            continue;
        }
        let Ok(interface) = read(&bytes) else {
            continue;
        };
        let Ok(encoded) = interface.encode(false) else {
            continue;
        };
        let again = read(&encoded).expect("it is a package");
        let (text, text_again) = (interface.text(), again.text());
        let sorted = |text: wct::diagnostic::Result<String>| {
            let text = text.expect("it prints");
            let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(text), sorted(text_again), "{path}");
    }
}

#[test]
fn the_parts_of_a_core_module_add_up_to_it() {
    for (path, bytes) in binaries::all() {
        let summary = summary::summary("input", &bytes, &Features::None).expect("a summary");
        for module in &summary.core_modules {
            let weight = module.weight;
            let sum = weight.code + weight.data + weight.custom + weight.other;
            assert_eq!(sum, weight.total, "{path}");
        }
        let modules: u64 = summary.core_modules.iter().map(|m| m.weight.total).sum();
        assert!(modules <= summary.size, "{path}");
    }
}

#[test]
fn every_view_comes_back_from_every_binary() {
    for (path, bytes) in binaries::all() {
        let shown = path;
        let views: [(&str, Result<(), Box<Diagnostic>>); 4] = [
            ("tree", tree::tree("input", &bytes).map(|_| ())),
            ("objdump", sections::sections("input", &bytes).map(|_| ())),
            ("metadata", metadata::metadata("input", &bytes).map(|_| ())),
            (
                "print",
                text::print("input", &bytes, text::Detail::Skeleton).map(|_| ()),
            ),
        ];
        for (view, result) in views {
            assert!(result.is_ok(), "{shown}, {view}: {result:?}");
        }
    }
}

#[test]
fn sections_and_tree_agree_about_what_is_nested() {
    for (path, bytes) in binaries::all() {
        let sections = sections::sections("input", &bytes).expect("sections");
        let tree = tree::tree("input", &bytes).expect("a tree");
        let nested = sections
            .sections
            .iter()
            .filter(|row| !row.sections.is_empty());
        assert_eq!(nested.count(), tree.children.len(), "{path}");
    }
}
