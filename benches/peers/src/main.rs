//! How does wct compare with its peers? Whole processes, run in turn, told as ratios.
//!
//! `peers WCT [OUT]` measures the program `WCT` and writes a Markdown page. `WASM_TOOLS` names the
//! peer (else the one on the path), `WAC` the one for compositions, `WCT_CORPUS` a folder of components
//! to measure with, `WCT_MANY` one of many components, `RUNS` how often, `CASES` a part of the titles
//! of those to measure. With `JCO`, sizes of what `shrink` makes are compared, too, also of components
//! in the folder `WCT_HELD_OUT`.
//!
//! `peers --scaling WCT OUT` measures how the cost of commands grows, on components that are generated.

mod cases;
mod compose;
mod generate;
mod many;
mod other;
mod plot;
mod process;
mod scaling;
mod shrink;

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use cases::Case;
use process::{Usage, measure};

/// What came of one case.
struct Outcome {
    case: Case,
    own: Vec<Usage>,
    peer: Vec<Usage>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let folder = std::env::temp_dir().join(format!("wct-bench-{}", std::process::id()));
    let made = std::fs::create_dir_all(&folder).map_err(|error| error.to_string());
    let done = made.and_then(|()| match arguments.as_slice() {
        ["--generate", megabytes, folder] => scaling::generate(megabytes, Path::new(folder)),
        ["--scaling", wct, out] => scaling::write(wct, Path::new(out), &folder),
        [wct] if !wct.starts_with('-') => {
            print!("{}", compare(wct, &folder));
            Ok(())
        }
        [wct, out] if !wct.starts_with('-') => {
            let old = std::fs::read_to_string(out).unwrap_or_default();
            let page = renewed(&old, &compare(wct, &folder));
            std::fs::write(out, page).map_err(|error| format!("{out}: {error}"))
        }
        _ => Err("usage: peers WCT [OUT], or peers --scaling WCT OUT".to_string()),
    });
    let _ = std::fs::remove_dir_all(&folder);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all cases and tells what came of them.
fn compare(wct: &str, folder: &Path) -> String {
    let peer = std::env::var("WASM_TOOLS").unwrap_or_else(|_| "wasm-tools".to_string());
    let runs = std::env::var("RUNS")
        .ok()
        .and_then(|runs| runs.parse().ok())
        .unwrap_or(15);
    let mut outcomes = Vec::new();
    let mut cases = cases::all(wct, &peer, folder);
    cases.extend(many::cases(wct, &peer, folder));
    cases.extend(compose::cases(wct, folder));
    cases.extend(other::cases(wct, folder));
    let chosen = std::env::var("CASES").unwrap_or_default();
    cases.retain(|case| case.title.contains(&chosen));
    for case in cases {
        eprintln!("{}", case.title);
        match run(case, runs) {
            Ok(outcome) => outcomes.push(outcome),
            Err(reason) => eprintln!("  SKIPPED: {reason}"),
        }
    }
    page(&outcomes, runs, wct, &peer) + &shrink::tables(wct, folder)
}

/// The new page, with the sections of the old one that were not measured again.
fn renewed(old: &str, new: &str) -> String {
    const HEAD: &str = "\n## ";
    let titles: Vec<&str> = new
        .split(HEAD)
        .skip(1)
        .filter_map(|s| s.lines().next())
        .collect();
    let kept = old.split(HEAD).skip(1).filter(|section| {
        let title = section.lines().next();
        title.is_some_and(|title| !titles.contains(&title))
    });
    let kept = kept.map(|section| format!("{HEAD}{}\n", section.trim_end()));
    format!("{}\n{}", new.trim_end(), kept.collect::<String>())
}

/// One warm-up, then the two in turn.
fn run(case: Case, runs: usize) -> Result<Outcome, String> {
    let (mut own, mut peer) = (Vec::new(), Vec::new());
    for round in 0..=runs {
        let pair = (measure(&case.own)?, measure(&case.peer)?);
        if round > 0 {
            own.push(pair.0);
            peer.push(pair.1);
        }
    }
    Ok(Outcome { case, own, peer })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn page(outcomes: &[Outcome], runs: usize, wct: &str, peer: &str) -> String {
    let mut out = String::from("# Benchmarks\n\n");
    let _ = writeln!(
        out,
        "Whole processes, {runs} runs each after a warm-up, in turn with the peer; medians. The \
         ratio is the\nmedian of the ratios pair by pair: below 1 wct needs less. `make bench` \
         measures again.\n"
    );
    let named =
        |variable: &str, or: &str| std::env::var(variable).unwrap_or_else(|_| or.to_string());
    let others = [
        named("WAC", "wac"),
        named("TWIGGY", "twiggy"),
        named("WASM_OPT", "wasm-opt"),
    ];
    for program in [wct, peer]
        .into_iter()
        .chain(others.iter().map(String::as_str))
    {
        if let Some(version) = process::version(program) {
            let _ = writeln!(out, "- {version}");
        }
    }
    let _ = writeln!(out, "- {}\n", process::machine());
    out.push_str("| case | wct, ms | peer, ms | ratio of times | wct, MiB | peer, MiB |\n");
    out.push_str("|---|---:|---:|---:|---:|---:|\n");
    for Outcome { case, own, peer } in outcomes {
        let milliseconds =
            |usage: &[Usage]| median(usage.iter().map(|u| u.seconds * 1e3).collect());
        let mebibytes = |usage: &[Usage]| {
            median(
                usage
                    .iter()
                    .map(|u| u.peak_bytes as f64 / (1 << 20) as f64)
                    .collect(),
            )
        };
        let ratios = own.iter().zip(peer).map(|(a, b)| a.seconds / b.seconds);
        let _ = writeln!(
            out,
            "| {} | {:.1} | {:.1} | {:.2} | {:.1} | {:.1} |",
            case.title,
            milliseconds(own),
            milliseconds(peer),
            median(ratios.collect()),
            mebibytes(own),
            mebibytes(peer),
        );
    }
    out
}
