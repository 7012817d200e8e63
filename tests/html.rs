//! The pages open in a browser, zoom, search, filter and change their colors; they fetch nothing.
//!
//! `WCT_CORPUS=FOLDER` adds its components; `WCT_SCREENSHOTS=FOLDER` keeps pictures.

#[path = "support/binaries.rs"]
mod binaries;
#[path = "support/browser.rs"]
mod browser;
#[path = "html/changes.rs"]
mod changes;
#[path = "html/inputs.rs"]
mod inputs;
#[path = "support/real.rs"]
#[allow(dead_code)]
mod real;

use std::path::PathBuf;

use browser::Browser;
use wct::html::page;

fn bytes(count: u64) -> String {
    format!("{count} B")
}

/// What browsers are told for these keys.
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const RIGHT: &str = "\u{e014}";

/// Wide, and as on a phone.
const WINDOWS: [(u32, u32); 2] = [(1400, 1000), (360, 780)];

/// Pages are sent around: they must not be large, whatever they are about.
fn is_sound(name: &str, html: &str) {
    assert!(html.len() < 2 << 20, "{name}: {} bytes", html.len());
    for fetched in ["src=", "<link", "@import", "url(http", "fetch("] {
        assert!(!html.contains(fetched), "{name}: {fetched}");
    }
}

#[test]
fn a_page_is_small_and_fetches_nothing() {
    for (path, wasm) in binaries::all() {
        let html = page(&path, &wasm, &bytes).expect("it has a page");
        is_sound(&path, &html);
        assert_eq!(html, page(&path, &wasm, &bytes).expect("again"), "{path}");
    }
}

/// A composition, a large component, a module, and whatever is large among those at hand.
fn shown() -> Vec<(String, Vec<u8>)> {
    let mut shown = vec![
        ("four".to_string(), inputs::four()),
        ("large".to_string(), inputs::large()),
    ];
    let all = binaries::all().into_iter();
    shown.extend(all.filter(|(path, _)| path == "greet.core" || path.contains("formatter-py")));
    shown
}

#[test]
fn the_page_works_in_a_browser() {
    let Some(browser) = Browser::start() else {
        return;
    };
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    for (name, wasm) in shown() {
        let html = page(&name, &wasm, &bytes).expect("it has a page");
        is_sound(&name, &html);
        let file: PathBuf = folder.path().join("page.html");
        std::fs::write(&file, html).expect("it can be written");
        let name = name.rsplit('/').next().unwrap_or(&name).to_string();
        for (width, height) in WINDOWS {
            browser.resize(width, height);
            browser.open(&file);
            browser.keep_picture(&format!("{name}-{width}"));
            fits(&browser, &name, width);
            labels(&browser, &name);
            pictures(&browser, &name);
            zooms(&browser, &name);
            searches(&browser, &name);
            changes_colors(&browser, &name);
            browser.keep_picture(&format!("{name}-{width}-dark"));
            assert_eq!(browser.errors(), Vec::<String>::new(), "{name}");
        }
    }
}

fn fits(browser: &Browser, name: &str, width: u32) {
    let wide = browser.eval("document.documentElement.scrollWidth");
    assert!(
        wide.as_u64() <= Some(width.into()),
        "{name} is {wide} wide at {width}"
    );
    let unnamed = "[...document.querySelectorAll('button,input,a')].filter(e => \
        !(e.getAttribute('aria-label') || e.textContent).trim()).length";
    assert_eq!(
        browser.eval(unnamed),
        0,
        "{name} has controls without a name"
    );
}

/// What has room for a label has one, and there are not more cells than one can look at.
fn labels(browser: &Browser, name: &str) {
    let mute = "[...document.querySelectorAll('#map .cell')].filter(c => \
        c.clientWidth > 34 && c.clientHeight > 20 && !c.textContent).length";
    assert_eq!(browser.eval(mute), 0, "{name} has cells without a label");
    let cells = browser.eval("document.querySelectorAll('#map .cell').length");
    assert!(
        cells
            .as_u64()
            .is_some_and(|count| (1..1_500).contains(&count)),
        "{name}: {cells} cells"
    );
}

/// A picture fits; one that was made smaller for that can be shown whole.
fn pictures(browser: &Browser, name: &str) {
    let wide = "[...document.querySelectorAll('.picture')].filter(p => \
        p.clientWidth && p.scrollWidth > p.clientWidth).length";
    assert_eq!(browser.eval(wide), 0, "{name}: a picture is too wide");
    let whole = "[...document.querySelectorAll('button.whole')].filter(b => \
        b.checkVisibility()).map(b => (b.click(), b.nextElementSibling)).filter(p => \
        p.scrollWidth <= p.clientWidth).length";
    assert_eq!(browser.eval(whole), 0, "{name}: it was whole before");
    browser.eval(
        "document.querySelectorAll('button.whole[aria-pressed=true]').forEach(b => b.click())",
    );
}

fn crumbs(browser: &Browser) -> u64 {
    let count = browser.eval("document.querySelectorAll('#crumbs button').length");
    count.as_u64().expect("a number")
}

fn zooms(browser: &Browser, name: &str) {
    assert_eq!(crumbs(browser), 1, "{name}");
    // Its middle is covered by what is in it.
    browser.eval("document.querySelector('#map .cell.group').click()");
    let inside = crumbs(browser);
    assert!(inside >= 2, "{name}: a click zooms in");
    browser.eval("document.querySelector('#map .cell').focus()");
    browser.press(ESCAPE);
    assert_eq!(crumbs(browser), inside - 1, "{name}: Escape zooms out");
    browser.eval("document.querySelector('#map .cell').focus()");
    browser.press(ENTER);
    assert!(crumbs(browser) >= inside, "{name}: Enter zooms in");
    let before = browser.eval("document.activeElement.getAttribute('aria-label')");
    browser.press(RIGHT);
    let after = browser.eval("document.activeElement.getAttribute('aria-label')");
    assert!(
        before.is_string() && after.is_string(),
        "{name}: {before}, {after}"
    );
    browser.click("#crumbs button");
    assert_eq!(crumbs(browser), 1, "{name}: the first crumb is the whole");
}

fn searches(browser: &Browser, name: &str) {
    browser.type_into("#search", "section");
    let hits = browser.eval("document.querySelectorAll('#list tbody tr').length");
    assert!(
        hits.as_u64() > Some(0),
        "{name}: something is called a section"
    );
    let said = browser.eval("document.getElementById('detail').textContent");
    assert!(
        said.as_str().is_some_and(|said| said.contains("match")),
        "{name}: {said}"
    );
    browser.type_into("#search", ENTER);
    let label = browser.eval("document.activeElement.className");
    assert!(
        label.as_str().is_some_and(|class| class.contains("cell")),
        "{name}: {label}"
    );
    browser.type_into("#search", ESCAPE);
    assert_eq!(
        browser.eval("document.getElementById('search').value"),
        "",
        "{name}"
    );
    browser.click("#crumbs button");
    if name == "large" {
        // It is one of many that are put together until somebody looks for it.
        browser.type_into("#search", inputs::SMALL);
        browser.type_into("#search", ENTER);
        let title = browser.eval("document.activeElement.title");
        let title = title.as_str().unwrap_or_default();
        assert!(title.starts_with(inputs::SMALL), "{name}: {title}");
        assert!(crumbs(browser) >= 4, "{name}: it is far inside");
        browser.type_into("#search", ESCAPE);
        browser.click("#crumbs button");
    }
}

pub fn changes_colors(browser: &Browser, name: &str) {
    let color = "getComputedStyle(document.body).backgroundColor";
    let before = browser.eval(color);
    browser.click("#theme");
    assert_ne!(browser.eval(color), before, "{name}");
}
