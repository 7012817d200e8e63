//! The page about what changed: it filters, searches, and fits.

use wct::diff::{self, Input, Options};
use wct::files::Bytes;
use wct::html::changes;
use wct::wit::Features;

use super::browser::Browser;
use super::{ESCAPE, WINDOWS, binaries, bytes, inputs, is_sound};

fn page(name: &str, old: &[u8], new: &[u8]) -> String {
    let input = |side: &str, bytes: &[u8]| {
        let bytes = Bytes::Owned(bytes.to_vec());
        Input::of_bytes(side, bytes, &Features::None).expect("it is an input")
    };
    let report = diff::diff(&input("old", old), &input("new", new), &Options::default());
    let report = report.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    changes(&report, &bytes)
}

const OLD: &str = "package a:b@1.0.0;
    interface shop { record order { price: f32 } place: func(o: order); drop: func(); }
    interface clock { now: func() -> u64; }
    world app { import clock; export shop; }";

const NEW: &str = "package a:b@1.1.0;
    interface shop { record order { price: f64 } place: func(o: order); /// gone
        drop: func(); undo: func(); }
    interface time { now: func() -> u64; }
    world app { import time; export shop; }";

fn pages() -> Vec<(&'static str, String)> {
    let find = |wanted: &str| {
        let mut all = binaries::all().into_iter();
        all.find(|(path, _)| path == wanted).expect("a guest").1
    };
    let documents = find("documents.component");
    vec![
        ("changes-wit", page("wit", OLD.as_bytes(), NEW.as_bytes())),
        ("changes-four", page("four", &documents, &inputs::four())),
        ("changes-large", page("large", &documents, &inputs::large())),
        ("changes-none", page("none", &documents, &documents)),
    ]
}

#[test]
fn the_page_of_changes_works_in_a_browser() {
    let pages = pages();
    for (name, html) in &pages {
        is_sound(name, html);
    }
    let Some(browser) = Browser::start() else {
        return;
    };
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    for (name, html) in pages {
        let file = folder.path().join("changes.html");
        std::fs::write(&file, html).expect("it can be written");
        for (width, height) in WINDOWS {
            browser.resize(width, height);
            browser.open(&file);
            browser.keep_picture(&format!("{name}-{width}"));
            super::fits(&browser, name, width);
            chooses(&browser, name);
            searches(&browser, name);
            super::changes_colors(&browser, name);
            browser.keep_picture(&format!("{name}-{width}-dark"));
            assert_eq!(browser.errors(), Vec::<String>::new(), "{name}");
        }
    }
}

/// Rows that are shown.
fn rows(browser: &Browser) -> u64 {
    let count =
        "[...document.querySelectorAll('.rows tbody tr')].filter(r => r.clientHeight).length";
    browser.eval(count).as_u64().expect("a number")
}

fn chooses(browser: &Browser, name: &str) {
    let all = rows(browser);
    let [breaking, compatible] = ["breaking", "compatible"].map(|kind| {
        browser.click(&format!("#which button[value={kind}]"));
        let other =
            format!("document.querySelectorAll('.kind:not([data-kind={kind}]):not([hidden])')");
        assert_eq!(browser.eval(&format!("{other}.length")), 0, "{name}");
        rows(browser)
    });
    browser.click("#which button");
    assert_eq!(rows(browser), all, "{name}");
    let of_interface = browser.eval("document.querySelectorAll('.kind tbody tr').length");
    let of_interface = of_interface.as_u64().expect("a number");
    assert_eq!(breaking + compatible + of_interface, 2 * all, "{name}");
}

fn searches(browser: &Browser, name: &str) {
    if name == "changes-large" {
        let few = rows(browser);
        browser.click(".more");
        assert!(rows(browser) > few, "{name}: there are more");
    }
    let all = rows(browser);
    browser.eval("document.body.focus()");
    browser.press("/");
    assert_eq!(
        browser.eval("document.activeElement.id"),
        "search",
        "{name}"
    );
    browser.type_into("#search", "no such row");
    assert_eq!(rows(browser), 0, "{name}");
    browser.type_into("#search", ESCAPE);
    assert_eq!(rows(browser), all, "{name}");
    if name == "changes-wit" {
        browser.type_into("#search", "PRICE");
        assert_eq!(rows(browser), 1, "{name}");
        browser.type_into("#search", ESCAPE);
    }
}
