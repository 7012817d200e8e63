//! How do time and memory of each command grow with what it is given?

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::generate::Link;
use crate::plot;
use crate::process::{Usage, measure};

/// A command, measured at each size.
pub struct Line {
    pub title: String,
    /// By the size of the input.
    pub points: Vec<(f64, Usage)>,
}

/// How often each is run; the fastest counts.
const RUNS: usize = 3;

/// Measures, and writes a page and a picture beside it.
pub fn write(wct: &str, out: &Path, folder: &Path) -> Result<(), String> {
    let most = std::env::var("MOST")
        .ok()
        .and_then(|most| most.parse().ok())
        .unwrap_or(1000);
    let (mut bytes, mut counts) = (Vec::new(), Vec::new());
    for megabytes in [1, 10, 100].into_iter().filter(|size| *size <= most) {
        measure_all(
            &mut bytes,
            megabytes as f64,
            by_bytes(wct, megabytes, folder)?,
        );
    }
    for count in [1, 10, 100, 1000]
        .into_iter()
        .filter(|count| *count <= most)
    {
        measure_all(&mut counts, count as f64, by_count(wct, count, folder)?);
    }
    let picture = out.with_extension("svg");
    let svg = plot::svg(&[
        ("megabytes of one component", &bytes),
        ("components", &counts),
    ]);
    save(&picture, svg.as_bytes())?;
    save(out, page(&bytes, &counts, &picture).as_bytes())
}

fn measure_all(lines: &mut Vec<Line>, size: f64, commands: Vec<(&str, Vec<String>)>) {
    for (title, command) in commands {
        eprintln!("{title} {size}");
        let runs = (0..RUNS)
            .map(|_| measure(&command))
            .collect::<Result<Vec<_>, _>>();
        let usage = match runs {
            Ok(runs) => runs
                .into_iter()
                .min_by(|a, b| a.seconds.total_cmp(&b.seconds)),
            Err(reason) => {
                eprintln!("  SKIPPED: {reason}");
                continue;
            }
        };
        let Some(usage) = usage else { continue };
        match lines.iter_mut().find(|line| line.title == title) {
            Some(line) => line.points.push((size, usage)),
            None => lines.push(Line {
                title: title.to_string(),
                points: vec![(size, usage)],
            }),
        }
    }
}

/// What is run on a component of so many megabytes.
fn by_bytes<'a>(
    wct: &str,
    megabytes: usize,
    folder: &Path,
) -> Result<Vec<(&'a str, Vec<String>)>, String> {
    let link = |number: usize, from: Option<usize>, bytes: usize| Link {
        number,
        from,
        bytes,
    };
    let whole = link(0, None, megabytes << 20);
    let other = link(0, None, (megabytes << 20) - 100_000);
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        save(&path, bytes).map(|()| shown(&path))
    };
    let component = file("whole.wasm", &whole.component())?;
    let other = file("other.wasm", &other.component())?;
    let core = file("core.wasm", &whole.module())?;
    let wit = file(
        "world.wit",
        b"package a:b; world w { export f: func(number: u32) -> u32; }",
    )?;
    let first = file("first.wasm", &link(0, None, megabytes << 19).component())?;
    let second = file(
        "second.wasm",
        &link(1, Some(0), megabytes << 19).component(),
    )?;
    let out = shown(&folder.join("out.wasm"));
    let html = shown(&folder.join("out.html"));
    let command = |arguments: &[&str]| {
        let arguments = arguments.iter().map(|argument| argument.to_string());
        std::iter::once(wct.to_string()).chain(arguments).collect()
    };
    Ok(vec![
        ("`new`", command(&["new", &core, "--wit", &wit, "-o", &out])),
        (
            "`compose`",
            command(&["compose", &second, "-d", &first, "-o", &out]),
        ),
        ("`shrink`", command(&["shrink", &component, "-o", &out])),
        ("`validate`", command(&["validate", &component])),
        ("`inspect`", command(&["inspect", &component])),
        (
            "`inspect --wit`",
            command(&["inspect", "--wit", &component]),
        ),
        (
            "`inspect --size`",
            command(&["inspect", "--size", &component]),
        ),
        (
            "`inspect --capabilities`",
            command(&["inspect", "--capabilities", &second]),
        ),
        (
            "`inspect --html`",
            command(&["inspect", "--html", &html, &component]),
        ),
        ("`diff`", command(&["diff", &component, &other])),
    ])
}

/// What is run on so many components, each of which asks the one before.
fn by_count<'a>(
    wct: &str,
    count: usize,
    folder: &Path,
) -> Result<Vec<(&'a str, Vec<String>)>, String> {
    let links = folder.join(format!("links-{count}"));
    std::fs::create_dir_all(&links).map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    let (mut manifest, mut plug) = (String::new(), Vec::new());
    for number in 0..count {
        let link = Link {
            number,
            from: number.checked_sub(1),
            bytes: 2000,
        };
        let path = links.join(format!("c{number}.wasm"));
        save(&path, &link.component())?;
        files.push(shown(&path));
        let _ = write!(manifest, "[component.c{number}]\nfile = 'c{number}.wasm'\n");
        plug.push(format!("'c{number}'"));
    }
    let last = files.last().cloned().unwrap_or_default();
    let root = plug.pop().unwrap_or_default();
    if count > 1 {
        let plug = plug.join(", ");
        let _ = write!(manifest, "[compose.all]\nroot = {root}\nplug = [{plug}]\n");
    }
    save(&links.join("wct.toml"), manifest.as_bytes())?;
    let composed = shown(&folder.join(format!("composed-{count}.wasm")));
    let out = shown(&folder.join("out.wasm"));
    let command = |arguments: &[&str]| -> Vec<String> {
        let arguments = arguments.iter().map(|argument| argument.to_string());
        std::iter::once(wct.to_string()).chain(arguments).collect()
    };
    let mut compose = command(&["compose", &last, "-o", &composed]);
    for provider in files.iter().take(count - 1) {
        compose.extend(["-d".to_string(), provider.clone()]);
    }
    // What the commands after it read. One alone is no composition.
    if count > 1 {
        measure(&compose)?;
    } else {
        std::fs::copy(&last, &composed).map_err(|error| error.to_string())?;
    }
    let mut validate = command(&["validate"]);
    validate.extend(files);
    let again = format!(
        "rm -rf '{0}/target'; exec '{wct}' build '{0}'",
        shown(&links)
    );
    Ok(vec![
        ("`compose`", compose),
        ("`validate`, each", validate),
        ("`validate`, composed", command(&["validate", &composed])),
        ("`shrink`", command(&["shrink", &composed, "-o", &out])),
        ("`inspect`", command(&["inspect", &composed])),
        (
            "`inspect --tree`",
            command(&["inspect", "--tree", &composed]),
        ),
        (
            "`inspect --graph svg`",
            command(&["inspect", "--graph", "svg", &composed]),
        ),
        (
            "`inspect --capabilities`",
            command(&["inspect", "--capabilities", &composed]),
        ),
        ("`diff`", command(&["diff", &composed, &last])),
        ("`build`", ["sh", "-c", &again].map(str::to_string).to_vec()),
        ("`build`, again", command(&["build", &shown(&links)])),
    ])
}

fn page(bytes: &[Line], counts: &[Line], picture: &Path) -> String {
    let name = picture
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let mut out = format!(
        "# Scaling\n\nWall time, and the largest resident set with mapped files, of whole processes; \
         the fastest of {RUNS} runs.\nThe last column is what ten times the input costs, at the \
         large end: 10 is linear. Components are generated:\nfunctions that call each other, half of \
         them for nothing, with data and names. `make scaling` measures\nagain.\n\n- {}\n\n\
         ![time and memory by size and count]({name})\n",
        crate::process::machine()
    );
    table(&mut out, "By the size of one component", "MB", bytes);
    table(
        &mut out,
        "By the number of components, in a chain",
        "",
        counts,
    );
    out
}

fn table(out: &mut String, title: &str, unit: &str, lines: &[Line]) {
    let Some(longest) = lines.iter().max_by_key(|line| line.points.len()) else {
        return;
    };
    let _ = write!(out, "\n## {title}\n\n| command |");
    for (size, _) in &longest.points {
        let _ = write!(out, " {size} {unit} |");
    }
    let _ = write!(
        out,
        " × 10 |\n|---|{}",
        "---:|".repeat(longest.points.len())
    );
    out.push_str("---:|\n");
    for line in lines {
        let _ = write!(out, "| {} |", line.title);
        for (_, usage) in &line.points {
            let mebibytes = usage.peak_bytes as f64 / (1 << 20) as f64;
            let _ = write!(out, " {:.1} ms, {mebibytes:.0} MiB |", usage.seconds * 1e3);
        }
        let _ = match line.points.as_slice() {
            [.., (_, before), (_, last)] => {
                writeln!(out, " {:.1} |", last.seconds / before.seconds)
            }
            _ => writeln!(out, " |"),
        };
    }
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    PathBuf::from(path).display().to_string()
}
