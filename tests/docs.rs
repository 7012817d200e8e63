//! The documentation is whole: every page is listed, every link leads somewhere, every command it
//! names is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A page by its path from the root, as text without its code blocks.
type Pages = BTreeMap<String, String>;

fn pages() -> Pages {
    let mut open = vec![root().join("docs")];
    let mut found: Vec<PathBuf> = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"]
        .map(|name| root().join(name))
        .to_vec();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of docs").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() && !name.ends_with(".in") && !name.ends_with(".out") {
                open.push(path);
            } else if name.ends_with(".md") {
                found.push(path);
            }
        }
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a page is text");
        let name = path.strip_prefix(root()).expect("it is below the root");
        (name.display().to_string(), without_blocks(&text))
    };
    found.into_iter().map(read).collect()
}

fn without_blocks(text: &str) -> String {
    let mut is_block = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
        } else if !is_block {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Where the links of a page lead to, as they are written.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for part in text.split("](").skip(1) {
        let target = part.split(')').next().unwrap_or_default();
        let is_outside = target.contains("://") || target.starts_with("mailto:");
        if !is_outside {
            found.push(target);
        }
    }
    found
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> String {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    parts.join("/")
}

/// The anchors that the headings of a page make.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with('#')) {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            _ => c.is_alphanumeric().then_some(c),
        });
        let anchor: String = kept.collect();
        let mut name = anchor.clone();
        for number in 1.. {
            if found.insert(name) {
                break;
            }
            name = format!("{anchor}-{number}");
        }
    }
    found
}

fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut broken = Vec::new();
    for (page, text) in &pages {
        for link in links(text) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match path {
                "" => page.clone(),
                _ => plain(&Path::new(page).with_file_name("").join(path)),
            };
            let is_there = root().join(&target).exists();
            // The book holds what is below `docs`.
            let leaves = page.starts_with("docs/") && !target.starts_with("docs/");
            let is_known = pages.get(&target).map(|text| anchors(text));
            let is_found = anchor.is_empty() || is_known.is_some_and(|all| all.contains(anchor));
            if !is_there || leaves || !is_found {
                broken.push(format!("{page}: {link}"));
            }
        }
    }
    none("these links lead nowhere", &broken);
}

#[test]
fn the_summary_lists_every_page_once() {
    let pages = pages();
    let listed = links(&pages["docs/SUMMARY.md"]);
    let listed: Vec<String> = listed.iter().map(|link| format!("docs/{link}")).collect();
    let unique: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(unique.len(), listed.len(), "a page is listed twice");
    let there = pages.keys().filter(|page| page.starts_with("docs/"));
    let missing = there.filter(|page| *page != "docs/SUMMARY.md" && !unique.contains(page));
    none(
        "not in docs/SUMMARY.md",
        &missing.cloned().collect::<Vec<_>>(),
    );
}

#[test]
fn the_words_of_the_glossary_are_in_order_and_told_once() {
    let pages = pages();
    let rows = pages["docs/glossary.md"]
        .lines()
        .skip_while(|line| !line.starts_with("|--"));
    let words = rows.skip(1).filter_map(|row| row.split('|').nth(1));
    let words: Vec<String> = words.map(|word| word.trim().to_lowercase()).collect();
    let wrong = words.windows(2).filter(|pair| pair[0] >= pair[1]);
    let wrong: Vec<String> = wrong.map(|pair| pair.join(", ")).collect();
    assert!(words.len() > 50, "only {} words were found", words.len());
    none("these are not in order", &wrong);
}

/// All files below a folder, by their paths from the root.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of ours").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => sources(&path, found),
            false => found.push(format!("/{}", path.display())),
        }
    }
}

#[test]
fn the_pages_about_the_inside_name_files_that_are_there_and_all_tests() {
    let mut there = Vec::new();
    sources(&root().join("src"), &mut there);
    sources(&root().join("tests"), &mut there);
    let pages = pages();
    let inside = [
        "docs/architecture.md",
        "docs/design/compose.md",
        "docs/design/shrink.md",
    ];
    let mut missing = Vec::new();
    for page in inside {
        let spans = pages[page].split('`').skip(1).step_by(2);
        for span in spans.filter(|span| span.ends_with(".rs") && !span.contains(['*', '<'])) {
            if !there.iter().any(|path| path.ends_with(&format!("/{span}"))) {
                missing.push(format!("{page}: {span}"));
            }
        }
    }
    none("there is no such file", &missing);
    let architecture = &pages["docs/architecture.md"];
    let entries = fs::read_dir(root().join("tests")).expect("a folder of ours");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let untold = names.filter(|name| name.ends_with(".rs") && !architecture.contains(name));
    none("not in docs/architecture.md", &untold.collect::<Vec<_>>());
}

/// The commands of wct that stand in a text as code.
fn commands(text: &str) -> Vec<Vec<String>> {
    let spans = text.split('`').skip(1).step_by(2);
    let ours = spans.filter_map(|span| span.strip_prefix("wct "));
    let words = ours.map(|span| {
        let span = span.replace("\\|", "|").replace('\n', " ");
        let own = span.split(" | ").next().unwrap_or_default();
        own.split_whitespace().map(String::from).collect()
    });
    words.collect()
}

fn wct() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wct"));
    command.env("NO_COLOR", "1").env("COLUMNS", "100");
    command.stdin(Stdio::null());
    command
}

/// What `--help` says about a command; nothing where there is no such command.
fn help(command: &str) -> String {
    let output = wct().args([command, "--help"]).output();
    let output = output.expect("wct starts");
    String::from_utf8(output.stdout).expect("help is text")
}

#[test]
fn every_command_that_the_docs_name_is_there_with_its_options() {
    let mut helps: BTreeMap<String, String> = BTreeMap::new();
    let mut missing = Vec::new();
    for (page, text) in pages() {
        for words in commands(&text) {
            let Some((command, rest)) = words.split_first() else {
                continue;
            };
            if command.starts_with('-') || command.chars().any(char::is_uppercase) {
                continue;
            }
            let help = helps
                .entry(command.clone())
                .or_insert_with(|| help(command));
            let known = help.split(|c: char| !(c.is_alphanumeric() || c == '-'));
            let mut flags = rest.iter().filter(|word| word.starts_with("--"));
            let is_known = flags.all(|flag| {
                let name = flag.split(['=', '|', ',']).next().unwrap_or_default();
                known.clone().any(|word| word == name)
            });
            if help.is_empty() || !is_known {
                missing.push(format!("{page}: wct {}", words.join(" ")));
            }
        }
    }
    none("there is no such command or option", &missing);
}

/// A folder with the files that the pages about other tools speak of.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is a place for temporary files");
    let from = root().join("tests/docs");
    let copy = |source: &str, target: &str| {
        let target = folder.path().join(target);
        let parent = target.parent().expect("it is in the folder");
        fs::create_dir_all(parent).expect("a temporary folder can be made");
        fs::copy(from.join(source), &target).unwrap_or_else(|error| panic!("{source}: {error}"));
    };
    for (source, target) in [
        ("app.wat", "app.wasm"),
        ("app.wat", "old.wasm"),
        ("app.wat", "new.wasm"),
        ("app.wat", "deps/example/main.wasm"),
        ("log.wat", "log.wasm"),
        ("log.wat", "deps/example/log.wasm"),
        ("core.wat", "bare.wasm"),
        ("app.so.wat", "bare.so"),
        ("math.so.wat", "math.so"),
        ("app.wac", "app.wac"),
        ("config.yml", "config.yml"),
        ("wit/world.wit", "wit/world.wit"),
        ("wit/world.wit", "v1/wit/world.wit"),
        ("wit/world.wit", "v2/wit/world.wit"),
    ] {
        copy(source, target);
    }
    let adapter = wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;
    let path = folder.path().join("wasi_snapshot_preview1.wasm");
    fs::write(path, adapter).expect("a temporary file is writable");
    folder
}

fn run(folder: &Path, arguments: &str) -> Result<(), String> {
    let mut wct = wct();
    wct.args(arguments.split(' ')).current_dir(folder);
    let output = wct.output().expect("wct starts");
    match output.status.code() {
        Some(0) => Ok(()),
        code => Err(format!(
            "wct {arguments}: {code:?}\n{}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// Gives the modules their worlds, as toolchains do.
fn embed(folder: &Path) {
    for arguments in [
        "new bare.wasm --wit wit --embed-only -o core.wasm",
        "new bare.so --wit wit --embed-only -o app.so",
        "inspect --wit wit --wasm -o wit.wasm",
    ] {
        run(folder, arguments).expect("the folder is made ready");
    }
}

#[test]
fn the_commands_that_replace_those_of_other_tools_work() {
    let (mut ran, mut failed) = (0, Vec::new());
    for (page, text) in pages() {
        if !page.starts_with("docs/migrate/") {
            continue;
        }
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        for words in commands(&rows.join("\n")) {
            // A name alone is a mention.
            if words.len() < 2 {
                continue;
            }
            let folder = folder();
            embed(folder.path());
            ran += 1;
            if let Err(error) = run(folder.path(), &words.join(" ")) {
                failed.push(format!("{page}: {error}"));
            }
        }
    }
    none("these do not work", &failed);
    assert!(ran > 40, "only {ran} commands were found");
}
