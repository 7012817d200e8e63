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

/// Hosts take no more in one composition, as each has a core module.
const MOST_COMPOSED: usize = 499;

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
    for count in [1, 10, 100, MOST_COMPOSED, 1000]
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
                .min_by(|a, b| a.cpu_seconds.total_cmp(&b.cpu_seconds)),
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

/// What [`generate`] writes.
const FILES: [&str; 6] = [
    "whole.wasm",
    "other.wasm",
    "core.wasm",
    "world.wit",
    "first.wasm",
    "second.wasm",
];

/// Writes a component of so many megabytes, a smaller one, its core module with a world, and two of
/// half the size, one for the other.
pub fn generate(megabytes: &str, folder: &Path) -> Result<(), String> {
    let megabytes: usize = megabytes.parse().map_err(|_| "no number of megabytes")?;
    let link = |number: usize, from: Option<usize>, bytes: usize| Link {
        number,
        from,
        bytes,
    };
    let whole = link(0, None, megabytes << 20);
    let world = b"package a:b; world w { export f: func(number: u32) -> u32; }";
    let contents = [
        whole.component(),
        link(0, None, (megabytes << 20) - 100_000).component(),
        whole.module(),
        world.to_vec(),
        link(0, None, megabytes << 19).component(),
        link(1, Some(0), megabytes << 19).component(),
    ];
    let mut files = FILES.iter().zip(contents);
    files.try_for_each(|(name, bytes)| save(&folder.join(name), &bytes))
}

/// What is run on a component of so many megabytes.
fn by_bytes<'a>(
    wct: &str,
    megabytes: usize,
    folder: &Path,
) -> Result<Vec<(&'a str, Vec<String>)>, String> {
    // In another process: what this one holds would count as the peak of those it starts.
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let size = megabytes.to_string();
    measure(&[shown(&this), "--generate".to_string(), size, shown(folder)])?;
    let file = |name: &str| shown(&folder.join(name));
    let [component, other, core, wit, first, second] = FILES.map(file);
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
    let is_composed = (2..=MOST_COMPOSED).contains(&count);
    if is_composed {
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
    let mut validate = command(&["validate"]);
    validate.extend(files);
    let again = format!(
        "rm -rf '{0}/target'; exec '{wct}' build '{0}'",
        shown(&links)
    );
    let mut commands = vec![
        ("`validate`, each", validate),
        ("`build`", ["sh", "-c", &again].map(str::to_string).to_vec()),
        ("`build`, again", command(&["build", &shown(&links)])),
    ];
    if !is_composed {
        return Ok(commands);
    }
    // What the commands after it read.
    measure(&compose)?;
    commands.extend([
        ("`compose`", compose),
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
    ]);
    Ok(commands)
}

fn page(bytes: &[Line], counts: &[Line], picture: &Path) -> String {
    let name = picture
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    let mut out = format!(
        "# Scaling\n\n\
         CPU time of all threads, and the largest resident set with mapped files, of whole processes; \
         the\nfastest of {RUNS} runs. The last column is what ten times the input costs, at the large \
         end: 10 is linear.\n`make scaling` measures again.\n\n\
         Components are generated: functions that call each other, half of them for nothing, with data \
         and\nnames. From 8 MiB of code on, `shrink` does less (see [limits](limits.md)). Hosts take \
         1,000 modules\nand components in one, so that {MOST_COMPOSED} are the most that compose here. \
         Validation grows faster than\ntheir number: wasmparser keeps a snapshot of types for each.\n\n\
         - {}\n\n![time and memory by size and count]({name})\n",
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
    let points = lines.iter().flat_map(|line| &line.points);
    let mut sizes: Vec<f64> = points.map(|(size, _)| *size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let _ = write!(out, "\n## {title}\n\n| command |");
    for size in &sizes {
        let _ = write!(out, " {} |", format!("{size} {unit}").trim_end());
    }
    let columns = "---:|".repeat(sizes.len() + 1);
    let _ = writeln!(out, " × 10 |\n|---|{columns}");
    for line in lines {
        let _ = write!(out, "| {} |", line.title);
        for size in &sizes {
            let usage = line.points.iter().find(|(at, _)| at == size);
            let _ = match usage {
                None => write!(out, " |"),
                Some((_, usage)) => {
                    let mebibytes = usage.peak_bytes as f64 / (1 << 20) as f64;
                    write!(
                        out,
                        " {:.1} ms, {mebibytes:.0} MiB |",
                        usage.cpu_seconds * 1e3
                    )
                }
            };
        }
        let _ = match growth(&line.points) {
            Some(growth) => writeln!(out, " {growth:.1} |"),
            None => writeln!(out, " |"),
        };
    }
}

/// What ten times the input costs, where it is largest.
fn growth(points: &[(f64, Usage)]) -> Option<f64> {
    let (size, last) = points.last()?;
    let (smaller, before) = points.iter().rfind(|(other, _)| other * 4.0 <= *size)?;
    let (sizes, times) = (size / smaller, last.cpu_seconds / before.cpu_seconds);
    Some(10f64.powf(times.log10() / sizes.log10()))
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    PathBuf::from(path).display().to_string()
}
