//! Every byte has one owner, whatever the file and whatever the question.
//!
//! `WCT_CORPUS=FOLDER` adds every `.wasm` of a folder.

#[path = "support/binaries.rs"]
mod binaries;

use wct::progress::Silent;
use wct::shrink::{self, shrink};
use wct::size::{By, Options, Report, size};

fn report(name: &str, bytes: &[u8], by: Option<By>) -> Report {
    size(name, bytes, Options { by }).expect("every byte has an owner")
}

#[test]
fn the_owners_add_up_to_the_file() {
    for (path, bytes) in binaries::all() {
        let report = report(&path, &bytes, None);
        let sum: u64 = report.owners.iter().map(|owner| owner.size).sum();
        assert_eq!(sum, bytes.len() as u64, "{path}");
        assert!(
            report
                .owners
                .is_sorted_by_key(|owner| std::cmp::Reverse(owner.size))
        );
        for owner in &report.owners {
            let retained = owner.retained.unwrap_or(owner.size);
            assert!(
                retained >= owner.size && retained <= sum,
                "{path}: {owner:?}"
            );
        }
    }
}

#[test]
fn the_answers_to_every_question_add_up_to_the_file() {
    const QUESTIONS: [By; 6] = [
        By::Module,
        By::Section,
        By::Function,
        By::Crate,
        By::Source,
        By::Export,
    ];
    for (path, bytes) in binaries::all() {
        for by in QUESTIONS {
            let report = report(&path, &bytes, Some(by));
            let sum: u64 = report.groups.iter().map(|group| group.size).sum();
            assert_eq!(sum, bytes.len() as u64, "{path}, {by:?}");
        }
    }
}

/// What is called removable is gone after `shrink`, which may find more.
#[test]
fn shrink_takes_away_at_least_what_is_called_removable() {
    let mut compared = 0;
    for (path, bytes) in binaries::all() {
        if bytes.len() > 150 << 10 {
            continue;
        }
        let Some(removable) = report(&path, &bytes, None).removable else {
            continue;
        };
        let options = shrink::Options::default();
        let Ok((small, _)) = shrink(&path, &bytes, &options, &Silent) else {
            continue;
        };
        let saved = (bytes.len() - small.len()) as u64;
        assert!(saved >= removable.total, "{path}: {saved} of {removable:?}");
        compared += 1;
    }
    assert!(compared >= 4);
}
